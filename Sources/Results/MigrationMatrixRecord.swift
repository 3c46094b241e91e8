/// How grades move: matrices, PD curves, tests and backtest (`migration-matrix.json`).
public struct MigrationMatrixRecord: VersionedRecord, Equatable {
    /// The version this engine writes.
    public static let currentVersion = 1
    /// The file in a run folder.
    public static let fileName = "migration-matrix.json"

    /// A transition matrix with its intervals.
    public struct Matrix: Sendable, Equatable, Codable {
        /// The estimator, such as "cohort" or "aalen-johansen".
        public let method: String
        /// What was done with withdrawn obligors, such as "censor".
        public let withdrawal: String
        /// Probabilities, row = from, column = to; rows sum to 1.
        public let values: [[Double]]
        /// Lower ends of the intervals.
        public let lower: [[Double]]?
        /// Upper ends of the intervals.
        public let upper: [[Double]]?
        /// Confidence level of the intervals, such as 0.95.
        public let level: Double?
        /// Observed moves behind the matrix.
        public let counts: [[Double]]?
        /// The states of rows and columns where they are not those of the record: with withdrawal as one more.
        public let states: [String]?

        /// A transition matrix with its intervals.
        public init(
            method: String, withdrawal: String, values: [[Double]], lower: [[Double]]? = nil,
            upper: [[Double]]? = nil, level: Double? = nil, counts: [[Double]]? = nil,
            states: [String]? = nil
        ) {
            self.method = method
            self.withdrawal = withdrawal
            self.values = values
            self.lower = lower
            self.upper = upper
            self.level = level
            self.counts = counts
            self.states = states
        }
    }

    /// PDs of one grade by horizon.
    public struct TermStructure: Sendable, Equatable, Codable {
        /// The grade.
        public let grade: String
        /// Horizons in months, rising.
        public let months: [Int]
        /// PD up to each horizon.
        public let cumulative: [Double]
        /// PD between a horizon and the one before.
        public let marginal: [Double]
        /// PD between a horizon and the one before, given no default until then.
        public let forward: [Double]
        /// Lower ends of the 95 % intervals of the PDs up to each horizon.
        public let lower: [Double]?
        /// Upper ends of the 95 % intervals of the PDs up to each horizon.
        public let upper: [Double]?

        /// PDs of one grade by horizon.
        public init(
            grade: String, months: [Int], cumulative: [Double], marginal: [Double], forward: [Double],
            lower: [Double]? = nil, upper: [Double]? = nil
        ) {
            self.lower = lower
            self.upper = upper
            self.grade = grade
            self.months = months
            self.cumulative = cumulative
            self.marginal = marginal
            self.forward = forward
        }
    }

    /// How the predictions of one model came out in one period.
    public struct Backtest: Sendable, Equatable, Codable {
        /// When the predictions were made, ISO 8601.
        public let from: String
        /// When they were held against what happened, ISO 8601.
        public let to: String
        /// The model, such as "behaviour" or "cohort".
        public let model: String
        /// Mean −ln of the probability given to what happened; lower is better.
        public let logScore: Double
        /// Ranked probability score; lower is better.
        public let rps: Double
        /// Log score less that of the baseline; negative is better.
        public let difference: Double?
        /// Lower end of the difference's interval.
        public let lower: Double?
        /// Upper end of the difference's interval.
        public let upper: Double?
        /// Obligors predicted.
        public let obligors: Int

        /// How the predictions of one model came out in one period.
        public init(
            from: String, to: String, model: String, logScore: Double, rps: Double, difference: Double? = nil,
            lower: Double? = nil, upper: Double? = nil, obligors: Int
        ) {
            self.from = from
            self.to = to
            self.model = model
            self.logScore = logScore
            self.rps = rps
            self.difference = difference
            self.lower = lower
            self.upper = upper
            self.obligors = obligors
        }
    }

    /// A one-factor model of the periods.
    public struct Macro: Sendable, Equatable, Codable {
        /// The factor in one period.
        public struct Period: Sendable, Equatable, Codable {
            /// First day, ISO 8601.
            public let from: String
            /// Last day, ISO 8601.
            public let to: String
            /// The factor; positive is a good period.
            public let z: Double

            /// The factor in one period.
            public init(
                from: String, to: String, z: Double
            ) {
                self.from = from
                self.to = to
                self.z = z
            }
        }

        /// A matrix given the factor.
        public struct Conditional: Sendable, Equatable, Codable {
            /// "point in time" for the factor of the latest period, "scenario" for a path that was asked for.
            public let kind: String
            /// The factor of each period ahead.
            public let factors: [Double]
            /// Probabilities from the start of the first to the end of the last of these periods, row = from, column =
            /// to.
            public let values: [[Double]]

            /// A matrix given the factor.
            public init(kind: String, factors: [Double], values: [[Double]]) {
                self.kind = kind
                self.factors = factors
                self.values = values
            }
        }

        /// ρ, the share of the factor in each obligor's variance.
        public let rho: Double
        /// The factor period by period.
        public let periods: [Period]
        /// Matrices given the factor: point in time, and those of a scenario by the end of each of its periods.
        public let conditional: [Conditional]?

        /// A one-factor model of the periods.
        public init(
            rho: Double, periods: [Period], conditional: [Conditional]? = nil
        ) {
            self.rho = rho
            self.periods = periods
            self.conditional = conditional
        }
    }

    /// How many obligors moved between two dates.
    public struct Flow: Sendable, Equatable, Codable {
        /// The earlier date, ISO 8601.
        public let from: String
        /// The later date, ISO 8601.
        public let to: String
        /// Obligors by state before (row) and after (column).
        public let counts: [[Int]]

        /// How many obligors moved between two dates.
        public init(
            from: String, to: String, counts: [[Int]]
        ) {
            self.from = from
            self.to = to
            self.counts = counts
        }
    }

    /// The version the record was written in.
    public let formatVersion: Int
    /// The date of the estimate, ISO 8601.
    public let asOf: String?
    /// The horizon of the matrices in months.
    public let horizonMonths: Int
    /// The states in the order of rows and columns, best grade first.
    public let states: [String]
    /// The same matrix by each method and rule for withdrawals; the first is the one to use.
    public let matrices: [Matrix]
    /// PD curves by grade.
    public let termStructure: [TermStructure]
    /// Tests of the assumptions behind the matrices.
    public let tests: [TestRecord]
    /// How earlier predictions came out.
    public let backtest: [Backtest]
    /// The factor behind the matrices of single periods.
    public let macro: Macro?
    /// How many obligors moved between two dates.
    public let flow: Flow?

    /// How grades move: matrices, PD curves, tests and backtest.
    public init(
        asOf: String? = nil, horizonMonths: Int, states: [String], matrices: [Matrix],
        termStructure: [TermStructure], tests: [TestRecord], backtest: [Backtest], macro: Macro? = nil,
        flow: Flow? = nil
    ) {
        formatVersion = Self.currentVersion
        self.asOf = asOf
        self.horizonMonths = horizonMonths
        self.states = states
        self.matrices = matrices
        self.termStructure = termStructure
        self.tests = tests
        self.backtest = backtest
        self.macro = macro
        self.flow = flow
    }
}
