public import Parallelism
import Tables
import Vocabulary

/// A ledger with what was found while it was read.
public struct CheckedLedger: Sendable {
    /// The ledger.
    public let ledger: TradeLedger
    /// What was found; without errors.
    public let report: CheckReport
    /// Every repair, in the order of kinds, files and lines.
    public let repairs: [Repair]

    /// A ledger with what was found when it was read.
    public init(ledger: TradeLedger, report: CheckReport, repairs: [Repair] = []) {
        self.ledger = ledger
        self.report = report
        self.repairs = repairs
    }
}

extension TradeLedger {
    /// Reads a ledger, checks it, and sorts it by obligor.
    ///
    /// The result depends on the records alone, not on the number of threads. Cost: time in proportion to the
    /// records; memory of about 50 bytes for an invoice and 30 for a payment, and their ids.
    ///
    /// - Parameters:
    ///   - scope: Which records are read, and checked.
    ///   - policy: What follows from what is wrong.
    ///   - workers: The threads that read.
    /// - Throws: ``LedgerError/refused(_:)`` with all that is wrong if any of it is an error; other cases of
    ///   ``LedgerError`` where a file cannot be read at all.
    public static func read(
        from source: some LedgerSource, scope: LedgerScope = .everything, policy: CheckPolicy = .standard,
        workers: Workers = .allProcessors
    ) throws(LedgerError) -> CheckedLedger {
        var assembly = LedgerAssembly(
            source: source,
            context: AssemblyContext(
                policy: policy, scope: scope, ledger: TradeLedger(baseCurrency: source.baseCurrency)),
            workers: workers)
        return try assembly.run()
    }

    /// Reads a ledger whose large kinds stay packed until they are asked for.
    static func read(packed pages: PackedPages, workers: Workers) throws(LedgerError) -> CheckedLedger {
        let reader = pages.reader
        var ledger = TradeLedger(baseCurrency: reader.source.baseCurrency)
        ledger.packed = pages
        let kinds = Set(RecordKind.allCases).subtracting(PackedRecords.kinds)
        var assembly = LedgerAssembly(
            source: reader.source,
            context: AssemblyContext(policy: .standard, scope: LedgerScope(kinds), ledger: ledger),
            workers: workers)
        ledger = try assembly.assembled()
        guard ledger.obligorCount == reader.index.obligorCount else {
            throw PackedReader.doNotFit(.obligors)
        }
        return CheckedLedger(ledger: ledger, report: reader.index.report, repairs: [])
    }
}

/// Reads the kinds of records one after the other, each with those before it at hand.
///
/// Not generic in the source, so that the loops over records are compiled for each kind of record.
private struct LedgerAssembly {
    let source: any LedgerSource
    var context: AssemblyContext
    let workers: Workers
    var book = FindingBook()
    var passedOver: [CheckReport.PassedOver] = []

    mutating func run() throws(LedgerError) -> CheckedLedger {
        let ledger = try assembled()
        GapCheck.run(ledger.invoices.records, day: { $0.issued }, column: "issued", book: &book)
        GapCheck.run(ledger.payments.records, day: { $0.paid }, column: "paid", book: &book)
        GapCheck.run(ledger.rates.records, longest: ExchangeRates.standardAge, book: &book)
        return try checked(ledger)
    }

    /// The ledger; what is wrong with single records stands in the book.
    mutating func assembled() throws(LedgerError) -> TradeLedger {
        try readObligors()
        try read(\.contracts)
        try read(\.orders)
        try read(\.deliveries)
        try read(\.invoices)
        try read(\.payments)
        try read(\.allocations)
        try read(\.creditNotes)
        var (allocations, creditNotes) = (context.ledger.allocations, context.ledger.creditNotes)
        AllocationCheck(
            policy: context.policy, invoices: context.ledger.invoices, payments: context.ledger.payments
        ).run(
            &allocations, &creditNotes, obligors: context.ledger.obligorCount, workers: workers,
            book: &book)
        context.ledger.allocations = allocations
        context.ledger.creditNotes = creditNotes
        try read(\.promises)
        try read(\.statements)
        try read(\.bureau)
        try read(\.events)
        try read(\.links)
        context.ledger.linksByBuyer = RecordList(
            context.ledger.links.records, obligors: context.ledger.obligorCount, workers: workers,
            owner: { $0.buyer })
        try read(\.ratings)
        try read(\.rates)
        return context.ledger
    }

    private func checked(_ ledger: TradeLedger) throws(LedgerError) -> CheckedLedger {
        let policy = context.policy
        let counts = RecordKind.allCases.map { ($0, ledger.count(of: $0)) }
        let report = CheckReport(
            entries: try source.faults(policy) + book.entries(policy),
            recordCounts: Dictionary(uniqueKeysWithValues: counts), passedOver: passedOver)
        if report.hasErrors { throw .refused(report) }
        return CheckedLedger(ledger: ledger, report: report, repairs: book.repairs(policy))
    }

