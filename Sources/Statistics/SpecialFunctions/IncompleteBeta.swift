import Glibc

/// The regularised incomplete beta functions of one pair of shapes at one point, both tails at once.
///
///     I = ∫₀ˣ tᵃ⁻¹ (1 − t)ᵇ⁻¹ dt ÷ B(a, b),   1 − I,   slope = xᵃ yᵇ ÷ B(a, b) = dI ÷ d ln(x ÷ y),   y = 1 − x
///
/// Each tail is computed directly on its own side of the mean by a continued fraction, or by the power series where
/// that is short, so both keep their relative accuracy until they vanish: about 1e-14 for shapes up to 10¹², some
/// 1e-13 in tails below 1e-200. The one tail that is taken as a difference, opposite to a shape below 1e-3, loses as
/// many digits as it is smaller than 1.
///
/// - Complexity: O(√min(a, b)) near the mean; beyond 10¹² one term of Temme's expansion is exact to double precision.
///
/// Sources: DiDonato & Morris (1992), "Algorithm 708", *ACM TOMS* 18(3); Temme (1996), *Special Functions*,
/// §11.3.3; prefactor after Loader (2000).
struct IncompleteBeta {
    let lower: Double
    let upper: Double
    let slope: Double

    /// Evaluates at x in [0, 1] for shapes a, b > 0.
    ///
    /// - Parameter y: 1 − x, given beside x because near x = 1 it has digits that x has lost.
    init(_ a: Double, _ b: Double, at x: Double, complement y: Double) {
        slope = Self.slope(a, b, at: x, complement: y)
        if x <= 0 {
            (lower, upper) = (0, 1)
        } else if y <= 0 {
            (lower, upper) = (1, 0)
        } else if min(a, b) > 1e12 {
            (lower, upper) = Self.uniformTails(a, b, x, y)
        } else if x * (a + b + 2) <= a + 1 {
            let tail = Self.tail(a, b, x, y, slope)
            lower = tail
            // For a small shape a the mass lies far below the mean, and the upper tail can be small here.
            upper = tail > 0.9 && Self.isQuick(b, a, y) ? Self.tail(b, a, y, x, slope) : 1 - tail
        } else {
            let tail = Self.tail(b, a, y, x, slope)
            upper = tail
            lower = tail > 0.9 && Self.isQuick(a, b, x) ? Self.tail(a, b, x, y, slope) : 1 - tail
        }
    }

    /// xᵃ yᵇ ÷ B(a, b).
    static func slope(_ a: Double, _ b: Double, at x: Double, complement y: Double) -> Double {
        if x <= 0 || y <= 0 { return 0 }
        guard a + b <= 160 else { return exp(logSlope(a, b, at: x, complement: y)) }
        // The square of a half each, because xᵃ yᵇ alone can underflow.
        let half = pow(x, a / 2) * pow(y, b / 2)
        return half * (half * inverseBeta(a, b))
    }

    /// 1 ÷ B(a, b) = Γ(a + b) ÷ (Γ(a) Γ(b)) for a + b ≤ 160.
    static func inverseBeta(_ a: Double, _ b: Double) -> Double {
        let total = a + b
        // Γ magnifies the rounding of a + b; its derivative gives that back.
        let (larger, smaller) = a > b ? (a, b) : (b, a)
        let lost = smaller - (total - larger)
        // Γ(a) = Γ(1 + a) ÷ a, where it would overflow.
        let first = a < 1 ? a / tgamma(1 + a) : 1 / tgamma(a)
        let second = b < 1 ? b / tgamma(1 + b) : 1 / tgamma(b)
        let joint = total < 1 ? tgamma(1 + total) / total : tgamma(total)
        return joint * (1 + digamma(total) * lost) * first * second
    }

    /// ln(xᵃ yᵇ ÷ B(a, b)), finite where the slope itself underflows.
    static func logSlope(_ a: Double, _ b: Double, at x: Double, complement y: Double) -> Double {
        if x <= 0 || y <= 0 { return -.infinity }
        let total = a + b
        return 0.5 * log(a / (2 * .pi) * (b / total)) + Stirling.remainder(total) - Stirling.remainder(a)
            - Stirling.remainder(b) - deviance(a, b, x, y)
    }

