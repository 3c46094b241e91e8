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

    @Test("refuse what is no forecast", arguments: [-0.1, 1.1, .nan, .infinity])
    func refusals(forecast: Double) {
        #expect(throws: MetricError.self) { try ForecastScores(probabilities: [forecast], defaulted: [true]) }
    }

    @Test("refuse no observations")
    func refusesNone() {
        #expect(throws: MetricError.empty) { try ForecastScores(probabilities: [], defaulted: []) }
    }
}
