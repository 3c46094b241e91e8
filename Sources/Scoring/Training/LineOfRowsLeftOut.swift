import Boosting
import Statistics

/// The line that rows ask for which a model left out while it was trained.
///
/// Rows are scored by parts of the model, single forests or fits that have not learned from them, though they stopped
/// them; what is moved is the mean of all parts. That mean needs nearly the same line: on Polish firms, where it departs
/// most from 1, a slope of 1.14 for single forests and 1.15 for the mean of two.
struct LineOfRowsLeftOut {
    /// The line, or why there is none.
    private let found: Result<Recalibration, MetricError>

    /// - Parameter scores: Log-odds by row; NaN where no part left the row out.
    init(scores: [Double], _ data: Boosting.TrainingData) {
        let weights = data.weights.isEmpty ? [Double](repeating: 1, count: scores.count) : data.weights
        let rows = scores.indices.filter { !scores[$0].isNaN && weights[$0] > 0 }
        // Ten times all weights are the same model, so rows count as many as there are.
        let mean = RowWeights.mean(rows.map { weights[$0] })
        found = Result { () throws(MetricError) in
            try Recalibration(
                logOdds: rows.map { scores[$0] }, defaulted: rows.map { data.outcomes[$0] > 0 },
                weights: rows.map { weights[$0] / mean })
        }
    }

    /// The line; `nil` where the rows ask for none.
    var line: Recalibration? { try? found.get() }

    /// What the analyst reads of it.
    var remark: String {
        switch found {
        case .success(let line):
            "log-odds moved along the line that rows left out ask for: "
                + "\(Wording.number(line.intercept)) + \(Wording.number(line.slope)) · log-odds"
        case .failure(let error): "log-odds not set right by the rows left out: \(error)"
        }
    }
}

extension Recipe {
    /// Whether PDs are calibrated by a method, which sees the model's own log-odds.
    var isCalibratedByMethod: Bool { calibration.map { $0.method != .none } ?? false }
}

extension Forest {
    /// The forest whose log-odds lie on a line over this one's.
    func moved(_ line: Recalibration) -> Forest { moved(intercept: line.intercept, slope: line.slope) }
}

extension AdditiveShapes {
    /// The shapes whose log-odds lie on a line over these ones'.
    func moved(_ line: Recalibration) -> AdditiveShapes {
        moved(intercept: line.intercept, slope: line.slope)
    }
}
