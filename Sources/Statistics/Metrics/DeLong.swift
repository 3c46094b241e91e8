/// The area under the ROC curve with its sampling variance, and the comparison of two areas on the same obligors.
///
/// The placement of a default is the share of non-defaults less risky than it, ties half, and the other way round for
/// a non-default; the area is the mean placement and its variance comes from theirs:
///
///     Var = S₁₀ ÷ m + S₀₁ ÷ n, S the variances of the m and n placements, divisors m − 1 and n − 1
///
/// Source: DeLong, DeLong & Clarke-Pearson (1988), *Biometrics* 44; Sun & Xu (2014), *IEEE Signal Processing Letters*
/// 21, for placements by ranks.
public struct DeLongEstimate: Sendable {
    /// The area under the ROC curve, in [0, 1].
    public let auc: Double
    /// Its sampling variance.
    public let variance: Double
    /// By row.
    private let placements: [Double]
    private let defaulted: [Bool]
    private let weights: [Double]?
    private let defaults: Double
    private let nonDefaults: Double

    /// The square root of the variance.
    public var standardError: Double { variance.squareRoot() }

    /// Ranks observations by risk.
    ///
    /// - Parameters:
    ///   - risks: Any monotone measure of risk, such as log-odds of default; ±∞ allowed.
    ///   - defaulted: Outcomes, of the same length.
    ///   - weights: w ≥ 0, of the same length; a weight of 2 counts the row twice. Absent: all 1.
    /// - Throws: As ``RankedOutcomes/init(risks:defaulted:weights:)``, and ``MetricError/tooFew(what:given:needed:)``
    ///   for a class with one member, which has no variance.
    /// - Complexity: O(n).
    public init(risks: [Double], defaulted: [Bool], weights: [Double]? = nil) throws(MetricError) {
        try RankedOutcomes.check(risks, defaulted, weights)
        let order = RisingOrder(risks)
        let ranked = try RankedOutcomes(order: order, defaulted: defaulted, weights: weights)
        for (what, weight) in [("defaults", ranked.defaults), ("non-defaults", ranked.nonDefaults)]
        where weight <= 1 {
            throw .tooFew(what: what, given: weight, needed: 2)
        }
        auc = ranked.auc
        placements = Self.placements(order, defaulted, ranked)
        self.defaulted = defaulted
        self.weights = weights
        defaults = ranked.defaults
        nonDefaults = ranked.nonDefaults
        // Over the groups, which are fewer than the rows.
        variance = Self.variance(ranked)
    }

    /// The area's confidence interval, auc ± z · standard error cut to [0, 1].
    ///
    /// - Parameter level: Confidence in (0, 1), such as 0.95.
    /// - Throws: ``MetricError/badParameter(name:value:expected:)`` for another level.
    public func interval(level: Double = 0.95) throws(MetricError) -> ClosedRange<Double> {
        let reach = try normalReach(level: level) * standardError
        return max(0, auc - reach)...min(1, auc + reach)
    }

    /// The covariance of this area and another model's on the same observations in the same order.
    public func covariance(with other: DeLongEstimate) -> Double {
        precondition(
            defaulted == other.defaulted && weights == other.weights, "areas of different observations")
        var (ofDefaults, ofNonDefaults) = (0.0, 0.0)
        let (left, right) = (placements.span, other.placements.span)
        let outcomes = defaulted.span
        for row in left.indices {
            let product = (weights?[row] ?? 1) * (left[row] - auc) * (right[row] - other.auc)
            if outcomes[row] { ofDefaults += product } else { ofNonDefaults += product }
        }
        return ofDefaults / (defaults - 1) / defaults + ofNonDefaults / (nonDefaults - 1) / nonDefaults
    }

    /// Tests whether this area and another model's on the same observations differ.
    public func compared(with other: DeLongEstimate) -> Comparison {
        // Rounding can push the variance of nearly equal risks below zero.
        let variance = max(0, variance + other.variance - 2 * covariance(with: other))
        return Comparison(difference: auc - other.auc, standardError: variance.squareRoot())
    }
}

