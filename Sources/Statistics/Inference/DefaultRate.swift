/// Defaults counted among obligors: the rate with its intervals and its tests against a PD.
public struct DefaultRate: Sendable, Hashable {
    /// d, from 0 to n.
    public let defaults: Int
    /// n ≥ 1.
    public let obligors: Int

    /// A count.
    ///
    /// - Throws: ``InferenceError/badCount(what:value:expected:)``.
    public init(defaults: Int, of obligors: Int) throws(InferenceError) {
        guard obligors >= 1 else {
            throw .badCount(what: "number of obligors", value: Double(obligors), expected: "1 or more")
        }
        guard defaults >= 0, defaults <= obligors else {
            throw .badCount(
                what: "number of defaults", value: Double(defaults), expected: "from 0 to \(obligors)")
        }
        self.defaults = defaults
        self.obligors = obligors
    }

    /// d ÷ n.
    public var rate: Double { d / n }

    private var d: Double { Double(defaults) }
    private var n: Double { Double(obligors) }
}

/// Confidence intervals of the rate, within [0, 1].
extension DefaultRate {
    /// How an interval is made.
    public enum IntervalMethod: Sendable, Hashable, CaseIterable {
        /// p ± z √(p (1 − p) ÷ n); far too narrow for few defaults, here for comparison.
        case wald
        /// All p₀ that the normal test with its own variance does not reject (Wilson 1927).
        case wilson
        /// Wald's around Wilson's centre (Agresti & Coull 1998).
        case agrestiCoull
        /// Equal tails of Beta(d + ½, n − d + ½); 0 at no default and 1 at all.
        case jeffreys
        /// All p₀ that the exact binomial test does not reject (Clopper & Pearson 1934); never too narrow.
        case clopperPearson
    }

    /// The interval that covers the true rate with a probability of about `level`.
    ///
    /// Source: Brown, Cai & DasGupta (2001), "Interval estimation for a binomial proportion", *Statistical Science* 16.
    ///
    /// - Throws: ``InferenceError/outOfRange(what:value:expected:)`` for a level outside (0, 1).
    public func interval(
        _ method: IntervalMethod = .jeffreys, level: Double = 0.95
    ) throws(InferenceError) -> ClosedRange<Double> {
        guard level > 0, level < 1 else {
            throw .outOfRange(what: "level", value: level, expected: "between 0 and 1, such as 0.95")
        }
        let tail = (1 - level) / 2
        let z = NormalDistribution.standard.quantile(upperTail: tail)
        switch method {
        case .wald:
            return within(rate, z * (rate * (1 - rate) / n).squareRoot())
        case .wilson:
            return wilson(z)
        case .agrestiCoull:
            let centre = (d + z * z / 2) / (n + z * z)
            return within(centre, z * (centre * (1 - centre) / (n + z * z)).squareRoot())
        case .jeffreys:
            return betaInterval(tail, lower: (d + 0.5, n - d + 0.5), upper: (d + 0.5, n - d + 0.5))
        case .clopperPearson:
            return betaInterval(tail, lower: (d, n - d + 1), upper: (d + 1, n - d))
        }
    }

    private func within(_ centre: Double, _ margin: Double) -> ClosedRange<Double> {
        max(0, centre - margin)...min(1, centre + margin)
    }

    /// Roots of (p̂ − p)² = z² p (1 − p) ÷ n; the smaller by Vieta, which does not cancel.
    private func wilson(_ z: Double) -> ClosedRange<Double> {
        let square = z * z
        func lowerRoot(_ count: Double) -> Double {
            let sum = 2 * count + square + z * (square + 4 * count * (n - count) / n).squareRoot()
            return 2 * count * count / n / sum
        }
        return lowerRoot(d)...(1 - lowerRoot(n - d))
    }

    private func betaInterval(
        _ tail: Double, lower: (Double, Double), upper: (Double, Double)
    ) -> ClosedRange<Double> {
        let low =
            defaults == 0 ? 0 : BetaDistribution(checked: lower.0, lower.1).quantile(tail)
        let high =
            defaults == obligors ? 1 : BetaDistribution(checked: upper.0, upper.1).quantile(upperTail: tail)
        return low...max(low, high)
    }
}

