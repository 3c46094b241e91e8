public import Parallelism

/// What a statistic did over the replicates of a bootstrap: its standard error and intervals.
///
/// Source: Davison & Hinkley (1997), *Bootstrap Methods and their Application*, ch. 2 and 5.
public struct BootstrapDistribution: Sendable, Hashable {
    /// The statistic on the sample itself.
    public let estimate: Double
    /// The statistic by replicate, those that exist.
    public let replicates: [Double]
    /// Mean over the replicates.
    public let mean: Double
    /// Standard deviation over the replicates, divisor R − 1.
    public let standardError: Double
    private let quantiles: SampleQuantiles

    /// Gathers replicates; those on which the statistic did not exist (`nil`) or was not finite are left out.
    ///
    /// - Throws: ``MetricError/tooFew(what:given:needed:)`` for fewer than two replicates that count.
    public init(estimate: Double, replicates: [Double?]) throws(MetricError) {
        let values = replicates.compactMap { $0 }.filter(\.isFinite)
        guard values.count >= 2 else {
            throw .tooFew(
                what: "replicates on which the statistic exists", given: Double(values.count), needed: 2)
        }
        self.estimate = estimate
        self.replicates = values
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        self.mean = mean
        standardError = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)).squareRoot()
        quantiles = try SampleQuantiles(values)
    }

    /// Mean over the replicates minus the estimate.
    public var bias: Double { mean - estimate }

    /// From one quantile of the replicates to the other (type 7).
    ///
    /// - Throws: ``MetricError/badParameter(name:value:expected:)`` for a level outside (0, 1).
    public func percentileInterval(level: Double = 0.95) throws(MetricError) -> ClosedRange<Double> {
        guard level > 0, level < 1 else {
            throw .badParameter(name: "level", value: "\(level)", expected: "between 0 and 1, such as 0.95")
        }
        let lower = try quantiles.value((1 - level) / 2)
        return lower...max(lower, try quantiles.value(1 - (1 - level) / 2))
    }

    /// Twice the estimate minus the quantiles: takes the errors of the replicates for those of the estimate.
    ///
    /// - Throws: ``MetricError/badParameter(name:value:expected:)`` for a level outside (0, 1).
    public func basicInterval(level: Double = 0.95) throws(MetricError) -> ClosedRange<Double> {
        let interval = try percentileInterval(level: level)
        return 2 * estimate - interval.upperBound...2 * estimate - interval.lowerBound
    }
}

extension ClusterBootstrap {
    /// The distribution of a statistic that takes weights: how often each row was drawn.
    ///
    /// Cheaper than gathering rows wherever the statistic sorts or scans all rows anyway.
    ///
    /// - Parameters:
    ///   - replicates: How many, from 2 to 10,000,000.
    ///   - generator: Replicate r draws from its stream r.
    ///   - statistic: Worked out from weights by row; `nil` where it does not exist, such as the AUC of one class.
    /// - Throws: ``MetricError``: the statistic does not exist on the sample, or on fewer than two replicates.
    public func distribution(
        replicates: Int, generator: SeededGenerator, workers: Workers = .single,
        of statistic: @Sendable (_ weights: [Double]) -> Double?
    ) throws(MetricError) -> BootstrapDistribution {
        guard replicates >= 2, replicates <= 10_000_000 else {
            throw .badParameter(name: "replicates", value: "\(replicates)", expected: "from 2 to 10000000")
        }
        guard let estimate = statistic(Array(repeating: 1, count: rowCount)), estimate.isFinite else {
            throw .undefined("the statistic does not exist on the sample itself")
        }
        let values = workers.map(replicates) { statistic(weights(ofReplicate: $0, generator: generator)) }
        return try BootstrapDistribution(estimate: estimate, replicates: values)
    }
}
