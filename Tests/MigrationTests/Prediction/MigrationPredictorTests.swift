import Foundation
import LinearAlgebra
import Migration
import Parallelism
import Statistics
import TestSupport
import Testing

/// Obligors on a scale of four states whose moves depend on a signal.
enum SignalledMoves {
    static let scale = {
        do { return try RatingScale(["A", "B", "C", "D"]) } catch { return RatingScale.grades }
    }()

    /// The law of the next state, for a state and a signal (> 0 is worse).
    static func law(_ state: Int, _ signal: Double) -> [Double] {
        let cuts = [[1.0, 2.5, 4], [-1, 1.5, 3], [-2.5, -0.5, 1.5]][state]
        let below = cuts.map { 1 / (1 + exp(-($0 - signal))) }
        return [below[0], below[1] - below[0], below[2] - below[1], 1 - below[2]]
    }

    static func sample(_ count: Int, seed: UInt64, withdrawn share: Double = 0) throws -> MigrationSample {
        var random = SeededGenerator(seed: seed)
        var origins: [Int] = []
        var signals: [Double] = []
        var noise: [Double] = []
        var outcomes: [MigrationSample.Outcome] = []
        for _ in 0..<count {
            let state = random.integer(below: 3)
            let signal = random.normal()
            var draw = random.uniform()
            var next = 0
            for (place, probability) in law(state, signal).enumerated() {
                next = place
                draw -= probability
                if draw < 0 { break }
            }
            origins.append(state)
            signals.append(random.uniform() < 0.05 ? .nan : signal)
            noise.append(random.normal())
            outcomes.append(random.uniform() < share ? .withdrawn : .state(next))
        }
        return try MigrationSample(
            scale: scale, obligors: Array(0..<count), times: origins.map { _ in 0 }, origins: origins,
            names: ["signal", "noise"], features: [signals, noise], outcomes: outcomes)
    }
}

@Suite("Predictions of the next state")
struct MigrationPredictorTests {
    static let learned: [PredictionOptions.Method] = PredictionOptions.Method.allCases.filter {
        $0 != .cohort
    }

    @Test("come within 2 % of the truth's own log score, and beat the matrix", arguments: learned)
    func nearTruth(method: PredictionOptions.Method) throws {
        var options = PredictionOptions(method: method)
        options.rounds = 60
        let predictor = try MigrationPredictor(SignalledMoves.sample(3000, seed: 1), options)
        let test = try SignalledMoves.sample(3000, seed: 2)
        let rows = test.origins.indices.filter { !test.features[0][$0].isNaN }
        let seen = test.selecting(rows)
        let states = seen.outcomes.map { outcome -> Int in
            if case .state(let state) = outcome { state } else { 0 }
        }
        let score = MigrationScores(try predictor.distributions(seen), states: states)
        let truth = MigrationScores(
            Matrix(rows: rows.indices.map { SignalledMoves.law(seen.origins[$0], seen.features[0][$0]) }),
            states: states)
        let matrix = MigrationScores(
            Matrix(rows: seen.origins.map { predictor.matrix.probabilities.row($0) }), states: states)
        // The law is that of the ordered logit; steps of trees and the multinomial form come less near to it, and the
        // ordinal trees share their cuts between states.
        let allowed =
            switch method {
            case .orderedLogit, .orderedProbit, .blend: 1.02
            case .multinomial, .boosted: 1.05
            case .boostedOrdinal, .cohort: 1.08
            }
        #expect(score.logScore <= allowed * truth.logScore, "\(score.logScore) against \(truth.logScore)")
        #expect(score.logScore < 0.95 * matrix.logScore)
        #expect(score.rankedScore < matrix.rankedScore)
    }

