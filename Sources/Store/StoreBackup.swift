public import Foundation
import GRDB
import Results
public import Review
import Synchronization

extension SQLiteStore {
    /// Copies the store as it is now while others go on using it, verifies the copy, and gives it its name.
    ///
    /// - Parameters:
    ///   - destination: The copy: one file, complete as soon as it has its name.
    ///   - replacing: Whether a file of that name may be replaced.
    ///   - author: Who asked for it, for the audit trail of the store.
    /// - Returns: The last record of the copy's audit trail.
    /// - Throws: ``StorageError/alreadyExists(path:)``, ``StorageError/damaged(store:reason:)``,
    ///   ``StorageError/brokenTrail(store:record:reason:)``, ``StorageError/alteredLedger(store:record:reason:)`` if
    ///   the copy does not hold.
    @discardableResult
    public func backUp(
        to destination: URL, replacing: Bool = false, by author: String
    ) throws(StorageError) -> AuditRecord? {
        if replacing { try Self.refuseStranger(destination) }
        let last = try StoreFile.making(destination, replacing: replacing) { place throws(StorageError) in
            // What is wrong with the copy is wrong with the store, and the copy goes.
            let copy = try copied(to: place, named: file)
            let last = try copy.verifyAuditTrail()
            try copy.close()
            return last
        }
        try append(
            AuditEntry(
                action: "backup made", author: author, subject: destination.lastPathComponent,
                details: last.map { "up to record \($0.number), \($0.hash)" } ?? ""))
        return last
    }

    /// Makes a store what a backup of it says, verified before and after; whatever happens on the way, the store is
    /// as it was.
    ///
    /// - Parameters:
    ///   - backup: The backup.
    ///   - file: The store; made if there is none.
    ///   - replacing: Whether a store that is there may be replaced.
    ///   - author: Who restores, for the audit trail of the restored store.
    /// - Throws: ``StorageError/alreadyExists(path:)``, ``StorageError/locked(by:)``, whatever is wrong with the
    ///   backup.
    public static func restore(
        _ backup: URL, to file: URL, replacing: Bool = false, by author: String,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws(StorageError) -> AuditRecord? {
        let source = try SQLiteStore(backup, now: now)
        let last = try source.verifyAuditTrail()
        if FileManager.default.fileExists(atPath: file.path) {
            guard replacing else { throw .alreadyExists(path: file.relativePath) }
            let store = try SQLiteStore(file, now: now)
            let lock = try store.lock(for: "restore", waiting: 0)
            let before = try store.auditTrail().last
            do { try source.queue.backup(to: store.queue) } catch {
                lock.release()
                throw StorageError(error, in: store.name)
            }
            // The lock went with the content that was replaced.
            store.token.withLock { $0 = nil }
            try store.noteRestoring(of: backup, by: author, before: before)
            return last
        }
        try StoreFile.making(file) { place throws(StorageError) in
            let copy = try source.copied(to: place, named: place.destination)
            try copy.noteRestoring(of: backup, by: author, before: nil)
            try copy.close()
        }
        return last
    }

    /// A copy of the content in another file, without the lock of whoever is at work.
    ///
    /// - Parameter name: What messages of the copy call it.
    private func copied(to place: StagedPath, named name: URL) throws(StorageError) -> SQLiteStore {
        do {
            let copy = try DatabaseQueue(path: place.url.path)
            try queue.backup(to: copy)
            try copy.writeWithoutTransaction { try $0.execute(sql: "DELETE FROM lock") }
            try copy.close()
        } catch {
            throw StorageError(error, in: place.destination.relativePath)
        }
        return try SQLiteStore(opening: place.url, named: name, patience: 0, now: now)
    }

    private func noteRestoring(of backup: URL, by author: String, before: AuditRecord?) throws(StorageError) {
        let told =
            before.map { "in place of a store up to record \($0.number), \($0.hash)" }
            ?? "where there was none"
        try append(
            AuditEntry(
                action: "store restored", author: author, subject: backup.lastPathComponent, details: told))
        try checkIntegrity()
    }

    /// Refuses to take the place of what is no store.
    private static func refuseStranger(_ file: URL) throws(StorageError) {
        do throws(StorageError) { try StoreFile.check(file) } catch .noStore { return }
    }
}
