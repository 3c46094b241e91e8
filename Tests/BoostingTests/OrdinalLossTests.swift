import Foundation
import Parallelism
import TestSupport
import Testing

@testable import Boosting

@Suite("The ordinal loss")
struct OrdinalLossTests {
    static let outcomes: [Float] = [0, 1, 2, 3, 1, 2, 0, 3, 2, 2]
    static let values: [Double] = [-1.2, 0.3, 0.1, 2.2, -0.4, 1.1, 0.9, 0.2, 0.8, -2]
    static var scores: AlignedBuffer<Double> {
        let scores = AlignedBuffer<Double>(count: values.count)
        for (row, value) in values.enumerated() { scores[row] = value }
        return scores
    }

    static func total(_ loss: OrdinalLoss) -> Double {
        zip(values, outcomes).reduce(0) { $0 + loss.loss(scores: [$1.0], outcome: Double($1.1)) }
    }

    @Test("cut points end where the loss is flat in each of them")
    func cutsAreLearned() {
        var loss = OrdinalLoss(levels: 4, cutPoints: [-2, 0, 3])
        let before = Self.total(loss)
        for _ in 0..<30 {
            loss.relearn(scores: Self.scores, outcomes: Self.outcomes, weights: [], workers: .single)
        }
        #expect(Self.total(loss) < before)
        #expect(zip(loss.cutPoints, loss.cutPoints.dropFirst()).allSatisfy(<))
        for cut in 0..<3 {
            let step = 1e-5
            let moved = [step, -step].map { step -> Double in
                var cuts = loss.cutPoints
                cuts[cut] += step
                return Self.total(OrdinalLoss(levels: 4, cutPoints: cuts))
            }
            expectClose((moved[0] - moved[1]) / (2 * step), 0, absolute: 1e-6)
        }
    }

    @Test(
        "the loss is the logarithm of a difference of logistic functions, and finite far out",
        arguments: 0..<4)
    func closedForm(level: Int) {
        let loss = OrdinalLoss(levels: 4, cutPoints: [-0.5, 0.2, 1.4])
        let logistic = { (x: Double) in 1 / (1 + exp(-x)) }
        let cuts = [-Double.infinity, -0.5, 0.2, 1.4, .infinity]
        for score in [-1.5, 0, 0.7] {
            let share = logistic(cuts[level + 1] - score) - logistic(cuts[level] - score)
            expectClose(
                exp(-loss.loss(scores: [score], outcome: Double(level))), share, relative: 1e-12)
        }
        #expect(loss.loss(scores: [800], outcome: Double(level)).isFinite)
        let probabilities = loss.cumulativeProbabilities(scores: [0.3])
        expectClose(probabilities, [-0.8, -0.1, 1.1].map(logistic), relative: 1e-12)
    }

    @Test("learned cuts beat those of the shares")
    func learnedCutsFitBetter() throws {
        var data = Samples.credit()
        data.outcomes = data.columns[0].asDoubles.map { $0 < -1.6 ? 0 : $0 < 1.2 ? 1 : 2 }
        let forest = try BoostedTreesTests.train(data) { $0.objective = .ordinal(levels: 3) }
        let start = OrdinalLoss.cutPoints(levels: 3, outcomes: data.outcomes.map(Float.init), weights: [])
        #expect(forest.cutPoints != start)
        let losses = [start, forest.cutPoints].map { cuts -> Double in
            let loss = OrdinalLoss(levels: 3, cutPoints: cuts)
            return data.outcomes.indices.reduce(0) { sum, row in
                sum
                    + loss.loss(
                        scores: forest.rawScores(of: Samples.row(row, of: data)), outcome: data.outcomes[row])
            }
        }
        #expect(losses[1] < losses[0])
    }
}
