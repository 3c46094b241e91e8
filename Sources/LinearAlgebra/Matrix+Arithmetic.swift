extension Matrix {
    /// A matrix with the given values on its diagonal and zeros elsewhere.
    public static func diagonal(_ values: [Double]) -> Matrix {
        var matrix = Matrix(rows: values.count, columns: values.count)
        for (index, value) in values.enumerated() { matrix[index, index] = value }
        return matrix
    }

    /// The sum element by element.
    public static func + (left: Matrix, right: Matrix) -> Matrix {
        var sum = left
        sum.add(right)
        return sum
    }

    /// The difference element by element.
    public static func - (left: Matrix, right: Matrix) -> Matrix {
        var difference = left
        difference.add(right, scaledBy: -1)
        return difference
    }

    /// Every element times a number.
    public static func * (factor: Double, matrix: Matrix) -> Matrix {
        var product = matrix
        product.scale(by: factor)
        return product
    }

    /// Multiplies every element by a number.
    public mutating func scale(by factor: Double) {
        var values = storage.mutableSpan
        for index in values.indices { values[index] *= factor }
    }

    /// Adds α·B element by element.
    public mutating func add(_ other: Matrix, scaledBy factor: Double = 1) {
        precondition(
            rows == other.rows && columns == other.columns,
            "a \(rows)×\(columns) matrix plus a \(other.rows)×\(other.columns) one")
        let summands = other.storage.span
        var values = storage.mutableSpan
        for index in values.indices { values[index] += factor * summands[index] }
    }

    /// Adds a number to every element of the diagonal, such as a ridge.
    public mutating func addToDiagonal(_ value: Double) {
        for index in 0..<min(rows, columns) { storage[index * rows + index] += value }
    }

    /// Copies the lower triangle over the upper one.
    mutating func mirrorLowerTriangle() {
        precondition(isSquare, "mirroring a \(rows)×\(columns) matrix")
        let order = rows
        var values = storage.mutableSpan
        for column in 0..<order {
            for row in column..<order { values[row &* order &+ column] = values[column &* order &+ row] }
        }
    }

    /// Sets the elements above the diagonal to zero.
    mutating func clearUpperTriangle() {
        for column in 0..<columns {
            for row in 0..<min(column, rows) { storage[column * rows + row] = 0 }
        }
    }

    /// The matrix with some of its columns, in the given order.
    public func selectingColumns(_ chosen: some Collection<Int>) -> Matrix {
        var elements: [Double] = []
        elements.reserveCapacity(rows * chosen.count)
        for column in chosen { elements += storage[column * rows..<(column + 1) * rows] }
        return Matrix(rows: rows, columns: chosen.count, columnMajor: elements)
    }

    /// The matrix with some of its rows and columns, in the given order.
    public func selecting(
        rows chosenRows: some Collection<Int>, columns chosenColumns: some Collection<Int>
    )
        -> Matrix
    {
        var elements: [Double] = []
        elements.reserveCapacity(chosenRows.count * chosenColumns.count)
        for column in chosenColumns {
            for row in chosenRows { elements.append(self[row, column]) }
        }
        return Matrix(rows: chosenRows.count, columns: chosenColumns.count, columnMajor: elements)
    }
}
