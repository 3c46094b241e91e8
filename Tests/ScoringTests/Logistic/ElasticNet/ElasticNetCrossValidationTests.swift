import Foundation
import LinearAlgebra
import Parallelism
import Statistics
import TestSupport
import Testing

@testable import Scoring

@Suite("Cross-validated elastic net")
struct ElasticNetCrossValidationTests {
    private let sample = LatticeSample()
    private let options = ElasticNetOptions(
        grid: .values([0.1, 0.03, 0.01, 0.001]), tolerance: 1e-10, workers: .single)

    @Test func scoresAreThoseOfPathsWithoutTheFolds() throws {
        let folds = (0..<sample.rows).map { [7, -1, 3][$0 * $0 % 7 % 3] }
        let validation = try ElasticNet(options).crossValidated(
            sample.features, defaulted: sample.defaulted, weights: sample.weights, offset: sample.offset,
            folds: folds)
        #expect(validation.folds == [-1, 3, 7])
        var sums = [Double](repeating: 0, count: 4)
        for (place, fold) in validation.folds.enumerated() {
            let inside = folds.indices.filter { folds[$0] == fold }
            let rest = sample.selecting(folds.indices.filter { folds[$0] != fold })
            let path = try ElasticNet(options).path(
                rest.features, defaulted: rest.defaulted, weights: rest.weights, offset: rest.offset)
            let weight = inside.reduce(0) { $0 + sample.weights[$1] }
            for (index, point) in path.points.enumerated() {
                let deviance = inside.reduce(0) { sum, row in
                    var logOdds = point.coefficients[0] + sample.offset[row]
                    for column in sample.columns.indices {
                        logOdds += point.coefficients[column + 1] * sample.columns[column][row]
                    }
                    let probability = 1 / (1 + exp(sample.defaulted[row] ? -logOdds : logOdds))
                    return sum - 2 * sample.weights[row] * log(probability)
                }
                sums[index] += deviance
                expectClose(
                    validation.scores[index].foldDeviances[place], deviance / weight, relative: 1e-8)
            }
        }
        let total = sample.weights.reduce(0, +)
        expectClose(validation.scores.map(\.meanDeviance), sums.map { $0 / total }, relative: 1e-8)
        #expect(
            validation.path
                == (try ElasticNet(options).path(
                    sample.features, defaulted: sample.defaulted, weights: sample.weights,
                    offset: sample.offset)))
    }

    @Test func oneStandardErrorChoosesTheLargestPenaltyWithinReach() {
        func score(_ mean: Double, _ error: Double) -> ElasticNetCrossValidation.Score {
            ElasticNetCrossValidation.Score(
                penalty: 0, meanDeviance: mean, standardError: error, foldDeviances: [])
        }
        func validation(_ scores: [ElasticNetCrossValidation.Score]) -> ElasticNetCrossValidation {
            ElasticNetCrossValidation(
                path: ElasticNetPath(
                    names: [], mixing: 1, points: [], nullDeviance: 0, constantColumns: []),
                scores: scores, folds: [])
        }
        // The error that counts is the one of the minimum, not that of the candidate.
        let curve = validation([score(2, 1), score(1.3, 0.5), score(1.19, 0), score(1, 0.2), score(1.1, 9)])
        #expect(curve.index(.minimum) == 3)
        #expect(curve.index(.oneStandardError) == 2)
        // Of equal minima the larger penalty, which comes first.
        #expect(validation([score(2, 0), score(1, 0), score(1, 0)]).index(.minimum) == 1)
        #expect(validation([score(1, 0), score(2, 0)]).index(.oneStandardError) == 0)
    }

    @Test func seededFoldsAreEvenAndRepeatable() throws {
        var first = SeededGenerator(seed: 5)
        var second = SeededGenerator(seed: 5)
        var third = SeededGenerator(seed: 6)
        let net = ElasticNet(options)
        let one = try net.crossValidated(
            sample.features, defaulted: sample.defaulted, foldCount: 4, using: &first)
        let same = try net.crossValidated(
            sample.features, defaulted: sample.defaulted, foldCount: 4, using: &second)
        let other = try net.crossValidated(
            sample.features, defaulted: sample.defaulted, foldCount: 4, using: &third)
        #expect(one == same)
        #expect(one.scores != other.scores && one.path == other.path)
        #expect(one.folds == [0, 1, 2, 3])
        let folds = ElasticNet.balancedFolds(4, defaulted: sample.defaulted, using: &first)
        for flag in [true, false] {
            let sizes = (0..<4).map { fold in
                folds.indices.count { folds[$0] == fold && sample.defaulted[$0] == flag }
            }
            #expect(try #require(sizes.max()) - #require(sizes.min()) <= 1)
        }
    }

    @Test func refusesFoldsThatCannotBeLeftOut() throws {
        let net = ElasticNet(options)
        #expect(throws: ElasticNetError.tooFewFolds(1)) {
            try net.crossValidated(
                sample.features, defaulted: sample.defaulted,
                folds: Array(repeating: 2, count: sample.rows))
        }
        var generator = SeededGenerator(seed: 1)
        #expect(throws: ElasticNetError.tooFewFolds(1)) {
            try net.crossValidated(
                sample.features, defaulted: sample.defaulted, foldCount: 1, using: &generator)
        }
        #expect(throws: ElasticNetError.oneClassWithoutFold(9)) {
            try net.crossValidated(
                sample.features, defaulted: sample.defaulted,
                folds: sample.defaulted.indices.map { sample.defaulted[$0] || $0 < 75 ? 9 : 4 })
        }
    }

    @Test func foldsOfWeightlessRowsDoNotCount() throws {
        var weights = sample.weights
        for row in 0..<10 { weights[row] = 0 }
        let validation = try ElasticNet(options).crossValidated(
            sample.features, defaulted: sample.defaulted, weights: weights,
            folds: (0..<sample.rows).map { $0 < 10 ? 99 : $0 % 2 })
        #expect(validation.folds == [0, 1])
    }
}
