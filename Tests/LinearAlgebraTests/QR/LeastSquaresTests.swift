import LinearAlgebra
import TestSupport
import Testing

@Suite("Least squares")
struct LeastSquaresTests {
    @Test("agree with mpmath", arguments: SpectrumCase.tall)
    func oracle(name: String) throws {
        let oracle = try SpectrumCase(name)
        let expected = Matrix(column: try oracle.figures("least_squares_for_b_1_2_3").numbers)
        let sides = Matrix(column: (1...oracle.matrix.rows).map(Double.init))
        let fit = try oracle.matrix.leastSquares(sides)
        // The stated 1e-16 · condition, but not less than two units in the last place.
        let allowed = max(1e-16 * oracle.condition, 4.5e-16)
        #expect((fit.coefficients - expected).frobeniusNorm <= allowed * expected.frobeniusNorm)
        expectClose(fit.residualNorms, [try oracle.figures("residual_norm").number], relative: 1e-15)
        #expect(try oracle.figures("rank_at_1e-12").integer == fit.rank)
    }

    @Test("leave residuals orthogonal to the columns", arguments: 0..<4)
    func residualIsOrthogonal(seed: Int) throws {
        var generator = TestGenerator(seed: seed)
        let matrix = generator.matrix(30, 6)
        let sides = generator.matrix(30, 2)
        let fit = try matrix.leastSquares(sides)
        let residual = sides - plainProduct(matrix, fit.coefficients)
        #expect(plainProduct(matrix.transposed, residual).largestMagnitude <= 1e-13)
        expectClose(
            fit.residualNorms, (0..<2).map { Matrix(column: residual.column($0)).frobeniusNorm },
            relative: 1e-12)
    }

    @Test("solve square systems, whatever the units of the columns", arguments: [1.0, 1e-150, 1e150])
    func squareSystems(unit: Double) throws {
        var generator = TestGenerator(seed: 8)
        var matrix = generator.matrix(5, 5)
        for row in 0..<5 { matrix[row, 3] *= unit }
        let expected = [1, -2, 3, 4 / unit, 5]
        expectClose(try matrix.leastSquares(matrix.times(expected)), expected, relative: 1e-11)
    }

    @Test("refuse dependent columns, or take the shortest solution")
    func deficientColumns() throws {
        let copies = Matrix(rows: [[1, 1], [1, 1], [1, 1]])
        #expect(throws: LinearAlgebraError.rankDeficient(rank: 1, columns: 2)) {
            try copies.leastSquares([1, 2, 3])
        }
        let fit = try copies.leastSquares(Matrix(column: [1, 2, 3]), deficiency: .shortest)
        #expect(fit.rank == 1)
        expectClose(fit.coefficients.elements, [1, 1], relative: 1e-14)
        expectClose(fit.residualNorms, [Double(2).squareRoot()], relative: 1e-14)
    }

    @Test("of fewer rows than columns take the shortest solution")
    func wide() throws {
        let row = Matrix(rows: [[1, 1, 1]])
        #expect(throws: LinearAlgebraError.rankDeficient(rank: 1, columns: 3)) { try row.leastSquares([3]) }
        expectClose(try row.leastSquares([3], deficiency: .shortest), [1, 1, 1], relative: 1e-14)
    }

    @Test("of nothing are nothing")
    func degenerate() throws {
        #expect(try Matrix(rows: 3, columns: 0).leastSquares([1, 2, 3]) == [])
        let none = try Matrix.identity(2).leastSquares(Matrix(rows: 2, columns: 0))
        #expect(none.rank == 2 && none.coefficients.columns == 0 && none.residualNorms.isEmpty)
        let zeros = try Matrix(rows: 3, columns: 2).leastSquares(
            Matrix(column: [1, 2, 2]), deficiency: .shortest)
        #expect(zeros.rank == 0 && zeros.coefficients.elements == [0, 0] && zeros.residualNorms == [3])
        #expect(throws: LinearAlgebraError.rankDeficient(rank: 0, columns: 2)) {
            try Matrix(rows: 0, columns: 2).leastSquares([])
        }
    }

    @Test("refuse coefficients and lengths beyond the largest double")
    func refusesOverflow() {
        #expect(throws: LinearAlgebraError.overflow(.leastSquares)) {
            try Matrix(rows: [[1e-300], [1e-300]]).leastSquares([1e300, 1e300])
        }
        let long = Matrix(rows: 4, columns: 1, repeating: 1e308)
        #expect(throws: LinearAlgebraError.overflow(.leastSquares)) { try long.leastSquares([1, 1, 1, 1]) }
        #expect(throws: LinearAlgebraError.overflow(.qr)) { try QR(long) }
        #expect(throws: LinearAlgebraError.overflow(.qr)) { try PivotedQR(long) }
    }
}
