import Glibc
import LinearAlgebra
import Testing

@Suite("Hostile matrices")
struct HostileMatrixTests {
    @Test(
        "give a finite result or a typed error from every operation, never a trap or a hang",
        arguments: 0..<400)
    func neverTrap(seed: Int) {
        var generator = TestGenerator(seed: seed)
        let rows = Int.random(in: 0...6, using: &generator)
        let columns = Int.random(in: 0...6, using: &generator)
        let square = Self.hostile(rows, rows, &generator)
        let wide = Self.hostile(rows, columns, &generator)
        let sides = Self.hostile(rows, 2, &generator)
        var symmetric = square
        for column in 0..<rows { for row in 0..<column { symmetric[row, column] = square[column, row] } }

        check { [try square.solve(sides)] }
        check { [try LU(square).solve(sides), Matrix(column: [try LU(square).reciprocalCondition()])] }
        check { [try Cholesky(symmetric).solve(sides)] }
        check { [try Cholesky(symmetric).inverse()] }
        check { [Matrix(column: [try Cholesky(symmetric).reciprocalCondition()])] }
        check {
            let found = try PivotedCholesky(symmetric)
            return [Matrix(column: found.dependencies.flatMap { $0.terms.map(\.coefficient) })]
        }
        check { [try QR(wide).orthogonal(), try QR(wide).upper] }
        check {
            let found = try PivotedQR(wide)
            return [Matrix(column: found.dependencies.flatMap { $0.terms.map(\.coefficient) })]
        }
        check { [try wide.leastSquares(sides, deficiency: .shortest).coefficients] }
        check {
            [try SVD(wide).left, try SVD(wide).rightTransposed, Matrix(column: try wide.singularValues())]
        }
        check {
            [try SymmetricEigen(symmetric).vectors, Matrix(column: try symmetric.symmetricEigenvalues())]
        }
        check { [Matrix(column: try Eigen(square).values.map(\.magnitude))] }
        check { [try square.exponential()] }
        check { [try square.exponential(withDerivativeIn: symmetric).derivative] }
        check { [try square.logarithm()] }
        check { [try square.squareRoot()] }
        check { [try square.power(1.0 / 12)] }
        check { [try square.power(-3)] }
        check { [try symmetric.nearestCorrelation()] }
    }

    /// Runs an operation; whatever it gives must be finite, whatever it throws must explain itself.
    private func check(
        _ operation: () throws -> [Matrix], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        do {
            let isFinite = try operation().allSatisfy { $0.isFinite }
            #expect(isFinite, sourceLocation: sourceLocation)
        } catch {
            let explained = (error as? LinearAlgebraError)?.description.count ?? 0
            #expect(explained > 40, "\(error)", sourceLocation: sourceLocation)
        }
    }

    /// Elements of every size from the smallest to the largest double, zeros, repeated columns, now and then NaN.
    private static func hostile(_ rows: Int, _ columns: Int, _ generator: inout TestGenerator) -> Matrix {
        let spreads: [Double] = [0, 5, 150, 308]
        let spread: Double = spreads.randomElement(using: &generator) ?? 0.0
        var matrix = Matrix(rows: rows, columns: columns)
        for column in 0..<columns {
            for row in 0..<rows {
                let size = pow(10, Double.random(in: -spread...spread, using: &generator))
                switch Int.random(in: 0..<60, using: &generator) {
                case 0..<8: matrix[row, column] = 0
                case 8: matrix[row, column] = .leastNonzeroMagnitude
                case 9 where spread > 200: matrix[row, column] = -.greatestFiniteMagnitude
                case 10 where spread == 150: matrix[row, column] = .nan
                case 11 where spread == 150: matrix[row, column] = .infinity
                default: matrix[row, column] = Double.random(in: -1...1, using: &generator) * size
                }
            }
            if column > 0, Bool.random(using: &generator) {
                for row in 0..<rows { matrix[row, column] = matrix[row, column - 1] }
            }
        }
        return matrix
    }
}
