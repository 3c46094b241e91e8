/// How a model came about (`training.json`): what an analyst reads before trusting it.
public struct TrainingRecord: VersionedRecord, Equatable {
    /// The version this engine writes.
    public static let currentVersion = 1
    /// The file in a run folder.
    public static let fileName = "training.json"

    /// What the model makes of one bin or band of a variable's values.
    public struct Attribute: Sendable, Equatable, Codable {
        /// The values in words, such as "[8.5, 11.5)" or "missing".
        public let label: String
        /// Training rows with such a value.
        public let rows: Int
        /// Share of these that defaulted; `nil` where it was not counted.
        public let defaultRate: Double?
        /// ln(share of non-defaults ÷ share of defaults); `nil` where variables are not binned.
        public let woe: Double?
        /// What the model adds to the log-odds of default, on average over the rows.
        public let logOdds: Double?
        /// The points of a scorecard.
        public let points: Double?

        /// What the model makes of one bin or band of a variable's values.
        public init(
            label: String, rows: Int, defaultRate: Double? = nil, woe: Double? = nil, logOdds: Double? = nil,
            points: Double? = nil
        ) {
            self.label = label
            self.rows = rows
            self.defaultRate = defaultRate
            self.woe = woe
            self.logOdds = logOdds
            self.points = points
        }
    }

    /// A variable that was looked at.
    public struct Variable: Sendable, Equatable, Codable {
        /// Its column.
        public let name: String
        /// Whether the model uses it.
        public let isUsed: Bool
        /// Its information value; `nil` where variables are not binned.
        public let informationValue: Double?
        /// Why it is used or not, in a sentence.
        public let reason: String?
        /// Its effect, bin by bin; `nil` for a variable that is not used.
        public let attributes: [Attribute]?

        /// A variable that was looked at.
        public init(
            name: String, isUsed: Bool, informationValue: Double?, reason: String?,
            attributes: [Attribute]? = nil
        ) {
            self.name = name
            self.isUsed = isUsed
            self.informationValue = informationValue
            self.reason = reason
            self.attributes = attributes
        }
    }

    /// One step of the selection.
    public struct Decision: Sendable, Equatable, Codable {
        /// The variable.
        public let variable: String
        /// What was decided: admitted, rejected or removed.
        public let verdict: String
        /// The rule that decided, such as "informationValue".
        public let rule: String
        /// The figure that decided.
        public let value: Double?
        /// What the figure was held against.
        public let limit: Double?

        /// One step of the selection.
        public init(variable: String, verdict: String, rule: String, value: Double?, limit: Double?) {
            self.variable = variable
            self.verdict = verdict
            self.rule = rule
            self.value = value
            self.limit = limit
        }
    }

    /// What whole points cost against exact ones, on the training observations.
    public struct Rounding: Sendable, Equatable, Codable {
        /// AUC by exact scores.
        public let aucExact: Double?
        /// AUC by rounded points.
        public let aucRounded: Double?
        /// Kolmogorov–Smirnov distance by exact scores.
        public let ksExact: Double?
        /// Kolmogorov–Smirnov distance by rounded points.
        public let ksRounded: Double?
        /// Largest difference between a score and its rounded points.
        public let maximumPoints: Double
        /// Largest difference between the PDs of the two.
        public let maximumPD: Double

        /// What whole points cost against exact ones.
        public init(
            aucExact: Double?, aucRounded: Double?, ksExact: Double?, ksRounded: Double?,
            maximumPoints: Double,
            maximumPD: Double
        ) {
            self.aucExact = aucExact
            self.aucRounded = aucRounded
            self.ksExact = ksExact
            self.ksRounded = ksRounded
            self.maximumPoints = maximumPoints
            self.maximumPD = maximumPD
        }
    }

    /// The version the record was written in.
    public let formatVersion: Int
    /// The name of the model.
    public let model: String
    /// The variables, in the order of the data.
    public let variables: [Variable]
    /// Every admission and rejection in the order they happened; empty where all variables are taken.
    public let decisions: [Decision]
    /// What rounding the points costs; `nil` where nothing is rounded.
    public let rounding: Rounding?
    /// What worked but deserves a second look, one sentence each.
    public let remarks: [String]
    /// Coefficients with errors, intervals and tests; `nil` where the model is no regression on given features.
    public let regression: RegressionRecord?

    /// A record of a training.
    public init(
        model: String, variables: [Variable], decisions: [Decision], rounding: Rounding?, remarks: [String],
        regression: RegressionRecord? = nil
    ) {
        formatVersion = Self.currentVersion
        self.model = model
        self.variables = variables
        self.decisions = decisions
        self.rounding = rounding
        self.remarks = remarks
        self.regression = regression
    }
}
