/// The noncentral χ² distribution: what a χ² statistic follows when its hypothesis is false, and so its power.
///
/// It is that of the sum of the squares of ν independent normal numbers of variance 1 whose means have squares that sum
/// to λ.
///
/// P(X > x) = Σⱼ e^(−λ/2) (λ/2)ʲ ÷ j! · P(χ²₍ν₊₂ⱼ₎ > x).
public struct NoncentralChiSquaredDistribution: Sendable, Hashable {
    /// ν > 0.
    public let degreesOfFreedom: Double
    /// λ ≥ 0.
    public let noncentrality: Double

    /// A distribution of degrees of freedom and a noncentrality.
    ///
    /// - Throws: ``DistributionError``.
    public init(degreesOfFreedom: Double, noncentrality: Double) throws(DistributionError) {
        self.degreesOfFreedom = try degreesOfFreedom.positive("degrees of freedom")
        guard noncentrality >= 0, noncentrality.isFinite else {
            throw .notFinite(parameter: "noncentrality", value: noncentrality)
        }
        self.noncentrality = noncentrality
    }

    /// P(X > x); about 1e-12 absolute.
    public func survival(_ x: Double) -> Double {
        guard x > 0 else { return x.isNaN ? .nan : 1 }
        let mean = noncentrality / 2
        // So far out the answer is 0 or 1 unless x is as large.
        guard mean < 1e6, let poisson = try? PoissonDistribution(mean: max(mean, 1e-100)) else {
            return noncentrality > x ? 1 : 0
        }
        // Terms more than 12 Poisson standard deviations from the mean weigh less than 1e-16 together.
        let reach = 12 * (mean.squareRoot() + 1)
        let first = Int(max(0, mean - reach))
        return (first...Int(mean + reach)).reduce(0) { sum, term in
            let shape = degreesOfFreedom / 2 + Double(term)
            return sum + poisson.probability(term) * IncompleteGamma(shape: shape, at: x / 2).upper
        }
    }
}
