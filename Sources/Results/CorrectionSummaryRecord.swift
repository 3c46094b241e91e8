/// How grades given by hand have come out: biases and the worth of a second look (`corrections.json`).
public struct CorrectionSummaryRecord: VersionedRecord, Equatable {
    /// The version this engine writes.
    public static let currentVersion = 1
    /// The file in a run folder.
    public static let fileName = "corrections.json"

    /// By how much one group's grades deviate from what happened later.
    public struct Bias: Sendable, Equatable, Codable {
        /// The grouping: analyst, industry, region or grade.
        public let dimension: String
        /// The group.
        public let level: String
        /// Grades given by hand.
        public let cases: Int
        /// Deviation in notches; positive is too harsh, a grade worse than the evidence later supported.
        public let notches: Double
        /// Lower end of its interval.
        public let lower: Double
        /// Upper end of its interval.
        public let upper: Double
        /// Whether the deviation is beyond chance.
        public let flagged: Bool

        /// By how much one group's grades deviate from what happened later.
        public init(
            dimension: String, level: String, cases: Int, notches: Double, lower: Double, upper: Double,
            flagged: Bool
        ) {
            self.dimension = dimension
            self.level = level
            self.cases = cases
            self.notches = notches
            self.lower = lower
            self.upper = upper
            self.flagged = flagged
        }
    }

    /// How often past suggestions were right.
    public struct HitRate: Sendable, Equatable, Codable {
        /// Suggestions made.
        public let suggested: Int
        /// Grades among them that the evidence of a year later called for changing.
        public let changed: Int
        /// Share of all grades given by hand that the evidence of a year later called for changing.
        public let baseRate: Double
        /// Share changed ÷ base rate by tenth of the queue, first tenth first.
        public let liftByDecile: [Double]

        /// How often past suggestions were right.
        public init(
            suggested: Int, changed: Int, baseRate: Double, liftByDecile: [Double]
        ) {
            self.suggested = suggested
            self.changed = changed
            self.baseRate = baseRate
            self.liftByDecile = liftByDecile
        }
    }

    /// What following the suggestions would have cost and saved.
    public struct CostBenefit: Sendable, Equatable, Codable {
        /// The currency of the amounts.
        public let currency: String?
        /// Cost of one second look.
        public let reviewCost: Double
        /// Second looks.
        public let reviews: Int
        /// Losses and margins that right corrections would have saved.
        public let saved: Double
        /// Saved less the cost of all second looks.
        public let net: Double

        /// What following the suggestions would have cost and saved.
        public init(
            currency: String? = nil, reviewCost: Double, reviews: Int, saved: Double, net: Double
        ) {
            self.currency = currency
            self.reviewCost = reviewCost
            self.reviews = reviews
            self.saved = saved
            self.net = net
        }
    }

    /// The version the record was written in.
    public let formatVersion: Int
    /// Systematic deviations of grades given by hand.
    public let biases: [Bias]
    /// How often past suggestions were right.
    public let hitRate: HitRate?
    /// What following the suggestions would have cost and saved.
    public let costBenefit: CostBenefit?
    /// Notches from which a grade given by hand counts as one that had to be changed.
    public let changeNotches: Int?
    /// What expected values and amounts are in: `notches`, or the code of a currency.
    public let unit: String?

    /// How grades given by hand have come out: biases and the worth of a second look.
    public init(
        biases: [Bias], hitRate: HitRate? = nil, costBenefit: CostBenefit? = nil, changeNotches: Int? = nil,
        unit: String? = nil
    ) {
        formatVersion = Self.currentVersion
        self.changeNotches = changeNotches
        self.unit = unit
        self.biases = biases
        self.hitRate = hitRate
        self.costBenefit = costBenefit
    }
}
