public import Tables
public import Vocabulary

/// The keys of a table of facts: who, when, and how the obligor stood.
public struct FactRows: Sendable {
    /// The obligor of each row.
    public let ids: [String]
    /// The date of each row.
    public let days: [CalendarDay]
    private let standings: [FactTable.Standing]

    /// How an obligor stands on a date.
    public enum Standing: Sendable {
        /// It is rated.
        case rated
        /// It is in default by the definition, or was set aside.
        case other
    }

    /// The keys of the facts of a review.
    ///
    /// - Throws: ``ReviewError/damagedFacts``.
    public init(_ facts: Table) throws {
        let table = try FactTable(facts)
        (ids, days, standings) = (table.ids, table.days, table.standings)
    }

    /// The rows for which a condition on date and standing holds.
    public func rows(where condition: (CalendarDay, Standing) -> Bool) -> [Int] {
        ids.indices.filter { condition(days[$0], standings[$0] == .rated ? .rated : .other) }
    }
}