extension DeLongEstimate {
    /// How far two areas of the same observations lie apart.
    public struct Comparison: Sendable, Hashable {
        /// The first area minus the second.
        public let difference: Double
        /// The standard error of the difference.
        public let standardError: Double

        /// Difference ÷ standard error; 0 where both rank alike.
        public var z: Double { difference == 0 ? 0 : difference / standardError }

        /// P(|Z| ≥ |z|).
        public var pValue: Double { 2 * NormalDistribution.standard.survival(abs(z)) }

        /// Difference ± z · standard error.
        ///
        /// - Throws: ``MetricError/badParameter(name:value:expected:)`` for a level outside (0, 1).
        public func interval(level: Double = 0.95) throws(MetricError) -> ClosedRange<Double> {
            let reach = try normalReach(level: level) * standardError
            return difference - reach...difference + reach
        }
    }

    /// The placement of every row.
    private static func placements(
        _ order: RisingOrder, _ defaulted: [Bool], _ ranked: RankedOutcomes
    ) -> [Double] {
        let (positions, sorted) = (order.positions.span, order.values.span)
        let outcomes = defaulted.span
        var placements = [Double](repeating: 0, count: defaulted.count)
        var places = placements.mutableSpan
        var place = 0
        ranked.forEachPlacement { group, ofDefault, ofNonDefault in
            // Rows of weight 0 between two groups keep a placement of 0, which their weight cancels.
            while place < positions.count, sorted[place] < group.risk { place += 1 }
            while place < positions.count, sorted[place] == group.risk {
                let row = Int(positions[place])
                places[row] = outcomes[row] ? ofDefault : ofNonDefault
                place += 1
            }
        }
        return placements
    }

    private static func variance(_ ranked: RankedOutcomes) -> Double {
        let auc = ranked.auc
        var (ofDefaults, ofNonDefaults) = (0.0, 0.0)
        ranked.forEachPlacement { group, ofDefault, ofNonDefault in
            ofDefaults += group.defaults * (ofDefault - auc) * (ofDefault - auc)
            ofNonDefaults += group.nonDefaults * (ofNonDefault - auc) * (ofNonDefault - auc)
        }
        return ofDefaults / (ranked.defaults - 1) / ranked.defaults
            + ofNonDefaults / (ranked.nonDefaults - 1) / ranked.nonDefaults
    }
}

extension RankedOutcomes {
    /// Calls `body` with every group, risk rising, and the placements of its defaults and non-defaults.
    fileprivate func forEachPlacement(
        _ body: (_ group: Group, _ ofDefault: Double, _ ofNonDefault: Double) -> Void
    ) {
        var (defaultsBelow, nonDefaultsBelow) = (0.0, 0.0)
        for group in groups {
            body(
                group, (nonDefaultsBelow + group.nonDefaults / 2) / nonDefaults,
                (defaults - defaultsBelow - group.defaults / 2) / defaults)
            defaultsBelow += group.defaults
            nonDefaultsBelow += group.nonDefaults
        }
    }

    /// Hanley and McNeil's standard error of the area, which knows the area and the two counts alone.
    ///
    /// Q₁ = A ÷ (2 − A), Q₂ = 2A² ÷ (1 + A),
    /// Var = [A (1 − A) + (m − 1)(Q₁ − A²) + (n − 1)(Q₂ − A²)] ÷ (m n).
    ///
    /// Source: Hanley & McNeil (1982), *Radiology* 143.
    public var hanleyMcNeilStandardError: Double {
        let area = auc
        let q1 = area / (2 - area)
        let q2 = 2 * area * area / (1 + area)
        let sum =
            area * (1 - area) + (defaults - 1) * (q1 - area * area) + (nonDefaults - 1) * (q2 - area * area)
        return (sum / (defaults * nonDefaults)).squareRoot()
    }
}

/// The z with P(|Z| ≤ z) = level.
func normalReach(level: Double) throws(MetricError) -> Double {
    guard level > 0, level < 1 else {
        throw .badParameter(name: "level", value: "\(level)", expected: "between 0 and 1, such as 0.95")
    }
    return NormalDistribution.standard.quantile(upperTail: (1 - level) / 2)
}
