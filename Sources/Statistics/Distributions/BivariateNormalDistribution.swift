import Glibc

/// Two standard normal numbers of one correlation, such as the assets of two obligors.
public struct BivariateNormalDistribution: Sendable, Hashable {
    /// ρ in [−1, 1].
    public let correlation: Double

    /// The distribution of a correlation.
    ///
    /// - Throws: ``DistributionError/notACorrelation(_:)``.
    public init(correlation: Double) throws(DistributionError) {
        guard correlation >= -1, correlation <= 1 else { throw .notACorrelation(correlation) }
        self.correlation = correlation
    }

    /// P(X ≤ h, Y ≤ k), with its digits kept in joint tails; about 1e-14 relative.
    ///
    /// The probability grows with ρ at the rate of the density (Plackett 1954), so it is an integral of something
    /// positive, added to the probability where that is known: Φ(h) Φ(k) at ρ = 0 for positive correlations, and
    /// max(0, Φ(h) − Φ(−k)) at ρ = −1 for negative ones. Nothing cancels. With ρ = cos φ,
    ///
    ///     dP = exp(−[(h − k)² + 4 h k sin²(φ ÷ 2)] ÷ (2 sin² φ)) ÷ 2π · dφ
    public func cdf(_ h: Double, _ k: Double) -> Double {
        if h.isNaN || k.isNaN { return .nan }
        let (first, second) = (NormalTail.lower(h), NormalTail.lower(k))
        if h == -.infinity || k == -.infinity { return 0 }
        if h == .infinity { return second }
        if k == .infinity { return first }
        if correlation == 0 { return first * second }
        if correlation == 1 { return min(first, second) }
        // P(X ≤ h, Y ≤ k) at −1 is that of h and −k between: Φ(h) − Φ(−k), from the side that has the digits.
        let opposed = max(0, h < 0 ? first - NormalTail.lower(-k) : second - NormalTail.lower(-h))
        if correlation == -1 { return opposed }
        if correlation > 0 {
            let angle = 2 * asin(((1 - correlation) / 2).squareRoot())
            return first * second + swept(h, k, from: angle, to: .pi / 2)
        }
        let angle = 2 * asin(((1 + correlation) / 2).squareRoot())
        return opposed + swept(h, -k, from: 0, to: angle)
    }

    /// ∫ of the density over the correlations cos φ of two angles.
    private func swept(_ h: Double, _ k: Double, from lower: Double, to upper: Double) -> Double {
        let square = (h - k) * (h - k)
        return Quadrature.integral(from: lower, to: upper) { angle in
            let half = sin(angle / 2)
            let sine = sin(angle)
            return exp(-(square + 4 * h * k * half * half) / (2 * sine * sine))
        } / (2 * .pi)
    }
}
