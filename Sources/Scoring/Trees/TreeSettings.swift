import Boosting
import Parallelism

/// A recipe's options for data of some size.
struct TreeSettings {
    /// How a forest is grown, but for the number of leaves.
    private(set) var boosting: BoostingOptions
    /// Leaves per tree to choose from.
    let leaves: [Int]
    /// Folds of the rows, each left out once; `nil` where nothing stops early.
    let folds: Int?
    /// Whether every fold stops a forest of its own.
    let isCommittee: Bool
    /// Whether forests are grown anew on all rows once their rounds are known.
    let regrows: Bool
    /// Whether log-odds are moved along the line that rows left out ask for.
    let recalibrates: Bool

    /// The options of a recipe, completed for the size of the data.
    ///
    /// Where the recipe says nothing, `BaggedTrees.defaults` do, with no more folds than there are defaults or
    /// non-defaults. Where nothing stops early: 200 rounds of 31 leaves at a learning rate of 0.05.
    ///
    /// - Parameters:
    ///   - weights: Of the rows; `nil` for 1.
    ///   - isCalibrated: Whether the recipe calibrates what the forest says by a method of its own.
    /// - Throws: `BoostingError.badOption`.
    init(
        _ recipe: BoostedTreesRecipe, defaulted: [Bool], weights: [Double]? = nil, directions: [Int8],
        interactions: [Set<Int>], isCalibrated: Bool = false
    ) throws(BoostingError) {
        let usual = try BaggedTrees.defaults(
            rows: defaulted.count, features: directions.count,
            hessian: Self.meanHessian(defaulted, weights: weights))
        var options = usual.options
        let early: BoostedTreesRecipe.EarlyStopping? =
            switch recipe.stopping {
            case .automatic: .init()
            case .none: nil
            case .early(let early): early
            }
        if early == nil { (options.rounds, options.learningRate) = (200, 0.05) }
        options.rounds = recipe.rounds ?? options.rounds
        options.learningRate = recipe.learningRate ?? options.learningRate
        options.growth = recipe.growth
        options.maximumDepth = recipe.maximumDepth
        options.minimumRowsInLeaf = recipe.minimumRowsInLeaf ?? options.minimumRowsInLeaf
        let meanWeight = RowWeights.mean(weights)
        options.minimumHessianInLeaf =
            recipe.minimumHessianInLeaf ?? options.minimumHessianInLeaf * meanWeight
        options.minimumGain = recipe.minimumGain
        options.l1 = recipe.l1
        options.l2 = recipe.l2 ?? options.l2
        options.maximumLeafValue = recipe.maximumLeafValue
        options.maximumBins = recipe.maximumBins
        options.minimumRowsInBin = recipe.minimumRowsInBin
        options.rowSampling = recipe.rows ?? options.rowSampling
        options.featureShare = recipe.columnShare ?? options.featureShare
        options.featureShareOfSplit = recipe.columnShareOfSplit
        options.dropout = recipe.dropout
        options.oneHotLevels = recipe.categories.oneHotLevels
        options.categorySmoothing = recipe.categories.smoothing ?? options.categorySmoothing * meanWeight
        options.categoryL2 = recipe.categories.l2 ?? options.categoryL2 * meanWeight
        options.monotone = directions
        options.monotoneMethod = recipe.monotoneMethod
        options.interactions = interactions
        options.seed = recipe.seed
        options.earlyStoppingRounds = early.map { $0.rounds ?? options.earlyStoppingRounds } ?? 0
        options.stoppingMetric = early?.metric ?? .loss
        boosting = options
        let defaults = defaulted.count { $0 }
        let rarer = max(2, min(defaults, defaulted.count - defaults))
        folds = early.map { $0.folds ?? min(usual.folds, rarer) }
        isCommittee = early?.committee ?? false
        regrows = early.map { $0.regrow ?? usual.regrows } ?? false
        // A single fold has few defaults, and those have stopped the forest.
        recalibrates = early.map { recipe.recalibrate ?? ($0.committee && !isCalibrated) } ?? false
        leaves = recipe.leaves ?? (early == nil ? [31] : usual.leafCandidates)
        if directions.contains(where: { $0 != 0 }) { try checkProvability(rows: defaulted.count) }
    }

