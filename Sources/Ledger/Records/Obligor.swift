public import Vocabulary

/// Who buys on credit.
public struct Obligor: LedgerRecord, Equatable {
    /// What kind of record it is.
    public static let kind = RecordKind.obligors
    /// What the ledger calls it.
    public let id: ObligorID
    /// Its name.
    public let name: String?
    /// Main line of business.
    public let industry: String?
    /// Where it is based.
    public let region: String?
    /// When the business was founded.
    public let founded: CalendarDay?
    /// Registered capital.
    public let registeredCapital: Amount?
    /// People employed.
    public let employees: Int?
    /// The group of companies that it belongs to.
    public let group: String?
    /// Since when it is a customer.
    public let onboarded: CalendarDay
    /// Who looks after it.
    public let salesperson: String?
    /// Anything else, by key.
    public let tags: [String: String]
    /// When it became known.
    public let known: CalendarDay
    /// The obligor's place in the ledger.
    public internal(set) var obligor: Int32
    /// Which record of its kind it was as they were read, from 0.
    public internal(set) var row: Int32
    /// The currency of the row, for writing it as it was.
    let currency: Currency
}

/// A financial statement.
public struct Statement: LedgerRecord, Equatable {
    /// What kind of record it is.
    public static let kind = RecordKind.statements
    /// Last day of the period.
    public let periodEnd: CalendarDay
    /// When it was published.
    public let published: CalendarDay
    /// Length of the period in months.
    public let months: Int
    /// The currency of all items.
    public let currency: Currency
    /// Whether an auditor confirmed it; `nil` if unknown.
    public let isAudited: Bool?
    /// When it became known.
    public let known: CalendarDay
    /// The obligor's place in the ledger.
    public let obligor: Int32
    /// Which record of its kind it was as they were read, from 0.
    public internal(set) var row: Int32
    let items: [Int64]

    static let missing = Int64.min

    /// An item in minor units; `nil` if it is not in the statement.
    public subscript(item: StatementItem) -> Int64? {
        let value = items[item.position]
        return value == Self.missing ? nil : value
    }
}

/// What a credit bureau said.
public struct BureauRecord: LedgerRecord, Equatable {
    /// What kind of record it is.
    public static let kind = RecordKind.bureau
    /// Which bureau.
    public let source: String
    /// When it said so.
    public let observed: CalendarDay
    /// Its score, higher is safer.
    public let externalScore: Double?
    /// Court judgments.
    public let judgments: Int?
    /// Unpaid taxes.
    public let taxArrears: Amount?
    /// Guarantees given for others.
    public let guaranteesGiven: Amount?
    /// Registered capital that it finds, beside what the obligor declares.
    public let registeredCapital: Amount?
    /// People employed that it finds.
    public let employees: Int?
    /// Whether it is listed as a dishonest debtor; `nil` if unknown.
    public let isDishonestDebtor: Bool?
    /// When it became known.
    public let known: CalendarDay
    /// The obligor's place in the ledger.
    public let obligor: Int32
    /// Which record of its kind it was as they were read, from 0.
    public internal(set) var row: Int32
    let currency: Currency
}

/// Something that happened to an obligor.
public struct Event: LedgerRecord, Equatable {
    /// What kind of record it is.
    public static let kind = RecordKind.events
    /// When it happened.
    public let occurred: CalendarDay
    /// What happened.
    public let event: EventKind
    /// How much is at stake.
    public let amount: Amount?
    /// Who else took part.
    public let counterparty: String?
    /// When it became known.
    public let known: CalendarDay
    /// The obligor's place in the ledger.
    public let obligor: Int32
    /// Which record of its kind it was as they were read, from 0.
    public internal(set) var row: Int32
    let currency: Currency
}

/// One obligor supplies another; the record is the supplier's.
public struct SupplyLink: LedgerRecord, Equatable {
    /// What kind of record it is.
    public static let kind = RecordKind.links
    /// The supplier's place in the ledger.
    public let obligor: Int32
    /// The buyer's place in the ledger.
    public let buyer: Int32
    /// The buyer's share of the supplier's sales, a fraction.
    public let shareOfTrade: Double?
    /// What the buyer usually owes the supplier.
    public let exposure: Amount?
    /// First day.
    public let from: CalendarDay
    /// When it became known.
    public let known: CalendarDay
    // Known on its own day.
    let to: CalendarDay
    /// Which record of its kind it was as they were read, from 0.
    public internal(set) var row: Int32
    let currency: Currency

    /// The supplier's place in the ledger.
    public var supplier: Int32 { obligor }

    /// Whether it is in force as of a day: begun, and not seen to have ended before.
    public func isActive(asOf: AsOf) -> Bool { asOf.sees(from) && to >= asOf.day }

    /// The last day, or `nil` if it has not passed as of a day.
    public func ended(asOf: AsOf) -> CalendarDay? { to < asOf.day ? to : nil }
}

/// A grade that was given.
public struct Rating: LedgerRecord, Equatable {
    /// What kind of record it is.
    public static let kind = RecordKind.ratings
    /// When it was given.
    public let date: CalendarDay
    /// The grade.
    public let grade: Grade
    /// Who decided.
    public let origin: RatingOrigin
    /// The analyst.
    public let author: String?
    /// The model and its version.
    public let model: String?
    /// Why.
    public let reason: String?
    /// When it became known.
    public let known: CalendarDay
    /// The obligor's place in the ledger.
    public let obligor: Int32
    /// Which record of its kind it was as they were read, from 0.
    public internal(set) var row: Int32
}

/// One unit of a currency in units of another, on a day.
public struct ExchangeRate: LedgerRecord, BitwiseCopyable, Equatable {
    /// What kind of record it is.
    public static let kind = RecordKind.rates
    /// The day.
    public let day: CalendarDay
    /// The currency that is priced.
    public let currency: Currency
    /// The currency that it is priced in.
    public let base: Currency
    /// Units of base for one unit of currency.
    public let rate: Double
    /// When it became known.
    public let known: CalendarDay
    /// Which record of its kind it was as they were read, from 0.
    public internal(set) var row: Int32
    /// Always 0: rates belong to no obligor.
    public var obligor: Int32 { 0 }
}
