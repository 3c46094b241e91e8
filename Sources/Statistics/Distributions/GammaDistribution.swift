import Glibc

/// The gamma distribution, density x^(k − 1) e^(−x ÷ θ) ÷ (Γ(k) θᵏ) on x > 0.
public struct GammaDistribution: ContinuousDistribution {
    /// k > 0.
    public let shape: Double
    /// θ > 0; the mean is k θ.
    public let scale: Double

    /// A gamma distribution of a shape and a scale.
    ///
    /// - Throws: ``DistributionError/notPositive(parameter:value:)``.
    public init(shape: Double, scale: Double = 1) throws(DistributionError) {
        self.shape = try shape.positive("shape")
        self.scale = try scale.positive("scale")
    }

    /// The density; at 0 it is ∞ for k < 1, 1 ÷ θ for k = 1 and 0 above.
    public func density(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        guard x > 0 else { return x < 0 ? 0 : densityAtZero }
        return IncompleteGamma.slope(shape: shape, at: x / scale) / x
    }

    /// ln density.
    public func logDensity(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        guard x > 0 else { return log(x < 0 ? 0 : densityAtZero) }
        return IncompleteGamma.logSlope(shape: shape, at: x / scale) - log(x)
    }

    /// P(k, x ÷ θ), the regularised lower incomplete gamma function.
    public func cdf(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        return IncompleteGamma(shape: shape, at: x / scale).lower
    }

    /// Q(k, x ÷ θ), the regularised upper incomplete gamma function.
    public func survival(_ x: Double) -> Double {
        if x.isNaN { return .nan }
        return IncompleteGamma(shape: shape, at: x / scale).upper
    }

    /// The p-quantile, by Newton's method on ln P over ln x.
    public func quantile(_ probability: Double) -> Double {
        requireProbability(probability)
        if probability == 0 { return 0 }
        // 1 − p is exact for p ≥ ½.
        return probability <= 0.5 ? point(lowerTail: probability) : point(upperTail: 1 - probability)
    }

    /// The quantile of an upper tail, by Newton's method on ln Q over ln x.
    public func quantile(upperTail probability: Double) -> Double {
        requireProbability(probability)
        if probability == 1 { return 0 }
        return probability <= 0.5 ? point(upperTail: probability) : point(lowerTail: 1 - probability)
    }

    private var densityAtZero: Double { shape < 1 ? .infinity : (shape == 1 ? 1 / scale : 0) }

    private func point(lowerTail p: Double) -> Double {
        if p == 0 { return 0 }
        // Far below the mean only the first term of the series is left: P = xᵏ ÷ Γ(k + 1).
        let small = exp((log(p) + logGammaOnePlus(shape)) / shape)
        if small == 0 { return 0 }
        let start =
            small < 0.1 * (shape + 1) ? small : max(small, cubeRootNormal(NormalQuantile.value(lowerTail: p)))
        return scale
            * TailSolver.variable(where: p, isLower: true, start: start, anchor: shape) { x in
                let value = IncompleteGamma(shape: shape, at: x)
                return TailSolver.Tail(probability: value.lower, slope: value.slope)
            }
    }

    private func point(upperTail q: Double) -> Double {
        if q == 0 { return .infinity }
        let start = max(cubeRootNormal(-NormalQuantile.value(lowerTail: q)), shape / 2)
        return scale
            * TailSolver.variable(where: q, isLower: false, start: start, anchor: shape) { x in
                let value = IncompleteGamma(shape: shape, at: x)
                return TailSolver.Tail(probability: value.upper, slope: value.slope)
            }
    }

    /// The Wilson–Hilferty approximation: the cube root of a gamma number is nearly normal.
    private func cubeRootNormal(_ z: Double) -> Double {
        let root = 1 - 1 / (9 * shape) + z / (3 * shape.squareRoot())
        return root > 0 ? shape * root * root * root : 0
    }
}
