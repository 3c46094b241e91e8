import Parallelism

/// Follows the loss on rows that training does not see.
struct ValidationWatch {
    /// Mean weighted loss after each round.
    private(set) var losses: [Double] = []
    private let rows: [[Double]]
    private let outcomes: [Double]
    private let weights: [Double]
    private var scores: [[Double]]
    private let loss: any Loss
    private let workers: Workers

    /// Whether training goes on.
    enum Verdict {
        case goOn
        case stop
    }

    init(_ data: TrainingData, forest: Forest, loss: any Loss, workers: Workers) {
        let columns = data.columns.map(\.asDoubles)
        rows = (0..<data.rowCount).map { row in columns.map { $0[row] } }
        outcomes = data.outcomes
        weights = data.weights.isEmpty ? [Double](repeating: 1, count: data.rowCount) : data.weights
        scores = (0..<data.rowCount).map { row in
            forest.baseScores.indices.map { output in
                forest.baseScores[output]
                    + (data.initialScores.isEmpty ? 0 : data.initialScores[output * data.rowCount + row])
            }
        }
        self.loss = loss
        self.workers = workers
    }

    /// Number of rounds up to the best.
    var bestRounds: Int {
        var best = 0
        for round in losses.indices where losses[round] < losses[best] { best = round }
        return losses.isEmpty ? 0 : best + 1
    }

    /// Takes in the trees of a round.
    mutating func observe(_ trees: [Tree], patience: Int) -> Verdict {
        for row in rows.indices {
            for (output, tree) in trees.enumerated() {
                scores[row][output] += tree.leaves[tree.leaf(of: rows[row])].value
            }
        }
        let blockRows = 8192
        let (loss, scores, outcomes, weights) = (loss, scores, outcomes, weights)
        let sums = workers.reduce(rows.count, blockSize: blockRows, into: SIMD2<Double>(0, 0)) { range in
            range.reduce(into: SIMD2<Double>(0, 0)) { sums, row in
                sums += SIMD2(
                    weights[row] * loss.loss(scores: scores[row], outcome: outcomes[row]), weights[row])
            }
        } combine: {
            $0 += $1
        }
        losses.append(sums.x / sums.y)
        return patience > 0 && losses.count - bestRounds >= patience ? .stop : .goOn
    }
}
