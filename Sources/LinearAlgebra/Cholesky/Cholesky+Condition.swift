import CLAPACKE

extension Cholesky {
    /// An estimate of 1 ÷ (‖A‖₁ ‖A⁻¹‖₁), between 0 (singular) and 1; 1 for order 0.
    ///
    /// - Throws: ``LinearAlgebraError/overflow(_:)`` if a norm is beyond the range of doubles;
    ///   ``LinearAlgebraError/tooLarge(dimension:)``.
    /// - Complexity: a few solutions, O(p²).
    public func reciprocalCondition() throws(LinearAlgebraError) -> Double {
        let n = try OpenBLAS.dimension(order)
        let stride = try OpenBLAS.stride(order)
        guard norm.isFinite else { throw .overflow(.cholesky) }
        var reciprocal = 0.0
        // SAFETY: L is order × order; dpocon writes only `reciprocal`.
        let status = unsafe lower.storage.withUnsafeBufferPointer { a in
            unsafe LAPACKE_dpocon(
                LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), n, a.baseAddress, stride, norm, &reciprocal)
        }
        try OpenBLAS.check(status, from: "dpocon", in: .cholesky)
        guard reciprocal.isFinite else { throw .overflow(.cholesky) }
        return reciprocal
    }
}
