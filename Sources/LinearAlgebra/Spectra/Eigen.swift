/// The eigenvalues and right eigenvectors of a general square matrix, A·v = λ·v.
public struct Eigen: Sendable {
    /// The eigenvalues; of a complex pair the one with the positive imaginary part comes first.
    public let values: [Complex]
    /// How much an eigenvalue can move per unit of change in the balanced matrix, at least 1; infinite for a
    /// defective one.
    public let conditions: [Double]
    /// The eigenvectors as LAPACK packs them: a column for a real value, two (real and imaginary part) for a
    /// pair.
    let packedVectors: Matrix

    /// Decomposes a square matrix, balanced before.
    ///
    /// - Throws: ``LinearAlgebraError/notConverged(_:)``; ``LinearAlgebraError/overflow(_:)``;
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``; ``LinearAlgebraError/tooLarge(dimension:)``.
    public init(_ matrix: Matrix) throws(LinearAlgebraError) {
        let parts = try matrix.decomposeGeneral()
        values = zip(parts.real, parts.imaginary).map { Complex($0, $1) }
        conditions = parts.reciprocalConditions.map { $0 > 0 ? 1 / $0 : .infinity }
        packedVectors = parts.vectors
    }

    /// The eigenvector of value `index`, of length 1 with its largest element real.
    public func vector(_ index: Int) -> [Complex] {
        precondition(values.indices.contains(index), "eigenvector \(index) of \(values.count)")
        let isSecond = values[index].imaginary < 0
        let first = isSecond ? index - 1 : index
        let real = packedVectors.column(first)
        guard values[index].imaginary != 0 else { return real.map { Complex($0) } }
        return zip(real, packedVectors.column(first + 1)).map { Complex($0, isSecond ? -$1 : $1) }
    }
}
