import Foundation

/// The z-test of two default rates being equal.
///
/// z = (p₂ − p₁) ÷ √(p̄ (1 − p̄)(1 ÷ n₁ + 1 ÷ n₂)) with p̄ the rate of both together; its square is the χ² of the
/// 2 × 2 table without continuity correction.
struct TwoProportionTest {
    /// The statistic; 0 if both rates are 0, both are 1, or a side is empty.
    let z: Double

    /// The test of two groups, given the defaults and the weights of each.
    init(defaults: (Double, Double), weights: (Double, Double)) {
        let rate = (defaults.0 + defaults.1) / (weights.0 + weights.1)
        let variance = rate * (1 - rate) * (1 / weights.0 + 1 / weights.1)
        let difference = defaults.1 / weights.1 - defaults.0 / weights.0
        z = variance > 0 && variance.isFinite ? difference / variance.squareRoot() : 0
    }

    /// P(|Z| ≥ |z|), accurate in the tail.
    var pValue: Double { erfc(abs(z) / 2.0.squareRoot()) }

    /// The least z ≥ 0 whose p-value is at most the given one, by bisection to the last bit.
    static func criticalZ(pValue: Double) -> Double {
        guard pValue < 1 else { return 0 }
        // The p-value of 40 is below the smallest double.
        var (low, high) = (0.0, 40.0)
        while true {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { return high }
            if erfc(middle / 2.0.squareRoot()) <= pValue { high = middle } else { low = middle }
        }
    }
}
