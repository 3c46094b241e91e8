import Foundation
import TestSupport
import Testing

@testable import Boosting

@Suite("Bagged trees")
struct BaggedTreesTests {
    static func trainer(leaves: [Int] = [], regrows: Bool = false) throws -> BaggedTrees {
        try BaggedTrees(
            options: BoostedTreesTests.options { options in
                options.rounds = 60
                options.earlyStoppingRounds = 6
            }, folds: 4, leafCandidates: leaves, regrows: regrows)
    }

    @Test("the forest is the mean of forests, and every row is scored by the one that did not see it")
    func average() throws {
        let data = Samples.credit(rows: 600)
        let training = try Self.trainer().train(data)
        let trees = training.forest.trees
        #expect(training.rounds.count == 4)
        #expect(training.rounds.reduce(0, +) == trees.count)
        let fold = data.folds(4, seed: 1)
        #expect((0..<4).allSatisfy { number in fold.count { $0 == number } == 150 })
        var first = 0
        var base: [Double] = []
        for number in 0..<4 {
            let kept = data.rows((0..<600).filter { fold[$0] != number })
            let rate = kept.outcomes.reduce(0, +) / 450
            base.append(log(rate / (1 - rate)))
            for row in 0..<600 where fold[row] == number {
                let own = trees[first..<first + training.rounds[number]].reduce(0) {
                    $0 + $1.leaves[$1.leaf(of: Samples.row(row, of: data))].value * 4
                }
                expectClose(training.outOfFoldScores[row], base[number] + own, absolute: 1e-9)
            }
            first += training.rounds[number]
        }
        expectClose(training.forest.baseScores[0], base.reduce(0, +) / 4, absolute: 1e-12)
        _ = try training.forest.validated()
    }

    @Test("forests are grown anew where rows are few", arguments: [(19_999, true), (20_000, false)])
    func regrowingByDefault(rows: Int, regrows: Bool) throws {
        #expect(try BaggedTrees.defaults(rows: rows, features: 12, hessian: 0.1).regrows == regrows)
    }

    @Test("forests grown anew are those of all rows, with a third more rounds than three quarters told")
    func regrowing() throws {
        let data = Samples.credit(rows: 600)
        let stopped = try Self.trainer().train(data)
        let regrown = try Self.trainer(regrows: true).train(data)
        var expected: [Tree] = []
        for number in 0..<4 {
            var options = try Self.trainer().options
            options.seed = SplitMix.hash(options.seed &+ UInt64(number))
            options.rounds = min(60, Int((Double(stopped.rounds[number]) * 4 / 3).rounded()))
            options.earlyStoppingRounds = 0
            let forest = try BoostedTrees(options: options).train(data).forest
            #expect(regrown.rounds[number] == options.rounds)
            expectClose(regrown.forest.baseScores[0], forest.baseScores[0], absolute: 1e-12)
            expected += forest.trees.map { $0.scaled(by: 0.25) }
        }
        #expect(regrown.forest.trees == expected)
        // Scores of rows that were left out stay those of forests that did not see them.
        #expect(regrown.outOfFoldScores == stopped.outOfFoldScores)
    }

    @Test("takes the number of leaves that loses least on the first folds")
    func candidates() throws {
        let data = Samples.credit(rows: 600)
        let chosen = try Self.trainer(leaves: [2, 12]).train(data)
        let losses = try [2, 12].map { leaves -> Double in
            var options = try Self.trainer().options
            options.maximumLeaves = leaves
            let fold = data.folds(4, seed: 1)
            return try (0..<2).reduce(0) { sum, number in
                var own = options
                own.seed = SplitMix.hash(options.seed &+ UInt64(number))
                let training = try BoostedTrees(options: own).train(
                    data.rows((0..<600).filter { fold[$0] != number }),
                    validation: data.rows((0..<600).filter { fold[$0] == number }))
                return sum + (training.validationMetric.min() ?? 0)
            }
        }
        #expect(chosen.leaves == (losses[0] <= losses[1] ? 2 : 12))
    }

    @Test("refuses folds, stopping and objectives that it cannot do without")
    func refusals() throws {
        let options = try Self.trainer().options
        #expect(throws: BoostingError.self) { try BaggedTrees(options: options, folds: 1) }
        #expect(throws: BoostingError.self) {
            try BaggedTrees(options: options, folds: 4, leafCandidates: [1])
        }
        #expect(throws: BoostingError.self) { try BaggedTrees(options: BoostingOptions(), folds: 4) }
        var ordinal = options
        ordinal.objective = .ordinal(levels: 2)
        #expect(throws: BoostingError.self) {
            try BaggedTrees(options: ordinal, folds: 4).train(Samples.credit(rows: 100))
        }
    }

    @Test("there are defaults for data of any size", arguments: [100, 20_000, 5_000_000], [1, 11, 500])
    func defaults(rows: Int, features: Int) throws {
        let trainer = try BaggedTrees.defaults(rows: rows, features: features, hessian: 0.1)
        #expect(trainer.folds >= 2 && trainer.options.l2 == 0.8)
    }
}
