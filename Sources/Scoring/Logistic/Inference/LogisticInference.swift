public import LinearAlgebra
import Parallelism

/// A fit together with its data, for what needs the rows: nested tests, profile-likelihood intervals, robust and
/// clustered covariances, and the influence of single observations.
///
/// Everything here belongs to the likelihood that was maximised. After a ridge the tests and intervals would lean
/// towards zero with the estimates, so those refuse one.
public struct LogisticInference: Sendable {
    /// The fit.
    public let fit: LogisticFit
    let problem: LogisticProblem
    let options: LogisticOptions

    /// Fits a regression and keeps its data.
    ///
    /// Arguments and errors are those of ``LogisticRegression/fit(_:defaulted:weights:offset:names:)``; the features
    /// are shared, not copied.
    public init(
        fitting features: Matrix, defaulted: [Bool], weights: [Double]? = nil, offset: [Double]? = nil,
        names: [String]? = nil, options: LogisticOptions = LogisticOptions()
    ) throws(FitError) {
        self.options = options
        problem = try LogisticProblem(
            features, defaulted: defaulted, weights: weights, offset: offset, names: names,
            workers: options.workers, kernel: options.usesPortableKernel ? .portable : .fastest)
        fit = try LogisticRegression(options).fit(problem)
    }

    /// The fit's coefficients on the scaled columns.
    var scaledCoefficients: [Double] { problem.objective.scaling.scaled(fit.coefficients) }

    /// What was maximised.
    var likelihood: PenalisedLikelihood { problem.likelihood(options.penalty) }

    /// Refuses a ridge.
    func requireLikelihood() throws(FitError) {
        if case .ridge(let strength) = options.penalty, strength != 0 { throw .needsUnpenalisedFit }
    }
}
