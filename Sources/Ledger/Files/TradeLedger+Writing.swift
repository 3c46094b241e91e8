public import Tables
import Vocabulary

extension TradeLedger {
    /// Writes all records to a folder, obligor by obligor in the order in which they became known.
    ///
    /// The ledger must be in memory as a whole: packed records have no ids.
    ///
    /// - Throws: ``LedgerError/table(_:)``.
    public func write(to writer: LedgerFolderWriter) throws(LedgerError) {
        try forEachTable { (table, kind) throws(LedgerError) in try writer.write(table, to: kind) }
    }

    /// Hands out all records as tables with the columns of their files, kind by kind in the order of ``RecordKind``,
    /// those of a kind obligor by obligor in the order in which they became known.
    ///
    /// - Parameter body: Takes some records of a kind, so that their columns are never in memory as a whole.
    public func forEachTable(
        _ body: (Table, RecordKind) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        precondition(packed == nil, "packed records are not written")
        try withoutActuallyEscaping(body) { (body) throws(LedgerError) in
            var tables = RecordTables(ledger: self, body: body)
            try tables.visit(RecordList(obligors, obligors: obligorCount))
            try visitRecords(&tables)
        }
    }
}

/// Makes tables of records, some at a time.
private struct RecordTables: RecordVisitor {
    /// Records in a table.
    private static let stretch = 1 << 18

    let ledger: TradeLedger
    let body: (Table, RecordKind) throws(LedgerError) -> Void

    func visit<Record: AssembledRecord>(_ list: RecordList<Record>) throws(LedgerError) {
        for start in stride(from: 0, to: list.records.count, by: Self.stretch) {
            let part = list.records[start..<min(start + Self.stretch, list.records.count)]
            let columns = Record.columns(of: part, in: ledger)
            let table: Table
            do throws(TableError) { table = try Table(columns: columns) } catch { throw .table(error) }
            try body(table, Record.kind)
        }
    }
}

extension Repair {
    /// The file of a ledger folder in which repairs are kept.
    static let fileName = "repairs.csv"
}

extension LedgerFolderWriter {
    /// Keeps repairs in `repairs.csv`.
    public func write(_ repairs: [Repair]) throws(LedgerError) {
        guard !repairs.isEmpty else { return }
        do throws(TableError) {
            let table = try Table(columns: [
                Column(name: "check", values: .text(repairs.map(\.check.rawValue))),
                Column(name: "records", values: .text(repairs.map(\.records.rawValue))),
                Column(name: "file", values: .text(repairs.map(\.file))),
                Column(name: "line", values: .integer(repairs.map { Int64($0.line) })),
                Column(name: "column", values: .text(repairs.map(\.column))),
                Column(name: "repair", values: .text(repairs.map(\.check.repair))),
            ])
            try write(table, named: "repairs")
        } catch {
            throw .table(error)
        }
    }
}
