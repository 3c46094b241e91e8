/// Which elements of a matrix an operation reads.
enum MatrixPart {
    case all
    case lowerTriangle
}

extension Matrix {
    /// Whether rows and columns are equally many.
    public var isSquare: Bool { rows == columns }

    /// Whether every element is finite.
    public var isFinite: Bool {
        let values = storage.span
        for index in values.indices where !values[index].isFinite { return false }
        return true
    }

    /// Refuses NaN and infinities, on which LAPACK's iterations may not end.
    func checkFinite(_ part: MatrixPart = .all) throws(LinearAlgebraError) {
        let values = storage.span
        for column in 0..<columns {
            let first = part == .all ? 0 : column
            for row in first..<max(first, rows) where !values[column &* rows &+ row].isFinite {
                throw .notFinite(row: row, column: column, value: values[column &* rows &+ row])
            }
        }
    }

    /// Whether every element below the diagonal is zero.
    var isUpperTriangular: Bool {
        for column in 0..<columns {
            for row in min(column + 1, rows)..<rows where self[row, column] != 0 { return false }
        }
        return true
    }
}

extension [Double] {
    /// Refuses NaN and infinities in a vector, as if it were a column.
    func checkFinite() throws(LinearAlgebraError) {
        for (row, value) in enumerated() where !value.isFinite {
            throw .notFinite(row: row, column: 0, value: value)
        }
    }
}
