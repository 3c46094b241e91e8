import Glibc
import TestSupport
import Testing

@testable import LinearAlgebra

@Suite("Principal logarithm")
struct LogarithmTests {
    @Test("agrees with mpmath", arguments: MatrixFunctionCase.withLogarithm)
    func oracle(name: String) throws {
        let oracle = try MatrixFunctionCase(name)
        let expected = try oracle.logarithm()
        let logarithm = try oracle.exponential.logarithm()
        // The stated tolerance is 1e-12 times the condition, which is at least 1.
        #expect(distance(logarithm, expected) <= 5e-14)
    }

    @Test("undoes the exponential of matrices whose spectrum is in the strip", arguments: 0..<12)
    func roundTrip(seed: Int) throws {
        var generator = TestGenerator(seed: seed)
        let order = 2 + seed
        let matrix = generator.matrix(order, order, in: -0.5...0.5)
        let back = try matrix.exponential().logarithm()
        #expect(distance(back, matrix) <= 1e-13)
    }

    @Test("undoes the exponential of generators", arguments: 0..<6)
    func generators(seed: Int) throws {
        var generator = TestGenerator(seed: seed)
        let rates = generator.rates(8, scale: 0.15)
        let back = try rates.exponential().logarithm()
        #expect(distance(back, rates) <= 1e-13)
        for row in 0..<8 { expectClose(back.row(row).reduce(0, +), 0, absolute: 1e-14) }
    }

    @Test("of a rotation is its angle, up to just below half a turn", arguments: [0.1, 1, 2, 3, 3.14159])
    func rotation(angle: Double) throws {
        let logarithm = try Matrix(rows: [[cos(angle), -sin(angle)], [sin(angle), cos(angle)]]).logarithm()
        #expect(distance(logarithm, Matrix(rows: [[0, -angle], [angle, 0]])) <= 1e-14)
    }

    @Test(
        "of a triangular matrix near the identity keeps its relative accuracy",
        arguments: [1e-3, 1e-7, 1e-12])
    func nearIdentity(size: Double) throws {
        // (I + N) with N³ = 0: N − N²/2.
        let matrix = Matrix(rows: [[1, size, 2 * size], [0, 1, 3 * size], [0, 0, 1]])
        expectClose(
            try matrix.logarithm().elements,
            [0, 0, 0, size, 0, 0, 2 * size - 1.5 * size * size, 3 * size, 0], relative: 4e-15)
    }

    @Test("sees a large cube behind a small square")
    func smallSquareLargeCube() throws {
        // X = N with links 10³, 10⁻¹⁸, 10³: ‖X²‖^½ = 3·10⁻⁸ alone would allow degree 1, which has X³/4 for X³/3.
        let matrix = Matrix(rows: [[1, 1e3, 0, 0], [0, 1, 1e-18, 0], [0, 0, 1, 1e3], [0, 0, 0, 1]])
        expectClose(
            try matrix.logarithm().row(0), [0, 1e3, -0.5e-15, 1e-12 / 3], relative: 1e-14)
    }

    @Test(
        "keeps its digits off the diagonals that have formulas of their own",
        arguments: [1e2, 1e10, 1e100, 1e300])
    func spreadEigenvalues(spread: Double) throws {
        // Only t₀₂ is set: the logarithm has t₀₂·ln[a, c] there.
        let (a, c) = (spread, 1 / spread)
        let matrix = Matrix(rows: [[a, 0, 1], [0, 1, 0], [0, 0, c]])
        let expected = (log(a) - log(c)) / (a - c)
        expectClose(try matrix.logarithm()[0, 2], expected, relative: 2e-14)
        let power = (pow(a, 1.0 / 12) - pow(c, 1.0 / 12)) / (a - c)
        expectClose(try matrix.power(1.0 / 12)[0, 2], power, relative: 2e-14)
    }

    @Test("of a skewed turn close to a half turn follows the closed form", arguments: [1e-1, 1e-2, 1e-4])
    func skewedHalfTurn(angle: Double) throws {
        // [[α, β], [γ, α]] with ω² = −βγ and θ = arg(α + iω): ln = ln|α + iω|·I + (θ/ω)·[[0, β], [γ, 0]].
        let (alpha, beta, gamma) = (-1.0, 2.0, -angle * angle / 2)
        let theta = atan2(angle, alpha)
        let logarithm = try Matrix(rows: [[alpha, beta], [gamma, alpha]]).logarithm()
        let real = log1p(angle * angle) / 2
        expectClose(
            logarithm.elements, [real, theta / angle * gamma, theta / angle * beta, real],
            absolute: 1e-14 / angle)
        let root = try Matrix(rows: [[alpha, beta], [gamma, alpha]]).power(0.5)
        let size = pow(1 + angle * angle, 0.25)
        expectClose(
            root.elements,
            [
                size * cos(theta / 2), size * sin(theta / 2) / angle * gamma,
                size * sin(theta / 2) / angle * beta, size * cos(theta / 2),
            ], absolute: 1e-14 / angle)
    }

