import Glibc

/// The normal distribution.
public struct NormalDistribution: ContinuousDistribution {
    /// μ.
    public let mean: Double
    /// σ > 0.
    public let standardDeviation: Double

    /// Mean 0, standard deviation 1.
    public static let standard = NormalDistribution()

    private init() {
        mean = 0
        standardDeviation = 1
    }

    /// A normal distribution of a mean and a standard deviation.
    ///
    /// - Throws: ``DistributionError/notFinite(parameter:value:)`` for the mean,
    ///   ``DistributionError/notPositive(parameter:value:)`` for the standard deviation.
    public init(mean: Double, standardDeviation: Double) throws(DistributionError) {
        guard mean.isFinite else { throw .notFinite(parameter: "mean", value: mean) }
        self.mean = mean
        self.standardDeviation = try standardDeviation.positive("standard deviation")
    }

    /// φ(z) ÷ σ with z = (x − μ) ÷ σ; within 3e-16 relative of exact values in the whole normal range.
    public func density(_ x: Double) -> Double { NormalTail.density(standardised(x)) / standardDeviation }

    /// ln density.
    public func logDensity(_ x: Double) -> Double {
        let z = standardised(x)
        return -0.5 * z * z - NormalTail.logRootTwoPi - log(standardDeviation)
    }

    /// Φ(z); within 4e-16 relative of exact values until it underflows at −38.
    public func cdf(_ x: Double) -> Double { NormalTail.lower(standardised(x)) }

    /// 1 − Φ(z) = Φ(−z).
    public func survival(_ x: Double) -> Double { NormalTail.lower(-standardised(x)) }

    /// ln Φ(z), finite for every z > −1e154.
    public func logCDF(_ x: Double) -> Double { NormalTail.logLower(standardised(x)) }

    /// ln (1 − Φ(z)).
    public func logSurvival(_ x: Double) -> Double { NormalTail.logLower(-standardised(x)) }

    /// μ + σ Φ⁻¹(p).
    public func quantile(_ probability: Double) -> Double {
        requireProbability(probability)
        return mean + standardDeviation * NormalQuantile.value(lowerTail: probability)
    }

    /// μ − σ Φ⁻¹(q).
    public func quantile(upperTail probability: Double) -> Double {
        requireProbability(probability)
        return mean - standardDeviation * NormalQuantile.value(lowerTail: probability)
    }

    private func standardised(_ x: Double) -> Double { (x - mean) / standardDeviation }
}
