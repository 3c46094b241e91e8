import Parallelism

/// Boosted trees that need no tuning of the number of rounds: several forests, each stopped by the rows it did not see,
/// averaged into one.
///
/// The rows are dealt into folds of about equal size and equal outcomes. For every fold a forest is trained on the
/// others and stopped where its metric on that fold is best. The average of the forests' raw scores is again a forest:
/// all trees with their leaves divided by the number of folds. Averaging costs scoring time and buys steadiness, most
/// on small data, and every row is scored once by a forest that never saw it.
///
/// Source: Breiman (1996), *Bagging Predictors*; Parmanto, Munro & Doyle (1996) on committees of cross-validation.
public struct BaggedTrees: Sendable {
    /// How trees are grown; ``BoostingOptions/earlyStoppingRounds`` is at least 1.
    public let options: BoostingOptions
    /// Number of folds, and so of forests in the average, at least 2.
    public let folds: Int
    /// Numbers of leaves to choose from by the first folds; empty for that of the options.
    public let leafCandidates: [Int]

    /// Folds on which all candidates are trained before one is chosen.
    private static let trialFolds = 2

    /// A trainer with checked options.
    ///
    /// - Throws: ``BoostingError/badOption(name:value:expected:)``.
    public init(
        options: BoostingOptions, folds: Int, leafCandidates: [Int] = []
    ) throws(BoostingError) {
        self.options = try options.validated()
        self.leafCandidates = leafCandidates
        guard leafCandidates.allSatisfy({ (2...65_536).contains($0) }) else {
            throw .badOption(name: "leafCandidates", value: "\(leafCandidates)", expected: "2 … 65,536")
        }
        guard folds >= 2, folds <= 100 else {
            throw .badOption(name: "folds", value: "\(folds)", expected: "2 … 100")
        }
        guard options.earlyStoppingRounds >= 1 else {
            throw .badOption(
                name: "earlyStoppingRounds", value: "\(options.earlyStoppingRounds)",
                expected: "at least 1, since the folds decide when to stop")
        }
        self.folds = folds
    }

    /// What training returns.
    public struct Training: Sendable {
        /// The average of the forests.
        public var forest: Forest
        /// Leaves per tree that were chosen.
        public var leaves: Int
        /// Rounds of each forest.
        public var rounds: [Int]
        /// Raw scores of every row by the forest that did not see it, output after output.
        public var outOfFoldScores: [Double]
    }

    /// Trains the forests.
    ///
    /// - Throws: As ``BoostedTrees/train(_:validation:continuing:)`` for the folds; ``BoostingError/badOption(name:value:expected:)``
    ///   for an ordinal objective, whose cut points have no average.
    /// - Complexity: `folds` times the cost of one training, and two more for every further candidate.
    public func train(_ data: TrainingData) throws(BoostingError) -> Training {
        if case .ordinal = options.objective {
            throw .badOption(
                name: "objective", value: "\(options.objective)", expected: "one without cut points")
        }
        try data.validate(for: options)
        let fold = data.folds(folds, seed: options.seed)
        let parts = (0..<folds).map { number in
            Part(
                number: number, held: fold.indices.filter { fold[$0] == number },
                kept: fold.indices.filter { fold[$0] != number })
        }
        let trials = try trials(parts.prefix(Self.trialFolds), data: data)
        // The first of equal losses, so that fewer leaves win a tie.
        guard let chosen = trials.min(by: { $0.loss < $1.loss }) else { preconditionFailure("no candidate") }
        let outputs = options.objective.outputCount
        var training = Training(
            forest: Forest(
                features: data.forestFeatures, objective: options.objective,
                baseScores: [Double](repeating: 0, count: outputs), trees: []),
            leaves: chosen.leaves, rounds: [],
            outOfFoldScores: [Double](repeating: 0, count: data.rowCount * outputs))
        for part in parts {
            let forest =
                try part.number < chosen.forests.count
                ? chosen.forests[part.number] : grow(part, leaves: chosen.leaves, data: data).forest
            include(forest, of: part, data: data, in: &training)
        }
        return training
    }

    /// The rows of one fold and all others.
    private struct Part {
        var number: Int
        var held: [Int]
        var kept: [Int]
    }

    /// A number of leaves, the forests it made of the first folds, and their loss there.
    private struct Trial {
        var leaves: Int
        var forests: [Forest] = []
        var loss = 0.0
    }

