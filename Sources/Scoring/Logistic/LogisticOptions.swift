public import Parallelism

/// How a logistic regression is fitted.
public struct LogisticOptions: Sendable, Hashable {
    /// What is added to the negative log-likelihood; the intercept β₀ is never penalised by a ridge.
    public enum Penalty: Sendable, Hashable {
        /// Maximum likelihood.
        case none
        /// ½ λ Σⱼ βⱼ², on the columns as they are given, beside the *sum* of the rows' losses.
        case ridge(Double)
        /// −½ ln det(XᵀWX): Firth's correction of the bias, finite on separated data too.
        case firth
    }

    /// What is added to the negative log-likelihood.
    public var penalty: Penalty
    /// Newton steps allowed.
    public var maximumIterations: Int
    /// About the relative error that may be left in the standard errors; much less is left in the coefficients.
    ///
    /// The fit ends when a Newton step, in standard errors, times the root of the average leverage (p + 1) ÷ Σw is at
    /// most this; that step is still taken.
    public var tolerance: Double
    /// Threads to use; the result does not depend on them.
    public var workers: Workers
    /// Whether to pass over the rows through OpenBLAS even where the processor has a vector kernel.
    ///
    /// For benchmarks of what other processors can expect; results differ by rounding.
    package var usesPortableKernel = false

    /// Options with their defaults.
    public init(
        penalty: Penalty = .none, maximumIterations: Int = 100, tolerance: Double = 1e-9,
        workers: Workers = .allProcessors
    ) {
        self.penalty = penalty
        self.maximumIterations = maximumIterations
        self.tolerance = tolerance
        self.workers = workers
    }
}
