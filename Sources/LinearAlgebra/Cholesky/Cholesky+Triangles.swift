extension Cholesky {
    /// X with L·X = B; whitens the columns of B if A is a covariance.
    ///
    /// - Throws: ``LinearAlgebraError/notFinite(row:column:value:)`` for the right-hand side;
    ///   ``LinearAlgebraError/overflow(_:)`` if the solution does; ``LinearAlgebraError/tooLarge(dimension:)``.
    public func solveLower(_ rightHandSides: Matrix) throws(LinearAlgebraError) -> Matrix {
        try solve(rightHandSides, transposed: false)
    }

    /// X with Lᵀ·X = B.
    ///
    /// - Throws: ``LinearAlgebraError/notFinite(row:column:value:)`` for the right-hand side;
    ///   ``LinearAlgebraError/overflow(_:)`` if the solution does; ``LinearAlgebraError/tooLarge(dimension:)``.
    public func solveUpper(_ rightHandSides: Matrix) throws(LinearAlgebraError) -> Matrix {
        try solve(rightHandSides, transposed: true)
    }

    /// x with L·x = b.
    ///
    /// - Throws: ``LinearAlgebraError/notFinite(row:column:value:)`` for the right-hand side;
    ///   ``LinearAlgebraError/overflow(_:)`` if the solution does; ``LinearAlgebraError/tooLarge(dimension:)``.
    public func solveLower(_ rightHandSide: [Double]) throws(LinearAlgebraError) -> [Double] {
        try solveLower(Matrix(column: rightHandSide)).storage
    }

    /// x with Lᵀ·x = b.
    ///
    /// - Throws: ``LinearAlgebraError/notFinite(row:column:value:)`` for the right-hand side;
    ///   ``LinearAlgebraError/overflow(_:)`` if the solution does; ``LinearAlgebraError/tooLarge(dimension:)``.
    public func solveUpper(_ rightHandSide: [Double]) throws(LinearAlgebraError) -> [Double] {
        try solveUpper(Matrix(column: rightHandSide)).storage
    }

    private func solve(_ rightHandSides: Matrix, transposed: Bool) throws(LinearAlgebraError) -> Matrix {
        try rightHandSides.checkFinite()
        let solution = try rightHandSides.dividedOnTheLeft(
            byLower: lower, order: order, transposed: transposed)
        guard solution.isFinite else { throw .overflow(.cholesky) }
        return solution
    }
}
