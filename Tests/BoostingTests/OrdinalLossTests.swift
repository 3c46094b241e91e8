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

    /// One row's loss and its derivatives by the cuts −2, 0.5 and 4.
    struct Far: Sendable {
        let score: Double
        let level: Int
        let loss: Double
        let gradient: [Double]
        let diagonal: [Double]
        let beside: [Double]
    }

    /// From the definition, P = 1 ÷ (1 + e^(f − u)) − 1 ÷ (1 + e^(f − l)), and its derivatives by u and l, with mpmath
    /// 1.3.0 in 1,500 digits.
    static let far: [Far] = [
        Far(
            score: -700, level: 0, loss: 7.285370309915161e-304, gradient: [-7.285370309915161e-304, 0, 0],
            diagonal: [7.285370309915161e-304, 0, 0], beside: [0, 0]),
        Far(
            score: -700, level: 1, loss: 698.085650483742,
            gradient: [1.089425489833852, -0.08942548983385201, 0],
            diagonal: [0.09742240806587639, 0.09742240806587639, 0], beside: [-0.09742240806587639, 0]),
        Far(
            score: -700, level: 2, loss: 700.5306627162555,
            gradient: [0, 1.0311376592577999, -0.031137659257799787],
            diagonal: [0, 0.03210721308185463, 0.03210721308185463], beside: [0, -0.03210721308185463]),
        Far(
            score: -700, level: 3, loss: 704.0, gradient: [0, 0, 1],
            diagonal: [0, 0, 1.8058627513522668e-306], beside: [0, 0]),
        Far(
            score: -30, level: 0, loss: 6.914400106937813e-13, gradient: [-6.914400106935422e-13, 0, 0],
            diagonal: [6.914400106930641e-13, 0, 0], beside: [0, 0]),
        Far(
            score: -30, level: 1, loss: 28.085650483742786,
            gradient: [1.0894254898331606, -0.08942548983390877, 0],
            diagonal: [0.09742240806656782, 0.09742240806593314, 0], beside: [-0.09742240806587639, 0]),
        Far(
            score: -30, level: 2, loss: 30.530662716255517,
            gradient: [0, 1.031137659257743, -0.0311376592578015],
            diagonal: [0, 0.03210721308191139, 0.032107213081856344], beside: [0, -0.03210721308185463]),
        Far(
            score: -30, level: 3, loss: 34.0, gradient: [0, 0, 0.9999999999999983],
            diagonal: [0, 0, 1.713908431542007e-15], beside: [0, 0]),
        Far(
            score: 30, level: 0, loss: 32.000000000000014, gradient: [-0.9999999999999873, 0, 0],
            diagonal: [1.2664165549093855e-14, 0, 0], beside: [0, 0]),
        Far(
            score: 30, level: 1, loss: 29.585650483742207,
            gradient: [0.08942548983386468, -1.0894254898336977, 0],
            diagonal: [0.09742240806588905, 0.09742240806603067, 0], beside: [-0.09742240806587639, 0]),
        Far(
            score: 30, level: 2, loss: 26.03066271626072,
            gradient: [0, 0.031137659257954066, -1.0311376592526906],
            diagonal: [0, 0.03210721308200891, 0.032107213086963717], beside: [0, -0.03210721308185463]),
        Far(
            score: 30, level: 3, loss: 5.1090890280502736e-12, gradient: [0, 0, 5.109089028037222e-12],
            diagonal: [0, 0, 5.109089028011119e-12], beside: [0, 0]),
        Far(
            score: 700, level: 0, loss: 702.0, gradient: [-1, 0, 0],
            diagonal: [1.334362117671115e-305, 0, 0], beside: [0, 0]),
        Far(
            score: 700, level: 1, loss: 699.585650483742,
            gradient: [0.08942548983385201, -1.089425489833852, 0],
            diagonal: [0.09742240806587639, 0.09742240806587639, 0], beside: [-0.09742240806587639, 0]),
        Far(
            score: 700, level: 2, loss: 696.0306627162555,
            gradient: [0, 0.031137659257799787, -1.0311376592577999],
            diagonal: [0, 0.03210721308185463, 0.03210721308185463], beside: [0, -0.03210721308185463]),
        Far(
            score: 700, level: 3, loss: 5.38320099214469e-303, gradient: [0, 0, 5.38320099214469e-303],
            diagonal: [0, 0, 5.38320099214469e-303], beside: [0, 0]),
    ]

    @Test("far out, loss and derivatives by the cuts keep their digits", arguments: far)
    func farOut(row: Far) {
        let loss = OrdinalLoss(levels: 4, cutPoints: [-2, 0.5, 4])
        let scores = AlignedBuffer<Double>(count: 1)
        scores[0] = row.score
        let slope = loss.slope(0..<1, scores: scores, outcomes: [Float(row.level)], weights: [])
        expectClose(slope.loss, row.loss, relative: 1e-14)
        expectClose(slope.gradient, row.gradient, relative: 1e-14)
        expectClose(slope.diagonal, row.diagonal, relative: 1e-14)
        expectClose(Array(slope.beside.prefix(2)), row.beside, relative: 1e-14)
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
