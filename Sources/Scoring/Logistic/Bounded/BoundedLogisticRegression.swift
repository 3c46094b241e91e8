public import LinearAlgebra

/// Logistic regression with bounds on the coefficients, such as the signs a risk desk expects.
public struct BoundedLogisticRegression: Sendable {
    /// The bounds and how the fit is done.
    public let options: BoundedLogisticOptions

    /// A regression with the given options.
    public init(_ options: BoundedLogisticOptions) {
        self.options = options
    }

    /// Fits the model by Newton's method, each step to the exact minimum of the quadratic model within the bounds.
    ///
    /// Minimises Σᵢ wᵢ [log(1 + e^ηᵢ) − yᵢ ηᵢ] + ½ λ Σⱼ βⱼ² subject to lowerⱼ ≤ βⱼ ≤ upperⱼ, with
    /// η = o + β₀ + Xβ; β₀ is neither bounded nor penalised.
    ///
    /// - Parameters:
    ///   - features: X, shape (n, p), one row per observation, no missing values.
    ///   - defaulted: y, length n; `true` if the obligor defaulted in the performance window.
    ///   - weights: w ≥ 0, length n; a weight of 2 counts the row twice. Absent: all 1.
    ///   - offset: o, length n, known log-odds added to every row's own. Absent: all 0.
    ///   - names: Names of the p columns, by which the bounds refer to them. Absent: x1, x2 …
    /// - Throws: ``BoundedLogisticError`` if the bounds are infeasible or the data cannot determine the coefficients.
    /// - Complexity: O(n·p² + p³) per step; no copy of X.
    public func fit(
        _ features: Matrix, defaulted: [Bool], weights: [Double]? = nil, offset: [Double]? = nil,
        names: [String]? = nil
    ) throws(BoundedLogisticError) -> BoundedLogisticFit {
        try options.validate()
        let problem = try Self.problem(
            features, defaulted: defaulted, weights: weights, offset: offset, names: names, options)
        let limits = try Self.limits(options.bounds, names: problem.names)
        let box = Box(limits, problem, ridge: options.ridge)
        var solver = ProximalNewton(
            problem.objective, weightSum: problem.weightSum, policy: .exact, from: box.start(problem.start))
        if options.ridge == 0 { try Self.refuseDependencies(solver, limits, problem) }
        let outcome = solver.minimise(
            box.penalty, tolerance: options.tolerance, maximumPasses: options.maximumIterations)
        guard outcome.converged else {
            throw .notConverged(iterations: solver.passes - 1, violation: outcome.violation)
        }
        let running = solver.runaways(box.penalty)
        guard running.isEmpty else { throw .separated(columns: running.map { problem.names[$0 - 1] }) }
        return box.fit(solver, outcome, problem)
    }

    private static func problem(
        _ features: Matrix, defaulted: [Bool], weights: [Double]?, offset: [Double]?, names: [String]?,
        _ options: BoundedLogisticOptions
    ) throws(BoundedLogisticError) -> LogisticProblem {
        do throws(FitError) {
            let problem = try LogisticProblem(
                features, defaulted: defaulted, weights: weights, offset: offset, names: names,
                workers: options.workers)
            try problem.checkOutcomes()
            return problem
        } catch {
            throw .data(error)
        }
    }

    private static func limits(
        _ bounds: CoefficientBounds, names: [String]
    ) throws(BoundedLogisticError) -> [CoefficientBounds.Limits] {
        do throws(CoefficientBoundsError) {
            return try bounds.limits(for: names)
        } catch {
            throw .bounds(error)
        }
    }

    /// Refuses columns that no likelihood can tell apart, those with a fixed coefficient left aside.
    private static func refuseDependencies(
        _ solver: ProximalNewton, _ limits: [CoefficientBounds.Limits], _ problem: LogisticProblem
    ) throws(BoundedLogisticError) {
        do throws(FitError) { try problem.checkColumns() } catch { throw .data(error) }
        let free = limits.indices.filter { limits[$0].lower < limits[$0].upper }
        let scaling = problem.objective.scaling
        let found = CollinearColumn.all(
            in: solver.hessian(over: [0] + free.map { $0 + 1 }),
            of: ColumnScaling(scale: free.map { scaling.scale[$0] }, shift: free.map { scaling.shift[$0] }),
            names: free.map { problem.names[$0] })
        guard found.isEmpty else { throw .data(.collinear(found)) }
    }
}

