import Foundation
import Parallelism
import TestSupport
import Testing

@testable import Boosting

@Suite("Sizes at the edge of what numbers hold")
struct TrainingSizesTests {
    @Test("more than 2^21 rows of the largest gradient fill one bin without overflow")
    func manyRows() {
        let rows = 1 << 21 + 3
        let data = TrainingData(
            names: ["x"], columns: [.floats([Float](repeating: 1, count: rows))],
            outcomes: [Double](repeating: 0, count: rows))
        let binned = BinnedData(
            data, options: BoostingOptions(), workers: Workers(threads: 2), instructions: .widest)
        let gradients = GradientStore(rowCount: rows)
        for sign in [Float(1), -1] {
            gradients.gradients.withMutableSpan(0..<rows) { $0.update(repeating: sign * 0.75) }
            gradients.hessians.withMutableSpan(0..<rows) { $0.update(repeating: 0.25) }
            for instructions in Instructions.available {
                let isPacked = gradients.pack(
                    key: 3, leafRows: 20, workers: .single, instructions: instructions)
                #expect(isPacked)
                let pool = HistogramPool(
                    bins: binned.bins, binCounts: [2], leaves: 1, isPacked: true,
                    workers: Workers(threads: 3))
                pool.build(
                    slot: 0, rows: nil, range: 0..<rows, gradients: gradients, layout: pool.layout(of: [0]),
                    workers: Workers(threads: 3))
                var pairs = [SIMD2<Double>](repeating: .zero, count: 2)
                pool.read(slot: 0, feature: 0, into: &pairs)
                // The largest values are whole numbers of units, so nothing is rounded but by the unit itself.
                expectClose(pairs[0].x * gradients.unit.x, Double(sign) * 0.75 * Double(rows), relative: 1e-6)
                expectClose(pairs[0].y * gradients.unit.y, 0.25 * Double(rows), relative: 1e-6)
                #expect(pairs[1] == .zero)
            }
        }
    }

    @Test("65,535 bins of numbers and missing values behind them")
    func mostBins() throws {
        let count = 70_000
        let values = (0..<count).map { $0 % 1000 == 7 ? .nan : Double($0) }
        let data = TrainingData(
            names: ["x"], columns: [.doubles(values)],
            outcomes: values.map { $0.isNaN || $0 > 69_900 ? 1 : 0 })
        let options = BoostedTreesTests.options { options in
            options.maximumBins = 65_535
            options.minimumRowsInBin = 1
            options.minimumRowsInLeaf = 1
            options.minimumHessianInLeaf = 0
            options.rounds = 1
            options.maximumLeaves = 3
        }
        let binned = BinnedData(data, options: options, workers: .single, instructions: .widest)
        #expect(binned.bins.isWide)
        #expect((60_000...65_536).contains(binned.mappers[0].binCount))
        var last = -1
        for row in 0..<count {
            let bin = binned.bins.bin(row: row, feature: 0)
            if values[row].isNaN {
                #expect(bin == binned.mappers[0].missingBin)
            } else {
                #expect(bin == last || bin == last + 1)
                last = bin
            }
        }
        #expect(last == binned.mappers[0].missingBin - 1)
        let forest = try BoostedTrees(options: options).train(data).forest
        #expect(forest.trees[0].splits.count == 2 || forest.trees[0].splits[0].missingGoesLeft == false)
        let scores = [values[7], 69_950, 3, 69_000].map { forest.rawScores(of: [$0])[0] }
        #expect(min(scores[0], scores[1]) > max(scores[2], scores[3]) + 0.1)
    }

    @Test("65,536 levels of a category")
    func mostLevels() {
        let codes = (0..<70_000).map { $0 % 700 == 3 ? UInt32.max : UInt32($0 % 65_536) }
        let data = TrainingData(
            names: ["c"], columns: [.categories(codes, levels: 65_536)],
            outcomes: codes.map { $0 == 5 ? 1 : 0 })
        var options = BoostingOptions()
        options.maximumBins = 65_535
        let binned = BinnedData(data, options: options, workers: .single, instructions: .widest)
        let mapper = binned.mappers[0]
        #expect(mapper.binCount <= 65_536)
        for row in 0..<codes.count {
            let bin = binned.bins.bin(row: row, feature: 0)
            #expect(bin == (codes[row] == .max ? mapper.missingBin : bin) && bin < mapper.binCount)
        }
    }

    @Test("one default in ten thousand: rounded gradients learn what exact ones learn")
    func rareDefaults() throws {
        func sample(seed: UInt64) -> TrainingData {
            var draws = Samples.Draws(state: seed << 40)
            let rows = 300_000
            var data = TrainingData(names: ["x", "noise"], columns: [], outcomes: [])
            let x = (0..<rows).map { _ in Float(draws.next()) }
            let noise = (0..<rows).map { _ in Float(draws.next()) }
            data.columns = [.floats(x), .floats(noise)]
            // A rate of 1e-4 on average, rising by a factor of e^4 with x.
            data.outcomes = x.map { draws.next() < 7.4e-6 * exp(4 * Double($0)) ? 1 : 0 }
            return data
        }
        let (training, testing) = (sample(seed: 1), sample(seed: 2))
        #expect((15...60).contains(training.outcomes.count { $0 == 1 }))
        var options = BoostingOptions()
        options.rounds = 10
        options.maximumLeaves = 4
        let trainer = try BoostedTrees(options: options)
        let forests = try [true, false].map {
            try trainer.train(training, instructions: .widest, allowsPacking: $0).forest
        }
        // They differ, so histograms were packed in one of them.
        #expect(forests[0] != forests[1])
        let weights = [Double](repeating: 1, count: testing.rowCount)
        let figures = try forests.map { forest in
            let scores = try Predictor(forest).rawScores(columns: testing.columns)
            let loss = zip(scores, testing.outcomes).reduce(0) { $0 + log1p(exp($1.0)) - $1.1 * $1.0 }
            return (
                auc: RankMeasures.auc(scores: scores, outcomes: testing.outcomes, weights: weights),
                loss: loss / Double(testing.rowCount)
            )
        }
        let base = forests[0].baseScores[0]
        let constant =
            testing.outcomes.reduce(0) { $0 + log1p(exp(base)) - $1 * base } / Double(testing.rowCount)
        #expect(figures.allSatisfy { $0.auc > 0.6 && $0.loss < constant * 1.02 })
        // A tenth of the standard error of an AUC from some thirty defaults is 0.005; trees of one gain may differ
        // more.
        expectClose(figures[0].auc, figures[1].auc, absolute: 0.03)
        expectClose(figures[0].loss, figures[1].loss, relative: 0.02)
    }
}
