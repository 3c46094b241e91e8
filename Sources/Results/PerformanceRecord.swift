/// How well a model told defaults from non-defaults on one set of observations.
///
/// A figure that is not defined there (ranking without both classes, an infinite loss) is `nil`, `null` in JSON.
public struct PerformanceRecord: Sendable, Equatable {
    /// Area under the ROC curve.
    public let auc: Double?
    /// DeLong's standard error of the area.
    public let aucStandardError: Double?
    /// Kolmogorov–Smirnov distance between the scores of defaults and non-defaults.
    public let ks: Double?
    /// 2·AUC − 1.
    public let gini: Double?
    /// Area under the precision-recall curve, as average precision.
    public let averagePrecision: Double?
    /// Mean negative log-likelihood per observation.
    public let logLoss: Double?
    /// Mean squared difference of PD and outcome.
    public let brier: Double?
    /// Observations.
    public let rows: Int
    /// Observations that defaulted.
    public let defaults: Int

    /// Figures of one set of observations; those that are not finite count as not defined.
    public init(
        auc: Double?, aucStandardError: Double?, ks: Double?, gini: Double?, averagePrecision: Double? = nil,
        logLoss: Double?, brier: Double?, rows: Int, defaults: Int
    ) {
        func finite(_ value: Double?) -> Double? { value.flatMap { $0.isFinite ? $0 : nil } }
        self.auc = finite(auc)
        self.aucStandardError = finite(aucStandardError)
        self.ks = finite(ks)
        self.gini = finite(gini)
        self.averagePrecision = finite(averagePrecision)
        self.logLoss = finite(logLoss)
        self.brier = finite(brier)
        self.rows = rows
        self.defaults = defaults
    }
}

extension PerformanceRecord: Codable {
    private enum CodingKeys: String, CodingKey {
        case auc, aucStandardError, ks, gini, averagePrecision, logLoss, brier, rows, defaults
    }

    /// Writes every key, with `null` for what is not defined, so that a reader finds the same keys always.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(auc, forKey: .auc)
        try container.encode(aucStandardError, forKey: .aucStandardError)
        try container.encode(ks, forKey: .ks)
        try container.encode(gini, forKey: .gini)
        try container.encode(averagePrecision, forKey: .averagePrecision)
        try container.encode(logLoss, forKey: .logLoss)
        try container.encode(brier, forKey: .brier)
        try container.encode(rows, forKey: .rows)
        try container.encode(defaults, forKey: .defaults)
    }
}

/// Performance fold by fold, each on observations the model had not seen.
public struct CrossValidationRecord: Sendable, Equatable, Codable {
    /// One entry per fold, in the order of fold numbers.
    public let folds: [PerformanceRecord]
    /// The plain mean over folds of each figure that every fold has; rows and defaults are totals.
    public let mean: PerformanceRecord

    /// Figures of all folds, and their mean.
    public init(folds: [PerformanceRecord]) {
        func mean(_ figure: (PerformanceRecord) -> Double?) -> Double? {
            let values = folds.compactMap(figure)
            guard !values.isEmpty, values.count == folds.count else { return nil }
            return values.reduce(0, +) / Double(values.count)
        }
        self.folds = folds
        self.mean = PerformanceRecord(
            auc: mean(\.auc), aucStandardError: mean(\.aucStandardError), ks: mean(\.ks), gini: mean(\.gini),
            averagePrecision: mean(\.averagePrecision), logLoss: mean(\.logLoss), brier: mean(\.brier),
            rows: folds.reduce(0) { $0 + $1.rows },
            defaults: folds.reduce(0) { $0 + $1.defaults })
    }
}
