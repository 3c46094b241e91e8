import CBLAS

extension Matrix {
    /// A matrix of one column.
    public init(column elements: [Double]) {
        self.init(rows: elements.count, columns: 1, columnMajor: elements)
    }

    /// X with L·X = self, or Lᵀ·X = self, where L is the lower triangle of the first `order` rows and columns of
    /// `lower`, whose diagonal has no zero.
    func dividedOnTheLeft(
        byLower lower: Matrix, order: Int, transposed: Bool
    ) throws(LinearAlgebraError) -> Matrix {
        try dividedOnTheLeft(by: lower, triangle: CblasLower, order: order, transposed: transposed)
    }

    /// X with U·X = self, or Uᵀ·X = self, where U is the upper triangle of the first `order` rows and columns of
    /// `upper`, whose diagonal has no zero.
    func dividedOnTheLeft(
        byUpper upper: Matrix, order: Int, transposed: Bool
    ) throws(LinearAlgebraError) -> Matrix {
        try dividedOnTheLeft(by: upper, triangle: CblasUpper, order: order, transposed: transposed)
    }

    private func dividedOnTheLeft(
        by triangular: Matrix, triangle: CBLAS_UPLO, order: Int, transposed: Bool
    ) throws(LinearAlgebraError) -> Matrix {
        precondition(
            rows == order && triangular.rows >= order && triangular.columns >= order,
            """
            \(rows)×\(columns) right-hand sides for order \(order) of a \
            \(triangular.rows)×\(triangular.columns) matrix
            """)
        let m = try OpenBLAS.dimension(rows)
        let n = try OpenBLAS.dimension(columns)
        let triangularStride = try OpenBLAS.stride(triangular.rows)
        let stride = try OpenBLAS.stride(rows)
        var solution = self
        // SAFETY: the triangle has at least `order` rows and columns; dtrsm writes only into the solution.
        unsafe triangular.storage.withUnsafeBufferPointer { a in
            unsafe solution.storage.withUnsafeMutableBufferPointer { b in
                unsafe cblas_dtrsm(
                    CblasColMajor, CblasLeft, triangle, transposed ? CblasTrans : CblasNoTrans, CblasNonUnit,
                    m, n, 1, a.baseAddress, triangularStride, b.baseAddress, stride)
            }
        }
        return solution
    }
}
