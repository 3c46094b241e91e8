/// The χ² distribution: the sum of the squares of ν independent standard normal numbers.
public struct ChiSquaredDistribution: ContinuousDistribution {
    /// ν > 0; need not be whole.
    public let degreesOfFreedom: Double
    private let gamma: GammaDistribution

    /// A χ² distribution of some degrees of freedom.
    ///
    /// - Throws: ``DistributionError/notPositive(parameter:value:)``.
    public init(degreesOfFreedom: Double) throws(DistributionError) {
        self.degreesOfFreedom = try degreesOfFreedom.positive("degrees of freedom")
        gamma = try GammaDistribution(shape: degreesOfFreedom / 2, scale: 2)
    }

    /// The density; at 0 it is ∞ for ν < 2, ½ for ν = 2 and 0 above.
    public func density(_ x: Double) -> Double { gamma.density(x) }

    /// ln density.
    public func logDensity(_ x: Double) -> Double { gamma.logDensity(x) }

    /// P(X ≤ x).
    public func cdf(_ x: Double) -> Double { gamma.cdf(x) }

    /// P(X > x), the p-value of a test statistic x.
    public func survival(_ x: Double) -> Double { gamma.survival(x) }

    /// The p-quantile.
    public func quantile(_ probability: Double) -> Double { gamma.quantile(probability) }

    /// The critical value at level q: P(X > x) = q.
    public func quantile(upperTail probability: Double) -> Double { gamma.quantile(upperTail: probability) }
}
