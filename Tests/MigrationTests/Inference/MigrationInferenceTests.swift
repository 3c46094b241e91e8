import LinearAlgebra
import Migration
import TestSupport
import Testing

@Suite("Tests of migration matrices")
struct MigrationInferenceTests {
    /// Counts of a documented example of MATLAB's Risk Management Toolbox.
    private static func example() throws -> MigrationCounts {
        try MigrationCounts(
            Matrix(rows: [
                [10, 8, 15, 9, 10], [11, 9, 13, 9, 8], [0, 10, 10, 11, 10], [0, 0, 9, 11, 11],
                [0, 0, 0, 11, 10],
            ]), scale: RatingScale(["1", "2", "3", "4", "5"], endsInDefault: false))
    }

    @Test("bandwidths agree with MATLAB")
    func bandwidth() throws {
        let bandwidth = MatrixBandwidth(try Self.example())
        expectClose(bandwidth.lower, 0.33064516, absolute: 5e-9)
        expectClose(bandwidth.upper, 0.60660661, absolute: 5e-9)
        let matrix = try Self.example().matrix()
        expectClose(matrix.shorrocksMobility, 0.88819017, absolute: 5e-9)
        expectClose(try matrix.singularValueMobility(), 0.74597157, absolute: 5e-9)
    }

    @Test("decay with distance agrees with MATLAB")
    func decay() throws {
        let test = MonotoneDecayTest(try Self.example())
        let expected: [[Double]] = [
            [.nan, 0.472415, -1.490452, 1.242801, -0.229532],
            [-0.448111, .nan, -0.859074, 0.859074, 0.242678],
            [3.636730, 0, .nan, -0.218345, 0.218345], [.nan, 3.561154, 0.448663, .nan, 0],
            [.nan, .nan, 4.806246, -0.218466, .nan],
        ]
        for row in 0..<5 { expectClose(test.statistics[row], expected[row], absolute: 5.1e-7) }
        expectClose(
            Array(test.pValues[0].dropFirst()), [0.681685, 0.068053, 0.893029, 0.409228], absolute: 5.1e-7)
        expectClose(test.pValues[2][0], 0.999862, absolute: 5.1e-7)
    }

    @Test("do not see default as a state to move from")
    func defaultIsApart() throws {
        let scale = try RatingScale(["A", "B", "D"])
        let counts = try MigrationCounts(Matrix(rows: [[5, 3, 90], [2, 6, 70], [0, 0, 0]]), scale: scale)
        let bandwidth = MatrixBandwidth(counts)
        #expect(bandwidth.upper == 1 && bandwidth.lower == 1)
        #expect(MonotoneDecayTest(counts).statistics.count == 2)
    }

    @Test("dependence on the present state: SciPy's G of the table of moves")
    func independence() throws {
        let scale = try RatingScale(["A", "B"], endsInDefault: false)
        let counts = try MigrationCounts(Matrix(rows: [[90, 10], [20, 80]]), scale: scale)
        let test = MarkovTest.independence(counts)
        expectClose(test.statistic, 110.15844609950815, relative: 1e-12)
        expectClose(test.pValue, 9.046316451667074e-26, relative: 1e-9)
        #expect(test.degreesOfFreedom == 1)
        let alike = try MigrationCounts(Matrix(rows: [[30, 20], [60, 40]]), scale: scale)
        expectClose(MarkovTest.independence(alike).pValue, 1, absolute: 1e-12)
    }

    @Test("order: a chain of second order is found, one of first order is not")
    func order() throws {
        let scale = try RatingScale(["A", "B"], endsInDefault: false)
        // Wherever it came from, the same rows: statistic 0.
        let same = try MigrationCounts(Matrix(rows: [[90, 10], [20, 80]]), scale: scale)
        let independent = try MarkovTest.firstOrder([same, same])
        #expect(independent.statistic < 1e-12 && independent.degreesOfFreedom == 2)
        expectClose(independent.pValue, 1, absolute: 1e-12)
        let drifting = try MigrationCounts(Matrix(rows: [[60, 40], [20, 80]]), scale: scale)
        let dependent = try MarkovTest.firstOrder([same, drifting])
        // 2 Σ n ln(p̂ ÷ pooled) of rows 90/10 and 60/40 against 75/25: G of the 2 × 2 table by SciPy 1.17's
        // chi2_contingency.
        expectClose(dependent.statistic, 25.31512976738241, relative: 1e-12)
        #expect(dependent.pValue < 1e-4)
        #expect(throws: MigrationError.self) { try MarkovTest.firstOrder([]) }
        #expect(throws: MigrationError.self) { try MarkovTest.timeHomogeneity([]) }
    }
}
