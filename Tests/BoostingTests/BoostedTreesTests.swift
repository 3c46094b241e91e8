import Foundation
import TestSupport
import Testing

@testable import Boosting

@Suite("Boosted trees")
struct BoostedTreesTests {
    static func options(_ change: (inout BoostingOptions) -> Void = { _ in }) -> BoostingOptions {
        var options = BoostingOptions()
        options.rounds = 20
        options.learningRate = 0.2
        options.maximumLeaves = 8
        change(&options)
        return options
    }

    static func train(
        _ data: TrainingData, _ change: (inout BoostingOptions) -> Void = { _ in }
    ) throws -> Forest {
        try BoostedTrees(options: options(change)).train(data).forest
    }

    @Test("the first tree's leaves are the Newton steps of their rows, found by walking the tree")
    func leafValues() throws {
        let data = Samples.credit(weighted: true)
        let forest = try Self.train(data) { options in
            options.rounds = 1
            options.learningRate = 1
            options.l2 = 2
            options.categoryL2 = 0
        }
        let base = forest.baseScores[0]
        let total = data.weights.reduce(0, +)
        let rate = zip(data.weights, data.outcomes).reduce(0) { $0 + $1.0 * $1.1 } / total
        expectClose(base, log(rate / (1 - rate)), relative: 1e-12)
        let tree = forest.trees[0]
        var sums = [SIMD2<Double>](repeating: .zero, count: tree.leaves.count)
        for row in 0..<data.rowCount {
            let leaf = tree.leaf(of: Samples.row(row, of: data))
            sums[leaf] += data.weights[row] * SIMD2(rate - data.outcomes[row], rate * (1 - rate))
        }
        for (leaf, sum) in zip(tree.leaves, sums) {
            // Gradients are kept in single precision.
            expectClose(leaf.value, -sum.x / (sum.y + 2), absolute: 1e-7, relative: 1e-5)
            expectClose(leaf.cover, sum.y, relative: 1e-5)
        }
    }

    @Test("forests are the same on any number of threads and on repeat", arguments: [2, 3, 7])
    func anyThreads(threads: Int) throws {
        let data = Samples.credit(rows: 40_000)
        let one = try Self.train(data) { $0.rounds = 3 }
        let many = try Self.train(data) { options in
            options.rounds = 3
            options.threads = threads
        }
        #expect(one == many)
    }

    @Test("the training loss falls with every round")
    func lossFalls() throws {
        let data = Samples.credit()
        let losses = try [1, 5, 20, 60].map { rounds in
            Samples.logLoss(try Self.train(data) { $0.rounds = rounds }, data)
        }
        #expect(zip(losses, losses.dropFirst()).allSatisfy { $0 > $1 })
    }

    @Test("limits on leaves, rows, depth and hessians hold")
    func limits() throws {
        let data = Samples.credit()
        let forest = try Self.train(data) { options in
            options.maximumDepth = 2
            options.minimumRowsInLeaf = 150
        }
        for tree in forest.trees {
            _ = try tree.validated(featureCount: 4)
            #expect(tree.leaves.count <= 4)
        }
        let tree = forest.trees[0]
        var rows = [Int](repeating: 0, count: tree.leaves.count)
        for row in 0..<data.rowCount { rows[tree.leaf(of: Samples.row(row, of: data))] += 1 }
        #expect(rows.allSatisfy { $0 >= 150 })
    }

    @Test("raw scores rise with a feature constrained to rise", arguments: [Int8(1), -1])
    func monotone(direction: Int8) throws {
        let data = Samples.credit()
        let forest = try Self.train(data) { $0.monotone = [direction, 0, 0, 0] }
        for row in stride(from: 0, to: data.rowCount, by: 40) {
            var values = Samples.row(row, of: data)
            let scores = stride(from: -2.5, through: 2.5, by: 0.05).map { x -> Double in
                values[0] = x
                return forest.rawScores(of: values)[0]
            }
            #expect(zip(scores, scores.dropFirst()).allSatisfy { direction > 0 ? $0 <= $1 : $0 >= $1 })
        }
    }

