import Statistics

/// The result of a test whose statistic is χ² distributed if the hypothesis holds.
public struct ChiSquaredTest: Sendable, Hashable {
    /// The statistic, ≥ 0.
    public let statistic: Double
    /// How many coefficients the hypothesis fixes.
    public let degreesOfFreedom: Int
    /// Probability of a statistic at least as large under the hypothesis.
    public let pValue: Double

    /// A result from its statistic; rounding may leave that a little below zero.
    init(statistic: Double, degreesOfFreedom: Int) {
        self.statistic = statistic
        self.degreesOfFreedom = degreesOfFreedom
        // Nothing tested is no evidence.
        let distribution = try? ChiSquaredDistribution(degreesOfFreedom: Double(degreesOfFreedom))
        pValue = distribution?.survival(max(0, statistic)) ?? 1
    }
}

/// Three tests of the hypothesis that some coefficients are zero.
///
/// They agree for many observations; where they differ, the likelihood ratio is the one to trust.
public struct NestedTests: Sendable, Hashable {
    /// 2 (ℓ − ℓ₀), from the maxima with and without the coefficients.
    public let likelihoodRatio: ChiSquaredTest
    /// Rao's U₀ᵀ I₀⁻¹ U₀, from the slope at the maximum without them.
    public let score: ChiSquaredTest
    /// Wald's βᵀ V⁻¹ β, from the estimates and their covariance.
    public let wald: ChiSquaredTest
}

/// The range of values that a coefficient may have at a level of confidence; infinite where the data sets no end.
public struct ConfidenceInterval: Sendable, Hashable {
    /// Smallest value.
    public let lower: Double
    /// Largest value.
    public let upper: Double
    /// The level, in (0, 1).
    public let confidence: Double
}
