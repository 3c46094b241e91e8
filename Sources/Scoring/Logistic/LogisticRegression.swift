import Glibc
public import LinearAlgebra
import Parallelism

/// Logistic regression of the default flag on numeric columns.
public struct LogisticRegression: Sendable {
    /// How it is fitted.
    public let options: LogisticOptions

    /// A regression with the given options.
    public init(_ options: LogisticOptions = LogisticOptions()) {
        self.options = options
    }

    /// Fits the model by Newton's method with Cholesky factors and step control.
    ///
    /// Minimises Σᵢ wᵢ [log(1 + e^ηᵢ) − yᵢ ηᵢ] + penalty with η = o + β₀ + Xβ; β₀ is not penalised by a ridge.
    /// Works on standardised columns inside, without a copy of X, so units do not matter.
    ///
    /// - Parameters:
    ///   - features: X, shape (n, p), one row per observation, no missing values.
    ///   - defaulted: y, length n; `true` if the obligor defaulted in the performance window.
    ///   - weights: w ≥ 0, length n; a weight of 2 counts the row twice. Absent: all 1.
    ///   - offset: o, length n, known log-odds added to every row's own. Absent: all 0.
    ///   - names: Names of the p columns for messages and tables. Absent: x1, x2 …
    /// - Returns: Coefficients in log-odds of default per unit of the column, with their covariance.
    /// - Throws: ``FitError`` if the data cannot determine the coefficients, naming the columns.
    /// - Complexity: O(n·p² + p³) per step; a few numbers per row of memory, no copy of X.
    ///
    /// Source: McCullagh & Nelder (1989), *Generalized Linear Models*, 2nd ed., §2.5.
    public func fit(
        _ features: Matrix, defaulted: [Bool], weights: [Double]? = nil, offset: [Double]? = nil,
        names: [String]? = nil
    ) throws(FitError) -> LogisticFit {
        let problem = try LogisticProblem(
            features, defaulted: defaulted, weights: weights, offset: offset, names: names,
            workers: options.workers, kernel: options.usesPortableKernel ? .portable : .fastest)
        return try fit(problem)
    }

    /// Fits the model to checked data.
    func fit(_ problem: LogisticProblem) throws(FitError) -> LogisticFit {
        try problem.checkOutcomes()
        try options.validate()
        let likelihood = problem.likelihood(options.penalty)
        if !likelihood.allowsDependentColumns { try problem.checkColumns() }
        let start = problem.sampledStart(for: likelihood, options) ?? problem.start
        var solver = NewtonSolver(likelihood, start: start, tolerance: options.effectiveTolerance)
        if !likelihood.allowsDependentColumns {
            let dependent = CollinearColumn.all(
                in: solver.point.information, of: problem.objective.scaling, names: problem.names)
            guard dependent.isEmpty else { throw .collinear(dependent) }
        }
        try options.minimise(&solver, problem)
        return solver.fit(of: problem)
    }
}

extension LogisticOptions {
    /// Refuses a penalty that is none.
    func validate() throws(FitError) {
        if case .ridge(let strength) = penalty, !(strength >= 0 && strength.isFinite) {
            throw .badPenalty(value: strength)
        }
    }

    /// Convergence with Firth's correction is linear, so the last step says less about what is left.
    var effectiveTolerance: Double { penalty == .firth ? 1e-3 * tolerance : tolerance }

    /// Iterates to the minimum, or says why there is none.
    func minimise(_ solver: inout NewtonSolver, _ problem: LogisticProblem) throws(FitError) {
        let outcome = solver.iterate(upTo: min(Self.unsuspiciousIterations, maximumIterations))
        if solver.likelihood.isUnpenalised,
            outcome != .converged || !solver.provesMaximum(for: problem.largestMagnitudes),
            let separation = SeparationSearch(problem).run()
        {
            throw .separated(separation)
        }
        try finish(&solver)
    }

    /// Iterates to the minimum; Firth's correction may take its slower steps more often.
    func finish(_ solver: inout NewtonSolver) throws(FitError) {
        let outcome = solver.iterate(upTo: penalty == .firth ? 10 * maximumIterations : maximumIterations)
        guard outcome == .converged else {
            throw .notConverged(iterations: solver.iterations, gradientNorm: solver.lastStep)
        }
    }

    /// Newton's method rarely needs more; on separated data it adds a constant per step and would go on to rounding.
    private static let unsuspiciousIterations = 12
}
