public import Parallelism

/// How a logistic regression under bounds is fitted.
public struct BoundedLogisticOptions: Sendable, Hashable {
    /// Limits of the coefficients.
    public var bounds: CoefficientBounds
    /// λ of a penalty ½ λ Σⱼ βⱼ² beside the sum of the rows' losses, on the columns as they are given; 0 for none.
    public var ridge: Double
    /// The largest violation of a coefficient's optimality condition in an accepted solution, from 1e-12 to 1e-2.
    ///
    /// It is a slope of the mean loss per standard deviation of the column, which lies between −1 and 1.
    public var tolerance: Double
    /// Newton steps allowed.
    public var maximumIterations: Int
    /// Threads to use; the result does not depend on them.
    public var workers: Workers

    /// Options with their defaults.
    public init(
        bounds: CoefficientBounds, ridge: Double = 0, tolerance: Double = 1e-10, maximumIterations: Int = 100,
        workers: Workers = .allProcessors
    ) {
        self.bounds = bounds
        self.ridge = ridge
        self.tolerance = tolerance
        self.maximumIterations = maximumIterations
        self.workers = workers
    }
}

/// Why a logistic regression under bounds could not be fitted.
public enum BoundedLogisticError: Error, Equatable, Sendable {
    /// The data, or the ridge, cannot be used by any logistic regression.
    case data(FitError)
    /// The bounds cannot be used.
    case bounds(CoefficientBoundsError)
    /// The tolerance is not between 1e-12 and 1e-2.
    case badTolerance(Double)
    /// No step is allowed.
    case badMaximumIterations(Int)
    /// The coefficients of these columns grow without limit: within the bounds, the columns separate the classes.
    case separated(columns: [String])
    /// The steps ran out before the optimality conditions held.
    case notConverged(iterations: Int, violation: Double)
}

extension BoundedLogisticError: CustomStringConvertible {
    /// The fact, the value and the remedy.
    public var description: String {
        switch self {
        case .data(let error): error.description
        case .bounds(let error): error.description
        case .badTolerance(let value):
            "The tolerance is \(value): choose one between 1e-12 and 0.01."
        case .badMaximumIterations(let count):
            "At most \(count) Newton steps: allow at least one."
        case .separated(let columns):
            "The coefficients of \(columns.joined(separator: ", ")) grow without limit, because these columns "
                + "separate defaults from non-defaults: bound them, add a ridge penalty or leave them out."
        case .notConverged(let iterations, let violation):
            "No convergence after \(iterations) iterations (violation \(violation)): allow more iterations, trim "
                + "extreme values or add a ridge penalty."
        }
    }
}

extension BoundedLogisticOptions {
    /// Refuses options that no data could satisfy.
    func validate() throws(BoundedLogisticError) {
        guard ridge >= 0, ridge.isFinite else { throw .data(.badPenalty(value: ridge)) }
        guard tolerance >= 1e-12, tolerance <= 1e-2 else { throw .badTolerance(tolerance) }
        guard maximumIterations > 0 else { throw .badMaximumIterations(maximumIterations) }
    }
}
