import Tables

/// A search for settings of a model: which ones are tried, and how they are held against each other.
///
/// The settings are drawn when the recipe is read, so that each has been read as strictly as if it had been written.
public struct SearchPlan: Sendable, Equatable, Codable {
    /// One setting of the model.
    public struct Trial: Sendable, Equatable, Codable {
        /// What was drawn, by the key it stands for; empty for the recipe's own setting, which is always the first.
        public var settings: [Setting]
        /// The model with these settings.
        public var model: Recipe.Model

        /// A key and its value, as they would stand in the recipe.
        public struct Setting: Sendable, Hashable, Codable {
            /// The key, with dots between a key and those below it.
            public var key: String
            /// Its value.
            public var value: String
        }
    }

    /// What settings are ranked by on rows that their models have not seen.
    public enum Metric: String, Sendable, Hashable, Codable, CaseIterable {
        /// Log loss.
        case logLoss
        /// 1 − area under the ROC curve.
        case auc
    }

    /// The settings, the recipe's own first.
    public var trials: [Trial]
    /// Folds that rows are dealt into, whole groups where the recipe names a group column; `nil` by the size of the
    /// data.
    public var folds: Int?
    /// One in so many settings goes on to the next rung, at least 2.
    public var keep: Int
    /// What settings are ranked by.
    public var metric: Metric
    /// Seed of the draws and of the folds.
    public var seed: UInt64

    /// The folds for data of some size: 5, or 8 below 5,000 rows, whose figures vary most.
    func folds(rows: Int) -> Int { folds ?? (rows < 5_000 ? 8 : 5) }

    /// Successive halving: by rung, how many folds of how many settings are known at its end.
    ///
    /// About a quarter of the folds for all settings, half of them for one in `keep`, all for one in `keep`². The ends
    /// are part of the plan, so that a setting is never dropped for want of luck alone on a single fold where more are
    /// cheap.
    ///
    /// Source: Jamieson & Talwalkar (2016), *Non-stochastic Best Arm Identification and Hyperparameter Optimization*.
    func rungs(folds: Int) -> [(folds: Int, settings: Int)] {
        var rungs: [(folds: Int, settings: Int)] = []
        var left = trials.count
        for share in [4, 2, 1] {
            let known = (folds + share - 1) / share
            if known == rungs.last?.folds { continue }
            rungs.append((known, left))
            left = max(1, (left + keep - 1) / keep)
        }
        return rungs
    }
}

/// What came of a search.
public struct SearchReport: Sendable, Equatable, Codable {
    /// One setting and how it did.
    public struct Row: Sendable, Equatable, Codable {
        /// The settings drawn.
        public let settings: [SearchPlan.Trial.Setting]
        /// Its metric on every fold that it was tried on, in the order of the folds.
        public let metrics: [Double]

        /// The settings in words.
        public var name: String {
            settings.isEmpty
                ? "as in the recipe"
                : settings.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        }

        /// The mean over the folds it was tried on.
        public var mean: Double { metrics.reduce(0, +) / Double(max(1, metrics.count)) }

        /// The standard error of the mean; `nil` for one fold.
        public var standardError: Double? {
            guard metrics.count > 1 else { return nil }
            let count = Double(metrics.count)
            let squares = metrics.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            return (squares / (count - 1) / count).squareRoot()
        }
    }

    /// What settings were ranked by.
    public let metric: SearchPlan.Metric
    /// Folds that rows were dealt into.
    public let folds: Int
    /// All settings, in the order of the plan.
    public let rows: [Row]
    /// The setting that was taken, counted from 0.
    public let chosen: Int
}

extension SearchReport {
    /// All trials as CSV (RFC 4180), numbers with all their digits: the settings, how many folds they were tried on,
    /// the mean of the metric with its standard error, the metric fold by fold, and which one was taken.
    public var csv: String {
        let keys = rows.lazy.map(\.settings).first { !$0.isEmpty }?.map(\.key) ?? []
        let figure = metric == .logLoss ? "mean_log_loss" : "mean_auc_loss"
        var columns = [Column(name: "trial", values: .integer(rows.indices.map(Int64.init)))]
        for key in keys {
            let values = rows.map { row in row.settings.first { $0.key == key }?.value }
            columns.append(Column(name: key, values: .text(values)))
        }
        columns += [
            Column(name: "folds", values: .integer(rows.map { Int64($0.metrics.count) })),
            Column(name: figure, values: .double(rows.map(\.mean))),
            Column(name: "standard_error", values: .double(rows.map { $0.standardError ?? .nan })),
            Column(name: "chosen", values: .text(rows.indices.map { $0 == chosen ? "true" : "false" })),
        ]
        for fold in 0..<folds {
            let values = rows.map { fold < $0.metrics.count ? $0.metrics[fold] : .nan }
            columns.append(Column(name: "fold_\(fold + 1)", values: .double(values)))
        }
        return CSVText.of(columns)
    }
}
