import Glibc
import LinearAlgebra
import TestSupport
import Testing

@Suite("Principal square root and powers")
struct PowerTests {
    @Test("agree with mpmath", arguments: MatrixFunctionCase.withLogarithm)
    func oracle(name: String) throws {
        let oracle = try MatrixFunctionCase(name)
        let matrix = oracle.exponential
        let root = try oracle.squareRoot()
        #expect(distance(try matrix.squareRoot(), root) <= 1e-14)
        #expect(distance(try matrix.power(0.5), root) <= 1e-14)
        let month = try oracle.twelfth()
        #expect(distance(try matrix.power(1.0 / 12), month) <= 1e-14)
    }

    @Test("twelve months make a year", arguments: 0..<5)
    func months(seed: Int) throws {
        var generator = TestGenerator(seed: seed)
        let year = try generator.rates(10, scale: 0.1).exponential()
        let month = try year.power(1.0 / 12)
        #expect(distance(try month.power(12), year) <= 1e-13)
        for row in 0..<10 { expectClose(month.row(row).reduce(0, +), 1, absolute: 1e-14) }
        #expect(distance(try month.logarithm(), try 1.0 / 12 * year.logarithm()) <= 1e-13)
    }

    @Test("roots multiply back", arguments: [1, 2, 3, 7, 20])
    func rootSquares(order: Int) throws {
        var generator = TestGenerator(seed: order)
        // Complex eigenvalues, all in the right half plane.
        var matrix = generator.matrix(order, order)
        matrix.addToDiagonal(Double(order))
        let root = try matrix.squareRoot()
        #expect(distance(plainProduct(root, root), matrix) <= 1e-13 * matrix.oneNorm)
        #expect(distance(try matrix.power(0.5), root) <= 1e-13 * root.oneNorm)
    }

    @Test(
        "exponents add up",
        arguments: [(0.3, 0.4), (0.9, 1.6), (-0.5, 0.75), (-1.25, -0.5), (1, 2), (0, 0.1)])
    func exponentsAdd(first: Double, second: Double) throws {
        let matrix = Matrix(rows: [[2, 1, 0], [-1, 2, 0.5], [0.3, 0, 1.5]])
        let product = try matrix.power(first).times(matrix.power(second))
        #expect(distance(product, try matrix.power(first + second)) <= 1e-13 * max(1, product.oneNorm))
    }

    @Test("agree with the exponential of the logarithm", arguments: [0.01, 0.25, 0.5, 0.99])
    func viaLogarithm(exponent: Double) throws {
        var generator = TestGenerator(seed: 12)
        let matrix = try generator.matrix(6, 6, in: -2...2).exponential()
        let expected = try (exponent * matrix.logarithm()).exponential()
        #expect(distance(try matrix.power(exponent), expected) <= 1e-11 * expected.oneNorm)
    }

    @Test("whole powers need no principal value")
    func wholePowers() throws {
        let swap = Matrix(rows: [[0, -1], [-1, 0]])
        #expect(try swap.power(0) == .identity(2))
        #expect(try swap.power(1) == swap)
        #expect(try swap.power(2) == .identity(2))
        #expect(try swap.power(-3) == swap)
        #expect(try Matrix(rows: [[2]]).power(10)[0, 0] == 1024)
        #expect(try Matrix(rows: [[0, 1], [0, 0]]).power(2) == Matrix(rows: 2, columns: 2))
    }

    @Test("of a defective matrix follow the series")
    func defective() throws {
        let root = try Matrix(rows: [[4, 1], [0, 4]]).squareRoot()
        expectClose(root.elements, [2, 0, 0.25, 2], relative: 1e-15)
        expectClose(try Matrix(rows: [[4, 1], [0, 4]]).power(0.5).elements, root.elements, relative: 1e-15)
    }

    @Test("across the negative axis take the principal branch")
    func branch() throws {
        // Eigenvalues e^(±i·3): the root of the rotation by 3 is that by 1.5.
        let root = try Matrix(rows: [[cos(3), -sin(3)], [sin(3), cos(3)]]).squareRoot()
        #expect(distance(root, Matrix(rows: [[cos(1.5), -sin(1.5)], [sin(1.5), cos(1.5)]])) <= 1e-14)
    }

    @Test("a simple eigenvalue 0 has a root, a defective one has not")
    func zeroEigenvalues() throws {
        #expect(try Matrix.diagonal([4, 0]).squareRoot() == .diagonal([2, 0]))
        #expect(try Matrix(rows: 2, columns: 2).squareRoot() == Matrix(rows: 2, columns: 2))
        #expect(throws: LinearAlgebraError.noPrincipalValue(of: .squareRoot, eigenvalue: Complex(0))) {
            try Matrix(rows: [[0, 1], [0, 0]]).squareRoot()
        }
        #expect(throws: LinearAlgebraError.noPrincipalValue(of: .squareRoot, eigenvalue: Complex(-1))) {
            try Matrix.diagonal([1, -1]).squareRoot()
        }
    }

    @Test("beyond the largest double or without an inverse are refused")
    func refusals() {
        #expect(throws: LinearAlgebraError.overflow(.power)) { try Matrix(rows: [[1e200]]).power(2) }
        #expect(throws: LinearAlgebraError.singular(reciprocalCondition: 0)) {
            try Matrix(rows: [[1, 1], [1, 1]]).power(-1)
        }
    }

    @Test("of nothing are nothing")
    func empty() throws {
        let nothing = Matrix(rows: 0, columns: 0)
        #expect(try nothing.squareRoot() == nothing)
        #expect(try nothing.power(0.3) == nothing)
        #expect(try nothing.power(-2) == nothing)
    }
}
