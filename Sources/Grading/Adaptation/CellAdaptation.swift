import Vocabulary

/// Shifts of log-odds by industry and region that make a grade mean the same risk in all of them.
///
///     logit PD = η + δ(industry, region),   δ = intercept + industry + region + interaction
///
/// where η is the log-odds on the global scale. Adapting the PD and keeping the scale's bounds is the same as keeping
/// the PD and moving the bounds of the cell by −δ. Effects are shrunk towards the global scale by as much as the data's
/// own spread over industries, regions and cells suggests: a thin cell moves with its industry and region, a large one
/// follows its own data. The portfolio's mean PD stays what it was.
public struct CellAdaptation: Sendable, Equatable {
    /// What all cells are shifted by, so that the mean PD is kept; also the shift of an obligor of which neither
    /// industry nor region is known.
    public let intercept: Double
    /// Industries in the order of their names.
    public let industries: [LevelEffect]
    /// Regions in the order of their names.
    public let regions: [LevelEffect]
    /// Second-level predictors.
    public let predictors: [PredictorEffect]
    /// The cells that had data, by industry, then region.
    public let cells: [Cell]
    /// The estimated spread of the effects.
    public let spreads: Spreads
    /// The confidence of the intervals.
    public let confidence: Double
    /// Rows that the estimates are made from.
    public let obligors: Int
    /// Of these, rows that defaulted.
    public let defaults: Int

    private let industryPlaces: [String: Int]
    private let regionPlaces: [String: Int]
    private let interactions: [CellName: Double]

    /// The effect of one industry or region on log-odds.
    public struct LevelEffect: Sendable, Hashable, Codable {
        /// The industry or region.
        public let name: String
        /// What the predictors say of it.
        public let predicted: Double
        /// What its own data add.
        public let own: Double

        /// Both.
        public var shift: Double { predicted + own }
    }

    /// A figure of industries or regions that explains a part of their shifts.
    public struct PredictorEffect: Sendable, Hashable, Codable {
        /// The figure.
        public let name: String
        /// What it is a figure of.
        public let level: Level
        /// Log-odds per standard deviation over the levels.
        public let coefficient: Double
    }

    /// What a second-level predictor is a figure of.
    public enum Level: String, Sendable, Hashable, Codable, CaseIterable {
        case industry, region
    }

    /// Standard deviations of the effects in log-odds: posterior means.
    public struct Spreads: Sendable, Hashable, Codable {
        /// Over industries.
        public let industry: Double
        /// Over regions.
        public let region: Double
        /// Over cells, beyond industry and region.
        public let interaction: Double
    }

    /// One cell on the data.
    public struct Cell: Sendable, Hashable, Codable {
        /// The industry.
        public let industry: String
        /// The region.
        public let region: String
        /// Obligors.
        public let obligors: Int
        /// Defaults.
        public let defaults: Int
        /// Defaults that the global scale expects.
        public let expectedDefaults: Double
        /// What is particular to the cell beyond its industry and region.
        public let interaction: Double
        /// δ, the shift of log-odds against the global scale.
        public let shift: Double
        /// Bounds of the shift at the stated confidence.
        public let lower: Double
        /// Bounds of the shift at the stated confidence.
        public let upper: Double
        /// The part of the shift that follows the cell's own data, 0 to 1; the rest is borrowed.
        public let ownWeight: Double

        /// The obligors that the cell would need to know its shift as well without the others: obligors ÷ own weight.
        public var effectiveObligors: Double { ownWeight > 0 ? Double(obligors) / ownWeight : 0 }
    }

    private struct CellName: Hashable {
        let industry: String
        let region: String
    }

    init(
        intercept: Double, industries: [LevelEffect], regions: [LevelEffect], predictors: [PredictorEffect],
        cells: [Cell], spreads: Spreads, confidence: Double, obligors: Int, defaults: Int
    ) {
        self.intercept = intercept
        self.industries = industries
        self.regions = regions
        self.predictors = predictors
        self.cells = cells
        self.spreads = spreads
        self.confidence = confidence
        self.obligors = obligors
        self.defaults = defaults
        industryPlaces = Dictionary(
            industries.enumerated().map { ($0.element.name, $0.offset) },
            uniquingKeysWith: { first, _ in first })
        regionPlaces = Dictionary(
            regions.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { first, _ in first }
        )
        interactions = Dictionary(
            cells.map { (CellName(industry: $0.industry, region: $0.region), $0.interaction) },
            uniquingKeysWith: { first, _ in first })
    }

    /// Whether all estimates are the same; the tables for finding them follow.
    public static func == (left: Self, right: Self) -> Bool {
        left.intercept == right.intercept && left.industries == right.industries
            && left.regions == right.regions && left.predictors == right.predictors
            && left.cells == right.cells && left.spreads == right.spreads
            && left.confidence == right.confidence && left.obligors == right.obligors
            && left.defaults == right.defaults
    }
}

extension CellAdaptation {
    /// δ of an obligor; a level that is missing or was not seen adds nothing.
    public func shift(industry: String?, region: String?) -> Double {
        var shift = intercept
        if let industry, let place = industryPlaces[industry] { shift += industries[place].shift }
        if let region, let place = regionPlaces[region] { shift += regions[place].shift }
        if let industry, let region {
            shift += interactions[CellName(industry: industry, region: region)] ?? 0
        }
        return shift
    }

    /// The thresholds of a cell: the PDs of the global scale at which its grades AAA to C end.
    ///
    /// A PD below bound k before adaptation is below bound k of the scale after it.
    public func bounds(of scale: MasterScale, industry: String?, region: String?) -> [Double] {
        let shift = shift(industry: industry, region: region)
        return scale.upperBounds.map { bound in
            guard let pd = ProbabilityOfDefault(bound),
                let moved = ProbabilityOfDefault(logOdds: pd.logOdds - shift)
            else { return bound }
            return moved.value
        }
    }
}
