import Foundation
import TestSupport
import Testing

@testable import Boosting

@Suite("Importance and effects of features")
struct EffectsTests {
    /// x₀ > 0 adds 2, x₁ > 0 adds 1 where x₀ > 0 and 3 elsewhere; x₂ is not asked about.
    static let forest: Forest = {
        func leaf(_ value: Double) -> Tree.Leaf { Tree.Leaf(value: value, cover: 1) }
        let tree = Tree(
            splits: [
                Tree.Split(
                    feature: 0, condition: .atMost(0), missingGoesLeft: true, left: .split(1),
                    right: .split(2),
                    gain: 5, cover: 4),
                Tree.Split(
                    feature: 1, condition: .atMost(0), missingGoesLeft: true, left: .leaf(0), right: .leaf(1),
                    gain: 2, cover: 2),
                Tree.Split(
                    feature: 1, condition: .atMost(0), missingGoesLeft: true, left: .leaf(2), right: .leaf(3),
                    gain: 1, cover: 2),
            ], leaves: [leaf(0), leaf(3), leaf(2), leaf(3)])
        return Forest(
            features: ["a", "b", "c"].map { Forest.Feature(name: $0, kind: .number) }, objective: .squared,
            baseScores: [10], trees: [tree])
    }()

    @Test("importance sums gains, covers and splits")
    func sums() {
        #expect(Self.forest.importance(.gain) == [5, 3, 0])
        #expect(Self.forest.importance(.cover) == [4, 4, 0])
        #expect(Self.forest.importance(.splits) == [1, 2, 0])
    }

    @Test("partial dependence is the mean over rows")
    func partialDependence() throws {
        let columns: [TrainingData.Column] = [
            .doubles([-1, -1, 1, .nan]), .doubles([1, -1, 1, 1]), .doubles([0, 0, 0, 0]),
        ]
        let predictor = try Predictor(Self.forest)
        let curve = predictor.partialDependence(of: 0, at: [-5, 5, .nan], columns: columns)
        // With x₀ ≤ 0: 13, 10, 13, 13; with x₀ > 0: 13, 12, 13, 13.
        expectClose(curve[0], [12.25, 12.75, 12.25], absolute: 1e-7)
        let weighted = predictor.partialDependence(
            of: 0, at: [-5], columns: columns, weights: [0, 2, 1, 1])
        expectClose(weighted[0], [11.5], absolute: 1e-7)
    }

