/// Outcomes in the order of risk, observations of equal risk together: what every ranking figure is made from.
///
/// Higher risk is riskier. Ties count half, weights count as that many observations.
public struct RankedOutcomes: Sendable {
    /// Observations of one risk.
    public struct Group: Sendable, Hashable {
        /// The risk they share.
        public var risk: Double
        /// Weight of those that defaulted.
        public var defaults: Double
        /// Weight of those that did not.
        public var nonDefaults: Double

        /// Weight of all.
        public var total: Double { defaults + nonDefaults }
    }

    /// The groups, risk rising.
    public let groups: [Group]
    /// Weight of all defaults, > 0.
    public let defaults: Double
    /// Weight of all non-defaults, > 0.
    public let nonDefaults: Double

    /// Groups observations by risk.
    ///
    /// - Parameters:
    ///   - risks: Any monotone measure of risk, such as log-odds of default; ±∞ allowed.
    ///   - defaulted: Outcomes, of the same length.
    ///   - weights: w = 0, or from 1e-90 to 1e90 so that products stay numbers, of the same length; absent for all 1.
    ///     Rows of weight 0 do not count.
    /// - Throws: ``MetricError/empty``, ``MetricError/oneClass(defaulted:)``,
    ///   ``MetricError/badValue(row:what:value:expected:)`` for NaN and for weights that are negative or infinite.
    /// - Complexity: O(n).
    public init(risks: [Double], defaulted: [Bool], weights: [Double]? = nil) throws(MetricError) {
        try Self.check(risks, defaulted, weights)
        try self.init(order: RisingOrder(risks), defaulted: defaulted, weights: weights)
    }

    /// Groups observations whose order is known and whose values have been checked.
    init(order: RisingOrder, defaulted: [Bool], weights: [Double]?) throws(MetricError) {
        let groups = Self.groups(order, defaulted, weights)
        let defaults = groups.reduce(0) { $0 + $1.defaults }
        let nonDefaults = groups.reduce(0) { $0 + $1.nonDefaults }
        guard !groups.isEmpty else { throw .empty }
        guard defaults > 0 else { throw .oneClass(defaulted: false) }
        guard nonDefaults > 0 else { throw .oneClass(defaulted: true) }
        self.groups = groups
        self.defaults = defaults
        self.nonDefaults = nonDefaults
    }

    /// Refuses what cannot be ranked.
    static func check(_ risks: [Double], _ defaulted: [Bool], _ weights: [Double]?) throws(MetricError) {
        precondition(
            risks.count == defaulted.count && risks.count == weights?.count ?? risks.count,
            "\(risks.count) risks, \(defaulted.count) outcomes, \(weights?.count ?? risks.count) weights")
        try checkValues(risks, weights: weights, what: "risk", allowsInfinite: true)
    }

    private static func groups(_ order: RisingOrder, _ defaulted: [Bool], _ weights: [Double]?) -> [Group] {
        let (positions, sorted) = (order.positions.span, order.values.span)
        let outcomes = defaulted.span
        var groups: [Group] = []
        var place = 0
        while place < positions.count {
            var group = Group(risk: sorted[place], defaults: 0, nonDefaults: 0)
            repeat {
                let row = Int(positions[place])
                let weight = weights?[row] ?? 1
                if outcomes[row] { group.defaults += weight } else { group.nonDefaults += weight }
                place += 1
            } while place < positions.count && sorted[place] == group.risk
            if group.total > 0 { groups.append(group) }
        }
        return groups
    }
}

extension RankedOutcomes {
    /// Area under the ROC curve: the chance that a default is riskier than a non-default, ties half; in [0, 1].
    public var auc: Double { concordance / (defaults * nonDefaults) }

    /// Pairs of a default and a non-default in which the default is riskier, ties half: the Mann–Whitney U of the
    /// defaults.
    public var concordance: Double {
        var below = 0.0
        var pairs = 0.0
        for group in groups {
            pairs += group.defaults * (below + group.nonDefaults / 2)
            below += group.nonDefaults
        }
        return pairs
    }

