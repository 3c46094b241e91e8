extension Matrix {
    /// X with self·X = B, refused if self is singular to working precision.
    ///
    /// The relative error of X is about 10⁻¹⁶ ÷ (reciprocal condition number).
    ///
    /// - Parameters:
    ///   - rightHandSides: B, one right-hand side per column, finite.
    ///   - minimum: The smallest reciprocal condition number accepted. At the default no digit of the worst
    ///     right-hand side would be right; 0 accepts everything but an exactly singular matrix.
    /// - Throws: ``LinearAlgebraError/singular(reciprocalCondition:)``; ``LinearAlgebraError/overflow(_:)``;
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/tooLarge(dimension:)``.
    public func solve(
        _ rightHandSides: Matrix, minimumReciprocalCondition minimum: Double = .ulpOfOne
    ) throws(LinearAlgebraError) -> Matrix {
        try rightHandSides.checkFinite()
        let factors = try LU(self)
        let reciprocal = try factors.reciprocalCondition()
        guard reciprocal >= minimum else { throw .singular(reciprocalCondition: reciprocal) }
        return try factors.solve(rightHandSides)
    }

    /// x with self·x = b, refused if self is singular to working precision.
    ///
    /// - Throws: As ``solve(_:minimumReciprocalCondition:)-(Matrix,_)``.
    public func solve(
        _ rightHandSide: [Double], minimumReciprocalCondition minimum: Double = .ulpOfOne
    ) throws(LinearAlgebraError) -> [Double] {
        try solve(Matrix(column: rightHandSide), minimumReciprocalCondition: minimum).storage
    }
}
