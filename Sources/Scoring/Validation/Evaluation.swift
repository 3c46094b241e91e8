import Glibc
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
    ///   - weights: w ≥ 0 by row, which log loss and Brier score use. Absent: all 1.
    public init(logOdds: [Double], defaulted: [Bool], weights: [Double]? = nil) {
        precondition(
            logOdds.count == defaulted.count, "\(defaulted.count) outcomes for \(logOdds.count) rows")
        rows = logOdds.count
        defaults = defaulted.count { $0 }
        let ranking = RankedOutcomes(logOdds: logOdds, defaulted: defaulted)
        auc = ranking.auc
        aucStandardError = ranking.aucStandardError
        ks = ranking.ks
        gini = ranking.auc.map { 2 * $0 - 1 }
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

/// Outcomes in the order of risk, ties together.
struct RankedOutcomes {
    /// Defaults and non-defaults at each distinct risk, ascending.
    private let groups: [(defaults: Double, nonDefaults: Double)]
    private let defaults: Double
    private let nonDefaults: Double

    init(logOdds: [Double], defaulted: [Bool]) {
        let order = logOdds.indices.sorted { logOdds[$0] < logOdds[$1] }
        var groups: [(defaults: Double, nonDefaults: Double)] = []
        var last = Double.nan
        for row in order {
            if logOdds[row] != last {
                groups.append((0, 0))
                last = logOdds[row]
            }
            if defaulted[row] {
                groups[groups.count - 1].defaults += 1
            } else {
                groups[groups.count - 1].nonDefaults += 1
            }
        }
        self.groups = groups
        defaults = groups.reduce(0) { $0 + $1.defaults }
        nonDefaults = groups.reduce(0) { $0 + $1.nonDefaults }
    }

    private var hasBoth: Bool { defaults > 0 && nonDefaults > 0 }

    /// Σ over defaults of the non-defaults below plus half of those beside, ÷ pairs.
    var auc: Double? {
        guard hasBoth else { return nil }
        var below = 0.0
        var pairs = 0.0
        for group in groups {
            pairs += group.defaults * (below + group.nonDefaults / 2)
            below += group.nonDefaults
        }
        return pairs / (defaults * nonDefaults)
    }

    /// √(S₁₀ ÷ defaults + S₀₁ ÷ non-defaults) of the placements, divisor n − 1 (DeLong 1988).
    var aucStandardError: Double? {
        guard let auc, defaults > 1, nonDefaults > 1 else { return nil }
        var defaultsBelow = 0.0
        var nonDefaultsBelow = 0.0
        var ofDefaults = 0.0
        var ofNonDefaults = 0.0
        for group in groups {
            let placement = (nonDefaultsBelow + group.nonDefaults / 2) / nonDefaults
            ofDefaults += group.defaults * (placement - auc) * (placement - auc)
            let above = 1 - (defaultsBelow + group.defaults / 2) / defaults
            ofNonDefaults += group.nonDefaults * (above - auc) * (above - auc)
            defaultsBelow += group.defaults
            nonDefaultsBelow += group.nonDefaults
        }
        return (ofDefaults / (defaults - 1) / defaults + ofNonDefaults / (nonDefaults - 1) / nonDefaults)
            .squareRoot()
    }

    /// Largest gap of the two distribution functions over distinct risks.
    var ks: Double? {
        guard hasBoth else { return nil }
        var defaultsBelow = 0.0
        var nonDefaultsBelow = 0.0
        var gap = 0.0
        for group in groups {
            defaultsBelow += group.defaults
            nonDefaultsBelow += group.nonDefaults
            gap = max(gap, abs(defaultsBelow / defaults - nonDefaultsBelow / nonDefaults))
        }
        return gap
    }
}
