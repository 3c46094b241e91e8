import CLAPACKE

extension QR {
    /// Q, shape (m, min(m, n)), with orthonormal columns.
    ///
    /// - Throws: ``LinearAlgebraError/overflow(_:)`` if columns near the smallest double leave no direction;
    ///   ``LinearAlgebraError/tooLarge(dimension:)``.
    public func orthogonal() throws(LinearAlgebraError) -> Matrix {
        let width = scales.count
        let m = try OpenBLAS.dimension(reflectors.rows)
        let k = try OpenBLAS.dimension(width)
        let stride = try OpenBLAS.stride(reflectors.rows)
        var result = reflectors.selectingColumns(0..<width)
        // SAFETY: `result` holds m·k doubles and `scales` k; dorgqr writes only into the first.
        let status = unsafe result.storage.withUnsafeMutableBufferPointer { a in
            unsafe scales.withUnsafeBufferPointer { tau in
                unsafe LAPACKE_dorgqr(LAPACK_COL_MAJOR, m, k, k, a.baseAddress, stride, tau.baseAddress)
            }
        }
        try OpenBLAS.check(status, from: "dorgqr", in: .qr)
        guard result.isFinite else { throw .overflow(.qr) }
        return result
    }
}
