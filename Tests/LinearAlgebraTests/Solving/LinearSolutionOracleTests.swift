import LinearAlgebra
import TestSupport
import Testing

@Suite("Linear solutions agree with mpmath")
struct LinearSolutionOracleTests {
    @Test(arguments: SpectrumCase.square)
    func solutionsAndDeterminants(name: String) throws {
        let oracle = try SpectrumCase(name)
        let expected = Matrix(column: try oracle.figures("solution_of_A_x_equal_ones").numbers)
        let ones = [Double](repeating: 1, count: oracle.matrix.rows)
        let solution = Matrix(column: try oracle.matrix.solve(ones))
        let allowed = 1e-16 * oracle.condition
        #expect((solution - expected).frobeniusNorm <= allowed * expected.frobeniusNorm)
        let factors = try LU(oracle.matrix)
        let determinant = try oracle.figures("determinant").number
        let logDeterminant = try oracle.figures("log_abs_determinant").number
        expectClose(factors.determinant, determinant, relative: 10 * allowed + 1e-14)
        expectClose(factors.logAbsoluteDeterminant, logDeterminant, absolute: 10 * allowed + 1e-14)
        // 1-norm and 2-norm conditions differ by at most a factor n.
        let reciprocal = try factors.reciprocalCondition()
        #expect(reciprocal * oracle.condition <= 10 * Double(ones.count))
        #expect(reciprocal * oracle.condition >= 0.1 / Double(ones.count))
    }

    @Test("also by Cholesky, for a positive definite one")
    func choleskyOfHilbert() throws {
        let oracle = try SpectrumCase("hilbert_8")
        let expected = Matrix(column: try oracle.figures("solution_of_A_x_equal_ones").numbers)
        let factor = try Cholesky(oracle.matrix)
        let solution = Matrix(column: try factor.solve([Double](repeating: 1, count: 8)))
        let allowed = 1e-16 * oracle.condition
        #expect((solution - expected).frobeniusNorm <= allowed * expected.frobeniusNorm)
        expectClose(
            factor.logDeterminant, try oracle.figures("log_abs_determinant").number, absolute: 10 * allowed)
    }
}
