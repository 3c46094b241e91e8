import LinearAlgebra
import TestSupport
import Testing

@Suite("Singular value decomposition")
struct SVDTests {
    @Test("agrees with mpmath", arguments: SpectrumCase.all)
    func oracle(name: String) throws {
        let oracle = try SpectrumCase(name)
        let allowed = 1e-14 * oracle.norm
        let decomposition = try SVD(oracle.matrix)
        expectClose(decomposition.singularValues, oracle.singularValues, absolute: allowed)
        expectClose(try oracle.matrix.singularValues(), oracle.singularValues, absolute: allowed)
        #expect(try oracle.figures("rank_at_1e-12").integer == decomposition.rank(tolerance: 1e-12))
        // The smallest value has an absolute error, so that of the condition grows with it.
        expectClose(decomposition.condition, oracle.condition, relative: 1e-14 * oracle.condition)
    }

    @Test(
        "multiplies to the matrix, with orthonormal columns and descending values",
        arguments: [(1, 1), (9, 4), (4, 9), (60, 60), (0, 3), (3, 0)])
    func multipliesToTheMatrix(m: Int, n: Int) throws {
        var generator = TestGenerator(seed: 10 * m + n)
        let matrix = generator.matrix(m, n)
        let parts = try SVD(matrix)
        let count = min(m, n)
        let scaled = plainProduct(parts.left, .diagonal(parts.singularValues))
        #expect(distance(plainProduct(scaled, parts.rightTransposed), matrix) <= 1e-13)
        #expect(distance(plainProduct(parts.left.transposed, parts.left), .identity(count)) <= 1e-13)
        let right = parts.rightTransposed
        #expect(distance(plainProduct(right, right.transposed), .identity(count)) <= 1e-13)
        #expect(zip(parts.singularValues, parts.singularValues.dropFirst()).allSatisfy { $0 >= $1 })
        #expect(parts.singularValues.allSatisfy { $0 >= 0 })
    }

    @Test("gives the pseudoinverse", arguments: [(6, 3, 3), (3, 6, 3), (7, 7, 4), (5, 2, 1)])
    func pseudoinverse(m: Int, n: Int, rank: Int) throws {
        var generator = TestGenerator(seed: m + n)
        let matrix = try generator.matrix(m, rank).times(generator.matrix(rank, n))
        let parts = try SVD(matrix)
        #expect(parts.rank() == rank)
        let inverse = try parts.pseudoinverse()
        // The four conditions of Penrose.
        let left = plainProduct(matrix, inverse)
        let right = plainProduct(inverse, matrix)
        #expect(distance(plainProduct(left, matrix), matrix) <= 1e-11)
        #expect(distance(plainProduct(right, inverse), inverse) <= 1e-9)
        #expect(distance(left, left.transposed) <= 1e-11)
        #expect(distance(right, right.transposed) <= 1e-11)
    }

    @Test("of zeros and of nothing has rank 0")
    func degenerate() throws {
        let zeros = try SVD(Matrix(rows: 3, columns: 2))
        #expect(zeros.rank() == 0 && zeros.condition == .infinity)
        #expect(try zeros.pseudoinverse() == Matrix(rows: 2, columns: 3))
        let nothing = try SVD(Matrix(rows: 0, columns: 0))
        #expect(nothing.rank() == 0 && nothing.condition == 1)
    }

    @Test("refuses NaN and infinities instead of hanging", arguments: [Double.nan, .infinity, -.infinity])
    func refusesNonFinite(value: Double) {
        var matrix = Matrix.identity(30)
        matrix[17, 4] = value
        #expect(throws: LinearAlgebraError.self) { try SVD(matrix) }
        #expect(throws: LinearAlgebraError.self) { try matrix.singularValues() }
    }

    @Test("works at both ends of the range of doubles", arguments: [1e-290, 1e290])
    func extremeScales(scale: Double) throws {
        var generator = TestGenerator(seed: 2)
        let matrix = generator.matrix(4, 4)
        expectClose(
            try (scale * matrix).singularValues(), try matrix.singularValues().map { $0 * scale },
            relative: 1e-13)
    }
}
