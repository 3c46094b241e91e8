public import Foundation
import GRDB
public import Ledger
public import Parallelism
import Results
public import Review
import Synchronization
public import Vocabulary

/// What came of an import.
public struct LedgerImport: Sendable {
    /// What the check of the ledger found; `nil` if nothing had to be read.
    public let report: CheckReport?
    /// The kinds whose records were replaced; empty if the store had the same ledger already.
    public let changed: [RecordKind]
    /// Records by kind, in the store now.
    public let records: [RecordKind: Int]
    /// What the ledger in the store lacks; `nil` if nothing.
    public let leftOut: LeftOut?
    /// Why records were imported anew that came from the same files; `nil` if none were.
    public let renewal: Renewal?

    /// A reason to import the records of the same files anew.
    public enum Renewal: Sendable {
        /// An engine of an earlier version imported them: other jobs read them more slowly, or the audit trail does not
        /// vouch for them.
        case earlierVersion
        /// The store no longer held what was imported.
        case altered
    }
}

/// A ledger that was not imported, since it would have set more obligors aside than may be.
public struct RefusedImport: Error, Sendable, CustomStringConvertible {
    /// What the ledger would have lacked.
    public let leftOut: LeftOut
    /// How many obligors are more than may be.
    public let reason: ReviewError

    /// What the reason says.
    public var description: String { reason.description }
}

extension SQLiteStore {
    /// What identifies the ledger: equal for equal files.
    public func ledgerDigest() throws(StorageError) -> String? {
        try reading { database in
            guard let currency = try String.fetchOne(database, sql: "SELECT base_currency FROM ledger") else {
                return nil
            }
            var digest = ContentDigest()
            digest.add(currency)
            for row in try Row.fetchAll(database, sql: "SELECT kind, sha256 FROM ledger_files ORDER BY kind")
            {
                digest.add(try row.value("kind") as String)
                digest.add(try row.value("sha256") as String)
            }
            return digest.hexadecimal
        }
    }

    /// The ledger as it is now, whatever is written to the store while it is read.
    ///
    /// That of all obligors is a ``PackedLedgerSource`` as well.
    public func ledger(of obligors: Set<ObligorID>?) throws(StorageError) -> any LedgerSource {
        try StoredLedger(file, obligors: obligors)
    }

    /// What the import of the present ledger left out; `nil` if it took all records.
    public func leftOut() throws(StorageError) -> LeftOut? { try reading(LeftOut.read) }

    /// Gives ledgers of some obligors, all as the store is now: opened once, for whoever asks again and again.
    public func ledgers() throws(StorageError) -> @Sendable (Set<ObligorID>) throws -> any LedgerSource {
        let whole = try StoredLedger(file, obligors: nil)
        return { obligors in try whole.only(obligors) }
    }

    /// Whether the ledger has an obligor.
    public func hasObligor(_ obligor: ObligorID) throws(StorageError) -> Bool {
        let table = LedgerTable(kind: .obligors).name
        return try reading { database in
            guard try database.tableExists(table) else { return false }
            let statement = try database.cachedStatement(sql: "SELECT 1 FROM \(table) WHERE obligor = ?")
            return try Int.fetchOne(statement, arguments: [obligor.text]) != nil
        }
    }

    /// Who supplies an obligor, as links of any time have it.
    public func suppliers(of obligor: ObligorID) throws(StorageError) -> Set<ObligorID> {
        let table = LedgerTable(kind: .links).name
        return try reading { database in
            guard try database.tableExists(table) else { return [] }
            return Set(
                try String.fetchAll(
                    database, sql: "SELECT supplier FROM \(table) WHERE buyer = ?",
                    arguments: [obligor.text]
                ).map { ObligorID($0) })
        }
    }

