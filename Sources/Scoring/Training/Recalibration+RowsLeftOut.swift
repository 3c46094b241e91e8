import Boosting
import Statistics

extension Recalibration {
    /// The line that rows ask for which a model left out while it was trained; `nil` if they ask for none, as those of
    /// one outcome do.
    ///
    /// - Parameter scores: Log-odds by row, each by parts of the model that have not seen it; NaN for none.
    init?(ofRowsLeftOut scores: [Double], _ data: Boosting.TrainingData) {
        let rows = scores.indices.filter { !scores[$0].isNaN }
        // Ten times all weights are the same model, so rows count as many as there are.
        let mean = RowWeights.mean(data.weights.isEmpty ? nil : data.weights)
        do throws(MetricError) {
            try self.init(
                logOdds: rows.map { scores[$0] }, defaulted: rows.map { data.outcomes[$0] > 0 },
                weights: data.weights.isEmpty ? nil : rows.map { data.weights[$0] / mean })
        } catch { return nil }
    }

    /// What the analyst reads of it.
    var remark: String {
        "log-odds moved along the line that rows left out ask for: "
            + "\(Wording.number(intercept)) + \(Wording.number(slope)) · log-odds"
    }
}
