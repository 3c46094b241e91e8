import LinearAlgebra
import TestSupport
import Testing

@Suite("Nearest correlation matrix")
struct NearestCorrelationTests {
    @Test("agrees with alternating projections", arguments: 0..<3)
    func oracle(index: Int) throws {
        let oracle = try Oracle(fixture: "nearest_correlation", in: .module)("expected").list[index]
        let input = Matrix(rows: try oracle("input").rows)
        let nearest = try input.nearestCorrelation()
        #expect(distance(nearest, Matrix(rows: try oracle("nearest").rows)) <= 1e-10)
        expectClose((nearest - input).frobeniusNorm, try oracle("frobenius_distance").number, absolute: 1e-10)
    }

    @Test("is a correlation matrix, nearer than any other that is tried", arguments: 0..<6)
    func isNearest(seed: Int) throws {
        var generator = TestGenerator(seed: seed)
        let order = 3 + 5 * seed
        let half = generator.matrix(order, order)
        let input = half + half.transposed
        let nearest = try input.nearestCorrelation()
        #expect(nearest.diagonal.allSatisfy { $0 == 1 })
        #expect(nearest == nearest.transposed)
        #expect(try nearest.symmetricEigenvalues().allSatisfy { $0 >= -1e-12 })
        let reached = (nearest - input).frobeniusNorm
        for trial in 0..<20 {
            // Another correlation matrix, and steps from the nearest towards it.
            let factor = generator.matrix(order, 3)
            let lengths = (0..<order).map { Matrix(column: factor.row($0)).frobeniusNorm }
            var other = plainProduct(factor, factor.transposed)
            for row in 0..<order {
                for column in 0..<order { other[row, column] /= lengths[row] * lengths[column] }
            }
            let share = trial % 2 == 0 ? 1 : 1e-3
            let mixed = (1 - share) * nearest + share * other
            #expect((mixed - input).frobeniusNorm >= reached * (1 - 1e-12))
        }
    }

    @Test("of a correlation matrix is itself")
    func fixedPoint() throws {
        let correlation = Matrix(rows: [[1, 0.5, 0.2], [0.5, 1, -0.3], [0.2, -0.3, 1]])
        #expect(distance(try correlation.nearestCorrelation(), correlation) <= 1e-14)
        #expect(try Matrix.identity(5).nearestCorrelation() == .identity(5))
        // On the boundary: perfectly correlated.
        let ones = Matrix(rows: 4, columns: 4, repeating: 1)
        #expect(distance(try ones.nearestCorrelation(), ones) <= 1e-12)
    }

    @Test("reads the lower triangle")
    func readsLowerTriangle() throws {
        let full = try Matrix(rows: [[1, 0.9, -0.9], [0.9, 1, 0.9], [-0.9, 0.9, 1]]).nearestCorrelation()
        let lower = try Matrix(rows: [[1, .nan, .nan], [0.9, 1, .nan], [-0.9, 0.9, 1]]).nearestCorrelation()
        #expect(full == lower)
    }

    @Test("handles degenerate input")
    func degenerate() throws {
        #expect(try Matrix(rows: 0, columns: 0).nearestCorrelation().rows == 0)
        #expect(try Matrix(rows: [[-7]]).nearestCorrelation() == .identity(1))
        #expect(distance(try Matrix(rows: 3, columns: 3).nearestCorrelation(), .identity(3)) <= 1e-14)
        let extreme = try Matrix(rows: [[1, -5, -5], [-5, 1, -5], [-5, -5, 1]]).nearestCorrelation()
        expectClose(extreme.row(0), [1, -0.5, -0.5], absolute: 1e-10)
    }

    @Test("refuses NaN and infinities", arguments: [Double.nan, .infinity])
    func refusesNonFinite(value: Double) {
        #expect(throws: LinearAlgebraError.self) {
            try Matrix(rows: [[1, 0], [value, 1]]).nearestCorrelation()
        }
    }
}
