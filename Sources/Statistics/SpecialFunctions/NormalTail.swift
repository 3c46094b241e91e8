import Glibc

/// The standard normal density and tail, with every digit kept in the far tails.
enum NormalTail {
    /// φ(x) = e^(−x² ÷ 2) ÷ √(2π).
    ///
    /// The rounding of x² would be magnified by x² ÷ 2; it is recovered by a fused multiply-add.
    static func density(_ x: Double) -> Double {
        let square = x * x
        guard square.isFinite else { return x.isNaN ? .nan : 0 }
        let lost = (-square).addingProduct(x, x)
        let exponential = exp(-square / 2)
        return (exponential - exponential * (lost / 2)) * 0.398_942_280_401_432_7
    }

    /// Φ(x) = erfc(−x ÷ √2) ÷ 2.
    ///
    /// The rounding of x ÷ √2 would be magnified by x²; it comes back through the derivative.
    static func lower(_ x: Double) -> Double {
        guard x.isFinite else { return x.isNaN ? .nan : (x < 0 ? 0 : 1) }
        let argument = -x * rootHalf
        // −x/√2 − argument, with 1/√2 as the sum of two doubles.
        let lost = (-argument).addingProduct(-x, rootHalf) - x * rootHalfRest
        let tail = erfc(argument) / 2
        return tail - density(x) * lost * 2.0.squareRoot()
    }

    /// ln Φ(x), finite where Φ itself underflows.
    static func logLower(_ x: Double) -> Double {
        if x > 0 { return log1p(-lower(-x)) }
        if x > -37 { return log(lower(x)) }
        if x == -.infinity { return -.infinity }
        // Φ(−x) = φ(x) ÷ x · (1 − 1/x² + 3/x⁴ − 15/x⁶ + …); at 37 the next term is below 1e-14 of the sum's
        // logarithm times 1e-3.
        let inverse = 1 / (x * x)
        let series = inverse * (-1 + inverse * (3 + inverse * (-15 + inverse * (105 - 945 * inverse))))
        return -x * x / 2 - log(-x) - logRootTwoPi + log1p(series)
    }

    /// ln √(2π).
    static let logRootTwoPi = 0.918_938_533_204_672_8

    /// 1 ÷ √2, rounded, and what the rounding lost.
    private static let rootHalf = 0.707_106_781_186_547_6
    private static let rootHalfRest = -4.833_646_656_726_457e-17
}
