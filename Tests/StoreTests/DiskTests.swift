import Foundation
import Ledger
import Review
import TestSupport
import Testing

@testable import Store

@Suite(
    "A disk that is full or cannot be written loses nothing",
    .enabled(if: SmallDisk.isAvailable, "needs the right to mount a file system"))
struct DiskTests {
    private func verified(_ file: URL) throws -> String? {
        let store = try SQLiteStore(file)
        _ = try store.verifyAuditTrail()
        return try store.ledgerDigest()
    }

    @Test(arguments: [1, 2, 4, 8])
    func aFullDiskLeavesNoNewStore(megabytes: Int) throws {
        let disk = try SmallDisk(megabytes: megabytes)
        let file = disk.url.appending(path: "store.db")
        // The sample ledger needs more than all of these.
        #expect(throws: StorageError.full(store: file.relativePath)) {
            _ = try SQLiteStore.importLedger(try SmallLedger.sample(), into: file, by: "test")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.url.path).isEmpty)
    }

    @Test(arguments: [2, 4, 8])
    func aFullDiskLeavesTheOldLedger(megabytes: Int) throws {
        let disk = try SmallDisk(megabytes: megabytes)
        let folder = try TemporaryFolder()
        let file = disk.url.appending(path: "store.db")
        _ = try SQLiteStore.importLedger(
            try SmallLedger.write(to: folder.file("ledger")), into: file, by: "test")
        let before = try verified(file)
        for _ in 0..<2 {
            #expect(throws: StorageError.full(store: file.relativePath)) {
                _ = try SQLiteStore.importLedger(try SmallLedger.sample(), into: file, by: "test")
            }
            #expect(try verified(file) == before)
            #expect(try TradeLedger.read(from: SQLiteStore(file).ledger()).ledger.count(of: .invoices) == 4)
        }
    }

    @Test func anAuditTrailThatFillsTheDiskHolds() throws {
        let disk = try SmallDisk(megabytes: 2)
        let file = disk.url.appending(path: "store.db")
        let store = try SQLiteStore.create(file)
        let entry = AuditEntry(
            action: "a", author: "b", subject: "c", details: String(repeating: "x", count: 50_000))
        var appended = 0
        var failure: StorageError?
        while failure == nil, appended < 1_000 {
            do throws(StorageError) {
                try store.append(entry)
                appended += 1
            } catch { failure = error }
        }
        #expect(failure == .full(store: file.relativePath))
        #expect(try store.verifyAuditTrail()?.number == appended)
    }

    @Test func aReadOnlyDiskIsNamed() throws {
        let disk = try SmallDisk(megabytes: 4)
        let folder = try TemporaryFolder()
        let ledger = try SmallLedger.write(to: folder.file("ledger"))
        let file = disk.url.appending(path: "store.db")
        _ = try SQLiteStore.importLedger(ledger, into: file, by: "test")
        let before = try verified(file)
        try #require(disk.setReadOnly(true))
        for _ in 0..<2 {
            #expect {
                _ = try SQLiteStore(file).append(AuditEntry(action: "a", author: "b", subject: "c"))
            } throws: { error in
                guard case StorageError.cannotAccess = error else { return false }
                return true
            }
        }
        let other = disk.url.appending(path: "other.db")
        #expect {
            _ = try SQLiteStore.importLedger(ledger, into: other, by: "test")
        } throws: { error in
            guard case StorageError.cannotAccess = error else { return false }
            return true
        }
        try #require(disk.setReadOnly(false))
        #expect(try verified(file) == before)
    }
}
