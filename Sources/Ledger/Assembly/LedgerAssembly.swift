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
            context: AssemblyContext(baseCurrency: source.baseCurrency, policy: policy, scope: scope),
            workers: workers)
        return try assembly.run()
    }
}

/// Reads the kinds of records one after the other, each with the ids of those before it.
///
/// Not generic in the source, so that the loops over records are compiled for each kind of record.
private struct LedgerAssembly {
    let source: any LedgerSource
    var context: AssemblyContext
    let workers: Workers
    var book = FindingBook()
    var obligorCount = 0
    var passedOver: [CheckReport.PassedOver] = []

    mutating func run() throws(LedgerError) -> CheckedLedger {
        let obligors = try obligors()
        let contracts = try list(Contract.self, keepsIndex: true)
        let orders = try list(Order.self, keepsIndex: true)
        let deliveries = try list(Delivery.self, keepsIndex: true)
        context.indices[.orders] = nil
        let invoices = try list(Invoice.self, keepsIndex: true)
        context.indices[.contracts] = nil
        context.indices[.deliveries] = nil
        let payments = try list(Payment.self, keepsIndex: true)
        context.payments = payments.records
        var allocations = try list(Allocation.self)
        context.indices[.payments] = nil
        context.payments = []
        var creditNotes = try list(CreditNote.self)
        AllocationCheck(policy: context.policy, invoices: invoices, payments: payments)
            .run(&allocations, &creditNotes, obligors: obligorCount, book: &book)
        let promises = try list(Promise.self)
        context.indices[.invoices] = nil
        let statements = try list(Statement.self)
        let bureau = try list(BureauRecord.self)
        let events = try list(Event.self)
        let links = try list(SupplyLink.self)
        let ratings = try list(Rating.self)
        let rates = try list(ExchangeRate.self)
        GapCheck.run(invoices.records, day: { $0.issued }, column: "issued", book: &book)
        GapCheck.run(payments.records, day: { $0.paid }, column: "paid", book: &book)
        let ledger = TradeLedger(
            baseCurrency: context.baseCurrency, obligors: obligors, contracts: contracts, orders: orders,
            deliveries: deliveries, invoices: invoices, payments: payments, allocations: allocations,
            creditNotes: creditNotes, promises: promises, statements: statements, bureau: bureau,
            events: events, links: links,
            linksByBuyer: RecordList(links.records, obligors: obligorCount, owner: { $0.buyer }),
            ratings: ratings, rates: rates,
            obligorIndex: context.indices[.obligors] ?? IDIndex(PackedTexts()))
        return try checked(ledger)
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

    /// The obligors in the order of their ids.
    private mutating func obligors() throws(LedgerError) -> [Obligor] {
        let (unsorted, ids) = try records(Obligor.self)
        let index = IDIndex(ids)
        var leftOut = Set(index.repeated)
        for place in index.repeated {
            book.note(.duplicate, .obligors, row: unsorted[Int(place)].row, column: "obligor")
        }
        var sorted = unsorted.indices.filter { leftOut.remove(Int32($0)) == nil }.map { unsorted[$0] }
        sorted.sort { $0.id < $1.id }
        for place in sorted.indices { sorted[place].obligor = Int32(place) }
        var sortedIDs = PackedTexts()
        for obligor in sorted { sortedIDs.append(obligor.id.text) }
        context.indices[.obligors] = IDIndex(sortedIDs)
        obligorCount = sorted.count
        return sorted
    }

    /// The records of a kind, sorted and without duplicates.
    ///
    /// - Parameter keepsIndex: Whether records that are read later refer to these.
    private mutating func list<Record: AssembledRecord>(
        _ type: Record.Type, keepsIndex: Bool = false
    ) throws(LedgerError) -> RecordList<Record> {
        let kind = Record.kind
        let (unsorted, ids) = try records(type)
        // Rates belong to nobody, and are kept as those of one.
        let owners = kind == .rates ? 1 : obligorCount
        var list = RecordList(unsorted, ids: ids, obligors: owners)
        if let identifier = Record.identifier {
            var index = IDIndex(list.ids)
            if !index.repeated.isEmpty {
                for place in index.repeated {
                    book.note(.duplicate, kind, row: list.records[Int(place)].row, column: identifier)
                }
                list = list.leavingOut(Set(index.repeated), obligors: owners)
                index = IDIndex(list.ids)
            }
            if keepsIndex { context.indices[kind] = index }
        } else {
            let repeated = Record.repeatedKeys(list)
            for place in repeated {
                book.note(.duplicate, kind, row: list.records[Int(place)].row, column: nil)
            }
            if !repeated.isEmpty { list = list.leavingOut(Set(repeated), obligors: owners) }
        }
        return list
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
        let columns = RecordColumns(Record.kind, block.table, context)
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
