import Glibc
import TestSupport
import Testing

@testable import Statistics

/// Grades of the application portfolio in the manual of R's PDtoolkit, worst first.
enum PublishedGrades {
    static let counts = [47, 35, 93, 53, 131, 141]
    static let defaults = [36, 21, 37, 15, 22, 11]
    /// Printed with seven decimals.
    static let pds = [0.7400826, 0.6069830, 0.3750350, 0.2516151, 0.1537853, 0.05]
}

@Suite("Tests of calibration")
struct CalibrationTests {
    @Test("reproduce a published rating portfolio")
    func published() throws {
        let groups = PublishedGrades.pds.indices.map { grade in
            HosmerLemeshowTest.Group(
                rows: Double(PublishedGrades.counts[grade]),
                defaults: Double(PublishedGrades.defaults[grade]),
                expected: Double(PublishedGrades.counts[grade]) * PublishedGrades.pds[grade])
        }
        let hosmer = try HosmerLemeshowTest(groups: groups)
        expectClose(hosmer.statistic, 3.1860938, absolute: 2e-6)
        expectClose(try #require(hosmer.pValue()), 0.7851538, absolute: 5e-7)
        expectClose(try #require(hosmer.pValue(fittedParameters: 2)), 0.5271800, absolute: 5e-7)
        let spiegelhalter = try SpiegelhalterTest(
            probabilities: PublishedGrades.pds + PublishedGrades.pds, defaulted: (0..<12).map { $0 < 6 },
            weights: groups.map(\.defaults) + groups.map { $0.rows - $0.defaults })
        expectClose(spiegelhalter.z, 1.27008, absolute: 1e-5)
        expectClose(spiegelhalter.pValue, 0.2040554, absolute: 2e-6)
    }

    @Test("a weight of two is the row twice", arguments: 1...5 as ClosedRange<UInt64>)
    func weights(seed: UInt64) throws {
        let data = RankedOutcomesTests.random(seed)
        let probabilities = data.risks.map { 1 / (1 + exp(-$0 / 2)) }
        let copies = data.risks.indices.flatMap { Array(repeating: $0, count: Int(data.weights[$0])) }
        let (repeated, outcomes) = (copies.map { probabilities[$0] }, copies.map { data.defaulted[$0] })
        expectClose(
            try SpiegelhalterTest(
                probabilities: probabilities, defaulted: data.defaulted, weights: data.weights
            ).z,
            try SpiegelhalterTest(probabilities: repeated, defaulted: outcomes).z, relative: 1e-12)
        let weighted = try HosmerLemeshowTest(
            probabilities: probabilities, defaulted: data.defaulted, weights: data.weights)
        let plain = try HosmerLemeshowTest(probabilities: repeated, defaulted: outcomes)
        #expect(weighted.groups.map(\.rows) == plain.groups.map(\.rows))
        expectClose(weighted.statistic, plain.statistic, relative: 1e-11)
        let line = try CalibrationLine(logOdds: data.risks, defaulted: data.defaulted, weights: data.weights)
        let same = try CalibrationLine(logOdds: copies.map { data.risks[$0] }, defaulted: outcomes)
        #expect(line == same)
    }

    @Test("the line finds what made the outcomes")
    func lineRecovers() throws {
        var generator = SeededGenerator(seed: 17)
        let logOdds = (0..<20_000).map { _ in generator.normal(mean: -1) }
        let defaulted = logOdds.map { generator.bernoulli(1 / (1 + exp(-(0.4 + 0.7 * $0)))) }
        let line = try CalibrationLine(logOdds: logOdds, defaulted: defaulted)
        expectClose(line.intercept, 0.4, absolute: 4 * line.interceptStandardError)
        expectClose(line.slope, 0.7, absolute: 4 * line.slopeStandardError)
        #expect(line.slopeStandardError < 0.03 && line.pValue < 1e-20)
        // At the maximum the fitted probabilities add up to the defaults.
        let fitted = logOdds.reduce(0) { $0 + 1 / (1 + exp(-(line.intercept + line.slope * $1))) }
        expectClose(fitted, Double(defaulted.count { $0 }), relative: 1e-10)
    }

    @Test("the line bears forecasts of extreme certainty")
    func extremeForecasts() throws {
        let logOdds: [Double] = [-700, -30, -5, 2, 5, 40, 650, -600]
        let line = try CalibrationLine(
            logOdds: logOdds, defaulted: [true, false, true, false, true, true, false, false])
        #expect(line.intercept.isFinite && line.slope.isFinite && line.slopeStandardError.isFinite)
    }

    @Test("the line is refused where it has no maximum")
    func noMaximum() {
        #expect(throws: MetricError.self) {
            try CalibrationLine(logOdds: [1, 2, 3, 4], defaulted: [false, false, true, true])
        }
        #expect(throws: MetricError.self) {
            try CalibrationLine(logOdds: [1, 2, 2, 4], defaulted: [true, true, false, false])
        }
        #expect(throws: MetricError.self) { try CalibrationLine(logOdds: [1, 1], defaulted: [true, false]) }
        #expect(throws: MetricError.oneClass(defaulted: true)) {
            try CalibrationLine(logOdds: [1, 2], defaulted: [true, true])
        }
        #expect(throws: MetricError.self) {
            try CalibrationLine(logOdds: [1, .infinity], defaulted: [true, false])
        }
    }

    @Test("Hosmer and Lemeshow's groups hold every row, whatever the ties")
    func groups() throws {
        let tied = try HosmerLemeshowTest(
            probabilities: Array(repeating: 0.1, count: 50), defaulted: (0..<50).map { $0 < 9 })
        #expect(tied.groups == [.init(rows: 50, defaults: 9, expected: tied.groups[0].expected)])
        expectClose(tied.groups[0].expected, 5, relative: 1e-14)
        #expect(tied.pValue(fittedParameters: 2) == nil)
        let certain = try HosmerLemeshowTest(
            probabilities: [0, 0, 1, 1], defaulted: [false, false, true, true])
        #expect(certain.statistic == 0 && certain.pValue() == 1)
        let wrong = try HosmerLemeshowTest(
            probabilities: [0, 0, 1, 1], defaulted: [true, false, true, true])
        #expect(wrong.statistic == .infinity && wrong.pValue() == 0)
        let more = try HosmerLemeshowTest(
            probabilities: [0.1, 0.2], defaulted: [true, false], groups: 10, grouping: .equalCounts)
        #expect(more.groups.count == 2)
    }

    @Test("groups are joined until enough is expected in each")
    func joined() throws {
        let test = try HosmerLemeshowTest(groups: [
            .init(rows: 100, defaults: 1, expected: 1), .init(rows: 100, defaults: 3, expected: 2),
            .init(rows: 100, defaults: 2, expected: 4), .init(rows: 100, defaults: 9, expected: 8),
            .init(rows: 100, defaults: 97, expected: 97),
        ])
        let joined = test.joined(minimumExpected: 5)
        #expect(
            joined.groups == [
                .init(rows: 300, defaults: 6, expected: 7), .init(rows: 200, defaults: 106, expected: 105),
            ])
        // Large groups stay as they are; too few rows leave one group.
        #expect(joined.joined(minimumExpected: 5) == joined)
        #expect(
            test.joined(minimumExpected: 1_000).groups == [.init(rows: 500, defaults: 112, expected: 112)])
    }

    @Test("refuse what is no forecast")
    func refusals() {
        for forecast in [-0.1, 1.1, Double.nan, .infinity] {
            #expect(throws: MetricError.self) {
                try SpiegelhalterTest(probabilities: [forecast, 0.2], defaulted: [true, false])
            }
            #expect(throws: MetricError.self) {
                try HosmerLemeshowTest(probabilities: [forecast, 0.2], defaulted: [true, false])
            }
        }
        #expect(throws: MetricError.empty) { try SpiegelhalterTest(probabilities: [], defaulted: []) }
        #expect(throws: MetricError.empty) {
            try HosmerLemeshowTest(probabilities: [0.5], defaulted: [true], weights: [0])
        }
        #expect(throws: MetricError.self) {
            try SpiegelhalterTest(probabilities: [0, 0.5, 1], defaulted: [false, true, true])
        }
        for count in [0, -3, Int.max] {
            #expect(throws: MetricError.self) {
                try HosmerLemeshowTest(probabilities: [0.5], defaulted: [true], groups: count)
            }
        }
        #expect(throws: MetricError.empty) { try HosmerLemeshowTest(groups: []) }
        #expect(throws: MetricError.self) {
            try HosmerLemeshowTest(groups: [.init(rows: 3, defaults: 4, expected: 1)])
        }
        #expect(throws: MetricError.self) {
            try HosmerLemeshowTest(groups: [.init(rows: .nan, defaults: 0, expected: 0)])
        }
    }
}
