import Parallelism

/// Boosted trees that need no tuning of the number of rounds: several forests, each stopped by the rows it did not see,
/// averaged into one.
///
/// The rows are dealt into folds of about equal size and equal outcomes. For every fold a forest is trained on the
/// others and stopped where its metric on that fold is best. The average of the forests' raw scores is again a forest:
/// all trees with their leaves divided by the number of folds. Averaging costs scoring time and buys steadiness, most
/// on small data, and every row is scored once by a forest that never saw it.
///
/// What a fold was needed for is the number of rounds. Once that is known, forests may be grown anew on all rows
/// (``regrows``): each then learns from the rows that it was stopped by as well, which matters most where defaults are
/// few.
///
/// Source: Breiman (1996), *Bagging Predictors*; Parmanto, Munro & Doyle (1996) on committees of cross-validation.
public struct BaggedTrees: Sendable {
    /// How trees are grown; ``BoostingOptions/earlyStoppingRounds`` is at least 1.
    public let options: BoostingOptions
    /// Number of folds that rows are dealt to where none are given, at least 2.
    public let folds: Int
    /// Numbers of leaves to choose from by the first folds; empty for that of the options.
    public let leafCandidates: [Int]
    /// Whether every forest is grown anew on all rows once its rounds are known, with more of them as rows are more.
    public let regrows: Bool

    /// Folds on which all candidates are trained before one is chosen.
    private static let trialFolds = 2

    /// A trainer with checked options.
    ///
    /// - Throws: ``BoostingError/badOption(name:value:expected:)``.
    public init(
        options: BoostingOptions, folds: Int, leafCandidates: [Int] = [], regrows: Bool = false
    ) throws(BoostingError) {
        self.options = try options.validated()
        self.regrows = regrows
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
        /// Raw scores of every row by the stopped forests that did not see it, output after output; NaN where all did.
        public var outOfFoldScores: [Double]
    }

    /// Trains forests, each stopped by one of ``folds`` folds that rows of like outcomes are dealt to alike.
    ///
    /// - Throws: As ``train(_:leavingOut:)``.
    public func train(_ data: TrainingData) throws(BoostingError) -> Training {
        try data.validate(for: options)
        let fold = data.folds(folds, seed: options.seed)
        return try train(
            data, leavingOut: (0..<folds).map { number in fold.indices.filter { fold[$0] == number } })
    }

    /// Trains forests, each stopped by the rows that it leaves out, and grown anew on all where ``regrows`` says so.
    ///
    /// - Parameter held: By forest, the rows it leaves out; a single forest is that of one list.
    /// - Throws: As ``BoostedTrees/train(_:validation:continuing:)`` for every forest;
    ///   ``BoostingError/badOption(name:value:expected:)`` for an ordinal objective, whose cut points have no average;
    ///   ``BoostingError/badData(reason:)`` for rows that are not there.
    /// - Complexity: The cost of one training for every forest and that of two more for every further candidate; where
    ///   forests are grown anew, another for each, of more rows and rounds. Forests grow side by side on
    ///   ``BoostingOptions/threads`` threads.
    public func train(
        _ data: TrainingData, leavingOut held: [[Int]]
    ) throws(BoostingError) -> Training {
        if case .ordinal = options.objective {
            throw .badOption(
                name: "objective", value: "\(options.objective)", expected: "one without cut points")
        }
        try data.validate(for: options)
        let parts = try held.enumerated().map { number, rows throws(BoostingError) in
            try Part(number: number, held: rows, of: data.rowCount)
        }
        guard !parts.isEmpty else { throw .badData(reason: "no forest leaves out any row") }
        let tried = try trials(Array(parts.prefix(Self.trialFolds)), data: data)
        let stopped =
            tried.forests
            + (try grow(parts.dropFirst(tried.forests.count).map { ($0, tried.leaves) }, data: data).map(
                \.forest))
        let forests = regrows ? try regrown(stopped, parts, leaves: tried.leaves, data: data) : stopped
        return Training(
            forest: mean(of: forests, data: data), leaves: tried.leaves,
            rounds: forests.map { $0.trees.count / $0.outputCount },
            outOfFoldScores: outOfFoldScores(stopped, parts, data: data))
    }

