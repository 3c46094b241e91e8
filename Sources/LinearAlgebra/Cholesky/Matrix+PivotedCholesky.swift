import CLAPACKE

extension Matrix {
    /// Replaces the lower triangle by the L of Pᵀ·self·P = L·Lᵀ with diagonal pivoting, as far as pivots exceed a
    /// tolerance; of the columns from the rank on nothing may be used.
    ///
    /// - Parameter tolerance: The smallest pivot accepted, absolute.
    /// - Returns: The order of the original columns in L, and how many pivots were accepted.
    mutating func factorPivotedCholesky(
        tolerance: Double
    ) throws(LinearAlgebraError) -> (order: [Int], rank: Int) {
        precondition(isSquare, "Cholesky of a \(rows)×\(columns) matrix")
        let n = try OpenBLAS.dimension(rows)
        let stride = try OpenBLAS.stride(rows)
        var pivots = [Int32](repeating: 0, count: rows)
        var rank: Int32 = 0
        // SAFETY: `storage` holds order² doubles and `pivots` order integers; dpstrf writes only there.
        let status = unsafe storage.withUnsafeMutableBufferPointer { values in
            unsafe pivots.withUnsafeMutableBufferPointer { order in
                unsafe LAPACKE_dpstrf(
                    LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), n, values.baseAddress, stride,
                    order.baseAddress, &rank, tolerance)
            }
        }
        // A status of 1 says that the rank is not full, which the caller reads from the rank.
        try OpenBLAS.check(status, from: "dpstrf", in: .cholesky)
        return (pivots.map { Int($0) - 1 }, Int(rank))
    }
}