    /// The mean of weight · PD · (1 − PD) at the base rate.
    private static func meanHessian(_ defaulted: [Bool], weights: [Double]?) -> Double {
        let weights = weights ?? [Double](repeating: 1, count: defaulted.count)
        let total = weights.reduce(0, +)
        guard total > 0 else { return 0 }
        let defaults = zip(weights, defaulted).reduce(0) { $0 + ($1.1 ? $1.0 : 0) }
        return defaults * (1 - defaults / total) / Double(defaulted.count)
    }

    /// Refuses trees of which no direction will be proved before they are grown.
    ///
    /// - Parameter rows: Rows to grow them on; with the depth they bound how many leaves a tree can have.
    private func checkProvability(rows: Int) throws(BoostingError) {
        let byRows = max(1, rows / max(1, boosting.minimumRowsInLeaf))
        let byDepth =
            (1..<Int.bitWidth - 1).contains(boosting.maximumDepth) ? 1 << boosting.maximumDepth : .max
        let largest = min(leaves.max() ?? 1, byRows, byDepth)
        guard largest <= BoostedTreesModel.provableLeaves else {
            throw .badOption(
                name: "leaves", value: "\(largest)",
                expected: "at most \(BoostedTreesModel.provableLeaves) where a direction must be proved")
        }
        // Trees that rows left out stop are mostly far fewer than rounds.
        let most = BoostedTreesModel.provablePairs / (largest * largest)
        guard folds != nil || boosting.rounds <= most else {
            throw .badOption(
                name: "rounds", value: "\(boosting.rounds)",
                expected: "at most \(most) of \(largest) leaves where a direction must be proved")
        }
    }
}

extension TreeSettings {
    /// Grows the forest: one on all rows, or one stopped by rows left out, or the mean of several.
    ///
    /// - Parameter folds: As many as the settings ask for.
    func grow(
        _ data: Boosting.TrainingData, folds: Folds?, workers: Workers
    ) throws(BoostingError) -> GrownForest {
        var options = boosting
        options.threads = workers.threads
        guard let folds else {
            options.maximumLeaves = leaves[0]
            let forest = try BoostedTrees(options: options).train(data).forest
            return GrownForest(
                forest: forest, leaves: options.maximumLeaves, rounds: [forest.trees.count], isRegrown: false)
        }
        let held = (0..<(isCommittee ? folds.count : 1)).map(folds.testRows)
        let training = try BaggedTrees(
            options: options, folds: folds.count, leafCandidates: leaves, regrows: regrows
        ).train(data, leavingOut: held)
        var grown = GrownForest(
            forest: training.forest, leaves: training.leaves, rounds: training.rounds, isRegrown: regrows)
        if recalibrates {
            let asked = LineOfRowsLeftOut(scores: training.outOfFoldScores, data)
            grown.forest = asked.line.map(grown.forest.moved) ?? grown.forest
            grown.recalibration = asked.remark
        }
        return grown
    }
}

/// A forest and how it came about.
struct GrownForest {
    fileprivate(set) var forest: Forest
    /// Leaves per tree.
    let leaves: Int
    /// Rounds of every forest in it.
    let rounds: [Int]
    /// Whether they were grown anew on all rows, after rows left out had told the rounds.
    let isRegrown: Bool
    /// How its log-odds were moved, or why they were not; `nil` if it was not asked for.
    fileprivate(set) var recalibration: String?

    /// What the analyst reads of it.
    func remarks(_ model: BoostedTreesModel) -> [String] {
        let least = rounds.min() ?? 0
        let most = rounds.max() ?? 0
        let count = rounds.count == 1 ? "one forest" : "the mean of \(rounds.count) forests"
        let trees = least == most ? "\(most)" : "\(least) to \(most)"
        let proofs = model.certificate.proofs.count
        let regrown = isRegrown ? ", grown on all rows once rows left out had told their number" : ""
        return ["\(count) of \(trees) trees with up to \(leaves) leaves\(regrown)"]
            + (recalibration.map { [$0] } ?? [])
            + (proofs == 0
                ? []
                : [
                    "proved that risk keeps to its direction in \(proofs) \(proofs == 1 ? "column" : "columns")"
                ])
    }
}