    /// Gini coefficient, the accuracy ratio: 2 · AUC − 1; in [−1, 1].
    public var gini: Double { 2 * auc - 1 }

    /// Area under the ROC curve where at most a share of the non-defaults is riskier than the cut-off.
    ///
    /// - Parameter limit: Largest false positive rate, in [0, 1]; the area is then in [0, limit].
    /// - Throws: ``MetricError/badParameter(name:value:expected:)``.
    public func partialAUC(falsePositiveRateUpTo limit: Double) throws(MetricError) -> Double {
        guard limit >= 0, limit <= 1 else {
            throw .badParameter(name: "false positive rate", value: "\(limit)", expected: "in [0, 1]")
        }
        var area = 0.0
        var (x, y) = (0.0, 0.0)
        for group in groups.reversed() {
            let nextX = x + group.nonDefaults / nonDefaults
            let nextY = y + group.defaults / defaults
            if nextX >= limit {
                // The curve is a straight line inside a group of ties.
                let share = nextX > x ? (limit - x) / (nextX - x) : 0
                return area + (limit - x) * (y + share * (nextY - y) / 2)
            }
            area += (nextX - x) * (y + nextY) / 2
            (x, y) = (nextX, nextY)
        }
        return area
    }

    /// Kolmogorov–Smirnov distance of the two classes' distributions, and the risk up to which it is reached.
    ///
    /// Taken over distinct risks, since inside a group of ties there is no cut-off.
    public var kolmogorovSmirnov: (distance: Double, risk: Double) {
        var (defaultsBelow, nonDefaultsBelow) = (0.0, 0.0)
        var largest = (distance: 0.0, risk: groups[0].risk)
        for group in groups {
            defaultsBelow += group.defaults
            nonDefaultsBelow += group.nonDefaults
            let distance = abs(defaultsBelow / defaults - nonDefaultsBelow / nonDefaults)
            if distance > largest.distance { largest = (distance, group.risk) }
        }
        return largest
    }

    /// Average precision: Σ (Rₖ − Rₖ₋₁) Pₖ over distinct cut-offs, riskiest first; in (0, 1].
    ///
    /// P is the default rate above a cut-off and R the share of all defaults there. The step sum is preferred to
    /// trapezoids, which are too kind to few distinct risks.
    public var averagePrecision: Double {
        var (above, defaultsAbove, sum) = (0.0, 0.0, 0.0)
        for group in groups.reversed() {
            above += group.total
            defaultsAbove += group.defaults
            sum += group.defaults / defaults * (defaultsAbove / above)
        }
        return sum
    }

    /// Area under the precision–recall curve by trapezoids, from precision 1 at recall 0.
    public var precisionRecallTrapezoid: Double {
        var (above, defaultsAbove, area, precision) = (0.0, 0.0, 0.0, 1.0)
        for group in groups.reversed() {
            above += group.total
            defaultsAbove += group.defaults
            let next = defaultsAbove / above
            area += group.defaults / defaults * (precision + next) / 2
            precision = next
        }
        return area
    }

    /// Kendall's τ-b of risk and outcome: (concordant − discordant) ÷ √(pairs untied in risk · pairs untied in
    /// outcome).
    public var kendallTauB: Double {
        let total = defaults + nonDefaults
        let pairs = total * (total - 1) / 2
        let tiedInRisk = groups.reduce(0) { $0 + $1.total * ($1.total - 1) / 2 }
        return gini * defaults * nonDefaults / ((pairs - tiedInRisk) * (defaults * nonDefaults)).squareRoot()
    }

    /// The ROC curve: share of non-defaults and of defaults riskier than each cut-off, from (0, 0) to (1, 1).
    public var rocCurve: [(falsePositiveRate: Double, truePositiveRate: Double)] {
        var points = [(falsePositiveRate: 0.0, truePositiveRate: 0.0)]
        var (x, y) = (0.0, 0.0)
        for group in groups.reversed() {
            x += group.nonDefaults
            y += group.defaults
            points.append((x / nonDefaults, y / defaults))
        }
        return points
    }
}
