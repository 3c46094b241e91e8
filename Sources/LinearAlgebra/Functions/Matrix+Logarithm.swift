import Glibc

extension Matrix {
    /// The principal logarithm: the one L with e^L = A whose eigenvalues have imaginary parts in (−π, π).
    ///
    /// Inverse scaling and squaring on the Schur form: square roots until a Padé approximant of ln(1 + x) is exact
    /// to rounding, in partial fractions; the diagonal and the one above it from scalar formulas.
    ///
    /// - Throws: ``LinearAlgebraError/noPrincipalValue(of:eigenvalue:)`` if an eigenvalue is 0 or negative, as in
    ///   many estimated transition matrices that no generator explains; ``LinearAlgebraError/overflow(_:)``;
    ///   ``LinearAlgebraError/notConverged(_:)``; ``LinearAlgebraError/notFinite(row:column:value:)``;
    ///   ``LinearAlgebraError/tooLarge(dimension:)``.
    /// - Complexity: O(n³), some 25n³ for the Schur form and n³/3 per square root and degree.
    ///
    /// Source: Al-Mohy & Higham (2012), "Improved inverse scaling and squaring algorithms for the matrix
    /// logarithm", algorithm 4.1.
    public func logarithm() throws(LinearAlgebraError) -> Matrix {
        precondition(isSquare, "logarithm of a \(rows)×\(columns) matrix")
        let form = try ComplexSchur(self)
        try form.triangular.checkPrincipal(.logarithm)
        let result = form.composed(try form.triangular.logarithm())
        guard result.isFinite else { throw .overflow(.logarithm) }
        return result
    }
}

extension UpperTriangle {
    /// ln T = 2ˢ·ln(I + X) with ln(I + X) ≈ Σⱼ wⱼ·(I + uⱼX)⁻¹X, where uⱼ and wⱼ are the nodes and weights of Gauss
    /// and Legendre on [0, 1]: the [m/m] Padé approximant in partial fractions.
    fileprivate func logarithm() throws(LinearAlgebraError) -> UpperTriangle {
        let near = try NearIdentity(self, for: .logarithm)
        var result = UpperTriangle(order: order)
        for (node, weight) in GaussLegendre.rule(near.degree) {
            let denominator = near.excess.scaled(by: node).addingToDiagonal(1)
            result.add(denominator.leftQuotient(of: near.excess), scaledBy: weight)
        }
        result = result.scaled(by: scalbn(1, near.halvings))
        for index in 0..<order {
            result[index, index] = self[index, index].logarithm
            guard index + 1 < order else { continue }
            result[index, index + 1] =
                self[index, index + 1]
                * DividedDifference.logarithm(self[index, index], self[index + 1, index + 1])
        }
        return result
    }
}
