extension Cholesky {
    /// X with L·X = B; whitens the columns of B if A is a covariance.
    ///
    /// - Throws: ``LinearAlgebraError/tooLarge(dimension:)``.
    public func solveLower(_ rightHandSides: Matrix) throws(LinearAlgebraError) -> Matrix {
        try rightHandSides.dividedOnTheLeft(byLower: lower, order: order, transposed: false)
    }

    /// X with Lᵀ·X = B.
    ///
    /// - Throws: ``LinearAlgebraError/tooLarge(dimension:)``.
    public func solveUpper(_ rightHandSides: Matrix) throws(LinearAlgebraError) -> Matrix {
        try rightHandSides.dividedOnTheLeft(byLower: lower, order: order, transposed: true)
    }

    /// x with L·x = b.
    ///
    /// - Throws: ``LinearAlgebraError/tooLarge(dimension:)``.
    public func solveLower(_ rightHandSide: [Double]) throws(LinearAlgebraError) -> [Double] {
        try solveLower(Matrix(column: rightHandSide)).storage
    }

    /// x with Lᵀ·x = b.
    ///
    /// - Throws: ``LinearAlgebraError/tooLarge(dimension:)``.
    public func solveUpper(_ rightHandSide: [Double]) throws(LinearAlgebraError) -> [Double] {
        try solveUpper(Matrix(column: rightHandSide)).storage
    }
}
