import CLAPACKE

extension LU {
    /// An estimate of 1 ÷ (‖A‖₁ ‖A⁻¹‖₁), between 0 (singular) and 1; 1 for order 0.
    ///
    /// - Throws: ``LinearAlgebraError/overflow(_:)`` if ‖A⁻¹‖₁ is beyond the range of doubles;
    ///   ``LinearAlgebraError/tooLarge(dimension:)``.
    /// - Complexity: a few solutions, O(n²).
    ///
    /// Source: Higham (1988), "FORTRAN codes for estimating the one-norm", as in LAPACK's dgecon.
    public func reciprocalCondition() throws(LinearAlgebraError) -> Double {
        let n = try OpenBLAS.dimension(order)
        let stride = try OpenBLAS.stride(order)
        var reciprocal = 0.0
        // SAFETY: the factors are order × order; dgecon writes only `reciprocal`.
        let status = unsafe factors.storage.withUnsafeBufferPointer { a in
            unsafe LAPACKE_dgecon(
                LAPACK_COL_MAJOR, CChar(UInt8(ascii: "1")), n, a.baseAddress, stride, norm, &reciprocal)
        }
        try OpenBLAS.check(status, from: "dgecon", in: .linearSolution)
        guard reciprocal.isFinite else { throw .overflow(.linearSolution) }
        return reciprocal
    }
}
