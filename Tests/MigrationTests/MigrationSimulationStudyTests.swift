import Foundation
import LinearAlgebra
import Migration
import Statistics
import Testing

/// Simulation studies: reduced by default, in full with 1,000 replications under `make validate`.
@Suite("Simulated histories with known truth")
struct MigrationSimulationStudyTests {
    static let isFull = ProcessInfo.processInfo.environment["OBLIGOR_FULL_VALIDATION"] != nil

    @Test("intervals of cells cover the truth as often as they say")
    func coverage() throws {
        let replications = Self.isFull ? 1000 : 60
        let shares = try IntervalCoverage.measured(replications: replications, obligors: 1000)
        for (name, cells) in Dictionary(grouping: shares, by: \.name).sorted(by: { $0.key < $1.key }) {
            let large = cells.filter(\.isLarge)
            let mean = large.reduce(0) { $0 + $1.share } / Double(large.count)
            // The bar is 1.5 points; in the reduced study the standard error alone is up to 2.8.
            #expect(abs(mean - 0.95) <= (Self.isFull ? 0.015 : 0.06), "\(name): \(mean)")
            for one in cells {
                if Self.isFull { print("\(name), \(one.cell)\(one.isLarge ? "" : ", rare"): \(one.share)") }
                // Of a single cell, the bar and two standard errors of its share.
                let allowed = Self.isFull ? 0.015 + 2 * 0.0069 : 0.015 + 3 * 0.0281
                #expect(
                    !one.isLarge || abs(one.share - 0.95) <= allowed, "\(name), \(one.cell): \(one.share)")
            }
        }
    }

    @Test(
        "predictions of a Markov chain come within 2 % of the log score of its own law",
        arguments: [
            PredictionOptions.Method.cohort, .orderedLogit, .orderedProbit, .multinomial, .boosted, .blend,
        ])
    func nearTheChain(method: PredictionOptions.Method) throws {
        func sample(_ seed: UInt64) throws -> MigrationSample {
            let histories = try KnownHistories.histories(Self.isFull ? 4000 : 1500, years: 6, seed: seed)
            return try MigrationSample.concatenating(
                (1...4).map { try histories.sample(at: Double($0), horizon: Double($0 + 1)) })
        }
        let predictor = try MigrationPredictor(sample(1), PredictionOptions(method: method))
        let test = try sample(2)
        let states = test.outcomes.map { outcome -> Int in
            if case .state(let state) = outcome { state } else { -1 }
        }
        let law = try KnownHistories.generator.transitions(over: 1)
        let own = MigrationScores(
            Matrix(rows: test.origins.map { law.probabilities.row($0) }), states: states)
        let found = MigrationScores(try predictor.distributions(test), states: states)
        #expect(found.logScore <= 1.02 * own.logScore, "\(found.logScore) against \(own.logScore)")
        if Self.isFull { print("\(method): log score \(found.logScore / own.logScore) of the law's") }
    }

    @Test("analysts without bias are flagged in one of twenty cases, known biases lie within their intervals")
    func biases() throws {
        let replications = UInt64(Self.isFull ? 300 : 12)
        var (inside, all) = ([String: Int](), [String: Int]())
        var (flagged, unbiased) = (0, 0)
        for seed in 1...replications {
            let truth = BiasedCases(seed: seed)
            let model = try BiasModel(
                truth.cases, dimensions: ["analyst", "industry", "region"], iterations: 60, draws: 1000,
                generator: SeededGenerator(seed: seed))
            for bias in model.biases {
                let value = try #require(truth.biases[bias.dimension]?[bias.level])
                all[bias.dimension, default: 0] += 1
                if bias.interval.contains(value) { inside[bias.dimension, default: 0] += 1 }
                guard bias.dimension == "analyst", value == 0 else { continue }
                unbiased += 1
                if bias.isFlagged { flagged += 1 }
            }
        }
        for (dimension, count) in all.sorted(by: { $0.key < $1.key }) {
            let share = Double(inside[dimension] ?? 0) / Double(count)
            // Levels of one dimension share the doubt about its mean, so a replication counts for little more than one.
            #expect(share >= (Self.isFull ? 0.925 : 0.85), "\(dimension): \(share)")
            if Self.isFull { print("\(dimension): \(share) of \(count) true biases inside") }
        }
        let falseFlags = Double(flagged) / Double(unbiased)
        if Self.isFull { print("unbiased analysts flagged: \(falseFlags) of \(unbiased)") }
        #expect(falseFlags <= (Self.isFull ? 0.06 : 0.127), "\(flagged) of \(unbiased)")
        // Analysts at 0 are where the pooling draws to, so that fewer than one in twenty is flagged.
        if Self.isFull { #expect(falseFlags >= 0.025, "\(flagged) of \(unbiased)") }
    }
}
