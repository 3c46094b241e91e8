/// The quantities of some observations, column by column; missing is NaN.
struct QuantityBlock: Sendable {
    /// Number of observations.
    let rows: Int
    /// Number of columns.
    let columnCount: Int
    private var values: [Double]

    /// A block of columns in which everything is missing.
    init(rows: Int, columns: Int) {
        self.rows = rows
        columnCount = columns
        values = [Double](repeating: .nan, count: rows * columns)
    }

    /// The value of a column in a row.
    subscript(column: Int, row: Int) -> Double {
        get { values[column * rows + row] }
        set { values[column * rows + row] = newValue }
    }

    /// Copies a column to a place in an array.
    func copy(_ column: Int, into target: inout [Double], at place: Int) {
        for row in 0..<rows { target[place + row] = values[column * rows + row] }
    }

    /// The first rows.
    func prefix(rows count: Int) -> QuantityBlock {
        var block = QuantityBlock(rows: count, columns: columnCount)
        for column in 0..<columnCount {
            for row in 0..<count { block[column, row] = self[column, row] }
        }
        return block
    }

    /// Some of the columns.
    func columns(_ chosen: [Int]) -> QuantityBlock {
        var block = QuantityBlock(rows: rows, columns: chosen.count)
        for (place, column) in chosen.enumerated() {
            for row in 0..<rows { block[place, row] = self[column, row] }
        }
        return block
    }

    /// The same with more columns behind, in which everything is missing.
    func widened(to columns: Int) -> QuantityBlock {
        var block = QuantityBlock(rows: rows, columns: columns)
        for place in values.indices { block.values[place] = values[place] }
        return block
    }

    /// Blocks of equal columns, one below the other.
    init(stacking parts: [QuantityBlock], columns: Int) {
        self.init(rows: parts.reduce(0) { $0 + $1.rows }, columns: columns)
        var start = 0
        for part in parts {
            for column in 0..<columns {
                for row in 0..<part.rows { self[column, start + row] = part[column, row] }
            }
            start += part.rows
        }
    }
}
