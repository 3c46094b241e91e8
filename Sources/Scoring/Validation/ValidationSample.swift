import Statistics
public import Vocabulary

/// Observations with known outcomes, as a full validation sees them.
public struct ValidationSample: Sendable {
    /// What the observations are called, such as "held out".
    public let name: String
    /// η by row, calibrated.
    public let logOdds: [Double]
    /// Outcomes by row.
    public let defaulted: [Bool]
    /// w ≥ 0 by row; `nil` for all 1.
    public let weights: [Double]?
    /// Grades by row; `nil` where obligors are not graded.
    public let grades: [Grade]?
    /// Grades as given in the end, by row, `nil` where none was; absent where nobody corrects them.
    public var givenGrades: [Grade?]?
    /// What is owed by row, ≥ 0; absent where it is not known.
    public var exposures: [Double]?
    /// What the observations are parted by.
    public var dimensions: [Dimension]
    /// The period of every row, in the order of time by name; `nil` where it is not known.
    public var periods: [String?]?
    /// Whether the PDs were fitted to these very outcomes.
    public let isDevelopment: Bool
    /// PD by row.
    public let pds: [Double]

    /// What observations are parted by, such as industry.
    public struct Dimension: Sendable, Equatable {
        /// The name.
        public let name: String
        /// The part of every row; `nil` where it is not known.
        public let levels: [String?]

        /// A way to part observations.
        public init(name: String, levels: [String?]) {
            self.name = name
            self.levels = levels
        }
    }

    /// Observations.
    public init(
        name: String, logOdds: [Double], defaulted: [Bool], weights: [Double]? = nil, grades: [Grade]? = nil,
        isDevelopment: Bool = false
    ) {
        precondition(
            logOdds.count == defaulted.count && logOdds.count == grades?.count ?? logOdds.count,
            "\(logOdds.count) log-odds, \(defaulted.count) outcomes")
        self.name = name
        self.logOdds = logOdds
        self.defaulted = defaulted
        self.weights = weights
        self.grades = grades
        dimensions = []
        self.isDevelopment = isDevelopment
        pds = logOdds.map(ProbabilityOfDefault.value(ofLogOdds:))
    }

    /// Observations and defaults of some rows, with what was forecast.
    func count(_ rows: some Sequence<Int>) -> OutcomeCount {
        var count = OutcomeCount()
        for row in rows { count.add(pds[row], defaulted: defaulted[row]) }
        return count
    }

    /// The counts of every grade that occurs, best first.
    var gradeCounts: [(grade: Grade, count: OutcomeCount)] {
        guard let grades else { return [] }
        var counts = Array(repeating: OutcomeCount(), count: Grade.allCases.count)
        for row in grades.indices { counts[grades[row].rank].add(pds[row], defaulted: defaulted[row]) }
        return Grade.performing.map { ($0, counts[$0.rank]) }.filter { $0.1.obligors > 0 }
    }
}

/// Obligors, their defaults, and what was forecast of them.
struct OutcomeCount: Sendable, Equatable {
    /// n.
    private(set) var obligors = 0
    /// d.
    private(set) var defaults = 0
    /// Σ p.
    private(set) var expected = 0.0
    /// Σ p (1 − p), the variance of the defaults if all forecasts are true and obligors independent.
    private(set) var variance = 0.0

    init() {}

    mutating func add(_ pd: Double, defaulted: Bool) {
        obligors += 1
        defaults += defaulted ? 1 : 0
        expected += pd
        variance += pd * (1 - pd)
    }

    mutating func add(_ other: OutcomeCount) {
        obligors += other.obligors
        defaults += other.defaults
        expected += other.expected
        variance += other.variance
    }

    /// Mean PD.
    var meanPD: Double { min(1, expected / Double(obligors)) }

    /// d ÷ n.
    var rate: Double { Double(defaults) / Double(obligors) }

    /// The least variance of the defaults for which the normal law is taken; below it a true PD would be rejected up to
    /// four times too often.
    static let leastVariance = 5.0

    /// Whether the normal law does not hold for so few expected defaults or others.
    var isThin: Bool { variance < Self.leastVariance }

    /// (d − Σp) ÷ √Σp(1 − p); 0 for forecasts that are all certain.
    var z: Double { variance > 0 ? (Double(defaults) - expected) / variance.squareRoot() : 0 }

    /// The probability of a z above the given one, or with `below` of one under it, if every true PD is `factor` times
    /// the forecast.
    func power(above reach: Double, below: Bool = false, factor: Double) -> Double {
        // Σ fp (1 − fp), from Σp and Σp² = Σp − Σp(1 − p); 0 where a part of the PDs would exceed 1 by far.
        let spread = max(0, factor * expected - factor * factor * (expected - variance)).squareRoot()
        let gap = reach * variance.squareRoot() - expected * (factor - 1)
        guard spread > 0 else { return (gap < 0) == below ? 0 : 1 }
        let normal = NormalDistribution.standard
        return below ? normal.cdf(gap / spread) : normal.survival(gap / spread)
    }
}
