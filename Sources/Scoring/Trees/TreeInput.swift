public import Boosting
public import Tables

/// An input column of boosted trees, and how its values become what trees ask about.
///
/// Numbers, flags and days (counted from 1970) are taken as they are, NaN being missing: the trees learn which branch
/// missing values take. Levels of a category become codes; a level that training did not know counts as missing.
public struct TreeInput: Sendable, Equatable, Codable {
    /// Name of the column.
    public let column: String
    /// The levels of a category in the order of their codes; `nil` for numbers.
    public let levels: [String]?
    /// Numbers that count as missing.
    ///
    /// The special codes of a column in which risk has a direction, where a state has no place in the order. Without a
    /// direction special codes are numbers like others, which trees can split off.
    public let missingCodes: [Double]

    /// The feature that trees know the column by.
    var feature: Forest.Feature {
        Forest.Feature(name: column, kind: levels.map { .category(levels: $0.count) } ?? .number)
    }

    /// The values of a column of this name.
    ///
    /// - Throws: ``ScoringError/wrongType(column:expected:found:)``.
    public func values(of column: Column) throws(ScoringError) -> Boosting.TrainingData.Column {
        guard let levels else {
            if case .float(let values) = column.values, missingCodes.isEmpty { return .floats(values) }
            let numbers = try column.numbers()
            let missing = Set(missingCodes)
            return .doubles(missing.isEmpty ? numbers : numbers.map { missing.contains($0) ? .nan : $0 })
        }
        let categories = CategoryCodes(column)
        let codeOfLevel = Dictionary(
            levels.enumerated().map { ($1, UInt32($0)) }, uniquingKeysWith: { first, _ in first })
        let codes = categories.levels.map { codeOfLevel[$0] ?? .max }
        return .categories(
            categories.codes.map { $0 < codes.count ? codes[Int($0)] : .max }, levels: levels.count)
    }
}