    /// The rows that a forest leaves out, and those it sees.
    private struct Part {
        let number: Int
        let held: [Int]
        let kept: [Int]

        init(number: Int, held: [Int], of rows: Int) throws(BoostingError) {
            var isHeld = [Bool](repeating: false, count: rows)
            for row in held {
                guard isHeld.indices.contains(row), !isHeld[row] else {
                    throw .badData(
                        reason: "forest \(number) leaves out row \(row), which is not there or twice")
                }
                isHeld[row] = true
            }
            self.number = number
            self.held = held
            kept = isHeld.indices.filter { !isHeld[$0] }
        }
    }

    /// A forest that rows left out have stopped, and the least of its metric there.
    private struct Stopped {
        let forest: Forest
        let metric: Double
    }

    /// The number of leaves that loses least on the first parts, with the forests it made of them.
    private func trials(
        _ parts: [Part], data: TrainingData
    ) throws(BoostingError) -> (leaves: Int, forests: [Forest]) {
        guard leafCandidates.count > 1 else { return (leafCandidates.first ?? options.maximumLeaves, []) }
        let candidates = leafCandidates.sorted()
        let grown = try grow(candidates.flatMap { leaves in parts.map { ($0, leaves) } }, data: data)
        let trials = candidates.indices.map { place in
            Array(grown[place * parts.count..<(place + 1) * parts.count])
        }
        let losses = trials.map { $0.reduce(0) { $0 + $1.metric } }
        // The first of equal losses, so that fewer leaves win a tie.
        let chosen = losses.indices.min { losses[$0] < losses[$1] } ?? 0
        return (candidates[chosen], trials[chosen].map(\.forest))
    }

    /// Grows forests side by side, each until the rows that its part leaves out stop it.
    private func grow(
        _ tasks: [(part: Part, leaves: Int)], data: TrainingData
    ) throws(BoostingError) -> [Stopped] {
        try sideBySide(tasks) { part, options throws(BoostingError) in
            let training = try BoostedTrees(options: options).train(
                data.rows(part.kept), validation: data.rows(part.held))
            return Stopped(forest: training.forest, metric: training.validationMetric.min() ?? 0)
        }
    }

    /// Grows stopped forests anew on all rows, for as many more rounds as there are more rows, but no more than the
    /// options have.
    ///
    /// A forest stops where a further tree fits chance more than law, and with more rows that comes later.
    private func regrown(
        _ stopped: [Forest], _ parts: [Part], leaves: Int, data: TrainingData
    ) throws(BoostingError) -> [Forest] {
        try sideBySide(parts.map { ($0, leaves) }) { part, options throws(BoostingError) in
            var options = options
            let forest = stopped[part.number]
            let growth = Double(data.rowCount) / Double(part.kept.count)
            let rounds = Double(forest.trees.count / forest.outputCount) * growth
            options.rounds = min(options.rounds, Int(rounds.rounded()))
            options.earlyStoppingRounds = 0
            return try BoostedTrees(options: options).train(data).forest
        }
    }

    /// Does tasks side by side, each with the seed of its part.
    private func sideBySide<Result: Sendable>(
        _ tasks: [(part: Part, leaves: Int)],
        _ body: @Sendable (Part, BoostingOptions) throws(BoostingError) -> Result
    ) throws(BoostingError) -> [Result] {
        // Threads that are left over work inside the forests.
        let inner = max(1, options.threads / max(1, tasks.count))
        return try Workers(threads: options.threads).tryMap(tasks.count) { number throws(BoostingError) in
            let (part, leaves) = tasks[number]
            var options = options
            options.seed = SplitMix.hash(options.seed &+ UInt64(part.number))
            options.maximumLeaves = leaves
            options.threads = inner
            return try body(part, options)
        }
    }

