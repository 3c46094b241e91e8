/// A square complex matrix, small and plain: what functions of a Schur form are computed with.
struct ComplexMatrix: Sendable {
    let order: Int
    /// Column after column.
    private var elements: [Complex]

    init(order: Int) {
        self.order = order
        elements = Array(repeating: Complex(0), count: order * order)
    }

    init(_ matrix: Matrix) {
        order = matrix.rows
        elements = matrix.elements.map { Complex($0) }
    }

    subscript(row: Int, column: Int) -> Complex {
        get { elements[column * order + row] }
        set { elements[column * order + row] = newValue }
    }

    /// maxⱼ Σᵢ |aᵢⱼ|.
    var oneNorm: Double {
        var largest = 0.0
        for column in 0..<order {
            var sum = 0.0
            for row in 0..<order { sum += self[row, column].magnitude }
            if sum.isNaN { return sum }
            largest = max(largest, sum)
        }
        return largest
    }

    /// The real part of V·F·Vᴴ, which is all of it if F is a real function of a real matrix's Schur form.
    static func realProduct(_ vectors: ComplexMatrix, _ function: ComplexMatrix) -> Matrix {
        let order = vectors.order
        var left = ComplexMatrix(order: order)
        for column in 0..<order {
            for inner in 0...column {
                let factor = function[inner, column]
                for row in 0..<order { left[row, column] += vectors[row, inner] * factor }
            }
        }
        var result = Matrix(rows: order, columns: order)
        for inner in 0..<order {
            for column in 0..<order {
                let factor = vectors[column, inner].conjugate
                for row in 0..<order { result[row, column] += (left[row, inner] * factor).real }
            }
        }
        return result
    }
}
