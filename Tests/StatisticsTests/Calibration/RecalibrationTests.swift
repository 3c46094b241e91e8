import Glibc
import TestSupport
import Testing

@testable import Statistics

@Suite("Recalibration by rows a model has not seen")
struct RecalibrationTests {
    private static let logOdds = [-3.2, -2.9, -2.5, -2.1, -1.8, -1.5, -1.1, -0.7, -0.4, 0.1, 0.6, 1.3]
    private static let defaulted = [0, 0, 0, 1, 0, 0, 1, 0, 1, 1, 0, 1].map { $0 == 1 }
    private static let weights: [Double] = [1, 2, 1, 1, 3, 1, 1, 2, 1, 1, 1, 1]

    /// The penalised likelihood's equations solved by SciPy 1.17.1 (`optimize.root`, tolerance 1e-14).
    @Test(
        "the line is that of another solver",
        arguments: [
            (0.1, false, 0.7392462155817383, 0.9946022202676257),
            (0.5, false, 0.6612824752129866, 0.9184567727727809),
            (0.25, true, 0.31485927530442076, 0.9910824852747743),
        ])
    func oracle(deviation: Double, isWeighted: Bool, intercept: Double, slope: Double) throws {
        let line = try Recalibration(
            logOdds: Self.logOdds, defaulted: Self.defaulted, weights: isWeighted ? Self.weights : nil,
            slopeDeviation: deviation)
        expectClose(line.intercept, intercept, relative: 1e-12)
        expectClose(line.slope, slope, relative: 1e-12)
    }

    @Test("a wide prior leaves the calibration line, a narrow one calibration in the large")
    func priors() throws {
        let free = try CalibrationLine(logOdds: Self.logOdds, defaulted: Self.defaulted)
        let wide = try Recalibration(
            logOdds: Self.logOdds, defaulted: Self.defaulted, slopeDeviation: 1e6)
        expectClose(wide.intercept, free.intercept, relative: 1e-9)
        expectClose(wide.slope, free.slope, relative: 1e-9)
        let narrow = try Recalibration(
            logOdds: Self.logOdds, defaulted: Self.defaulted, slopeDeviation: 1e-6)
        expectClose(narrow.intercept, free.interceptInTheLarge, absolute: 1e-9)
        expectClose(narrow.slope, 1, absolute: 1e-9)
    }

    @Test("the mean of the moved PDs is the default rate", arguments: 1...4 as ClosedRange<UInt64>)
    func mean(seed: UInt64) throws {
        let data = RankedOutcomesTests.random(seed)
        let line = try Recalibration(
            logOdds: data.risks, defaulted: data.defaulted, weights: data.weights)
        var (expected, defaults) = (0.0, 0.0)
        for row in data.risks.indices {
            expected += data.weights[row] / (1 + exp(-(line.intercept + line.slope * data.risks[row])))
            defaults += data.defaulted[row] ? data.weights[row] : 0
        }
        expectClose(expected, defaults, relative: 1e-10)
        // Log-odds that start from elsewhere need another intercept and the same slope.
        let shifted = try Recalibration(
            logOdds: data.risks.map { $0 + 3 }, defaulted: data.defaulted, weights: data.weights)
        expectClose(shifted.slope, line.slope, relative: 1e-9)
        expectClose(shifted.intercept, line.intercept - 3 * line.slope, absolute: 1e-8)
    }

    @Test("it is finite where no calibration line is")
    func alwaysFinite() throws {
        let alike = try Recalibration(logOdds: [-1, -1, -1, -1], defaulted: [true, false, false, false])
        expectClose(alike.intercept - 1 * alike.slope, log(1.0 / 3), absolute: 1e-9)
        expectClose(alike.slope, 1, absolute: 1e-9)
        let apart = try Recalibration(logOdds: [-3, -1, 1, 3], defaulted: [false, false, true, true])
        #expect(apart.slope > 1 && apart.slope < 1.2 && abs(apart.intercept) < 1e-9)
        let extreme = try Recalibration(
            logOdds: [-700, -30, -5, 2, 5, 40, 650, -600],
            defaulted: [false, false, true, false, true, true, true, false])
        #expect(extreme.slope > 0 && extreme.intercept.isFinite)
    }

    @Test("it is refused where there is nothing to learn from, or nothing but the reverse")
    func refusals() {
        #expect(throws: MetricError.oneClass(defaulted: false)) {
            try Recalibration(logOdds: [1, 2], defaulted: [false, false])
        }
        #expect(throws: MetricError.self) { try Recalibration(logOdds: [], defaulted: []) }
        #expect(throws: MetricError.self) {
            try Recalibration(logOdds: [1, .nan], defaulted: [true, false])
        }
        let rising = (0..<4_000).map { Double($0 % 40) / 10 }
        #expect(throws: MetricError.self) {
            try Recalibration(logOdds: rising, defaulted: rising.map { $0 < 2 })
        }
    }
}
