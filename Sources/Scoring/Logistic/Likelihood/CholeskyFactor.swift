import LinearAlgebra

/// The Cholesky factor of an information matrix, or nothing if it is not positive definite.
///
/// By operations in a fixed order, so that a model does not depend on the processor it was trained on.
struct CholeskyFactor: Sendable {
    private let factor: FixedOrderCholesky

    /// Factors a symmetric matrix, of which the lower triangle is read.
    init?(_ matrix: Matrix) {
        guard let factor = try? FixedOrderCholesky(matrix) else { return nil }
        self.factor = factor
    }

    /// L of L·Lᵀ.
    var lower: Matrix { factor.lower }

    /// ln of the determinant of the factored matrix.
    var logDeterminant: Double { factor.logDeterminant }

    /// The inverse of the factored matrix; nil if it overflows.
    var inverse: Matrix? { factor.inverse() }

    /// x with L·Lᵀ·x = `rightHandSide`.
    func solve(_ rightHandSide: [Double]) -> [Double] { factor.solve(rightHandSide) }

    /// X with L·X = `rightHandSides`.
    func solveLower(_ rightHandSides: Matrix) -> Matrix { factor.solveLower(rightHandSides) }
}
