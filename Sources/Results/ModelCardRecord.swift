/// What a reader must know of a model before relying on it (`model-card.json`).
public struct ModelCardRecord: VersionedRecord, Equatable {
    /// The version this engine writes.
    public static let currentVersion = 1
    /// The file in a run folder.
    public static let fileName = "model-card.json"

    /// What a model was trained on.
    public struct DataSource: Sendable, Equatable, Codable {
        /// The data in words, such as the file it came from.
        public let description: String
        /// Observations.
        public let rows: Int
        /// Observations that defaulted.
        public let defaults: Int
        /// First as-of date, ISO 8601.
        public let from: String?
        /// Last as-of date, ISO 8601.
        public let to: String?
        /// SHA-256 of the data.
        public let digest: String?

        /// What a model was trained on.
        public init(
            description: String, rows: Int, defaults: Int, from: String? = nil, to: String? = nil,
            digest: String? = nil
        ) {
            self.description = description
            self.rows = rows
            self.defaults = defaults
            self.from = from
            self.to = to
            self.digest = digest
        }
    }

    /// One feature of a model.
    public struct Feature: Sendable, Equatable, Codable {
        /// The column.
        public let name: String
        /// The feature as an analyst says it.
        public let label: String?
        /// Its unit.
        public let unit: String?
        /// "+" if a higher value should mean more risk, "-" if less.
        public let expectedSign: String?
        /// The sign that the model gives it.
        public let sign: String?
        /// Its coefficient, where it has one.
        public let weight: Double?
        /// Its share of what the model explains, a fraction.
        public let importance: Double?

        /// One feature of a model.
        public init(
            name: String, label: String? = nil, unit: String? = nil, expectedSign: String? = nil,
            sign: String? = nil, weight: Double? = nil, importance: Double? = nil
        ) {
            self.name = name
            self.label = label
            self.unit = unit
            self.expectedSign = expectedSign
            self.sign = sign
            self.weight = weight
            self.importance = importance
        }
    }

    /// How good a model is on one sample.
    public struct Performance: Sendable, Equatable, Codable {
        /// The sample.
        public let sample: String
        /// The figures.
        public let performance: PerformanceRecord

        /// How good a model is on one sample.
        public init(
            sample: String, performance: PerformanceRecord
        ) {
            self.sample = sample
            self.performance = performance
        }
    }

    /// What a model was made with.
    public struct Versions: Sendable, Equatable, Codable {
        /// The version of the engine.
        public let engine: String
        /// SHA-256 of the recipe.
        public let recipeDigest: String?
        /// The seed of all randomness.
        public let seed: UInt64?

        /// What a model was made with.
        public init(
            engine: String, recipeDigest: String? = nil, seed: UInt64? = nil
        ) {
            self.engine = engine
            self.recipeDigest = recipeDigest
            self.seed = seed
        }
    }

    /// The version the record was written in.
    public let formatVersion: Int
    /// The name of the model.
    public let name: String
    /// Its version.
    public let version: String?
    /// The kind of model, such as "scorecard".
    public let kind: String
    /// What it is for.
    public let purpose: String
    /// Who answers for it.
    public let owner: String?
    /// What it was trained on.
    public let data: DataSource
    /// What counts as default.
    public let defaultDefinition: String?
    /// How far ahead the PD looks, such as "12 months".
    public let performanceWindow: String?
    /// The features, the most important first.
    public let features: [Feature]
    /// How good it is, sample by sample.
    public let performance: [Performance]
    /// How PDs were calibrated.
    public let calibration: String?
    /// Where it should not be relied on, one sentence each.
    public let limits: [String]
    /// What its validation said.
    public let tests: [TestRecord]
    /// What it was made with.
    public let versions: Versions

    /// What a reader must know of a model before relying on it.
    public init(
        name: String, version: String? = nil, kind: String, purpose: String, owner: String? = nil,
        data: DataSource, defaultDefinition: String? = nil, performanceWindow: String? = nil,
        features: [Feature], performance: [Performance], calibration: String? = nil, limits: [String],
        tests: [TestRecord], versions: Versions
    ) {
        formatVersion = Self.currentVersion
        self.name = name
        self.version = version
        self.kind = kind
        self.purpose = purpose
        self.owner = owner
        self.data = data
        self.defaultDefinition = defaultDefinition
        self.performanceWindow = performanceWindow
        self.features = features
        self.performance = performance
        self.calibration = calibration
        self.limits = limits
        self.tests = tests
        self.versions = versions
    }
}
