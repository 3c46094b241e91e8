/// What can be wrong with the records of a ledger.
public enum CheckKind: String, CaseIterable, Sendable, Hashable, Codable {
    /// An id, or the key of a record without one, that an earlier record has as well.
    case duplicate
    /// A value without which the record cannot be used.
    case missingValue = "missing-value"
    /// A value that is none of what its column holds, such as a day that no calendar has.
    case badValue = "bad-value"
    /// An obligor that is not in the ledger.
    case orphanObligor = "orphan-obligor"
    /// A payment, invoice, order, delivery or contract that is not in the ledger.
    case orphanReference = "orphan-reference"
    /// A later day before an earlier one, such as due before issued.
    case reversedDates = "reversed-dates"
    /// A record known before it happened.
    case knownTooEarly = "known-too-early"
    /// An amount below zero where there can be none.
    case negativeAmount = "negative-amount"
    /// An amount of zero where it says nothing.
    case zeroAmount = "zero-amount"
    /// A currency that ISO 4217 does not list.
    case unknownCurrency = "unknown-currency"
    /// An amount with more decimals than its currency has, or too large to be exact.
    case inexactAmount = "inexact-amount"
    /// More allocated than was paid, or more allocated and credited than was billed.
    case overAllocation = "over-allocation"
    /// An allocation, credit note or promise across obligors or currencies, or a delivery on another obligor's order.
    case mismatchedAllocation = "mismatched-allocation"
    /// An obligor that supplies itself.
    case selfLink = "self-link"
    /// A month without invoices or payments between months that have them, or a rate that is older than one holds when
    /// the next one comes.
    case gap
    /// A column of which the reader knows nothing.
    case unknownColumn = "unknown-column"
    /// A file that is not the one that `ledger.json` describes.
    case alteredFile = "altered-file"
    /// A file that was put beside those that `ledger.json` describes.
    case unlistedFile = "unlisted-file"
}

/// What follows from something that is wrong.
public enum Severity: String, CaseIterable, Sendable, Hashable, Codable {
    /// The ledger cannot be used.
    case error
    /// It is reported, and the record stays as it is.
    case warning
    /// It is put right as ``CheckKind/repair`` says, and the repair is recorded.
    case repair
}

extension CheckKind {
    /// What follows from it unless stated otherwise.
    public var standard: Severity {
        switch self {
        case .duplicate, .missingValue, .badValue, .orphanObligor, .negativeAmount, .unknownCurrency,
            .inexactAmount,
            .overAllocation, .mismatchedAllocation, .selfLink, .alteredFile:
            .error
        case .reversedDates, .zeroAmount, .gap, .unknownColumn, .unlistedFile: .warning
        case .orphanReference, .knownTooEarly: .repair
        }
    }

    /// What may follow from it.
    public var allowed: [Severity] {
        switch self {
        case .gap, .unknownColumn, .alteredFile, .unlistedFile: [.error, .warning]
        // As it is, such a record would break the rules that everything else builds on.
        case .duplicate, .missingValue, .badValue, .orphanObligor, .orphanReference, .knownTooEarly,
            .negativeAmount,
            .unknownCurrency, .inexactAmount, .mismatchedAllocation, .selfLink:
            [.error, .repair]
        case .reversedDates, .zeroAmount, .overAllocation: [.error, .warning, .repair]
        }
    }

    /// What a repair does; `nil` if there is none.
    public var repair: String? {
        switch self {
        case .duplicate: "the later record is left out"
        case .badValue:
            "the value is left empty; a record that needs it, or would say something else without it, is left out"
        case .orphanReference: "the reference is left empty; an allocation is left out"
        case .reversedDates: "the later day becomes the earlier one"
        case .knownTooEarly: "the record is known from the day it happened"
        case .inexactAmount: "the amount is rounded to the minor unit; one that is too large is left out"
        case .overAllocation: "what is too much is left out"
        case .missingValue, .orphanObligor, .negativeAmount, .zeroAmount, .unknownCurrency,
            .mismatchedAllocation, .selfLink:
            "the record is left out"
        case .gap, .unknownColumn, .alteredFile, .unlistedFile: nil
        }
    }

    /// What is wrong, in a few words.
    public var meaning: String {
        switch self {
        case .duplicate: "the same id or key twice"
        case .missingValue: "a required value is missing"
        case .badValue: "not a value of the column"
        case .orphanObligor: "the obligor is not in the ledger"
        case .orphanReference: "a record that is referred to is not in the ledger"
        case .reversedDates: "days in the wrong order"
        case .knownTooEarly: "known before it happened"
        case .negativeAmount: "an amount below zero"
        case .zeroAmount: "an amount of zero"
        case .unknownCurrency: "not a currency of ISO 4217"
        case .inexactAmount: "more decimals than the currency has"
        case .overAllocation: "more allocated than there is"
        case .mismatchedAllocation: "allocated, credited, promised or delivered across obligors or currencies"
        case .selfLink: "an obligor that supplies itself"
        case .gap: "a month or more without records between others"
        case .unknownColumn: "a column that is not read"
        case .alteredFile: "not the file that ledger.json describes"
        case .unlistedFile: "a file that ledger.json does not describe"
        }
    }
}

/// What follows from each thing that can be wrong.
public struct CheckPolicy: Sendable, Hashable {
    private var severities: [CheckKind: Severity] = [:]

    /// What each kind says for itself.
    public static let standard = CheckPolicy()

    /// The usual policy.
    public init() {}

    /// What follows from a kind.
    public subscript(kind: CheckKind) -> Severity { severities[kind] ?? kind.standard }

    /// The policy with another consequence of a kind; `nil` if that is not among ``CheckKind/allowed``.
    public func setting(_ kind: CheckKind, to severity: Severity) -> CheckPolicy? {
        guard kind.allowed.contains(severity) else { return nil }
        var changed = self
        changed.severities[kind] = severity
        return changed
    }
}