    /// Makes the ledger of a folder that of a store, in place of the one before; files that are the same as before
    /// stay.
    ///
    /// Where an engine with another layout has packed the records, they are packed anew.
    /// The records are checked on the way. Whatever happens before the end, the store has the ledger of before, and a
    /// store that was not there is not there.
    ///
    /// Records that cannot be used are left out if that is allowed, and the obligors that have them are set aside as
    /// ``FaultyRecords`` has it: the store then holds what is left with everything put right, every reference to a
    /// record that is there, and the list of those obligors.
    ///
    /// - Parameters:
    ///   - folder: The ledger.
    ///   - file: The store; made if there is none.
    ///   - author: Who imports, for the audit trail.
    ///   - share: The largest share of obligors that may be set aside because their records cannot be used; `nil` to
    ///     refuse a ledger with any error.
    ///   - patience: How long to wait for another job with the portfolio, in seconds.
    /// - Throws: ``StorageError``; ``LedgerError/refused(_:)`` if the check finds an error that is not to be left out,
    ///   ``RefusedImport`` if it is one of too many, other cases of ``LedgerError`` if a file cannot be read.
    public static func importLedger(
        _ folder: LedgerFolder, into file: URL, by author: String, settingAside share: Double? = nil,
        waiting patience: TimeInterval = 0, workers: Workers = .allProcessors,
        now: @escaping @Sendable () -> Date = { Date() }
    ) throws -> LedgerImport {
        if FileManager.default.fileExists(atPath: file.path) {
            let store = try SQLiteStore(file, now: now)
            let lock = try store.lock(for: "import", waiting: patience)
            defer { lock.release() }
            return try LedgerImporter(
                store, folder, author: author, share: share, isNew: false, workers: workers
            ).run()
        }
        return try StoreFile.filling(file) { place in
            let store = try SQLiteStore.staged(at: place, now: now)
            let outcome = try LedgerImporter(
                store, folder, author: author, share: share, isNew: true, workers: workers
            ).run()
            try store.seal()
            return outcome
        }
    }
}

/// Fills tables beside those of the present ledger, and puts them in their place when all are complete.
private struct LedgerImporter {
    private struct File {
        let kind: RecordKind
        let name: String
        let sha256: String
    }

    private let store: SQLiteStore
    private let folder: LedgerFolder
    private let author: String
    private let share: Double?
    private let isNew: Bool
    private let workers: Workers

    init(
        _ store: SQLiteStore, _ folder: LedgerFolder, author: String, share: Double?, isNew: Bool,
        workers: Workers
    ) {
        self.store = store
        self.folder = folder
        self.author = author
        self.share = share
        self.isNew = isNew
        self.workers = workers
    }

    func run() throws -> LedgerImport {
        let files = try folder.files.sorted { $0.value.path < $1.value.path }.map { kind, file in
            File(kind: kind, name: file.lastPathComponent, sha256: try FileDigest.of(file))
        }
        let kept = try known()
        let before = try store.leftOut()
        var changed = files.filter { kept.sha256[$0.kind.rawValue] != $0.sha256 }
        let gone = Set(kept.sha256.keys).subtracting(files.map(\.kind.rawValue))
        let isSame = changed.isEmpty && gone.isEmpty && kept.currency == folder.baseCurrency.code
        if isSame, kept.renewal == nil {
            // What an import that was killed has left behind takes room.
            try store.writing(removeIncoming)
            return LedgerImport(
                report: nil, changed: [], records: try counts(), leftOut: before, renewal: nil)
        }
        let number = try number(after: kept.imports)
        // What was put right in one kind may have followed from a fault in another.
        if before != nil || kept.renewal != nil { changed = files }
        let filled = try fill(Set(changed.map(\.kind)), of: Set(files.map(\.kind)), number)
        if filled.leftOut != nil { changed = files }
        let untouched = files.map(\.kind).filter { kind in !changed.contains { $0.kind == kind } }
        try store.changing { [changed] database, audit in
            for file in changed {
                let table = LedgerTable(kind: file.kind)
                try database.execute(
                    sql: """
                        DROP TABLE IF EXISTS \(table.name);
                        DROP TABLE IF EXISTS \(table.setByName);
                        ALTER TABLE \(table.incomingName) RENAME TO \(table.name);
                        """)
                try database.execute(
                    sql: "INSERT OR REPLACE INTO ledger_files SELECT ?, ?, count(*), ? FROM \(table.name)",
                    arguments: [file.kind.rawValue, file.name, file.sha256])
            }
            for kind in gone.compactMap(RecordKind.init(rawValue:)) {
                try LateRecords.setBy(kind, in: database)
                try database.execute(
                    sql: "DELETE FROM ledger_files WHERE kind = ?", arguments: [kind.rawValue])
            }
            try PackedLedger.publish(database)
            try LedgerSeal.publish(keeping: untouched, database)
            try LeftOut.keep(filled.leftOut, database)
            try database.execute(
                sql: "INSERT OR REPLACE INTO ledger VALUES (1, ?, ?)",
                arguments: [folder.baseCurrency.code, number])
            var told = [
                files.map { "\($0.name) \($0.sha256)" }.joined(separator: ", "),
                try LedgerSeal.note(database),
            ]
            if kept.renewal == .altered { told.append("the store no longer held what was imported before") }
            if let leftOut = filled.leftOut {
                told.append("\(leftOut.faults) faults left out, \(leftOut.setAside.count) obligors set aside")
            }
            try audit.append(
                AuditEntry(
                    action: LedgerSeal.action, author: author, subject: LedgerSeal.subject(ofImport: number),
                    details: told.joined(separator: "; ")))
        }
        return LedgerImport(
            report: filled.checked.report,
            changed: changed.map(\.kind).sorted { $0.fileName < $1.fileName }, records: try counts(),
            leftOut: filled.leftOut, renewal: kept.renewal)
    }

