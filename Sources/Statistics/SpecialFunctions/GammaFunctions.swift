import Glibc

/// ln Γ(x) for x > 0; ∞ at 0 and NaN below.
public func logGamma(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? .infinity : .nan }
    return lgamma(x).0
}

/// ψ(x), the derivative of ln Γ, for x > 0; −∞ at 0 and NaN below.
///
/// Near its root, where it changes sign, ψ is a power series around the root, so that small values keep their
/// digits; elsewhere it is the asymptotic series, reached by ψ(x) = ψ(x + 1) − 1 ÷ x.
///
/// Source: Abramowitz & Stegun (1964), *Handbook of Mathematical Functions*, 6.3.5 and 6.3.18.
public func digamma(_ x: Double) -> Double {
    guard x > 0 else { return x == 0 ? -.infinity : .nan }
    // The root as the sum of two doubles.
    let fromRoot = (x - 1.461_632_144_968_362_2) - 9.549_995_429_965_697e-17
    if abs(fromRoot) < 0.25 { return digammaNearRoot(fromRoot) }
    var shift = 0.0
    var shifted = x
    while shifted < 10 {
        shift += 1 / shifted
        shifted += 1
    }
    let square = 1 / (shifted * shifted)
    // Bernoulli numbers B₂ₖ ÷ 2k; at 10 the first omitted term is below 1e-17.
    let series = Polynomial.value(
        [
            1 / 12.0, -1 / 120.0, 1 / 252.0, -1 / 240.0, 1 / 132.0, -691 / 32760.0, 1 / 12.0,
            -3617 / 8160.0,
        ] as InlineArray<8, Double>, at: square)
    return log(shifted) - 0.5 / shifted - square * series - shift
}

/// ψ at the root plus d: Σ ψ⁽ᵏ⁾(root) dᵏ ÷ k!, coefficients computed with 60 digits; 0.25 is 0.17 of the radius of
/// convergence.
private func digammaNearRoot(_ d: Double) -> Double {
    d
        * Polynomial.value(
            [
                0.9676722454476212, -0.4427631689835921, 0.258499760955651, -0.16394270544240652,
                0.10782405069126237, -0.07219956125645471, 0.04880428816414311, -0.03316112647484736,
                0.022597648232218104, -0.01542476590494896, 0.010538791616612175, -0.007204534386356869,
                0.004926781395729853, -0.003369801655439328, 0.002305126326734928, -0.0015769367714301972,
                0.0010788252019162967, -0.0007380709389960052, 0.000504953265834602, -0.0003454680251063077,
            ] as InlineArray<20, Double>, at: d)
}

/// ln Γ(1 + x) for x ≥ 0 with the digits of small x kept.
///
/// What 1 + x loses by rounding comes back through the derivative.
func logGammaOnePlus(_ x: Double) -> Double {
    let sum = 1 + x
    return logGamma(sum) + digamma(sum) * (x - (sum - 1))
}
