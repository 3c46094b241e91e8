import Parallelism

/// The rounds of one training: scores, gradients, trees.
struct TrainingSession {
    private let data: TrainingData
    private let options: BoostingOptions
    private let workers: Workers
    private let binned: BinnedData
    private let outcomes: [Float]
    private let weights: [Float]
    private let loss: any Loss
    /// Raw scores, output after output.
    private let scores: AlignedBuffer<Double>
    private let gradients: [GradientStore]
    private let grower: TreeGrower
    private var forest: Forest
    private let blockRows = 8192

    init(_ data: TrainingData, options: BoostingOptions) {
        self.data = data
        self.options = options
        workers = Workers(threads: options.threads)
        outcomes = data.outcomes.map(Float.init)
        weights = data.weights.map(Float.init)
        binned = BinnedData(data, options: options, workers: workers)
        let loss = options.objective.loss(outcomes: outcomes, weights: weights)
        self.loss = loss
        let rows = data.rowCount
        let outputs = options.objective.outputCount
        let base =
            data.initialScores.isEmpty
            ? loss.baseScores(outcomes: outcomes, weights: weights) : [Double](repeating: 0, count: outputs)
        scores = AlignedBuffer(count: rows * outputs)
        for output in 0..<outputs {
            scores.withMutableSpan(output * rows..<(output + 1) * rows) { scores in
                for row in scores.indices {
                    scores[row] =
                        base[output]
                        + (data.initialScores.isEmpty ? 0 : data.initialScores[output * rows + row])
                }
            }
        }
        // All outputs of a round start from the same scores, so each keeps its own derivatives.
        gradients = (0..<outputs).map { _ in GradientStore(rowCount: rows) }
        grower = TreeGrower(data: binned, options: options, workers: workers)
        forest = Forest(
            features: zip(data.names, data.columns).map { name, column in
                if case .categories(_, let levels) = column {
                    Forest.Feature(name: name, kind: .category(levels: levels))
                } else {
                    Forest.Feature(name: name, kind: .number)
                }
            },
            objective: options.objective, baseScores: base, trees: [],
            cutPoints: (loss as? OrdinalLoss)?.cutPoints ?? [])
    }

    /// Runs the rounds.
    mutating func run(validation: TrainingData?) -> BoostedTrees.Training {
        var watch = validation.map { ValidationWatch($0, forest: forest, loss: loss, workers: workers) }
        for round in 0..<options.rounds {
            let grown = growRound(round)
            forest.trees += grown
            if watch?.observe(grown, patience: options.earlyStoppingRounds) == .stop { break }
        }
        if let watch, options.earlyStoppingRounds > 0 {
            forest.trees.removeLast(forest.trees.count - watch.bestRounds * forest.outputCount)
        }
        return BoostedTrees.Training(forest: forest, validationLoss: watch?.losses ?? [])
    }

    private func growRound(_ round: Int) -> [Tree] {
        let rows = data.rowCount
        for output in gradients.indices {
            let (loss, store, scores, blockRows) = (loss, gradients[output], scores, blockRows)
            let (outcomes, weights) = (outcomes, weights)
            workers.forEach((rows + blockRows - 1) / blockRows) { block in
                loss.fill(
                    store, output: output, rows: block * blockRows..<min(rows, (block + 1) * blockRows),
                    scores: scores, outcomes: outcomes, weights: weights)
            }
        }
        let sampler = Sampler(
            options: options, round: round, rowCount: rows, featureCount: data.columns.count)
        let sample = sampler.rows(gradients)
        return gradients.indices.map { output in
            let key = SplitMix.hash(options.seed) &+ UInt64(round * gradients.count + output)
            var grown = grower.grow(
                gradients[output], sample: sample, features: sampler.features(output: output),
                roundingKey: key)
            renew(&grown, output: output)
            update(output: output, with: grown, sample: sample)
            return grown.tree
        }
    }

    /// Leaf values by the loss's own rule, where it has one.
    private func renew(_ grown: inout TreeGrower.GrownTree, output: Int) {
        let rows = grower.rows
        for (leaf, range) in grown.leafRows.enumerated() {
            let residuals = range.map { position -> (value: Double, weight: Double) in
                let row = Int(rows[position])
                return (
                    Double(outcomes[row]) - scores[output * data.rowCount + row],
                    weights.isEmpty ? 1 : Double(weights[row])
                )
            }
            guard let value = loss.renewedValue(residuals: residuals) else { return }
            grown.tree.leaves[leaf].value = value * options.learningRate
        }
    }

    /// Adds a tree to the scores of all rows, whether they were in its sample or not.
    private func update(output: Int, with grown: TreeGrower.GrownTree, sample: [UInt32]?) {
        let rowCount = data.rowCount
        let (offset, scores, blockRows) = (output * rowCount, scores, blockRows)
        if sample != nil {
            let walker = BinnedTree(grown.tree, mappers: binned.mappers)
            let bins = binned.bins
            workers.forEach((rowCount + blockRows - 1) / blockRows) { block in
                for row in block * blockRows..<min(rowCount, (block + 1) * blockRows) {
                    scores[offset + row] += walker.value(row: row, bins: bins)
                }
            }
            return
        }
        let rows = grower.rows
        workers.forEach(grown.leafRows.count) { leaf in
            let value = grown.tree.leaves[leaf].value
            rows.withSpan(grown.leafRows[leaf]) { rows in
                scores.withMutableSpan(offset..<offset + rowCount) { scores in
                    for position in rows.indices { scores[Int(rows[position])] += value }
                }
            }
        }
    }
}
