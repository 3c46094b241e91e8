import Foundation
import Ledger
import Parallelism
import Results
import Review
import Store
import Synchronization
import Tables
import Vocabulary

/// A ledger named on the command line, by its folder or by the store that holds it.
struct LedgerPlace {
    private let path: String
    private let place: Place
    private let digests = FileDigests()

    private enum Place {
        case folder(LedgerFolder)
        case store(SQLiteStore)
    }

    /// The store that it is in; `nil` for a folder.
    var store: SQLiteStore? {
        if case .store(let store) = place { store } else { nil }
    }

    private var folder: LedgerFolder? {
        if case .folder(let folder) = place { folder } else { nil }
    }

    /// The ledger as it is now.
    ///
    /// That of a store stays as it is for as long as it is held, and keeps the store's log from being emptied.
    func ledger() throws -> any LedgerSource {
        switch place {
        case .folder(let folder): folder
        case .store(let store): try store.ledger()
        }
    }

    /// Opens a ledger.
    ///
    /// - Parameter verifyingDigests: Whether the files of a folder are held against the digests that it lists.
    init(_ path: String, verifyingDigests: Bool = false) throws {
        if let store = try Self.store(at: path) {
            try self.init(path, store)
        } else {
            self.init(path, try LedgerFolder(file(path), verifyingDigests: verifyingDigests))
        }
    }

    private init(_ path: String, _ store: SQLiteStore) throws {
        guard try store.ledgerDigest() != nil else { throw StorageError.noLedger(store: path) }
        self.path = path
        place = .store(store)
    }

    private init(_ path: String, _ folder: LedgerFolder) {
        self.path = path
        place = .folder(folder)
    }

    private static func store(at path: String) throws -> SQLiteStore? {
        let place = file(path)
        guard (try? place.resourceValues(forKeys: [.isRegularFileKey]))?.isRegularFile == true else {
            return nil
        }
        return try SQLiteStore(place)
    }

    /// Takes the lock of the portfolio, and opens the ledger as it is then, whatever another job did to it meanwhile.
    ///
    /// - Returns: The ledger, the lock, and the job that left it behind without giving it back, where that is known.
    static func locked(
        _ path: String, for purpose: String, waiting patience: TimeInterval
    ) throws -> (place: LedgerPlace, lock: any PortfolioLock, abandoned: LockHolder?) {
        if let store = try store(at: path) {
            let lock = try store.lock(for: purpose, waiting: patience)
            return (try LedgerPlace(path, store), lock, nil)
        }
        // What is no ledger is not locked.
        _ = try LedgerFolder(file(path))
        let lock = try FolderLock(of: file(path), for: purpose, waiting: patience)
        return (try LedgerPlace(path), lock, lock.abandoned)
    }

    /// Takes the lock of the portfolio once more, and opens the ledger as it is then.
    ///
    /// A store stays open meanwhile: a file that is opened a second time, other than by SQLite, loses the locks of the
    /// first.
    func lockedAgain(
        for purpose: String, waiting patience: TimeInterval
    ) throws -> (place: LedgerPlace, lock: any PortfolioLock, abandoned: LockHolder?) {
        if let store {
            let lock = try store.lock(for: purpose, waiting: patience)
            return (try LedgerPlace(path, store), lock, nil)
        }
        let lock = try FolderLock(of: file(path), for: purpose, waiting: patience)
        return (try LedgerPlace(path), lock, lock.abandoned)
    }

    /// The files of a folder; none for a store.
    var files: [URL] {
        guard let folder else { return [] }
        return folder.files.values + [folder.url.appending(path: LedgerManifest.fileName)]
    }

    /// Whether a path names a store, by how the file begins, rather than a folder or another file.
    static func isStore(_ path: String) -> Bool {
        guard let handle = try? FileHandle(forReadingFrom: file(path)) else { return false }
        defer { try? handle.close() }
        return (try? handle.read(upToCount: storeMark.count)) == storeMark
    }

    /// Source: SQLite, *Database File Format*, §1.3.1.
    private static let storeMark = Data("SQLite format 3\0".utf8)

