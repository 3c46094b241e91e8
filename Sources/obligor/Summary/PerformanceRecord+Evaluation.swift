import Results
import Scoring

extension PerformanceRecord {
    /// The figures of an evaluation as they are written.
    init(_ evaluation: Evaluation) {
        self.init(
            auc: evaluation.auc, aucStandardError: evaluation.aucStandardError, ks: evaluation.ks,
            gini: evaluation.gini, averagePrecision: evaluation.averagePrecision, logLoss: evaluation.logLoss,
            brier: evaluation.brier,
            rows: evaluation.rows,
            defaults: evaluation.defaults)
    }
}
