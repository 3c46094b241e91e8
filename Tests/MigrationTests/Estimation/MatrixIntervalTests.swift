import LinearAlgebra
import Migration
import Parallelism
import Statistics
import TestSupport
import Testing

/// Obligors that follow a known generator over some years, continuously observed.
struct KnownHistories {
    static let scale = SignalledMoves.scale
    static let rates = [
        [0, 0.20, 0.03, 0.01], [0.10, 0, 0.20, 0.05], [0.02, 0.15, 0, 0.25], [0, 0, 0, 0],
    ]

    static var generator: GeneratorMatrix {
        get throws {
            try GeneratorMatrix(
                Matrix(
                    rows: rates.enumerated().map { row, values in
                        values.enumerated().map { $0 == row ? -values.reduce(0, +) : $1 }
                    }), scale: scale)
        }
    }

    static func histories(_ obligors: Int, years: Double, seed: UInt64) throws -> RatingHistories {
        var random = SeededGenerator(seed: seed)
        var actions: [RatingAction] = []
        for obligor in 0..<obligors {
            var (time, state) = (0.0, random.integer(below: 3))
            actions.append(RatingAction(obligor: obligor, time: 0, state: state))
            while state < 3 {
                time += random.exponential(mean: 1 / rates[state].reduce(0, +))
                if time >= years { break }
                var draw = random.uniform() * rates[state].reduce(0, +)
                var next = 0
                for (place, rate) in rates[state].enumerated() where rate > 0 {
                    next = place
                    draw -= rate
                    if draw < 0 { break }
                }
                state = next
                actions.append(RatingAction(obligor: obligor, time: time, state: state))
            }
        }
        return try RatingHistories(actions, scale: scale, end: years)
    }
}

@Suite("Intervals of matrices")
struct MatrixIntervalTests {
    @Test("Wilson's are those of a rate")
    func wilson() throws {
        let counts = try MigrationCounts(
            Matrix(rows: [[516, 0, 0, 15], [3, 90, 7, 0], [0, 0, 0, 0], [0, 0, 0, 0]]),
            scale: SignalledMoves.scale)
        let intervals = try counts.wilsonIntervals()
        let expected = try DefaultRate(defaults: 15, of: 531).interval(.wilson, level: 0.95)
        expectClose(intervals.lower[0, 3], expected.lowerBound, relative: 1e-12)
        expectClose(intervals.upper[0, 3], expected.upperBound, relative: 1e-12)
        #expect(intervals.lower[2, 1] == 0 && intervals.upper[2, 1] == 1, "nobody was there")
        #expect(throws: MigrationError.self) { try counts.wilsonIntervals(level: 1) }
    }

    @Test("a bootstrap by obligor is the same on any number of threads, and drawn lists sum up")
    func bootstrap() throws {
        let histories = try KnownHistories.histories(200, years: 3, seed: 3)
        let snapshots = [0, 1, 2, 2.999]
        let bootstrap = try ObligorBootstrap(histories, snapshots: snapshots)
        let counts = try MigrationCounts.byInterval(histories, snapshots: snapshots)
        #expect(bootstrap.counts == counts.dropFirst().reduce(counts[0], +))
        let generator = SeededGenerator(seed: 1)
        let single = try bootstrap.intervals(replicates: 50, generator: generator)
        #expect(
            try bootstrap.intervals(replicates: 50, generator: generator, workers: Workers(threads: 3))
                == single)
        #expect(throws: MigrationError.self) { try bootstrap.intervals(replicates: 1, generator: generator) }
        #expect(throws: MigrationError.self) { try ObligorBootstrap(histories, snapshots: [1]) }
        let rows = try ObligorBootstrap(
            obligors: [0, 0, 0, 1, 1, 2], periods: [1, 2, 4, 1, 2, 1], states: [0, 1, 1, 2, 2, 0],
            scale: SignalledMoves.scale)
        #expect(rows.obligorCount == 2 && rows.counts.moves[0, 1] == 1 && rows.counts.moves[2, 2] == 1)
    }
}

/// How often intervals of one-year probabilities hold the truth.
enum IntervalCoverage {
    /// The share of replications whose interval holds a cell's true probability.
    struct Share {
        let name: String
        let cell: String
        /// Whether the cell's probability is above 2 %.
        let isLarge: Bool
        let share: Double
    }

    static func measured(replications: Int, obligors: Int) throws -> [Share] {
        let truth = try KnownHistories.generator.transitions(over: 1)
        var hits: [String: Matrix] = [:]
        for replication in 0..<replications {
            let histories = try KnownHistories.histories(obligors, years: 1, seed: UInt64(1000 + replication))
            // The end itself is observed, so the snapshot stands just before it.
            let snapshots = [0, 1.0.nextDown]
            let counts = try MigrationCounts.byInterval(histories, snapshots: snapshots)[0]
            let duration = try DurationEstimate(histories)
            let yearly = try duration.generator.transitions(over: 1)
            let johansen = try AalenJohansen(histories, window: 0...1)
            let intervals = [
                "wilson": try counts.wilsonIntervals(),
                "delta of duration": try MatrixIntervals(
                    yearly, standardErrors: duration.standardErrors(over: 1)),
                "aalen-johansen": try MatrixIntervals(
                    johansen.matrix, standardErrors: johansen.standardErrors),
                "bootstrap": try ObligorBootstrap(histories, snapshots: snapshots).intervals(
                    replicates: 200, generator: SeededGenerator(seed: UInt64(replication))),
            ]
            for row in 0..<3 {
                for column in 0..<4 {
                    for (name, interval) in intervals
                    where interval.lower[row, column] <= truth[row, column]
                        && truth[row, column] <= interval.upper[row, column]
                    {
                        hits[name, default: Matrix(rows: 4, columns: 4)][row, column] += 1
                    }
                }
            }
        }
        let labels = try KnownHistories.generator.scale.labels
        return hits.sorted { $0.key < $1.key }.flatMap { name, hits in
            (0..<3).flatMap { row in
                (0..<4).map { column in
                    Share(
                        name: name, cell: "\(labels[row])>\(labels[column])",
                        isLarge: truth[row, column] > 0.02,
                        share: hits[row, column] / Double(replications))
                }
            }
        }
    }
}
