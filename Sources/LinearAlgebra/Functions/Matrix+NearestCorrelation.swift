import Glibc

extension Matrix {
    /// The correlation matrix (positive semidefinite, with ones on its diagonal) nearest to a symmetric matrix in
    /// the Frobenius norm.
    ///
    /// Repairs a matrix of correlations that were estimated pair by pair, or stressed by hand. Only the lower
    /// triangle is read.
    ///
    /// - Parameter tolerance: The largest deviation of a diagonal element from 1 left before the result is scaled
    ///   to ones.
    /// - Throws: ``LinearAlgebraError/notConverged(_:)``; ``LinearAlgebraError/overflow(_:)``;
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/tooLarge(dimension:)``.
    /// - Complexity: O(n³) per step; a handful of Newton steps with some conjugate gradient steps each.
    ///
    /// Source: Higham (2002), "Computing the nearest correlation matrix", states the problem; solved by Newton's
    /// method on its dual after Qi & Sun (2006) as in Borsdorf & Higham (2010), "A preconditioned Newton algorithm
    /// for the nearest correlation matrix".
    public func nearestCorrelation(tolerance: Double = 1e-13) throws(LinearAlgebraError) -> Matrix {
        precondition(isSquare, "nearest correlation matrix to a \(rows)×\(columns) matrix")
        precondition(tolerance > 0, "a tolerance of \(tolerance)")
        _ = try OpenBLAS.dimension(rows)
        try checkFinite(.lowerTriangle)
        var symmetric = self
        symmetric.mirrorLowerTriangle()
        var point = try CorrelationDual(symmetric, multipliers: diagonal.map { 1 - $0 })
        // Newton's method converges quadratically; what it has not reached after 100 steps it will not.
        for _ in 0..<100 {
            // More than 10⁻⁸ of rounding would say that nothing of the ones on the diagonal is left in the sums.
            if point.deviation <= max(tolerance, min(point.rounding, 1e-8)) { return point.correlation }
            guard let next = try point.improved() else { break }
            point = next
        }
        throw .notConverged(.nearestCorrelation)
    }
}

/// A point of the dual problem: minimise θ(y) = ½‖(G + diag y)₊‖²_F − Σ yᵢ, where ₊ drops negative eigenvalues.
///
/// θ is convex; its gradient is diag (G + diag y)₊ − 1, and where it vanishes (G + diag y)₊ is the solution.
private struct CorrelationDual {
    private let matrix: Matrix
    private let multipliers: [Double]
    private let eigen: SymmetricEigen
    private let positivePart: Matrix
    private let value: Double
    private let gradient: [Double]

    init(_ matrix: Matrix, multipliers: [Double]) throws(LinearAlgebraError) {
        var shifted = matrix
        for index in multipliers.indices { shifted[index, index] += multipliers[index] }
        self.matrix = matrix
        self.multipliers = multipliers
        eigen = try SymmetricEigen(shifted)
        positivePart = try eigen.mapped { max($0, 0) }
        gradient = positivePart.diagonal.map { $0 - 1 }
        value =
            eigen.values.reduce(0) { $0 + max($1, 0) * max($1, 0) } / 2 - multipliers.reduce(0, +)
        guard value.isFinite, positivePart.isFinite else { throw .overflow(.nearestCorrelation) }
    }

    /// The largest deviation of the diagonal from 1.
    var deviation: Double { gradient.map(abs).max() ?? 0 }

    /// What the eigenvalues leave of accuracy.
    var rounding: Double {
        let largest = eigen.values.map(abs).max() ?? 0
        return 4 * Double(max(1, eigen.values.count)) * .ulpOfOne * largest
    }

    /// The positive part, scaled to ones on the diagonal.
    var correlation: Matrix {
        var result = positivePart
        let roots = result.diagonal.map { $0.squareRoot() }
        for column in 0..<result.columns {
            for row in column..<result.rows {
                result[row, column] = row == column ? 1 : result[row, column] / (roots[row] * roots[column])
            }
        }
        result.mirrorLowerTriangle()
        return result
    }

