import Parallelism
import Tables
import Vocabulary

@testable import Ledger

/// A ledger of tables with its records packed beside it, in pages of any size.
struct PackedCopy: PackedLedgerSource {
    let tables: TableLedgerSource
    let index: PackedIndex
    var records: [RecordKind: [Int: PackedRecords]] = [:]
    /// Kinds that cannot be read.
    var unreadable: Set<RecordKind> = []

    init(_ tables: TableLedgerSource, pageSize: Int) throws {
        self.tables = tables
        let checked = try TradeLedger.read(from: tables)
        index = PackedIndex(of: checked, pageSize: pageSize)
        for kind in PackedRecords.kinds {
            try checked.ledger.forEachPage(of: kind, index) { records[kind, default: [:]][$0] = $1 }
        }
    }

    var baseCurrency: Currency { tables.baseCurrency }

    func faults(_ policy: CheckPolicy) -> [CheckReport.Entry] { [] }

    func forEachBlock<Output: Sendable>(
        of kind: RecordKind, in scope: LedgerScope, workers: Workers,
        _ transform: @Sendable (RecordBlock) -> Output,
        handOn: (Output) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        try tables.forEachBlock(of: kind, in: scope, workers: workers, transform, handOn: handOn)
    }

    func packedIndex() -> PackedIndex? { index }

    func packedRecords(of kind: RecordKind, page: Int) throws(LedgerError) -> PackedRecords {
        guard !unreadable.contains(kind), let found = records[kind]?[page] else {
            throw .table(.cannotRead(file: kind.fileName, reason: "lost"))
        }
        return found
    }
}
