import Glibc

/// The chart that finds a Poisson process running slower than it should: a CUSUM of log-likelihood ratios.
///
/// With Λ the expected and N the observed count, the statistic is W ← max(0, W + (1 − ρ) dΛ − ln(1 ÷ ρ) dN), where ρ <
/// 1 is the ratio of intensities that the chart looks for. In control N is a Poisson process of rate one in Λ
/// (whatever the intensity, by the change of time), so W climbs without jumps and the mean of Λ until it reaches h
/// has a closed form.
///
/// Source: Biswas & Kalbfleisch (2008), "A risk-adjusted CUSUM in continuous time based on the Cox model",
/// *Statistics in Medicine* 27.
public struct SlowerCountChart: Sendable, Equatable {
    /// ρ, the ratio of intensities looked for, in (0, 1).
    public let ratio: Double

    /// A chart for a ratio of intensities in (0, 1).
    public init(ratio: Double) {
        precondition(ratio > 0 && ratio < 1, "a ratio of \(ratio)")
        self.ratio = ratio
    }

    /// What one unit of expected count adds.
    public var rise: Double { 1 - ratio }
    /// What one observed count takes off.
    public var drop: Double { -log(ratio) }

    /// The mean expected count until the statistic first reaches a height, from 0, in control.
    ///
    /// The integral from 0 to h of the scale function of the process c·Λ − a·N with c = 1 − ρ and a = ln(1 ÷ ρ):
    ///
    ///     Σₖ [e^zₖ Σ_{j ≤ k} (−zₖ)ʲ ÷ j! − 1],  zₖ = (h − k·a) ÷ c,  k = 0, 1 … ⌊h ÷ a⌋.
    ///
    /// Source: Kyprianou (2014), *Fluctuations of Lévy Processes*, §8.2 and §9.3 (reflection at the infimum).
    public func runLength(to height: Double) -> Double {
        guard height > 0 else { return 0 }
        var total = 0.0
        var step = 0
        while Double(step) * drop < height {
            let z = (height - Double(step) * drop) / rise
            var sum = 0.0
            var term = 1.0
            for order in 0...step {
                sum += term
                term *= -z / Double(order + 1)
            }
            total += exp(z) * sum - 1
            step += 1
        }
        return total
    }
}
