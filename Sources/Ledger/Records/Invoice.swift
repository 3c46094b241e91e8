public import Vocabulary

/// What was billed.
public struct Invoice: LedgerRecord, BitwiseCopyable, Equatable {
    /// What kind of record it is.
    public static let kind = RecordKind.invoices
    /// What was billed, in its own currency.
    public let amount: Amount
    /// When it became known.
    public let known: CalendarDay
    /// When it was issued.
    public let issued: CalendarDay
    /// The last day to pay in time.
    public let due: CalendarDay
    // Facts of their own, known on their own days.
    @usableFromInline let disputedFrom: CalendarDay
    @usableFromInline let disputedTo: CalendarDay
    /// The obligor's place in the ledger.
    public let obligor: Int32
    /// Which record of its kind it was as they were read, from 0.
    public internal(set) var row: Int32
    // Places in the ledger, −1 for none.
    var contractPlace: Int32
    var deliveryPlace: Int32

    /// The day on which the dispute began that is open as of a day, or `nil` if none is.
    @inlinable
    public func disputedSince(asOf: AsOf) -> CalendarDay? {
        asOf.sees(disputedFrom) && !asOf.sees(disputedTo) ? disputedFrom : nil
    }

    /// The day on which a dispute began that is known as of a day, open or not; `nil` if none is.
    @inlinable
    public func firstDisputed(asOf: AsOf) -> CalendarDay? {
        asOf.sees(disputedFrom) ? disputedFrom : nil
    }

    /// The day on which the dispute ended, or `nil` if none has as of a day.
    @inlinable
    public func disputeEnded(asOf: AsOf) -> CalendarDay? {
        asOf.sees(disputedTo) ? disputedTo : nil
    }
}

/// Money received.
public struct Payment: LedgerRecord, BitwiseCopyable, Equatable {
    /// What kind of record it is.
    public static let kind = RecordKind.payments
    /// What was paid.
    public let amount: Amount
    /// When it became known.
    public let known: CalendarDay
    /// When the money arrived.
    public let paid: CalendarDay
    /// The obligor's place in the ledger.
    public let obligor: Int32
    /// Which record of its kind it was as they were read, from 0.
    public internal(set) var row: Int32
}

/// A booking of part of a payment to an invoice.
public struct Allocation: LedgerRecord, BitwiseCopyable, Equatable {
    /// What kind of record it is.
    public static let kind = RecordKind.allocations
    /// Minor units of the currency of payment and invoice.
    public let minorUnits: Int64
    /// When it became known.
    public let known: CalendarDay
    /// When it was booked.
    public let allocated: CalendarDay
    /// The obligor's place in the ledger.
    public let obligor: Int32
    /// Which record of its kind it was as they were read, from 0.
    public internal(set) var row: Int32
    /// The payment's place in the ledger.
    public internal(set) var payment: Int32
    /// The invoice's place in the ledger.
    public internal(set) var invoice: Int32
}

/// What was taken back.
public struct CreditNote: LedgerRecord, BitwiseCopyable, Equatable {
    /// What kind of record it is.
    public static let kind = RecordKind.creditNotes
    /// What was taken back, positive.
    public let amount: Amount
    /// When it became known.
    public let known: CalendarDay
    /// When it was issued.
    public let issued: CalendarDay
    /// The obligor's place in the ledger.
    public let obligor: Int32
    /// Which record of its kind it was as they were read, from 0.
    public internal(set) var row: Int32
    var invoicePlace: Int32

    /// The place of the invoice in the ledger, or `nil` if it is a general one.
    public var invoice: Int32? { invoicePlace < 0 ? nil : invoicePlace }
}

/// A promise to pay.
public struct Promise: LedgerRecord, BitwiseCopyable, Equatable {
    /// What kind of record it is.
    public static let kind = RecordKind.promises
    /// How much was promised.
    public let amount: Amount
    /// When it became known.
    public let known: CalendarDay
    /// When it was given.
    public let made: CalendarDay
    /// Until when the obligor said it would pay.
    public let payBy: CalendarDay
    /// The obligor's place in the ledger.
    public let obligor: Int32
    /// Which record of its kind it was as they were read, from 0.
    public internal(set) var row: Int32
    var invoicePlace: Int32

    /// The place of the invoice in the ledger, or `nil` if it is for whatever is open.
    public var invoice: Int32? { invoicePlace < 0 ? nil : invoicePlace }
}
