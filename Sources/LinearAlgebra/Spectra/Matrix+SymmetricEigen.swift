import CLAPACKE

extension Matrix {
    /// The eigenvalues, ascending, of a symmetric matrix, of which the lower triangle is read; self becomes the
    /// eigenvectors if asked for, else is lost.
    mutating func decomposeSymmetric(vectors: Bool) throws(LinearAlgebraError) -> [Double] {
        precondition(isSquare, "symmetric eigenvalues of a \(rows)×\(columns) matrix")
        let n = try OpenBLAS.dimension(rows)
        let stride = try OpenBLAS.stride(rows)
        try checkFinite(.lowerTriangle)
        // LAPACKE looks for NaN in both triangles.
        mirrorLowerTriangle()
        var values = [Double](repeating: 0, count: rows)
        let job = CChar(UInt8(ascii: vectors ? "V" : "N"))
        // SAFETY: `storage` holds order² doubles and `values` order; dsyevd writes only there.
        let status = unsafe storage.withUnsafeMutableBufferPointer { a in
            unsafe values.withUnsafeMutableBufferPointer { w in
                unsafe LAPACKE_dsyevd(
                    LAPACK_COL_MAJOR, job, CChar(UInt8(ascii: "L")), n, a.baseAddress, stride, w.baseAddress)
            }
        }
        try OpenBLAS.check(status, from: "dsyevd", in: .eigenvalues)
        if status > 0 { throw .notConverged(.eigenvalues) }
        guard values.allSatisfy(\.isFinite) else { throw .overflow(.eigenvalues) }
        return values
    }
}
