import Glibc

/// The F distribution: the quotient of two independent χ² numbers, each divided by its degrees of freedom.
public struct FDistribution: ContinuousDistribution {
    /// Degrees of freedom of the numerator, > 0.
    public let numerator: Double
    /// Degrees of freedom of the denominator, > 0.
    public let denominator: Double
    /// The distribution of x = n F ÷ (n F + d).
    private let beta: BetaDistribution

    /// An F distribution of two degrees of freedom.
    ///
    /// - Throws: ``DistributionError/notPositive(parameter:value:)``.
    public init(numerator: Double, denominator: Double) throws(DistributionError) {
        self.numerator = try numerator.positive("degrees of freedom of the numerator")
        self.denominator = try denominator.positive("degrees of freedom of the denominator")
        beta = try BetaDistribution(numerator / 2, denominator / 2)
    }

    /// The density; at 0 it is ∞, 1 or 0 as the numerator's degrees of freedom are below, at or above 2.
    public func density(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        guard x > 0 else { return x < 0 ? 0 : densityAtZero }
        let (share, complement) = shares(x)
        return IncompleteBeta.slope(beta.a, beta.b, at: share, complement: complement) / x
    }

    /// ln density.
    public func logDensity(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        guard x > 0 else { return log(x < 0 ? 0 : densityAtZero) }
        let (share, complement) = shares(x)
        return IncompleteBeta.logSlope(beta.a, beta.b, at: share, complement: complement) - log(x)
    }

    /// P(F ≤ x).
    public func cdf(_ x: Double) -> Double { x > 0 ? incomplete(x).lower : (x.isNaN ? .nan : 0) }

    /// P(F > x), the p-value of a test statistic x.
    public func survival(_ x: Double) -> Double { x > 0 ? incomplete(x).upper : (x.isNaN ? .nan : 1) }

    /// The p-quantile.
    public func quantile(_ probability: Double) -> Double {
        beta.oddsQuantile(probability) * (denominator / numerator)
    }

    /// The critical value at level q: P(F > x) = q.
    public func quantile(upperTail probability: Double) -> Double {
        beta.oddsQuantile(upperTail: probability) * (denominator / numerator)
    }

    private var densityAtZero: Double { numerator < 2 ? .infinity : (numerator == 2 ? 1 : 0) }

    private func incomplete(_ x: Double) -> IncompleteBeta {
        let (share, complement) = shares(x)
        return IncompleteBeta(beta.a, beta.b, at: share, complement: complement)
    }

    /// n x ÷ (n x + d) and its complement, each with its own digits.
    private func shares(_ x: Double) -> (Double, Double) {
        let odds = x * (numerator / denominator)
        return odds == .infinity ? (1, 0) : (odds / (1 + odds), 1 / (1 + odds))
    }
}
