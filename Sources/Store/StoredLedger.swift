import Foundation
import GRDB
import Ledger
import Parallelism
import Review
import Tables
import Vocabulary

/// The ledger of a store as it was when reading began, by a connection of its own.
final class StoredLedger: LedgerSource {
    let baseCurrency: Currency
    private let queue: DatabaseQueue
    private let name: String
    private let obligors: String?

    /// - Parameter obligors: Whose records are read; `nil` for all.
    init(_ file: URL, obligors: Set<ObligorID>?) throws(StorageError) {
        let name = file.relativePath
        self.name = name
        do {
            self.obligors = try obligors.map { try JSONForm.text(of: $0.map(\.text).sorted()) }
            var configuration = Configuration()
            configuration.readonly = true
            configuration.busyMode = .timeout(10)
            configuration.allowsUnsafeTransactions = true
            // Records are gone through once: 16 MiB keep what finds them, and are not all that was read.
            configuration.prepareDatabase { try $0.execute(sql: "PRAGMA cache_size = -16384") }
            queue = try DatabaseQueue(path: file.path, configuration: configuration)
            let code = try queue.inDatabase { database in
                // The first read fixes what all later ones see.
                try database.execute(sql: "BEGIN")
                return try String.fetchOne(database, sql: "SELECT base_currency FROM ledger")
            }
            guard let code else { throw StorageError.noLedger(store: name) }
            guard let currency = Currency(code: code) else {
                throw StorageError.damaged(store: name, reason: "its base currency is '\(code)'")
            }
            baseCurrency = currency
        } catch {
            throw StorageError(error, in: name)
        }
    }

    private init(_ whole: StoredLedger, obligors: Set<ObligorID>) throws {
        (baseCurrency, queue, name) = (whole.baseCurrency, whole.queue, whole.name)
        self.obligors = try JSONForm.text(of: obligors.map(\.text).sorted())
    }

    /// The records of some obligors, as they were when this ledger was opened and by the same connection.
    func only(_ obligors: Set<ObligorID>) throws(StorageError) -> StoredLedger {
        do { return try StoredLedger(self, obligors: obligors) } catch { throw StorageError(error, in: name) }
    }

    /// None: whatever lies with a file was seen when it was imported.
    func faults(_ policy: CheckPolicy) -> [CheckReport.Entry] { [] }

    func forEachBlock<Output: Sendable>(
        of kind: RecordKind, in scope: LedgerScope, workers: Workers,
        _ transform: @Sendable (RecordBlock) -> Output,
        handOn: (Output) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        do {
            try queue.inDatabase { database in
                guard let (statement, fields) = try selection(of: kind, in: scope, database) else { return }
                let cursor = RecordCursor(statement, fields: fields)
                let file = "\(kind.fileName).csv"
                try workers.inOrder(ahead: 4 * workers.threads) {
                    cursor.next().map { block -> (Int, Result<Output, TableError>) in
                        let first = 2 + block.number * RecordCursor.blockSize
                        return (
                            block.number,
                            Result { () throws(TableError) in
                                transform(
                                    RecordBlock(
                                        table: try Table(columns: block.columns), file: file,
                                        lines: RecordLines.regular(from: first)))
                            }
                        )
                    }
                } handOn: { outcome in
                    do { try handOn(try outcome.get()) } catch let error as TableError {
                        throw LedgerError.table(error)
                    }
                }
                if let failure = cursor.failure { throw failure }
            }
        } catch let error as LedgerError {
            throw error
        } catch {
            throw .table(.cannotRead(file: name, reason: "\(StorageError(error, in: name))"))
        }
    }

    /// The statement that reads a kind, and the fields that it reads; `nil` if the ledger has none of the kind.
    private func selection(
        of kind: RecordKind, in scope: LedgerScope, _ database: Database
    ) throws -> (GRDB.Statement, [FieldDeclaration])? {
        let table = LedgerTable(kind: kind)
        guard try database.tableExists(table.name) else { return nil }
        let present = Set(try database.columns(in: table.name).map(\.name))
        if let missing = kind.fields.first(where: { $0.isRequired && !present.contains($0.name) }) {
            throw StorageError.damaged(store: name, reason: "\(kind.rawValue) have no '\(missing.name)'")
        }
        let fields = scope.fields(of: kind).filter { present.contains($0.name) }
        let columns = fields.map { LedgerTable.quoted($0.name) }.joined(separator: ", ")
        let condition = obligors == nil ? nil : table.isWanted
        let statement = try database.cachedStatement(
            sql: "SELECT \(columns) FROM \(table.name)" + (condition.map { " WHERE \($0)" } ?? "")
                + " ORDER BY rowid")
        if condition != nil { statement.arguments = ["obligors": obligors] }
        return (statement, fields)
    }
}

extension StoredLedger: PackedLedgerSource {
    func packedIndex() throws(LedgerError) -> PackedIndex? {
        // Those of all obligors are of no use for the ledger of some.
        guard obligors == nil else { return nil }
        return try reading { database in try PackedLedger.head(database)?.index }
    }

    func packedRecords(of kind: RecordKind, page: Int) throws(LedgerError) -> PackedRecords {
        let records = try reading { database in try PackedLedger.records(of: kind, page: page, database) }
        return records ?? PackedRecords(kind: kind, bytes: Data())
    }

    private func reading<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        do { return try queue.inDatabase(body) } catch let error as LedgerError { throw error } catch {
            throw .table(.cannotRead(file: name, reason: "\(StorageError(error, in: name))"))
        }
    }
}

extension StoredLedger: ReducedLedgerSource {
    func leftOut() throws(LedgerError) -> LeftOut? { try reading { database in try LeftOut.read(database) } }
}
