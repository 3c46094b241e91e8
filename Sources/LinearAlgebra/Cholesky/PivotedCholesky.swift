/// The Cholesky factor of a symmetric positive *semi*definite matrix with its columns taken in the order of what
/// they add, DPᵀ A PD = L·Lᵀ, where D scales A to a unit diagonal.
///
/// Says how many columns are independent, which are not, and what those are made of. With A = XᵀX the columns are
/// those of X.
public struct PivotedCholesky: Sendable {
    /// How many columns are independent.
    public let rank: Int
    /// The independent columns, in the order in which they were chosen.
    public let independentColumns: [Int]
    /// The columns that depend on the independent ones, in their own order, each with what it is made of.
    public let dependencies: [ColumnDependency]

    /// Factors a matrix, of which the lower triangle is read.
    ///
    /// - Parameters:
    ///   - matrix: A, symmetric positive semidefinite, such as a Gram, covariance or information matrix.
    ///   - tolerance: A column depends on others if they leave at most this share of its squared length
    ///     unexplained (1 ÷ its variance inflation factor, for centred columns). The default stands well above
    ///     the rounding of a Gram matrix, about 10⁻¹⁵, and below any collinearity that estimation survives.
    /// - Throws: ``LinearAlgebraError/notPositiveSemidefinite(column:pivot:)``;
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/tooLarge(dimension:)``.
    /// - Complexity: p³/3 multiplications.
    ///
    /// Source: Higham (1990), "Analysis of the Cholesky decomposition of a semi-definite matrix".
    public init(_ matrix: Matrix, tolerance: Double = 1e-12) throws(LinearAlgebraError) {
        precondition(matrix.isSquare, "Cholesky of a \(matrix.rows)×\(matrix.columns) matrix")
        precondition(tolerance > 0 && tolerance < 1, "a tolerance of \(tolerance)")
        try matrix.checkFinite(.lowerTriangle)
        let lengths = try matrix.columnLengths()
        let scaled = matrix.scaledToUnitDiagonal(lengths: lengths)
        var factor = scaled
        let pivoting = try factor.factorPivotedCholesky(tolerance: tolerance)
        let independent = Array(pivoting.order[..<pivoting.rank])
        let dependent = Array(pivoting.order[pivoting.rank...])

        // Rows `rank…` of L are those of the dependent columns: L₁₁ᵀ·C = L₂₁ᵀ gives their coefficients C.
        let rest = factor.selecting(rows: pivoting.rank..<matrix.rows, columns: 0..<pivoting.rank)
        try scaled.checkRemainder(of: dependent, explainedBy: rest, tolerance: tolerance)
        let shares = try rest.transposed.dividedOnTheLeft(
            byLower: factor, order: pivoting.rank, transposed: true)
        rank = pivoting.rank
        independentColumns = independent
        dependencies = try dependent.indices.map { index throws(LinearAlgebraError) in
            try ColumnDependency(
                column: dependent[index], independent: independent, shares: shares.column(index),
                lengths: lengths, in: .cholesky)
        }.sorted { $0.column < $1.column }
    }

    /// The columns that depend on others, ascending.
    public var dependentColumns: [Int] { dependencies.map(\.column) }
}

extension Matrix {
    /// √aᵢᵢ, the lengths of the columns of X if self is XᵀX; from the lower triangle.
    fileprivate func columnLengths() throws(LinearAlgebraError) -> [Double] {
        var lengths: [Double] = []
        for (column, value) in diagonal.enumerated() {
            guard value >= 0 else { throw .notPositiveSemidefinite(column: column, pivot: value) }
            lengths.append(value.squareRoot())
        }
        for column in 0..<columns {
            for row in column..<rows where self[row, column] != 0 {
                // A column without length has no product with another.
                guard lengths[row] > 0, lengths[column] > 0 else {
                    throw .notPositiveSemidefinite(
                        column: lengths[row] == 0 ? row : column, pivot: -abs(self[row, column]))
                }
            }
        }
        return lengths
    }

    /// aᵢⱼ ÷ (lᵢ·lⱼ), both triangles from the lower one; rows and columns without length become zero.
    fileprivate func scaledToUnitDiagonal(lengths: [Double]) -> Matrix {
        var result = Matrix(rows: rows, columns: columns)
        for column in 0..<columns where lengths[column] > 0 {
            for row in column..<rows where lengths[row] > 0 {
                // One division after the other, so that the product of tiny lengths cannot vanish.
                result[row, column] = self[row, column] / lengths[column] / lengths[row]
            }
        }
        result.mirrorLowerTriangle()
        return result
    }

    /// Refuses a matrix whose remainder S = A₂₂ − L₂₁·L₂₁ᵀ on the columns left over is clearly not positive
    /// semidefinite: its diagonal is within the tolerance, so the rest of it has to be as well.
    fileprivate func checkRemainder(
        of dependent: [Int], explainedBy rest: Matrix, tolerance: Double
    ) throws(LinearAlgebraError) {
        var remainder = selecting(rows: dependent, columns: dependent)
        try remainder.addProduct(rest, rest, transposing: .right, scaledBy: -1)
        // The rounding of a sum of p products of numbers up to 1, with a decade to spare.
        let slack = 10 * max(tolerance, Double(rows) * 1e-16)
        for column in 0..<remainder.columns {
            for row in column..<remainder.rows {
                let value = row == column ? remainder[row, column] : -abs(remainder[row, column])
                if value < -slack { throw .notPositiveSemidefinite(column: dependent[row], pivot: value) }
            }
        }
    }
}
