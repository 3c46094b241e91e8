import LinearAlgebra

/// The Cholesky factor of an information matrix, or nothing if it is not positive definite.
///
/// What the regressions do with it cannot fail otherwise: an information matrix that fits in memory is far smaller than
/// what LAPACK can address.
struct CholeskyFactor: Sendable {
    private let factor: Cholesky

    /// Factors a symmetric matrix, of which the lower triangle is read.
    init?(_ matrix: Matrix) {
        guard let factor = try? Cholesky(matrix) else { return nil }
        self.factor = factor
    }

    /// L of L·Lᵀ.
    var lower: Matrix { factor.lower }

    /// ln of the determinant of the factored matrix.
    var logDeterminant: Double { factor.logDeterminant }

    /// The inverse of the factored matrix; nil if it overflows.
    var inverse: Matrix? { try? factor.inverse() }

    /// x with L·Lᵀ·x = `rightHandSide`.
    func solve(_ rightHandSide: [Double]) -> [Double] {
        Self.certain { () throws(LinearAlgebraError) in try factor.solve(rightHandSide) }
    }

    /// X with L·X = `rightHandSides`.
    func solveLower(_ rightHandSides: Matrix) -> Matrix {
        Self.certain { () throws(LinearAlgebraError) in try factor.solveLower(rightHandSides) }
    }

    private static func certain<Value>(_ body: () throws(LinearAlgebraError) -> Value) -> Value {
        do throws(LinearAlgebraError) { return try body() } catch { preconditionFailure("\(error)") }
    }
}
