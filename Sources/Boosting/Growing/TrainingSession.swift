import Parallelism

/// The rounds of one training: scores, gradients, trees.
struct TrainingSession {
    private let data: TrainingData
    private let options: BoostingOptions
    private let workers: Workers
    private let instructions: Instructions
    private let binned: BinnedData
    private let outcomes: [Float]
    private let weights: [Float]
    private var loss: any Loss
    /// Raw scores, output after output.
    private let scores: AlignedBuffer<Double>
    private let gradients: [GradientStore]
    private let grower: TreeGrower
    private var forest: Forest
    /// Rounds of the forest that training continues.
    private let earlierRounds: Int
    private let blockRows = 8192

    /// - Parameter earlier: A forest to continue, of the same features and objective.
    init(
        _ data: TrainingData, options: BoostingOptions, continuing earlier: Forest?,
        instructions: Instructions, allowsPacking: Bool
    ) {
        self.data = data
        self.options = options
        self.instructions = instructions
        // A split takes a millisecond or less and shares out work five times.
        workers = Workers(threads: options.threads).atHand()
        outcomes = data.outcomes.map(Float.init)
        weights = data.weights.map(Float.init)
        binned = BinnedData(data, options: options, workers: workers, instructions: instructions)
        var loss = options.objective.loss(outcomes: outcomes, weights: weights)
        if let cuts = earlier?.cutPoints, let ordinal = loss as? OrdinalLoss, !cuts.isEmpty {
            loss = OrdinalLoss(levels: ordinal.levels, cutPoints: cuts)
        }
        let outputs = options.objective.outputCount
        let base: [Double] =
            if !options.baseScores.isEmpty {
                options.baseScores
            } else if data.initialScores.isEmpty {
                loss.baseScores(outcomes: outcomes, weights: weights)
            } else {
                [Double](repeating: 0, count: outputs)
            }
        let forest =
            earlier
            ?? Forest(
                features: data.forestFeatures, objective: options.objective, baseScores: base, trees: [])
        let rows = data.rowCount
        let scores = AlignedBuffer<Double>(count: rows * outputs)
        for (output, start) in data.startingScores(forest, workers: workers).enumerated() {
            scores.withMutableSpan(output * rows..<(output + 1) * rows) { scores in
                for row in scores.indices { scores[row] = start[row] }
            }
        }
        if !data.initialScores.isEmpty {
            // Cuts learned at a score of 0 say little about other scores; a few steps bring them near.
            for _ in 0..<10 {
                loss.relearn(scores: scores, outcomes: outcomes, weights: weights, workers: workers)
            }
        }
        self.loss = loss
        self.scores = scores
        self.forest = forest
        earlierRounds = forest.trees.count / outputs
        // All outputs of a round start from the same scores, so each keeps its own derivatives.
        gradients = (0..<outputs).map { _ in GradientStore(rowCount: rows) }
        grower = TreeGrower(
            data: binned, options: options, workers: workers, instructions: instructions,
            allowsPacking: allowsPacking)
    }

    /// Runs the rounds.
    mutating func run(validation: TrainingData?) -> BoostedTrees.Training {
        var watch = validation.map {
            ValidationWatch(
                $0, startingFrom: forest, mappers: binned.mappers, options: options,
                instructions: instructions)
        }
        var best = forest
        for round in earlierRounds..<earlierRounds + options.rounds {
            advance(round, watch: &watch)
            forest.cutPoints = (loss as? OrdinalLoss)?.cutPoints ?? []
            if watch?.observe(loss) == true { best = forest }
            if let watch, options.earlyStoppingRounds > 0,
                watch.values.count - watch.bestRounds >= options.earlyStoppingRounds
            {
                break
            }
        }
        if watch == nil || options.earlyStoppingRounds == 0 { best = forest }
        return BoostedTrees.Training(forest: best, validationMetric: watch?.values ?? [])
    }

