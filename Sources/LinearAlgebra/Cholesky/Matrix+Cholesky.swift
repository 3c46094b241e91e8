import CLAPACKE

extension Matrix {
    /// Replaces the lower triangle by L, where self = L·Lᵀ; the upper triangle is left as it was.
    ///
    /// Only the lower triangle is read.
    ///
    /// - Throws: ``LinearAlgebraError/notPositiveDefinite(leadingMinor:)``; self is then unusable.
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/tooLarge(dimension:)``.
    public mutating func factorCholesky() throws(LinearAlgebraError) {
        precondition(isSquare, "Cholesky of a \(rows)×\(columns) matrix")
        let order = try OpenBLAS.dimension(rows)
        let stride = try OpenBLAS.stride(rows)
        try checkFinite(.lowerTriangle)
        // SAFETY: `storage` holds order² contiguous doubles, and dpotrf writes only inside them.
        let status = unsafe storage.withUnsafeMutableBufferPointer { values in
            unsafe LAPACKE_dpotrf(
                LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), order, values.baseAddress, stride)
        }
        try OpenBLAS.check(status, from: "dpotrf", in: .cholesky)
        if status > 0 { throw .notPositiveDefinite(leadingMinor: Int(status)) }
        // Elements that overflow while an indefinite matrix is factored make a pivot NaN, which OpenBLAS's own
        // dpotrf does not report.
        for index in 0..<rows where !(self[index, index] > 0 && self[index, index].isFinite) {
            throw .notPositiveDefinite(leadingMinor: index + 1)
        }
    }
}
