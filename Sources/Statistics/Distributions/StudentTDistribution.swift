import Glibc

/// Student's t distribution: a standard normal number ÷ √(χ² ÷ ν).
public struct StudentTDistribution: ContinuousDistribution {
    /// ν > 0; need not be whole.
    public let degreesOfFreedom: Double
    /// The distribution of x = ν ÷ (ν + t²), whose lower tail is both tails of t.
    private let beta: BetaDistribution

    /// A t distribution of some degrees of freedom.
    ///
    /// - Throws: ``DistributionError/notPositive(parameter:value:)``.
    public init(degreesOfFreedom: Double) throws(DistributionError) {
        self.degreesOfFreedom = try degreesOfFreedom.positive("degrees of freedom")
        beta = try BetaDistribution(degreesOfFreedom / 2, 0.5)
    }

    /// (1 + t² ÷ ν)^(−(ν + 1) ÷ 2) ÷ (√ν B(ν ÷ 2, ½)).
    public func density(_ t: Double) -> Double {
        inverseBeta / degreesOfFreedom.squareRoot() * exp(logKernel(t))
    }

    /// ln density.
    public func logDensity(_ t: Double) -> Double {
        log(inverseBeta) - 0.5 * log(degreesOfFreedom) + logKernel(t)
    }

    /// P(T ≤ t).
    public func cdf(_ t: Double) -> Double { t < 0 ? tail(-t) : 1 - tail(t) }

    /// P(T > t), with its digits kept where it is small; twice it is the p-value of |t|.
    public func survival(_ t: Double) -> Double { t > 0 ? tail(t) : 1 - tail(-t) }

    /// The p-quantile.
    public func quantile(_ probability: Double) -> Double {
        requireProbability(probability)
        return probability <= 0.5 ? -point(upperTail: probability) : point(upperTail: 1 - probability)
    }

    /// The critical value at level q: P(T > t) = q.
    public func quantile(upperTail probability: Double) -> Double {
        requireProbability(probability)
        return probability <= 0.5 ? point(upperTail: probability) : -point(upperTail: 1 - probability)
    }

    /// P(T > t) for t ≥ 0.
    private func tail(_ t: Double) -> Double {
        let scaled = t / degreesOfFreedom.squareRoot()
        if scaled > 1e8 {
            // x = 1 ÷ s² to double precision, and only the first term of I = xᵃ ÷ (a B(a, ½)) is left.
            return inverseBeta / degreesOfFreedom * pow(scaled, -degreesOfFreedom)
        }
        let square = scaled * scaled
        return IncompleteBeta(beta.a, 0.5, at: 1 / (1 + square), complement: square / (1 + square)).lower / 2
    }

    /// The t with P(T > t) = q for q ≤ ½.
    private func point(upperTail q: Double) -> Double {
        if q == 0 { return .infinity }
        // The tail's first term alone, as in `tail`.
        let far = exp(log(inverseBeta / degreesOfFreedom / q) / degreesOfFreedom)
        if far > 1e8 { return far * degreesOfFreedom.squareRoot() }
        // The odds of x are ν ÷ t². Near the middle the complement 1 − 2q holds the digits of a small t.
        let odds = q < 0.25 ? beta.oddsQuantile(2 * q) : beta.oddsQuantile(upperTail: 1 - 2 * q)
        return degreesOfFreedom.squareRoot() / odds.squareRoot()
    }

    /// −(ν + 1) ÷ 2 · ln(1 + t² ÷ ν).
    private func logKernel(_ t: Double) -> Double {
        let scaled = abs(t) / degreesOfFreedom.squareRoot()
        // ln(1 + s²) = 2 ln s where s² overflows.
        let logarithm = scaled < 1e100 ? log1p(scaled * scaled) : 2 * log(scaled)
        return -(degreesOfFreedom + 1) / 2 * logarithm
    }

    /// 1 ÷ B(ν ÷ 2, ½).
    private var inverseBeta: Double {
        let a = degreesOfFreedom / 2
        guard a > 150 else { return IncompleteBeta.inverseBeta(a, 0.5) }
        // Γ(a + ½) ÷ (Γ(a) √a) = 1 − 1/(8a) + 1/(128a²) + 5/(1024a³) − 21/(32768a⁴) − 399/(262144a⁵) + …
        return (a / .pi).squareRoot()
            * Polynomial.value(
                [1, -1 / 8.0, 1 / 128.0, 5 / 1024.0, -21 / 32768.0, -399 / 262144.0]
                    as InlineArray<6, Double>,
                at: 1 / a)
    }
}
