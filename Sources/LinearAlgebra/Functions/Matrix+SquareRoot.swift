extension Matrix {
    /// The principal square root: the one X with X·X = A whose eigenvalues lie in the right half plane.
    ///
    /// - Throws: ``LinearAlgebraError/noPrincipalValue(of:eigenvalue:)`` if an eigenvalue is negative, or 0 and
    ///   defective; ``LinearAlgebraError/overflow(_:)``; ``LinearAlgebraError/notConverged(_:)``;
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/tooLarge(dimension:)``.
    /// - Complexity: O(n³), some 25n³ for the Schur form.
    ///
    /// Source: Björck & Hammarling (1983), "A Schur method for the square root of a matrix".
    public func squareRoot() throws(LinearAlgebraError) -> Matrix {
        precondition(isSquare, "square root of a \(rows)×\(columns) matrix")
        let form = try ComplexSchur(self)
        for value in form.triangular.diagonal where value.imaginary == 0 && value.real < 0 {
            throw .noPrincipalValue(of: .squareRoot, eigenvalue: value)
        }
        let result = form.composed(try form.triangular.squareRoot())
        guard result.isFinite else { throw .overflow(.squareRoot) }
        return result
    }
}
