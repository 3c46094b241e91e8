import Glibc

/// The solution of least squares, minₓ ‖A·x − b‖₂.
public struct LeastSquares: Sendable {
    /// X, shape (n, number of right-hand sides).
    public let coefficients: Matrix
    /// How many columns of A are independent.
    public let rank: Int
    /// ‖A·x − b‖₂ for each right-hand side.
    public let residualNorms: [Double]

    /// What to do if columns depend on each other.
    public enum Deficiency: Sendable {
        /// Throw ``LinearAlgebraError/rankDeficient(rank:columns:)``.
        case refuse
        /// Take the shortest of all solutions, lengths being measured for columns scaled by powers of 2 to lengths
        /// from 1 to 2.
        case shortest
    }
}

extension Matrix {
    /// X that minimises ‖self·x − b‖₂ for every column b of B, by a QR factorisation with column pivoting.
    ///
    /// - Parameters:
    ///   - rightHandSides: B, with as many rows as self.
    ///   - deficiency: What to do if columns depend on each other, or if there are fewer rows than columns.
    ///   - tolerance: Columns, scaled to lengths from 1 to 2, count as dependent if 1 ÷ (their condition number)
    ///     is below this; the default is some hundred times the rounding of the factorisation.
    /// - Throws: ``LinearAlgebraError/rankDeficient(rank:columns:)``; ``LinearAlgebraError/overflow(_:)``;
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/tooLarge(dimension:)``.
    /// - Complexity: 2n²(m − n/3) multiplications for m ≥ n.
    public func leastSquares(
        _ rightHandSides: Matrix, deficiency: LeastSquares.Deficiency = .refuse, tolerance: Double = 1e-13
    ) throws(LinearAlgebraError) -> LeastSquares {
        precondition(
            rightHandSides.rows == rows,
            "\(rightHandSides.rows)×\(rightHandSides.columns) right-hand sides for \(rows)×\(columns)")
        _ = try OpenBLAS.dimension(rows)
        try checkFinite()
        try rightHandSides.checkFinite()
        // Powers of 2 make the rank independent of units and cost no rounding.
        let lengths = (0..<columns).map { Matrix(column: column($0)).frobeniusNorm }
        guard lengths.allSatisfy(\.isFinite) else { throw .overflow(.leastSquares) }
        let exponents = lengths.map { $0 > 0 ? Int($0.exponent) : 0 }
        var (solution, rank) = try scalingColumns(byPowersOfTwo: exponents.map { -$0 })
            .shortestLeastSquares(rightHandSides, tolerance: tolerance)
        if deficiency == .refuse, rank < columns { throw .rankDeficient(rank: rank, columns: columns) }
        for column in 0..<solution.columns {
            for row in 0..<columns { solution[row, column] = scalbn(solution[row, column], -exponents[row]) }
        }
        guard solution.isFinite else { throw .overflow(.leastSquares) }
        var residual = rightHandSides
        try residual.addProduct(self, solution, scaledBy: -1)
        return LeastSquares(
            coefficients: solution, rank: rank,
            residualNorms: (0..<residual.columns).map { Matrix(column: residual.column($0)).frobeniusNorm })
    }

    /// x that minimises ‖self·x − b‖₂.
    ///
    /// - Throws: As ``leastSquares(_:deficiency:tolerance:)-(Matrix,_,_)``.
    public func leastSquares(
        _ rightHandSide: [Double], deficiency: LeastSquares.Deficiency = .refuse, tolerance: Double = 1e-13
    ) throws(LinearAlgebraError) -> [Double] {
        try leastSquares(Matrix(column: rightHandSide), deficiency: deficiency, tolerance: tolerance)
            .coefficients.storage
    }

    private func scalingColumns(byPowersOfTwo exponents: [Int]) -> Matrix {
        var result = self
        for column in 0..<columns where exponents[column] != 0 {
            for row in 0..<rows { result[row, column] = scalbn(self[row, column], exponents[column]) }
        }
        return result
    }
}
