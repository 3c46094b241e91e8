public import Foundation
import GRDB
public import Review
import Synchronization

extension SQLiteStore {
    /// Takes the lock of the portfolio, which is a row of the store.
    public func lock(
        for purpose: String, waiting patience: TimeInterval
    ) throws(StorageError) -> any PortfolioLock {
        let deadline = ContinuousClock.now + .seconds(patience)
        while true {
            do throws(StorageError) {
                return try takeLock(for: purpose)
            } catch {
                // Another job has it, or was writing for longer than a connection waits.
                switch error {
                case .locked, .busy: break
                default: throw error
                }
                guard ContinuousClock.now < deadline else { throw error }
                Thread.sleep(forTimeInterval: 0.1)
            }
        }
    }

    private func takeLock(for purpose: String) throws(StorageError) -> any PortfolioLock {
        let me = ProcessIdentity.current
        let new = UUID().uuidString
        try changing { database, audit in
            let time = now()
            let mine = LockHolder(
                purpose: purpose, process: me.process, processStart: me.start, host: me.host, boot: me.boot,
                taken: time, heard: time)
            if let (_, other) = try Self.holder(in: database) {
                guard other.isGone(as: me, at: time) else { throw StorageError.locked(by: other) }
                try audit.append(
                    AuditEntry(
                        action: "lock taken over", author: purpose, subject: "process \(other.process)",
                        details: "left behind by \(other)"))
            }
            try database.execute(
                sql: "INSERT OR REPLACE INTO lock VALUES (1, ?, ?)",
                arguments: [new, try JSONForm.text(of: mine)])
        }
        token.withLock { $0 = new }
        return StoreLock(self, token: new)
    }

    /// Who has the lock, or `nil`.
    public func lockHolder() throws(StorageError) -> LockHolder? {
        try reading { database in try Self.holder(in: database)?.holder }
    }

    static func holder(in database: Database) throws -> (token: String, holder: LockHolder)? {
        try Row.fetchOne(database, sql: "SELECT token, holder FROM lock").map {
            (try $0.value("token"), try JSONForm.value(LockHolder.self, of: $0.value("holder")))
        }
    }

    /// Notes that the holder of a token is still at work.
    ///
    /// - Throws: ``StorageError/lockLost`` if another has the lock.
    static func renew(_ token: String, at time: Date, in database: Database) throws {
        guard let (kept, found) = try holder(in: database), kept == token else { throw StorageError.lockLost }
        var holder = found
        holder.heard = max(holder.heard, time)
        try database.execute(
            sql: "UPDATE lock SET holder = ? WHERE token = ?",
            arguments: [try JSONForm.text(of: holder), token])
    }

    fileprivate func release(_ given: String) {
        guard token.withLock({ $0 == given }) else { return }
        token.withLock { $0 = nil }
        // A lock that cannot be given back is recognised as stale when the process has ended.
        try? writing { database in
            try database.execute(sql: "DELETE FROM lock WHERE token = ?", arguments: [given])
        }
    }

    fileprivate func renew(_ given: String) throws(StorageError) {
        let time = now()
        try writing { database in try Self.renew(given, at: time, in: database) }
    }
}

extension LockHolder {
    /// Whether the process is no longer there, as seen by another.
    func isGone(as viewer: ProcessIdentity, at time: Date) -> Bool {
        guard host == viewer.host, !viewer.start.isEmpty else {
            return time.timeIntervalSince(heard) > Self.patience
        }
        let (mine, other) = (viewer.boot.split(separator: " "), boot.split(separator: " "))
        // The machine has been started anew since.
        if mine.first != other.first { return true }
        // Numbers of another name space mean nothing here.
        if mine != other { return time.timeIntervalSince(heard) > Self.patience }
        return ProcessIdentity.start(of: process) != processStart
    }
}

/// The lock of a store's portfolio.
private final class StoreLock: PortfolioLock {
    private let store: SQLiteStore
    private let token: String

    init(_ store: SQLiteStore, token: String) {
        self.store = store
        self.token = token
    }

    deinit { release() }

    func renew() throws(StorageError) { try store.renew(token) }

    func release() { store.release(token) }
}
