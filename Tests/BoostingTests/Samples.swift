import Foundation

@testable import Boosting

/// Seeded training data with numbers, missing values and categories.
enum Samples {
    /// A stream of numbers in [0, 1) by hashing a counter.
    struct Draws {
        var state: UInt64

        mutating func next() -> Double {
            state &+= 1
            return Double(SplitMix.hash(state) >> 11) * 0x1p-53
        }
    }

    /// Two informative numbers, one of them missing at times, a category of six levels and noise.
    static func credit(rows: Int = 2000, seed: UInt64 = 1, weighted: Bool = false) -> TrainingData {
        var draws = Draws(state: seed << 32)
        var (first, second, noise) = ([Double](), [Float](), [Double]())
        var levels: [UInt32] = []
        var outcomes: [Double] = []
        var weights: [Double] = []
        for _ in 0..<rows {
            let x = draws.next() * 4 - 2
            let isMissing = draws.next() < 0.2
            let y = Float(draws.next())
            let level = UInt32(draws.next() * 6)
            first.append(x)
            second.append(isMissing ? .nan : y)
            levels.append(draws.next() < 0.05 ? .max : level)
            noise.append((draws.next() * 5).rounded())
            let logOdds =
                -1 + 1.5 * x + (isMissing ? 1 : Double(y > 0.5 ? 1 : -1)) + (level % 2 == 0 ? 0.8 : -0.8)
            outcomes.append(draws.next() < 1 / (1 + exp(-logOdds)) ? 1 : 0)
            weights.append(weighted ? (draws.next() * 3).rounded() : 1)
        }
        return TrainingData(
            names: ["x", "y", "level", "noise"],
            columns: [.doubles(first), .floats(second), .categories(levels, levels: 6), .doubles(noise)],
            outcomes: outcomes, weights: weighted ? weights : [])
    }

    /// The values of a row, as prediction takes them.
    static func row(_ number: Int, of data: TrainingData) -> [Double] {
        data.columns.map { $0.asDoubles[number] }
    }

    /// Mean log loss of a forest's raw scores.
    static func logLoss(_ forest: Forest, _ data: TrainingData) -> Double {
        let columns = data.columns.map(\.asDoubles)
        let loss = BinaryLoss()
        return data.outcomes.indices.reduce(0) { sum, row in
            sum
                + loss.loss(
                    scores: forest.rawScores(of: columns.map { $0[row] }), outcome: data.outcomes[row])
        } / Double(data.rowCount)
    }
}
