import Glibc
import Statistics
import TestSupport
import Testing

@Suite("Forecast scores")
struct ForecastScoresTests {
    @Test("Murphy's parts add up to the Brier score", arguments: 1...5 as ClosedRange<UInt64>)
    func murphyAddsUp(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let forecasts = (0..<500).map { _ in Double(Int.random(in: 0...20, using: &generator)) / 20 }
        let defaulted = forecasts.map { Double.random(in: 0..<1, using: &generator) < $0 }
        let weights = forecasts.map { _ in Double.random(in: 0...2, using: &generator) }
        let scores = try ForecastScores(probabilities: forecasts, defaulted: defaulted, weights: weights)
        let parts = scores.murphy
        expectClose(parts.reliability - parts.resolution + parts.uncertainty, scores.brier, absolute: 1e-14)
    }

    @Test("certainty costs nothing when right and everything when wrong")
    func certainty() throws {
        let right = try ForecastScores(probabilities: [0, 1], defaulted: [false, true])
        #expect(right.logLoss == 0)
        #expect(right.brier == 0)
        let wrong = try ForecastScores(probabilities: [1, 0], defaulted: [false, true])
        #expect(wrong.logLoss == .infinity)
        #expect(wrong.brier == 1)
    }

    @Test("tiny forecasts keep their digits")
    func tinyForecasts() throws {
        let scores = try ForecastScores(probabilities: [1e-18], defaulted: [false])
        #expect(scores.logLoss == 1e-18)
    }

    @Test("log-odds score as their probabilities, and go on where those round to 0 and 1")
    func logOdds() throws {
        let logOdds = [-3.0, -0.2, 0, 0.9, 4, -1]
        let defaulted = [false, true, false, true, true, false]
        let weights = [1.0, 2, 0, 1, 0.5, 3]
        let scores = try ForecastScores(logOdds: logOdds, defaulted: defaulted, weights: weights)
        let expected = try ForecastScores(
            probabilities: logOdds.map { 1 / (1 + exp(-$0)) }, defaulted: defaulted, weights: weights)
        expectClose(scores.logLoss, expected.logLoss, relative: 1e-14)
        #expect(scores.brier == expected.brier && scores.murphy == expected.murphy)
        let certain = try ForecastScores(logOdds: [-800, 800], defaulted: [true, false])
        #expect(certain.logLoss == 800 && certain.brier == 1)
        #expect(try ForecastScores(logOdds: [.infinity], defaulted: [true]).logLoss == 0)
        #expect(try ForecastScores(logOdds: [.infinity], defaulted: [false]).logLoss == .infinity)
        #expect(throws: MetricError.self) { try ForecastScores(logOdds: [.nan], defaulted: [true]) }
        #expect(throws: MetricError.empty) { try ForecastScores(logOdds: [], defaulted: []) }
    }

    @Test("refuse what is no forecast", arguments: [-0.1, 1.1, .nan, .infinity])
    func refusals(forecast: Double) {
        #expect(throws: MetricError.self) { try ForecastScores(probabilities: [forecast], defaulted: [true]) }
    }

    @Test("refuse no observations")
    func refusesNone() {
        #expect(throws: MetricError.empty) { try ForecastScores(probabilities: [], defaulted: []) }
    }
}
