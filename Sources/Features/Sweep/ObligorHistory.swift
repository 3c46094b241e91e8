/// The records of one obligor as the sweep reads them: each list in the order in which its records became known.
///
/// Days are days since 1970; amounts are minor units.
struct ObligorHistory: Sendable {
    /// No day.
    static let never = Int32.max

    /// An amount in the currency it was recorded in.
    struct Money: Sendable {
        var amount: Double
        var currency: CurrencySlot
    }

    /// An invoice.
    struct Invoice: Sendable {
        var known: Int32
        var issued: Int32
        var due: Int32
        var amount: Money
        /// The amount in base currency at the rate of the day of issue.
        var base: Double
        var disputedFrom: Int32
        var disputedTo: Int32
    }

    /// What was paid or credited on an invoice.
    struct Movement: Sendable {
        var known: Int32
        var day: Int32
        /// Position of the invoice in ``ObligorHistory/invoices``.
        var invoice: Int32
        /// The number of the payment or credit note.
        var source: Int32
        /// In the invoice's currency; negative where an automatic allocation gives way.
        var amount: Double
        /// In base currency at the rate of the day.
        var base: Double
        var isPayment: Bool
    }

    /// A payment as it came in.
    struct Payment: Sendable {
        var known: Int32
        var paid: Int32
        var amount: Money
    }

    /// A credit note.
    struct CreditNote: Sendable {
        var known: Int32
        var issued: Int32
        var amount: Money
        var base: Double
    }

    /// An order.
    struct Order: Sendable {
        var known: Int32
        var ordered: Int32
        var cancelled: Int32
        /// When it is known to be delivered.
        var delivered: Int32
        var amount: Money
        var base: Double
    }

    /// A promise to pay.
    struct Promise: Sendable {
        var known: Int32
        var made: Int32
        var payBy: Int32
        var amount: Money
        var base: Double
        /// Position of the invoice, or −1.
        var invoice: Int32
    }

    /// A contract.
    struct Contract: Sendable {
        var known: Int32
        var signed: Int32
        var from: Int32
        var to: Int32
        /// NaN where there is none.
        var terms: Double
        /// NaN where there is none.
        var limit: Money
    }

    /// A financial statement.
    struct Statement: Sendable {
        var known: Int32
        var periodEnd: Int32
        var published: Int32
        var currency: CurrencySlot
        /// By position in ``StatementItem``, flows brought to twelve months; NaN where missing.
        var items: SIMD16<Double>
        /// 1, 0 or NaN.
        var audited: Double
    }

    /// A bureau record.
    struct BureauRecord: Sendable {
        var known: Int32
        var observed: Int32
        var source: String
        var score: Double
        var judgments: Double
        var arrears: Double
        var guarantees: Double
        var dishonest: Double
        var currency: CurrencySlot
    }

    /// An event.
    struct Event: Sendable {
        var known: Int32
        var occurred: Int32
        var kind: EventClass
    }

    /// A time in default, from the first day until, but without, the end; both known on their days.
    struct DefaultSpell: Sendable {
        var start: Int32
        /// ``ObligorHistory/never`` while it lasts.
        var end: Int32
    }

    /// A grade given.
    struct Rating: Sendable {
        var known: Int32
        var date: Int32
        var rank: Double
    }

    var known = Int32.max
    var onboarded = Int32.max
    var founded = Int32.max
    var employees = Double.nan
    var capital = Money(amount: .nan, currency: .base)
    var invoices: [Invoice] = []
    var movements: [Movement] = []
    var payments: [Payment] = []
    var creditNotes: [CreditNote] = []
    var orders: [Order] = []
    var promises: [Promise] = []
    var contracts: [Contract] = []
    var statements: [Statement] = []
    var bureau: [BureauRecord] = []
    var events: [Event] = []
    var spells: [DefaultSpell] = []
    var ratings: [Rating] = []
}

/// A currency of the ledger, by number.
struct CurrencySlot: Sendable, Hashable {
    let index: Int
    static let base = CurrencySlot(index: 0)
}
