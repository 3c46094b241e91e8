import Glibc
import LinearAlgebra
import Parallelism

/// Checked data of a logistic regression.
struct LogisticProblem: Sendable {
    /// The likelihood, on standardised columns.
    let objective: LogisticObjective
    /// Names of the p columns.
    let names: [String]
    /// What a scan of the columns found.
    let summary: ColumnSummary
    /// Rows with a positive weight.
    let observations: Int
    /// Σ w.
    let weightSum: Double
    /// Σ w over the defaults.
    let defaultWeight: Double

    /// Checks the data and scans the columns.
    init(
        _ features: Matrix, defaulted: [Bool], weights: [Double]?, offset: [Double]?, names: [String]?,
        workers: Workers
    ) throws(FitError) {
        let rows = features.rows
        precondition(defaulted.count == rows, "\(defaulted.count) outcomes for \(rows) rows")
        precondition(weights == nil || weights?.count == rows, "weights and rows differ in number")
        precondition(offset == nil || offset?.count == rows, "offsets and rows differ in number")
        precondition(names == nil || names?.count == features.columns, "names and columns differ in number")
        let names = names ?? (0..<features.columns).map { "x\($0 + 1)" }
        let weights = weights ?? [Double](repeating: 1, count: rows)
        if let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
            throw .badWeight(row: row, value: weights[row])
        }
        if let offset, let row = offset.firstIndex(where: { !$0.isFinite }) {
            throw .badOffset(row: row, value: offset[row])
        }
        summary = try ColumnSummary(scanning: features, names: names, workers: workers)
        self.names = names
        observations = weights.reduce(0) { $0 + ($1 > 0 ? 1 : 0) }
        weightSum = weights.reduce(0, +)
        defaultWeight = zip(weights, defaulted).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
        objective = LogisticObjective(
            features: features, outcomes: defaulted.map { $0 ? 1 : 0 }, weights: weights,
            offset: offset ?? [], workers: workers, scaling: summary.standardising)
    }

    /// Refuses data without both outcomes.
    func checkOutcomes() throws(FitError) {
        guard observations > 0 else { throw .noObservations }
        var defaults = 0
        for row in objective.weights.indices where objective.weights[row] > 0 && objective.outcomes[row] == 1
        {
            defaults += 1
        }
        if defaults == 0 { throw .oneClass(defaulted: false, observations: observations) }
        if defaults == observations { throw .oneClass(defaulted: true, observations: observations) }
    }

    /// Refuses columns that no likelihood can tell apart: constants, and more columns than observations.
    func checkColumns() throws(FitError) {
        let constant = summary.constantColumns
        guard constant.isEmpty else { throw .constant(columns: constant.map { names[$0] }) }
        let coefficients = objective.coefficientCount
        guard observations >= coefficients else {
            throw .tooFewObservations(observations: observations, coefficients: coefficients)
        }
    }

    /// Where Newton's method starts: the intercept at the log-odds of the default rate, all slopes 0.
    var start: [Double] {
        var start = [Double](repeating: 0, count: objective.coefficientCount)
        start[0] = log(defaultWeight / (weightSum - defaultWeight)) - meanOffset
        return start
    }

    private var meanOffset: Double {
        guard !objective.offset.isEmpty else { return 0 }
        return zip(objective.weights, objective.offset).reduce(0) { $0 + $1.0 * $1.1 } / weightSum
    }

    /// Σ of the rows' losses of the best model with an intercept and the offset alone.
    var nullLoss: Double {
        if objective.offset.isEmpty {
            let goodWeight = weightSum - defaultWeight
            return
                -(defaultWeight * log(defaultWeight / weightSum) + goodWeight * log(goodWeight / weightSum))
        }
        let alone = LogisticObjective(
            features: Matrix(rows: objective.features.rows, columns: 0), outcomes: objective.outcomes,
            weights: objective.weights, offset: objective.offset, workers: objective.workers)
        var intercept = start[0]
        var derivatives = alone.derivatives(at: [intercept])
        // One convex variable: Newton with halving needs a handful of steps; 100 is out of reach.
        for _ in 0..<100 {
            let step = derivatives.gradient[0] / derivatives.hessian[0, 0]
            guard abs(step) > 1e-12 * max(1, abs(intercept)) else { break }
            var length = 1.0
            var trial = alone.derivatives(at: [intercept - step])
            while trial.loss > derivatives.loss && length > 1e-6 {
                length /= 2
                trial = alone.derivatives(at: [intercept - length * step])
            }
            guard trial.loss < derivatives.loss else { break }
            intercept -= length * step
            derivatives = trial
        }
        return derivatives.loss
    }
}
