/// How good a model is, on which observations (`validation.json`).
public struct ValidationRecord: VersionedRecord, Equatable {
    /// The version this engine writes.
    public static let currentVersion = 2
    /// The file in a run folder.
    public static let fileName = "validation.json"

    /// Performance and grades on one set of observations.
    public struct Sample: Sendable, Equatable, Codable {
        /// What the set is, such as "training" or "held out".
        public let name: String
        /// The figures.
        public let performance: PerformanceRecord
        /// Obligors by grade, best grade first; empty if no master scale was applied.
        public let grades: [GradeRecord]
        /// Gains and reliability; `nil` if they were not taken.
        public let profile: RiskProfileRecord?

        /// Performance and grades on one set of observations.
        public init(
            name: String, performance: PerformanceRecord, grades: [GradeRecord] = [],
            profile: RiskProfileRecord? = nil
        ) {
            self.name = name
            self.performance = performance
            self.grades = grades
            self.profile = profile
        }
    }

    /// The obligors in one grade.
    public struct GradeRecord: Sendable, Equatable, Codable {
        /// The grade, such as "BBB".
        public let grade: String
        /// Observations in the grade, each counted once whatever its weight.
        public let rows: Int
        /// Mean PD of the observations in the grade; `nil` if it is empty.
        public let meanPD: Double?
        /// Defaults in the grade, each counted once whatever its weight; `nil` where outcomes are not known.
        public let defaults: Int?

        /// The obligors in one grade.
        public init(grade: String, rows: Int, meanPD: Double?, defaults: Int?) {
            self.grade = grade
            self.rows = rows
            self.meanPD = meanPD
            self.defaults = defaults
        }
    }

    /// The version the record was written in.
    public let formatVersion: Int
    /// The name of the model.
    public let model: String
    /// One entry per set of observations.
    public let samples: [Sample]
    /// Performance by fold, if the run cross-validated.
    public let crossValidation: CrossValidationRecord?
    /// What the recipe's gates said; `nil` if it has none.
    public let gates: [GateRecord]?
    /// What worked but deserves a second look, one sentence each.
    public let diagnostics: [String]
    /// The tests of a full validation; `nil` where none was made.
    public let tests: [TestRecord]?
    /// Performance by part of a sample; `nil` without a full validation.
    public let segments: [SegmentRecord]?
    /// How far score and characteristics moved; `nil` without a full validation.
    public let stability: [StabilityRecord]?
    /// ROC curves: share of defaults (y) against share of non-defaults (x) among the riskiest; `nil` if not taken.
    public let roc: [CurveRecord]?

    /// A record of a validation.
    public init(
        model: String, samples: [Sample], crossValidation: CrossValidationRecord? = nil,
        gates: [GateRecord]? = nil, diagnostics: [String] = [], tests: [TestRecord]? = nil,
        segments: [SegmentRecord]? = nil, stability: [StabilityRecord]? = nil, roc: [CurveRecord]? = nil
    ) {
        formatVersion = Self.currentVersion
        self.model = model
        self.samples = samples
        self.crossValidation = crossValidation
        self.gates = gates
        self.diagnostics = diagnostics
        self.tests = tests
        self.segments = segments
        self.stability = stability
        self.roc = roc
    }
}
