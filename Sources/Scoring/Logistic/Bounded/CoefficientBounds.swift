/// Limits on the slopes of a regression, by column name; columns without an entry, and the intercept, are free.
///
/// A scorecard's expected signs are bounds: `["utilisation": .notNegative, "yearsAsCustomer": .notPositive]`.
public struct CoefficientBounds: Sendable, Hashable {
    /// The limits of one coefficient, in log-odds of default per unit of the column; infinite where there is none.
    public struct Limits: Sendable, Hashable {
        /// The smallest value allowed.
        public var lower: Double
        /// The largest value allowed; equal to `lower` it fixes the coefficient.
        public var upper: Double

        /// Limits from their ends, each absent by default.
        public init(lower: Double = -.infinity, upper: Double = .infinity) {
            self.lower = lower
            self.upper = upper
        }

        /// No limits.
        public static let free = Limits()
        /// At least 0: the risk never falls with the column.
        public static let notNegative = Limits(lower: 0)
        /// At most 0: the risk never rises with the column.
        public static let notPositive = Limits(upper: 0)
    }

    /// The limits of every bounded column.
    public var limits: [String: Limits]

    /// Bounds from the limits of every bounded column.
    public init(_ limits: [String: Limits] = [:]) {
        self.limits = limits
    }

    /// No bounds.
    public static let none = CoefficientBounds()
}

extension CoefficientBounds: ExpressibleByDictionaryLiteral {
    /// Bounds written as a literal; of two entries for one column the later one holds.
    public init(dictionaryLiteral elements: (String, Limits)...) {
        limits = Dictionary(elements) { _, later in later }
    }
}

/// Why bounds cannot be used.
public enum CoefficientBoundsError: Error, Equatable, Sendable {
    /// There are limits for columns that the data does not have, in alphabetical order.
    case unknownColumns([String])
    /// No finite number lies within the limits, or one of them is NaN.
    case infeasible(column: String, lower: Double, upper: Double)
}

extension CoefficientBoundsError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .unknownColumns(let columns):
            "Bounds for \(columns.joined(separator: ", ")), which the data does not have: correct the names or "
                + "leave the bounds out."
        case .infeasible(let column, let lower, let upper):
            "The bounds of \(column) are \(lower) and \(upper), and no coefficient lies between them: the lower "
                + "one must not exceed the upper one."
        }
    }
}

extension CoefficientBounds {
    /// The limits in the order of the columns, checked.
    func limits(for names: [String]) throws(CoefficientBoundsError) -> [Limits] {
        let unknown = Set(limits.keys).subtracting(names)
        guard unknown.isEmpty else { throw .unknownColumns(unknown.sorted()) }
        var ordered: [Limits] = []
        for name in names {
            let found = limits[name] ?? .free
            guard found.lower <= found.upper, found.lower < .infinity, found.upper > -.infinity else {
                throw .infeasible(column: name, lower: found.lower, upper: found.upper)
            }
            ordered.append(found)
        }
        return ordered
    }
}

extension [CoefficientBounds.Limits] {
    /// Coefficients per unit of the columns from those of the scaled columns, intercept first.
    ///
    /// Scaling rounds, which must carry no coefficient over its bound, nor off a bound that uⱼ rests at.
    func unscaled(_ u: [Double], by scaling: ColumnScaling) -> [Double] {
        var coefficients = scaling.unscaled(u)
        for column in indices {
            let limits = self[column]
            var coefficient = Swift.min(Swift.max(coefficients[column + 1], limits.lower), limits.upper)
            if u[column + 1] <= limits.lower / scaling.scale[column] { coefficient = limits.lower }
            if u[column + 1] >= limits.upper / scaling.scale[column] { coefficient = limits.upper }
            coefficients[column + 1] = coefficient
        }
        return coefficients
    }
}
