public import LinearAlgebra

extension LogisticInference {
    /// A correction of a robust covariance for few rows or clusters.
    public enum Correction: Sendable, Hashable {
        /// None (HC0).
        case none
        /// n ÷ (n − p − 1) over the rows (HC1), or G ÷ (G − 1) over G clusters.
        case degreesOfFreedom
    }

    /// The covariance V M V that holds even if the variance of the outcomes is not p (1 − p): V is the fit's
    /// covariance, M = Σ wᵢ (yᵢ − pᵢ)² xᵢ xᵢᵀ.
    ///
    /// Weights count rows, as everywhere here: a weight of 2 is the row twice.
    ///
    /// Source: White (1980), *Econometrica* 48, 817–838; Huber (1967).
    public func robustCovariance(_ correction: Correction = .none) -> Matrix {
        let rows = fittedRows()
        let objective = problem.objective
        let factors = rows.indices.map { row in
            let residual = objective.outcomes[row] - rows[row].probability
            return objective.weights[row] * residual * residual
        }
        let count = problem.weightSum
        let factor = correction == .none ? 1 : count / (count - Double(fit.coefficients.count))
        return sandwich(meat: objective.gram(weighting: factors), factor: factor)
    }

    /// The covariance V M V for observations that depend on each other within clusters, such as the years of one
    /// obligor: M = Σ over clusters of s sᵀ with s = Σ wᵢ (yᵢ − pᵢ) xᵢ over the cluster's rows.
    ///
    /// - Parameters:
    ///   - clusters: The cluster of every row.
    ///   - correction: For few clusters.
    ///
    /// Source: Liang & Zeger (1986), *Biometrika* 73, 13–22.
    public func clusteredCovariance(
        by clusters: [some Hashable], _ correction: Correction = .none
    ) -> Matrix {
        let objective = problem.objective
        let rows = fittedRows()
        precondition(clusters.count == rows.count, "\(clusters.count) cluster labels for \(rows.count) rows")
        let count = fit.coefficients.count
        var members: [[Int]] = []
        var places: [AnyHashable: Int] = [:]
        for row in rows.indices where objective.weights[row] > 0 {
            let place = places[clusters[row], default: members.count]
            if place == members.count {
                places[clusters[row]] = place
                members.append([])
            }
            members[place].append(row)
        }
        var meat = Matrix(rows: count, columns: count)
        for cluster in members {
            var sum = [Double](repeating: 0, count: count)
            for row in cluster {
                let residual = objective.weights[row] * (objective.outcomes[row] - rows[row].probability)
                let values = objective.transposedBlock(row..<row + 1).elements
                for index in sum.indices { sum[index] += residual * values[index] }
            }
            for column in 0..<count {
                for row in 0..<count { meat[row, column] += sum[row] * sum[column] }
            }
        }
        let clusterCount = Double(members.count)
        return sandwich(meat: meat, factor: correction == .none ? 1 : clusterCount / (clusterCount - 1))
    }

    /// V M V in units of the given columns, M on the scaled ones.
    private func sandwich(meat: Matrix, factor: Double) -> Matrix {
        let count = fit.coefficients.count
        guard
            let inverse = FixedOrderCholesky(
                positiveDefinite: likelihood.point(at: scaledCoefficients).curvature)?.inverse()
        else {
            return Matrix(rows: count, columns: count, repeating: .infinity)
        }
        var product = Matrix(rows: count, columns: count)
        for column in 0..<count {
            var half = [Double](repeating: 0, count: count)
            for inner in 0..<count {
                for row in 0..<count { half[row] += meat[row, inner] * inverse[inner, column] }
            }
            for inner in 0..<count {
                for row in 0..<count { product[row, column] += factor * inverse[row, inner] * half[inner] }
            }
        }
        return problem.objective.scaling.unscaled(covariance: product)
    }
}
