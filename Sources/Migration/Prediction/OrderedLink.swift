import Glibc
import Statistics

/// The distribution F of a cumulative-link model, P(y ≤ k) = F(τₖ − η).
public enum OrderedLink: String, Sendable, Hashable, CaseIterable {
    /// F(x) = 1 ÷ (1 + e⁻ˣ).
    case logit
    /// F = Φ.
    case probit

    /// F(x); ±∞ give 1 and 0.
    func cumulative(_ x: Double) -> Double {
        switch self {
        case .logit: x > 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x))
        case .probit: NormalDistribution.standard.cdf(x)
        }
    }

    /// F⁻¹(p) for p in (0, 1).
    func quantile(_ probability: Double) -> Double {
        switch self {
        case .logit: log(probability / (1 - probability))
        case .probit: NormalDistribution.standard.quantile(probability)
        }
    }

    /// The logarithm of P = F(u) − F(l) and what its derivatives are made of.
    struct Slopes {
        /// ln P.
        var logProbability: Double
        /// f(u) ÷ P and f(l) ÷ P.
        var upper: Double
        var lower: Double
        /// f′(u) ÷ P and f′(l) ÷ P.
        var upperCurve: Double
        var lowerCurve: Double
    }

    /// The slopes at u > l, either of which may be infinite.
    ///
    /// Nothing cancels far in a tail: with a = F(u) and b = F(l) the logit has a − b = a (1 − b)(1 − e^(l − u)); for
    /// the probit the difference is taken from the nearer tail on the scale of logarithms.
    func slopes(upper u: Double, lower l: Double) -> Slopes {
        switch self {
        case .logit:
            let (a, b) = (cumulative(u), cumulative(l))
            let (restA, restB) = (cumulative(-u), cumulative(-l))
            let gap = u.isInfinite || l.isInfinite ? 1 : -expm1(l - u)
            let upper = u.isInfinite ? 0 : restA / (restB * gap)
            let lower = l.isInfinite ? 0 : b / (a * gap)
            return Slopes(
                logProbability: -Self.log1pExp(-u) - Self.log1pExp(l) + log(gap), upper: upper, lower: lower,
                upperCurve: upper * (restA - a), lowerCurve: lower * (restB - b))
        case .probit:
            let normal = NormalDistribution.standard
            // Both in the upper tail: mirror, so that logarithms of small tails are subtracted.
            let (larger, smaller) =
                l > 0 ? (normal.logCDF(-l), normal.logCDF(-u)) : (normal.logCDF(u), normal.logCDF(l))
            let logProbability = larger + log1p(-exp(smaller - larger))
            let upper = u.isInfinite ? 0 : exp(normal.logDensity(u) - logProbability)
            let lower = l.isInfinite ? 0 : exp(normal.logDensity(l) - logProbability)
            return Slopes(
                logProbability: logProbability, upper: upper, lower: lower,
                upperCurve: u.isInfinite ? 0 : -u * upper, lowerCurve: l.isInfinite ? 0 : -l * lower)
        }
    }

    private static func log1pExp(_ x: Double) -> Double {
        if x == .infinity { return .infinity }
        return x == -.infinity ? 0 : max(x, 0) + log1p(exp(-abs(x)))
    }
}
