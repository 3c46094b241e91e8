import Parallelism
import TestSupport
import Testing

@testable import Boosting

@Suite("The same bits on any number of threads and any instructions")
struct SameBitsTests {
    /// What training may be asked for, one thing at a time and some together.
    enum Case: String, CaseIterable, Sendable {
        case bagging, oneSided, dropout, depthWise, weights, exactHistograms, wideBins, featureShares,
            interactions
        case basicMonotone, intermediateMonotone, monotoneInteractions, squared, quantile, poisson, softmax,
            ordinal

        var options: BoostingOptions {
            BoostedTreesTests.options { options in
                options.rounds = 3
                options.maximumLeaves = 6
                switch self {
                case .bagging: options.rowSampling = .bagging(share: 0.6)
                case .oneSided: options.rowSampling = .gradientBased(top: 0.2, other: 0.2)
                case .dropout:
                    options.dropout = BoostingOptions.Dropout(share: 0.5, skip: 0.1)
                    options.rounds = 5
                case .depthWise: options.growth = .depthWise
                case .weights, .exactHistograms: break
                case .wideBins: options.maximumBins = 3000
                case .featureShares: (options.featureShare, options.featureShareOfSplit) = (0.8, 0.7)
                case .interactions: options.interactions = [[0, 1], [1, 2]]
                case .basicMonotone:
                    (options.monotone, options.monotoneMethod) = ([1, -1, 0, 0], .basic)
                case .intermediateMonotone: options.monotone = [1, -1, 0, 0]
                case .monotoneInteractions:
                    options.monotone = [1, 0, 0, -1]
                    options.interactions = [[0, 2], [2, 3]]
                    options.rowSampling = .gradientBased(top: 0.3, other: 0.2)
                    options.featureShareOfSplit = 0.8
                case .squared: options.objective = .squared
                case .quantile: options.objective = .quantile(level: 0.8)
                case .poisson: options.objective = .poisson
                case .softmax: options.objective = .softmax(classes: 3)
                case .ordinal: options.objective = .ordinal(levels: 3)
                }
            }
        }

        var data: TrainingData {
            var data = Samples.credit(rows: 13_000, weighted: self == .weights)
            switch self {
            case .squared, .quantile: data.outcomes = data.columns[0].asDoubles.map { $0 * $0 + $0 }
            case .poisson, .softmax, .ordinal:
                data.outcomes = data.columns[0].asDoubles.map { $0 < -0.7 ? 0 : $0 < 0.7 ? 1 : 2 }
            default: break
            }
            return data
        }
    }

    @Test("train the same forest", arguments: Case.allCases)
    func sameForest(of what: Case) throws {
        let data = what.data
        func forest(threads: Int, _ instructions: Instructions) throws -> Forest {
            var options = what.options
            options.threads = threads
            return try BoostedTrees(options: options).train(
                data, instructions: instructions, allowsPacking: what != .exactHistograms
            ).forest
        }
        let expected = try forest(threads: 1, .widest)
        #expect(expected.trees.contains { $0.leaves.count > 1 })
        for threads in [2, 3, 7] { #expect(try forest(threads: threads, .widest) == expected) }
        for instructions in Instructions.available {
            #expect(try forest(threads: 1, instructions) == expected)
        }
    }
}
