public import LinearAlgebra
public import Parallelism

/// Variance inflation factors: how much the variance of a coefficient grows because its column can be told from the
/// others in part only.
public enum VarianceInflation {
    /// 1 ÷ (1 − Rⱼ²) for every column, Rⱼ² from the regression of the column on all others with an intercept; 1 for a
    /// column that no other explains, above 5 or 10 worth a look.
    ///
    /// - Parameters:
    ///   - features: Shape (n, p), no missing values.
    ///   - weights: w ≥ 0, length n; absent: all 1.
    ///   - names: Names of the columns for messages; absent: x1, x2 …
    ///   - workers: Threads to use.
    /// - Throws: ``FitError/constant(columns:)``, ``FitError/collinear(_:)`` or what else is wrong with the data.
    /// - Complexity: O(n·p² + p³).
    public static func factors(
        of features: Matrix, weights: [Double]? = nil, names: [String]? = nil,
        workers: Workers = .allProcessors
    ) throws(FitError) -> [Double] {
        let problem = try LogisticProblem(
            features, defaulted: Array(repeating: false, count: features.rows), weights: weights, offset: nil,
            names: names, workers: workers)
        guard problem.observations > 0 else { throw .noObservations }
        try problem.checkColumns()
        let gram = problem.objective.gram(weighting: problem.objective.weights)
        let dependent = CollinearColumn.all(
            in: gram, of: problem.objective.scaling, names: problem.names)
        guard dependent.isEmpty, let inverse = FixedOrderCholesky(positiveDefinite: gram)?.inverse() else {
            throw .collinear(dependent)
        }
        return (1..<gram.rows).map { index in
            // The squared length about the mean, times the variance of the coefficient.
            (gram[index, index] - gram[index, 0] * gram[index, 0] / gram[0, 0]) * inverse[index, index]
        }
    }
}
