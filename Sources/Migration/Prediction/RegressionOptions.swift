/// How a regression of the next grade is fitted.
public struct RegressionOptions: Sendable, Hashable {
    /// The strength λ ≥ 0 of the penalty ½ λ Σ (βⱼ sⱼ)², beside the *sum* of the rows' log-likelihoods.
    ///
    /// sⱼ is the standard deviation of column j, so that units do not matter. Thresholds and intercepts are not
    /// penalised.
    public var ridge = 0.0
    /// Newton steps allowed.
    public var maximumIterations = 100
    /// The fit ends when √(gᵀH⁻¹g), the gradient in standard errors, is at most this; the step is still taken.
    public var tolerance = 1e-8

    /// The defaults: maximum likelihood.
    public init(ridge: Double = 0) { self.ridge = ridge }

    func validated() throws(MigrationError) -> RegressionOptions {
        guard ridge >= 0, ridge.isFinite else {
            throw .badOption(name: "ridge", value: "\(ridge)", expected: "finite and at least 0")
        }
        guard maximumIterations >= 1 else {
            throw .badOption(name: "maximumIterations", value: "\(maximumIterations)", expected: "at least 1")
        }
        guard tolerance > 0 else {
            throw .badOption(name: "tolerance", value: "\(tolerance)", expected: "positive")
        }
        return self
    }
}
