/// How the columns of a table become features of a logistic regression.
public struct EncodingOptions: Sendable, Hashable, Codable {
    /// What stands for a missing number.
    public enum MissingNumbers: String, Sendable, Hashable, Codable, CaseIterable {
        /// The training median, and a feature of its own that is 1 where the number was missing.
        case medianAndIndicator
        /// The training median.
        case median
        /// Nothing: missing numbers in training are an error; at scoring they count as the training median.
        case error
    }

    /// Which level of a category has no feature of its own, so that the others are measured against it.
    public enum ReferenceLevel: String, Sendable, Hashable, Codable, CaseIterable {
        /// The level with most training rows; of several the first in the order of the alphabet.
        case mostFrequent
        /// The first level in the order of the alphabet.
        case first
        /// None: every level has a feature. The features then add up to the intercept's column, which only a
        /// penalty can tell apart.
        case none
    }

    /// Training quantiles beyond which numbers are cut.
    public struct Caps: Sendable, Hashable, Codable {
        /// Share of the training rows below the lower cap.
        public var lower: Double
        /// Share of the training rows below the upper cap.
        public var upper: Double

        /// Caps at two quantiles.
        public init(lower: Double, upper: Double) {
            self.lower = lower
            self.upper = upper
        }
    }

    /// Whether numbers are shifted to mean 0 and scaled to standard deviation 1 (divisor n).
    public var standardise: Bool
    /// What stands for a missing number.
    public var missing: MissingNumbers
    /// Where numbers are cut, so that a wild value cannot make an absurd probability; `nil` for nowhere.
    public var caps: Caps?
    /// Levels with fewer training rows are pooled.
    public var minimumLevelCount: Double
    /// Which level has no feature of its own.
    public var reference: ReferenceLevel
    /// The reference levels of single columns, by column name.
    public var references: [String: String]
    /// Numbers that stand for a state rather than a quantity, by column name; each gets what a missing number gets,
    /// with an indicator of its own.
    public var specialCodes: [String: [Double]]

    /// Options with their defaults.
    public init(
        standardise: Bool = true, missing: MissingNumbers = .medianAndIndicator,
        caps: Caps? = Caps(lower: 0.01, upper: 0.99), minimumLevelCount: Double = 10,
        reference: ReferenceLevel = .mostFrequent, references: [String: String] = [:],
        specialCodes: [String: [Double]] = [:]
    ) {
        self.standardise = standardise
        self.missing = missing
        self.caps = caps
        self.minimumLevelCount = minimumLevelCount
        self.reference = reference
        self.references = references
        self.specialCodes = specialCodes
    }
}

/// Why columns cannot be turned into features.
public enum EncodingError: Error, Sendable, Equatable {
    /// A column is not in the table.
    case missingColumn(name: String, available: [String])
    /// A column holds something that is neither a number nor a category, or changed its kind since training.
    case wrongType(column: String, expected: String, found: String)
    /// Missing numbers where the options allow none; the first row of them counts from 0.
    case missingValues(column: String, rows: Int, firstRow: Int)
    /// An infinite number that no cap cuts; its row counts from 0.
    case infiniteValues(column: String, row: Int, value: Double)
    /// A reference level that no training row has, or too few; and those that could be one.
    case unknownReference(column: String, level: String, levels: [String])
    /// The caps are not two quantiles 0 ≤ lower < upper ≤ 1.
    case badCaps(lower: Double, upper: Double)
    /// No column is left that tells rows apart.
    case noFeatures
    /// A saved encoding contradicts itself.
    case contradiction(column: String, reason: String)
}

extension EncodingError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .missingColumn(let name, let available):
            "no column '\(name)'; the data has \(available.prefix(12).joined(separator: ", "))"
                + (available.count > 12 ? " and \(available.count - 12) more" : "")
        case .wrongType(let column, let expected, let found):
            "column '\(column)' holds \(found), expected \(expected): state its type in the recipe, or exclude it"
        case .missingValues(let column, let rows, let firstRow):
            "column '\(column)' has \(rows == 1 ? "1 missing value" : "\(rows) missing values"), the first in row "
                + "\(firstRow + 1): choose missing: medianAndIndicator or median"
        case .infiniteValues(let column, let row, let value):
            "column '\(column)' has the value \(value) in row \(row + 1): state a cap, or mark it as missing"
        case .unknownReference(let column, let level, let levels):
            "column '\(column)' has no level '\(level)' to be the reference\(suggestion(for: level, among: levels)): "
                + "choose one that occurs often enough"
        case .badCaps(let lower, let upper):
            "caps at \(lower) and \(upper): choose two quantiles with 0 ≤ lower < upper ≤ 1"
        case .noFeatures: "no column is left that tells rows apart: include more columns"
        case .contradiction(let column, let reason):
            "the encoding of column '\(column)' is damaged: \(reason)"
        }
    }
}
