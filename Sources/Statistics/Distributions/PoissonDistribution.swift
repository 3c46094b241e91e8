import Glibc

/// The Poisson distribution of a count.
public struct PoissonDistribution: DiscreteDistribution {
    /// λ > 0.
    public let mean: Double

    /// A Poisson distribution of a mean.
    ///
    /// - Throws: ``DistributionError/notPositive(parameter:value:)``.
    public init(mean: Double) throws(DistributionError) {
        self.mean = try mean.positive("mean")
    }

    /// P(X = k) = e^−λ λᵏ ÷ k!, by Loader's saddle-point form.
    public func probability(_ count: Int) -> Double { exp(logProbability(count)) }

    /// ln P(X = k); −∞ for negative counts.
    public func logProbability(_ count: Int) -> Double {
        guard count >= 0 else { return -.infinity }
        if count == 0 { return -mean }
        let k = Double(count)
        return -Stirling.remainder(k) - Stirling.deviance(k, mean: mean) - 0.5 * log(2 * .pi * k)
    }

    /// P(X ≤ k) = Q(k + 1, λ).
    public func cdf(_ count: Int) -> Double {
        count < 0 ? 0 : IncompleteGamma(shape: Double(count) + 1, at: mean).upper
    }

    /// P(X > k) = P(k + 1, λ).
    public func survival(_ count: Int) -> Double {
        count < 0 ? 1 : IncompleteGamma(shape: Double(count) + 1, at: mean).lower
    }

    /// The smallest k with P(X ≤ k) ≥ p; `Int.max` at p = 1.
    public func quantile(_ probability: Double) -> Int {
        requireProbability(probability)
        return probability == 1 ? .max : smallestCount { cdf($0) >= probability }
    }

    /// The smallest k with P(X > k) ≤ q; `Int.max` at q = 0.
    public func quantile(upperTail probability: Double) -> Int {
        requireProbability(probability)
        return probability == 0 ? .max : smallestCount { survival($0) <= probability }
    }

    /// Searches up to the first power of two times the mean where the condition holds.
    private func smallestCount(_ holds: (Int) -> Bool) -> Int {
        var bound = max(1, Int(min(mean, 1e18)))
        while bound < .max / 2 && !holds(bound) { bound *= 2 }
        return countSearch(in: 0...bound, holds)
    }
}
