import Parallelism
import Synchronization
import Tables
import Vocabulary

@testable import Ledger

/// A ledger of tables with its records packed beside it, in pages of any size.
struct PackedCopy: PackedLedgerSource {
    let tables: TableLedgerSource
    var index: PackedIndex
    var records: [RecordKind: [Int: PackedRecords]] = [:]
    /// Kinds that cannot be read.
    var unreadable: Set<RecordKind> = []
    /// What was read.
    let reads = Reads()

    /// The pages whose records of a kind were read, as they were, until no more can be.
    final class Reads: Sendable {
        private let state = Mutex((pages: [RecordKind: [Int]](), isLost: false))

        func pages(of kind: RecordKind) -> [Int] { state.withLock { $0.pages[kind] ?? [] } }

        /// From now on nothing can be read.
        func lose() { state.withLock { $0.isLost = true } }

        fileprivate func note(_ kind: RecordKind, _ page: Int) -> Bool {
            state.withLock { state in
                state.pages[kind, default: []].append(page)
                return !state.isLost
            }
        }
    }

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
        guard reads.note(kind, page), !unreadable.contains(kind), let found = records[kind]?[page] else {
            throw .table(.cannotRead(file: kind.fileName, reason: "lost"))
        }
        return found
    }
}
