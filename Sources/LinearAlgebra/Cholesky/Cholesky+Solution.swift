import CLAPACKE

extension Cholesky {
    /// X with A·X = B.
    ///
    /// - Parameter rightHandSides: B, one right-hand side per column.
    /// - Throws: ``LinearAlgebraError/notFinite(row:column:value:)`` for B; ``LinearAlgebraError/overflow(_:)`` if X
    ///   does; ``LinearAlgebraError/tooLarge(dimension:)``.
    public func solve(_ rightHandSides: Matrix) throws(LinearAlgebraError) -> Matrix {
        precondition(
            rightHandSides.rows == order,
            "\(rightHandSides.rows)×\(rightHandSides.columns) right-hand sides for order \(order)")
        let n = try OpenBLAS.dimension(order)
        let count = try OpenBLAS.dimension(rightHandSides.columns)
        let stride = try OpenBLAS.stride(order)
        try rightHandSides.checkFinite()
        var solutions = rightHandSides
        // SAFETY: L is order × order and B has order rows; dpotrs writes only into B.
        let status = unsafe lower.storage.withUnsafeBufferPointer { a in
            unsafe solutions.storage.withUnsafeMutableBufferPointer { b in
                unsafe LAPACKE_dpotrs(
                    LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), n, count, a.baseAddress, stride,
                    b.baseAddress, stride)
            }
        }
        try OpenBLAS.check(status, from: "dpotrs", in: .cholesky)
        guard solutions.isFinite else { throw .overflow(.cholesky) }
        return solutions
    }

    /// x with A·x = b.
    ///
    /// - Throws: As ``solve(_:)-(Matrix)``.
    public func solve(_ rightHandSide: [Double]) throws(LinearAlgebraError) -> [Double] {
        try solve(Matrix(column: rightHandSide)).storage
    }
}