    @Test(
        "no path mixes features that may not meet; a feature in no group meets none",
        arguments: [[[0, 3], [1, 2]], [[0, 1]], [[0, 1, 2], [2, 3]], [[0, 1], [1, 2], [0, 2]]]
            as [[Set<Int>]],
        [false, true])
    func interactions(groups: [Set<Int>], together: Bool) throws {
        var forest = try Self.train(Samples.credit()) { $0.interactions = groups }
        if together {
            // With directions, samples of columns and rows, and a forest that goes on.
            let options = Self.options { options in
                options.interactions = groups
                options.monotone = [1, -1, 0, 0]
                options.featureShare = 0.75
                options.featureShareOfSplit = 0.75
                options.rowSampling = .gradientBased(top: 0.3, other: 0.2)
            }
            forest = try BoostedTrees(options: options).train(Samples.credit(), continuing: forest).forest
            #expect(forest.trees.count == 40)
        }
        func features(_ child: Tree.Child, in tree: Tree, above: Set<Int>) -> [Set<Int>] {
            guard case .split(let number) = child else { return [above] }
            let split = tree.splits[number]
            let here = above.union([split.feature])
            return features(split.left, in: tree, above: here) + features(split.right, in: tree, above: here)
        }
        var meetings = 0
        for tree in forest.trees where !tree.splits.isEmpty {
            for path in features(.split(0), in: tree, above: []) {
                #expect(path.count == 1 || groups.contains { path.isSubset(of: $0) })
                meetings += path.count > 1 ? 1 : 0
            }
        }
        #expect(meetings > 0)
    }

