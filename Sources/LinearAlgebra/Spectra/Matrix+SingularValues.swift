import CLAPACKE

extension Matrix {
    /// U, the diagonal of Σ and Vᵀ with self = U·Σ·Vᵀ; U and Vᵀ are empty unless asked for.
    func decomposeSingularValues(
        vectors: Bool
    ) throws(LinearAlgebraError) -> (left: Matrix, values: [Double], rightTransposed: Matrix) {
        let m = try OpenBLAS.dimension(rows)
        let n = try OpenBLAS.dimension(columns)
        let stride = try OpenBLAS.stride(rows)
        try checkFinite()
        let count = min(rows, columns)
        let rightStride = try OpenBLAS.stride(vectors ? count : 0)
        let leftStride = try OpenBLAS.stride(vectors ? rows : 0)
        var values = [Double](repeating: 0, count: count)
        var left = vectors ? Matrix(rows: rows, columns: count) : Matrix(rows: 0, columns: 0)
        var right = vectors ? Matrix(rows: count, columns: columns) : Matrix(rows: 0, columns: 0)
        // dgesdd returns at once if there is nothing to decompose, and its workspace query refuses it.
        guard count > 0 else { return (left, values, right) }
        var scratch = self
        let job = CChar(UInt8(ascii: vectors ? "S" : "N"))
        // SAFETY: the four storages hold m·n, m·k, k and k·n doubles (the second and fourth nothing if no vectors
        // are asked for); dgesdd writes only there.
        let status = unsafe scratch.storage.withUnsafeMutableBufferPointer { a in
            unsafe values.withUnsafeMutableBufferPointer { s in
                unsafe left.storage.withUnsafeMutableBufferPointer { u in
                    unsafe right.storage.withUnsafeMutableBufferPointer { vt in
                        unsafe LAPACKE_dgesdd(
                            LAPACK_COL_MAJOR, job, m, n, a.baseAddress, stride, s.baseAddress,
                            u.baseAddress, leftStride, vt.baseAddress, rightStride)
                    }
                }
            }
        }
        try OpenBLAS.check(status, from: "dgesdd", in: .singularValues)
        if status > 0 { throw .notConverged(.singularValues) }
        guard values.allSatisfy(\.isFinite) else { throw .overflow(.singularValues) }
        return (left, values, right)
    }
}
