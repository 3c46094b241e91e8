/// A column that is a linear combination of others.
public struct ColumnDependency: Sendable, Hashable {
    /// The dependent column, counted from 0.
    public let column: Int
    /// The columns it is made of, with their coefficients, in the order of the columns; empty for a column of
    /// zeros.
    public let terms: [Term]

    /// One column's part in a combination.
    public struct Term: Sendable, Hashable {
        /// The column, counted from 0.
        public let column: Int
        /// How much of it goes into the dependent one.
        public let coefficient: Double
    }
}

extension ColumnDependency {
    /// A dependency from the coefficients of columns scaled to unit length.
    ///
    /// - Parameters:
    ///   - column: The dependent column.
    ///   - independent: The columns it may be made of.
    ///   - shares: Coefficients between columns of unit length; those below 10⁻⁶ are left out as rounding.
    ///   - lengths: The lengths of all columns.
    ///   - operation: What it was found by, for the error.
    /// - Throws: ``LinearAlgebraError/overflow(_:)`` if lengths differ by more than doubles can say.
    init(
        column: Int, independent: [Int], shares: [Double], lengths: [Double], in operation: MatrixOperation
    ) throws(LinearAlgebraError) {
        self.column = column
        terms = zip(independent, shares).filter { lengths[column] > 0 && abs($0.1) > 1e-6 }
            .map { Term(column: $0.0, coefficient: $0.1 * (lengths[column] / lengths[$0.0])) }
            .sorted { $0.column < $1.column }
        guard terms.allSatisfy(\.coefficient.isFinite) else { throw .overflow(operation) }
    }
}