    @Test("are calibrated cell by cell: a state's predictions average to its row", arguments: learned)
    func cells(method: PredictionOptions.Method) throws {
        let sample = try SignalledMoves.sample(500, seed: 7, withdrawn: 0.1)
        for rule in [WithdrawalRule.excluded, .keptInDenominator] {
            var options = PredictionOptions(method: method)
            options.rounds = 8
            options.withdrawal = rule
            // Without a prior the matrix is that of the rows.
            options.priorObligors = 1e-6
            let predictor = try MigrationPredictor(sample, options)
            let rows = sample.outcomes.indices.filter {
                rule == .keptInDenominator || sample.outcomes[$0] != .withdrawn
            }
            let distributions = try predictor.distributions(sample.selecting(rows))
            let expected = try sample.counts.matrix(rule)
            for state in 0..<3 {
                let own = rows.indices.filter { sample.origins[rows[$0]] == state }
                for next in 0..<4 {
                    let mean = own.reduce(0) { $0 + distributions[$1, next] } / Double(own.count)
                    // The ridge of the regressions holds their thresholds a little; the tilt knows none.
                    let allowed = [.orderedLogit, .orderedProbit].contains(method) ? 0.03 : 1e-6
                    expectClose(mean, expected[state, next], absolute: allowed, "\(rule) \(state)>\(next)")
                }
            }
        }
    }

    @Test("sum to 1, whatever is missing or huge", arguments: PredictionOptions.Method.allCases)
    func sums(method: PredictionOptions.Method) throws {
        var options = PredictionOptions(method: method)
        options.rounds = 10
        let predictor = try MigrationPredictor(SignalledMoves.sample(600, seed: 3), options)
        let odd = try MigrationSample(
            scale: SignalledMoves.scale, obligors: [0, 1, 2, 3], times: [0, 0, 0, 0], origins: [0, 1, 2, 2],
            names: ["signal", "noise"],
            features: [[.nan, .infinity, -1e308, 0], [.nan, -.infinity, 1e308, .nan]],
            outcomes: [.open, .open, .open, .withdrawn])
        let distributions = try predictor.distributions(odd)
        for row in 0..<4 {
            expectClose(distributions.row(row).reduce(0, +), 1, absolute: 1e-12)
            #expect(distributions.row(row).allSatisfy { $0 > 0 && $0 < 1 }, "\(method): no move is ruled out")
        }
    }

    @Test("without features are the matrix of the rule for withdrawals", arguments: WithdrawalRule.allCases)
    func constants(rule: WithdrawalRule) throws {
        let full = try SignalledMoves.sample(2000, seed: 4, withdrawn: 0.15)
        let sample = try MigrationSample(
            scale: full.scale, obligors: full.obligors, times: full.times, origins: full.origins, names: [],
            features: [], outcomes: full.outcomes)
        let expected = try sample.counts.matrix(rule)
        for method in [PredictionOptions.Method.cohort, .orderedLogit, .orderedProbit, .multinomial] {
            var options = PredictionOptions(method: method)
            options.withdrawal = rule
            options.priorObligors = 1e-6
            let predictor = try MigrationPredictor(sample, options)
            let distributions = try predictor.distributions(sample)
            let withdrawn = predictor.withdrawnProbabilities(sample)
            for state in 0..<3 {
                let row = try #require(sample.origins.firstIndex(of: state))
                var own = distributions.row(row)
                if rule == .state { own.insert(withdrawn[row], at: 3) }
                expectClose(own, expected.probabilities.row(state), absolute: 1e-6, "\(method)")
            }
        }
    }

    @Test("are the same on any number of threads")
    func threads() throws {
        let sample = try SignalledMoves.sample(500, seed: 5)
        var options = PredictionOptions(method: .blend)
        options.rounds = 10
        let single = try MigrationPredictor(sample, options).distributions(sample)
        options.workers = Workers(threads: 3)
        #expect(try MigrationPredictor(sample, options).distributions(sample) == single)
    }