    private func trials(_ parts: ArraySlice<Part>, data: TrainingData) throws(BoostingError) -> [Trial] {
        guard leafCandidates.count > 1 else {
            return [Trial(leaves: leafCandidates.first ?? options.maximumLeaves)]
        }
        var trials: [Trial] = []
        for leaves in leafCandidates.sorted() {
            var trial = Trial(leaves: leaves)
            for part in parts {
                let training = try grow(part, leaves: leaves, data: data)
                trial.forests.append(training.forest)
                trial.loss += training.validationMetric.min() ?? 0
            }
            trials.append(trial)
        }
        return trials
    }

    private func grow(
        _ part: Part, leaves: Int, data: TrainingData
    ) throws(BoostingError) -> BoostedTrees.Training {
        var options = options
        options.seed = SplitMix.hash(options.seed &+ UInt64(part.number))
        options.maximumLeaves = leaves
        return try BoostedTrees(options: options).train(
            data.rows(part.kept), validation: data.rows(part.held))
    }

    /// Adds a share of a forest to the average, and scores the rows it did not see.
    private func include(_ forest: Forest, of part: Part, data: TrainingData, in training: inout Training) {
        let outputs = forest.outputCount
        training.rounds.append(forest.trees.count / outputs)
        let held = data.rows(part.held).startingScores(forest, workers: Workers(threads: options.threads))
        for (output, scores) in held.enumerated() {
            for (row, score) in zip(part.held, scores) {
                training.outOfFoldScores[output * data.rowCount + row] = score
            }
            training.forest.baseScores[output] += forest.baseScores[output] / Double(folds)
        }
        training.forest.trees += forest.trees.map { $0.scaled(by: 1 / Double(folds)) }
    }
}

extension BaggedTrees {
    /// The defaults for data of some size, which need no tuning.
    ///
    /// Chosen on ten credit sets of 1,000 to 30,000 rows, with few looks and no setting for any one of them:
    ///
    /// - 8 or 31 leaves, as the first two folds prefer: sets whose risk adds up prefer few, sets with interactions many.
    /// - Learning rate 0.04 (0.1 from 200,000 rows, where more rounds buy little), up to 3,000 rounds, stopped after 50
    ///   without improvement.
    /// - 10 folds below 20,000 rows, 5 below 200,000, 2 above.
    /// - 80 % of the rows per tree below 20,000 rows; 60 % of the features if there are more than 10, else 80 %.
    /// - 5 rows in a leaf at least (20 from 20,000 rows, 100 from 200,000), L2 penalty 2.
    public static func defaults(rows: Int, features: Int) throws(BoostingError) -> BaggedTrees {
        var options = BoostingOptions()
        let isSmall = rows < 20_000
        let isLarge = rows >= 200_000
        options.rounds = 3000
        options.earlyStoppingRounds = 50
        options.learningRate = isLarge ? 0.1 : 0.04
        options.rowSampling = isSmall ? .bagging(share: 0.8) : .all
        options.featureShare = features > 10 ? 0.6 : 0.8
        options.minimumRowsInLeaf = isSmall ? 5 : isLarge ? 100 : 20
        options.l2 = 2
        return try BaggedTrees(
            options: options, folds: isSmall ? 10 : isLarge ? 2 : 5, leafCandidates: [8, 31])
    }
}

extension TrainingData {
    /// Deals the rows into folds, rows of like outcomes to all folds alike, drawn by a hash.
    func folds(_ count: Int, seed: UInt64) -> [Int] {
        let keys = outcomes.indices.map { SplitMix.hash(SplitMix.hash(seed) &+ UInt64($0)) }
        let order = outcomes.indices.sorted {
            outcomes[$0] != outcomes[$1] ? outcomes[$0] < outcomes[$1] : keys[$0] < keys[$1]
        }
        var folds = [Int](repeating: 0, count: rowCount)
        for (position, row) in order.enumerated() { folds[row] = position % count }
        return folds
    }

    /// Some of the rows.
    func rows(_ chosen: [Int]) -> TrainingData {
        let outputs = initialScores.count / max(1, rowCount)
        return TrainingData(
            names: names,
            columns: columns.map { column in
                switch column {
                case .doubles(let values): .doubles(chosen.map { values[$0] })
                case .floats(let values): .floats(chosen.map { values[$0] })
                case .categories(let codes, let levels):
                    .categories(chosen.map { codes[$0] }, levels: levels)
                }
            },
            outcomes: chosen.map { outcomes[$0] }, weights: weights.isEmpty ? [] : chosen.map { weights[$0] },
            initialScores: (0..<outputs).flatMap { output in
                chosen.map { initialScores[output * rowCount + $0] }
            })
    }
}
