public import Foundation
import GRDB
import Results
public import Review
import Synchronization

/// A store in one SQLite file, with its write-ahead log beside it while it is in use.
///
/// Every change is one transaction, on the disk when the call returns. Readers see the store as it was when they began,
/// whoever writes.
public final class SQLiteStore: PortfolioStore {
    /// Where the store is.
    public let file: URL
    let queue: DatabaseQueue
    let now: @Sendable () -> Date
    /// The token of the lock, if this store has it.
    let token = Mutex<String?>(nil)

    /// What messages call the store.
    public var name: String { file.relativePath }

    /// Opens a store, bringing one of an earlier version to the present one.
    ///
    /// - Parameters:
    ///   - patience: How long to wait while another program writes, in seconds.
    ///   - now: The clock.
    /// - Throws: ``StorageError/noStore(path:)``, ``StorageError/notAStore(path:)``,
    ///   ``StorageError/newerVersion(store:)``, ``StorageError/busy(store:)``,
    ///   ``StorageError/cannotAccess(store:reason:)``.
    public convenience init(
        _ file: URL, waiting patience: TimeInterval = 10, now: @escaping @Sendable () -> Date = { Date() }
    ) throws(StorageError) {
        try StoreFile.check(file)
        StoreFile.removeRemains(of: file)
        try self.init(opening: file, named: file, patience: patience, now: now)
        try migrate()
    }

    /// Opens a file, which need not be one.
    ///
    /// - Parameter name: What messages call it.
    init(
        opening place: URL, named name: URL, patience: TimeInterval, journal: String = "WAL",
        now: @escaping @Sendable () -> Date
    ) throws(StorageError) {
        file = name
        self.now = now
        do {
            queue = try DatabaseQueue(
                path: place.path, configuration: Self.configuration(patience: patience, journal: journal))
        } catch {
            throw StorageError(error, in: name.relativePath)
        }
    }

    private static func configuration(patience: TimeInterval, journal: String) -> Configuration {
        var configuration = Configuration()
        configuration.busyMode = .timeout(patience)
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { database in
            // 8 KiB hold twice as many records by page as the default, which makes imports a little faster.
            try database.execute(sql: "PRAGMA page_size = 8192")
            let mode = try String.fetchOne(database, sql: "PRAGMA journal_mode = \(journal)")
            guard mode == journal.lowercased() else {
                throw DatabaseError(
                    resultCode: .SQLITE_CANTOPEN, message: "the file system has no shared memory")
            }
            // On the disk when the call returns, also if the power fails.
            try database.execute(
                sql: "PRAGMA synchronous = \(journal == "WAL" ? "FULL" : "OFF"); PRAGMA cache_size = -65536")
        }
        return configuration
    }

    /// A new store under a hidden name, which gets its own by ``publish(_:)``.
    static func staged(
        at place: StagedPath, now: @escaping @Sendable () -> Date
    ) throws(StorageError) -> SQLiteStore {
        // Without a journal: whatever goes wrong, the file goes.
        let store = try SQLiteStore(
            opening: place.url, named: place.destination, patience: 0, journal: "OFF", now: now)
        try store.writing { database in
            try database.execute(sql: "PRAGMA application_id = \(StoreSchema.applicationID)")
        }
        try store.migrate()
        return store
    }

    /// Makes a store without a ledger.
    ///
    /// - Throws: ``StorageError/alreadyExists(path:)``, ``StorageError/cannotAccess(store:reason:)``.
    public static func create(
        _ file: URL, now: @escaping @Sendable () -> Date = { Date() }
    ) throws(StorageError) -> SQLiteStore {
        try StoreFile.making(file) { place throws(StorageError) in
            try staged(at: place, now: now).seal()
        }
        return try SQLiteStore(file, now: now)
    }

    /// Opens a store, or makes one without a ledger where there is none.
    public static func openOrCreate(_ file: URL) throws(StorageError) -> SQLiteStore {
        do throws(StorageError) { return try SQLiteStore(file) } catch .noStore { return try create(file) }
    }

    /// Completes a staged store: on the disk as a whole, with the journal that it is going to have.
    func seal() throws(StorageError) {
        do {
            try queue.writeWithoutTransaction { database in
                try database.execute(sql: "PRAGMA synchronous = FULL; PRAGMA journal_mode = WAL")
            }
            try queue.close()
        } catch {
            throw StorageError(error, in: name)
        }
    }

    private func migrate() throws(StorageError) {
        do {
            if try queue.read(StoreSchema.migrator.hasBeenSuperseded) {
                throw StorageError.newerVersion(store: name)
            }
            if try queue.read(StoreSchema.migrator.hasCompletedMigrations) { return }
            try StoreSchema.migrator.migrate(queue)
        } catch {
            throw StorageError(error, in: name)
        }
    }

    /// Ends the use of the store; nothing can be done with it afterwards.
    public func close() throws(StorageError) {
        do { try queue.close() } catch { throw StorageError(error, in: name) }
    }
}

extension SQLiteStore {
    /// Reads at one moment.
    func reading<Value>(_ body: (Database) throws -> Value) throws(StorageError) -> Value {
        do { return try queue.read(body) } catch { throw StorageError(error, in: name) }
    }

    /// Writes in one transaction, without a look at lock and clock.
    func writing<Value>(_ body: (Database) throws -> Value) throws(StorageError) -> Value {
        do {
            return try queue.writeWithoutTransaction { database in
                var value: Value?
                try database.inTransaction(.immediate) {
                    value = try body(database)
                    return .commit
                }
                guard let value else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
                return value
            }
        } catch {
            throw StorageError(error, in: name)
        }
    }

    /// Writes in one transaction and notes it in the audit trail, all of it or nothing.
    ///
    /// Whoever has had the portfolio's lock and lost it writes nothing any more.
    func changing<Value>(_ body: (Database, inout AuditWriter) throws -> Value) throws(StorageError) -> Value
    {
        let token = token.withLock { $0 }
        return try writing { database in
            // Another may have written while this one waited for its turn: the time is that of the turn.
            let time = now()
            if let token { try Self.renew(token, at: time, in: database) }
            var audit = try AuditWriter(database, time: time)
            return try body(database, &audit)
        }
    }
}

extension StorageError {
    /// What an error of SQLite, or one of our own, means for whoever uses the store.
    init(_ error: any Error, in store: String) {
        switch error {
        case let error as StorageError: self = error
        case let error as DatabaseError:
            switch error.resultCode {
            case .SQLITE_FULL: self = .full(store: store)
            case .SQLITE_BUSY, .SQLITE_LOCKED: self = .busy(store: store)
            case .SQLITE_NOTADB: self = .notAStore(path: store)
            case .SQLITE_CORRUPT: self = .damaged(store: store, reason: error.message ?? "malformed")
            case .SQLITE_READONLY:
                self = .cannotAccess(
                    store: store,
                    reason: "the file or its folder cannot be written: give the rights, or copy it")
            case .SQLITE_CANTOPEN:
                self = .cannotAccess(
                    store: store,
                    reason: "cannot be opened: check that its folder is there and can be written")
            default: self = .cannotAccess(store: store, reason: error.message ?? "\(error.resultCode)")
            }
        default: self = .cannotAccess(store: store, reason: error.localizedDescription)
        }
    }
}