    @Test("refuse samples that are empty or of another kind")
    func refusals() throws {
        let sample = try SignalledMoves.sample(50, seed: 6)
        #expect(throws: MigrationError.self) {
            try MigrationPredictor(sample.selecting([]), PredictionOptions(method: .orderedLogit))
        }
        let predictor = try MigrationPredictor(sample, PredictionOptions(method: .orderedLogit))
        let other = try MigrationSample(
            scale: sample.scale, obligors: [0], times: [0], origins: [0], names: ["x"], features: [[0]],
            outcomes: [.open])
        #expect(throws: MigrationError.self) { try predictor.distributions(other) }
        #expect(throws: MigrationError.self) {
            try MigrationSample(
                scale: sample.scale, obligors: [0], times: [0], origins: [3], names: [], features: [],
                outcomes: [.open])
        }
        var options = PredictionOptions(method: .orderedLogit)
        options.ridge = 0
        #expect(throws: MigrationError.self) { try MigrationPredictor(sample, options) }
    }

    @Test("name the signal as the first reason, with its sign")
    func reasons() throws {
        let sample = try SignalledMoves.sample(800, seed: 7)
        let predictor = try MigrationPredictor(sample, PredictionOptions(method: .orderedLogit))
        let rows = [
            try #require(sample.features[0].firstIndex { $0 > 1.5 }),
            try #require(sample.features[0].firstIndex { $0 < -1.5 }),
        ]
        let reasons = predictor.reasons(sample.selecting(rows), reference: sample)
        #expect(reasons[0][0].feature == "signal" && reasons[0][0].contribution > 0)
        #expect(reasons[1][0].feature == "signal" && reasons[1][0].contribution < 0)
    }
}

@Suite("Reconciling predictions")
struct ReconciliationTests {
    @Test("a tilt makes every state average to the matrix and moves nothing where that holds already")
    func tilt() throws {
        let sample = try SignalledMoves.sample(400, seed: 8)
        let laws = Matrix(
            rows: sample.origins.indices.map { row in
                SignalledMoves.law(sample.origins[row], sample.features[1][row])
            })
        let target = try TransitionMatrix(
            Matrix(rows: [
                [0.7, 0.2, 0.06, 0.04], [0.1, 0.6, 0.3, 0], [0.05, 0.15, 0.5, 0.3], [0, 0, 0, 1],
            ]),
            scale: sample.scale)
        let tilt = try PortfolioTilt(laws, origins: sample.origins, target: target)
        let tilted = tilt.applied(to: laws, origins: sample.origins)
        for state in 0..<3 {
            let rows = sample.origins.indices.filter { sample.origins[$0] == state }
            for next in 0..<4 {
                let mean = rows.reduce(0) { $0 + tilted[$1, next] } / Double(rows.count)
                expectClose(mean, target[state, next], absolute: 1e-9)
            }
        }
        for row in sample.origins.indices { expectClose(tilted.row(row).reduce(0, +), 1, absolute: 1e-12) }
        // Minimal divergence: the odds of two next states change by the same factor in every row of a state.
        let again = try PortfolioTilt(tilted, origins: sample.origins, target: target)
        expectClose(again.factors[0].map { $0 / again.factors[0][0] }, [1, 1, 1, 1], absolute: 1e-6)
    }

    @Test("a move that no prediction allows is refused")
    func unreachable() throws {
        let target = try TransitionMatrix(
            Matrix(rows: [[0.5, 0.5, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]]),
            scale: SignalledMoves.scale)
        #expect(throws: MigrationError.unreachable(from: 0, to: 1)) {
            try PortfolioTilt(Matrix(rows: [[1, 0, 0, 0]]), origins: [0], target: target)
        }
    }

    @Test("the probability of default never falls with the horizon", arguments: UInt64(0)..<20)
    func coherence(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let horizons = (0..<3).map { _ in
            Matrix(
                rows: (0..<5).map { row in
                    var values = (0..<4).map { _ in random.uniform() }
                    if row == 4 { values = seed % 2 == 0 ? [0, 0, 0, 1] : values }
                    let sum = values.reduce(0, +)
                    return values.map { $0 / sum }
                })
        }
        let coherent = HorizonCoherence.coherent(horizons, defaultState: 3)
        for row in 0..<5 {
            #expect(coherent[0][row, 3] <= coherent[1][row, 3] && coherent[1][row, 3] <= coherent[2][row, 3])
            for horizon in coherent { expectClose(horizon.row(row).reduce(0, +), 1, absolute: 1e-12) }
        }
        #expect(HorizonCoherence.coherent(coherent, defaultState: 3) == coherent, "once is enough")
    }
}

