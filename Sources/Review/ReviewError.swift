public import Vocabulary

/// Why a portfolio could not be reviewed.
public enum ReviewError: Error, Sendable, Equatable {
    /// Model, rules or policy read a column that is no feature of a ledger and no other fact that a review knows.
    case notAFeature(column: String)
    /// The column of dates holds none.
    case noDays(column: String)
    /// An obligor has two rows of one date.
    case twoRows(id: String, day: CalendarDay)
    /// No row is of a date.
    case noRow(day: CalendarDay)
    /// Facts that were kept are not what a review keeps.
    case damagedFacts
    /// More obligors cannot be used than may be set aside.
    case tooManyRefused(count: Int, obligors: Int, share: Double, reason: String)
    /// The policy's amounts are in another currency than the ledger's.
    case otherCurrency(policy: Currency, ledger: Currency)
    /// A run that holds no portfolio.
    case noReview(path: String)
    /// A line that is no event.
    case badEvent(reason: String)
    /// Events were reported, and nothing says what follows.
    case noEventPolicy
    /// Reviews by grade need a policy that says how often.
    case noPolicy
}

extension ReviewError: CustomStringConvertible {
    /// One line: the fact and the remedy.
    public var description: String {
        switch self {
        case .notAFeature(let column):
            "'\(column)' is asked for, which is no feature of a ledger: train the model on what 'obligor features' "
                + "writes, and name its columns in rules and policy"
        case .noDays(let column): "column '\(column)' holds no days such as 2024-03-31"
        case .twoRows(let id, let day): "'\(id)' has two rows as of \(day)"
        case .noRow(let day): "no row is as of \(day)"
        case .damagedFacts:
            "what an earlier run kept cannot be read: remove its journal, or review without --previous"
        case .tooManyRefused(let count, let obligors, let share, let reason):
            "\(count) of \(obligors) obligors cannot be used, more than a share of \(share) (--max-refused); the "
                + "first: \(reason)"
        case .otherCurrency(let policy, let ledger):
            "the policy is in \(policy.code), the ledger in \(ledger.code): give a policy in \(ledger.code)"
        case .noReview(let path):
            "\(path): no review of a portfolio: name a folder that 'obligor review' wrote"
        case .badEvent(let reason): "not an event: \(reason)"
        case .noEventPolicy:
            "nothing says what follows from events: give --event-policy, such as models/policies/events.yaml"
        case .noPolicy: "'--due by-grade' needs --policy, which says how often each grade is reviewed"
        }
    }
}
