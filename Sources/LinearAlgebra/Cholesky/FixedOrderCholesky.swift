import Glibc

/// The Cholesky factor of a symmetric positive definite matrix by one sequence of operations on every processor.
///
/// ``Cholesky`` leaves the order of sums to OpenBLAS, which chooses it by the processor, so that its last bits differ
/// from machine to machine. Here they do not: each element is updated in the order of the columns, multiplication and
/// subtraction rounded one by one. Meant for the few hundred coefficients of a regression, whose model file should be
/// the same wherever it is trained; without blocking it is several times slower than ``Cholesky`` beyond order 500.
public struct FixedOrderCholesky: Sendable {
    /// L of A = L·Lᵀ, with zeros above the diagonal.
    public let lower: Matrix

    /// Factors a matrix, of which the lower triangle is read.
    ///
    /// - Throws: ``LinearAlgebraError/notPositiveDefinite(leadingMinor:)``;
    ///   ``LinearAlgebraError/notFinite(row:column:value:)``.
    /// - Complexity: p³/3 multiplications.
    public init(_ matrix: Matrix) throws(LinearAlgebraError) {
        precondition(matrix.isSquare, "Cholesky of a \(matrix.rows)×\(matrix.columns) matrix")
        try matrix.checkFinite(.lowerTriangle)
        let order = matrix.rows
        var factor = matrix
        var values = factor.storage.mutableSpan
        for pivot in 0..<order {
            let diagonal = values[pivot &* order &+ pivot]
            guard diagonal > 0, diagonal.isFinite else { throw .notPositiveDefinite(leadingMinor: pivot + 1) }
            let root = diagonal.squareRoot()
            let start = pivot &* order
            values[start &+ pivot] = root
            for row in pivot + 1..<max(order, pivot + 1) { values[start &+ row] /= root }
            for column in pivot + 1..<max(order, pivot + 1) {
                let share = values[start &+ column]
                if share == 0 { continue }
                let other = column &* order
                for row in column..<order { values[other &+ row] -= share * values[start &+ row] }
            }
        }
        factor.clearUpperTriangle()
        lower = factor
    }

    /// Factors a matrix, of which the lower triangle is read; `nil` if it is not positive definite, which includes one
    /// with NaN or an infinity.
    ///
    /// For those who go on without a factor, as a solver does that lifts the diagonal and tries again.
    public init?(positiveDefinite matrix: Matrix) {
        do throws(LinearAlgebraError) { try self.init(matrix) } catch { return nil }
    }

    /// The order p of A.
    public var order: Int { lower.rows }

    /// ln det A = 2 Σ ln lᵢᵢ.
    public var logDeterminant: Double { 2 * lower.diagonal.reduce(0) { $0 + log($1) } }

    /// x with A·x = b; ±∞ or NaN where x leaves the range of doubles.
    public func solve(_ rightHandSide: [Double]) -> [Double] {
        precondition(rightHandSide.count == order, "\(rightHandSide.count) values for order \(order)")
        var solution = rightHandSide
        divideByLower(&solution, from: 0)
        divideByUpper(&solution, downTo: 0)
        return solution
    }

    /// X with L·X = B; ±∞ or NaN where X leaves the range of doubles.
    public func solveLower(_ rightHandSides: Matrix) -> Matrix {
        precondition(rightHandSides.rows == order, "\(rightHandSides.rows) rows for order \(order)")
        var elements: [Double] = []
        elements.reserveCapacity(rightHandSides.elements.count)
        for index in 0..<rightHandSides.columns {
            var column = rightHandSides.column(index)
            divideByLower(&column, from: 0)
            elements += column
        }
        return Matrix(rows: order, columns: rightHandSides.columns, columnMajor: elements)
    }

    /// A⁻¹, both triangles filled; `nil` if it leaves the range of doubles.
    public func inverse() -> Matrix? {
        var result = Matrix(rows: order, columns: order)
        for index in 0..<order {
            var column = [Double](repeating: 0, count: order)
            column[index] = 1
            // The part above the diagonal follows from symmetry.
            divideByLower(&column, from: index)
            divideByUpper(&column, downTo: index)
            for row in index..<order { result[row, index] = column[row] }
        }
        guard result.isFinite else { return nil }
        result.mirrorLowerTriangle()
        return result
    }

    /// Replaces b by L⁻¹·b, where b is zero before `first`.
    private func divideByLower(_ values: inout [Double], from first: Int) {
        let factor = lower.storage.span
        var target = values.mutableSpan
        for column in first..<order {
            let start = column &* order
            let value = target[column] / factor[start &+ column]
            target[column] = value
            if value == 0 { continue }
            for row in column + 1..<max(order, column + 1) { target[row] -= value * factor[start &+ row] }
        }
    }

    /// Replaces b by L⁻ᵀ·b, as far up as `last`.
    private func divideByUpper(_ values: inout [Double], downTo last: Int) {
        let factor = lower.storage.span
        var target = values.mutableSpan
        for column in (last..<order).reversed() {
            let start = column &* order
            var sum = target[column]
            for row in column + 1..<max(order, column + 1) { sum -= factor[start &+ row] * target[row] }
            target[column] = sum / factor[start &+ column]
        }
    }
}
