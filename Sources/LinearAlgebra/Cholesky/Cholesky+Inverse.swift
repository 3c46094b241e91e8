import CLAPACKE

extension Cholesky {
    /// A⁻¹, both triangles filled: the covariance of estimates whose information is A.
    ///
    /// For A⁻¹·B use ``solve(_:)-(Matrix)``, which is faster and more accurate.
    ///
    /// - Throws: ``LinearAlgebraError/singular(reciprocalCondition:)`` if elements of the inverse overflow;
    ///   ``LinearAlgebraError/tooLarge(dimension:)``.
    public func inverse() throws(LinearAlgebraError) -> Matrix {
        let n = try OpenBLAS.dimension(order)
        let stride = try OpenBLAS.stride(order)
        var result = lower
        // SAFETY: `result` holds order² doubles; dpotri writes only its lower triangle.
        let status = unsafe result.storage.withUnsafeMutableBufferPointer { values in
            unsafe LAPACKE_dpotri(
                LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), n, values.baseAddress, stride)
        }
        try OpenBLAS.check(status, from: "dpotri", in: .cholesky)
        // A positive status means a zero on the diagonal of L, which the factorisation excludes.
        precondition(status == 0, "dpotri found a zero pivot at \(status)")
        guard result.isFinite else { throw .singular(reciprocalCondition: 0) }
        result.mirrorLowerTriangle()
        return result
    }

    /// The diagonal of A⁻¹: the variances of estimates whose information is A.
    ///
    /// - Throws: ``LinearAlgebraError/singular(reciprocalCondition:)`` if elements of the inverse overflow;
    ///   ``LinearAlgebraError/tooLarge(dimension:)``.
    public func inverseDiagonal() throws(LinearAlgebraError) -> [Double] { try inverse().diagonal }
}
