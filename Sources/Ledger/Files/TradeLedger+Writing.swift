import Tables
import Vocabulary

extension TradeLedger {
    /// Writes all records to a folder, obligor by obligor in the order in which they became known.
    ///
    /// - Throws: ``LedgerError/table(_:)``.
    public func write(to writer: LedgerFolderWriter) throws(LedgerError) {
        var writing = RecordWriting(ledger: self, writer: writer)
        try writing.visit(RecordList(obligors, obligors: obligorCount))
        try visitRecords(&writing)
    }
}

/// Writes records, some at a time, so that their columns are never in memory as a whole.
private struct RecordWriting: RecordVisitor {
    /// Records that are written at a time.
    private static let stretch = 1 << 18

    let ledger: TradeLedger
    let writer: LedgerFolderWriter

    func visit<Record: AssembledRecord>(_ list: RecordList<Record>) throws(LedgerError) {
        for start in stride(from: 0, to: list.records.count, by: Self.stretch) {
            let part = list.records[start..<min(start + Self.stretch, list.records.count)]
            let columns = Record.columns(of: part, in: ledger)
            let table: Table
            do throws(TableError) { table = try Table(columns: columns) } catch { throw .table(error) }
            try writer.write(table, to: Record.kind)
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
