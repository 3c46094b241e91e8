/// A champion and a challenger on the same observations (`comparison.json`).
public struct ComparisonRecord: VersionedRecord, Equatable {
    /// The version this engine writes.
    public static let currentVersion = 1
    /// The file in a run folder.
    public static let fileName = "comparison.json"

    /// One of the two models.
    public struct Model: Sendable, Equatable, Codable {
        /// Its name.
        public let name: String
        /// Its kind, such as "scorecard".
        public let kind: String
        /// Its figures on the observations.
        public let performance: PerformanceRecord

        /// One of the two models.
        public init(name: String, kind: String, performance: PerformanceRecord) {
            self.name = name
            self.kind = kind
            self.performance = performance
        }
    }

    /// One figure of both models on the same observations.
    public struct Difference: Sendable, Equatable, Codable {
        /// The figure, such as "AUC".
        public let figure: String
        /// That of the champion.
        public let champion: Double
        /// That of the challenger.
        public let challenger: Double
        /// Challenger minus champion.
        public let difference: Double
        /// Lower end of the difference's interval.
        public let lower: Double
        /// Upper end of it.
        public let upper: Double
        /// Probability of so large a difference if there is none.
        public let pValue: Double
        /// "challenger" or "champion" where chance does not explain the difference, else "neither".
        public let better: String

        /// One figure of both models.
        public init(
            figure: String, champion: Double, challenger: Double, difference: Double, lower: Double,
            upper: Double, pValue: Double, better: String
        ) {
            self.figure = figure
            self.champion = champion
            self.challenger = challenger
            self.difference = difference
            self.lower = lower
            self.upper = upper
            self.pValue = pValue
            self.better = better
        }
    }

    /// Observations that are accepted by the same models.
    public struct SwapSet: Sendable, Equatable, Codable {
        /// "both", "swapped in" (by the challenger alone), "swapped out" (by the champion alone) or "neither".
        public let acceptedBy: String
        /// Observations.
        public let rows: Int
        /// Observations that defaulted.
        public let defaults: Int

        /// Observations that are accepted by the same models.
        public init(acceptedBy: String, rows: Int, defaults: Int) {
            self.acceptedBy = acceptedBy
            self.rows = rows
            self.defaults = defaults
        }
    }

    /// Who is accepted, and what it brings.
    public struct Economics: Sendable, Equatable, Codable {
        /// What an accepted obligor that pays brings, per unit of exposure.
        public let margin: Double
        /// What an accepted obligor that defaults costs, per unit of exposure.
        public let lossGivenDefault: Double
        /// Share that each model accepts; `nil` where all below the break-even PD are.
        public let acceptedShare: Double?
        /// The PD at which margin and loss are even.
        public let breakEvenPD: Double

        /// Who is accepted, and what it brings.
        public init(margin: Double, lossGivenDefault: Double, acceptedShare: Double?, breakEvenPD: Double) {
            self.margin = margin
            self.lossGivenDefault = lossGivenDefault
            self.acceptedShare = acceptedShare
            self.breakEvenPD = breakEvenPD
        }
    }

    /// The version the record was written in.
    public let formatVersion: Int
    /// The model in use.
    public let champion: Model
    /// The model that may take its place.
    public let challenger: Model
    /// Figures of both: AUC, log loss, Brier score and value per observation.
    public let differences: [Difference]
    /// Spearman's correlation of the two rankings.
    public let rankCorrelation: Double?
    /// Stability index of the challenger's log-odds over the champion's tenths.
    public let shift: Double?
    /// Who is accepted, and what it brings.
    public let economics: Economics
    /// Observations by who accepts them.
    public let swapSets: [SwapSet]
    /// Probability of so different default rates of those swapped in and out if they are equal.
    public let swapPValue: Double?
    /// The grades of rows and columns of ``gradeMigration``, best first.
    public let grades: [String]
    /// Observations by the champion's grade (row) and the challenger's (column).
    public let gradeMigration: [[Int]]

    /// A champion and a challenger on the same observations.
    public init(
        champion: Model, challenger: Model, differences: [Difference], rankCorrelation: Double?,
        shift: Double?, economics: Economics, swapSets: [SwapSet], swapPValue: Double?, grades: [String],
        gradeMigration: [[Int]]
    ) {
        formatVersion = Self.currentVersion
        self.champion = champion
        self.challenger = challenger
        self.differences = differences
        self.rankCorrelation = rankCorrelation
        self.shift = shift
        self.economics = economics
        self.swapSets = swapSets
        self.swapPValue = swapPValue
        self.grades = grades
        self.gradeMigration = gradeMigration
    }
}
