public import Vocabulary

/// A ledger in memory: what was sold on credit to whom, what was paid, and what else is known of the obligors.
///
/// Records lie obligor by obligor, those of one obligor in the order in which they became known. What they refer to
/// is given by places, which are the indices of the slices that ``view(of:asOf:)`` gives.
public struct TradeLedger: Sendable {
    /// The currency that amounts are compared in.
    public let baseCurrency: Currency
    /// The records, which copies of the ledger and views of its obligors share: they are made by the million.
    private var shelf: Shelf
    /// Exchange rates ready for use, shared as long as the quotes are the same.
    private(set) var knownRates: RateMemory
    /// Where the records of ``PackedRecords/kinds`` are, if they are read when they are asked for; their lists are then
    /// empty.
    var packed: PackedPages?

    /// A ledger without records.
    init(baseCurrency: Currency) {
        self.baseCurrency = baseCurrency
        shelf = Shelf(RecordLists())
        knownRates = RateMemory()
    }

    private init(_ ledger: TradeLedger, rates: RecordList<ExchangeRate>, known: RateMemory) {
        var lists = ledger.shelf.lists
        lists.rates = rates
        baseCurrency = ledger.baseCurrency
        shelf = Shelf(lists)
        knownRates = known
        packed = ledger.packed
    }

    /// The ledger with the exchange rates of another one of the same base currency in place of its own.
    public func takingRates(of other: TradeLedger) -> TradeLedger {
        precondition(other.baseCurrency == baseCurrency, "rates of another base currency")
        return TradeLedger(self, rates: other.rates, known: other.knownRates)
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
        if let packed, PackedRecords.kinds.contains(kind) { return packed.reader.index.count(of: kind) }
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
        if let packed { return packed.reader.index.span }
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

/// All lists of a ledger.
private struct RecordLists: Sendable {
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
    var links = RecordList<SupplyLink>()
    var linksByBuyer = RecordList<SupplyLink>()
    var ratings = RecordList<Rating>()
    var rates = RecordList<ExchangeRate>()
    var obligorIndex = IDIndex(PackedTexts())
}

/// Lists that many share; whoever changes one of them has a shelf of its own from then on.
private final class Shelf: Sendable {
    let lists: RecordLists

    init(_ lists: RecordLists) { self.lists = lists }
}

extension TradeLedger {
    private var lists: RecordLists {
        get { shelf.lists }
        set { shelf = Shelf(newValue) }
    }

    /// The obligors in the order of their ids; their places are 0, 1, 2 and so on.
    var obligors: [Obligor] {
        get { shelf.lists.obligors }
        set { lists.obligors = newValue }
    }

    var contracts: RecordList<Contract> {
        get { shelf.lists.contracts }
        set { lists.contracts = newValue }
    }

    var orders: RecordList<Order> {
        get { shelf.lists.orders }
        set { lists.orders = newValue }
    }

    var deliveries: RecordList<Delivery> {
        get { shelf.lists.deliveries }
        set { lists.deliveries = newValue }
    }

    var invoices: RecordList<Invoice> {
        get { shelf.lists.invoices }
        set { lists.invoices = newValue }
    }

    var payments: RecordList<Payment> {
        get { shelf.lists.payments }
        set { lists.payments = newValue }
    }

    var allocations: RecordList<Allocation> {
        get { shelf.lists.allocations }
        set { lists.allocations = newValue }
    }

    var creditNotes: RecordList<CreditNote> {
        get { shelf.lists.creditNotes }
        set { lists.creditNotes = newValue }
    }

    var promises: RecordList<Promise> {
        get { shelf.lists.promises }
        set { lists.promises = newValue }
    }

    var statements: RecordList<Statement> {
        get { shelf.lists.statements }
        set { lists.statements = newValue }
    }

    var bureau: RecordList<BureauRecord> {
        get { shelf.lists.bureau }
        set { lists.bureau = newValue }
    }

    var events: RecordList<Event> {
        get { shelf.lists.events }
        set { lists.events = newValue }
    }

    /// Links by supplier.
    var links: RecordList<SupplyLink> {
        get { shelf.lists.links }
        set { lists.links = newValue }
    }

    /// Links by buyer.
    var linksByBuyer: RecordList<SupplyLink> {
        get { shelf.lists.linksByBuyer }
        set { lists.linksByBuyer = newValue }
    }

    var ratings: RecordList<Rating> {
        get { shelf.lists.ratings }
        set { lists.ratings = newValue }
    }

    /// Rates belong to nobody, and are kept as those of one.
    var rates: RecordList<ExchangeRate> {
        get { shelf.lists.rates }
        set {
            lists.rates = newValue
            knownRates = RateMemory()
        }
    }

    var obligorIndex: IDIndex {
        get { shelf.lists.obligorIndex }
        set { lists.obligorIndex = newValue }
    }
}
