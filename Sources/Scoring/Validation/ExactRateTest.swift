import Statistics

/// The exact two-sided test of a PD by a count of defaults: counts are ordered by Kupiec's likelihood ratio, and their
/// probability is that of the binomial law.
///
/// The χ² law rejects a true PD three times too often where two defaults are expected. The ratio falls with the count
/// up to the expected one and rises beyond it, so two searches find the counts of both tails.
struct ExactRateTest {
    let obligors: Int
    let pd: Double
    private let law: BinomialDistribution
    /// The largest count of the lower tail: at most the expected one.
    private let middle: Int

    /// `nil` for a PD of 0 or 1, or no obligors.
    init?(obligors: Int, pd: Double) {
        guard obligors > 0, pd > 0, pd < 1,
            let law = try? BinomialDistribution(trials: obligors, probability: pd)
        else { return nil }
        self.obligors = obligors
        self.pd = pd
        self.law = law
        middle = min(obligors, Int(Double(obligors) * pd))
    }

    /// Kupiec's −2 ln of the likelihood ratio.
    func ratio(_ defaults: Int) -> Double {
        (try? DefaultRate(defaults: defaults, of: obligors).kupiec(of: pd).statistic) ?? .infinity
    }

    /// P(ratio of a count ≥ that of the observed one) where the PD is true.
    func pValue(_ defaults: Int) -> Double {
        // The same ratio from another sum differs in its last bits.
        let seen = ratio(defaults) - 1e-9
        return probability(of: tails { ratio($0) >= seen }, law)
    }

    /// The probability of a count with a p-value below the significance if another PD is true.
    func power(if truth: Double, significance: Double) -> Double? {
        guard let other = try? BinomialDistribution(trials: obligors, probability: truth) else { return nil }
        return probability(of: tails { pValue($0) < significance }, other)
    }

    /// The largest count of the lower tail for which a condition holds, −1 for none, and the least of the upper one,
    /// n + 1 for none; a condition that holds for a count holds for those further out.
    private func tails(_ holds: (Int) -> Bool) -> (low: Int, high: Int) {
        var (low, inner) = (-1, middle + 1)
        while inner - low > 1 {
            let count = (low + inner) / 2
            if holds(count) { low = count } else { inner = count }
        }
        var (outer, high) = (middle, obligors + 1)
        while high - outer > 1 {
            let count = (outer + high) / 2
            if holds(count) { high = count } else { outer = count }
        }
        return (low, high)
    }

    private func probability(of tails: (low: Int, high: Int), _ law: BinomialDistribution) -> Double {
        // A count at its very expectation is in the lower tail, which then is all counts up to it.
        min(1, (tails.low < 0 ? 0 : law.cdf(tails.low)) + law.survival(tails.high - 1))
    }
}
