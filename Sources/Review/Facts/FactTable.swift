import Tables
import Vocabulary

/// What a review knows of some obligors on its dates, a row for each obligor and date on which it is known.
///
/// Rows of obligors that are not rated say why, and have what is open with them, but no other features.
struct FactTable: Sendable {
    /// The rows in the columns of ``FactColumns``.
    let table: Table
    /// The obligor of each row.
    let ids: [String]
    /// The date of each row.
    let days: [CalendarDay]
    /// How each row stands.
    let standings: [Standing]

    /// How an obligor stands on a date.
    enum Standing: String, Sendable {
        /// It has all features and is rated.
        case rated
        /// It is in default by the definition.
        case defaulted = "default"
        /// Its records cannot be used.
        case refused
    }

    /// A table with the columns of ``FactColumns``.
    ///
    /// - Throws: ``ReviewError/damagedFacts``.
    init(_ table: Table) throws {
        guard case .text(let ids)? = table[FactColumns.keys[0]]?.values,
            case .day(let days)? = table[FactColumns.keys[1]]?.values,
            case .text(let standings)? = table[FactColumns.keys[2]]?.values
        else { throw ReviewError.damagedFacts }
        self.table = table
        self.ids = ids.map { $0 ?? "" }
        self.days = days
        self.standings = try standings.map { text in
            guard let standing = text.flatMap(Standing.init(rawValue:)) else {
                throw ReviewError.damagedFacts
            }
            return standing
        }
    }

    /// Rows of a date that stand in some way.
    func rows(on day: CalendarDay, _ standing: Standing) -> [Int] {
        days.indices.filter { days[$0] == day && standings[$0] == standing }
    }

    /// A figure of a row; `nil` where it is missing.
    func figure(_ name: String, _ row: Int) -> Double? { table.figure(name, row) }
}

extension Table {
    /// A number in a row; `nil` where it is missing or there is no such column.
    func figure(_ name: String, _ row: Int) -> Double? {
        guard case .double(let values)? = self[name]?.values, values[row].isFinite else { return nil }
        return values[row]
    }
}
