extension UpperTriangle {
    /// The principal square root R, R·R = T: rᵢᵢ = √tᵢᵢ and rᵢⱼ = (tᵢⱼ − Σ rᵢₖrₖⱼ) ÷ (rᵢᵢ + rⱼⱼ), one superdiagonal
    /// after the other.
    ///
    /// - Throws: ``LinearAlgebraError/noPrincipalValue(of:eigenvalue:)`` if an eigenvalue 0 is defective.
    ///
    /// Source: Björck & Hammarling (1983), "A Schur method for the square root of a matrix".
    func squareRoot() throws(LinearAlgebraError) -> UpperTriangle {
        var root = UpperTriangle(order: order)
        for column in 0..<order {
            root[column, column] = self[column, column].squareRoot
            for row in stride(from: column - 1, through: 0, by: -1) {
                var rest = self[row, column]
                for inner in (row + 1)..<max(row + 1, column) {
                    rest -= root[row, inner] * root[inner, column]
                }
                let denominator = root[row, row] + root[column, column]
                if denominator == Complex(0) {
                    guard rest == Complex(0) else {
                        throw .noPrincipalValue(of: .squareRoot, eigenvalue: Complex(0))
                    }
                } else {
                    root[row, column] = rest / denominator
                }
            }
        }
        return root
    }
}
