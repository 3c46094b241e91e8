import Glibc

extension Matrix {
    /// The exponential e^A = I + A + A²/2! + … of a square matrix.
    ///
    /// Scaling and squaring with the [m/m] Padé approximant, m ∈ {3, 5, 7, 9, 13}. The scaling follows the norms
    /// of powers, ‖Aᵏ‖₁^(1/k), which for non-normal matrices are far smaller than ‖A‖₁, so that such matrices
    /// are not scaled too far and then squared into rounding. The diagonal and the one beside it of a triangular
    /// matrix come from scalar formulas.
    ///
    /// - Throws: ``LinearAlgebraError/overflow(_:)`` if elements exceed the largest double;
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/tooLarge(dimension:)``.
    /// - Complexity: O((8 + s)·n³), where 2ˢ ≈ ‖A‖₁ at worst.
    ///
    /// Source: Al-Mohy & Higham (2009), "A new scaling and squaring algorithm for the matrix exponential",
    /// algorithm 6.1 and code fragment 2.1.
    public func exponential() throws(LinearAlgebraError) -> Matrix {
        precondition(isSquare, "exponential of a \(rows)×\(columns) matrix")
        _ = try OpenBLAS.dimension(rows)
        try checkFinite()
        guard rows > 0 else { return self }
        if isUpperTriangular { return try scaledAndSquared(triangular: true) }
        if transposed.isUpperTriangular {
            return try transposed.scaledAndSquared(triangular: true).transposed
        }
        return try scaledAndSquared(triangular: false)
    }

    private func scaledAndSquared(triangular: Bool) throws(LinearAlgebraError) -> Matrix {
        let plan = try ExponentialPlan(self)
        var result = try plan.approximant()
        if triangular { result.setTriangularExponential(of: self, halvings: plan.squarings) }
        for remaining in stride(from: plan.squarings - 1, through: 0, by: -1) {
            result = try result.times(result)
            if triangular { result.setTriangularExponential(of: self, halvings: remaining) }
        }
        guard result.isFinite else { throw .overflow(.exponential) }
        return result
    }

    /// Replaces the diagonal of self and the one above it by those of e^(T/2ˢ), T upper triangular.
    ///
    /// The first is e^a; the second is t·(eᵃ − eᵇ)/(a − b) = t·e^max(a, b)·(1 − e^−δ)/δ with δ = |a − b|.
    private mutating func setTriangularExponential(of triangular: Matrix, halvings: Int) {
        let exponents = triangular.diagonal.map { scalbn($0, -halvings) }
        for index in 0..<rows {
            self[index, index] = exp(exponents[index])
            guard index + 1 < rows else { continue }
            let larger = max(exponents[index], exponents[index + 1])
            let gap = abs(exponents[index] - exponents[index + 1])
            let slope = exp(larger) * (gap > 0 ? -expm1(-gap) / gap : 1)
            self[index, index + 1] = scalbn(triangular[index, index + 1], -halvings) * slope
        }
    }
}
