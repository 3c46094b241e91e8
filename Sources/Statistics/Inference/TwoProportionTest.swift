/// The z-test of two default rates being equal.
///
/// z = (p₂ − p₁) ÷ √(p̄ (1 − p̄)(1 ÷ n₁ + 1 ÷ n₂)) with p̄ the rate of both together; its square is the χ² of the
/// 2 × 2 table without continuity correction.
public struct TwoProportionTest: Sendable, Hashable {
    /// The statistic; 0 if both rates are 0, both are 1, or a side is empty.
    public let z: Double

    /// The test of two groups.
    ///
    /// - Parameters:
    ///   - defaults: Defaults of each group, or their weight.
    ///   - weights: Obligors of each group, or their weight, at least the defaults.
    public init(defaults: (Double, Double), weights: (Double, Double)) {
        let rate = (defaults.0 + defaults.1) / (weights.0 + weights.1)
        let variance = rate * (1 - rate) * (1 / weights.0 + 1 / weights.1)
        let difference = defaults.1 / weights.1 - defaults.0 / weights.0
        z = variance > 0 && variance.isFinite ? difference / variance.squareRoot() : 0
    }

    /// P(|Z| ≥ |z|), accurate in the tail.
    public var pValue: Double { 2 * NormalTail.lower(-abs(z)) }

    /// The probability of rejecting that two rates are equal if they are the given ones.
    ///
    /// - Parameters:
    ///   - rates: p₁ and p₂, in (0, 1).
    ///   - weights: Obligors of each group, > 0.
    ///   - significance: α.
    ///   - isTwoSided: Whether z below −z_α/2 rejects as well as z above z_α/2; else only z above z_α does.
    /// - Returns: `nil` where neither rate varies.
    public static func power(
        rates: (Double, Double), weights: (Double, Double), significance: Double, isTwoSided: Bool
    ) -> Double? {
        let pooled = (rates.0 * weights.0 + rates.1 * weights.1) / (weights.0 + weights.1)
        let underNull = (pooled * (1 - pooled) * (1 / weights.0 + 1 / weights.1)).squareRoot()
        let error = (rates.0 * (1 - rates.0) / weights.0 + rates.1 * (1 - rates.1) / weights.1).squareRoot()
        guard error > 0, significance > 0, significance < 1 else { return nil }
        let normal = NormalDistribution.standard
        let reach = normal.quantile(upperTail: isTwoSided ? significance / 2 : significance) * underNull
        let difference = rates.1 - rates.0
        let above = normal.survival((reach - difference) / error)
        return isTwoSided ? above + normal.cdf((-reach - difference) / error) : above
    }

    /// The z ≥ 0 from which on the p-value is at most the given one; 40, where every p-value is 0, for 0.
    public static func criticalZ(pValue: Double) -> Double {
        guard pValue < 1 else { return 0 }
        guard pValue > 0 else { return 40 }
        return min(40, NormalDistribution.standard.quantile(upperTail: pValue / 2))
    }
}
