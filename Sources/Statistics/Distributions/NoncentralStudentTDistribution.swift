import Glibc

/// The noncentral t distribution: what Student's statistic follows when the mean is not the one it is held against, and
/// so its power.
///
/// It is that of (Z + δ) ÷ √(χ²₍ν₎ ÷ ν) with Z standard normal.
public struct NoncentralStudentTDistribution: Sendable, Hashable {
    /// ν > 0.
    public let degreesOfFreedom: Double
    /// δ.
    public let noncentrality: Double
    private let spread: GammaDistribution

    /// A distribution of degrees of freedom and a noncentrality.
    ///
    /// - Throws: ``DistributionError``.
    public init(degreesOfFreedom: Double, noncentrality: Double) throws(DistributionError) {
        self.degreesOfFreedom = try degreesOfFreedom.positive("degrees of freedom")
        guard noncentrality.isFinite else {
            throw .notFinite(parameter: "noncentrality", value: noncentrality)
        }
        self.noncentrality = noncentrality
        // χ² ÷ ν.
        spread = try GammaDistribution(shape: degreesOfFreedom / 2, scale: 2 / degreesOfFreedom)
    }

    /// P(T > t) = ∫ Φ(δ − t √v) f(v) dv with f the density of χ²₍ν₎ ÷ ν; about 1e-9 absolute for ν ≥ 1.
    public func survival(_ t: Double) -> Double {
        if t.isNaN { return .nan }
        let normal = NormalDistribution.standard
        // Over w = √v the density has no pole at 0. Half of the pieces on each side of the middle.
        let (least, largest) = (
            spread.quantile(1e-12).squareRoot(), spread.quantile(upperTail: 1e-12).squareRoot()
        )
        let middle = spread.quantile(0.5).squareRoot()
        return [(0, least), (least, middle), (middle, largest)].reduce(0) { sum, piece in
            sum
                + Quadrature.integral(from: piece.0, to: piece.1) { root in
                    root > 0
                        ? 2 * root * spread.density(root * root) * normal.cdf(noncentrality - t * root) : 0
                }
        }
    }
}