/// Tests of a PD, with p-values that are small where the PD is too low.
extension DefaultRate {
    /// P(X ≥ d) for a binomial count X of the PD, the exact one-sided test.
    public func binomialPValue(of pd: Double) throws(InferenceError) -> Double {
        let pd = try Self.checked(pd)
        return defaults == 0 ? 1 : IncompleteBeta(d, n - d + 1, at: pd, complement: 1 - pd).lower
    }

    /// F(PD) of Beta(d + ½, n − d + ½), the probability that the true rate is below the PD.
    ///
    /// Source: ECB (2019), *Instructions for reporting the validation results of internal models*, §2.5.3.
    public func jeffreysPValue(of pd: Double) throws(InferenceError) -> Double {
        let pd = try Self.checked(pd)
        return IncompleteBeta(d + 0.5, n - d + 0.5, at: pd, complement: 1 - pd).lower
    }

    /// 1 − Φ(z) with z = (d ÷ n − PD) ÷ √(PD (1 − PD) ÷ n).
    public func normalPValue(of pd: Double) throws(InferenceError) -> Double {
        let pd = try Self.checkedInside(pd)
        return NormalTail.lower(-(rate - pd) / (pd * (1 - pd) / n).squareRoot())
    }

    /// Kupiec's proportion-of-failures test, two-sided.
    ///
    /// LR = −2 ln [(1 − p)ⁿ⁻ᵈ pᵈ ÷ ((1 − d/n)ⁿ⁻ᵈ (d/n)ᵈ)] is χ² with one degree of freedom.
    ///
    /// Source: Kupiec (1995), *Journal of Derivatives* 3.
    public func kupiec(of pd: Double) throws(InferenceError) -> LikelihoodRatio {
        let pd = try Self.checkedInside(pd)
        // The deviances of both counts: cancellation-free, and 0 · ln 0 is 0 in them.
        let ratio =
            2 * (Stirling.deviance(d, mean: n * pd) + Stirling.deviance(n - d, mean: n * (1 - pd)))
        return LikelihoodRatio(statistic: ratio)
    }

    private static func checked(_ pd: Double) throws(InferenceError) -> Double {
        guard pd >= 0, pd <= 1 else { throw .outOfRange(what: "PD", value: pd, expected: "from 0 to 1") }
        return pd
    }

    private static func checkedInside(_ pd: Double) throws(InferenceError) -> Double {
        guard pd > 0, pd < 1 else { throw .outOfRange(what: "PD", value: pd, expected: "between 0 and 1") }
        return pd
    }
}

/// A likelihood-ratio statistic of one degree of freedom.
public struct LikelihoodRatio: Sendable, Hashable {
    /// −2 ln of the ratio.
    public let statistic: Double

    /// P(χ²₁ ≥ statistic) = 2 (1 − Φ(√statistic)).
    public var pValue: Double { 2 * NormalTail.lower(-statistic.squareRoot()) }
}

/// Comparisons with another rate, and with correlated obligors.
extension DefaultRate {
    /// Whether two rates differ: z = (p₁ − p₂) ÷ √(p̄ (1 − p̄)(1/n₁ + 1/n₂)) with the pooled rate p̄.
    ///
    /// 0 where both rates are 0 or both are 1.
    public func z(against other: DefaultRate) -> Double { -test(against: other).z }

    /// P(|Z| ≥ |z|) for the difference of two rates.
    public func pValue(against other: DefaultRate) -> Double { test(against: other).pValue }

    private func test(against other: DefaultRate) -> TwoProportionTest {
        TwoProportionTest(defaults: (d, other.d), weights: (n, other.n))
    }

    /// How many independent obligors say as much about a rate as n that are correlated: n ÷ (1 + (n − 1) ρ).
    ///
    /// - Parameter correlation: ρ of two defaults, from 0 to 1.
    public func effectiveObligors(correlation: Double) throws(InferenceError) -> Double {
        guard correlation >= 0, correlation <= 1 else {
            throw .outOfRange(what: "correlation", value: correlation, expected: "from 0 to 1")
        }
        return n / (1 + (n - 1) * correlation)
    }
}
