import LinearAlgebra
import TestSupport
import Testing

@Suite("QR factors")
struct QRTests {
    @Test(
        "multiply to the matrix, with orthonormal columns and a triangle",
        arguments: [(1, 1), (9, 5), (5, 9), (40, 40), (200, 3), (0, 3), (3, 0)])
    func multiplyToTheMatrix(m: Int, n: Int) throws {
        var generator = TestGenerator(seed: 10 * m + n)
        let matrix = generator.matrix(m, n)
        let factors = try QR(matrix)
        let orthogonal = try factors.orthogonal()
        #expect(orthogonal.rows == m && orthogonal.columns == min(m, n))
        #expect(factors.upper.rows == min(m, n) && factors.upper.columns == n)
        #expect(distance(plainProduct(orthogonal, factors.upper), matrix) <= 1e-13)
        #expect(
            distance(plainProduct(orthogonal.transposed, orthogonal), .identity(min(m, n))) <= 1e-13)
        for column in 0..<n {
            for row in min(column + 1, min(m, n))..<min(m, n) { #expect(factors.upper[row, column] == 0) }
        }
    }

    @Test("have the diagonal that mpmath found", arguments: SpectrumCase.tall)
    func oracleDiagonal(name: String) throws {
        let oracle = try SpectrumCase(name)
        let expected = try oracle.figures("abs_diagonal_of_R").numbers
        expectClose(
            try QR(oracle.matrix).upper.diagonal.map(abs), expected,
            absolute: 1e-14 * oracle.norm)
    }

    @Test("refuse NaN and infinities", arguments: [Double.nan, .infinity])
    func refusesNonFinite(value: Double) {
        var matrix = Matrix(rows: 4, columns: 2, repeating: 1)
        matrix[3, 1] = value
        #expect(throws: LinearAlgebraError.self) { try QR(matrix) }
        #expect(throws: LinearAlgebraError.self) { try PivotedQR(matrix) }
        #expect(throws: LinearAlgebraError.self) { try matrix.leastSquares([1, 2, 3, 4]) }
    }

    @Test("refuse dimensions beyond 32 bits")
    func refusesHugeDimensions() {
        let error = LinearAlgebraError.tooLarge(dimension: tooTall.rows)
        #expect(throws: error) { try QR(tooTall) }
        #expect(throws: error) { try PivotedQR(tooTall) }
        #expect(throws: error) { try SVD(tooTall) }
    }
}

@Suite("Pivoted QR factors")
struct PivotedQRTests {
    @Test("find planted dependencies and what they are made of", arguments: 0..<5)
    func findsPlantedDependencies(seed: Int) throws {
        var generator = TestGenerator(seed: seed)
        var features = generator.matrix(25, 5)
        for row in 0..<25 { features[row, 2] = 3 * features[row, 0] - 1e6 * features[row, 4] }
        let found = try PivotedQR(features)
        #expect(found.rank == 4)
        let dependency = try #require(found.dependencies.first)
        #expect(found.dependentColumns == [dependency.column])
        var rebuilt = [Double](repeating: 0, count: 25)
        for term in dependency.terms {
            for row in 0..<25 { rebuilt[row] += term.coefficient * features[row, term.column] }
        }
        let scale = features.column(dependency.column).map(abs).max() ?? 0
        // A share of 3 in 10⁶ is above the rounding that terms are cleaned of.
        expectClose(rebuilt, features.column(dependency.column), absolute: 1e-5 * scale)
    }

    @Test("see what the Gram matrix no longer can")
    func seesBeyondTheGramMatrix() throws {
        var generator = TestGenerator(seed: 11)
        var features = generator.matrix(40, 3)
        for row in 0..<40 { features[row, 2] = features[row, 0] + 1e-9 * features[row, 2] }
        #expect(try PivotedQR(features).rank == 3)
        #expect(try PivotedQR(features, tolerance: 1e-7).rank == 2)
        #expect(try PivotedCholesky(features.gram()).rank == 2)
    }

    @Test("find the rank that the Gram matrix shows, and combinations that are right", arguments: 0..<4)
    func agreesWithCholesky(seed: Int) throws {
        var generator = TestGenerator(seed: seed)
        let features = try generator.matrix(50, 4).times(generator.matrix(4, 7))
        let fromColumns = try PivotedQR(features)
        let fromGram = try PivotedCholesky(features.gram())
        #expect(fromColumns.rank == 4)
        #expect(fromGram.rank == 4)
        // Columns of equal length tie for the first place, so the two may choose differently.
        for dependency in fromColumns.dependencies + fromGram.dependencies {
            var rebuilt = [Double](repeating: 0, count: 50)
            for term in dependency.terms {
                for row in 0..<50 { rebuilt[row] += term.coefficient * features[row, term.column] }
            }
            expectClose(rebuilt, features.column(dependency.column), absolute: 1e-4)
        }
    }

    @Test("of zeros, of nothing and of wide matrices name what is too much")
    func degenerate() throws {
        let zeros = try PivotedQR(Matrix(rows: 3, columns: 2))
        #expect(zeros.rank == 0 && zeros.dependentColumns == [0, 1])
        #expect(zeros.dependencies.allSatisfy { $0.terms.isEmpty })
        #expect(try PivotedQR(Matrix(rows: 0, columns: 2)).dependentColumns == [0, 1])
        #expect(try PivotedQR(Matrix(rows: 2, columns: 0)).rank == 0)
        let wide = try PivotedQR(Matrix(rows: [[1, 0, 2], [0, 1, 2]]))
        #expect(wide.rank == 2 && wide.dependencies.count == 1)
    }
}
