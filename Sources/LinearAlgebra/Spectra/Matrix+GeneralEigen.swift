import CLAPACKE

extension Matrix {
    /// What dgeevx gives of a square matrix: eigenvalues, packed right eigenvectors and the reciprocal condition
    /// numbers of the eigenvalues.
    func decomposeGeneral() throws(LinearAlgebraError) -> (
        real: [Double], imaginary: [Double], vectors: Matrix, reciprocalConditions: [Double]
    ) {
        precondition(isSquare, "eigenvalues of a \(rows)×\(columns) matrix")
        let n = try OpenBLAS.dimension(rows)
        let stride = try OpenBLAS.stride(rows)
        try checkFinite()
        var scratch = self
        var left = Matrix(rows: rows, columns: rows)
        var right = left
        var real = [Double](repeating: 0, count: rows)
        var imaginary = real
        var scales = real
        var reciprocalConditions = real
        var vectorConditions = real
        var low: Int32 = 0
        var high: Int32 = 0
        var norm = 0.0
        let both = CChar(UInt8(ascii: "B"))
        let yes = CChar(UInt8(ascii: "V"))
        let ofValues = CChar(UInt8(ascii: "E"))
        // SAFETY: the matrices hold order² doubles and the vectors order; dgeevx writes only there.
        let status = unsafe scratch.storage.withUnsafeMutableBufferPointer { a in
            unsafe left.storage.withUnsafeMutableBufferPointer { vl in
                unsafe right.storage.withUnsafeMutableBufferPointer { vr in
                    unsafe LAPACKE_dgeevx(
                        LAPACK_COL_MAJOR, both, yes, yes, ofValues, n, a.baseAddress, stride, &real,
                        &imaginary, vl.baseAddress, stride, vr.baseAddress, stride, &low, &high, &scales,
                        &norm, &reciprocalConditions, &vectorConditions)
                }
            }
        }
        try OpenBLAS.check(status, from: "dgeevx", in: .eigenvalues)
        if status > 0 { throw .notConverged(.eigenvalues) }
        guard real.allSatisfy(\.isFinite), imaginary.allSatisfy(\.isFinite) else {
            throw .overflow(.eigenvalues)
        }
        return (real, imaginary, right, reciprocalConditions)
    }
}
