import Parallelism
import TestSupport
import Testing

@testable import Statistics

@Suite("Bootstrap distributions")
struct BootstrapDistributionTests {
    @Test(
        "agree with NumPy on resamples that anybody can repeat",
        .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)),
        arguments: ScoredSample.names, ["a", "t"])
    func oracle(name: String, model: String) throws {
        let sample = try ScoredSample(name)
        let expected = try Oracle(shared: "metrics/\(name)_python.json")("expected", model, "bootstrap_auc")
        let risks = try sample.risks(model)
        let defaulted = sample.defaulted
        // The reference draws row i of replicate r by hashing r n + i + 1.
        let rows = UInt64(risks.count)
        let count = try expected("replicates").integer
        let ranked = try RankedRisks(risks)
        let areas = Workers(threads: 2).map(count) { replicate -> Double? in
            var weights = Array(repeating: 0.0, count: risks.count)
            for draw in 0..<rows {
                let counter = (UInt64(replicate) &* rows &+ draw &+ 1) &* SplitMix64.increment
                weights[Int(SplitMix64.finalised(counter) % rows)] += 1
            }
            return (try? ranked.outcomes(defaulted: defaulted, weights: weights))?.auc
        }
        let estimate = try RankedOutcomes(risks: risks, defaulted: defaulted).auc
        let distribution = try BootstrapDistribution(estimate: estimate, replicates: areas)
        #expect(distribution.replicates.count == count)
        expectClose(
            Array(distribution.replicates.prefix(5)), try expected("first_auc").numbers, relative: 1e-12)
        expectClose(distribution.mean, try expected("mean").number, relative: 1e-12)
        expectClose(distribution.standardError, try expected("std_ddof1").number, relative: 1e-10)
        let interval = try distribution.percentileInterval()
        expectClose(
            [interval.lowerBound, interval.upperBound], try expected("percentile_95_type7").numbers,
            relative: 1e-12)
    }

    @Test("are the same on any number of threads")
    func anyThreads() throws {
        let data = RankedOutcomesTests.random(4, rows: 120)
        let bootstrap = try ClusterBootstrap(clusters: (0..<120).map { $0 / 3 })
        let runs = try [1, 2, 7].map { threads in
            try bootstrap.distribution(
                replicates: 60, generator: SeededGenerator(seed: 8), workers: Workers(threads: threads)
            ) { weights in
                (try? RankedOutcomes(risks: data.risks, defaulted: data.defaulted, weights: weights))?.auc
            }
        }
        #expect(runs[0] == runs[1] && runs[0] == runs[2])
        #expect(Set(runs[0].replicates).count > 40)
        let area = try RankedOutcomes(risks: data.risks, defaulted: data.defaulted).auc
        #expect(runs[0].estimate == area)
        #expect(abs(runs[0].bias) < 3 * runs[0].standardError)
        let interval = try runs[0].percentileInterval()
        let mirrored = try runs[0].basicInterval()
        expectClose(mirrored.upperBound - area, area - interval.lowerBound, absolute: 1e-15)
        #expect(try runs[0].percentileInterval(level: 0.5).lowerBound >= interval.lowerBound)
    }

    @Test("rows of one obligor make wider intervals than rows of many")
    func clustersMatter() throws {
        var generator = SeededGenerator(seed: 21)
        // Ten equal rows per obligor say no more than one.
        let byObligor = (0..<30).map { _ in generator.normal() }
        let values = byObligor.flatMap { Array(repeating: $0, count: 10) }
        let mean: @Sendable ([Double]) -> Double? = { weights in
            zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / weights.reduce(0, +)
        }
        let clustered = try ClusterBootstrap(clusters: (0..<300).map { $0 / 10 })
            .distribution(replicates: 400, generator: generator, of: mean)
        let naive = try ClusterBootstrap(rows: 300).distribution(
            replicates: 400, generator: generator, of: mean)
        expectClose(clustered.standardError / naive.standardError, 10.0.squareRoot(), relative: 0.2)
    }

    @Test("leave out replicates without the statistic, and refuse too few")
    func missing() throws {
        let distribution = try BootstrapDistribution(estimate: 1, replicates: [1, nil, 3, .nan, .infinity])
        #expect(distribution.replicates == [1, 3] && distribution.mean == 2 && distribution.bias == 1)
        #expect(throws: MetricError.self) { try BootstrapDistribution(estimate: 1, replicates: [1, nil]) }
        for level in [0, 1, Double.nan] {
            #expect(throws: MetricError.self) { try distribution.percentileInterval(level: level) }
        }
        let bootstrap = try ClusterBootstrap(rows: 5)
        #expect(throws: MetricError.self) {
            try bootstrap.distribution(replicates: 1, generator: SeededGenerator(seed: 1)) { _ in 1 }
        }
        #expect(throws: MetricError.self) {
            try bootstrap.distribution(replicates: 5, generator: SeededGenerator(seed: 1)) { _ in nil }
        }
    }
}
