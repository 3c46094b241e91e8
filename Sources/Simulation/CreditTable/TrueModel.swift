import Glibc
public import Tables
public import Vocabulary

/// The log-odds of default that simulated obligors really have, as a function of the columns of their table.
///
/// η = α + Σⱼ βⱼ xⱼ, where every feature xⱼ is computed from the table alone. A logistic regression on exactly
/// these features is correctly specified and must find α and β again.
public struct TrueModel: Sendable, Equatable {
    /// α.
    public let intercept: Double
    /// The features with their coefficients.
    public let terms: [Term]

    /// A feature with its coefficient.
    public struct Term: Sendable, Equatable {
        /// β: change in log-odds of default per unit of the feature.
        public let coefficient: Double
        /// x.
        public let feature: Feature

        /// A feature with its coefficient.
        public init(_ coefficient: Double, _ feature: Feature) {
            self.coefficient = coefficient
            self.feature = feature
        }
    }

    /// A number computed from one row.
    public indirect enum Feature: Sendable, Equatable {
        /// A transform of a number; 0 where it is missing.
        case number(String, Transform)
        /// 1 where a number is missing, else 0.
        case missing(String)
        /// 1 where a category has a level, else 0.
        case level(String, String)
        /// The product of two features.
        case product(Feature, Feature)
        /// A number that depends on a day alone, 0 for days not listed.
        case day(String, [CalendarDay: Double])
    }

    /// How a number enters the log-odds.
    public enum Transform: Sendable, Equatable {
        /// As it is.
        case identity
        /// Natural logarithm of the number plus an offset.
        case logarithm(plus: Double)
        /// What exceeds a threshold, 0 below.
        case excess(over: Double)
        /// Squared distance from a centre.
        case square(around: Double)

        func value(of number: Double) -> Double {
            switch self {
            case .identity: number
            case .logarithm(let offset): log(number + offset)
            case .excess(let threshold): max(0, number - threshold)
            case .square(let centre): (number - centre) * (number - centre)
            }
        }
    }

    /// A model from its parts.
    public init(intercept: Double, terms: [Term]) {
        self.intercept = intercept
        self.terms = terms
    }
}

extension TrueModel {
    /// The features of every row: one array per term, each as long as the table.
    public func features(of table: Table) throws(TableError) -> [[Double]] {
        var features: [[Double]] = []
        for term in terms { features.append(try term.feature.values(in: table)) }
        return features
    }

    /// The true log-odds of default of every row.
    public func logOdds(of table: Table) throws(TableError) -> [Double] {
        var sums = [Double](repeating: intercept, count: table.rowCount)
        for term in terms {
            let values = try term.feature.values(in: table)
            for row in sums.indices { sums[row] += term.coefficient * values[row] }
        }
        return sums
    }
}

extension TrueModel.Feature: CustomStringConvertible {
    /// The feature as a formula, such as "ln(1 + enquiries)".
    public var description: String {
        switch self {
        case .number(let column, .identity): column
        case .number(let column, .logarithm(plus: 0)): "ln(\(column))"
        case .number(let column, .logarithm(let offset)): "ln(\(offset) + \(column))"
        case .number(let column, .excess(let threshold)): "max(0, \(column) - \(threshold))"
        case .number(let column, .square(let centre)): "(\(column) - \(centre))^2"
        case .missing(let column): "\(column) missing"
        case .level(let column, let level): "\(column) = \(level)"
        case .product(let left, let right): "\(left) * \(right)"
        case .day(let column, _): "macro factor of \(column)"
        }
    }

    func values(in table: Table) throws(TableError) -> [Double] {
        switch self {
        case .number(let name, let transform):
            return try Self.numbers(name, in: table).map { $0.isNaN ? 0 : transform.value(of: $0) }
        case .missing(let name):
            return try Self.numbers(name, in: table).map { $0.isNaN ? 1 : 0 }
        case .level(let name, let level):
            guard case .category(let codes, let levels) = try table.column(named: name).values else {
                throw Self.wrongType(name, expected: "a category")
            }
            let wanted = levels.firstIndex(of: level).map { UInt32($0) }
            return codes.map { $0 == wanted ? 1 : 0 }
        case .product(let left, let right):
            return zip(try left.values(in: table), try right.values(in: table)).map { $0 * $1 }
        case .day(let name, let effects):
            guard case .day(let days) = try table.column(named: name).values else {
                throw Self.wrongType(name, expected: "a day")
            }
            return days.map { effects[$0, default: 0] }
        }
    }

    private static func numbers(_ name: String, in table: Table) throws(TableError) -> [Double] {
        guard let numbers = try table.column(named: name).doubles else {
            throw wrongType(name, expected: "a number")
        }
        return numbers
    }

    private static func wrongType(_ name: String, expected: String) -> TableError {
        .badSchema(column: name, reason: "the true model needs \(expected)")
    }
}
