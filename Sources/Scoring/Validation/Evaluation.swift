import Glibc
import Statistics
import Vocabulary

/// How well log-odds of default told defaults from non-defaults.
///
/// A figure that needs both classes is absent where there is only one.
public struct Evaluation: Sendable, Equatable {
    /// Area under the ROC curve: the chance that a default is ranked riskier than a non-default, ties half.
    public let auc: Double?
    /// DeLong's standard error of the area.
    public let aucStandardError: Double?
    /// Kolmogorov–Smirnov distance between the two classes.
    public let ks: Double?
    /// 2 · AUC − 1.
    public let gini: Double?
    /// Area under the precision-recall curve as average precision, Σ precision · rise of recall; absent in model files
    /// of engines that did not take it.
    public let averagePrecision: Double?
    /// Mean of −ln of the probability given to what happened.
    public let logLoss: Double?
    /// Mean squared difference of PD and outcome.
    public let brier: Double?
    /// Observations.
    public let rows: Int
    /// Observations that defaulted.
    public let defaults: Int

    /// Figures of log-odds against outcomes.
    ///
    /// - Parameters:
    ///   - logOdds: η by row; higher is riskier.
    ///   - defaulted: Outcomes by row.
    ///   - weights: w ≥ 0 by row; a weight of 2 counts the row twice. Absent: all 1.
    public init(logOdds: [Double], defaulted: [Bool], weights: [Double]? = nil) {
        precondition(
            logOdds.count == defaulted.count, "\(defaulted.count) outcomes for \(logOdds.count) rows")
        rows = logOdds.count
        defaults = defaulted.count { $0 }
        let ranked = try? RankedOutcomes(risks: logOdds, defaulted: defaulted, weights: weights)
        auc = ranked?.auc
        aucStandardError =
            (try? DeLongEstimate(risks: logOdds, defaulted: defaulted, weights: weights))?
            .standardError
        ks = ranked?.kolmogorovSmirnov.distance
        gini = ranked?.gini
        averagePrecision = ranked?.averagePrecision
        var loss = 0.0
        var squares = 0.0
        var total = 0.0
        for row in logOdds.indices {
            let weight = weights?[row] ?? 1
            let towards = defaulted[row] ? -logOdds[row] : logOdds[row]
            let error = ProbabilityOfDefault.value(ofLogOdds: towards)
            total += weight
            // −ln p = ln(1 + e^−η) for a default, without overflow.
            loss += weight * (max(towards, 0) + log1p(exp(-abs(towards))))
            squares += weight * error * error
        }
        logLoss = total > 0 ? loss / total : nil
        brier = total > 0 ? squares / total : nil
    }
}

extension Evaluation: Codable {}
