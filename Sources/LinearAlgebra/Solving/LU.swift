import CLAPACKE

/// The LU factors of a square matrix with row exchanges, P·A = L·U, for solving with it.
public struct LU: Sendable {
    /// L below the diagonal (its own diagonal is 1) and U on and above it.
    let factors: Matrix
    /// Row k was exchanged with row pivots[k] − 1, in turn.
    let pivots: [Int32]
    /// ‖A‖₁, for the condition estimate.
    let norm: Double

    /// Factors a square matrix.
    ///
    /// - Throws: ``LinearAlgebraError/singular(reciprocalCondition:)`` if a pivot is exactly zero, see also
    ///   ``reciprocalCondition()``; ``LinearAlgebraError/overflow(_:)`` if the factors or ‖A‖₁ do;
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/tooLarge(dimension:)``.
    /// - Complexity: 2n³/3 multiplications.
    public init(_ matrix: Matrix) throws(LinearAlgebraError) {
        precondition(matrix.isSquare, "LU for solving with a \(matrix.rows)×\(matrix.columns) matrix")
        let n = try OpenBLAS.dimension(matrix.rows)
        let stride = try OpenBLAS.stride(matrix.rows)
        try matrix.checkFinite()
        var factors = matrix
        var pivots = [Int32](repeating: 0, count: matrix.rows)
        // SAFETY: `factors` holds n² doubles and `pivots` n integers; dgetrf writes only there.
        let status = unsafe factors.storage.withUnsafeMutableBufferPointer { values in
            unsafe pivots.withUnsafeMutableBufferPointer { order in
                unsafe LAPACKE_dgetrf(
                    LAPACK_COL_MAJOR, n, n, values.baseAddress, stride, order.baseAddress)
            }
        }
        try OpenBLAS.check(status, from: "dgetrf", in: .linearSolution)
        norm = matrix.oneNorm
        // Before the zero pivots that overflow may leave behind.
        guard norm.isFinite, factors.isFinite else { throw .overflow(.linearSolution) }
        if status > 0 { throw .singular(reciprocalCondition: 0) }
        self.factors = factors
        self.pivots = pivots
    }

    /// The order n of A.
    public var order: Int { factors.rows }
}
