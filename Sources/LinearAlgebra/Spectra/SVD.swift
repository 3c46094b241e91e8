/// The singular value decomposition, A = U·Σ·Vᵀ.
public struct SVD: Sendable {
    /// U, shape (m, k) with k = min(m, n), with orthonormal columns.
    public let left: Matrix
    /// The diagonal of Σ, length k, descending, ≥ 0.
    public let singularValues: [Double]
    /// Vᵀ, shape (k, n), with orthonormal rows.
    public let rightTransposed: Matrix

    /// Decomposes a matrix of any shape (m, n).
    ///
    /// - Throws: ``LinearAlgebraError/notConverged(_:)``; ``LinearAlgebraError/overflow(_:)``;
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/tooLarge(dimension:)``.
    public init(_ matrix: Matrix) throws(LinearAlgebraError) {
        (left, singularValues, rightTransposed) = try matrix.decomposeSingularValues(vectors: true)
    }

    /// How many singular values exceed `tolerance` times the largest.
    ///
    /// - Parameter tolerance: The default is max(m, n) times the distance between 1 and the next double, the
    ///   rounding of the decomposition.
    public func rank(tolerance: Double? = nil) -> Int {
        guard let largest = singularValues.first, largest > 0 else { return 0 }
        let share = tolerance ?? Double(max(left.rows, rightTransposed.columns)) * .ulpOfOne
        return singularValues.prefix { $0 > share * largest }.count
    }

    /// The largest singular value ÷ the smallest; infinite for a singular matrix, 1 for an empty one.
    public var condition: Double {
        guard let largest = singularValues.first, let smallest = singularValues.last else { return 1 }
        return smallest > 0 ? largest / smallest : .infinity
    }

    /// The Moore–Penrose inverse V·Σ⁺·Uᵀ, shape (n, m).
    ///
    /// - Parameter tolerance: Singular values up to this times the largest count as 0; default as for
    ///   ``rank(tolerance:)``.
    /// - Throws: ``LinearAlgebraError/tooLarge(dimension:)``.
    public func pseudoinverse(tolerance: Double? = nil) throws(LinearAlgebraError) -> Matrix {
        let rank = rank(tolerance: tolerance)
        var scaled = rightTransposed.selecting(rows: 0..<rank, columns: 0..<rightTransposed.columns)
        for column in 0..<scaled.columns {
            for row in 0..<rank { scaled[row, column] /= singularValues[row] }
        }
        return try scaled.times(left.selectingColumns(0..<rank), transposing: .both)
    }
}

extension Matrix {
    /// The singular values alone, descending.
    ///
    /// - Throws: ``LinearAlgebraError/notConverged(_:)``; ``LinearAlgebraError/overflow(_:)``;
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/tooLarge(dimension:)``.
    public func singularValues() throws(LinearAlgebraError) -> [Double] {
        try decomposeSingularValues(vectors: false).values
    }
}