    /// What the store has.
    private func known() throws -> (
        sha256: [String: String], currency: String?, imports: Int, renewal: LedgerImport.Renewal?
    ) {
        try store.reading { database in
            var sha256: [String: String] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT kind, sha256 FROM ledger_files") {
                sha256[try row.value("kind")] = try row.value("sha256") as String
            }
            let ledger = try Row.fetchOne(database, sql: "SELECT * FROM ledger")
            let imports: Int = try ledger?.value("imports") ?? 0
            return (
                sha256, try ledger?.value("base_currency"),
                max(imports, try LedgerSeal.lastImport(database)), try renewal(database)
            )
        }
    }

    /// Why nothing of the present ledger may stay; `nil` if it may.
    ///
    /// That no value has changed behind the audit trail is not looked into: sizes are, of tables and of packed pieces.
    private func renewal(_ database: Database) throws -> LedgerImport.Renewal? {
        switch try LedgerSeal.state(database) {
        case .noLedger: nil
        case .unsealed: .earlierVersion
        case .broken: .altered
        case .sealed where try !LedgerSeal.sizesAreThose(database): .altered
        case .sealed: try PackedLedger.head(database) == nil ? .earlierVersion : nil
        }
    }

    /// The number of the next import, of which indices have their names.
    private func number(after imports: Int) throws(StorageError) -> Int {
        let (number, overflows) = imports.addingReportingOverflow(1)
        guard !overflows, number > 0 else {
            throw .damaged(store: store.name, reason: "it counts \(imports) imports of its ledger")
        }
        return number
    }

    private func counts() throws -> [RecordKind: Int] {
        try store.reading { database in
            var counts: [RecordKind: Int] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT kind, records FROM ledger_files") {
                let kind: String = try row.value("kind")
                let records: Int = try row.value("records")
                guard (0...Int(Int32.max)).contains(records) else {
                    throw damaged("it counts \(records) \(kind)")
                }
                if let kind = RecordKind(rawValue: kind) { counts[kind] = records }
            }
            return counts
        }
    }

    /// Reads and checks the whole ledger, and fills the incoming tables of some kinds on the way, or of all where
    /// records had to be left out.
    private func fill(
        _ kinds: Set<RecordKind>, of all: Set<RecordKind>, _ number: Int
    ) throws -> FaultyRecords {
        do {
            return try store.queue.inDatabase { database in
                // What an import that was killed has left behind.
                try removeIncoming(database)
                try LedgerSeal.create(database)
                let token = store.token.withLock { $0 }
                let filling = LedgerFilling(database, commitsOnTheWay: !isNew) { [store] in
                    if let token { try SQLiteStore.renew(token, at: store.now(), in: database) }
                }
                do {
                    return try fill(kinds, of: all, number, by: filling, database)
                } catch {
                    filling.rollBack()
                    // What is in the way of a later import takes room until then.
                    try? removeIncoming(database)
                    throw error
                }
            }
        } catch let error as LedgerError {
            throw error
        } catch let error as RefusedImport {
            throw error
        } catch {
            throw StorageError(error, in: store.name)
        }
    }

    private func removeIncoming(_ database: Database) throws {
        for kind in RecordKind.allCases {
            try database.execute(sql: "DROP TABLE IF EXISTS \(LedgerTable(kind: kind).incomingName)")
        }
        try PackedLedger.removeIncoming(database)
        try LedgerSeal.removeIncoming(database)
    }
}

