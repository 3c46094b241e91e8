import Boosting
import Parallelism
import Statistics

/// Training of boosted trees from columns of single-precision numbers, binning included, judged on the last fifth of
/// the rows.
enum BoostingTrainTask {
    static func run(_ job: Job) throws {
        let set = BenchmarkSet(job)
        let shape = try BoostingShape(job.variant)
        let training = try set.trainingData(shape, rows: 0..<set.trainingRows)
        let trainer = try BoostedTrees(options: shape.options(threads: job.threads))
        let measurement = try Measurement(repeats: job.repeats) { try trainer.train(training).forest }
        let testing = try set.trainingData(shape, rows: set.trainingRows..<set.rows)
        let scores = try Predictor(measurement.value).rawScores(columns: testing.columns)
        let defaulted = testing.outcomes.map { $0 == 1 }
        let weights = testing.weights.isEmpty ? nil : testing.weights
        try measurement.report(
            job,
            [
                "auc": try RankedOutcomes(risks: scores, defaulted: defaulted, weights: weights).auc,
                "logloss": try ForecastScores(logOdds: scores, defaulted: defaulted, weights: weights)
                    .logLoss,
            ])
    }
}
