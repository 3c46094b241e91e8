import Parallelism
import Statistics
import TestSupport
import Testing

@Suite("Bootstrap by cluster")
struct ClusterBootstrapTests {
    static let clusters = ["a", "b", "a", "c", "c", "c", "d"]
    static let generator = SeededGenerator(seed: 5).stream("bootstrap")

    @Test("draws whole clusters, as many as there are")
    func wholeClusters() throws {
        let bootstrap = try ClusterBootstrap(clusters: Self.clusters)
        #expect(bootstrap.clusterCount == 4)
        for replicate in 0..<50 {
            let weights = bootstrap.weights(ofReplicate: replicate, generator: Self.generator)
            #expect(weights[0] == weights[2])
            #expect(weights[3] == weights[4] && weights[4] == weights[5])
            #expect(weights[0] + weights[1] + weights[3] + weights[6] == 4)
            let rows = bootstrap.rows(ofReplicate: replicate, generator: Self.generator)
            for row in weights.indices { #expect(rows.count { $0 == row } == Int(weights[row])) }
        }
    }

    @Test("gives the same replicates on any number of threads")
    func anyThreads() throws {
        let bootstrap = try ClusterBootstrap(rows: 40)
        let runs = [1, 2, 7].map { threads in
            bootstrap.replicate(30, generator: Self.generator, workers: Workers(threads: threads)) { rows in
                rows.reduce(0, +)
            }
        }
        #expect(runs[0] == runs[1])
        #expect(runs[0] == runs[2])
        #expect(Set(runs[0].compactMap { $0 }).count > 10)
    }

    @Test("finds the standard error of a mean")
    func standardErrorOfMean() throws {
        var generator = SeededGenerator(seed: 11)
        let values = (0..<200).map { _ in Double.random(in: 0..<1, using: &generator) }
        let bootstrap = try ClusterBootstrap(rows: values.count)
        let means = bootstrap.replicate(4000, generator: Self.generator) { rows -> Double? in
            rows.reduce(0) { $0 + values[$1] } / Double(rows.count)
        }.compactMap { $0 }
        let mean = values.reduce(0, +) / 200
        let expected = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 200 / 200).squareRoot()
        let centre = means.reduce(0, +) / 4000
        let found = (means.reduce(0) { $0 + ($1 - centre) * ($1 - centre) } / 3999).squareRoot()
        // 4,000 replicates know a standard deviation to about 1.1 %.
        expectClose(found, expected, relative: 0.04)
        expectClose(centre, mean, absolute: 4 * expected / 4000.0.squareRoot())
    }

    @Test("refuses no rows")
    func refusesNone() {
        #expect(throws: MetricError.empty) { try ClusterBootstrap(rows: 0) }
    }
}
