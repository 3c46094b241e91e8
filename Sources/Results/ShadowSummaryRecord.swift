/// How challengers that ran in the shadow of a review compare with its champion (`shadow.json`).
public struct ShadowSummaryRecord: VersionedRecord, Equatable {
    /// The version this engine writes.
    public static let currentVersion = 1
    /// The file in a run folder.
    public static let fileName = "shadow.json"

    /// Both models on obligors that an earlier review rated, whose outcomes are known by now.
    public struct Matured: Sendable, Equatable, Codable {
        /// The date of the ratings, ISO 8601.
        public let cohort: String
        /// Obligors that both models rated.
        public let obligors: Int
        /// Those that defaulted within the window.
        public let defaults: Int
        /// AUC of the champion; `nil` without both outcomes.
        public let championAUC: Double?
        /// AUC of the challenger.
        public let auc: Double?
        /// Lower end of the 95 % interval of challenger minus champion, paired by obligor.
        public let lower: Double?
        /// Upper end of it.
        public let upper: Double?
        /// Mean −ln of the probability given to what happened, by the champion.
        public let championLogLoss: Double?
        /// The same by the challenger; less is better.
        public let logLoss: Double?

        /// Both models on a matured cohort.
        public init(
            cohort: String, obligors: Int, defaults: Int, championAUC: Double?, auc: Double?, lower: Double?,
            upper: Double?, championLogLoss: Double?, logLoss: Double?
        ) {
            self.cohort = cohort
            self.obligors = obligors
            self.defaults = defaults
            self.championAUC = championAUC
            self.auc = auc
            self.lower = lower
            self.upper = upper
            self.championLogLoss = championLogLoss
            self.logLoss = logLoss
        }
    }

    /// One challenger.
    public struct Challenger: Sendable, Equatable, Codable {
        /// Its name, unique in the run.
        public let name: String
        /// SHA-256 of its file.
        public let sha256: String
        /// Obligors that both models rated.
        public let obligors: Int
        /// Mean PD by the champion.
        public let championMeanPD: Double?
        /// Mean PD by the challenger.
        public let meanPD: Double?
        /// Obligors with the same grade by both.
        public let sameGrade: Int
        /// Obligors with grades no more than one notch apart; those of the same grade are among them.
        public let withinOneNotch: Int
        /// Obligors with a better grade by the challenger.
        public let better: Int
        /// Obligors with a worse grade by the challenger.
        public let worse: Int
        /// Spearman's correlation of the two rankings; `nil` where one is constant.
        public let rankCorrelation: Double?
        /// Population stability index of the challenger's log-odds over the champion's tenths.
        public let psi: Double?
        /// The break-even PD below which obligors count as accepted in ``swapSets``.
        public let breakEvenPD: Double
        /// Obligors by who accepts them; no outcomes are known yet, so no defaults are counted.
        public let swapSets: [ComparisonRecord.SwapSet]
        /// Obligors by the champion's grade (row) and the challenger's (column), AAA to C.
        public let gradeMigration: [[Int]]
        /// How both did on earlier ratings whose outcomes are known by now, earliest first.
        public let matured: [Matured]

        /// One challenger.
        public init(
            name: String, sha256: String, obligors: Int, championMeanPD: Double?, meanPD: Double?,
            sameGrade: Int, withinOneNotch: Int, better: Int, worse: Int, rankCorrelation: Double?,
            psi: Double?, breakEvenPD: Double, swapSets: [ComparisonRecord.SwapSet],
            gradeMigration: [[Int]], matured: [Matured] = []
        ) {
            self.name = name
            self.sha256 = sha256
            self.obligors = obligors
            self.championMeanPD = championMeanPD
            self.meanPD = meanPD
            self.sameGrade = sameGrade
            self.withinOneNotch = withinOneNotch
            self.better = better
            self.worse = worse
            self.rankCorrelation = rankCorrelation
            self.psi = psi
            self.breakEvenPD = breakEvenPD
            self.swapSets = swapSets
            self.gradeMigration = gradeMigration
            self.matured = matured
        }
    }

    /// The version the record was written in.
    public let formatVersion: Int
    /// The date of the review, ISO 8601.
    public let asOf: String
    /// The name of the champion.
    public let champion: String
    /// The grades of rows and columns of ``Challenger/gradeMigration``, best first.
    public let grades: [String]
    /// The challengers in the order of the run.
    public let challengers: [Challenger]

    /// How challengers compare with the champion.
    public init(asOf: String, champion: String, grades: [String], challengers: [Challenger]) {
        formatVersion = Self.currentVersion
        self.asOf = asOf
        self.champion = champion
        self.grades = grades
        self.challengers = challengers
    }
}