    /// What is read, with digests: the files of a folder, or the ledger of a store as a whole.
    func records(workers: Workers = .single) throws -> [FileRecord] {
        guard let store else {
            return try digests.records(
                of: folder?.files.values.sorted { $0.path < $1.path } ?? [], role: "ledger", workers: workers)
        }
        guard let digest = try store.ledgerDigest() else { throw StorageError.noLedger(store: path) }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        return [
            FileRecord(
                role: "ledger", path: path, bytes: (attributes?[.size] as? NSNumber)?.intValue ?? 0,
                sha256: digest)
        ]
    }

    /// How many obligors the ledger lists, which takes much less than reading it.
    func obligorCount(workers: Workers) throws -> Int {
        var count = 0
        try ledger().forEachBlock(of: .obligors, in: LedgerScope([.obligors]), workers: workers) {
            $0.table.rowCount
        } handOn: {
            count += $0
        }
        return count
    }

    /// Reads the ledger: that of a store as its import has checked and left it, with records that are read when they
    /// are asked for.
    ///
    /// - Parameter cache: Where what was read of a folder is kept.
    func read(cache: LedgerCache? = nil, workers: Workers) throws -> FaultyRecords {
        if let folder, let cache {
            return try cache.read(folder, workers: workers) { isAgain in
                try contents(of: folder, by: isAgain ? FileDigests() : digests, workers)
            }
        }
        return try FaultyRecords.readAgain(ledger(), workers: workers)
    }

    /// The ledger for whoever takes what is missing for what did not happen.
    ///
    /// - Throws: ``CommandFailure`` if records were left out of it when it was imported.
    func complete() throws -> any LedgerSource {
        let ledger = try ledger()
        if let leftOut = try (ledger as? any ReducedLedgerSource)?.leftOut() {
            throw CommandFailure.badData(
                """
                \(path) lacks \(Figures.count(leftOut.faults)) records that its import could not use, of \
                \(Figures.count(leftOut.setAside.count)) obligors: put them right, as 'check' on the ledger's folder \
                shows, and import it again
                """)
        }
        return ledger
    }

    /// SHA-256 by the names of all files that say something of a ledger.
    private func contents(
        of folder: LedgerFolder, by digests: FileDigests, _ workers: Workers
    ) throws -> [String: String] {
        let files = files.sorted { $0.path < $1.path }
        let records = try digests.records(of: files, role: "ledger", workers: workers)
        return Dictionary(
            zip(files.map(\.lastPathComponent), records.map(\.sha256)),
            uniquingKeysWith: { first, _ in first })
    }
}

/// Records of single obligors in a store, which nobody imports into while they are used.
final class StoredRecords: ObligorRecords {
    private let store: SQLiteStore
    private let workers: Workers
    private let opened = Mutex(Opened())
    private static let ofObligors = LedgerScope(Set(RecordKind.allCases).subtracting([.rates]))

    private struct Opened {
        /// Gives ledgers of some obligors, as the store was when it was first asked.
        var ledgers: (@Sendable (Set<ObligorID>) throws -> any LedgerSource)?
        /// A ledger with the exchange rates, which are the same for all obligors and read once.
        var rates: TradeLedger?
    }

    init(store: SQLiteStore, workers: Workers) throws {
        self.store = store
        self.workers = workers
    }

    func ledger(of obligors: Set<ObligorID>) throws -> TradeLedger {
        try opened.withLock { opened in
            let ledgers = try opened.ledgers ?? store.ledgers()
            opened.ledgers = ledgers
            // Whatever is wrong with a ledger kept it from being imported.
            let source = try ledgers(obligors)
            guard let known = opened.rates else {
                let ledger = try TradeLedger.read(from: source, workers: workers).ledger
                opened.rates = ledger
                return ledger
            }
            return try TradeLedger.read(from: source, scope: Self.ofObligors, workers: workers).ledger
                .takingRates(of: known)
        }
    }

    func suppliers(of obligor: ObligorID) throws -> Set<ObligorID> { try store.suppliers(of: obligor) }

    /// Ends reading until the next question: a reader that is idle would keep the log of a store from being emptied.
    func rest() { opened.withLock { $0.ledgers = nil } }
}
