import CLAPACKE

extension LU {
    /// X with A·X = B, or Aᵀ·X = B.
    ///
    /// - Parameters:
    ///   - rightHandSides: B, one right-hand side per column.
    ///   - transposed: Whether to solve with Aᵀ.
    /// - Throws: ``LinearAlgebraError/notFinite(row:column:value:)`` for B; ``LinearAlgebraError/overflow(_:)`` if X
    ///   does; ``LinearAlgebraError/tooLarge(dimension:)``.
    public func solve(_ rightHandSides: Matrix, transposed: Bool = false) throws(LinearAlgebraError) -> Matrix
    {
        precondition(
            rightHandSides.rows == order,
            "\(rightHandSides.rows)×\(rightHandSides.columns) right-hand sides for order \(order)")
        let n = try OpenBLAS.dimension(order)
        let count = try OpenBLAS.dimension(rightHandSides.columns)
        let stride = try OpenBLAS.stride(order)
        let form = CChar(UInt8(ascii: transposed ? "T" : "N"))
        try rightHandSides.checkFinite()
        var solutions = rightHandSides
        // SAFETY: the factors are order × order with order pivots, B has order rows; dgetrs writes only into B.
        let status = unsafe factors.storage.withUnsafeBufferPointer { a in
            unsafe pivots.withUnsafeBufferPointer { order in
                unsafe solutions.storage.withUnsafeMutableBufferPointer { b in
                    unsafe LAPACKE_dgetrs(
                        LAPACK_COL_MAJOR, form, n, count, a.baseAddress, stride, order.baseAddress,
                        b.baseAddress, stride)
                }
            }
        }
        try OpenBLAS.check(status, from: "dgetrs", in: .linearSolution)
        guard solutions.isFinite else { throw .overflow(.linearSolution) }
        return solutions
    }

    /// x with A·x = b, or Aᵀ·x = b.
    ///
    /// - Throws: As ``solve(_:transposed:)-(Matrix,_)``.
    public func solve(
        _ rightHandSide: [Double], transposed: Bool = false
    ) throws(LinearAlgebraError) -> [Double] {
        try solve(Matrix(column: rightHandSide), transposed: transposed).storage
    }
}
