import Scoring
import Tables
import Vocabulary

/// What an obligor was and how the model rated it on one date.
struct Observation: Sendable {
    let logOdds: Double
    let score: Double
    let reasons: [String]
    /// What each input of the model added to the log-odds.
    let contributions: [Double]
    /// Figures that reports show, by name of the feature; NaN where missing.
    let figures: [String: Double]
    let industry: String?
    let region: String?

    var pd: Double { ProbabilityOfDefault.value(ofLogOdds: logOdds) }

    /// A figure; `nil` where missing.
    func figure(_ name: String) -> Double? { figures[name].flatMap { $0.isFinite ? $0 : nil } }
}
