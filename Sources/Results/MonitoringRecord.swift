/// Whether the model that decides still does what it was approved for (`monitoring.json`).
public struct MonitoringRecord: VersionedRecord, Equatable {
    /// The version this engine writes.
    public static let currentVersion = 1
    /// The file in a run folder.
    public static let fileName = "monitoring.json"

    /// What is looked at.
    public enum Measure: String, Sendable, CaseIterable, Codable {
        /// Population stability index of the score against development.
        case psi
        /// The same of one input.
        case csi
        /// Area under the ROC curve on a matured cohort.
        case auc
        /// Defaults ÷ defaults forecast on a matured cohort.
        case calibration
    }

    /// What to make of it.
    public enum Verdict: String, Sendable, CaseIterable, Codable {
        /// Nothing beyond thresholds and chance.
        case ok
        /// Beyond the threshold for a look, and beyond chance.
        case warn
        /// Beyond the threshold for action, and beyond chance.
        case alarm
        /// Too few obligors or defaults to say.
        case undefined
    }

    /// One measure of one date.
    public struct Entry: Sendable, Equatable, Codable {
        /// What is looked at.
        public let measure: Measure
        /// The input, for a CSI; else `nil`.
        public let variable: String?
        /// The date of the ratings, ISO 8601: that of the review, or of a matured cohort.
        public let cohort: String
        /// Obligors.
        public let obligors: Int
        /// Those that defaulted within the window; `nil` where outcomes are not looked at.
        public let defaults: Int?
        /// The figure; `nil` where it is not defined.
        public let value: Double?
        /// What it is held against: 0 of a stability index, the AUC of development, 1 of a calibration.
        public let reference: Double?
        /// Lower end of its interval.
        public let lower: Double?
        /// Upper end of its interval; of a stability index, what chance alone stays below at these numbers.
        public let upper: Double?
        /// The figure from which on a look is due: above it, of an AUC below it; of a calibration either way, as a
        /// factor.
        public let warn: Double
        /// The same for action.
        public let alarm: Double
        /// What to make of it.
        public let verdict: Verdict
        /// What it means, in a sentence.
        public let meaning: String

        /// One measure of one date.
        public init(
            measure: Measure, variable: String? = nil, cohort: String, obligors: Int, defaults: Int? = nil,
            value: Double?, reference: Double?, lower: Double? = nil, upper: Double? = nil, warn: Double,
            alarm: Double, verdict: Verdict, meaning: String
        ) {
            self.measure = measure
            self.variable = variable
            self.cohort = cohort
            self.obligors = obligors
            self.defaults = defaults
            self.value = value
            self.reference = reference
            self.lower = lower
            self.upper = upper
            self.warn = warn
            self.alarm = alarm
            self.verdict = verdict
            self.meaning = meaning
        }
    }

    /// The version the record was written in.
    public let formatVersion: Int
    /// The name of the model.
    public let model: String
    /// SHA-256 of its file.
    public let sha256: String
    /// The date of the review, ISO 8601.
    public let asOf: String
    /// The first date whose ratings are by this model, ISO 8601: earlier ones say nothing about it.
    public let since: String
    /// The name of the policy that the thresholds are of.
    public let policy: String
    /// Stability first, then matured cohorts, earliest first.
    public let entries: [Entry]

    /// Whether the model still does what it was approved for.
    public init(
        model: String, sha256: String, asOf: String, since: String, policy: String, entries: [Entry]
    ) {
        formatVersion = Self.currentVersion
        self.model = model
        self.sha256 = sha256
        self.asOf = asOf
        self.since = since
        self.policy = policy
        self.entries = entries
    }
}