    @Test("early stopping keeps the best round on rows it was not trained on")
    func earlyStopping() throws {
        let training = try BoostedTrees(
            options: Self.options { options in
                options.rounds = 400
                options.earlyStoppingRounds = 10
            }
        ).train(Samples.credit(rows: 500), validation: Samples.credit(rows: 1000, seed: 2))
        let best = try #require(
            training.validationMetric.indices.min {
                training.validationMetric[$0] < training.validationMetric[$1]
            })
        #expect(training.forest.trees.count == best + 1)
        #expect(training.validationMetric.count == best + 11)
        expectClose(
            Samples.logLoss(training.forest, Samples.credit(rows: 1000, seed: 2)),
            training.validationMetric[best],
            relative: 1e-12)
    }

    @Test("sampling of rows and features still learns", arguments: [0, 1, 2])
    func sampling(kind: Int) throws {
        let data = Samples.credit()
        let forest = try Self.train(data) { options in
            switch kind {
            case 0: options.rowSampling = .bagging(share: 0.6)
            case 1: options.rowSampling = .gradientBased(top: 0.2, other: 0.2)
            default: options.featureShare = 0.5
            }
        }
        let constant = Forest(
            features: forest.features, objective: .binary, baseScores: forest.baseScores, trees: [])
        #expect(Samples.logLoss(forest, data) < 0.9 * Samples.logLoss(constant, data))
    }

    @Test("every objective starts at its best constant and improves on it")
    func objectives() throws {
        var data = Samples.credit()
        let x = data.columns[0].asDoubles
        let cases: [(Objective, [Double])] = [
            (.softmax(classes: 3), x.map { $0 < -0.7 ? 0 : $0 < 0.7 ? 1 : 2 }),
            (.ordinal(levels: 3), x.map { $0 < -0.7 ? 0 : $0 < 0.7 ? 1 : 2 }),
            (.squared, x.map { $0 * $0 }),
            (.poisson, x.map { ($0 + 2).rounded() }),
            (.quantile(level: 0.8), x.map { $0 * 3 }),
        ]
        for (objective, outcomes) in cases {
            data.outcomes = outcomes
            let forest = try Self.train(data) { $0.objective = objective }.validated()
            let loss = objective.loss(outcomes: outcomes.map(Float.init), weights: [])
            var (before, after) = (0.0, 0.0)
            for row in 0..<data.rowCount {
                before += loss.loss(scores: forest.baseScores, outcome: outcomes[row])
                after += loss.loss(
                    scores: forest.rawScores(of: Samples.row(row, of: data)), outcome: outcomes[row])
            }
            #expect(after < 0.5 * before, "\(objective): \(after) after \(before)")
        }
    }

    @Test("derivatives agree with finite differences", arguments: [-2.0, -0.3, 0, 1.7])
    func derivatives(score: Double) {
        let step = 1e-4
        let outcomes: [Float] = [0, 1, 2]
        let losses: [any Loss] = [
            BinaryLoss(), PoissonLoss(), SquaredLoss(), OrdinalLoss(levels: 3, cutPoints: [-0.5, 0.9]),
        ]
        for loss in losses {
            for row in 0..<(loss is BinaryLoss ? 2 : 3) {
                let scores = AlignedBuffer(repeating: score, count: 3)
                let store = GradientStore(rowCount: 3)
                loss.fill(
                    [store], rows: 0..<3, scores: scores, outcomes: outcomes, weights: [2, 2, 2],
                    instructions: .widest)
                let at = { loss.loss(scores: [$0], outcome: Double(outcomes[row])) }
                let slope = (at(score + step) - at(score - step)) / (2 * step)
                expectClose(Double(store.gradients[row]), 2 * slope, absolute: 1e-5, "\(loss)")
            }
        }
    }

    @Test(
        "derivatives of classes agree with finite differences, and to the bit on all instructions",
        arguments: [(4, true), (2, false)])
    func derivativesOfClasses(classes: Int, isWeighted: Bool) {
        let (rows, step) = (700, 1e-4)
        var generator = Samples.Draws(state: 3)
        let outcomes = (0..<rows).map { Float($0 % classes) }
        let weights = (0..<(isWeighted ? rows : 0)).map { _ in Float(0.5 + 1.5 * generator.next()) }
        let scores = AlignedBuffer<Double>(count: rows * classes)
        for place in 0..<scores.count { scores[place] = 6 * generator.next() - 3 }
        // Far apart, so that all but one probability are 0.
        for label in 0..<classes { scores[label * rows + 699] = label == 1 ? 2000 : -2000 }
        let loss = SoftmaxLoss(classes: classes)
        let stores = Instructions.available.map { instructions in
            let stores = (0..<classes).map { _ in GradientStore(rowCount: rows) }
            // Ranges that begin and end within a block of the kernel.
            for range in [0..<300, 300..<rows] {
                loss.fill(
                    stores, rows: range, scores: scores, outcomes: outcomes, weights: weights,
                    instructions: instructions)
            }
            return stores
        }
        for row in 0..<rows {
            let own = (0..<classes).map { scores[$0 * rows + row] }
            for label in 0..<classes {
                func slope(_ from: [Double], _ size: Double) -> Double {
                    var (above, below) = (from, from)
                    above[label] += size
                    below[label] -= size
                    let outcome = Double(outcomes[row])
                    let rise =
                        loss.loss(scores: above, outcome: outcome)
                        - loss.loss(scores: below, outcome: outcome)
                    return rise / (2 * size)
                }
                let weight = isWeighted ? Double(weights[row]) : 1
                expectClose(
                    Double(stores[0][label].gradients[row]), weight * slope(own, step), absolute: 1e-5,
                    "\(row)")
                let probability = slope(own, step) + (outcomes[row] == Float(label) ? 1 : 0)
                expectClose(
                    Double(stores[0][label].hessians[row]),
                    weight * Double(classes) / Double(classes - 1) * probability * (1 - probability),
                    absolute: 1e-5, "\(row)")
                for other in stores.dropFirst() {
                    #expect(other[label].gradients[row] == stores[0][label].gradients[row])
                    #expect(other[label].hessians[row] == stores[0][label].hessians[row])
                }
            }
        }
    }

    @Test("refuses data and options that cannot be meant")
    func refusals() throws {
        let trainer = try BoostedTrees(options: Self.options())
        let breakages: [(inout TrainingData) -> Void] = [
            { $0.outcomes[3] = 2 },
            { $0.outcomes[3] = .nan },
            { $0.outcomes = $0.outcomes.map { _ in 1 } },
            { $0.columns.removeLast() },
            { $0.columns[0] = .doubles([1, 2]) },
            { $0.names[1] = "x" },
            { $0.weights = [1] },
            { $0.weights = $0.outcomes.map { _ in -1 } },
            { $0.weights = $0.outcomes.map { _ in .infinity } },
            { $0.initialScores = [.nan] },
        ]
        for breakage in breakages {
            var data = Samples.credit(rows: 100)
            breakage(&data)
            #expect(throws: BoostingError.self) { try trainer.train(data) }
        }
        let changes: [(inout BoostingOptions) -> Void] = [
            { $0.rounds = 0 }, { $0.learningRate = 0 }, { $0.maximumLeaves = 1 }, { $0.l2 = .nan },
            { $0.maximumBins = 1 }, { $0.featureShare = 1.5 }, { $0.monotone = [2] },
            { $0.rowSampling = .bagging(share: 1) }, { $0.objective = .softmax(classes: 1) },
            { $0.objective = .quantile(level: 1) },
        ]
        for change in changes {
            #expect(throws: BoostingError.self) { try BoostedTrees(options: Self.options(change)) }
        }
        #expect(throws: BoostingError.self) {
            try Self.train(Samples.credit()) { $0.monotone = [0, 0, 1, 0] }
        }
        #expect(throws: BoostingError.self) {
            try Self.train(Samples.credit()) { $0.earlyStoppingRounds = 5 }
        }
    }

    @Test("constant columns, all missing and infinities are learned from without harm")
    func degenerateColumns() throws {
        var data = Samples.credit(rows: 400)
        data.columns[1] = .floats(Array(repeating: .nan, count: 400))
        data.columns[2] = .categories(Array(repeating: 0, count: 400), levels: 1)
        data.columns[3] = .doubles((0..<400).map { $0 % 3 == 0 ? .infinity : $0 % 3 == 1 ? -.infinity : 0 })
        let forest = try Self.train(data).validated()
        #expect(forest.trees.allSatisfy { $0.leaves.allSatisfy { $0.value.isFinite } })
    }
}
