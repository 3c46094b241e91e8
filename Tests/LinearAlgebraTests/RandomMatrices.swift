import LinearAlgebra

/// A small generator for test matrices, SplitMix64: the seed is the argument that fails.
struct TestGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    mutating func vector(_ count: Int, in range: ClosedRange<Double> = -1...1) -> [Double] {
        (0..<count).map { _ in Double.random(in: range, using: &self) }
    }

    mutating func matrix(_ rows: Int, _ columns: Int, in range: ClosedRange<Double> = -1...1) -> Matrix {
        Matrix(rows: rows, columns: columns, columnMajor: vector(rows * columns, in: range))
    }

    /// A generator of a Markov chain: rates ≥ 0 off the diagonal, rows that sum to 0; the last state absorbs.
    mutating func rates(_ order: Int, scale: Double = 0.1) -> Matrix {
        var rates = matrix(order, order, in: 0...scale)
        for row in 0..<order {
            rates[row, row] = 0
            for column in 0..<order where row == order - 1 { rates[row, column] = 0 }
            rates[row, row] = -rates.row(row).reduce(0, +)
        }
        return rates
    }
}

/// The product by its definition.
func plainProduct(_ left: Matrix, _ right: Matrix) -> Matrix {
    var product = Matrix(rows: left.rows, columns: right.columns)
    for row in 0..<left.rows {
        for column in 0..<right.columns {
            for inner in 0..<left.columns { product[row, column] += left[row, inner] * right[inner, column] }
        }
    }
    return product
}

/// The largest difference between elements; infinite if the shapes differ or a difference is NaN.
func distance(_ left: Matrix, _ right: Matrix) -> Double {
    guard left.rows == right.rows, left.columns == right.columns else { return .infinity }
    let largest = (left - right).largestMagnitude
    return largest.isNaN ? .infinity : largest
}

/// A matrix with more rows than BLAS can count, and no columns, so that it costs nothing.
let tooTall = Matrix(rows: Int(Int32.max) + 1, columns: 0)
