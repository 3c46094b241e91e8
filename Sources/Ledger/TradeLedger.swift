public import Vocabulary

/// A ledger in memory: what was sold on credit to whom, what was paid, and what else is known of the obligors.
///
/// Records lie obligor by obligor, those of one obligor in the order in which they became known. What they refer to
/// is given by places, which are the indices of the slices that ``view(of:asOf:)`` gives.
public struct TradeLedger: Sendable {
    /// The currency that amounts are compared in.
    public let baseCurrency: Currency
    /// The obligors in the order of their ids; their places are 0, 1, 2 and so on.
    var obligors: [Obligor] = []
    var contracts = RecordList<Contract>()
    var orders = RecordList<Order>()
    var deliveries = RecordList<Delivery>()
    var invoices = RecordList<Invoice>()
    var payments = RecordList<Payment>()
    var allocations = RecordList<Allocation>()
    var creditNotes = RecordList<CreditNote>()
    var promises = RecordList<Promise>()
    var statements = RecordList<Statement>()
    var bureau = RecordList<BureauRecord>()
    var events = RecordList<Event>()
    /// Links by supplier.
    var links = RecordList<SupplyLink>()
    /// Links by buyer.
    var linksByBuyer = RecordList<SupplyLink>()
    var ratings = RecordList<Rating>()
    /// Rates belong to nobody, and are kept as those of one.
    var rates = RecordList<ExchangeRate>()
    var obligorIndex = IDIndex(PackedTexts())

    /// A ledger without records.
    init(baseCurrency: Currency) {
        self.baseCurrency = baseCurrency
    }

    /// How many obligors there are.
    public var obligorCount: Int { obligors.count }

    /// The place of an obligor, or `nil` if there is none of that id.
    public func place(of id: ObligorID) -> Int? { obligorIndex.number(of: id.text).map(Int.init) }

    /// The id of the obligor at a place.
    public func id(ofObligor place: Int) -> ObligorID { obligors[place].id }

    /// How many records of a kind there are.
    public func count(of kind: RecordKind) -> Int {
        guard kind != .obligors else { return obligors.count }
        var counter = RecordCounter(kind: kind)
        visitRecords(&counter)
        return counter.count
    }

    /// The id of the invoice at a place; a ledger from packed records does not know it.
    public func id(ofInvoice place: Int) -> String { invoices.ids[place] }

    /// The id of the payment at a place; a ledger from packed records does not know it.
    public func id(ofPayment place: Int) -> String { payments.ids[place] }

    /// The first and the last day on which an invoice was issued or a payment arrived; `nil` if there are none.
    public var span: ClosedRange<CalendarDay>? {
        var first = CalendarDay.never
        var last = CalendarDay(daysSince1970: .min)
        for invoice in invoices.records {
            first = min(first, invoice.issued)
            last = max(last, invoice.issued)
        }
        for payment in payments.records {
            first = min(first, payment.paid)
            last = max(last, payment.paid)
        }
        return first <= last ? first...last : nil
    }
}

/// Something that is done with every kind of records.
protocol RecordVisitor<Failure> {
    /// What may go wrong.
    associatedtype Failure: Error

    /// Does it with the records of a kind.
    mutating func visit<Record: AssembledRecord>(_ list: RecordList<Record>) throws(Failure)
}

extension TradeLedger {
    /// Shows a visitor all records but obligors, kind by kind in the order of ``RecordKind``.
    func visitRecords<Failure: Error>(_ visitor: inout some RecordVisitor<Failure>) throws(Failure) {
        try visitor.visit(contracts)
        try visitor.visit(orders)
        try visitor.visit(deliveries)
        try visitor.visit(invoices)
        try visitor.visit(payments)
        try visitor.visit(allocations)
        try visitor.visit(creditNotes)
        try visitor.visit(promises)
        try visitor.visit(statements)
        try visitor.visit(bureau)
        try visitor.visit(events)
        try visitor.visit(links)
        try visitor.visit(ratings)
        try visitor.visit(rates)
    }
}

/// Counts the records of a kind.
private struct RecordCounter: RecordVisitor {
    let kind: RecordKind
    var count = 0

    mutating func visit<Record: AssembledRecord>(_ list: RecordList<Record>) {
        if Record.kind == kind { count = list.records.count }
    }
}
