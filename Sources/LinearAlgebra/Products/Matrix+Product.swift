import CBLAS

extension Matrix {
    /// α·op(self)·op(B), where op transposes the factors named.
    ///
    /// NaN and infinities go through as IEEE arithmetic has it.
    ///
    /// - Parameters:
    ///   - right: B; its inner dimension must be that of self.
    ///   - transposing: Which factors are transposed.
    ///   - factor: α.
    /// - Throws: ``LinearAlgebraError/tooLarge(dimension:)``.
    public func times(
        _ right: Matrix, transposing: TransposedFactors = .neither, scaledBy factor: Double = 1
    ) throws(LinearAlgebraError) -> Matrix {
        // Before the product is allocated, which may not be possible.
        let height = Int(try OpenBLAS.dimension(transposing.isLeft ? columns : rows))
        let width = Int(try OpenBLAS.dimension(transposing.isRight ? right.rows : right.columns))
        var product = Matrix(rows: height, columns: width)
        try product.addProduct(self, right, transposing: transposing, scaledBy: factor, keeping: 0)
        return product
    }

    /// Replaces self by α·op(A)·op(B) + β·self.
    ///
    /// - Parameters:
    ///   - left: A.
    ///   - right: B.
    ///   - transposing: Which factors are transposed.
    ///   - factor: α.
    ///   - share: β; 0 overwrites self whatever it held.
    /// - Throws: ``LinearAlgebraError/tooLarge(dimension:)``; self is then unchanged.
    public mutating func addProduct(
        _ left: Matrix, _ right: Matrix, transposing: TransposedFactors = .neither,
        scaledBy factor: Double = 1, keeping share: Double = 1
    ) throws(LinearAlgebraError) {
        let inner = transposing.isLeft ? left.rows : left.columns
        precondition(
            rows == (transposing.isLeft ? left.columns : left.rows)
                && columns == (transposing.isRight ? right.rows : right.columns)
                && inner == (transposing.isRight ? right.columns : right.rows),
            """
            \(rows)×\(columns) from the product of \(left.rows)×\(left.columns) and \
            \(right.rows)×\(right.columns), transposing \(transposing)
            """)
        let m = try OpenBLAS.dimension(rows)
        let n = try OpenBLAS.dimension(columns)
        let k = try OpenBLAS.dimension(inner)
        let leftStride = try OpenBLAS.stride(left.rows)
        let rightStride = try OpenBLAS.stride(right.rows)
        let stride = try OpenBLAS.stride(rows)
        let leftForm = transposing.isLeft ? CblasTrans : CblasNoTrans
        let rightForm = transposing.isRight ? CblasTrans : CblasNoTrans
        // SAFETY: the shapes checked above are those of the three storages; dgemm writes only into the third.
        unsafe left.storage.withUnsafeBufferPointer { a in
            unsafe right.storage.withUnsafeBufferPointer { b in
                unsafe storage.withUnsafeMutableBufferPointer { c in
                    unsafe cblas_dgemm(
                        CblasColMajor, leftForm, rightForm, m, n, k, factor, a.baseAddress, leftStride,
                        b.baseAddress, rightStride, share, c.baseAddress, stride)
                }
            }
        }
    }
}