    /// Reads the obligors, and puts them in the order of their ids.
    private mutating func readObligors() throws(LedgerError) {
        let (unsorted, ids) = try records(Obligor.self)
        let index = IDIndex(ids, workers: workers)
        var leftOut = Set(index.repeated)
        for place in index.repeated {
            book.note(.duplicate, .obligors, row: unsorted[Int(place)].row, column: "obligor")
        }
        var sorted = unsorted.indices.filter { leftOut.remove(Int32($0)) == nil }.map { unsorted[$0] }
        sorted.sort { $0.id < $1.id }
        for place in sorted.indices { sorted[place].obligor = Int32(place) }
        var sortedIDs = PackedTexts()
        for obligor in sorted { sortedIDs.append(obligor.id.text) }
        context.ledger.obligors = sorted
        context.ledger.obligorIndex = IDIndex(sortedIDs, workers: workers)
        context.indices[.obligors] = context.ledger.obligorIndex
    }

    /// How many owners the records of a kind are dealt to: the obligors, or one for rates, which belong to nobody.
    private func ownerCount(of kind: RecordKind) -> Int {
        kind == .rates ? 1 : context.ledger.obligorCount
    }

    /// Reads the records of a kind, sorted and without duplicates.
    private mutating func read<Record: AssembledRecord>(
        _ place: WritableKeyPath<TradeLedger, RecordList<Record>>
    ) throws(LedgerError) {
        let kind = Record.kind
        let (unsorted, ids) = try records(Record.self)
        let owners = ownerCount(of: kind)
        var list = RecordList(unsorted, ids: ids, obligors: owners, workers: workers)
        if let identifier = Record.identifier {
            var index = IDIndex(list.ids, workers: workers)
            if !index.repeated.isEmpty {
                for place in index.repeated {
                    book.note(.duplicate, kind, row: list.records[Int(place)].row, column: identifier)
                }
                list = list.leavingOut(Set(index.repeated), obligors: owners, workers: workers)
                index = IDIndex(list.ids, workers: workers)
            }
            context.indices[kind] = index
        } else {
            let repeated = Record.repeatedKeys(list)
            for place in repeated {
                book.note(.duplicate, kind, row: list.records[Int(place)].row, column: nil)
            }
            if !repeated.isEmpty {
                list = list.leavingOut(Set(repeated), obligors: owners, workers: workers)
            }
        }
        context.ledger[keyPath: place] = list
        for other in context.indices.keys where !kind.isFollowed(byReferencesTo: other) {
            context.indices[other] = nil
        }
    }

    /// The records of a kind as they come, with their ids.
    private mutating func records<Record: AssembledRecord>(
        _ type: Record.Type
    ) throws(LedgerError) -> (records: [Record], ids: PackedTexts) {
        let kind = Record.kind
        guard context.scope.contains(kind) else { return ([], PackedTexts()) }
        let context = context
        var records: [Record] = []
        var ids = PackedTexts()
        var book = book
        var passedOver = passedOver
        try source.forEachBlock(of: kind, in: context.scope, workers: workers) { block in
            ReadBlock<Record>(block, context)
        } handOn: { (block) throws(LedgerError) in
            let start = book.rowCount(kind)
            guard start + block.rowCount < Int(Int32.max), ids.hasRoom(for: block.ids) else {
                throw .tooManyRecords(kind, limit: Int(Int32.max))
            }
            for var record in block.records {
                record.row += Int32(start)
                records.append(record)
            }
            ids.append(block.ids)
            book.append(
                block.findings, of: kind, file: block.file, lines: block.lines, rows: block.rowCount)
            for rows in block.passedOver { passedOver.add(rows) }
        }
        self.book = book
        self.passedOver = passedOver
        return (records, ids)
    }
}

/// The records of a block.
private struct ReadBlock<Record: AssembledRecord>: Sendable {
    let records: [Record]
    let ids: PackedTexts
    let findings: [Finding]
    let file: String
    let lines: RecordLines
    let rowCount: Int
    let passedOver: [CheckReport.PassedOver]

    init(_ block: RecordBlock, _ context: AssemblyContext) {
        let columns = RecordColumns(Record.kind, block, context)
        let read = Record.reader(columns)
        let identifier = Record.identifier.map { columns.text($0) }
        var records: [Record] = []
        var ids = PackedTexts()
        records.reserveCapacity(block.table.rowCount)
        if let identifier {
            for row in 0..<block.table.rowCount {
                var id = ""
                columns.row(row) {
                    id = identifier.required(row)
                    return read(row)
                } keep: { record in
                    records.append(record)
                    ids.append(id)
                }
            }
        } else {
            for row in 0..<block.table.rowCount {
                columns.row(row) {
                    read(row)
                } keep: {
                    records.append($0)
                }
            }
        }
        self.records = records
        self.ids = ids
        findings = columns.findings
        file = block.file
        lines = block.lines
        rowCount = block.table.rowCount
        passedOver = block.passedOver
    }
}
