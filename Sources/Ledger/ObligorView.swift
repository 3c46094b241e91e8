public import Vocabulary

extension TradeLedger {
    /// What is known of an obligor as of a day.
    public func view(of obligor: Int, asOf: AsOf) -> ObligorView {
        precondition(obligor >= 0 && obligor < obligorCount, "obligor \(obligor) of \(obligorCount)")
        return ObligorView(ledger: self, place: obligor, asOf: asOf)
    }
}

/// What is known of an obligor as of a day: the only way to look at a ledger for what was known when.
///
/// Slices hold the records in the order in which they became known; their indices are the records' places in the
/// ledger, or in what of it is in memory, and a later day gives the same slice with more records at its end.
public struct ObligorView: Sendable {
    private let ledger: TradeLedger
    /// The obligor's place in the ledger.
    public let place: Int
    /// The point of view.
    public private(set) var asOf: AsOf
    /// The page that has the obligor's records of large kinds, where they are read when they are asked for.
    ///
    /// Held, so that records of several kinds are those of one reading, which fit each other.
    private let page: LedgerPage?

    init(ledger: TradeLedger, place: Int, asOf: AsOf) {
        self.ledger = ledger
        self.place = place
        self.asOf = asOf
        page = ledger.packed?.page(of: place)
    }

    /// What is known of the obligor as of another day, by the same records.
    public func seen(asOf: AsOf) -> ObligorView {
        var view = self
        view.asOf = asOf
        return view
    }

    /// What the ledger calls the obligor.
    public var id: ObligorID { ledger.obligors[place].id }

    /// Who it is; `nil` if it is not yet known.
    public var obligor: Obligor? {
        let obligor = ledger.obligors[place]
        return asOf.sees(obligor.known) ? obligor : nil
    }

    /// Contracts.
    public var contracts: ArraySlice<Contract> {
        (page?.contracts ?? ledger.contracts).of(place, asOf: asOf)
    }
    /// Orders, cancelled ones too.
    public var orders: ArraySlice<Order> {
        (page?.orders ?? ledger.orders).of(place, asOf: asOf)
    }
    /// Deliveries.
    public var deliveries: ArraySlice<Delivery> {
        (page?.deliveries ?? ledger.deliveries).of(place, asOf: asOf)
    }
    /// Invoices, paid ones too.
    public var invoices: ArraySlice<Invoice> {
        (page?.invoices ?? ledger.invoices).of(place, asOf: asOf)
    }
    /// Payments.
    public var payments: ArraySlice<Payment> {
        (page?.payments ?? ledger.payments).of(place, asOf: asOf)
    }
    /// Allocations that the ledger states.
    public var allocations: ArraySlice<Allocation> {
        (page?.allocations ?? ledger.allocations).of(place, asOf: asOf)
    }
    /// Credit notes.
    public var creditNotes: ArraySlice<CreditNote> {
        (page?.creditNotes ?? ledger.creditNotes).of(place, asOf: asOf)
    }
    /// Promises to pay.
    public var promises: ArraySlice<Promise> {
        (page?.promises ?? ledger.promises).of(place, asOf: asOf)
    }
    /// Financial statements.
    public var statements: ArraySlice<Statement> {
        (page?.statements ?? ledger.statements).of(place, asOf: asOf)
    }
    /// Bureau records.
    public var bureau: ArraySlice<BureauRecord> {
        (page?.bureau ?? ledger.bureau).of(place, asOf: asOf)
    }
    /// Events.
    public var events: ArraySlice<Event> { ledger.events.of(place, asOf: asOf) }
    /// Links in which it is the supplier.
    public var linksToBuyers: ArraySlice<SupplyLink> { ledger.links.of(place, asOf: asOf) }
    /// Links in which it is the buyer.
    public var linksToSuppliers: ArraySlice<SupplyLink> { ledger.linksByBuyer.of(place, asOf: asOf) }
    /// Grades given.
    public var ratings: ArraySlice<Rating> {
        (page?.ratings ?? ledger.ratings).of(place, asOf: asOf)
    }
}
