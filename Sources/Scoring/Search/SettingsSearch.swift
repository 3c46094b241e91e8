import Boosting
import Parallelism
import Statistics
import Tables

/// Searches the settings of a plan by successive halving: all settings on few folds, the best of them on more.
///
/// Every setting meets the same folds, and what was measured on one rung counts on the next. Boosted and additive
/// trees that rows left out stop are stopped by the very fold that measures them, once per fold, as the committee that
/// is trained in the end (but not grown anew on all rows, as that is where rows are few): all settings are flattered
/// alike, and a tenth of the work is done. What a search reports of its winner is therefore too good; the honest figure
/// is that of an outer cross-validation, which searches anew in every fold.
struct SettingsSearch {
    let plan: SearchPlan
    let recipe: Recipe
    let workers: Workers
    let journal: SearchJournal?
    /// Which search of a nested one this is.
    let scope: String
    let progress: @Sendable (_ done: Int, _ total: Int) -> Void

    /// One setting on one fold.
    private struct Task {
        let trial: Int
        let fold: Int
    }

    /// Runs the search.
    func run(_ data: TrainingData) throws(TrainingError) -> SearchReport {
        let folds = try data.folds(
            FoldOptions(count: plan.folds(rows: data.rowCount), seed: plan.seed), recipe: recipe)
        let rungs = plan.rungs(folds: folds.count)
        let total = rungs.indices.reduce(0) { sum, rung in
            sum + rungs[rung].settings * (rungs[rung].folds - (rung == 0 ? 0 : rungs[rung - 1].folds))
        }
        let counter = Counter()
        var metrics = [[Double]](repeating: [], count: plan.trials.count)
        var left = Array(plan.trials.indices)
        for rung in rungs {
            left = Array(ranked(left, metrics).prefix(rung.settings))
            let tasks = left.flatMap { trial in
                (metrics[trial].count..<rung.folds).map { Task(trial: trial, fold: $0) }
            }
            let found = try workers.tryMap(tasks.count) { number throws(TrainingError) in
                let value = try self.metric(tasks[number], data, folds)
                progress(counter.next(), total)
                return value
            }
            for (task, value) in zip(tasks, found) { metrics[task.trial].append(value) }
        }
        return SearchReport(
            metric: plan.metric, folds: folds.count,
            rows: zip(plan.trials, metrics).map { .init(settings: $0.settings, metrics: $1) },
            chosen: ranked(left, metrics).first ?? 0)
    }

    /// Settings by the mean of their metric, the best first; of equal ones the first.
    private func ranked(_ trials: [Int], _ metrics: [[Double]]) -> [Int] {
        let means = trials.map { metrics[$0].reduce(0, +) / Double(max(1, metrics[$0].count)) }
        return trials.indices.sorted { (means[$0], trials[$0]) < (means[$1], trials[$1]) }.map { trials[$0] }
    }

    /// The metric of a setting on a fold, from the journal if it is there.
    private func metric(
        _ task: Task, _ data: TrainingData, _ folds: Folds
    ) throws(TrainingError) -> Double {
        let key = SearchJournal.Key(scope: scope, trial: task.trial, fold: task.fold)
        if let known = journal?.value(of: key) { return known }
        let rows = folds.testRows(task.fold)
        let logOdds = try logOdds(task, data, held: rows, kept: folds.trainingRows(task.fold))
        let evaluation = Evaluation(
            logOdds: logOdds, defaulted: rows.map { data.defaulted[$0] },
            weights: data.weights.map { weights in rows.map { weights[$0] } })
        // A fold without weight or with one outcome ranks nothing.
        let value =
            switch plan.metric {
            case .logLoss: evaluation.logLoss ?? 0
            case .auc: 1 - (evaluation.auc ?? 0.5)
            }
        journal?.note(value, of: key)
        return value
    }

    private func logOdds(
        _ task: Task, _ data: TrainingData, held: [Int], kept: [Int]
    ) throws(TrainingError) -> [Double] {
        var recipe = recipe
        recipe.search = nil
        recipe.calibration = nil
        recipe.model = plan.trials[task.trial].model
        switch recipe.model {
        case .boostedTrees(let options):
            let trainer = BoostedTreesTrainer(options: options, recipe: recipe, workers: .single)
            if let scores = try trainer.scores(of: held, leftOutOf: data) { return scores }
        case .additiveTrees(let options):
            let trainer = AdditiveTreesTrainer(options: options, recipe: recipe, workers: .single)
            return try trainer.scores(of: held, leftOutOf: data)
        case .logistic, .scorecard: break
        }
        let model = try ModelTrainer(recipe, workers: .single).train(data.gathered(kept)).model
        do throws(ScoringError) { return try model.scorer.logOdds(of: data.table.gathered(held)) } catch {
            throw .scoring(error)
        }
    }
}

extension BoostedTreesTrainer {
    /// Log-odds of some rows by a forest that is grown on the others and stopped by them; `nil` if nothing stops early.
    fileprivate func scores(
        of held: [Int], leftOutOf data: TrainingData
    ) throws(TrainingError) -> [Double]? {
        let design = try TreeDesign(
            data, recipe: recipe, directions: options.monotone, interactions: options.interactions)
        do throws(BoostingError) {
            let settings = try TreeSettings(
                options, defaulted: data.defaulted, weights: data.weights, directions: design.directions,
                interactions: design.interactions)
            guard settings.folds != nil else { return nil }
            let trainer = try BaggedTrees(
                options: settings.boosting, folds: 2, leafCandidates: settings.leaves)
            let scores = try trainer.train(design.data, leavingOut: [held]).outOfFoldScores
            return held.map { scores[$0] }
        } catch { throw .boosting(error) }
    }
}

extension AdditiveTreesTrainer {
    /// Log-odds of some rows by functions that are fitted to the others and stopped by them.
    fileprivate func scores(
        of held: [Int], leftOutOf data: TrainingData
    ) throws(TrainingError) -> [Double] {
        let design = try TreeDesign(data, recipe: recipe, directions: options.monotone)
        let settings = AdditiveSettings(
            options, defaulted: data.defaulted, weights: data.weights, directions: design.directions,
            workers: workers)
        do throws(BoostingError) {
            let training = try AdditiveTrees(options: settings.additive).train(
                design.data, leavingOut: [held])
            return held.map { training.outOfBagScores[$0] }
        } catch { throw .boosting(error) }
    }
}
