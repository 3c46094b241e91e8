/// The eigenvalues and eigenvectors of a symmetric matrix, A = V·Λ·Vᵀ.
public struct SymmetricEigen: Sendable {
    /// The diagonal of Λ, ascending.
    public let values: [Double]
    /// V, orthogonal; column k belongs to value k and has an arbitrary sign.
    public let vectors: Matrix

    /// Decomposes a symmetric matrix, of which the lower triangle is read.
    ///
    /// - Throws: ``LinearAlgebraError/notConverged(_:)``; ``LinearAlgebraError/overflow(_:)``;
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/tooLarge(dimension:)``.
    public init(_ matrix: Matrix) throws(LinearAlgebraError) {
        var vectors = matrix
        values = try vectors.decomposeSymmetric(vectors: true)
        self.vectors = vectors
    }

    /// V·f(Λ)·Vᵀ: the function of the matrix that f is of its eigenvalues.
    ///
    /// - Throws: ``LinearAlgebraError/tooLarge(dimension:)``.
    public func mapped(_ function: (Double) -> Double) throws(LinearAlgebraError) -> Matrix {
        var scaled = vectors
        for column in 0..<scaled.columns {
            let factor = function(values[column])
            for row in 0..<scaled.rows { scaled[row, column] *= factor }
        }
        var result = try scaled.times(vectors, transposing: .right)
        result.mirrorLowerTriangle()
        return result
    }
}

extension Matrix {
    /// The eigenvalues of a symmetric matrix alone, ascending; the lower triangle is read.
    ///
    /// - Throws: ``LinearAlgebraError/notConverged(_:)``; ``LinearAlgebraError/overflow(_:)``;
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/tooLarge(dimension:)``.
    public func symmetricEigenvalues() throws(LinearAlgebraError) -> [Double] {
        var scratch = self
        return try scratch.decomposeSymmetric(vectors: false)
    }
}
