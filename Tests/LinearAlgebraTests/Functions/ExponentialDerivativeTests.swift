import Glibc
import LinearAlgebra
import TestSupport
import Testing

@Suite("Derivative of the matrix exponential")
struct ExponentialDerivativeTests {
    @Test("agrees with mpmath", arguments: MatrixFunctionCase.all)
    func oracle(name: String) throws {
        let oracle = try MatrixFunctionCase(name)
        let matrix = oracle.input
        var direction = Matrix(rows: matrix.rows, columns: matrix.rows)
        direction[0, 1] = 1
        let result = try matrix.exponential(withDerivativeIn: direction)
        let allowed = 1e-13 * max(1, oracle.oneNorm)
        #expect(distance(result.exponential, oracle.exponential) <= allowed)
        // The derivative does not gain the factor of the norm in accuracy that the stated tolerance allows it.
        #expect(distance(result.derivative, oracle.derivative) <= 1e-14)
    }

    @Test(
        "is the upper right block of a double-sized exponential, at every degree",
        arguments: [1e-3, 0.1, 0.6, 1.5, 4, 30])
    func isBlock(norm: Double) throws {
        var generator = TestGenerator(seed: 4)
        let matrix = norm / 4 * generator.matrix(4, 4)
        let direction = generator.matrix(4, 4)
        var block = Matrix(rows: 8, columns: 8)
        for row in 0..<4 {
            for column in 0..<4 {
                block[row, column] = matrix[row, column]
                block[row + 4, column + 4] = matrix[row, column]
                block[row, column + 4] = direction[row, column]
            }
        }
        let whole = try block.exponential()
        let result = try matrix.exponential(withDerivativeIn: direction)
        let size = whole.largestMagnitude
        #expect(distance(result.exponential, whole.selecting(rows: 0..<4, columns: 0..<4)) <= 1e-13 * size)
        #expect(distance(result.derivative, whole.selecting(rows: 0..<4, columns: 4..<8)) <= 1e-13 * size)
    }

    @Test(
        "is accurate up to the bound of every degree", arguments: [0.0107, 0.19, 0.78, 1.77, 3.2, 4.7, 9, 40])
    func boundsOfDegrees(size: Double) throws {
        // A = x·J and E = J with J² = I commute: L = J·e^A.
        let swap = Matrix(rows: [[0, 1], [1, 0]])
        let result = try (size * swap).exponential(withDerivativeIn: swap)
        let (even, odd) = (cosh(size), sinh(size))
        let allowed = 5e-15 * max(1, size)
        expectClose(result.derivative.elements, [odd, even, even, odd], relative: allowed)
        expectClose(result.exponential.elements, [even, odd, odd, even], relative: allowed)
    }

    @Test("in the direction of the matrix itself is A·e^A")
    func alongItself() throws {
        var generator = TestGenerator(seed: 5)
        let matrix = generator.matrix(5, 5)
        let result = try matrix.exponential(withDerivativeIn: matrix)
        #expect(distance(result.derivative, try matrix.times(matrix.exponential())) <= 1e-13)
    }

    @Test("agrees with differences of the exponential")
    func differences() throws {
        var generator = TestGenerator(seed: 6)
        let (matrix, direction) = (generator.matrix(4, 4), generator.matrix(4, 4))
        let step = 1e-5
        let difference =
            try (matrix + step * direction).exponential() - (matrix - step * direction).exponential()
        let result = try matrix.exponential(withDerivativeIn: direction)
        #expect(distance(result.derivative, 0.5 / step * difference) <= 1e-8)
    }

    @Test("of order 0 is empty")
    func empty() throws {
        let nothing = Matrix(rows: 0, columns: 0)
        #expect(try nothing.exponential(withDerivativeIn: nothing).derivative == nothing)
    }
}
