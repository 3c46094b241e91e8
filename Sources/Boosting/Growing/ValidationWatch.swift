import Parallelism

/// Follows the stopping metric on rows that training does not see.
struct ValidationWatch {
    /// The metric after each round; lower is better, so 1 − AUC and 1 − KS.
    private(set) var values: [Double] = []
    private let binned: BinnedData
    private let outcomes: [Double]
    private let weights: [Double]
    /// Raw scores, one list per output.
    private var scores: [[Double]]
    private let metric: BoostingOptions.StoppingMetric
    private let workers: Workers
    private let blockRows = 8192

    init(
        _ data: TrainingData, startingFrom forest: Forest, mappers: [BinMapper], options: BoostingOptions,
        instructions: Instructions
    ) {
        workers = Workers(threads: options.threads)
        binned = BinnedData(data, mappers: mappers, workers: workers, instructions: instructions)
        outcomes = data.outcomes
        weights = data.weights.isEmpty ? [Double](repeating: 1, count: data.rowCount) : data.weights
        scores = data.startingScores(forest, workers: workers)
        metric = options.stoppingMetric
    }

    /// Number of rounds up to the best, the first of equals.
    private(set) var bestRounds = 0

    /// Adds a multiple of a tree to the scores of an output.
    mutating func add(_ tree: BinnedTree, output: Int, times factor: Double) {
        let (bins, before) = (binned.bins, scores[output])
        scores[output] = workers.fill(before.count, blockSize: blockRows, repeating: 0.0) { rows, block in
            for index in block.indices {
                let row = rows.lowerBound + index
                block[index] = before[row] + factor * tree.value(row: row, bins: bins)
            }
        }
    }

    /// Notes the metric at the end of a round, and says whether it is the best so far.
    mutating func observe(_ loss: any Loss) -> Bool {
        switch metric {
        case .loss: values.append(mean { loss.loss(scores: $0, outcome: $1) })
        case .rps:
            values.append(
                mean { scores, outcome in
                    loss.cumulativeProbabilities(scores: scores).enumerated().reduce(0) { sum, level in
                        let miss = level.element - (outcome <= Double(level.offset) ? 1 : 0)
                        return sum + miss * miss
                    }
                })
        case .auc:
            values.append(1 - RankMeasures.auc(scores: scores[0], outcomes: outcomes, weights: weights))
        case .ks:
            values.append(1 - RankMeasures.ks(scores: scores[0], outcomes: outcomes, weights: weights))
        }
        let isBest = bestRounds == 0 || values[values.count - 1] < values[bestRounds - 1]
        if isBest { bestRounds = values.count }
        return isBest
    }

    private func mean(_ measure: @Sendable ([Double], Double) -> Double) -> Double {
        let (scores, outcomes, weights) = (scores, outcomes, weights)
        let sums = workers.reduce(outcomes.count, blockSize: blockRows, into: SIMD2<Double>.zero) { rows in
            var row = [Double](repeating: 0, count: scores.count)
            return rows.reduce(into: SIMD2<Double>.zero) { sums, number in
                for output in scores.indices { row[output] = scores[output][number] }
                sums += weights[number] * SIMD2(measure(row, outcomes[number]), 1)
            }
        } combine: {
            $0 += $1
        }
        return sums.x / sums.y
    }
}

extension TrainingData {
    /// Raw scores before the first new round, one list per output: base and initial scores and the trees there are.
    func startingScores(_ forest: Forest, workers: Workers) -> [[Double]] {
        let columns = forest.trees.isEmpty ? [] : columns.map(\.asDoubles)
        return forest.baseScores.indices.map { output in
            let trees = stride(from: output, to: forest.trees.count, by: forest.outputCount).map {
                forest.trees[$0]
            }
            return workers.fill(rowCount, blockSize: 4096, repeating: forest.baseScores[output]) {
                rows, block in
                var values = [Double](repeating: 0, count: columns.count)
                for index in block.indices {
                    let row = rows.lowerBound + index
                    if !initialScores.isEmpty { block[index] += initialScores[output * rowCount + row] }
                    for column in columns.indices { values[column] = columns[column][row] }
                    for tree in trees { block[index] += tree.leaves[tree.leaf(of: values)].value }
                }
            }
        }
    }
}