extension LedgerImporter {
    private func fill(
        _ kinds: Set<RecordKind>, of all: Set<RecordKind>, _ number: Int, by filling: LedgerFilling,
        _ database: Database
    ) throws -> FaultyRecords {
        let source = RecordingSource(source: folder, kinds: kinds, filling: filling)
        let found: FaultyRecords
        var filled = kinds
        do throws(LedgerError) {
            found = FaultyRecords(sound: try TradeLedger.read(from: source, workers: workers))
        } catch {
            guard filling.failure == nil, let share, case .refused(let report) = error else {
                throw filling.failure ?? error
            }
            let faulty = try FaultyRecords.read(folder, refusedFor: report, workers: workers)
            try check(faulty, share)
            found = faulty
            // The records as they were put right, which those of the files are not. A store that is being made has no
            // journal to roll back by.
            try filling.commit()
            try removeIncoming(database)
            try LedgerSeal.create(database)
            filled = all
            try fill(all, with: found.checked.ledger, by: filling)
        }
        let checked = found.checked
        if filled.contains(.events), try LateEvents.date(in: database) {
            try LedgerSeal.renewRows(of: .events, database)
        }
        for kind in try LateArrivals.note(filled, in: database) {
            try LedgerSeal.renewRows(of: kind, database)
        }
        for kind in RecordKind.allCases where filled.contains(kind) {
            for statement in LedgerTable(kind: kind).indices(import: number) {
                try database.execute(sql: statement)
            }
            try filling.commit()
        }
        let packed = try PackedLedger(filling: database, import: number)
        let index = PackedIndex(of: checked, workers: workers)
        try packed.add(PackedLedger.Head(import: number, layout: PackedRecords.layout, index: index))
        for kind in PackedRecords.kinds {
            try checked.ledger.forEachPage(of: kind, index) { page, records in
                try filling.inTurn(bytes: records.bytes.count) { try packed.add(records, page: page) }
            }
            try filling.commit()
        }
        return found
    }

    /// Refuses a ledger of which too many obligors would be set aside.
    private func check(_ found: FaultyRecords, _ share: Double) throws(RefusedImport) {
        guard let leftOut = found.leftOut else { return }
        do throws(ReviewError) { try found.check(share) } catch {
            throw RefusedImport(leftOut: leftOut, reason: error)
        }
    }

    /// Fills the incoming tables of some kinds with the records of a ledger in memory.
    private func fill(
        _ kinds: Set<RecordKind>, with ledger: TradeLedger, by filling: LedgerFilling
    ) throws {
        do throws(LedgerError) {
            var begun: RecordKind?
            try ledger.forEachTable { (table, kind) throws(LedgerError) in
                if begun != kind { try filling.begin(kind) }
                begun = kind
                try filling.insert(SealedRows(RecordRows(table, of: kind), of: kind))
            }
            // Of some, no record is left.
            for kind in RecordKind.allCases where kinds.contains(kind) && ledger.count(of: kind) == 0 {
                try filling.begin(kind)
            }
        } catch {
            throw filling.failure ?? error
        }
    }
}

/// A ledger that hands its records on to a store as well as to whoever reads it.
private struct RecordingSource: LedgerSource {
    let source: LedgerFolder
    /// The kinds that the store takes.
    let kinds: Set<RecordKind>
    let filling: LedgerFilling

    var baseCurrency: Currency { source.baseCurrency }

