import TestSupport
import Testing

@testable import Boosting

@Suite("Trees are those of a plain, slow grower")
struct PlainGrowerTests {
    enum Case: String, CaseIterable, Sendable {
        case plain, depthWise, depth, rows, hessian, gain, lasso, ridge, both, leafValue

        func change(_ options: inout BoostingOptions) {
            options.objective = .squared
            options.rounds = 4
            options.learningRate = 0.4
            options.maximumLeaves = 7
            options.minimumRowsInLeaf = 1
            options.minimumRowsInBin = 1
            options.maximumBins = 2000
            switch self {
            case .plain: break
            case .depthWise: options.growth = .depthWise
            case .depth: options.maximumDepth = 2
            case .rows: options.minimumRowsInLeaf = 31
            case .hessian: options.minimumHessianInLeaf = 24.5
            case .gain: options.minimumGain = 12
            case .lasso: options.l1 = 6
            case .ridge: options.l2 = 15
            case .both: (options.l1, options.l2, options.growth) = (4, 9, .depthWise)
            case .leafValue: options.maximumLeafValue = 0.6
            }
        }
    }

    @Test("with every option", arguments: Case.allCases)
    func sameTrees(_ what: Case) throws {
        var draws = Samples.Draws(state: 77)
        let rows = 240
        let columns = (0..<3).map { feature in
            (0..<rows).map { _ in
                let value = draws.next() * 4 - 2
                return feature == 1 && draws.next() < 0.25 ? .nan : value
            }
        }
        let outcomes = (0..<rows).map { row in
            let lift = columns[1][row].isNaN ? 1.5 : columns[1][row] > 0.3 ? 2.0 : 0
            return columns[0][row] * 1.7 + lift + (draws.next() - 0.5)
        }
        let options = BoostedTreesTests.options(what.change)
        let plain = PlainGrower(options: options, columns: columns)
        let expected = plain.scores(outcomes: outcomes, rounds: options.rounds)
        let data = TrainingData(
            names: ["a", "b", "c"], columns: columns.map { .doubles($0) }, outcomes: outcomes)
        let forest = try BoostedTrees(options: options).train(
            data, instructions: .widest, allowsPacking: false
        ).forest
        #expect(forest.trees.map(\.leaves.count) == expected.leaves)
        for row in 0..<rows {
            // Gradients are kept in single precision.
            expectClose(
                forest.rawScores(of: columns.map { $0[row] })[0], expected.scores[row], absolute: 1e-5)
        }
        // The option bites, or it would not be tested.
        if what != .plain {
            var unbound = options
            Case.plain.change(&unbound)
            (unbound.l1, unbound.l2, unbound.minimumGain, unbound.maximumDepth) = (0, 0, 0, 0)
            (unbound.minimumHessianInLeaf, unbound.maximumLeafValue, unbound.growth) = (1e-3, nil, .leafWise)
            let other = PlainGrower(options: unbound, columns: columns)
            #expect(other.scores(outcomes: outcomes, rounds: options.rounds).scores != expected.scores)
        }
    }

    enum CategoryCase: String, CaseIterable, Sendable {
        case inOrder, smoothed, penalised, oneHot, oneHotBelow

        func change(_ options: inout BoostingOptions) {
            Case.plain.change(&options)
            (options.categorySmoothing, options.categoryL2, options.oneHotLevels) = (0, 0, 1)
            options.rounds = 2
            switch self {
            case .inOrder: break
            case .smoothed: options.categorySmoothing = 1000
            case .penalised: options.categoryL2 = 25
            case .oneHot: options.oneHotLevels = 12
            case .oneHotBelow: (options.oneHotLevels, options.categoryL2) = (6, 4)
            }
        }
    }

    @Test("with categories, missing ones among them", arguments: CategoryCase.allCases)
    func sameSubsets(_ what: CategoryCase) throws {
        var draws = Samples.Draws(state: 5)
        let rows = 120
        // Levels of very different size, so that smoothing changes their order.
        let levels = (0..<rows).map { _ -> Double in
            let draw = draws.next()
            return draws.next() < 0.1 ? .nan : (9 * draw * draw).rounded(.down)
        }
        let numbers = (0..<rows).map { _ in (draws.next() * 12).rounded() / 12 }
        let effects = (0..<9).map { _ in draws.next() * 3 }
        let outcomes = (0..<rows).map { row in
            (levels[row].isNaN ? 1 : effects[Int(levels[row])]) + numbers[row] + draws.next() * 2
        }
        let options = BoostedTreesTests.options(what.change)
        func expected(_ options: BoostingOptions) -> (scores: [Double], leaves: [Int]) {
            PlainGrower(options: options, columns: [levels, numbers], categories: [0])
                .scores(outcomes: outcomes, rounds: options.rounds)
        }
        let plain = expected(options)
        let data = TrainingData(
            names: ["level", "number"],
            columns: [
                .categories(levels.map { $0.isNaN ? .max : UInt32($0) }, levels: 9), .doubles(numbers),
            ], outcomes: outcomes)
        let forest = try BoostedTrees(options: options).train(
            data, instructions: .widest, allowsPacking: false
        ).forest
        #expect(forest.trees.map(\.leaves.count) == plain.leaves)
        for row in 0..<rows {
            expectClose(
                forest.rawScores(of: [levels[row], numbers[row]])[0], plain.scores[row], absolute: 1e-5)
        }
        if what != .inOrder {
            let other = BoostedTreesTests.options(CategoryCase.inOrder.change)
            #expect(expected(other).scores != plain.scores)
        }
    }
}
