import Glibc

/// The regularised incomplete gamma functions of one shape at one point, both tails at once.
///
///     P(a, x) = ∫₀ˣ tᵃ⁻¹ e⁻ᵗ dt ÷ Γ(a),   Q = 1 − P,   slope = xᵃ e⁻ˣ ÷ Γ(a) = dP ÷ d ln x
///
/// Each tail is computed directly where it is small, so both keep their relative accuracy until they vanish:
/// P by its power series and Q by Legendre's continued fraction, split near x = a + 1; for shapes below ½ and
/// x < 1, Q by a series in which 1 − P has cancelled. About 1e-14 relative, 1e-13 for shapes in the thousands.
///
/// - Complexity: O(√a) near x = a, below 10⁷ terms for any shape; beyond a = 10¹² one term of Temme's expansion is
///   exact to double precision.
///
/// Sources: DiDonato & Morris (1986), "Computation of the incomplete gamma function ratios", *ACM TOMS* 12(4);
/// Temme (1979), *SIAM J. Math. Anal.* 10; prefactor after Loader (2000).
struct IncompleteGamma {
    let lower: Double
    let upper: Double
    let slope: Double

    /// Evaluates at x ≥ 0 for a shape a > 0.
    init(shape a: Double, at x: Double) {
        slope = Self.slope(shape: a, at: x)
        if x <= 0 {
            (lower, upper) = (0, 1)
        } else if x == .infinity {
            (lower, upper) = (1, 0)
        } else if a > 1e12 {
            (lower, upper) = Self.uniformTails(a, x)
        } else if a < 0.5 && x < 1 {
            (lower, upper) = Self.smallShapeTails(a, x)
        } else if a >= 0.5 && x < a + 1 {
            lower = slope * Self.series(a, x)
            upper = 1 - lower
        } else {
            upper = slope * Self.continuedFraction(a, x)
            lower = 1 - upper
        }
    }

    /// xᵃ e⁻ˣ ÷ Γ(a).
    static func slope(shape a: Double, at x: Double) -> Double {
        if x <= 0 || x == .infinity { return 0 }
        guard a <= 160 else { return exp(logSlope(shape: a, at: x)) }
        // 2000¹⁶⁰ e⁻²⁰⁰⁰ ÷ Γ(160) is below the smallest double, while xᵃ alone can overflow.
        if x > 2000 { return 0 }
        // The square of a half each, for the same reason.
        let half = pow(x, a / 2) * exp(-x / 2)
        return a < 1 ? half * (half * a / tgamma(a + 1)) : half * (half / tgamma(a))
    }

    /// ln(xᵃ e⁻ˣ ÷ Γ(a)), finite where the slope itself underflows.
    static func logSlope(shape a: Double, at x: Double) -> Double {
        if x <= 0 || x == .infinity { return -.infinity }
        guard a > 160 else { return a * log(x) - x - logGammaOnePlus(a) + log(a) }
        return 0.5 * log(a / (2 * .pi)) - Stirling.remainder(a) - Stirling.deviance(a, mean: x)
    }

    /// P ÷ slope = Σ xⁿ ÷ (a (a + 1) … (a + n)).
    private static func series(_ a: Double, _ x: Double) -> Double {
        var term = 1 / a
        var sum = term
        var n = 1.0
        while term > sum * 0x1p-54 {
            term *= x / (a + n)
            sum += term
            n += 1
        }
        return sum
    }

    /// Q ÷ slope by Legendre's fraction 1 ÷ (x + 1 − a − 1(1 − a) ÷ (x + 3 − a − …)), modified Lentz.
    private static func continuedFraction(_ a: Double, _ x: Double) -> Double {
        var b = x + 1 - a
        var c = 1e300
        var d = 1 / b
        var value = d
        var n = 1.0
        while true {
            let numerator = -n * (n - a)
            b += 2
            d = 1 / (numerator * d + b)
            c = b + numerator / c
            let factor = c * d
            value *= factor
            // Written so that a NaN ends the loop too.
            guard abs(factor - 1) >= 0x1p-52 else { return value }
            n += 1
        }
    }

    /// Both tails for a < ½ and x < 1, where P is near 1 for small a.
    ///
    /// P = t (1 + a s) with t = xᵃ ÷ Γ(1 + a) and s = Σ (−x)ⁿ ÷ (n! (a + n)), hence Q = (1 − t) − t a s, whose
    /// two parts are positive.
    private static func smallShapeTails(_ a: Double, _ x: Double) -> (Double, Double) {
        var power = -x
        var sum = power / (a + 1)
        var n = 2.0
        while abs(power) > abs(sum) * 0x1p-54 {
            power *= -x / n
            sum += power / (a + n)
            n += 1
        }
        let logFactor = a * log(x) - logGammaOnePlus(a)
        let factor = exp(logFactor)
        return (factor * (1 + a * sum), -expm1(logFactor) - factor * a * sum)
    }

    /// Both tails for a > 10¹²: the normal tail of the signed root of the deviance with Temme's first correction.
    private static func uniformTails(_ a: Double, _ x: Double) -> (Double, Double) {
        let deviance = Stirling.deviance(a, mean: x)
        if deviance > 800 { return x < a ? (0, 1) : (1, 0) }
        let root = (x < a ? -1 : 1) * (2 * deviance).squareRoot()
        // η = root ÷ √a is below 1e-4 wherever a tail has not vanished, so C₀(η) is its first terms.
        let correction = (-1 / 3.0 + root / a.squareRoot() / 12) * exp(-deviance) / (2 * .pi * a).squareRoot()
        return (
            NormalTail.lower(root) - correction, NormalTail.lower(-root) + correction
        )
    }
}
