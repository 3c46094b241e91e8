import Glibc

/// The binomial distribution: the number of defaults among n independent obligors of one probability of default.
public struct BinomialDistribution: DiscreteDistribution {
    /// n ≥ 0.
    public let trials: Int
    /// p in [0, 1].
    public let probabilityOfSuccess: Double

    /// A binomial distribution of a number of trials and a probability.
    ///
    /// - Throws: ``DistributionError/negativeTrials(_:)``, ``DistributionError/notAProbability(_:)``.
    public init(trials: Int, probability: Double) throws(DistributionError) {
        guard trials >= 0 else { throw .negativeTrials(trials) }
        self.trials = trials
        probabilityOfSuccess = try probability.probability()
    }

    /// P(X = k) = n! ÷ (k! (n − k)!) pᵏ (1 − p)ⁿ⁻ᵏ, by Loader's saddle-point form.
    public func probability(_ count: Int) -> Double { exp(logProbability(count)) }

    /// ln P(X = k); −∞ for counts that cannot occur.
    public func logProbability(_ count: Int) -> Double {
        Self.logProbability(count, of: trials, probabilityOfSuccess)
    }

    /// ln P(X = k) of n trials with a probability p in [0, 1].
    static func logProbability(_ count: Int, of trials: Int, _ p: Double) -> Double {
        guard count >= 0, count <= trials else { return -.infinity }
        let (n, k, rest) = (Double(trials), Double(count), Double(trials - count))
        // 0 · ln 0 is 0 here.
        if count == 0 { return trials == 0 ? 0 : n * log1p(-p) }
        if count == trials { return n * log(p) }
        if p == 0 || p == 1 { return -.infinity }
        return Stirling.remainder(n) - Stirling.remainder(k) - Stirling.remainder(rest)
            - Stirling.deviance(k, mean: n * p) - Stirling.deviance(rest, mean: n * (1 - p))
            - 0.5 * log(2 * .pi * k * (rest / n))
    }

    /// P(X ≤ k) = 1 − Iₚ(k + 1, n − k).
    public func cdf(_ count: Int) -> Double {
        guard count >= 0 else { return 0 }
        return count >= trials ? 1 : incomplete(count).upper
    }

    /// P(X > k) = Iₚ(k + 1, n − k).
    public func survival(_ count: Int) -> Double {
        guard count >= 0 else { return 1 }
        return count >= trials ? 0 : incomplete(count).lower
    }

    /// The smallest k with P(X ≤ k) ≥ p.
    public func quantile(_ probability: Double) -> Int {
        requireProbability(probability)
        return countSearch(in: 0...trials) { cdf($0) >= probability }
    }

    /// The smallest k with P(X > k) ≤ q.
    public func quantile(upperTail probability: Double) -> Int {
        requireProbability(probability)
        return countSearch(in: 0...trials) { survival($0) <= probability }
    }

    private func incomplete(_ count: Int) -> IncompleteBeta {
        IncompleteBeta(
            Double(count) + 1, Double(trials - count), at: probabilityOfSuccess,
            complement: 1 - probabilityOfSuccess)
    }
}

/// The smallest count of a range for which a condition holds that, once true, stays true; the upper end if none.
///
/// - Complexity: one evaluation per halving of the range.
func countSearch(in range: ClosedRange<Int>, _ holds: (Int) -> Bool) -> Int {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high {
        let middle = low + (high - low) / 2
        if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
}
