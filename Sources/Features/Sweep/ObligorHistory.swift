import Ledger
import Vocabulary

/// The records of one obligor as the sweep reads them: the ledger's own, each list in the order in which its records
/// became known, with their amounts in base currency.
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

    /// Who it is, if that is known by the horizon.
    var obligor: Obligor?
    var capital = Money(amount: .nan, currency: .base)
    var invoices: [Valued<Invoice>] = []
    /// The place in the ledger of the first invoice.
    var firstInvoice: Int32 = 0
    var movements: [Movement] = []
    var payments: [Valued<Payment>] = []
    var creditNotes: [Valued<CreditNote>] = []
    var orders: [Valued<Order>] = []
    /// When each order is known to be delivered.
    var delivered: [Int32] = []
    var promises: [Valued<Promise>] = []
    var contracts: [Valued<Contract>] = []
    var statements: [Valued<Statement>] = []
    var bureau: [Valued<BureauRecord>] = []
    var events: ArraySlice<Event> = []
    var spells: [DefaultSpell] = []
    /// What was paid when, for what is asked of single dates.
    var allocation: AllocationHistory?
    var ratings: ArraySlice<Rating> = []

    /// When the obligor became known.
    var known: Int32 { obligor?.known.daysSince1970 ?? Self.never }
}

/// A currency of the ledger, by number.
struct CurrencySlot: Sendable, Hashable {
    let index: Int
    static let base = CurrencySlot(index: 0)
}

/// A record of the ledger with its amount as the sweep adds it up.
struct Valued<Record: LedgerRecord>: Sendable {
    let record: Record
    /// The record's amount, NaN where it has none; of those with several amounts the currency alone.
    let amount: ObligorHistory.Money
    /// The amount in base currency at the rate of the day it is of; NaN where nobody asks for it.
    var base = Double.nan

    /// When it became known.
    @inline(__always) var known: Int32 { record.known.daysSince1970 }

    /// A part of the amount in base currency, whole units; the whole amount comes to ``base`` exactly.
    @inline(__always)
    func base(ofPart part: Double) -> Double {
        amount.amount == 0 ? 0 : (base * (part / amount.amount)).rounded()
    }
}

/// Facts of a record that become known on their own days, which the sweep compares with each as-of date: seen from the
/// end of all days.
private let whole = AsOf(.never)

extension Valued<Invoice> {
    @inline(__always) var issued: Int32 { record.issued.daysSince1970 }
    @inline(__always) var due: Int32 { record.due.daysSince1970 }
    @inline(__always) var disputedFrom: Int32 {
        record.firstDisputed(asOf: whole)?.daysSince1970 ?? ObligorHistory.never
    }
    @inline(__always) var disputedTo: Int32 {
        record.disputeEnded(asOf: whole)?.daysSince1970 ?? ObligorHistory.never
    }
}

extension Valued<Order> {
    @inline(__always) var ordered: Int32 { record.ordered.daysSince1970 }
    @inline(__always) var cancelled: Int32 {
        record.cancelled(asOf: whole)?.daysSince1970 ?? ObligorHistory.never
    }
}

extension Valued<Contract> {
    /// The last day of validity.
    var to: Int32 { record.ended(asOf: whole)?.daysSince1970 ?? ObligorHistory.never }
}

extension Valued<SupplyLink> {
    /// The last day of the link.
    var to: Int32 { record.ended(asOf: whole)?.daysSince1970 ?? ObligorHistory.never }
}

extension Valued<Statement> {
    /// The items by position in ``StatementItem``, flows brought to twelve months; NaN where missing.
    var items: SIMD16<Double> {
        var items = SIMD16<Double>(repeating: .nan)
        for item in StatementItem.allCases {
            guard let units = record[item] else { continue }
            let value = Double(units)
            items[item.lane] = item.isFlow ? value * 12 / Double(record.months) : value
        }
        return items
    }
}