    /// A point with a smaller θ along Newton's direction; nil if rounding leaves none.
    func improved() throws(LinearAlgebraError) -> CorrelationDual? {
        let direction = try newtonDirection()
        let slope = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
        var length = 1.0
        // Near the solution θ no longer tells better from worse; its gradient does.
        let noise = 1e-14 * (abs(value) + 1)
        while length > 1e-12 {
            let moved = zip(multipliers, direction).map { $0 + length * $1 }
            let candidate = try CorrelationDual(matrix, multipliers: moved)
            if candidate.value <= value + 1e-4 * length * slope { return candidate }
            if candidate.value <= value + noise, candidate.deviation < deviation { return candidate }
            length /= 2
        }
        return nil
    }

    /// d with V·d = −gradient, by conjugate gradients with the diagonal of V as preconditioner.
    private func newtonDirection() throws(LinearAlgebraError) -> [Double] {
        let curvature = try Curvature(eigen)
        var direction = [Double](repeating: 0, count: gradient.count)
        var residual = gradient.map { -$0 }
        var scaled = zip(residual, curvature.diagonal).map { $0 / $1 }
        var search = scaled
        var product = zip(residual, scaled).reduce(0) { $0 + $1.0 * $1.1 }
        let start = residual.map { $0 * $0 }.reduce(0, +).squareRoot()
        // The forcing term min(10⁻², ‖g‖) makes the outer iteration converge quadratically.
        let target = min(1e-2, start) * start
        for _ in 0..<max(1, 2 * gradient.count) {
            let image = try curvature.times(search)
            let step = product / zip(search, image).reduce(0) { $0 + $1.0 * $1.1 }
            guard step.isFinite else { break }
            for index in direction.indices {
                direction[index] += step * search[index]
                residual[index] -= step * image[index]
            }
            if residual.map({ $0 * $0 }).reduce(0, +).squareRoot() <= target { break }
            scaled = zip(residual, curvature.diagonal).map { $0 / $1 }
            let next = zip(residual, scaled).reduce(0) { $0 + $1.0 * $1.1 }
            search = zip(scaled, search).map { $0 + next / product * $1 }
            product = next
        }
        return direction
    }
}

/// The generalised Hessian of the dual, V·d = diag(P·(W ∘ (Pᵀ·diag(d)·P))·Pᵀ), where P holds the eigenvectors and
/// Wᵢⱼ is the divided difference of the positive part, (λᵢ₊ − λⱼ₊) ÷ (λᵢ − λⱼ).
private struct Curvature {
    let vectors: Matrix
    let weights: Matrix
    /// The diagonal of V, for the preconditioner.
    let diagonal: [Double]

    init(_ eigen: SymmetricEigen) throws(LinearAlgebraError) {
        let order = eigen.values.count
        vectors = eigen.vectors
        var weights = Matrix(rows: order, columns: order)
        for column in 0..<order {
            for row in 0..<order {
                let (a, b) = (eigen.values[row], eigen.values[column])
                let isMixed = (a > 0) != (b > 0)
                weights[row, column] = isMixed ? max(a, b) / abs(a - b) : (a > 0 ? 1 : 0)
            }
        }
        self.weights = weights
        let squares = Matrix(
            rows: order, columns: order, columnMajor: eigen.vectors.elements.map { $0 * $0 })
        let weighted = try squares.times(weights)
        diagonal = (0..<order).map { row in
            // Never zero: without any positive eigenvalue V vanishes, and steps are those of steepest descent.
            let sum = (0..<order).reduce(0) { $0 + weighted[row, $1] * squares[row, $1] }
            return max(sum, Self.regularisation)
        }
    }

    /// Added to V, which may be singular.
    private static let regularisation = 1e-10

    func times(_ direction: [Double]) throws(LinearAlgebraError) -> [Double] {
        let order = direction.count
        var scaled = vectors
        for column in 0..<order {
            for row in 0..<order { scaled[row, column] *= direction[row] }
        }
        var inner = try vectors.times(scaled, transposing: .left)
        for column in 0..<order {
            for row in 0..<order { inner[row, column] *= weights[row, column] }
        }
        let outer = try vectors.times(inner)
        return (0..<order).map { row in
            let sum = (0..<order).reduce(0) { $0 + outer[row, $1] * vectors[row, $1] }
            return sum + Self.regularisation * direction[row]
        }
    }
}
