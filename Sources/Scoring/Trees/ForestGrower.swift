import Boosting
import Parallelism
import Statistics

/// Grows the forest of a model: one on all rows, or one stopped by rows left out, or the mean of several.
///
/// The average of the log-odds of forests is again a forest: all trees with their leaves divided by the number of
/// forests. Averaging costs scoring time and buys steadiness, most on small data; directions that every forest keeps to
/// the average keeps to.
///
/// Source: Breiman (1996), *Bagging Predictors*; Parmanto, Munro & Doyle (1996) on committees of cross-validation.
struct ForestGrower {
    let settings: TreeSettings
    /// Threads to use; the result does not depend on them.
    let workers: Workers

    /// Folds on which all numbers of leaves are tried before one is chosen.
    private static let trialFolds = 2

    /// Grows the forest.
    ///
    /// - Parameter folds: As many as the settings ask for.
    func grow(_ data: Boosting.TrainingData, folds: Folds?) throws(BoostingError) -> GrownForest {
        guard let folds else {
            var options = settings.boosting
            options.maximumLeaves = settings.leaves[0]
            options.threads = workers.threads
            let forest = try BoostedTrees(options: options).train(data).forest
            return GrownForest(forest: forest, leaves: options.maximumLeaves, rounds: [forest.trees.count])
        }
        let forests = settings.isCommittee ? folds.count : 1
        let trials = min(Self.trialFolds, forests)
        var tried = try stopped(
            settings.leaves.flatMap { leaves in (0..<trials).map { (leaves, $0) } }, data, folds)
        var chosen = 0
        var least = Double.infinity
        for (place, _) in settings.leaves.enumerated() {
            let loss = tried[place * trials..<(place + 1) * trials].reduce(0) { $0 + $1.metric }
            // The first of equal ones.
            if loss < least { (chosen, least) = (place, loss) }
        }
        let leaves = settings.leaves[chosen]
        tried = Array(tried[chosen * trials..<(chosen + 1) * trials])
        tried += try stopped((trials..<forests).map { (leaves, $0) }, data, folds)
        return GrownForest(
            forest: .mean(of: tried.map(\.forest)), leaves: leaves,
            rounds: tried.map(\.forest.trees.count))
    }

    /// A forest that rows left out have stopped.
    private struct Stopped {
        let forest: Forest
        /// The least value of the metric on the rows left out.
        let metric: Double
    }

    /// Grows forests side by side, each on all folds but one.
    private func stopped(
        _ tasks: [(leaves: Int, fold: Int)], _ data: Boosting.TrainingData, _ folds: Folds
    ) throws(BoostingError) -> [Stopped] {
        // Threads that are left over work inside the forests.
        let inner = max(1, workers.threads / max(1, tasks.count))
        return try workers.tryMap(tasks.count) { number throws(BoostingError) in
            let (leaves, fold) = tasks[number]
            var options = settings.boosting
            options.maximumLeaves = leaves
            options.threads = inner
            var generator = SeededGenerator(seed: options.seed).stream("forests").stream(fold)
            options.seed = generator.next()
            let training = try BoostedTrees(options: options).train(
                data.gathered(folds.trainingRows(fold)), validation: data.gathered(folds.testRows(fold)))
            return Stopped(forest: training.forest, metric: training.validationMetric.min() ?? 0)
        }
    }
}

/// A forest and how it came about.
struct GrownForest {
    let forest: Forest
    /// Leaves per tree.
    let leaves: Int
    /// Rounds of every forest in it.
    let rounds: [Int]

    /// What the analyst reads of it.
    func remarks(_ model: BoostedTreesModel) -> [String] {
        let least = rounds.min() ?? 0
        let most = rounds.max() ?? 0
        let count = rounds.count == 1 ? "one forest" : "the mean of \(rounds.count) forests"
        let trees = least == most ? "\(most)" : "\(least) to \(most)"
        let proofs = model.certificate.proofs.count
        return ["\(count) of \(trees) trees with up to \(leaves) leaves"]
            + (proofs == 0 ? [] : ["proved that risk keeps to its direction in \(proofs) columns"])
    }
}

extension Forest {
    /// The forest whose raw scores are the mean of those of some with the same features.
    fileprivate static func mean(of forests: [Forest]) -> Forest {
        let share = 1 / Double(forests.count)
        var mean = forests[0]
        guard forests.count > 1 else { return mean }
        mean.baseScores = mean.baseScores.indices.map { output in
            forests.reduce(0) { $0 + $1.baseScores[output] } * share
        }
        mean.trees = forests.flatMap(\.trees)
        for tree in mean.trees.indices {
            for leaf in mean.trees[tree].leaves.indices { mean.trees[tree].leaves[leaf].value *= share }
        }
        return mean
    }
}

extension Boosting.TrainingData {
    /// Some of the rows.
    fileprivate func gathered(_ rows: [Int]) -> Boosting.TrainingData {
        Boosting.TrainingData(
            names: names,
            columns: columns.map { column in
                switch column {
                case .doubles(let values): .doubles(rows.map { values[$0] })
                case .floats(let values): .floats(rows.map { values[$0] })
                case .categories(let codes, let levels):
                    .categories(rows.map { codes[$0] }, levels: levels)
                }
            },
            outcomes: rows.map { outcomes[$0] }, weights: weights.isEmpty ? [] : rows.map { weights[$0] })
    }
}
