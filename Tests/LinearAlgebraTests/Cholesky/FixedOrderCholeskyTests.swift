import Glibc
import LinearAlgebra
import TestSupport
import Testing

@Suite("Cholesky factors in a fixed order")
struct FixedOrderCholeskyTests {
    @Test("agree with LAPACK's, as do solutions, inverse and determinant", arguments: [0, 1, 2, 5, 40, 90])
    func agreement(order: Int) throws {
        let matrix = try CholeskyTests.positiveDefinite(order)
        let (fixed, blocked) = (try FixedOrderCholesky(matrix), try Cholesky(matrix))
        #expect(distance(fixed.lower, blocked.lower) <= 1e-12)
        expectClose(fixed.logDeterminant, blocked.logDeterminant, absolute: 1e-11)
        let side = (0..<order).map { Double($0 % 5) - 2 }
        expectClose(fixed.solve(side), try blocked.solve(side), absolute: 1e-11)
        #expect(distance(try #require(fixed.inverse()), try blocked.inverse()) <= 1e-11)
        let sides = Matrix.identity(order)
        #expect(distance(fixed.solveLower(sides), try blocked.solveLower(sides)) <= 1e-11)
    }

    @Test("have the bits of the textbook's loop")
    func bits() throws {
        let order = 7
        let matrix = try CholeskyTests.positiveDefinite(order)
        var expected = Matrix(rows: order, columns: order)
        for column in 0..<order {
            for row in column..<order {
                var sum = matrix[row, column]
                for earlier in 0..<column { sum -= expected[column, earlier] * expected[row, earlier] }
                expected[row, column] = row == column ? sum.squareRoot() : sum / expected[column, column]
            }
        }
        #expect(try FixedOrderCholesky(matrix).lower == expected)
    }

    @Test("refuse what is not positive definite or not finite, and say where")
    func refusals() {
        #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: 2)) {
            try FixedOrderCholesky(Matrix(rows: [[1, 2], [2, 4]]))
        }
        #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: 1)) {
            try FixedOrderCholesky(Matrix(rows: [[0]]))
        }
        #expect(throws: LinearAlgebraError.self) {
            try FixedOrderCholesky(Matrix(rows: [[1, 0], [.nan, 1]]))
        }
    }

    @Test("have no inverse beyond the range of doubles")
    func overflow() throws {
        #expect(try FixedOrderCholesky(Matrix(rows: [[0x1p-1030]])).inverse() == nil)
        #expect(try FixedOrderCholesky(Matrix(rows: [[4]])).inverse() == Matrix(rows: [[0.25]]))
    }
}
