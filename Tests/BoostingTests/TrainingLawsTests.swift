import Foundation
import Parallelism
import TestSupport
import Testing

@testable import Boosting

@Suite("Laws of training")
struct TrainingLawsTests {
    @Test(
        "training on after a pause is training at once, to the bit",
        arguments: [Objective.binary, .softmax(classes: 3), .ordinal(levels: 3)])
    func warmStart(objective: Objective) throws {
        var data = Samples.credit(rows: 1200)
        if objective != .binary {
            data.outcomes = data.columns[0].asDoubles.map { $0 < -0.7 ? 0 : $0 < 0.7 ? 1 : 2 }
        }
        func options(_ rounds: Int) -> BoostingOptions {
            BoostedTreesTests.options { options in
                options.objective = objective
                options.rounds = rounds
                options.featureShare = 0.7
                options.rowSampling = .bagging(share: 0.7)
            }
        }
        let once = try BoostedTrees(options: options(12)).train(data).forest
        let first = try BoostedTrees(options: options(5)).train(data).forest
        let second = try BoostedTrees(options: options(7)).train(data, continuing: first).forest
        #expect(second == once)
        var other = data
        other.names[0] = "other"
        #expect(throws: BoostingError.self) {
            try BoostedTrees(options: options(7)).train(other, continuing: first)
        }
        #expect(throws: BoostingError.self) {
            try BoostedTrees(options: BoostedTreesTests.options { $0.objective = .poisson }).train(
                data, continuing: first)
        }
    }

    @Test(
        "plain code and vectors train the same forest",
        arguments: [BoostingOptions.RowSampling.all, .bagging(share: 0.5)])
    func instructions(sampling: BoostingOptions.RowSampling) throws {
        let options = BoostedTreesTests.options { options in
            options.rowSampling = sampling
            options.l1 = 0.5
        }
        let forests = try Instructions.available.map {
            try BoostedTrees(options: options).train(Samples.credit(weighted: true), instructions: $0).forest
        }
        #expect(Set(forests).count == 1)
    }

    @Test("weights of any scale give the same splits, with leaves to match", arguments: [-60, -20, 20, 60])
    func weightScale(exponent: Int) throws {
        let data = Samples.credit(weighted: true)
        var scaled = data
        // A power of two scales every sum without rounding.
        scaled.weights = data.weights.map { $0 * Double(sign: .plus, exponent: exponent, significand: 1) }
        let forests = try [data, scaled].map { data in
            try BoostedTreesTests.train(data) { options in
                options.minimumHessianInLeaf = 0
                options.categorySmoothing = 0
                options.categoryL2 = 0
            }
        }
        for (one, other) in zip(forests[0].trees, forests[1].trees) {
            #expect(one.leaves.map(\.value) == other.leaves.map(\.value))
            #expect(one.splits.map(\.condition) == other.splits.map(\.condition))
        }
    }

    @Test("a weight of 2 counts a row twice")
    func doubledRows() throws {
        var data = Samples.credit(rows: 600)
        let doubled = data.rows(Array(0..<600) + Array(stride(from: 0, to: 600, by: 3)))
        data.weights = (0..<600).map { $0 % 3 == 0 ? 2 : 1 }
        let change: (inout BoostingOptions) -> Void = { options in
            options.rounds = 1
            options.minimumRowsInLeaf = 1
            options.minimumHessianInLeaf = 4
            options.minimumRowsInBin = 1
            options.maximumBins = 2000
        }
        let (one, two) = try (BoostedTreesTests.train(data, change), BoostedTreesTests.train(doubled, change))
        #expect(one.trees[0].splits.map(\.feature) == two.trees[0].splits.map(\.feature))
        for row in 0..<600 {
            let values = Samples.row(row, of: data)
            expectClose(one.rawScores(of: values), two.rawScores(of: values), absolute: 1e-5)
        }
    }

    @Test(
        "packed sums hold any number of rows", arguments: [1, 1000, 65_537, 1 << 21, 5_000_000, 100_000_000])
    func levels(rows: Int) {
        let levels = GradientStore.levels(rows: rows)
        // Rounding may go one level up.
        #expect((levels + 1) * rows < 1 << 31)
        #expect(levels + 1 <= Int(Int16.max))
    }

    @Test("dropout keeps the scores of training and of the validation part those of the forest")
    func dropout() throws {
        let validation = Samples.credit(rows: 300, seed: 2)
        let options = BoostedTreesTests.options { options in
            options.dropout = BoostingOptions.Dropout(share: 0.3, skip: 0.2)
            options.rounds = 25
        }
        let training = try BoostedTrees(options: options).train(Samples.credit(), validation: validation)
        let last = try #require(training.validationMetric.last)
        expectClose(Samples.logLoss(training.forest, validation), last, relative: 1e-10)
        let plain = try BoostedTrees(options: BoostedTreesTests.options { $0.rounds = 25 }).train(
            Samples.credit())
        #expect(plain.forest != training.forest)
        #expect(Samples.logLoss(training.forest, validation) < 0.95 * training.validationMetric[0])
    }

    @Test("a round shrinks what it dropped by k ÷ (k + 1), and its tree by 1 ÷ (k + 1)")
    func dropoutShares() throws {
        let data = Samples.credit(rows: 500)
        func forest(_ rounds: Int) throws -> Forest {
            let options = BoostedTreesTests.options { options in
                options.dropout = BoostingOptions.Dropout(share: 0.4, skip: 0.2)
                options.rounds = rounds
            }
            return try BoostedTrees(options: options).train(
                data, instructions: .widest, allowsPacking: false
            ).forest
        }
        var sizes: Set<Int> = []
        for rounds in 3..<9 {
            let (before, after) = (try forest(rounds), try forest(rounds + 1))
            let dropped = (0..<rounds).filter { before.trees[$0] != after.trees[$0] }
            sizes.insert(dropped.count)
            let share = Double(dropped.count) / Double(dropped.count + 1)
            for place in dropped {
                expectClose(
                    after.trees[place].leaves.map(\.value),
                    before.trees[place].leaves.map { $0.value * share },
                    relative: 1e-12)
            }
            // The new tree is the one that the others leave open.
            var kept = before
            for place in dropped { kept.trees[place] = kept.trees[place].scaled(by: 0) }
            var open = data
            open.initialScores = data.outcomes.indices.map {
                kept.rawScores(of: Samples.row($0, of: data))[0]
            }
            let alone = try BoostedTrees(options: BoostedTreesTests.options { $0.rounds = 1 }).train(
                open, instructions: .widest, allowsPacking: false
            ).forest.trees[0]
            let new = after.trees[rounds]
            #expect(new.splits.map(\.feature) == alone.splits.map(\.feature))
            expectClose(
                new.leaves.map { $0.value * Double(dropped.count + 1) }, alone.leaves.map(\.value),
                absolute: 1e-5)
        }
        #expect(sizes.count > 2)
    }

    @Test("dropout that is always skipped is none")
    func skippedDropout() throws {
        let forest = try BoostedTreesTests.train(Samples.credit(rows: 500)) { options in
            options.dropout = BoostingOptions.Dropout(share: 0.5, skip: 1.0.nextDown)
        }
        #expect(forest == (try BoostedTreesTests.train(Samples.credit(rows: 500))))
    }

    @Test("with dropout, early stopping returns the trees as they were in the best round")
    func stoppedDropout() throws {
        let validation = Samples.credit(rows: 400, seed: 2)
        let training = try BoostedTrees(
            options: BoostedTreesTests.options { options in
                options.dropout = BoostingOptions.Dropout(share: 0.3, skip: 0.2)
                options.learningRate = 0.6
                options.rounds = 60
                options.earlyStoppingRounds = 8
            }
        ).train(Samples.credit(rows: 400), validation: validation)
        let best = try #require(training.validationMetric.min())
        #expect(training.forest.trees.count < training.validationMetric.count)
        expectClose(Samples.logLoss(training.forest, validation), best, relative: 1e-10)
    }

    @Test("dropout of several outputs and of a part of the rows keeps the scores those of the forest")
    func sampledDropout() throws {
        func classes(_ data: TrainingData) -> TrainingData {
            var data = data
            data.outcomes = data.columns[0].asDoubles.map { $0 < -0.7 ? 0 : $0 < 0.7 ? 1 : 2 }
            return data
        }
        let validation = classes(Samples.credit(rows: 200, seed: 2))
        let training = try BoostedTrees(
            options: BoostedTreesTests.options { options in
                options.objective = .softmax(classes: 3)
                options.dropout = BoostingOptions.Dropout(share: 0.4, skip: 0.1)
                options.rowSampling = .bagging(share: 0.6)
                options.rounds = 8
            }
        ).train(classes(Samples.credit(rows: 500)), validation: validation)
        let loss =
            validation.outcomes.indices.reduce(0.0) { sum, row in
                let scores = training.forest.rawScores(of: Samples.row(row, of: validation))
                return sum + log(scores.reduce(0) { $0 + exp($1) }) - scores[Int(validation.outcomes[row])]
            } / 200
        expectClose(loss, try #require(training.validationMetric.last), relative: 1e-10)
    }

    @Test(
        "early stopping follows the metric asked for",
        arguments: [BoostingOptions.StoppingMetric.auc, .ks, .rps])
    func stoppingMetrics(metric: BoostingOptions.StoppingMetric) throws {
        let validation = Samples.credit(rows: 400, seed: 2)
        let training = try BoostedTrees(
            options: BoostedTreesTests.options { options in
                options.rounds = 60
                options.earlyStoppingRounds = 8
                options.stoppingMetric = metric
            }
        ).train(Samples.credit(rows: 500), validation: validation)
        let scores = (0..<400).map { training.forest.rawScores(of: Samples.row($0, of: validation))[0] }
        let weights = [Double](repeating: 1, count: 400)
        let value =
            switch metric {
            case .auc: 1 - RankMeasures.auc(scores: scores, outcomes: validation.outcomes, weights: weights)
            case .ks: 1 - RankMeasures.ks(scores: scores, outcomes: validation.outcomes, weights: weights)
            default:
                zip(scores, validation.outcomes).map { score, outcome -> Double in
                    let miss = 1 / (1 + exp(-score)) - outcome
                    return miss * miss / 400
                }.reduce(0.0, +)
            }
        expectClose(value, try #require(training.validationMetric.min()), relative: 1e-10)
    }

    @Test("rank measures are those of all pairs", arguments: 1...4 as ClosedRange<UInt64>)
    func rankMeasures(seed: UInt64) {
        var draws = Samples.Draws(state: seed)
        let scores = (0..<60).map { _ in (draws.next() * 12).rounded() }
        let outcomes = (0..<60).map { _ in draws.next() < 0.4 ? 1.0 : 0 }
        let weights = (0..<60).map { _ in draws.next() }
        var (area, pairs, largest) = (0.0, 0.0, 0.0)
        for bad in 0..<60 where outcomes[bad] == 1 {
            for good in 0..<60 where outcomes[good] == 0 {
                let weight = weights[bad] * weights[good]
                pairs += weight
                area += weight * (scores[bad] > scores[good] ? 1 : scores[bad] == scores[good] ? 0.5 : 0)
            }
        }
        for cut in scores {
            let share = { (outcome: Double) -> Double in
                let rows = (0..<60).filter { outcomes[$0] == outcome }
                let below = rows.filter { scores[$0] <= cut }.reduce(0) { $0 + weights[$1] }
                return below / rows.reduce(0) { $0 + weights[$1] }
            }
            largest = max(largest, abs(share(0) - share(1)))
        }
        expectClose(
            RankMeasures.auc(scores: scores, outcomes: outcomes, weights: weights), area / pairs,
            relative: 1e-12)
        expectClose(
            RankMeasures.ks(scores: scores, outcomes: outcomes, weights: weights), largest, relative: 1e-12)
    }

    @Test("a base score is where the scores start")
    func baseScore() throws {
        let forest = try BoostedTreesTests.train(Samples.credit()) { $0.baseScores = [0.25] }
        #expect(forest.baseScores == [0.25])
    }

    @Test(
        "missing values take the side of a category that they resemble, unseen levels that of the larger child"
    )
    func categories() throws {
        let rows = 1200
        let codes = (0..<rows).map { row -> UInt32 in row % 8 == 0 ? .max : UInt32(row % 6) }
        // Missing resembles levels 4 and 5, which are fewer.
        let outcomes = codes.map { $0 == .max || $0 >= 4 ? 1.0 : 0 }.enumerated().map {
            $0.offset % 11 == 0 ? 1 - $0.element : $0.element
        }
        let data = TrainingData(names: ["c"], columns: [.categories(codes, levels: 9)], outcomes: outcomes)
        let forest = try BoostedTreesTests.train(data) { $0.maximumLeaves = 2 }
        let score = { (value: Double) in forest.rawScores(of: [value])[0] }
        #expect(score(.nan) == score(5))
        #expect(score(4) == score(5))
        #expect(score(8) == score(0))
        #expect(score(77) == score(0))
        #expect(score(5) > score(0))
    }

    @Test("gradient-based sampling keeps the k largest", arguments: [1, 5, 250, 499, 500])
    func largest(count: Int) {
        var draws = Samples.Draws(state: 8)
        let values = (0..<500).map { _ in Float((draws.next() * 300).rounded() / 7) }
        #expect(Sampler.largest(count, of: values) == values.sorted(by: >)[count - 1])
    }
}
