import LinearAlgebra

/// Columns with mean 0 and standard deviation 1, and how to get back.
struct StandardisedColumns: Sendable {
    /// (x − mean) ÷ scale, shape (n, p).
    let matrix: Matrix
    let means: [Double]
    /// Standard deviations; 1 for a constant column, which becomes 0.
    let scales: [Double]
    /// Columns without spread.
    let constant: [Int]

    /// Standardises columns by weighted means.
    ///
    /// - Throws: ``MigrationError/feature(name:row:value:)`` for what is not finite.
    init(_ features: Matrix, weights: [Double], names: [String]) throws(MigrationError) {
        let total = weights.reduce(0, +)
        var elements = features.elements
        var means: [Double] = []
        var scales: [Double] = []
        var constant: [Int] = []
        for column in 0..<features.columns {
            let start = column * features.rows
            var sum = 0.0
            for row in 0..<features.rows {
                let value = elements[start + row]
                guard value.isFinite else { throw .feature(name: names[column], row: row, value: value) }
                sum += weights[row] * value
            }
            let mean = sum / total
            var squares = 0.0
            for row in 0..<features.rows {
                elements[start + row] -= mean
                squares += weights[row] * elements[start + row] * elements[start + row]
            }
            let deviation = (squares / total).squareRoot()
            // Below this share of the mean what is left of a column is the rounding of its numbers.
            let isConstant = !(deviation > 1e-12 * max(abs(mean), 1e-300))
            let scale = isConstant ? 1 : deviation
            for row in 0..<features.rows {
                elements[start + row] = isConstant ? 0 : elements[start + row] / scale
            }
            means.append(mean)
            scales.append(scale)
            if isConstant { constant.append(column) }
        }
        matrix = Matrix(rows: features.rows, columns: features.columns, columnMajor: elements)
        self.means = means
        self.scales = scales
        self.constant = constant
    }
}
