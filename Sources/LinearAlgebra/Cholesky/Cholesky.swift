import Glibc

/// The Cholesky factor of a symmetric positive definite matrix, A = L·Lᵀ with L lower triangular.
public struct Cholesky: Sendable {
    /// L, with zeros above the diagonal.
    public let lower: Matrix
    /// ‖A‖₁, for the condition estimate.
    let norm: Double

    /// Factors a matrix, of which the lower triangle is read.
    ///
    /// - Throws: ``LinearAlgebraError/notPositiveDefinite(leadingMinor:)``;
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/tooLarge(dimension:)``.
    /// - Complexity: p³/3 multiplications.
    public init(_ matrix: Matrix) throws(LinearAlgebraError) {
        var factor = matrix
        try factor.factorCholesky()
        factor.clearUpperTriangle()
        lower = factor
        norm = matrix.symmetricOneNorm
    }

    /// The order p of A.
    public var order: Int { lower.rows }

    /// ln det A = 2 Σ ln lᵢᵢ.
    public var logDeterminant: Double { 2 * lower.diagonal.reduce(0) { $0 + log($1) } }
}

extension Matrix {
    /// ‖A‖₁ of a symmetric matrix from its lower triangle.
    var symmetricOneNorm: Double {
        let values = storage.span
        var sums = [Double](repeating: 0, count: columns)
        for column in 0..<columns {
            for row in column..<rows {
                let magnitude = abs(values[column &* rows &+ row])
                sums[column] += magnitude
                if row > column { sums[row] += magnitude }
            }
        }
        return sums.max() ?? 0
    }
}
