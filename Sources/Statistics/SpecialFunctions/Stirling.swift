import Glibc

/// The pieces from which probabilities of the gamma and beta families are put together without cancellation.
///
/// Source: Loader (2000), "Fast and accurate computation of binomial probabilities".
enum Stirling {
    /// ln Γ(x + 1) − ln(√(2πx) xˣ e⁻ˣ), what Stirling's formula leaves out, for x > 0.
    static func remainder(_ x: Double) -> Double {
        // Below 16 the two sides are small enough to divide.
        if x < 16 { return log(tgamma(x + 1) / ((2 * .pi * x).squareRoot() * pow(x, x) * exp(-x))) }
        // At 16 the first omitted term is below 1e-19.
        return Polynomial.value(
            [
                1 / 12.0, -1 / 360.0, 1 / 1260.0, -1 / 1680.0, 1 / 1188.0, -691 / 360360.0, 1 / 156.0,
            ] as InlineArray<7, Double>, at: 1 / (x * x)) / x
    }

    /// x ln(x ÷ mean) + mean − x ≥ 0, the deviance of a Poisson count; mean at x = 0.
    static func deviance(_ x: Double, mean: Double) -> Double {
        deviance(x, mean: mean, difference: x - mean)
    }

    /// The deviance where x − mean is known to more digits than its two terms say.
    static func deviance(_ x: Double, mean: Double, difference: Double) -> Double {
        if x == 0 { return mean }
        // Halves, because the sum of two huge numbers overflows.
        let v = difference / 2 / (x / 2 + mean / 2)
        if abs(v) < 0.5 {
            // ln(x ÷ mean) = 2 artanh(v): the leading terms cancel on paper instead of in doubles.
            let square = v * v
            var sum = difference * v
            var power = 2 * (x * v) * square
            var divisor = 3.0
            while abs(power) > abs(sum) * 0x1p-54 {
                sum += power / divisor
                power *= square
                divisor += 2
            }
            return sum
        }
        let quotient = x / mean
        // The quotient may overflow or vanish where the logarithms do not.
        let logarithm = quotient.isNormal ? log(quotient) : log(x) - log(mean)
        return x * logarithm - difference
    }
}
