import Statistics
import Vocabulary

/// What rounding the points of a scorecard costs on some rows: figures by the exact score and by the rounded points.
public struct RoundingLoss: Sendable, Equatable, Codable {
    /// AUC by exact scores.
    public let aucExact: Double?
    /// AUC by rounded points.
    public let aucRounded: Double?
    /// Kolmogorov–Smirnov by exact scores.
    public let ksExact: Double?
    /// Kolmogorov–Smirnov by rounded points.
    public let ksRounded: Double?
    /// Largest difference between a row's exact score and its rounded points.
    public let maximumPoints: Double
    /// Largest difference between the PD of a row's exact score and that of its rounded points.
    public let maximumPD: Double
    /// Mean size of that difference.
    public let meanPD: Double

    /// Compares rounded points with exact log-odds.
    init(
        logOdds: [Double], points: [Double], defaulted: [Bool], weights: [Double]?, scaling: ScoreScaling
    ) {
        let exact = try? RankedOutcomes(risks: logOdds, defaulted: defaulted, weights: weights)
        let rounded = try? RankedOutcomes(risks: points.map { -$0 }, defaulted: defaulted, weights: weights)
        aucExact = exact?.auc
        aucRounded = rounded?.auc
        ksExact = exact?.kolmogorovSmirnov.distance
        ksRounded = rounded?.kolmogorovSmirnov.distance
        var (largestPoints, largestPD, sum) = (0.0, 0.0, 0.0)
        for row in logOdds.indices {
            let pd = ProbabilityOfDefault.value(ofLogOdds: logOdds[row])
            let roundedPD = ProbabilityOfDefault.value(ofLogOdds: scaling.logOdds(ofScore: points[row]))
            largestPoints = max(largestPoints, abs(points[row] - scaling.score(ofLogOdds: logOdds[row])))
            largestPD = max(largestPD, abs(roundedPD - pd))
            sum += abs(roundedPD - pd)
        }
        maximumPoints = largestPoints
        maximumPD = largestPD
        meanPD = logOdds.isEmpty ? 0 : sum / Double(logOdds.count)
    }
}
