public import Ledger
public import Vocabulary

/// Why features cannot be computed.
public enum FeatureError: Error, Sendable, Equatable {
    /// No as-of dates, or not in order.
    case badDates(String)
    /// No feature of that name.
    case unknownFeature(String)
    /// A feature is asked for twice.
    case repeatedFeature(String)
    /// No obligor is known by any of the dates.
    case nothingKnown(lastDate: CalendarDay, firstKnown: CalendarDay?)
    /// An amount has to be brought to the base currency, and no rate is known.
    case missingRate(currency: Currency, base: Currency, day: CalendarDay)
    /// The ledger cannot say what was allocated or in default.
    case ledger(LedgerError)
}

extension FeatureError: CustomStringConvertible {
    /// The fact and how to go on.
    public var description: String {
        switch self {
        case .badDates(let reason): reason
        case .unknownFeature(let name):
            "No feature is called '\(name)'; datasets/FEATURES.md lists all."
        case .repeatedFeature(let name): "The feature '\(name)' is asked for twice."
        case .nothingKnown(let last, let first):
            if let first {
                "No obligor is known by \(last); the first is known on \(first): give later dates."
            } else {
                "The ledger has no obligors."
            }
        case .missingRate(let currency, let base, let day):
            """
            No rate from \(currency) to \(base) is known on \(day): add one to the ledger's rates for that day or an \
            earlier one.
            """
        case .ledger(let error): error.description
        }
    }
}
