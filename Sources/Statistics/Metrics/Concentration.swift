import Glibc

/// How evenly a portfolio is spread over K grades, by numbers or by exposure.
///
///     HHI = Σ R²      CV = √(K Σ (R − 1/K)²)      HI = 1 + ln((CV² + 1) ÷ K) ÷ ln K
///
/// with R the shares. HHI runs from 1/K to 1; HI from 0 (even) to 1 (all in one grade).
///
/// Source: ECB (2019), *Instructions for reporting the validation results of internal models*, §2.5.5.3.
public struct Concentration: Sendable, Hashable {
    /// R, one per grade; they sum to 1.
    public let shares: [Double]

    /// The shares of some counts or exposures.
    ///
    /// - Throws: ``MetricError`` for fewer than two grades, counts that are negative or not finite, or all 0.
    public init(counts: [Double]) throws(MetricError) {
        guard counts.count >= 2 else {
            throw .tooFew(what: "grades", given: Double(counts.count), needed: 2)
        }
        if let grade = counts.firstIndex(where: { !isWeight($0) }) {
            throw .badValue(row: grade, what: "count", value: "\(counts[grade])", expected: weightRange)
        }
        let total = counts.reduce(0, +)
        guard total > 0 else { throw .empty }
        shares = counts.map { $0 / total }
    }

    private var grades: Double { Double(shares.count) }

    /// Σ R², the chance that two obligors drawn with replacement share a grade.
    public var herfindahl: Double { shares.reduce(0) { $0 + $1 * $1 } }

    /// CV, the coefficient of variation of the shares.
    public var coefficientOfVariation: Double {
        (grades * shares.reduce(0) { $0 + ($1 - 1 / grades) * ($1 - 1 / grades) }).squareRoot()
    }

    /// HI in [0, 1].
    public var index: Double {
        let variation = coefficientOfVariation
        return max(0, min(1, 1 + log((variation * variation + 1) / grades) / log(grades)))
    }

    /// Tests whether concentration has risen since an initial state of the same grades.
    ///
    /// z = √(K − 1) (CV − CV₀) ÷ √(CV² (½ + CV²)) is standard normal for large K where nothing changed.
    ///
    /// Source: Miller (1991), "Asymptotic test statistics for coefficients of variation", *Communications in
    /// Statistics* A20.
    ///
    /// - Returns: z and 1 − Φ(z); `nil` where the current shares are all equal, which has no standard error.
    public func rise(since initial: Concentration) -> (z: Double, pValue: Double)? {
        let current = coefficientOfVariation
        // Equal shares leave a variation of rounding errors.
        guard current > 1e-12 else { return nil }
        let error = (current * current * (0.5 + current * current)).squareRoot()
        let z = (grades - 1).squareRoot() * (current - initial.coefficientOfVariation) / error
        return (z, NormalTail.lower(-z))
    }

    /// The probability that ``rise(since:)`` finds, at a significance, a coefficient of variation that has grown from
    /// this state's to `factor` times it.
    ///
    /// 1 − Φ(z_α − √(K − 1) (CV₁ − CV) ÷ √(CV₁² (½ + CV₁²))) with CV₁ = factor · CV, at most √(K − 1), that of one
    /// grade.
    ///
    /// - Returns: `nil` for equal shares, of which nothing is a multiple.
    public func powerOfRise(by factor: Double, significance: Double) -> Double? {
        let initial = coefficientOfVariation
        guard initial > 1e-12, factor > 0, significance > 0, significance < 1 else { return nil }
        let risen = min(factor * initial, (grades - 1).squareRoot())
        let error = (risen * risen * (0.5 + risen * risen)).squareRoot()
        let reach = NormalDistribution.standard.quantile(upperTail: significance)
        return NormalTail.lower((grades - 1).squareRoot() * (risen - initial) / error - reach)
    }
}
