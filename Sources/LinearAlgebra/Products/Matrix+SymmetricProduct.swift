import CBLAS

extension Matrix {
    /// Replaces the lower triangle of self by that of α·Aᵀ·A + β·self; the upper one is left as it was.
    ///
    /// - Parameters:
    ///   - matrix: A.
    ///   - range: The rows of A that count.
    ///   - factor: α.
    ///   - share: β; 0 overwrites the lower triangle whatever it held.
    /// - Throws: ``LinearAlgebraError/tooLarge(dimension:)``; self is then unchanged.
    mutating func addLowerGram(
        of matrix: Matrix, rows range: Range<Int>, scaledBy factor: Double = 1, keeping share: Double = 1
    ) throws(LinearAlgebraError) {
        precondition(
            isSquare && rows == matrix.columns && range.lowerBound >= 0 && range.upperBound <= matrix.rows,
            "\(rows)×\(columns) from rows \(range) of a \(matrix.rows)×\(matrix.columns) matrix")
        let n = try OpenBLAS.dimension(columns)
        let k = try OpenBLAS.dimension(range.count)
        let sourceStride = try OpenBLAS.stride(matrix.rows)
        let stride = try OpenBLAS.stride(rows)
        // SAFETY: the columns of A from `range.lowerBound` on have `range.count` elements each inside the storage
        // of A; dsyrk writes only the lower triangle of self.
        unsafe matrix.storage.withUnsafeBufferPointer { a in
            unsafe storage.withUnsafeMutableBufferPointer { c in
                let start = unsafe a.baseAddress.map { unsafe $0 + range.lowerBound }
                unsafe cblas_dsyrk(
                    CblasColMajor, CblasLower, CblasTrans, n, k, factor, start, sourceStride, share,
                    c.baseAddress, stride)
            }
        }
    }
}
