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
    /// Defaults among them.
    let defaults: Int
    /// Σ w.
    let weightSum: Double
    /// Σ w over the defaults.
    let defaultWeight: Double

    /// Checks the data and scans the columns.
    init(
        _ features: Matrix, defaulted: [Bool], weights: [Double]?, offset: [Double]?, names: [String]?,
        workers: Workers, kernel: LogisticKernel = .fastest
    ) throws(FitError) {
        let rows = features.rows
        precondition(defaulted.count == rows, "\(defaulted.count) outcomes for \(rows) rows")
        precondition(weights == nil || weights?.count == rows, "weights and rows differ in number")
        precondition(offset == nil || offset?.count == rows, "offsets and rows differ in number")
        precondition(names == nil || names?.count == features.columns, "names and columns differ in number")
        let names = names ?? (0..<features.columns).map { "x\($0 + 1)" }
        let weights = weights ?? [Double](repeating: 1, count: rows)
        var tally = Tally()
        try tally.count(weights.span, defaulted.span)
        if let offset, let row = offset.firstIndex(where: { !$0.isFinite }) {
            throw .badOffset(row: row, value: offset[row])
        }
        summary = try ColumnSummary(scanning: features, names: names, workers: workers)
        self.names = names
        observations = tally.observations
        defaults = tally.defaults
        weightSum = tally.weightSum
        defaultWeight = tally.defaultWeight
        objective = LogisticObjective(
            features: features, outcomes: defaulted.map { $0 ? 1 : 0 }, weights: weights,
            offset: offset ?? [], workers: workers, scaling: summary.standardising, kernel: kernel)
    }

    /// Counts and sums over the rows with a positive weight.
    private struct Tally {
        var observations = 0
        var defaults = 0
        var weightSum = 0.0
        var defaultWeight = 0.0

        mutating func count(_ weights: Span<Double>, _ defaulted: Span<Bool>) throws(FitError) {
            for row in weights.indices {
                let weight = weights[row]
                guard weight > 0, weight.isFinite else {
                    if weight == 0 { continue }
                    throw .badWeight(row: row, value: weight)
                }
                observations += 1
                weightSum += weight
                if defaulted[row] {
                    defaults += 1
                    defaultWeight += weight
                }
            }
        }
    }

    /// Refuses data without both outcomes.
    func checkOutcomes() throws(FitError) {
        guard observations > 0 else { throw .noObservations }
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

    /// What is minimised on these data.
    func likelihood(_ penalty: LogisticOptions.Penalty) -> PenalisedLikelihood {
        PenalisedLikelihood(objective, penalty, weightSum: weightSum)
    }

    /// Where Newton's method starts: the intercept at the log-odds of the default rate, all slopes 0.
    var start: [Double] {
        var start = [Double](repeating: 0, count: objective.coefficientCount)
        start[0] = log(defaultWeight / (weightSum - defaultWeight)) - meanOffset
        return start
    }

    /// Where to start on many rows: the estimate from a sixteenth of them, a stratum of every block, which saves half
    /// of the passes; nil if they are too few to be worth it, or have no estimate of their own.
    func sampledStart(for likelihood: PenalisedLikelihood, _ options: LogisticOptions) -> [Double]? {
        if case .firth = likelihood.penalty { return nil }
        let rowsPerBlock = LogisticObjective.blockSize / 16
        guard objective.features.rows >= 8 * LogisticObjective.blockSize else { return nil }
        let sample = objective.sampled(rowsPerBlock: rowsPerBlock)
        var weight = 0.0
        var sampledDefaults = 0
        for row in sample.sampledRows().joined() {
            weight += objective.weights[row]
            if objective.outcomes[row] == 1, objective.weights[row] > 0 { sampledDefaults += 1 }
        }
        // Ten of either class for every coefficient make an estimate that is worth starting from.
        let enough = 10 * objective.coefficientCount
        guard sampledDefaults >= enough,
            sample.sampledRows().reduce(0, { $0 + $1.count }) - sampledDefaults >= enough
        else { return nil }
        // The ridge weighs against as much less of the likelihood.
        var penalty = options.penalty
        if case .ridge(let strength) = penalty { penalty = .ridge(strength * weight / weightSum) }
        let likelihood = PenalisedLikelihood(sample, penalty, weightSum: weight)
        // The estimate itself is a standard error away from that of all rows; a hundredth more is no loss.
        let tolerance = 0.01 * (Double(objective.coefficientCount) / weight).squareRoot()
        var solver = NewtonSolver(likelihood, start: start, tolerance: tolerance)
        return solver.iterate(upTo: 10) == .converged ? solver.coefficients : nil
    }

    /// The largest |z| of the intercept (1) and of every scaled column.
    var largestMagnitudes: [Double] {
        [1]
            + summary.minima.indices.map { column in
                let (scale, shift) = (objective.scaling.scale[column], objective.scaling.shift[column])
                return max(
                    abs(scale * summary.minima[column] + shift), abs(scale * summary.maxima[column] + shift))
            }
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