    /// The average of forests.
    private func mean(of forests: [Forest], data: TrainingData) -> Forest {
        var mean = Forest(
            features: data.forestFeatures, objective: options.objective,
            baseScores: [Double](repeating: 0, count: options.objective.outputCount), trees: [])
        let share = 1 / Double(forests.count)
        for forest in forests {
            for (output, score) in forest.baseScores.enumerated() { mean.baseScores[output] += score * share }
            mean.trees += forest.trees.map { $0.scaled(by: share) }
        }
        return mean
    }

    /// What forests say of the rows that they did not see, averaged where several left a row out.
    private func outOfFoldScores(_ forests: [Forest], _ parts: [Part], data: TrainingData) -> [Double] {
        var sums = [Double](repeating: 0, count: data.rowCount * options.objective.outputCount)
        var counts = [Double](repeating: 0, count: data.rowCount)
        for (forest, part) in zip(forests, parts) {
            let scores = data.rows(part.held).startingScores(
                forest, workers: Workers(threads: options.threads))
            for (output, scores) in scores.enumerated() {
                for (row, score) in zip(part.held, scores) { sums[output * data.rowCount + row] += score }
            }
            for row in part.held { counts[row] += 1 }
        }
        return sums.indices.map { place in
            let count = counts[place % data.rowCount]
            return count > 0 ? sums[place] / count : .nan
        }
    }
}

extension BaggedTrees {
    /// Rows at the base rate that weigh as much as the usual L2 penalty, which is 2 where half of all rows default.
    private static let penaltyRows = 8.0

    /// The defaults for data of some size, which need no tuning.
    ///
    /// Chosen on ten credit sets of 1,000 to 30,000 rows, with few looks and no setting for any one of them:
    ///
    /// - 8 or 31 leaves, as the first two folds prefer: sets whose risk adds up prefer few, sets with interactions
    ///   many.
    /// - Learning rate 0.04 (0.1 from 200,000 rows, where more rounds buy little), up to 3,000 rounds, stopped after 50
    ///   without improvement.
    /// - 10 folds below 20,000 rows, 5 below 200,000, 2 above; below 20,000 rows every forest is grown anew on all
    ///   rows, of which larger sets gain nothing.
    /// - 80 % of the rows per tree below 20,000 rows; 60 % of the features if there are more than 10, else 80 %.
    /// - 5 rows in a leaf at least (20 from 20,000 rows, 100 from 200,000).
    /// - An L2 penalty of 8 times the mean hessian of a row, so that leaves are drawn to 0 as if they held that many
    ///   more rows. A fixed penalty is the heavier the rarer the outcome: at 4 % of defaults the hessians of a leaf sum
    ///   to less than a sixth of those at 50 %, and a penalty of 2 smothers what few defaults have to say.
    ///
    /// - Parameter hessian: Mean second derivative of a row's loss before the first tree; weight · p · (1 − p) at a
    ///   base rate p of a binary outcome.
    public static func defaults(
        rows: Int, features: Int, hessian: Double
    ) throws(BoostingError) -> BaggedTrees {
        var options = BoostingOptions()
        let isSmall = rows < 20_000
        let isLarge = rows >= 200_000
        options.rounds = 3000
        options.earlyStoppingRounds = 50
        options.learningRate = isLarge ? 0.1 : 0.04
        options.rowSampling = isSmall ? .bagging(share: 0.8) : .all
        options.featureShare = features > 10 ? 0.6 : 0.8
        options.minimumRowsInLeaf = isSmall ? 5 : isLarge ? 100 : 20
        options.l2 = penaltyRows * hessian
        return try BaggedTrees(
            options: options, folds: isSmall ? 10 : isLarge ? 2 : 5, leafCandidates: [8, 31],
            regrows: isSmall)
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
