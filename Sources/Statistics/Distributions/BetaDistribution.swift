import Glibc

/// The beta distribution, density x^(a − 1) (1 − x)^(b − 1) ÷ B(a, b) on (0, 1).
public struct BetaDistribution: ContinuousDistribution {
    /// First shape a > 0.
    public let a: Double
    /// Second shape b > 0; the mean is a ÷ (a + b).
    public let b: Double

    /// A beta distribution of two shapes.
    ///
    /// - Throws: ``DistributionError/notPositive(parameter:value:)``.
    public init(_ a: Double, _ b: Double) throws(DistributionError) {
        self.a = try a.positive("first shape")
        self.b = try b.positive("second shape")
    }

    /// A beta distribution of shapes known to be positive and of moderate size.
    init(checked a: Double, _ b: Double) {
        self.a = a
        self.b = b
    }

    /// The density; at the ends it is ∞, finite or 0 as the shape is below, at or above 1.
    public func density(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        guard x > 0, x < 1 else { return densityAtEnd(x) }
        return IncompleteBeta.slope(a, b, at: x, complement: 1 - x) / (x * (1 - x))
    }

    /// ln density.
    public func logDensity(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        guard x > 0, x < 1 else { return log(densityAtEnd(x)) }
        return IncompleteBeta.logSlope(a, b, at: x, complement: 1 - x) - log(x) - log1p(-x)
    }

    /// Iₓ(a, b), the regularised incomplete beta function.
    public func cdf(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        return IncompleteBeta(a, b, at: x, complement: 1 - x).lower
    }

    /// 1 − Iₓ(a, b) = I₁₋ₓ(b, a).
    public func survival(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        return IncompleteBeta(a, b, at: x, complement: 1 - x).upper
    }

    /// The p-quantile, by Newton's method on ln I over the log-odds of x.
    public func quantile(_ probability: Double) -> Double {
        let odds = oddsQuantile(probability)
        return odds == .infinity ? 1 : odds / (1 + odds)
    }

    /// The quantile of an upper tail, by Newton's method on ln (1 − I) over the log-odds of x.
    public func quantile(upperTail probability: Double) -> Double {
        let odds = oddsQuantile(upperTail: probability)
        return odds == .infinity ? 1 : odds / (1 + odds)
    }

    private func densityAtEnd(_ x: Double) -> Double {
        guard x == 0 || x == 1 else { return 0 }
        let (near, far) = x == 0 ? (a, b) : (b, a)
        return near < 1 ? .infinity : (near == 1 ? far : 0)
    }
}

/// Quantiles in odds x ÷ (1 − x), which keep the digits of both x and 1 − x and serve the t and F distributions.
extension BetaDistribution {
    /// The odds of the p-quantile.
    func oddsQuantile(_ probability: Double) -> Double {
        requireProbability(probability)
        if probability == 0 { return 0 }
        // 1 − p is exact for p ≥ ½.
        return probability <= 0.5
            ? odds(lowerTail: probability) : 1 / mirrored.odds(lowerTail: 1 - probability)
    }

    /// The odds of the quantile of an upper tail.
    func oddsQuantile(upperTail probability: Double) -> Double {
        requireProbability(probability)
        if probability == 1 { return 0 }
        return probability <= 0.5
            ? 1 / mirrored.odds(lowerTail: probability) : odds(lowerTail: 1 - probability)
    }

    /// The distribution of 1 − X.
    private var mirrored: BetaDistribution { BetaDistribution(checked: b, a) }

    private func odds(lowerTail p: Double) -> Double {
        if p == 0 { return 0 }
        // Far below the mean only the first term of the series is left: I = xᵃ ÷ (a B(a, b)).
        let logBeta = logGammaOnePlus(a) + logGamma(b) - logGamma(a + b)
        let small = exp((log(p) + logBeta) / a)
        if small == 0 { return 0 }
        // The same from above: 1 − x can be below the smallest double where b is tiny.
        let logBetaAbove = logGammaOnePlus(b) + logGamma(a) - logGamma(a + b)
        if exp((log1p(-p) + logBetaAbove) / b) == 0 { return .infinity }
        let mean = a / b
        let spread = (1 / a + 1 / b).squareRoot()
        let normal = mean * exp(max(-600, NormalQuantile.value(lowerTail: p) * spread))
        return TailSolver.variable(
            where: p, isLower: true, start: small < 0.1 * a / (a + b) ? small : normal, anchor: mean
        ) { odds in
            let value = IncompleteBeta(a, b, at: odds / (1 + odds), complement: 1 / (1 + odds))
            return TailSolver.Tail(probability: value.lower, slope: value.slope)
        }
    }
}
