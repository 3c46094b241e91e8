import Foundation
import GRDB
import Ledger
import Review
import TestSupport
import Testing

@testable import Store

@Suite("A backup is the store at one moment, and verified")
struct BackupTests {
    private let folder: TemporaryFolder
    private var file: URL { folder.file("store.db") }
    private var backup: URL { folder.file("backup.db") }

    init() throws { folder = try TemporaryFolder() }

    private func fill() throws -> SQLiteStore {
        _ = try SQLiteStore.importLedger(
            try SmallLedger.write(to: folder.file("ledger")), into: file, by: "test")
        return try SQLiteStore(file)
    }

    private let entry = AuditEntry(action: "a", author: "b", subject: "c")

    @Test func aBackupIsAStoreOfItsOwn() throws {
        let store = try fill()
        let lock = try store.lock(for: "review", waiting: 0)
        let last = try store.backUp(to: backup, by: "test")
        #expect(last?.number == 1)
        #expect(try folder.names.filter { $0.contains("backup") } == ["backup.db"])
        let copy = try SQLiteStore(backup)
        #expect(try copy.ledgerDigest() == store.ledgerDigest())
        #expect(try copy.auditTrail() == Array(store.auditTrail().prefix(1)))
        // A copy is nobody's at work.
        #expect(try copy.lockHolder() == nil && store.lockHolder() != nil)
        #expect(try store.auditTrail().map(\.entry.action) == ["ledger imported", "backup made"])
        #expect(throws: StorageError.alreadyExists(path: backup.relativePath)) {
            try store.backUp(to: backup, by: "test")
        }
        try store.backUp(to: backup, replacing: true, by: "test")
        #expect(try SQLiteStore(backup).auditTrail().count == 2)
        try folder.write("text", to: "other")
        #expect(throws: StorageError.notAStore(path: folder.file("other").relativePath)) {
            try store.backUp(to: folder.file("other"), replacing: true, by: "test")
        }
        lock.release()
    }

    @Test func aBackupOfWhatDoesNotHoldIsRefused() throws {
        let store = try fill()
        try store.writing { database in
            try database.execute(sql: "DROP TRIGGER audit_is_not_changed; UPDATE audit SET author = 'me'")
        }
        // Named is the store: the copy is gone.
        #expect {
            try store.backUp(to: backup, by: "test")
        } throws: { error in
            guard case StorageError.brokenTrail(let name, 1, _) = error else { return false }
            return name == file.relativePath
        }
        #expect(try !folder.names.contains("backup.db"))
        #expect(try folder.names.allSatisfy { !$0.contains("partial") })
    }

    @Test func aStoreIsRestored() throws {
        let store = try fill()
        try store.backUp(to: backup, by: "test")
        try store.append(entry)
        try store.append(entry)
        let lastBefore = try #require(try store.auditTrail().last)
        try store.close()
        #expect(throws: StorageError.alreadyExists(path: file.relativePath)) {
            try SQLiteStore.restore(backup, to: file, by: "test")
        }
        let last = try SQLiteStore.restore(backup, to: file, replacing: true, by: "test")
        #expect(last?.number == 1)
        let restored = try SQLiteStore(file)
        let trail = try restored.auditTrail()
        #expect(trail.map(\.entry.action) == ["ledger imported", "store restored"])
        #expect(trail.last?.entry.details.contains(lastBefore.hash) == true)
        #expect(try restored.verifyAuditTrail() == trail.last && restored.lockHolder() == nil)
        let new = folder.file("new.db")
        _ = try SQLiteStore.restore(backup, to: new, by: "test")
        #expect(try SQLiteStore(new).auditTrail().last?.entry.action == "store restored")
        #expect(try TradeLedger.read(from: SQLiteStore(new).ledger()).ledger.count(of: .invoices) == 4)
    }

    @Test func aStoreAtWorkIsNotReplaced() throws {
        let store = try fill()
        try store.backUp(to: backup, by: "test")
        let lock = try store.lock(for: "review", waiting: 0)
        #expect(throws: StorageError.self) {
            try SQLiteStore.restore(backup, to: file, replacing: true, by: "test")
        }
        #expect(try store.auditTrail().count == 2)
        lock.release()
    }

    @Test func aDamagedBackupRestoresNothing() throws {
        let store = try fill()
        try store.backUp(to: backup, by: "test")
        var bytes = try Data(contentsOf: backup)
        // The ends of some pages, where their rows are.
        for page in 3..<12 {
            bytes.replaceSubrange(
                (8192 * page - 200)..<(8192 * page), with: Data(repeating: 0xA5, count: 200))
        }
        try bytes.write(to: backup)
        let before = try store.auditTrail()
        #expect(throws: StorageError.self) {
            try SQLiteStore.restore(backup, to: file, replacing: true, by: "test")
        }
        #expect(throws: StorageError.self) {
            try SQLiteStore.restore(backup, to: folder.file("new.db"), by: "test")
        }
        #expect(try store.auditTrail() == before && !folder.names.contains("new.db"))
    }
}
