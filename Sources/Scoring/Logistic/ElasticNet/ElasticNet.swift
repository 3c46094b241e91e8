import Glibc
public import LinearAlgebra
import Parallelism

/// Logistic regression with an elastic-net penalty: lasso, ridge and what lies between, along a path of penalties.
public struct ElasticNet: Sendable {
    /// What is minimised and how.
    public let options: ElasticNetOptions

    /// An elastic net with the given options.
    public init(_ options: ElasticNetOptions = ElasticNetOptions()) {
        self.options = options
    }

    /// Fits the model for every penalty of the grid; the objective is stated at ``ElasticNetOptions``.
    ///
    /// - Parameters:
    ///   - features: X, shape (n, p), one row per observation, no missing values; p may exceed n.
    ///   - defaulted: y, length n; `true` if the obligor defaulted in the performance window.
    ///   - weights: w ≥ 0, length n; a weight of 2 counts the row twice. Absent: all 1.
    ///   - offset: o, length n, known log-odds added to every row's own. Absent: all 0.
    ///   - names: Names of the p columns, by which options refer to them. Absent: x1, x2 …
    /// - Throws: ``ElasticNetError`` where data or options cannot be used or a solution is not reached.
    /// - Complexity: O(n·p) per pass, one or two passes per penalty as a rule, and a few of O(n·s²) with s columns
    ///   in the working set, of which it keeps a copy if p > 64.
    ///
    /// Source: Friedman, Hastie & Tibshirani (2010), *Regularization paths for generalized linear models via
    /// coordinate descent*, Journal of Statistical Software 33(1), for objective and grid.
    public func path(
        _ features: Matrix, defaulted: [Bool], weights: [Double]? = nil, offset: [Double]? = nil,
        names: [String]? = nil
    ) throws(ElasticNetError) -> ElasticNetPath {
        try options.validate()
        let sample = try Self.sample(
            features, defaulted: defaulted, weights: weights, offset: offset, names: names,
            workers: options.workers)
        return try path(of: sample)
    }

    /// Checked data with both outcomes.
    static func sample(
        _ features: Matrix, defaulted: [Bool], weights: [Double]?, offset: [Double]?, names: [String]?,
        workers: Workers
    ) throws(ElasticNetError) -> LogisticProblem {
        do throws(FitError) {
            let sample = try LogisticProblem(
                features, defaulted: defaulted, weights: weights, offset: offset, names: names,
                workers: workers)
            try sample.checkOutcomes()
            return sample
        } catch {
            throw .data(error)
        }
    }

    /// The path on checked data.
    func path(of sample: LogisticProblem) throws(ElasticNetError) -> ElasticNetPath {
        let problem = try ElasticNetProblem(
            sample, weights: sample.objective.weights, workers: options.workers, options: options)
        var solver = try PathSolver(problem, options: options)
        let nullLoss = sample.nullLoss
        let penalties = grid(largest: solver.largestPenalty, sample)
        var points: [ElasticNetPath.Point] = []
        for penalty in penalties {
            let passesBefore = points.isEmpty ? 0 : solver.solution.passes
            try solver.advance(to: penalty)
            let solution = solver.solution
            let loss = solution.loss * problem.weightSum
            points.append(
                ElasticNetPath.Point(
                    penalty: penalty, coefficients: problem.coefficients(solution.coefficients),
                    deviance: 2 * loss, devianceRatio: 1 - loss / nullLoss, violation: solution.violation,
                    passes: solution.passes - passesBefore))
            if shouldStop(after: points) { break }
        }
        return ElasticNetPath(
            names: problem.names, mixing: options.mixing, points: points, nullDeviance: 2 * nullLoss,
            constantColumns: problem.names.indices.filter { !problem.varies[$0] }.map { problem.names[$0] })
    }

    /// The penalties to fit, given the largest one that has an effect.
    private func grid(largest: Double, _ sample: LogisticProblem) -> [Double] {
        switch options.grid {
        case .values(let values): return values
        case .automatic(let count, let ratio, _):
            let ratio = ratio ?? (sample.observations < sample.names.count ? 1e-2 : 1e-4)
            // Without any pull at all there still is a path, on which nothing happens.
            let largest = max(largest, options.tolerance)
            return (0..<count).map { index in
                index == 0 ? largest : largest * pow(ratio, Double(index) / Double(count - 1))
            }
        }
    }

    /// Whether an automatic grid may end, as glmnet's does: the deviance hardly falls any more.
    private func shouldStop(after points: [ElasticNetPath.Point]) -> Bool {
        guard case .automatic(_, _, stopsEarly: true) = options.grid, options.bounds.limits.isEmpty,
            points.count >= 5
        else { return false }
        let ratio = points[points.count - 1].devianceRatio
        return ratio > 0.999 || ratio - points[points.count - 2].devianceRatio < 1e-5
    }
}