    @Test("local effects follow the rows that are there, and average to nothing")
    func accumulatedEffects() throws {
        // x₁ > 0 only where x₀ > 0, so its effect is 1 although it would be 3 elsewhere.
        let x0 = (0..<100).map { Double($0) - 49.5 }
        let x1 = x0.map { $0 / 10 }
        let columns: [TrainingData.Column] = [.doubles(x0), .doubles(x1), .doubles(x0)]
        let predictor = try Predictor(Self.forest)
        let effects = try #require(
            predictor.accumulatedEffects(of: 1, intervals: 10, columns: columns))
        #expect(effects.edges.count == 11 && effects.counts.reduce(0, +) == 100)
        let total = try #require(effects.effects[0].last) - effects.effects[0][0]
        // The interval that crosses 0 holds rows of both kinds: between 1 and 3.
        #expect(total > 0.99 && total < 3.01)
        let mean = effects.counts.indices.reduce(0) {
            $0 + Double(effects.counts[$1]) * (effects.effects[0][$1] + effects.effects[0][$1 + 1]) / 2
        }
        expectClose(mean, 0, absolute: 1e-6)
        // A feature that is not asked about has no effect; one that never varies has no curve.
        let idle = try #require(predictor.accumulatedEffects(of: 2, intervals: 4, columns: columns))
        #expect(idle.effects[0].allSatisfy { $0 == 0 })
        let constant = [TrainingData.Column](repeating: .doubles([1, 1, .nan]), count: 3)
        #expect(predictor.accumulatedEffects(of: 0, columns: constant) == nil)
    }

    @Test("effects of an additive forest are its steps")
    func additiveEffects() throws {
        var forest = Self.forest
        forest.trees[0].leaves[3].value = 5
        let x = (0..<201).map { Double($0) / 100 - 1 }
        let columns: [TrainingData.Column] = [
            .doubles(x), .doubles(x.shuffledByHash), .doubles(x),
        ]
        let predictor = try Predictor(forest)
        let effects = try #require(predictor.accumulatedEffects(of: 0, intervals: 200, columns: columns))
        let curve = predictor.partialDependence(of: 0, at: effects.edges, columns: columns)[0]
        let offset = curve[0] - effects.effects[0][0]
        expectClose(effects.effects[0].map { $0 + offset }, curve, absolute: 1e-6)
    }

    @Test("shuffling costs what the feature is worth, and nothing where it is not used")
    func permutation() throws {
        let data = Samples.credit(rows: 1500)
        var options = BoostingOptions()
        options.rounds = 20
        let forest = try BoostedTrees(options: options).train(data).forest
        let importance = try PermutationImportance(of: forest, on: data, shuffles: 3, seed: 4)
        #expect(importance == (try PermutationImportance(of: forest, on: data, shuffles: 3, seed: 4)))
        expectClose(importance.loss, Samples.logLoss(forest, data), absolute: 1e-7)
        // x decides most, noise nothing that lasts.
        #expect(importance.rises[0].interval.lowerBound > 0.1)
        #expect(importance.rises[0].mean > importance.rises[3].mean * 5)
        // By hand, for one feature and one shuffle.
        let single = try PermutationImportance(of: forest, on: data, shuffles: 1, seed: 7)
        var shuffled = data
        let order = PermutationImportance.order(1500, seed: 7, stream: 1)
        #expect(order.sorted() == Array(0..<1500))
        shuffled.columns[1] = data.columns[1].rows(order)
        expectClose(
            single.rises[1].mean, Samples.logLoss(forest, shuffled) - Samples.logLoss(forest, data),
            absolute: 1e-7)
    }

    @Test("refuses data that does not fit")
    func refusals() {
        var data = Samples.credit(rows: 50)
        #expect(throws: BoostingError.self) { try PermutationImportance(of: Self.forest, on: data) }
        data.columns.removeLast()
        #expect(throws: BoostingError.self) {
            try PermutationImportance(of: Self.forest, on: data, shuffles: 0)
        }
    }

    @Test("permutation importance refuses outcomes and weights that its loss cannot take")
    func badOutcomes() throws {
        var data = Samples.credit(rows: 300)
        data.outcomes = data.columns[0].asDoubles.map { $0 < -0.7 ? 0 : $0 < 0.7 ? 1 : 2 }
        let forest = try BoostedTreesTests.train(data) { options in
            options.objective = .softmax(classes: 3)
            options.rounds = 2
        }
        for outcome in [3.0, -1, 0.5, .nan] {
            var bad = data
            bad.outcomes[7] = outcome
            #expect(throws: BoostingError.self) { try PermutationImportance(of: forest, on: bad) }
        }
        for weight in [-1.0, .nan, .infinity] {
            var bad = data
            bad.weights = [Double](repeating: 1, count: 300)
            bad.weights[7] = weight
            #expect(throws: BoostingError.self) { try PermutationImportance(of: forest, on: bad) }
        }
        var weightless = data
        weightless.weights = [Double](repeating: 0, count: 300)
        #expect(throws: BoostingError.self) { try PermutationImportance(of: forest, on: weightless) }
    }
}

extension [Double] {
    /// The values in an order that has nothing to do with theirs.
    fileprivate var shuffledByHash: [Double] {
        PermutationImportance.order(count, seed: 1, stream: 0).map { self[$0] }
    }
}
