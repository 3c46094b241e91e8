public import Ledger
public import Parallelism
import Tables
public import Vocabulary

/// A ledger with the records of a journal, which take the place of those with the same ids.
public struct JournaledLedger: LedgerSource {
    private let base: (any LedgerSource)?
    private let journal: RecordJournal
    /// The currency that amounts are compared in.
    public let baseCurrency: Currency

    /// The records of a journal beside those of a ledger.
    public init(_ base: any LedgerSource, _ journal: RecordJournal) {
        self.base = base
        self.journal = journal
        baseCurrency = base.baseCurrency
    }

    /// The records of a journal alone.
    public init(_ journal: RecordJournal, baseCurrency: Currency) {
        base = nil
        self.journal = journal
        self.baseCurrency = baseCurrency
    }

    /// The faults of the ledger's files.
    public func faults(_ policy: CheckPolicy) throws(LedgerError) -> [CheckReport.Entry] {
        try base?.faults(policy) ?? []
    }

    /// Goes through the ledger's records, then the journal's.
    public func forEachBlock<Output: Sendable>(
        of kind: RecordKind, in scope: LedgerScope, workers: Workers,
        _ transform: @Sendable (RecordBlock) -> Output, handOn: (Output) throws(LedgerError) -> Void
    ) throws(LedgerError) {
        let replaced = journal.ids(kind)
        let identifier = kind.fields.first { $0.content == .identifier }?.name
        try base?.forEachBlock(of: kind, in: scope, workers: workers) { block in
            guard let identifier, !replaced.isEmpty, let column = block.table[identifier] else {
                return transform(block)
            }
            let kept = (0..<block.table.rowCount).filter { row in
                column.text(at: row).map { !replaced.contains($0) } ?? true
            }
            guard kept.count < block.table.rowCount else { return transform(block) }
            let rows = Dictionary(uniqueKeysWithValues: kept.enumerated().map { ($0.element, $0.offset) })
            return transform(
                RecordBlock(
                    table: block.table.gathered(kept), file: block.file, lines: .regular(from: 2),
                    passedOver: block.passedOver,
                    unread: block.unread.compactMap { value in
                        rows[value.row].map { RecordBlock.UnreadValue(row: $0, field: value.field) }
                    }))
        } handOn: { (output) throws(LedgerError) in
            try handOn(output)
        }
        guard let text = journal.csv(kind) else { return }
        let name = RecordJournal.fileName(of: kind)
        var options = CSVOptions()
        options.delimiter = .comma
        options.decimalMark = .point
        try RecordBlock.forEach(
            of: .text(text, name: name), called: name, scope.fields(of: kind), options, workers: workers,
            transform, handOn: handOn)
    }
}
