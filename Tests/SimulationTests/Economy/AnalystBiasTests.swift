import TestSupport
import Testing

@testable import Simulation

@Suite("Analysts' biases can be recovered from their overrides")
struct AnalystBiasTests {
    @Test func notchesAverageToTheBias() throws {
        let population = try Population(20)
        let biases = population.simulator.biases
        var sums = [[Double]](repeating: [], count: AnalystBiases.analysts)
        for (traits, history) in population.members {
            var process = RatingProcess(traits, history, population.economy, biases: biases)
            let ratings = process.run(defaultVisible: nil)
            for (model, analyst) in zip(ratings, ratings.dropFirst()) {
                guard model.analyst == nil, let number = analyst.analyst else { continue }
                #expect(analyst.day > model.day)
                // In the middle of the scale no override runs against its end.
                guard (3...5).contains(model.grade) else { continue }
                let shared = biases.bias(for: traits) - biases.byAnalyst[number]
                sums[number].append(Double(analyst.grade - model.grade) - shared)
            }
        }
        for (analyst, notches) in sums.enumerated() {
            let count = Double(notches.count)
            let mean = notches.reduce(0, +) / count
            let variance = notches.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
            #expect(count > 100)
            expectClose(mean, biases.byAnalyst[analyst], absolute: 4 * (variance / count).squareRoot() + 0.02)
        }
    }

    @Test func theModelIsUnbiased() throws {
        let population = try Population(8)
        var errors: [Double] = []
        for (traits, history) in population.members {
            var process = RatingProcess(
                traits, history, population.economy, biases: population.simulator.biases)
            for rating in process.run(defaultVisible: nil) where rating.analyst == nil {
                let seen = history.behavingGrade(on: rating.day - RatingProcess.modelAge)
                if (1...7).contains(seen) { errors.append(Double(rating.grade - seen)) }
            }
        }
        let count = Double(errors.count)
        let mean = errors.reduce(0, +) / count
        expectClose(mean, 0, absolute: 4 * (2 * RatingProcess.modelErrorEachWay / count).squareRoot())
        let off = Double(errors.count { $0 != 0 }) / count
        expectClose(off, 0.3, absolute: 4 * (0.21 / count).squareRoot())
    }
}
