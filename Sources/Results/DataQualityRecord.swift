/// What was found in the data behind a run (`data-quality.json`).
public struct DataQualityRecord: VersionedRecord, Equatable {
    /// The version this engine writes.
    public static let currentVersion = 1
    /// The file in a run folder.
    public static let fileName = "data-quality.json"

    /// One kind of fault in the ledger.
    public struct Check: Sendable, Equatable, Codable {
        /// The kind, such as "orphanPayment".
        public let kind: String
        /// error, warning or repair.
        public let severity: String
        /// How many.
        public let count: Int
        /// The file of the first one.
        public let file: String
        /// Its line in the file.
        public let firstLine: Int?
        /// Whether it was repaired.
        public let repaired: Bool

        /// One kind of fault in the ledger.
        public init(
            kind: String, severity: String, count: Int, file: String, firstLine: Int? = nil, repaired: Bool
        ) {
            self.kind = kind
            self.severity = severity
            self.count = count
            self.file = file
            self.firstLine = firstLine
            self.repaired = repaired
        }
    }

    /// How much of a column is missing.
    public struct Missing: Sendable, Equatable, Codable {
        /// The column.
        public let column: String
        /// Missing ÷ all, a fraction.
        public let share: Double

        /// How much of a column is missing.
        public init(
            column: String, share: Double
        ) {
            self.column = column
            self.share = share
        }
    }

    /// Obligors whose latest statement has one age.
    public struct StatementAge: Sendable, Equatable, Codable {
        /// Age in months; `nil` for obligors without a statement.
        public let months: Int?
        /// Obligors.
        public let obligors: Int

        /// Obligors whose latest statement has one age.
        public init(
            months: Int? = nil, obligors: Int
        ) {
            self.months = months
            self.obligors = obligors
        }
    }

    /// What was refused for one reason.
    public struct Refusal: Sendable, Equatable, Codable {
        /// What was refused, such as "obligor".
        public let what: String
        /// How many.
        public let count: Int
        /// Why.
        public let reason: String

        /// What was refused for one reason.
        public init(
            what: String, count: Int, reason: String
        ) {
            self.what = what
            self.count = count
            self.reason = reason
        }
    }

    /// The version the record was written in.
    public let formatVersion: Int
    /// What the ledger check found.
    public let checks: [Check]
    /// Share of missing values by column.
    public let missing: [Missing]
    /// How old the latest statements are.
    public let statementAges: [StatementAge]
    /// What was refused, and why.
    public let refused: [Refusal]

    /// What was found in the data behind a run.
    public init(
        checks: [Check], missing: [Missing], statementAges: [StatementAge], refused: [Refusal]
    ) {
        formatVersion = Self.currentVersion
        self.checks = checks
        self.missing = missing
        self.statementAges = statementAges
        self.refused = refused
    }
}
