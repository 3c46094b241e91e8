import Glibc

extension Matrix {
    /// The principal power A^p = e^(p ln A); for a whole p by multiplication.
    ///
    /// With A a transition matrix over a year, p = 1/12 gives that over a month, if there is one.
    ///
    /// - Parameter exponent: p, finite and below 2⁵³ in size. A whole one needs no principal value; a negative one
    ///   inverts.
    /// - Throws: ``LinearAlgebraError/noPrincipalValue(of:eigenvalue:)`` if p is not whole and an eigenvalue is 0 or
    ///   negative; ``LinearAlgebraError/singular(reciprocalCondition:)`` if p is negative and A has no inverse;
    ///   ``LinearAlgebraError/overflow(_:)``; ``LinearAlgebraError/notConverged(_:)``;
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/tooLarge(dimension:)``.
    /// - Complexity: O(n³), some 25n³ for the Schur form, n³/3 per square root, degree and squaring, and 2n³·log₂ p
    ///   for the whole part.
    ///
    /// Source: Higham & Lin (2011), "A Schur–Padé algorithm for fractional powers of a matrix", algorithm 5.1; the
    /// number of roots as in ``logarithm()``.
    public func power(_ exponent: Double) throws(LinearAlgebraError) -> Matrix {
        precondition(isSquare, "power of a \(rows)×\(columns) matrix")
        precondition(abs(exponent) < 0x1p53, "a power of \(exponent)")
        _ = try OpenBLAS.dimension(rows)
        try checkFinite()
        let whole = exponent.rounded(.down)
        let fraction = exponent - whole
        var result = try wholePower(Int(whole))
        if fraction > 0 {
            let form = try ComplexSchur(self)
            try form.triangular.checkPrincipal(.power)
            let fractional = form.composed(try form.triangular.power(fraction))
            result = whole == 0 ? fractional : try fractional.times(result)
        }
        guard result.isFinite else { throw .overflow(.power) }
        return result
    }

    /// Aᵏ by repeated squaring.
    private func wholePower(_ exponent: Int) throws(LinearAlgebraError) -> Matrix {
        guard exponent >= 0 else { return try solve(.identity(rows)).wholePower(-exponent) }
        var result = Matrix.identity(rows)
        var square = self
        var remaining = exponent
        while remaining > 0 {
            if remaining & 1 == 1 { result = try result.times(square) }
            remaining >>= 1
            if remaining > 0 { square = try square.times(square) }
        }
        return result
    }
}

extension UpperTriangle {
    /// T^p for 0 < p < 1: (I + X)^p by its Padé approximant, squared s times, with the diagonal and the one above
    /// it from scalar formulas at every stage.
    fileprivate func power(_ exponent: Double) throws(LinearAlgebraError) -> UpperTriangle {
        let near = try NearIdentity(self, for: .power)
        var result = near.powerApproximant(exponent)
        for remaining in stride(from: near.halvings, through: 0, by: -1) {
            if remaining < near.halvings { result = result.times(result) }
            let stage = scalbn(exponent, -remaining)
            for index in 0..<order {
                result[index, index] = self[index, index].power(stage)
                guard index + 1 < order else { continue }
                result[index, index + 1] =
                    self[index, index + 1]
                    * DividedDifference.power(stage, self[index, index], self[index + 1, index + 1])
            }
        }
        return result
    }
}

extension NearIdentity {
    /// The [m/m] Padé approximant of (1 − z)^p at z = −X, as the continued fraction
    /// 1 + c₁z/(1 + c₂z/(1 + … c₂ₘz)) evaluated from its end, with c₁ = −p, c₂ⱼ = (p − j) ÷ (4j − 2) and
    /// c₂ⱼ₊₁ = (−p − j) ÷ (4j + 2).
    ///
    /// Source: Higham & Lin (2011), algorithm 4.1 and equation (3.9).
    fileprivate func powerApproximant(_ exponent: Double) -> UpperTriangle {
        func coefficient(_ index: Int) -> Double {
            let j = Double(index / 2)
            if index == 1 { return -exponent }
            return index.isMultiple(of: 2) ? (exponent - j) / (4 * j - 2) : (-exponent - j) / (4 * j + 2)
        }
        let negative = excess.scaled(by: -1)
        var fraction = negative.scaled(by: coefficient(2 * degree))
        for index in stride(from: 2 * degree - 1, through: 1, by: -1) {
            fraction = fraction.addingToDiagonal(1)
                .leftQuotient(of: negative.scaled(by: coefficient(index)))
        }
        return fraction.addingToDiagonal(1)
    }
}
