public import Vocabulary

/// Terms and a credit limit agreed with an obligor.
public struct Contract: LedgerRecord, BitwiseCopyable, Equatable {
    /// What kind of record it is.
    public static let kind = RecordKind.contracts
    let limit: Amount
    /// When it became known.
    public let known: CalendarDay
    /// When it was signed.
    public let signed: CalendarDay
    /// First day of validity.
    public let validFrom: CalendarDay
    // Known on its own day.
    let validTo: CalendarDay
    /// The obligor's place in the ledger.
    public let obligor: Int32
    /// Which record of its kind it was as they were read, from 0.
    public internal(set) var row: Int32
    let terms: Int32

    /// Days to pay from issue; `nil` if not agreed.
    public var termsDays: Int? { terms < 0 ? nil : Int(terms) }

    /// The most that may be open; `nil` if not agreed.
    public var creditLimit: Amount? { limit.minorUnits < 0 ? nil : limit }

    /// Whether it is in force as of a day: begun, and not seen to have ended before.
    public func isValid(asOf: AsOf) -> Bool { asOf.sees(validFrom) && validTo >= asOf.day }

    /// The last day of validity, or `nil` if it has not passed as of a day.
    public func ended(asOf: AsOf) -> CalendarDay? { validTo < asOf.day ? validTo : nil }
}

/// What was ordered.
public struct Order: LedgerRecord, BitwiseCopyable, Equatable {
    /// What kind of record it is.
    public static let kind = RecordKind.orders
    /// What was ordered.
    public let amount: Amount
    /// When it became known.
    public let known: CalendarDay
    /// When it was placed.
    public let ordered: CalendarDay
    // A fact of its own, known on its own day.
    let cancelledOn: CalendarDay
    /// The obligor's place in the ledger.
    public let obligor: Int32
    /// Which record of its kind it was as they were read, from 0.
    public internal(set) var row: Int32
    var contractPlace: Int32

    /// The day of cancellation, or `nil` if it is not known to be cancelled as of a day.
    public func cancelled(asOf: AsOf) -> CalendarDay? { asOf.sees(cancelledOn) ? cancelledOn : nil }

    /// The place of the contract in the ledger, or `nil`.
    public var contract: Int32? { contractPlace < 0 ? nil : contractPlace }
}

/// What was delivered.
public struct Delivery: LedgerRecord, BitwiseCopyable, Equatable {
    /// What kind of record it is.
    public static let kind = RecordKind.deliveries
    /// When it became known.
    public let known: CalendarDay
    /// When it arrived.
    public let delivered: CalendarDay
    /// The obligor's place in the ledger.
    public let obligor: Int32
    /// Which record of its kind it was as they were read, from 0.
    public internal(set) var row: Int32
    var orderPlace: Int32

    /// The place of the order in the ledger, or `nil`.
    public var order: Int32? { orderPlace < 0 ? nil : orderPlace }
}

extension Invoice {
    /// The place of the contract in the ledger, or `nil`.
    public var contract: Int32? { contractPlace < 0 ? nil : contractPlace }

    /// The place of the delivery in the ledger, or `nil`.
    public var delivery: Int32? { deliveryPlace < 0 ? nil : deliveryPlace }
}
