public import Vocabulary

/// A ledger in memory: what was sold on credit to whom, what was paid, and what else is known of the obligors.
///
/// Records lie obligor by obligor, those of one obligor in the order in which they became known. What they refer to
/// is given by places, which are the indices of the slices that ``view(of:asOf:)`` gives.
public struct TradeLedger: Sendable {
    /// The currency that amounts are compared in.
    public let baseCurrency: Currency
    /// The obligors in the order of their ids; their places are 0, 1, 2 and so on.
    let obligors: [Obligor]
    let contracts: RecordList<Contract>
    let orders: RecordList<Order>
    let deliveries: RecordList<Delivery>
    let invoices: RecordList<Invoice>
    let payments: RecordList<Payment>
    let allocations: RecordList<Allocation>
    let creditNotes: RecordList<CreditNote>
    let promises: RecordList<Promise>
    let statements: RecordList<Statement>
    let bureau: RecordList<BureauRecord>
    let events: RecordList<Event>
    /// Links by supplier.
    let links: RecordList<SupplyLink>
    /// Links by buyer.
    let linksByBuyer: RecordList<SupplyLink>
    let ratings: RecordList<Rating>
    let rates: RecordList<ExchangeRate>
    let obligorIndex: IDIndex

    /// How many obligors there are.
    public var obligorCount: Int { obligors.count }

    /// The place of an obligor, or `nil` if there is none of that id.
    public func place(of id: ObligorID) -> Int? { obligorIndex.number(of: id.text).map(Int.init) }

    /// The id of the obligor at a place.
    public func id(ofObligor place: Int) -> ObligorID { obligors[place].id }

    /// How many records of a kind there are.
    public func count(of kind: RecordKind) -> Int {
        switch kind {
        case .obligors: obligors.count
        case .contracts: contracts.records.count
        case .orders: orders.records.count
        case .deliveries: deliveries.records.count
        case .invoices: invoices.records.count
        case .payments: payments.records.count
        case .allocations: allocations.records.count
        case .creditNotes: creditNotes.records.count
        case .promises: promises.records.count
        case .statements: statements.records.count
        case .bureau: bureau.records.count
        case .events: events.records.count
        case .links: links.records.count
        case .ratings: ratings.records.count
        case .rates: rates.records.count
        }
    }

    /// The id of the invoice at a place.
    public func id(ofInvoice place: Int) -> String { invoices.ids[place] }

    /// The id of the payment at a place.
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
