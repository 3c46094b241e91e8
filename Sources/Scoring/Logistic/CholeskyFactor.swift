import Glibc
import LinearAlgebra

/// The Cholesky factor L of a symmetric positive definite p × p matrix, L·Lᵀ, in plain Swift.
///
/// Small (p is the number of coefficients), and factored in the order of the columns, so that a column that
/// depends on earlier ones shows at its own place.
struct CholeskyFactor: Sendable {
    /// Order p.
    let order: Int
    /// L by rows: element (i, j ≤ i) at i · p + j.
    private let lower: [Double]

    /// Factors a matrix, of which the lower triangle is read.
    ///
    /// - Returns: nil if a pivot is not positive.
    init?(_ matrix: Matrix) {
        let factoring = CholeskyFactor.factor(matrix, tolerance: 0)
        guard factoring.dependent.isEmpty else { return nil }
        order = matrix.rows
        lower = factoring.lower
    }

    /// x with L·Lᵀ·x = `rightHandSide`.
    func solve(_ rightHandSide: [Double]) -> [Double] { solveUpper(solveLower(rightHandSide)) }

    /// x with L·x = `rightHandSide`.
    func solveLower(_ rightHandSide: [Double]) -> [Double] {
        var solution = rightHandSide
        let factor = lower.span
        for row in 0..<order {
            var sum = solution[row]
            for column in 0..<row { sum -= factor[row * order + column] * solution[column] }
            solution[row] = sum / factor[row * order + row]
        }
        return solution
    }

    /// x with Lᵀ·x = `rightHandSide`.
    func solveUpper(_ rightHandSide: [Double]) -> [Double] {
        var solution = rightHandSide
        let factor = lower.span
        for row in stride(from: order - 1, through: 0, by: -1) {
            let value = solution[row] / factor[row * order + row]
            solution[row] = value
            for column in 0..<row { solution[column] -= factor[row * order + column] * value }
        }
        return solution
    }

    /// The inverse of the factored matrix.
    var inverse: Matrix {
        var result = Matrix(rows: order, columns: order)
        for column in 0..<order {
            var unit = [Double](repeating: 0, count: order)
            unit[column] = 1
            let solution = solve(unit)
            for row in column..<order {
                result[row, column] = solution[row]
                result[column, row] = solution[row]
            }
        }
        return result
    }

    /// The rows of L⁻¹, row i of length i + 1.
    var inverseLower: [[Double]] {
        var columns: [[Double]] = []
        for column in 0..<order {
            var unit = [Double](repeating: 0, count: order)
            unit[column] = 1
            columns.append(solveLower(unit))
        }
        return (0..<order).map { row in (0...row).map { columns[$0][row] } }
    }

    /// ln of the determinant of the factored matrix.
    var logDeterminant: Double {
        var sum = 0.0
        for index in 0..<order { sum += log(lower[index * order + index]) }
        return 2 * sum
    }
}

extension CholeskyFactor {
    /// Finds columns of a Gram matrix that are combinations of earlier ones.
    ///
    /// A column is dependent if the part of it that the earlier ones do not explain has a share of its squared
    /// length of at most `tolerance`. Dependent columns are passed over.
    ///
    /// - Returns: For every dependent column its coefficients on all columns (zero for itself and those after it).
    static func dependencies(in gram: Matrix, tolerance: Double) -> [(column: Int, coefficients: [Double])] {
        let order = gram.rows
        let factoring = factor(gram, tolerance: tolerance)
        return factoring.dependent.map { column in
            // Lᵀ·a = row `column` of L, over the independent columns before it.
            var coefficients = Array(factoring.lower[column * order..<column * order + column])
            coefficients += [Double](repeating: 0, count: order - column)
            let skipped = Set(factoring.dependent)
            for row in stride(from: column - 1, through: 0, by: -1) {
                guard !skipped.contains(row) else {
                    coefficients[row] = 0
                    continue
                }
                coefficients[row] /= factoring.lower[row * order + row]
                for earlier in 0..<row where !skipped.contains(earlier) {
                    coefficients[earlier] -= factoring.lower[row * order + earlier] * coefficients[row]
                }
            }
            return (column, coefficients)
        }
    }

    /// Factors row by row; a row whose pivot is at most `tolerance` of its diagonal element is left out of those
    /// after it.
    private static func factor(_ matrix: Matrix, tolerance: Double) -> (lower: [Double], dependent: [Int]) {
        precondition(matrix.rows == matrix.columns, "Cholesky of a \(matrix.rows)×\(matrix.columns) matrix")
        let order = matrix.rows
        let elements = matrix.elements
        var lower = [Double](repeating: 0, count: order * order)
        var dependent: [Int] = []
        var isDependent = [Bool](repeating: false, count: order)
        for row in 0..<order {
            for column in 0...row {
                var sum = elements[column * order + row]
                for inner in 0..<column { sum -= lower[row * order + inner] * lower[column * order + inner] }
                if column < row {
                    lower[row * order + column] =
                        isDependent[column] ? 0 : sum / lower[column * order + column]
                } else if sum > tolerance * elements[row * order + row], sum.isFinite {
                    lower[row * order + row] = sum.squareRoot()
                } else {
                    dependent.append(row)
                    isDependent[row] = true
                }
            }
        }
        return (lower, dependent)
    }
}