    /// One round: leaves out what dropout says, grows a tree per output, and puts all of it into the scores.
    private mutating func advance(_ round: Int, watch: inout ValidationWatch?) {
        let rows = data.rowCount
        let sampler = Sampler(
            options: options, round: round, rowCount: rows, featureCount: data.columns.count,
            workers: workers)
        let dropped = sampler.droppedRounds().filter { $0 >= earlierRounds }
        let factor = Double(dropped.count) / Double(dropped.count + 1)
        let places = dropped.flatMap { round in gradients.indices.map { round * gradients.count + $0 } }
        for place in places { move(by: forest.trees[place], place: place, times: -1, watch: &watch) }
        fillGradients()
        let sample = sampler.rows(gradients)
        for output in gradients.indices {
            var grown = grow(output: output, round: round, sample: sample, sampler: sampler)
            if !dropped.isEmpty { grown.tree.scale(by: 1 / Double(dropped.count + 1)) }
            update(output: output, with: grown, isSampled: sample != nil)
            watch?.add(BinnedTree(grown.tree, mappers: binned.mappers), output: output, times: 1)
            forest.trees.append(grown.tree)
        }
        for place in places {
            forest.trees[place].scale(by: factor)
            move(by: forest.trees[place], place: place, times: 1, watch: &watch)
        }
        loss.relearn(scores: scores, outcomes: outcomes, weights: weights, workers: workers)
    }

    private func fillGradients() {
        let (rows, loss, gradients, scores, blockRows) = (data.rowCount, loss, gradients, scores, blockRows)
        let (outcomes, weights, instructions) = (outcomes, weights, instructions)
        workers.forEach((rows + blockRows - 1) / blockRows) { block in
            loss.fill(
                gradients, rows: block * blockRows..<min(rows, (block + 1) * blockRows),
                scores: scores, outcomes: outcomes, weights: weights, instructions: instructions)
        }
    }

    private func grow(
        output: Int, round: Int, sample: [UInt32]?, sampler: Sampler
    ) -> TreeGrower.GrownTree {
        var request = TreeGrower.Request(
            gradients: gradients[output], sample: sample, features: sampler.features(output: output),
            sampler: sampler, output: output,
            roundingKey: SplitMix.hash(options.seed) &+ UInt64(round * gradients.count + output))
        if loss.renewsLeaves {
            let (loss, scores, outcomes, weights, rows) = (loss, scores, outcomes, weights, grower.lists.rows)
            let offset = output * data.rowCount
            request.renewedValue = { range in
                loss.renewedValue(
                    residuals: range.map { position in
                        let row = Int(rows[position])
                        return (
                            Double(outcomes[row]) - scores[offset + row],
                            weights.isEmpty ? 1 : Double(weights[row])
                        )
                    })
            }
        }
        return grower.grow(request)
    }

    // MARK: Scores

    /// Adds a multiple of a tree to all scores, those of the validation part too.
    private func move(by tree: Tree, place: Int, times factor: Double, watch: inout ValidationWatch?) {
        let walker = BinnedTree(tree, mappers: binned.mappers)
        let output = place % gradients.count
        add(walker, output: output, times: factor)
        watch?.add(walker, output: output, times: factor)
    }

    private func add(_ tree: BinnedTree, output: Int, times factor: Double) {
        let (rowCount, scores, blockRows, bins) = (data.rowCount, scores, blockRows, binned.bins)
        let offset = output * rowCount
        workers.forEach((rowCount + blockRows - 1) / blockRows) { block in
            for row in block * blockRows..<min(rowCount, (block + 1) * blockRows) {
                scores[offset + row] += factor * tree.value(row: row, bins: bins)
            }
        }
    }

    /// Adds a new tree to the scores of all rows, whether they were in its sample or not.
    private func update(output: Int, with grown: TreeGrower.GrownTree, isSampled: Bool) {
        if isSampled {
            add(BinnedTree(grown.tree, mappers: binned.mappers), output: output, times: 1)
            return
        }
        let (offset, rowCount, scores, lists) = (output * data.rowCount, data.rowCount, scores, grower.lists)
        workers.forEach(lists.blockCount) { block in
            for (leaf, range) in zip(grown.tree.leaves, grown.leafRows) {
                lists.rows.withSpan(lists.stretch(of: range, inBlock: block)) { rows in
                    scores.withMutableSpan(offset..<offset + rowCount) { scores in
                        for position in rows.indices { scores[Int(rows[position])] += leaf.value }
                    }
                }
            }
        }
    }
}

extension Tree {
    /// Multiplies every leaf value.
    fileprivate mutating func scale(by factor: Double) {
        for leaf in leaves.indices { leaves[leaf].value *= factor }
    }

    /// The tree with every leaf value multiplied.
    func scaled(by factor: Double) -> Tree {
        var tree = self
        tree.scale(by: factor)
        return tree
    }
}

extension TrainingData {
    /// The features of a forest trained on this data.
    var forestFeatures: [Forest.Feature] {
        zip(names, columns).map { name, column in
            if case .categories(_, let levels) = column {
                Forest.Feature(name: name, kind: .category(levels: levels))
            } else {
                Forest.Feature(name: name, kind: .number)
            }
        }
    }
}