    @Test("of a far from normal matrix is exact", arguments: [1.0, 1e6, 1e150])
    func nonNormal(coupling: Double) throws {
        expectClose(
            try Matrix(rows: [[1, coupling], [0, 1]]).logarithm().elements, [0, 0, coupling, 0],
            relative: 1e-15)
        // ln[a, b] = (ln a − ln b)/(a − b)
        expectClose(
            try Matrix(rows: [[2, coupling], [0, 1]]).logarithm().elements,
            [log(2), 0, coupling * log(2), 0], relative: 1e-15)
    }

    @Test("of a defective matrix follows the series")
    func defective() throws {
        // ln(λI + N) = ln λ·I + N/λ − N²/(2λ²)
        let logarithm = try Matrix(rows: [[0.5, 1, 0], [0, 0.5, 1], [0, 0, 0.5]]).logarithm()
        expectClose(logarithm.row(0), [log(0.5), 2, -2], relative: 1e-14)
    }

    @Test("spans the range of doubles", arguments: [1e-300, 1e-10, 1e10, 1e300])
    func extremeScales(scale: Double) throws {
        let logarithm = try Matrix(rows: [[scale, 0.3 * scale], [0.1 * scale, scale]]).logarithm()
        let unit = try Matrix(rows: [[1, 0.3], [0.1, 1]]).logarithm()
        #expect(distance(logarithm, unit + log(scale) * Matrix.identity(2)) <= 1e-12)
        expectClose(try Matrix(rows: [[scale]]).logarithm()[0, 0], log(scale), relative: 1e-15)
    }

    @Test("of nothing is nothing, of the identity zero")
    func degenerate() throws {
        #expect(try Matrix(rows: 0, columns: 0).logarithm().rows == 0)
        #expect(try Matrix.identity(4).logarithm() == Matrix(rows: 4, columns: 4))
    }

    static let withoutLogarithm: [(Matrix, Double)] = [
        (Matrix(rows: [[-1]]), -1), (Matrix(rows: [[0]]), 0), (Matrix(rows: [[0, 1], [0, 0]]), 0),
        (Matrix(rows: [[0.1, 0.9], [0.9, 0.1]]), -0.8),
        (Matrix(rows: [[2, 0, 0], [0, -3, 1], [0, 0, 1]]), -3),
    ]

    @Test("is refused where there is none, naming the eigenvalue", arguments: withoutLogarithm)
    func refusesNegativeEigenvalues(matrix: Matrix, expected: Double) {
        for compute in [{ try $0.logarithm() }, { try $0.power(1.0 / 12) }] as [(Matrix) throws -> Matrix] {
            do {
                _ = try compute(matrix)
                Issue.record("accepted")
            } catch {
                guard case .noPrincipalValue(_, let eigenvalue)? = error as? LinearAlgebraError else {
                    Issue.record("threw \(error)")
                    continue
                }
                expectClose(eigenvalue.real, expected, absolute: 1e-15)
                #expect(eigenvalue.imaginary == 0)
                #expect("\(error)".contains("negative real axis"))
            }
        }
    }

    @Test("refuses NaN and infinities instead of hanging", arguments: [Double.nan, .infinity])
    func refusesNonFinite(value: Double) {
        var matrix = Matrix.identity(20)
        matrix[11, 2] = value
        #expect(throws: LinearAlgebraError.self) { try matrix.logarithm() }
        #expect(throws: LinearAlgebraError.self) { try matrix.squareRoot() }
        #expect(throws: LinearAlgebraError.self) { try matrix.power(0.5) }
        #expect(throws: LinearAlgebraError.self) { try matrix.power(2) }
    }

    @Test("integrates with the nodes and weights of Gauss and Legendre", arguments: 1...7)
    func quadrature(count: Int) {
        let rule = GaussLegendre.rule(count)
        for degree in 0..<(2 * count) {
            let integral = rule.reduce(0) { $0 + $1.weight * pow($1.node, Double(degree)) }
            expectClose(integral, 1 / Double(degree + 1), relative: 1e-14)
        }
    }

    @Test("is built on a Schur form that multiplies to the matrix", arguments: 1...12)
    func schurForm(order: Int) throws {
        var generator = TestGenerator(seed: order)
        let matrix = generator.matrix(order, order)
        let form = try ComplexSchur(matrix)
        #expect(distance(form.composed(form.triangular), matrix) <= 1e-13)
    }
}
