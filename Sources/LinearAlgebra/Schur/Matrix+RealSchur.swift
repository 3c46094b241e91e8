import CLAPACKE

extension Matrix {
    /// The real Schur form, self = Z·T·Zᵀ with Z orthogonal and T upper triangular but for 2 × 2 blocks on its
    /// diagonal, one for each pair of complex eigenvalues.
    func realSchurForm() throws(LinearAlgebraError) -> (triangular: Matrix, vectors: Matrix) {
        precondition(isSquare, "Schur form of a \(rows)×\(columns) matrix")
        let n = try OpenBLAS.dimension(rows)
        let stride = try OpenBLAS.stride(rows)
        try checkFinite()
        // A triangular matrix is its own Schur form; dgees would lose its smallest elements beside very large ones.
        if isUpperTriangular { return (self, .identity(rows)) }
        var triangular = self
        var vectors = Matrix(rows: rows, columns: rows)
        var real = [Double](repeating: 0, count: rows)
        var imaginary = real
        var sorted: Int32 = 0
        // SAFETY: the matrices hold order² doubles and the vectors order; dgees writes only there. No selection
        // function is called, because no sorting is asked for.
        let status = unsafe triangular.storage.withUnsafeMutableBufferPointer { a in
            unsafe vectors.storage.withUnsafeMutableBufferPointer { vs in
                unsafe LAPACKE_dgees(
                    LAPACK_COL_MAJOR, CChar(UInt8(ascii: "V")), CChar(UInt8(ascii: "N")), nil, n,
                    a.baseAddress, stride, &sorted, &real, &imaginary, vs.baseAddress, stride)
            }
        }
        try OpenBLAS.check(status, from: "dgees", in: .schurForm)
        if status > 0 { throw .notConverged(.schurForm) }
        return (triangular, vectors)
    }
}
