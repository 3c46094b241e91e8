import Glibc
import LinearAlgebra
import TestSupport
import Testing

@Suite("Linear solutions")
struct LinearSolutionTests {
    @Test("solve what was multiplied, also transposed", arguments: [1, 2, 9, 60])
    func solves(order: Int) throws {
        var generator = TestGenerator(seed: order)
        var matrix = generator.matrix(order, order)
        matrix.addToDiagonal(3)
        let solution = generator.matrix(order, 4)
        #expect(distance(try matrix.solve(matrix.times(solution)), solution) <= 1e-11)
        expectClose(
            try matrix.solve(matrix.times(solution.column(2))), solution.column(2), absolute: 1e-11)
        let factors = try LU(matrix)
        let transposedProduct = try matrix.times(solution, transposing: .left)
        #expect(distance(try factors.solve(transposedProduct, transposed: true), solution) <= 1e-11)
    }

    @Test("exchange rows where the first pivot is zero")
    func pivots() throws {
        let matrix = Matrix(rows: [[0, 2], [3, 0]])
        expectClose(try matrix.solve([4, 9]), [3, 2], relative: 1e-15)
        expectClose(try LU(matrix).determinant, -6, relative: 1e-15)
        #expect(try LU(matrix).determinantSign == -1)
    }

    @Test("give determinants that no double can hold as logarithms")
    func logDeterminant() throws {
        let factors = try LU(.diagonal(Array(repeating: 1e-300, count: 5)))
        expectClose(factors.logAbsoluteDeterminant, -1500 * log(10), relative: 1e-14)
        #expect(factors.determinant == 0)
        #expect(try LU(Matrix(rows: 0, columns: 0)).determinant == 1)
    }

    @Test("estimate the condition within a factor 3, and never as too bad", arguments: 0..<6)
    func condition(seed: Int) throws {
        var generator = TestGenerator(seed: seed)
        let matrix = generator.matrix(12, 12)
        let factors = try LU(matrix)
        let exact = 1 / (matrix.oneNorm * (try factors.solve(.identity(12))).oneNorm)
        let estimate = try factors.reciprocalCondition()
        #expect(estimate >= exact * (1 - 1e-10))
        #expect(estimate <= 3 * exact)
    }

    @Test("refuse an exactly singular matrix")
    func refusesSingular() {
        for matrix in [
            Matrix(rows: 1, columns: 1), Matrix(rows: [[1, 2], [2, 4]]), Matrix(rows: 3, columns: 3),
        ] {
            #expect(throws: LinearAlgebraError.singular(reciprocalCondition: 0)) {
                try matrix.solve([Double](repeating: 1, count: matrix.rows))
            }
        }
    }

    @Test("refuse a matrix that is singular to working precision, unless told otherwise")
    func refusesNearlySingular() throws {
        let matrix = Matrix(rows: [[1, 1], [1, 1 + 0x1p-52]])
        do throws(LinearAlgebraError) {
            _ = try matrix.solve([1, 2])
            Issue.record("accepted")
        } catch {
            guard case .singular(let reciprocal) = error else {
                Issue.record("threw \(error)")
                return
            }
            #expect(reciprocal > 0 && reciprocal < 1e-15)
        }
        expectClose(
            try matrix.solve([1, 1], minimumReciprocalCondition: 0), [1, 0], absolute: 1e-15)
    }

    @Test("refuse NaN and infinities in the matrix and on the right")
    func refusesNonFinite() {
        for value in [Double.nan, .infinity, -.infinity] {
            #expect(throws: LinearAlgebraError.self) { try Matrix(rows: [[value]]).solve([1]) }
            do throws(LinearAlgebraError) {
                _ = try Matrix.identity(2).solve([1, value])
                Issue.record("accepted \(value)")
            } catch {
                guard case .notFinite(row: 1, column: 0, _) = error else {
                    Issue.record("threw \(error)")
                    continue
                }
            }
        }
    }

    @Test("refuse what overflows on the way instead of trapping")
    func refusesOverflow() {
        let growing = Matrix(rows: [[1e308, 1e308], [-1e308, 1e308]])
        #expect(throws: LinearAlgebraError.overflow(.linearSolution)) { try growing.solve([1, 1]) }
        let heavy = Matrix(rows: [[1e308, 0], [1e308, 1]])
        #expect(throws: LinearAlgebraError.overflow(.linearSolution)) { try heavy.solve([1, 1]) }
        #expect(throws: LinearAlgebraError.overflow(.linearSolution)) {
            try Matrix(rows: [[1e-300]]).solve([1e300])
        }
    }

    @Test("with factors refuse NaN and infinities on the right", arguments: [Double.nan, .infinity])
    func factorsRefuseNonFinite(value: Double) throws {
        let factors = try LU(.identity(2))
        #expect(throws: LinearAlgebraError.self) { try factors.solve([1, value]) }
    }

    @Test("of nothing are nothing")
    func empty() throws {
        #expect(try Matrix(rows: 0, columns: 0).solve([Double]()) == [])
        #expect(try Matrix.identity(3).solve(Matrix(rows: 3, columns: 0)).columns == 0)
    }
}
