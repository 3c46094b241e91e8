/// How a model's PDs are calibrated: what is fitted on rows that the model has not seen, and what is set.
///
/// The steps are applied in this order: method, correction for resampling, central tendency, cycle, margins and floor.
public struct CalibrationRecipe: Sendable, Hashable, Codable {
    /// The map that makes PDs come true.
    public var method: Method
    /// How rows are kept from the model that the map is fitted for.
    public var fittedOn: Basis
    /// The folds of cross-fitting; `nil` for those of the recipe.
    public var folds: FoldOptions?
    /// Share of the rows that is held out; the nearest whole part of them is taken.
    public var share: Double
    /// Default rates before and after resampling; `nil` where rows were not resampled.
    public var resampling: Resampling?
    /// The mean PD that is given; `nil` for that of the data.
    public var centralTendency: CentralTendency?
    /// A move between points in time and the cycle; `nil` for none.
    public var cycle: Cycle?
    /// Margins of conservatism.
    public var margins: [Margin]
    /// The least PD.
    public var floor: Double

    /// The map that makes PDs come true.
    public enum Method: String, Sendable, Hashable, Codable, CaseIterable {
        /// None: the model's own PDs.
        case none
        /// A line in log-odds with smoothed outcomes.
        case platt
        /// A beta curve.
        case beta
        /// A rising step function.
        case isotonic
        /// A rising step function that never promises certainty: Venn and Abers's.
        case vennAbers
    }

    /// How rows are kept from the model.
    public enum Basis: String, Sendable, Hashable, Codable, CaseIterable {
        /// Every row is scored by a model of the same recipe that was trained on the other folds.
        case crossFitted
        /// Some rows are held out from the training.
        case heldOut
    }

    /// Default rates before and after resampling.
    public struct Resampling: Sendable, Hashable, Codable {
        /// Default rate of the population that the rows were drawn from.
        public var populationRate: Double
        /// Default rate after resampling; `nil` for that of the rows.
        public var trainingRate: Double?

        /// Default rates before and after.
        public init(populationRate: Double, trainingRate: Double? = nil) {
            self.populationRate = populationRate
            self.trainingRate = trainingRate
        }
    }

    /// A mean PD and how it is reached.
    public struct CentralTendency: Sendable, Hashable, Codable {
        /// The mean PD.
        public var target: Target
        /// How it is reached.
        public var by: Form
        /// The accuracy ratio that the PDs claim; with `shiftAndScale` and `quasiMoments`.
        public var accuracyRatio: Double?
        /// The PD of the safest row; with `shiftAndScale`.
        public var lowestPD: Double?

        /// Where the mean PD comes from.
        public enum Target: Sendable, Hashable, Codable {
            /// It is stated.
            case rate(Double)
            /// It is the upper bound of a portfolio with few defaults or none.
            case lowDefault(LowDefault)
        }

        /// How a mean PD is reached.
        public enum Form: String, Sendable, Hashable, Codable, CaseIterable {
            /// By a shift of log-odds.
            case shift
            /// By a line in log-odds.
            case shiftAndScale
            /// By a curve over ranks.
            case quasiMoments
        }

        /// A mean PD and how it is reached.
        public init(
            target: Target, by: Form = .shift, accuracyRatio: Double? = nil, lowestPD: Double? = nil
        ) {
            self.target = target
            self.by = by
            self.accuracyRatio = accuracyRatio
            self.lowestPD = lowestPD
        }
    }

    /// How prudent the bound of a portfolio with few defaults is.
    public struct LowDefault: Sendable, Hashable, Codable {
        /// γ.
        public var confidence: Double
        /// ρ; 0 for independent defaults.
        public var assetCorrelation: Double
        /// Years in which the rows were watched.
        public var years: Int
        /// θ, the correlation of the factors of neighbouring years.
        public var yearCorrelation: Double

        /// Options with their defaults.
        public init(
            confidence: Double = 0.75, assetCorrelation: Double = 0, years: Int = 1,
            yearCorrelation: Double = 0.3
        ) {
            self.confidence = confidence
            self.assetCorrelation = assetCorrelation
            self.years = years
            self.yearCorrelation = yearCorrelation
        }
    }

    /// A move between points in time and the cycle.
    public struct Cycle: Sendable, Hashable, Codable {
        /// Which way.
        public var direction: Calibration.CycleShift.Direction
        /// z; > 0 is a good year.
        public var factor: Double
        /// ρ; `nil` for Basel's correlation at the mean PD.
        public var assetCorrelation: Double?

        /// A move from its parts.
        public init(
            direction: Calibration.CycleShift.Direction, factor: Double, assetCorrelation: Double? = nil
        ) {
            self.direction = direction
            self.factor = factor
            self.assetCorrelation = assetCorrelation
        }
    }

    /// A margin of conservatism.
    public struct Margin: Sendable, Hashable, Codable {
        /// What it is for.
        public var category: Calibration.MarginOfConservatism.Category
        /// How large it is.
        public var amount: Amount
        /// Why.
        public var reason: String

        /// How large a margin is.
        public enum Amount: Sendable, Hashable, Codable {
            /// A part of the PD.
            case relative(Double)
            /// PD that is added.
            case absolute(Double)
            /// The part by which the upper end of the default rate's interval exceeds the rate, at this one-sided
            /// confidence (Jeffreys).
            case confidence(Double)
        }

        /// A margin with its reason.
        public init(
            category: Calibration.MarginOfConservatism.Category, amount: Amount, reason: String
        ) {
            self.category = category
            self.amount = amount
            self.reason = reason
        }
    }

    /// Options with their defaults.
    public init(
        method: Method = .none, fittedOn: Basis = .crossFitted, folds: FoldOptions? = nil,
        share: Double = 0.25, resampling: Resampling? = nil, centralTendency: CentralTendency? = nil,
        cycle: Cycle? = nil, margins: [Margin] = [], floor: Double = 0
    ) {
        self.method = method
        self.fittedOn = fittedOn
        self.folds = folds
        self.share = share
        self.resampling = resampling
        self.centralTendency = centralTendency
        self.cycle = cycle
        self.margins = margins
        self.floor = floor
    }
}