    func faults(_ policy: CheckPolicy) throws(LedgerError) -> [CheckReport.Entry] {
        try source.faults(policy)
    }

    func forEachBlock<Output: Sendable>(
        of kind: RecordKind, in scope: LedgerScope, workers: Workers,
        _ transform: @Sendable (RecordBlock) -> Output,
        handOn: (Output) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        guard kinds.contains(kind) else {
            try source.forEachBlock(of: kind, in: scope, workers: workers, transform, handOn: handOn)
            return
        }
        try filling.begin(kind)
        try source.forEachBlock(of: kind, in: scope, workers: workers) { block in
            (SealedRows(RecordRows(block.table, of: kind), of: kind), transform(block))
        } handOn: { (block: (rows: SealedRows, output: Output)) throws(LedgerError) in
            try filling.insert(block.rows)
            try handOn(block.output)
        }
    }
}

/// Records with the digest of them.
private struct SealedRows: Sendable {
    let rows: RecordRows
    let sha256: String

    init(_ rows: RecordRows, of kind: RecordKind) {
        self.rows = rows
        sha256 = rows.digest(in: kind.fields.map(\.name))
    }
}

/// Inserts records into the incoming tables, in transactions of a bounded size.
///
/// Unchecked: it is used on one thread alone, that of the connection, on which blocks are handed on.
private final class LedgerFilling: @unchecked Sendable {
    /// Records in a transaction: enough that committing costs little, few enough that the log stays short.
    private static let recordsPerCommit = 1 << 19

    /// What bytes count as.
    private static let bytesPerRecord = 64

    private let database: Database
    private let commitsOnTheWay: Bool
    /// Says that the import is still at work.
    private let renewLock: () throws -> Void
    private var table: LedgerTable?
    private var insertion: RecordInsertion?
    private var pending = 0
    /// Blocks of the kind so far.
    private var blocks = 0
    /// Why the store did not take a record.
    private(set) var failure: (any Error)?

    init(_ database: Database, commitsOnTheWay: Bool, renewLock: @escaping () throws -> Void) {
        self.database = database
        self.commitsOnTheWay = commitsOnTheWay
        self.renewLock = renewLock
    }

    func begin(_ kind: RecordKind) throws(LedgerError) {
        try noting {
            let table = LedgerTable(kind: kind)
            if !database.isInsideTransaction { try database.beginTransaction(.immediate) }
            try database.execute(sql: table.creation)
            self.table = table
            insertion = nil
            blocks = 0
        }
    }

    func insert(_ block: SealedRows) throws(LedgerError) {
        let rows = block.rows
        try noting {
            guard let table, rows.count > 0 else { return }
            let insertion =
                try insertion ?? RecordInsertion(database, table: table.incomingName, columns: rows.names)
            self.insertion = insertion
            try insertion.insert(rows)
            try LedgerSeal.add(
                LedgerSeal.Piece(
                    form: .rows, kind: table.kind.rawValue, number: blocks, size: rows.count,
                    sha256: block.sha256), database)
            blocks += 1
            pending += rows.count
            guard commitsOnTheWay, pending >= Self.recordsPerCommit else { return }
            try renewLock()
            try commit()
            try database.beginTransaction(.immediate)
        }
    }

    /// Writes something of a size, in transactions of a bounded one.
    func inTurn(bytes: Int, _ body: () throws -> Void) throws {
        if !database.isInsideTransaction { try database.beginTransaction(.immediate) }
        try body()
        pending += 1 + bytes / Self.bytesPerRecord
        guard commitsOnTheWay, pending >= Self.recordsPerCommit else { return }
        try renewLock()
        try commit()
    }

    func commit() throws {
        insertion = nil
        if database.isInsideTransaction { try database.commit() }
        pending = 0
    }

    /// Ends a transaction that something has stopped.
    func rollBack() {
        insertion = nil
        if database.isInsideTransaction { try? database.rollback() }
    }

    private func noting(_ body: () throws -> Void) throws(LedgerError) {
        do { try body() } catch {
            failure = error
            // Whoever reads the ledger stops; the importer throws what really happened.
            throw .cannotWrite(path: "", reason: "\(error)")
        }
    }
}
