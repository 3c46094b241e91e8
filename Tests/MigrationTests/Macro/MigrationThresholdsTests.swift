import LinearAlgebra
import Migration
import TestSupport
import Testing

@Suite("Thresholds of asset returns")
struct MigrationThresholdsTests {
    private static let labels = PublishedMatrices.agencyLabels

    /// A matrix whose every row is the one given, but for default.
    private static func matrix(_ row: [Double]) throws -> TransitionMatrix {
        let percent = row.reduce(0, +)
        var rows = [[Double]](repeating: row.map { $0 / percent }, count: 7)
        rows.append([0, 0, 0, 0, 0, 0, 0, 1])
        return try TransitionMatrix(Matrix(rows: rows), scale: RatingScale(labels))
    }

    @Test("agree with CreditMetrics")
    func thresholds() throws {
        // Rows BB and BBB of the Technical Document, best state first; from default upwards.
        let bb = MigrationThresholds(try Self.matrix([0.03, 0.14, 0.67, 7.73, 80.53, 8.84, 1.00, 1.06]))
        expectClose(
            Array(bb.thresholds[0].dropFirst().reversed()),
            [-2.304404, -2.041512, -1.231864, 1.367719, 2.391056, 2.929050, 3.431614], absolute: 5.1e-7)
        let bbb = MigrationThresholds(try Self.matrix([0.02, 0.33, 5.95, 86.93, 5.30, 1.17, 0.12, 0.18]))
        expectClose(
            Array(bbb.thresholds[0].dropFirst().reversed()),
            [-2.911238, -2.747781, -2.178081, -1.493142, 1.530068, 2.696844, 3.540084], absolute: 5.1e-7)
        #expect(bbb.thresholds[0][0] == .infinity)
    }

    @Test("give the matrix of good and bad years")
    func conditional() throws {
        let bbb = MigrationThresholds(try Self.matrix([0.02, 0.33, 5.95, 86.93, 5.30, 1.17, 0.12, 0.18]))
        for (factor, percent) in [
            (-2.0, [0.000036, 0.002935, 0.332769, 74.501720, 17.600589, 5.649206, 0.705648, 1.207097]),
            (0, [0.003780, 0.124640, 4.228705, 90.890806, 4.007827, 0.637968, 0.049551, 0.056724]),
            (2, [0.154854, 2.039522, 21.670137, 75.755534, 0.350344, 0.027280, 0.001284, 0.001046]),
        ] {
            let row = bbb.matrix(factor: factor, correlation: 0.2).probabilities.row(0)
            expectClose(row.map { 100 * $0 }, percent, absolute: 5.1e-7, "Z = \(factor)")
        }
    }

    @Test("give back the matrix without correlation, and on average over the factor")
    func average() throws {
        let matrix = try PublishedMatrices.counts2000().matrix()
        let thresholds = MigrationThresholds(matrix)
        #expect(
            distance(thresholds.matrix(factor: 1.3, correlation: 0).probabilities, matrix.probabilities)
                <= 1e-14)
        // Trapezium rule over the factor, whose error falls faster than any power of the step.
        var mean = Matrix(rows: 8, columns: 8)
        var mass = 0.0
        for step in -160...160 {
            let factor = Double(step) / 20
            let density = GaussianDensity.value(factor) / 20
            mean.add(thresholds.matrix(factor: factor, correlation: 0.15).probabilities, scaledBy: density)
            mass += density
        }
        expectClose(mass, 1, absolute: 1e-14)
        #expect(distance(mean, matrix.probabilities) <= 1e-12)
    }
}

private enum GaussianDensity {
    /// φ(z), from a power series of e^x that is independent of the library.
    static func value(_ z: Double) -> Double {
        let half = (1...60).reversed().reduce(1.0) { 1 + z * z / 4 * $0 / Double($1) }
        return 1 / (half * half) / (2 * Double.pi).squareRoot()
    }
}
