import Foundation
import TestSupport
import Testing

@testable import Boosting

@Suite("Laws of the objectives")
struct ObjectiveLawsTests {
    static func trained(
        _ objective: Objective, _ outcomes: [Double], rounds: Int = 150
    ) throws -> [[Double]] {
        var data = Samples.credit(rows: 3000)
        data.outcomes = outcomes
        let forest = try BoostedTreesTests.train(data) { options in
            options.objective = objective
            options.rounds = rounds
            options.learningRate = 0.1
        }
        let scores = try Predictor(forest).rawScores(columns: data.columns)
        return (0..<forest.outputCount).map { Array(scores[$0 * 3000..<($0 + 1) * 3000]) }
    }

    static var numbers: [Double] {
        var draws = Samples.Draws(state: 9)
        return Samples.credit(rows: 3000).columns[0].asDoubles.map { $0 * 2 + draws.next() * 3 }
    }

    @Test("the quantile lies above its share of the outcomes", arguments: [0.1, 0.5, 0.9])
    func coverage(level: Double) throws {
        let outcomes = Self.numbers
        let scores = try Self.trained(.quantile(level: level), outcomes)[0]
        let share = Double(zip(scores, outcomes).count { $1 <= $0 }) / 3000
        // Three standard errors of a share of 3,000 and the granularity of leaves.
        expectClose(share, level, absolute: 0.03)
        #expect(Set(scores).count > 50)
    }

    @Test("means of squared error sum to the outcomes")
    func squared() throws {
        let outcomes = Self.numbers
        let scores = try Self.trained(.squared, outcomes)[0]
        // A leaf's step is the share of its mean residual, so every round leaves the sum where it is.
        expectClose(scores.reduce(0, +), outcomes.reduce(0, +), relative: 1e-4)
    }

    @Test("expected counts sum to the counts")
    func poisson() throws {
        let outcomes = Self.numbers.map { max(0, $0.rounded()) }
        let scores = try Self.trained(.poisson, outcomes)[0]
        expectClose(scores.reduce(0) { $0 + exp($1) }, outcomes.reduce(0, +), relative: 0.01)
    }

    @Test("two classes of a softmax are as good as the binary loss")
    func softmax() throws {
        let data = Samples.credit(rows: 3000)
        let binary = try Self.trained(.binary, data.outcomes, rounds: 40)[0]
        let classes = try Self.trained(.softmax(classes: 2), data.outcomes, rounds: 40)
        func loss(_ logOdds: [Double]) -> Double {
            zip(logOdds, data.outcomes).reduce(0) { $0 + log1p(exp($1.0)) - $1.1 * $1.0 } / 3000
        }
        expectClose(loss(zip(classes[0], classes[1]).map { $1 - $0 }), loss(binary), relative: 0.1)
    }

    @Test("two levels of an ordinal loss are as good as the binary loss")
    func ordinal() throws {
        var data = Samples.credit(rows: 3000)
        let options = BoostedTreesTests.options { options in
            options.objective = .ordinal(levels: 2)
            options.rounds = 40
            options.learningRate = 0.1
        }
        let forest = try BoostedTrees(options: options).train(data).forest
        let scores = try Predictor(forest).rawScores(columns: data.columns).map { $0 - forest.cutPoints[0] }
        let binary = try Self.trained(.binary, data.outcomes, rounds: 40)[0]
        func loss(_ logOdds: [Double]) -> Double {
            zip(logOdds, data.outcomes).reduce(0) { $0 + log1p(exp($1.0)) - $1.1 * $1.0 } / 3000
        }
        expectClose(loss(scores), loss(binary), relative: 0.05)
        data.outcomes[0] = 2
        #expect(throws: BoostingError.self) { try BoostedTrees(options: options).train(data) }
    }
}
