import Glibc
import LinearAlgebra
import TestSupport
import Testing

@Suite("Symmetric eigenvalues")
struct SymmetricEigenTests {
    @Test("agree with mpmath", arguments: SpectrumCase.symmetric)
    func oracle(name: String) throws {
        let oracle = try SpectrumCase(name)
        let expected = try oracle.figures("eigenvalues_real").numbers
        let allowed = 1e-13 * oracle.norm
        expectClose(try SymmetricEigen(oracle.matrix).values, expected, absolute: allowed)
        expectClose(try oracle.matrix.symmetricEigenvalues(), expected, absolute: allowed)
    }

    @Test("multiply with orthogonal vectors to the matrix", arguments: [0, 1, 2, 13, 70])
    func multiplyToTheMatrix(order: Int) throws {
        var generator = TestGenerator(seed: order)
        let half = generator.matrix(order, order)
        let matrix = half + half.transposed
        let parts = try SymmetricEigen(matrix)
        let scaled = plainProduct(parts.vectors, .diagonal(parts.values))
        #expect(distance(plainProduct(scaled, parts.vectors.transposed), matrix) <= 1e-12)
        #expect(
            distance(plainProduct(parts.vectors.transposed, parts.vectors), .identity(order)) <= 1e-13)
        #expect(zip(parts.values, parts.values.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(distance(try parts.mapped { $0 }, matrix) <= 1e-12)
    }

    @Test("read the lower triangle alone", arguments: [Double.nan, .infinity, 5])
    func readsLowerTriangle(above: Double) throws {
        let matrix = Matrix(rows: [[2, above], [1, 2]])
        expectClose(try SymmetricEigen(matrix).values, [1, 3], relative: 1e-15)
    }

    @Test("carry functions over: the exponential", arguments: 1...4)
    func mapsFunctions(seed: Int) throws {
        var generator = TestGenerator(seed: seed)
        let half = generator.matrix(6, 6)
        let matrix = half + half.transposed
        let expected = try matrix.exponential()
        #expect(
            distance(try SymmetricEigen(matrix).mapped(exp), expected)
                <= 1e-13 * expected.largestMagnitude)
    }

    @Test("refuse NaN and infinities instead of hanging", arguments: [Double.nan, .infinity])
    func refusesNonFinite(value: Double) {
        var matrix = Matrix.identity(30)
        matrix[17, 4] = value
        #expect(throws: LinearAlgebraError.self) { try SymmetricEigen(matrix) }
        #expect(throws: LinearAlgebraError.self) { try matrix.symmetricEigenvalues() }
    }
}
