import Glibc
import LinearAlgebra
import TestSupport
import Testing

@Suite("Cholesky factors")
struct CholeskyTests {
    @Test(
        "multiply to the matrix, are lower triangular and have a positive diagonal",
        arguments: [1, 2, 5, 40, 130])
    func multiplyToTheMatrix(order: Int) throws {
        let matrix = try Self.positiveDefinite(order)
        let factor = try Cholesky(matrix)
        #expect(distance(plainProduct(factor.lower, factor.lower.transposed), matrix) <= 1e-12)
        #expect(factor.lower.diagonal.allSatisfy { $0 > 0 })
        for column in 1..<max(1, order) {
            for row in 0..<column { #expect(factor.lower[row, column] == 0) }
        }
    }

    @Test("of a known matrix are known")
    func knownFactor() throws {
        let factor = try Cholesky(Matrix(rows: [[4, 12, -16], [12, 37, -43], [-16, -43, 98]]))
        #expect(factor.lower == Matrix(rows: [[2, 0, 0], [6, 1, 0], [-8, 5, 3]]))
        expectClose(factor.logDeterminant, 2 * log(6), relative: 1e-15)
    }

    @Test("are of the triangle of R if the matrix is a Gram matrix")
    func ofGram() throws {
        let triangular = Matrix(rows: [[1, 0, 0], [2, 3, 0], [-4, 5, 6]])
        let factor = try Cholesky(triangular.transposed.gram())
        #expect(distance(factor.lower, triangular) <= 1e-14)
    }

    @Test(
        "read the lower triangle and, in place, leave the upper one", arguments: [Double.nan, .infinity, 7])
    func readsLowerTriangle(above: Double) throws {
        var matrix = Matrix(rows: [[4, above], [2, 5]])
        #expect(try Cholesky(matrix).lower == Matrix(rows: [[2, 0], [1, 2]]))
        try matrix.factorCholesky()
        #expect(matrix.row(1) == [1, 2])
        #expect(matrix[0, 1].bitPattern == above.bitPattern)
    }

    @Test("solve", arguments: [1, 3, 25])
    func solves(order: Int) throws {
        let matrix = try Self.positiveDefinite(order)
        var generator = TestGenerator(seed: order)
        let solution = generator.matrix(order, 3)
        let factor = try Cholesky(matrix)
        #expect(distance(try factor.solve(matrix.times(solution)), solution) <= 1e-10)
        expectClose(try factor.solve(matrix.times(solution.column(1))), solution.column(1), absolute: 1e-10)
        let half = try factor.solveLower(matrix.times(solution))
        #expect(distance(half, try factor.lower.times(solution, transposing: .left)) <= 1e-11)
        #expect(distance(try factor.solveUpper(half), solution) <= 1e-10)
        expectClose(
            try factor.solveUpper(factor.solveLower(matrix.times(solution.column(0)))), solution.column(0),
            absolute: 1e-10)
    }

    @Test("give the inverse and its diagonal", arguments: [1, 4, 30])
    func inverts(order: Int) throws {
        let matrix = try Self.positiveDefinite(order)
        let factor = try Cholesky(matrix)
        let inverse = try factor.inverse()
        #expect(distance(plainProduct(matrix, inverse), .identity(order)) <= 1e-10)
        #expect(inverse == inverse.transposed)
        #expect(try factor.inverseDiagonal() == inverse.diagonal)
    }

    @Test("estimate the condition")
    func condition() throws {
        #expect(try Cholesky(.identity(5)).reciprocalCondition() == 1)
        expectClose(
            try Cholesky(.diagonal([1, 1e-6, 10])).reciprocalCondition(), 1e-7, relative: 1e-12)
        #expect(try Cholesky(Matrix(rows: 0, columns: 0)).reciprocalCondition() == 1)
    }

    @Test("of order 0 are empty")
    func empty() throws {
        let factor = try Cholesky(Matrix(rows: 0, columns: 0))
        #expect(factor.order == 0)
        #expect(factor.logDeterminant == 0)
        #expect(try factor.solve([]) == [])
        #expect(try factor.inverse() == Matrix(rows: 0, columns: 0))
        #expect(try factor.solve(Matrix(rows: 0, columns: 3)).columns == 3)
    }

    @Test("refuse a matrix that is not positive definite, naming the minor")
    func refusesIndefinite() {
        #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: 2)) {
            try Cholesky(Matrix(rows: [[1, 2, 0], [2, 1, 0], [0, 0, 1]]))
        }
        #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: 1)) {
            try Cholesky(Matrix(rows: 1, columns: 1))
        }
        #expect(throws: LinearAlgebraError.notPositiveDefinite(leadingMinor: 3)) {
            try Cholesky(Matrix(rows: [[1, 0, 0], [0, 1, 0], [0, 0, -1]]))
        }
    }

    @Test("refuse an indefinite matrix whose elimination overflows", arguments: [3, 90])
    func refusesOverflow(order: Int) {
        var matrix = Matrix.identity(order)
        matrix[0, 0] = 1e-300
        // ∞ in the last row, times 0 in those between, is NaN in its pivot.
        matrix[order - 1, 0] = 1e300
        do throws(LinearAlgebraError) {
            _ = try Cholesky(matrix)
            Issue.record("accepted")
        } catch {
            guard case .notPositiveDefinite = error else {
                Issue.record("threw \(error)")
                return
            }
        }
    }

    @Test("refuse NaN and infinities, naming the place", arguments: [Double.nan, .infinity, -.infinity])
    func refusesNonFinite(value: Double) {
        var matrix = Matrix.identity(4)
        matrix[3, 1] = value
        do throws(LinearAlgebraError) {
            _ = try Cholesky(matrix)
            Issue.record("accepted \(value)")
        } catch {
            guard case .notFinite(row: 3, column: 1, _) = error else {
                Issue.record("threw \(error)")
                return
            }
            #expect(error.description.contains("(3, 1)"))
        }
    }

    @Test("refuse NaN and infinities on the right", arguments: [Double.nan, .infinity])
    func refusesNonFiniteRightHandSide(value: Double) throws {
        let factor = try Cholesky(.identity(2))
        #expect(throws: LinearAlgebraError.self) { try factor.solve([1, value]) }
        #expect(throws: LinearAlgebraError.self) { try factor.solveLower([value, 1]) }
        #expect(throws: LinearAlgebraError.self) { try factor.solveUpper([value, 1]) }
    }

    @Test("refuse the condition of a matrix whose norm overflows, and an inverse that does")
    func refusesExtremes() throws {
        let heavy = try Cholesky(Matrix(rows: [[1.5e308, 1e308], [1e308, 1.5e308]]))
        #expect(throws: LinearAlgebraError.overflow(.cholesky)) { try heavy.reciprocalCondition() }
        let light = try Cholesky(Matrix(rows: [[.leastNonzeroMagnitude]]))
        #expect(throws: LinearAlgebraError.singular(reciprocalCondition: 0)) { try light.inverse() }
    }

    /// AᵀA + I of a random A.
    static func positiveDefinite(_ order: Int) throws -> Matrix {
        var generator = TestGenerator(seed: order)
        var matrix = try generator.matrix(order + 2, order).gram()
        matrix.addToDiagonal(1)
        return matrix
    }
}
