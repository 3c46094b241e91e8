/// An upper triangular complex matrix T: the Schur form on which functions are evaluated.
///
/// Orders here are numbers of grades, so plain loops beat calls for speed and let the order of operations follow
/// the sources.
struct UpperTriangle: Sendable {
    let order: Int
    private var matrix: ComplexMatrix

    init(order: Int) {
        self.order = order
        matrix = ComplexMatrix(order: order)
    }

    /// The upper triangle of a matrix.
    init(of matrix: ComplexMatrix) {
        self.init(order: matrix.order)
        for column in 0..<order {
            for row in 0...column { self[row, column] = matrix[row, column] }
        }
    }

    /// The element in a row and a column ≥ the row.
    subscript(row: Int, column: Int) -> Complex {
        get { matrix[row, column] }
        set { matrix[row, column] = newValue }
    }

    /// With zeros below the diagonal.
    var full: ComplexMatrix { matrix }

    var diagonal: [Complex] { (0..<order).map { self[$0, $0] } }

    var oneNorm: Double { matrix.oneNorm }

    /// Adds a number to the diagonal.
    func addingToDiagonal(_ value: Double) -> UpperTriangle {
        var result = self
        for index in 0..<order { result[index, index] += Complex(value) }
        return result
    }

    func scaled(by factor: Double) -> UpperTriangle {
        var result = self
        for column in 0..<order {
            for row in 0...column { result[row, column] = factor * self[row, column] }
        }
        return result
    }

    mutating func add(_ other: UpperTriangle, scaledBy factor: Double) {
        for column in 0..<order {
            for row in 0...column { self[row, column] += factor * other[row, column] }
        }
    }

    func times(_ right: UpperTriangle) -> UpperTriangle {
        var product = UpperTriangle(order: order)
        for column in 0..<order {
            for inner in 0...column {
                let factor = right[inner, column]
                for row in 0...inner { product[row, column] += self[row, inner] * factor }
            }
        }
        return product
    }

    /// self⁻¹·right, by back substitution; the diagonal must have no zero.
    func leftQuotient(of right: UpperTriangle) -> UpperTriangle {
        var quotient = right
        for column in 0..<order {
            for row in stride(from: column, through: 0, by: -1) {
                let value = quotient[row, column] / self[row, row]
                quotient[row, column] = value
                for above in 0..<row { quotient[above, column] -= self[above, row] * value }
            }
        }
        return quotient
    }
}
