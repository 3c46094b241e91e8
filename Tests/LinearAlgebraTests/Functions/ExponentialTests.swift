import Glibc
import TestSupport
import Testing

@testable import LinearAlgebra

@Suite("Matrix exponential")
struct ExponentialTests {
    @Test("agrees with mpmath", arguments: MatrixFunctionCase.all)
    func oracle(name: String) throws {
        let oracle = try MatrixFunctionCase(name)
        let matrix = oracle.input
        expectClose(matrix.oneNorm, oracle.oneNorm, relative: 1e-15)
        // The stated tolerance allows the norm as a factor; the norms of powers make that unnecessary, except that
        // the eigenvalues of large_norm_4 are of its size.
        let allowed = name == "large_norm_4" ? 2e-14 : 2e-15
        #expect(distance(try matrix.exponential(), oracle.exponential) <= allowed)
        #expect(
            distance(try (0.5 * matrix).exponential(), oracle.exponentialOfHalf) <= allowed)
    }

    @Test("has the exponential of the trace as determinant", arguments: MatrixFunctionCase.all)
    func determinant(name: String) throws {
        let oracle = try MatrixFunctionCase(name)
        guard oracle.determinantOfExponential > 1e-10 else { return }
        let exponential = try oracle.input.exponential()
        expectClose(try LU(exponential).determinant, oracle.determinantOfExponential, relative: 1e-12)
    }

    @Test("of a generator is a transition matrix, and P(s + t) = P(s)·P(t)", arguments: 0..<6)
    func semigroup(seed: Int) throws {
        var generator = TestGenerator(seed: seed)
        let rates = generator.rates(4 + 3 * seed, scale: [0.01, 1, 20][seed % 3])
        let (s, t) = (0.3, 1.9)
        let whole = try ((s + t) * rates).exponential()
        let parts = try (s * rates).exponential().times((t * rates).exponential())
        #expect(distance(whole, parts) <= 1e-13)
        for row in 0..<whole.rows {
            expectClose(whole.row(row).reduce(0, +), 1, absolute: 1e-13)
            #expect(whole.row(row).allSatisfy { $0 >= -1e-16 })
        }
        expectClose(whole.row(whole.rows - 1).last ?? 0, 1, absolute: 1e-13)
    }

    @Test("inverts with the sign", arguments: 0..<4)
    func inverse(seed: Int) throws {
        var generator = TestGenerator(seed: seed)
        let matrix = generator.matrix(5, 5, in: -2...2)
        let product = try matrix.exponential().times((-1 * matrix).exponential())
        #expect(distance(product, .identity(5)) <= 1e-11)
    }

    @Test("turns similar matrices into similar ones, at every degree", arguments: [1e-3, 0.1, 0.8, 2, 5, 50])
    func similarity(norm: Double) throws {
        var generator = TestGenerator(seed: 3)
        let directions = try QR(generator.matrix(6, 6)).orthogonal()
        let eigenvalues = [-1, -0.7, -0.2, 0, 0.1, 0.3].map { $0 * norm }
        func rotated(_ diagonal: [Double]) -> Matrix {
            plainProduct(plainProduct(directions, .diagonal(diagonal)), directions.transposed)
        }
        let expected = rotated(eigenvalues.map { exp($0) })
        let exponential = try rotated(eigenvalues).exponential()
        #expect(distance(exponential, expected) <= 1e-14 * max(1, norm) * expected.largestMagnitude)
    }

    @Test("does not scale a non-normal matrix by its norm, and keeps its digits", arguments: [1e3, 1e6, 1e9])
    func avoidsOverscaling(coupling: Double) throws {
        // The example of Al-Mohy & Higham, section 1: e^A = [[e, b·sinh 1], [0, 1/e]].
        let matrix = Matrix(rows: [[1, coupling], [0, -1]])
        #expect(try ExponentialPlan(matrix).squarings == 0)
        let exponential = try matrix.exponential()
        expectClose(
            exponential.elements, [M_E, 0, coupling * sinh(1), 1 / M_E], relative: 1e-15)
        // Beside a quarter turn, so that neither triangle is empty.
        let beside = Matrix(rows: [[0, 0, 0, 1], [0, 1, coupling, 0], [0, 0, -1, 0], [-1, 0, 0, 0]])
        #expect(try ExponentialPlan(beside).squarings == 0)
        let whole = try beside.exponential()
        expectClose(
            [whole[1, 1], whole[1, 2], whole[2, 2]], [M_E, coupling * sinh(1), 1 / M_E], relative: 1e-14)
        expectClose([whole[0, 0], whole[0, 3], whole[3, 0]], [cos(1), sin(1), -sin(1)], relative: 1e-14)
    }

    @Test(
        "takes the lowest degree and the least scaling that the published bounds allow",
        arguments: [
            (0, 3, 0), (0.01495, 3, 0), (0.01497, 5, 0), (0.2539, 5, 0), (0.254, 7, 0), (0.950, 7, 0),
            (0.951, 9, 0), (2.097, 9, 0), (2.098, 13, 0), (4.24, 13, 0), (4.26, 13, 1), (8.6, 13, 2),
            (1e6, 13, 18), (1e30, 13, 98),
        ])
    func plan(size: Double, degree: Int, squarings: Int) throws {
        // Every ‖Aᵏ‖^(1/k) of this matrix is its norm.
        let plan = try ExponentialPlan(Matrix(rows: [[0, size], [size, 0]]))
        #expect(plan.degree == degree)
        #expect(plan.squarings == squarings)
    }

    @Test("scales further where cancellation hides how large a matrix is")
    func extraScaling() throws {
        // A² = 0, but |A|ᵏ = cᵏ·2ᵏ⁻¹ everywhere: ⌈log₂(2c) + (53 − log₂ 1.1325e35) ÷ 26⌉ = 12 for c = 10⁴.
        let matrix = Matrix(rows: [[1e4, -1e4], [1e4, -1e4]])
        #expect(try matrix.extraHalvings(degree: 13, halved: 0) == 12)
        #expect(try matrix.extraHalvings(degree: 13, halved: 5) == 7)
        #expect(try matrix.extraHalvings(degree: 3, halved: 0) == 21)
        #expect(try ExponentialPlan(matrix).squarings == 12)
        // The derivative of e^A grows with ‖A‖², so rounding of A by 2⁻⁵³ moves it by about ‖A‖³·10⁻¹⁷.
        let smaller = 0.01 * matrix
        #expect(distance(try smaller.exponential(), Matrix.identity(2) + smaller) <= 1e-9)
    }

    @Test("of a nilpotent matrix is a polynomial, however large")
    func nilpotent() throws {
        for size in [1.0, 1e10, 1e100] {
            // 0 → 2 → 1, so that neither triangle is empty.
            var matrix = Matrix(rows: 3, columns: 3)
            matrix[0, 2] = size
            matrix[2, 1] = 3
            let exponential = try matrix.exponential()
            expectClose(
                exponential.elements, [1, 0, 0, 1.5 * size, 1, 3, size, 0, 1], relative: 1e-14, "\(size)")
        }
    }

    @Test("of a large defective block is that of the scalars around it")
    func jordanBlock() throws {
        var matrix = Matrix.diagonal(Array(repeating: -300, count: 3))
        matrix[0, 1] = 1
        matrix[1, 2] = 1
        let exponential = try matrix.exponential()
        let scale = exp(-300.0)
        expectClose(exponential.row(0), [scale, scale, scale / 2], relative: 1e-13)
        // The lower triangle takes the same way, transposed.
        #expect(try matrix.transposed.exponential() == exponential.transposed)
    }

    @Test("of huge rates is the limit", arguments: [1e5, 1e20, 1e200, 1e307])
    func hugeRates(rate: Double) throws {
        #expect(
            try Matrix(rows: [[-rate, rate], [0, 0]]).exponential() == Matrix(rows: [[0, 1], [0, 1]]))
        #expect(try Matrix.diagonal([-rate, 0, -1]).exponential()[0, 0] == 0)
    }

    @Test(
        "beyond the largest double is refused",
        arguments: [Matrix(rows: [[710]]), Matrix(rows: [[1, 900], [900, 1]])])
    func refusesOverflow(matrix: Matrix) {
        #expect(throws: LinearAlgebraError.overflow(.exponential)) { try matrix.exponential() }
        #expect(throws: LinearAlgebraError.overflow(.exponential)) {
            try matrix.exponential(withDerivativeIn: matrix)
        }
    }

    @Test("of elements near the largest double ends, in a value or a refusal")
    func endsOnExtremes() {
        var generator = TestGenerator(seed: 1)
        for exponent in [30.0, 100, 200, 300, 308] {
            let matrix = pow(10, exponent) * generator.matrix(3, 3)
            do throws(LinearAlgebraError) {
                #expect(try matrix.exponential().isFinite)
            } catch {
                #expect(error == .overflow(.exponential) || error == .singular(reciprocalCondition: 0))
            }
        }
    }

    @Test("of order 0 is empty, of order 1 the scalar one")
    func degenerate() throws {
        #expect(try Matrix(rows: 0, columns: 0).exponential().rows == 0)
        #expect(try Matrix(rows: [[-2.5]]).exponential()[0, 0] == exp(-2.5))
        #expect(try Matrix(rows: 3, columns: 3).exponential() == .identity(3))
    }

    @Test("of more than 50 rows, where norms of powers are estimated, is that of its blocks")
    func large() throws {
        var generator = TestGenerator(seed: 9)
        var matrix = Matrix(rows: 64, columns: 64)
        let block = generator.matrix(32, 32, in: -1...1)
        for row in 0..<32 {
            for column in 0..<32 {
                matrix[row, column] = block[row, column]
                matrix[row + 32, column + 32] = -block[row, column]
            }
        }
        let exponential = try matrix.exponential()
        let first = exponential.selecting(rows: 0..<32, columns: 0..<32)
        let second = exponential.selecting(rows: 32..<64, columns: 32..<64)
        let expected = try block.exponential()
        #expect(distance(first, expected) <= 1e-13 * expected.oneNorm)
        #expect(distance(try first.times(second), .identity(32)) <= 1e-12 * expected.oneNorm)
    }

    @Test("estimates norms of products from below, within a factor 3", arguments: 0..<8)
    func normEstimate(seed: Int) throws {
        var generator = TestGenerator(seed: seed)
        let (left, right) = (generator.matrix(20, 20), generator.matrix(20, 20))
        let exact = plainProduct(left, right).oneNorm
        let estimate = try Matrix.estimatedOneNorm(ofProduct: [left, right])
        #expect(estimate <= exact * (1 + 1e-12))
        #expect(estimate >= exact / 3)
        #expect(try Matrix.estimatedOneNorm(ofProduct: []) == 0)
    }

    @Test("refuses NaN and infinities", arguments: [Double.nan, .infinity, -.infinity])
    func refusesNonFinite(value: Double) {
        var matrix = Matrix.identity(3)
        matrix[1, 2] = value
        #expect(throws: LinearAlgebraError.self) { try matrix.exponential() }
        #expect(throws: LinearAlgebraError.self) { try matrix.exponential(withDerivativeIn: .identity(3)) }
        #expect(throws: LinearAlgebraError.self) {
            try Matrix.identity(3).exponential(withDerivativeIn: matrix)
        }
    }
}