    /// a ln(a ÷ (a + b) x) + b ln(b ÷ (a + b) y).
    private static func deviance(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
        // The differences from both means are the same but for the sign.
        let excess = x <= y ? excess(a, b, x) : -excess(b, a, y)
        return Stirling.deviance(a, mean: (a + b) * x, difference: -excess)
            + Stirling.deviance(b, mean: (a + b) * y, difference: excess)
    }

    /// (a + b) x − a with the digits of the products that rounding drops, for x ≤ ½.
    private static func excess(_ a: Double, _ b: Double, _ x: Double) -> Double {
        let first = a * x
        let second = b * x
        let lost = (-first).addingProduct(a, x) + (-second).addingProduct(b, x)
        return (second - a) + first + lost
    }

    private static func tail(_ a: Double, _ b: Double, _ x: Double, _ y: Double, _ slope: Double) -> Double {
        isQuick(a, b, x) || b * x <= 1 && x <= 0.7
            ? slope * exp(-b * (x < 0.5 ? log1p(-x) : log(y))) * powerSeries(a, b, x)
            : slope * continuedFraction(a, b, x, y)
    }

    /// Whether the power series has positive terms and few of them.
    private static func isQuick(_ a: Double, _ b: Double, _ x: Double) -> Bool { b <= 1 && x <= 0.95 }

    /// I ÷ (xᵃ ÷ B) = 1 ÷ a + Σ (1 − b)(2 − b) … (n − b) xⁿ ÷ (n! (a + n)); all terms are positive for b ≤ 1.
    private static func powerSeries(_ a: Double, _ b: Double, _ x: Double) -> Double {
        var sum = 1 / a
        var product = 1.0
        var n = 1.0
        var term = product
        while abs(term) > abs(sum) * 0x1p-54 {
            product *= (n - b) / n * x
            term = product / (a + n)
            sum += term
            n += 1
        }
        return sum
    }

    /// I ÷ slope by the even part of the continued fraction, modified Lentz.
    ///
    /// Formulated in λ = a − (a + b) x, the distance from the mean, whose digits would cancel in the plain fraction
    /// for large shapes.
    private static func continuedFraction(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> Double {
        let distance = x <= y ? -excess(a, b, x) : excess(b, a, y)
        let first = 1 + 1 / a
        var numeratorShape = 1.0
        var value = first / (1 + distance)
        // The fraction starts with numerator 1 over nothing.
        var c = Double.infinity
        var d = value
        var n = 1.0
        while true {
            let width = a + 2 * n - 1
            let product = n * (b - n) * x
            let scale = a / width
            let numerator = numeratorShape * (numeratorShape + b / a) * scale * scale * (product * x)
            numeratorShape = 1 + n / a
            let denominator =
                n + product / width + numeratorShape / (first + 2 * n / a) * (1 + distance + n * (1 + y))
            d = 1 / (denominator + numerator * d)
            c = denominator + numerator / c
            let factor = c * d
            value *= factor
            // Written so that a NaN ends the loop too.
            guard abs(factor - 1) >= 0x1p-52 else { return value }
            n += 1
        }
    }

    /// Both tails for a, b > 10¹²: the normal tail of the signed root of the deviance with the first correction.
    private static func uniformTails(_ a: Double, _ b: Double, _ x: Double, _ y: Double) -> (Double, Double) {
        let deviance = deviance(a, b, x, y)
        if deviance > 800 { return a * y > b * x ? (0, 1) : (1, 0) }
        let root = (a * y > b * x ? -1 : 1) * (2 * deviance).squareRoot()
        let skewness = (b / (a + b) - a / (a + b)) / 3
        let correction = skewness / (a * (b / (a + b))).squareRoot() * exp(-deviance) / (2 * .pi).squareRoot()
        return (NormalTail.lower(root) + correction, NormalTail.lower(-root) - correction)
    }
}
