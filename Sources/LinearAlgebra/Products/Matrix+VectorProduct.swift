import CBLAS

extension Matrix {
    /// α·self·x.
    ///
    /// - Throws: ``LinearAlgebraError/tooLarge(dimension:)``.
    public func times(_ vector: [Double], scaledBy factor: Double = 1) throws(LinearAlgebraError) -> [Double]
    {
        _ = try OpenBLAS.dimension(rows)
        var product = [Double](repeating: 0, count: rows)
        try addProduct(with: vector, transposing: false, scaledBy: factor, to: &product, keeping: 0)
        return product
    }

    /// α·selfᵀ·x.
    ///
    /// - Throws: ``LinearAlgebraError/tooLarge(dimension:)``.
    public func transposedTimes(
        _ vector: [Double], scaledBy factor: Double = 1
    ) throws(LinearAlgebraError) -> [Double] {
        _ = try OpenBLAS.dimension(columns)
        var product = [Double](repeating: 0, count: columns)
        try addProduct(with: vector, transposing: true, scaledBy: factor, to: &product, keeping: 0)
        return product
    }

    /// Replaces y by α·op(self)·x + β·y.
    ///
    /// - Parameters:
    ///   - vector: x.
    ///   - transposing: Whether op transposes.
    ///   - factor: α.
    ///   - result: y.
    ///   - share: β; 0 overwrites y whatever it held.
    /// - Throws: ``LinearAlgebraError/tooLarge(dimension:)``; y is then unchanged.
    public func addProduct(
        with vector: [Double], transposing: Bool, scaledBy factor: Double = 1, to result: inout [Double],
        keeping share: Double = 1
    ) throws(LinearAlgebraError) {
        precondition(
            vector.count == (transposing ? rows : columns) && result.count == (transposing ? columns : rows),
            """
            a \(rows)×\(columns) matrix\(transposing ? ", transposed," : "") times \(vector.count) elements \
            into \(result.count)
            """)
        let m = try OpenBLAS.dimension(rows)
        let n = try OpenBLAS.dimension(columns)
        let stride = try OpenBLAS.stride(rows)
        // dgemv returns at once if either dimension is 0, without scaling y.
        guard rows > 0, columns > 0 else {
            for index in result.indices { result[index] = share == 0 ? 0 : share * result[index] }
            return
        }
        let form = transposing ? CblasTrans : CblasNoTrans
        // SAFETY: the lengths checked above are those of the three buffers; dgemv writes only into the last.
        unsafe storage.withUnsafeBufferPointer { a in
            unsafe vector.withUnsafeBufferPointer { x in
                unsafe result.withUnsafeMutableBufferPointer { y in
                    unsafe cblas_dgemv(
                        CblasColMajor, form, m, n, factor, a.baseAddress, stride, x.baseAddress, 1, share,
                        y.baseAddress, 1)
                }
            }
        }
    }
}
