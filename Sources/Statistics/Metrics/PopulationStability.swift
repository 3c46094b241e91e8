import Glibc

/// How far a population has moved over the bins of a score or a characteristic: the population stability index.
///
///     PSI = Σ_b (a_b − e_b) ln(a_b ÷ e_b),   e and a the expected and the actual shares
///
/// Common practice takes 0.10 as a shift worth a look and 0.25 as a different population; the critical values say
/// what chance alone would give with these numbers of obligors.
///
/// Source: Yurdakul & Naranjo (2020), "Statistical properties of the population stability index", *Journal of Risk
/// Model Validation* 14.
public struct PopulationStability: Sendable, Hashable {
    /// One bin.
    public struct Bin: Sendable, Hashable {
        /// Share of the expected population.
        public let expected: Double
        /// Share of the actual population.
        public let actual: Double
        /// The bin's term of the index, ≥ 0.
        public let contribution: Double
        /// Whether one of the counts was zero, so that the adjustment was added to both.
        public let adjusted: Bool
    }

    /// The bins, in the order given.
    public let bins: [Bin]
    /// Weight of the expected population.
    public let expectedCount: Double
    /// Weight of the actual population.
    public let actualCount: Double

    /// PSI.
    public var index: Double { bins.reduce(0) { $0 + $1.contribution } }

    /// Compares two populations by their counts in the same bins.
    ///
    /// - Parameters:
    ///   - expected: Counts of the expected population, finite and ≥ 0.
    ///   - actual: Counts of the actual population, of the same length.
    ///   - zeroCell: Added to both counts of a bin in which one of them is zero, > 0; a bin that is empty in both
    ///     populations contributes nothing.
    /// - Throws: ``MetricError``.
    public init(
        expectedCounts expected: [Double], actualCounts actual: [Double], zeroCell: Double = 0.5
    )
        throws(MetricError)
    {
        precondition(
            expected.count == actual.count, "\(expected.count) expected and \(actual.count) actual counts")
        guard zeroCell > 0, isWeight(zeroCell) else {
            throw .badParameter(name: "zeroCell", value: "\(zeroCell)", expected: "above 0, such as 0.5")
        }
        for (what, counts) in [("expected count", expected), ("actual count", actual)] {
            if let bin = counts.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
                throw .badValue(
                    row: bin, what: what, value: "\(counts[bin])", expected: "a finite number ≥ 0")
            }
        }
        let expectedTotal = expected.reduce(0, +)
        let actualTotal = actual.reduce(0, +)
        guard expectedTotal > 0, actualTotal > 0 else { throw .empty }
        bins = zip(expected, actual).map { expected, actual in
            let isAdjusted = (expected == 0) != (actual == 0)
            let extra = isAdjusted ? zeroCell : 0
            let (e, a) = ((expected + extra) / expectedTotal, (actual + extra) / actualTotal)
            return Bin(
                expected: expected / expectedTotal, actual: actual / actualTotal,
                contribution: e == a ? 0 : (a - e) * log(a / e), adjusted: isAdjusted)
        }
        expectedCount = expectedTotal
        actualCount = actualTotal
    }

    /// Compares two samples over bins `[e₀, e₁), [e₁, e₂) …` and the two open ends.
    ///
    /// - Parameters:
    ///   - expected: Values of the expected population, no NaN.
    ///   - actual: Values of the actual population, no NaN.
    ///   - edges: Where bins meet, strictly rising; a value on an edge belongs to the bin above it.
    /// - Throws: ``MetricError``.
    public init(
        expected: [Double], actual: [Double], edges: [Double], zeroCell: Double = 0.5
    ) throws(MetricError) {
        for place in edges.indices where edges[place].isNaN || (place > 0 && edges[place] <= edges[place - 1])
        {
            throw .badValue(
                row: place, what: "edge", value: "\(edges[place])", expected: "above the edge before it")
        }
        try self.init(
            expectedCounts: try Self.counts(expected, edges), actualCounts: try Self.counts(actual, edges),
            zeroCell: zeroCell)
    }

    /// What the index exceeds by chance with probability `significance`, from the normal approximation.
    ///
    /// (1/N + 1/M)(B − 1) + z (1/N + 1/M) √(2 (B − 1)).
    public func normalCriticalValue(significance: Double = 0.05) throws(MetricError) -> Double {
        let freedom = Double(bins.count - 1)
        let z = NormalDistribution.standard.quantile(upperTail: try Self.checked(significance))
        return (1 / expectedCount + 1 / actualCount) * (freedom + z * (2 * freedom).squareRoot())
    }

    /// What the index exceeds by chance with probability `significance`, from the χ² approximation
    /// χ²₍B₋₁₎ (1/N + 1/M); `nil` for a single bin.
    public func chiSquaredCriticalValue(significance: Double = 0.05) throws(MetricError) -> Double? {
        let level = try Self.checked(significance)
        // Only a single bin has no degree of freedom.
        let chi = try? ChiSquaredDistribution(degreesOfFreedom: Double(bins.count - 1))
        return chi.map { $0.quantile(upperTail: level) * (1 / expectedCount + 1 / actualCount) }
    }

    private static func checked(_ significance: Double) throws(MetricError) -> Double {
        guard significance > 0, significance < 1 else {
            throw .badParameter(
                name: "significance", value: "\(significance)", expected: "between 0 and 1, such as 0.05")
        }
        return significance
    }

    private static func counts(_ values: [Double], _ edges: [Double]) throws(MetricError) -> [Double] {
        try checkValues(values, weights: nil, what: "value", allowsInfinite: true)
        var counts = Array(repeating: 0.0, count: edges.count + 1)
        for value in values {
            var (low, high) = (0, edges.count)
            while low < high {
                let middle = (low + high) / 2
                if edges[middle] <= value { low = middle + 1 } else { high = middle }
            }
            counts[low] += 1
        }
        return counts
    }
}