@Suite("Scores of predicted distributions")
struct MigrationScoresTests {
    @Test("a certain and right forecast scores 0; the ranked score counts distance")
    func scores() {
        let sure = MigrationScores(Matrix(rows: [[0, 1, 0, 0]]), states: [1])
        #expect(sure.logScore == 0 && sure.rankedScore == 0)
        let near = MigrationScores(Matrix(rows: [[0, 0, 1, 0]]), states: [1])
        let far = MigrationScores(Matrix(rows: [[0, 0, 0, 1]]), states: [1])
        #expect(near.logScore == .infinity && near.rankedScore == 1 && far.rankedScore == 2)
        // By hand: F = .2 .7 .9 1 against 0 1 1 1.
        let mixed = MigrationScores(Matrix(rows: [[0.2, 0.5, 0.2, 0.1]]), states: [1])
        expectClose(mixed.rankedScore, 0.04 + 0.09 + 0.01, absolute: 1e-15)
    }

    @Test("cells are tested by the binomial law, and wrong predictions are found")
    func calibration() throws {
        // 12 obligors at 0.25: P(X ≥ 7) = 0.01425278, twice that by hand from the binomial law.
        let few = Matrix(rows: (0..<12).map { _ in [0.25, 0.75] })
        let cells = try CellCalibration(
            few, origins: (0..<12).map { _ in 0 }, states: (0..<12).map { $0 < 7 ? 0 : 1 }
        ).cells
        expectClose(cells[0].pValue, 2 * 0.014252781867980957, relative: 1e-10)
        expectClose(cells[0].pValue, cells[1].pValue, relative: 1e-10)
        #expect(cells[0].adjustedPValue >= cells[0].pValue)
        let many = Matrix(rows: (0..<2000).map { _ in [0.3, 0.7] })
        let states = (0..<2000).map { $0 % 2 }
        #expect(
            try CellCalibration(many, origins: states.map { _ in 0 }, states: states).smallestPValue < 1e-10)
    }
}

@Suite("Samples from histories")
struct HistorySamplingTests {
    static func histories() throws -> RatingHistories {
        try RatingHistories(
            [
                RatingAction(obligor: 0, time: 0, state: 1), RatingAction(obligor: 0, time: 0.5, state: 2),
                RatingAction(obligor: 0, time: 1.25, state: 1), RatingAction(obligor: 1, time: 0, state: 0),
                RatingAction(obligor: 1, time: 1.5, state: nil),
                RatingAction(obligor: 2, time: 0.2, state: 2),
                RatingAction(obligor: 2, time: 1.1, state: 3), RatingAction(obligor: 3, time: 1.2, state: 0),
            ], scale: SignalledMoves.scale, end: 2)
    }

    @Test("hold who is rated, what is known by then, and what came of it")
    func sample() throws {
        let histories = try Self.histories()
        let sample = try histories.sample(at: 1, horizon: 2)
        #expect(sample.origins == [2, 0, 2])
        #expect(sample.outcomes == [.state(1), .withdrawn, .state(3)])
        let first = sample.features.map { $0[0] }
        expectClose(first, [1, 0.5, 1, 1, 0, 1, 0, 0, -0.5, -0.5], absolute: 1e-12)
        #expect(sample.features[0][1].isNaN, "no move yet")
        let late = try histories.sample(at: 1.6, horizon: 2.6)
        #expect(late.origins == [1, 0] && late.outcomes == [.open, .open])
        #expect(throws: MigrationError.self) { try histories.sample(at: 1, horizon: 1) }
    }

    @Test("what happens after the as-of time changes no feature")
    func pointInTime() throws {
        let histories = try Self.histories()
        let more = try RatingHistories(
            [
                RatingAction(obligor: 0, time: 0, state: 1), RatingAction(obligor: 0, time: 0.5, state: 2),
                RatingAction(obligor: 0, time: 1.01, state: 0),
                RatingAction(obligor: 0, time: 1.02, state: 3),
            ], scale: SignalledMoves.scale, end: 2)
        let before = try #require(histories.historyFeatures(of: 0, at: 1))
        let after = try #require(more.historyFeatures(of: 0, at: 1))
        #expect(before.state == after.state && before.features == after.features)
    }
}
