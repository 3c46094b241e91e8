/// Whether default rates agree with forecasts group by group.
///
///     χ² = Σ_g (d_g − e_g)² ÷ (e_g (1 − e_g ÷ n_g)),   e_g = Σ p over the group
///
/// It is χ² with as many degrees of freedom as groups where the PDs were fixed beforehand (validation), and two fewer
/// where they were fitted to the same outcomes (development).
///
/// Source: Hosmer & Lemeshow (1980), *Communications in Statistics* A9.
public struct HosmerLemeshowTest: Sendable, Hashable {
    /// How forecasts are cut into groups, in which tools differ, and with them the statistic.
    public enum Grouping: Sendable, Hashable {
        /// As many rows in each group as possible, by rising forecast; tied forecasts are parted in the order given.
        case equalCounts
        /// By the quantiles of the forecasts (type 7), a forecast on a quantile going below it; ties stay together.
        case quantiles
    }

    /// Rows that are compared as one.
    public struct Group: Sendable, Hashable {
        /// Weight of the rows.
        public let rows: Double
        /// Weight of the defaults.
        public let defaults: Double
        /// Sum of the forecasts.
        public let expected: Double

        /// A group, for instance a grade.
        public init(rows: Double, defaults: Double, expected: Double) {
            self.rows = rows
            self.defaults = defaults
            self.expected = expected
        }

        fileprivate func joined(with other: Group) -> Group {
            let rows = rows + other.rows
            // Sums of forecasts of 1 can exceed the rows by rounding.
            return Group(
                rows: rows, defaults: min(defaults + other.defaults, rows),
                expected: min(expected + other.expected, rows))
        }

        /// Squared gap over its variance; 0 ÷ 0, a certain forecast that came true, is 0.
        var contribution: Double {
            let gap = defaults - expected
            return gap == 0 ? 0 : gap * gap / (expected * (1 - expected / rows))
        }
    }

    /// The groups, those of no weight left out.
    public let groups: [Group]

    /// χ²; ∞ where something forecast as impossible happened.
    public var statistic: Double { groups.reduce(0) { $0 + $1.contribution } }

    /// Σ |d_g − e_g| ÷ Σ n_g, the mean gap of default rate and forecast over groups: the expected calibration error.
    ///
    /// Source: Naeini, Cooper & Hauskrecht (2015), "Obtaining well calibrated probabilities using Bayesian binning",
    /// *AAAI*.
    public var meanGap: Double {
        groups.reduce(0) { $0 + abs($1.defaults - $1.expected) } / groups.reduce(0) { $0 + $1.rows }
    }

    /// P(χ² ≥ statistic); `nil` where no degree of freedom is left.
    ///
    /// - Parameter fittedParameters: 0 for PDs fixed beforehand, 2 for PDs fitted to the same outcomes.
    public func pValue(fittedParameters: Int = 0) -> Double? {
        let freedom = groups.count - fittedParameters
        return freedom > 0 ? IncompleteGamma(shape: Double(freedom) / 2, at: statistic / 2).upper : nil
    }

    /// The test over fewer groups: neighbours are joined, the first with the second and so on, until in each as many
    /// defaults and as many non-defaults are expected as is asked for.
    ///
    /// The statistic is χ² where counts are large. Of tenths by rising forecast the first often expects one or two
    /// defaults, and the test then rejects true forecasts too often; Cochran's rule asks for five.
    ///
    /// Source: Cochran (1954), "Some methods for strengthening the common χ² tests", *Biometrics* 10.
    public func joined(minimumExpected minimum: Double) -> HosmerLemeshowTest {
        func isLarge(_ group: Group) -> Bool {
            group.expected >= minimum && group.rows - group.expected >= minimum
        }
        var joined: [Group] = []
        for group in groups {
            if let last = joined.last, !isLarge(last) {
                joined[joined.count - 1] = last.joined(with: group)
            } else {
                joined.append(group)
            }
        }
        if joined.count > 1, let last = joined.last, !isLarge(last) {
            joined.removeLast()
            joined[joined.count - 1] = joined[joined.count - 1].joined(with: last)
        }
        return (try? HosmerLemeshowTest(groups: joined)) ?? self
    }

    /// Compares given groups, such as grades.
    ///
    /// - Throws: ``MetricError``: no group of weight, or defaults or forecasts that are not from 0 to the rows.
    public init(groups: [Group]) throws(MetricError) {
        for (place, group) in groups.enumerated() {
            guard isWeight(group.rows) else {
                throw .badValue(
                    row: place, what: "group's size", value: "\(group.rows)", expected: weightRange)
            }
            for (what, value) in [("defaults", group.defaults), ("expected defaults", group.expected)]
            where !(value >= 0 && value <= group.rows) {
                throw .badValue(
                    row: place, what: what, value: "\(value)", expected: "from 0 to \(group.rows)")
            }
        }
        self.groups = groups.filter { $0.rows > 0 }
        guard !self.groups.isEmpty else { throw .empty }
    }

    /// Cuts forecasts into groups and compares them.
    ///
    /// - Parameters:
    ///   - probabilities: PDs, fractions in [0, 1].
    ///   - defaulted: Outcomes, of the same length.
    ///   - weights: w ≥ 0; a weight of 2 counts the row twice. Absent: all 1.
    ///   - count: Number of groups, at least 1; ties can leave fewer.
    /// - Throws: ``MetricError``.
    public init(
        probabilities: [Double], defaulted: [Bool], weights: [Double]? = nil, groups count: Int = 10,
        grouping: Grouping = .quantiles
    ) throws(MetricError) {
        try checkForecasts(probabilities, defaulted, weights)
        guard count >= 1, count <= 100_000 else {
            throw .badParameter(name: "groups", value: "\(count)", expected: "from 1 to 100000")
        }
        let order = RisingOrder(probabilities)
        let cuts = try Self.cuts(probabilities, weights, count, grouping)
        let total = weights?.reduce(0, +) ?? Double(probabilities.count)
        var sums = Array(repeating: (rows: 0.0, defaults: 0.0, expected: 0.0), count: count)
        var (done, group) = (0.0, 0)
        for position in order.positions {
            let row = Int(position)
            let weight = weights?[row] ?? 1
            switch grouping {
            case .equalCounts: group = min(count - 1, Int(done * Double(count) / total))
            case .quantiles: while group < cuts.count, probabilities[row] > cuts[group] { group += 1 }
            }
            sums[group].rows += weight
            sums[group].defaults += defaulted[row] ? weight : 0
            sums[group].expected += weight * probabilities[row]
            done += weight
        }
        groups = sums.filter { $0.rows > 0 }.map {
            // A sum of forecasts of 1 can exceed the rows by rounding.
            Group(rows: $0.rows, defaults: $0.defaults, expected: min($0.expected, $0.rows))
        }
    }

    /// The distinct inner quantiles, rising.
    private static func cuts(
        _ probabilities: [Double], _ weights: [Double]?, _ count: Int, _ grouping: Grouping
    ) throws(MetricError) -> [Double] {
        guard grouping == .quantiles else { return [] }
        let quantiles = try SampleQuantiles(probabilities, weights: weights)
        var cuts: [Double] = []
        for number in 1..<max(1, count) {
            let cut = try quantiles.value(Double(number) / Double(count))
            if cut != cuts.last { cuts.append(cut) }
        }
        return cuts
    }
}