/// Bounds and ridge in the units of the scaled columns, β = scale · u, beside the mean loss.
private struct Box {
    let limits: [CoefficientBounds.Limits]
    let scaling: ColumnScaling
    let penalty: SeparablePenalty

    init(_ limits: [CoefficientBounds.Limits], _ problem: LogisticProblem, ridge: Double) {
        self.limits = limits
        let scaling = problem.objective.scaling
        self.scaling = scaling
        penalty = SeparablePenalty(
            absolute: Array(repeating: 0, count: limits.count + 1),
            square: [0] + scaling.scale.map { ridge * $0 * $0 / problem.weightSum },
            lower: [-.infinity] + limits.indices.map { limits[$0].lower / scaling.scale[$0] },
            upper: [.infinity] + limits.indices.map { limits[$0].upper / scaling.scale[$0] })
    }

    /// The point of the box closest to a start.
    func start(_ start: [Double]) -> [Double] {
        start.indices.map { min(max(start[$0], penalty.lower[$0]), penalty.upper[$0]) }
    }

    /// Where a coefficient ended.
    private func position(_ index: Int, _ u: [Double]) -> BoundedLogisticFit.Position {
        if penalty.lower[index] == penalty.upper[index] { return .fixed }
        if u[index] <= penalty.lower[index] { return .atLower }
        return u[index] >= penalty.upper[index] ? .atUpper : .free
    }

    /// The result in the units of the columns as they were given.
    func fit(
        _ solver: ProximalNewton, _ outcome: ProximalNewton.Outcome, _ problem: LogisticProblem
    ) -> BoundedLogisticFit {
        let u = solver.coefficients
        let weightSum = problem.weightSum
        let positions = u.indices.map { position($0, u) }
        let slopes = u.indices.map { -weightSum * (solver.gradient[$0] + penalty.square[$0] * u[$0]) }
        return BoundedLogisticFit(
            names: problem.names, coefficients: limits.unscaled(u, by: scaling), positions: positions,
            scores: scores(slopes), standardErrors: standardErrors(solver, positions, weightSum),
            logLikelihood: -weightSum * solver.loss, nullLogLikelihood: -problem.nullLoss,
            violation: outcome.violation, iterations: solver.passes - 1)
    }

    /// Slopes per unit of the given columns from those per unit of the scaled ones: ∂/∂β₀ = ∂/∂u₀ and, since
    /// u₀ = β₀ − Σ shiftⱼ βⱼ ÷ scaleⱼ and uⱼ = βⱼ ÷ scaleⱼ, ∂/∂βⱼ = (∂/∂uⱼ − shiftⱼ ∂/∂u₀) ÷ scaleⱼ.
    private func scores(_ slopes: [Double]) -> [Double] {
        [slopes[0]]
            + scaling.scale.indices.map {
                (slopes[$0 + 1] - scaling.shift[$0] * slopes[0]) / scaling.scale[$0]
            }
    }

    /// √diag of the inverse of the information about the free coefficients, 0 for those at bounds.
    private func standardErrors(
        _ solver: ProximalNewton, _ positions: [BoundedLogisticFit.Position], _ weightSum: Double
    ) -> [Double] {
        let free = positions.indices.filter { positions[$0] == .free }
        var information = solver.hessian(over: free)
        for (place, index) in free.enumerated() { information[place, place] += penalty.square[index] }
        let inverse = FixedOrderCholesky(positiveDefinite: information)?.inverse()
        var covariance = Matrix(rows: positions.count, columns: positions.count)
        for (column, index) in free.enumerated() {
            for (row, other) in free.enumerated() {
                covariance[other, index] = (inverse?[row, column] ?? .infinity) / weightSum
            }
        }
        let unscaled = scaling.unscaled(covariance: covariance)
        return positions.indices.map { unscaled[$0, $0].squareRoot() }
    }
}
