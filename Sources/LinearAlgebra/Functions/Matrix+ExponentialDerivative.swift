import Glibc

extension Matrix {
    /// e^A and its Fréchet derivative in a direction, L(A, E) = ∫₀¹ e^(A(1 − u)) E e^(Au) du.
    ///
    /// L is the part of e^(A + E) − e^A that is linear in E, and the upper right block of the exponential of
    /// [[A, E], [0, A]], at three times the cost of e^A instead of eight. Differentiates scaling and squaring.
    ///
    /// - Parameter direction: E, of the shape of self.
    /// - Throws: ``LinearAlgebraError/overflow(_:)``; ``LinearAlgebraError/notFinite(row:column:value:)``;
    ///   ``LinearAlgebraError/tooLarge(dimension:)``.
    ///
    /// Source: Al-Mohy & Higham (2009), "Computing the Fréchet derivative of the matrix exponential, with an
    /// application to condition number estimation", algorithm 6.4.
    public func exponential(
        withDerivativeIn direction: Matrix
    ) throws(LinearAlgebraError) -> (exponential: Matrix, derivative: Matrix) {
        precondition(
            isSquare && direction.rows == rows && direction.columns == columns,
            """
            derivative of the exponential of a \(rows)×\(columns) matrix in a direction of \
            \(direction.rows)×\(direction.columns)
            """)
        _ = try OpenBLAS.dimension(rows)
        try checkFinite()
        try direction.checkFinite()
        let norm = oneNorm
        guard norm.isFinite else { throw .overflow(.exponential) }
        // The largest norms for which value and derivative have a backward error of at most 2⁻⁵³; table 6.1.
        let reach = [(3, 1.08e-2), (5, 2.00e-1), (7, 7.83e-1), (9, 1.78)]
        let reachOf13 = 4.74
        let fitting = reach.first { norm <= $0.1 }
        let squarings = norm > reachOf13 ? Int(log2(norm / reachOf13).rounded(.up)) : 0
        let operand = MatrixWithDerivative(value: self, derivative: direction)
            .scaled(byPowerOfTwo: -squarings)
        var result = try PadeTerms(EvenPowers(operand), degree: fitting?.0 ?? 13).quotient()
        for _ in 0..<squarings { result = try result.multiplied(by: result) }
        guard result.value.isFinite, result.derivative.isFinite else { throw .overflow(.exponential) }
        return (result.value, result.derivative)
    }
}
