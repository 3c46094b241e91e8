/// A dense matrix of doubles, shape (rows, columns), stored column by column.
///
/// Observations are rows and features are columns, so that a feature is contiguous.
public struct Matrix: Sendable, Equatable {
    /// Number of rows, ≥ 0.
    public let rows: Int
    /// Number of columns, ≥ 0.
    public let columns: Int
    /// rows · columns elements; element (i, j) is at j · rows + i.
    @usableFromInline var storage: [Double]

    /// A matrix filled with one value.
    public init(rows: Int, columns: Int, repeating value: Double = 0) {
        precondition(rows >= 0 && columns >= 0, "a \(rows)×\(columns) matrix")
        self.rows = rows
        self.columns = columns
        storage = Array(repeating: value, count: rows * columns)
    }

    /// A matrix from its elements, column after column.
    public init(rows: Int, columns: Int, columnMajor elements: [Double]) {
        precondition(
            rows >= 0 && columns >= 0 && elements.count == rows * columns,
            "\(elements.count) elements for a \(rows)×\(columns) matrix")
        self.rows = rows
        self.columns = columns
        storage = elements
    }

    /// A matrix from its rows, all of one length; convenient for small literals.
    public init(rows elements: [[Double]]) {
        let width = elements.first?.count ?? 0
        precondition(elements.allSatisfy { $0.count == width }, "rows of different lengths")
        rows = elements.count
        columns = width
        storage = (0..<width).flatMap { column in elements.map { $0[column] } }
    }

    /// The n × n identity.
    public static func identity(_ order: Int) -> Matrix {
        var matrix = Matrix(rows: order, columns: order)
        for index in 0..<order { matrix[index, index] = 1 }
        return matrix
    }

    /// The element in a row and a column, both counted from 0.
    @inlinable public subscript(row: Int, column: Int) -> Double {
        get {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns)
            return storage[column &* rows &+ row]
        }
        set {
            precondition(row >= 0 && row < rows && column >= 0 && column < columns)
            storage[column &* rows &+ row] = newValue
        }
    }

    /// All elements, column after column, without a copy: a hot loop takes `elements.span`.
    @inlinable public var elements: [Double] { storage }

    /// A copy of one column.
    public func column(_ index: Int) -> [Double] {
        precondition(index >= 0 && index < columns, "column \(index) of \(columns)")
        return Array(storage[index * rows..<(index + 1) * rows])
    }

    /// A copy of one row.
    public func row(_ index: Int) -> [Double] {
        precondition(index >= 0 && index < rows, "row \(index) of \(rows)")
        return (0..<columns).map { storage[$0 * rows + index] }
    }

    /// The matrix with rows and columns exchanged.
    public var transposed: Matrix {
        var result = Matrix(rows: columns, columns: rows)
        for column in 0..<columns {
            for row in 0..<rows { result.storage[row * columns + column] = storage[column * rows + row] }
        }
        return result
    }
}
