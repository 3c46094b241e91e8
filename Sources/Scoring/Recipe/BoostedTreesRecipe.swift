public import Boosting

/// Options of boosted trees; what is `nil` follows from the size of the data.
public struct BoostedTreesRecipe: Sendable, Hashable, Codable {
    /// The most rounds of a forest; each grows one tree.
    public var rounds: Int?
    /// Shrinkage of every tree, in (0, 1].
    public var learningRate: Double?
    /// Which leaf is split next.
    public var growth: Growth
    /// Leaves per tree; of several numbers the rows left out choose one.
    public var leaves: [Int]?
    /// The most splits on the way to a leaf; 0 for no limit.
    public var maximumDepth: Int
    /// Training rows in every leaf, at least.
    public var minimumRowsInLeaf: Int?
    /// Sum of hessians (weight · PD · (1 − PD)) in every leaf, at least; `nil` for 0.001 times the mean
    /// weight.
    public var minimumHessianInLeaf: Double?
    /// Reduction of the objective by every split, at least.
    public var minimumGain: Double
    /// Penalty on absolute leaf values.
    public var l1: Double
    /// Penalty on squared leaf values.
    public var l2: Double?
    /// Largest absolute leaf value before shrinkage; `nil` for the engine's own limit.
    public var maximumLeafValue: Double?
    /// Bins per number besides the one for missing values.
    public var maximumBins: Int
    /// Rows in every bin, at least.
    public var minimumRowsInBin: Int
    /// Which rows a tree sees.
    public var rows: RowSampling?
    /// Share of columns that a tree may use, in (0, 1].
    public var columnShare: Double?
    /// Share of those that a split may use, in (0, 1].
    public var columnShareOfSplit: Double
    /// Trees left out of the scores while the next ones are grown; `nil` for none.
    public var dropout: Dropout?
    /// How levels of categories are parted.
    public var categories: Categories
    /// Columns in which risk must rise or fall.
    public var monotone: Directions
    /// How the two sides of a split on such a column are held apart.
    public var monotoneMethod: MonotoneMethod
    /// Groups of columns that may meet on one path, a column in none meeting no other; empty for all.
    public var interactions: [[String]]
    /// When to stop adding trees.
    public var stopping: Stopping
    /// Whether log-odds are moved along the line that rows left out ask for; `nil` for where all rows are left out by
    /// some forest and the recipe calibrates by no method of its own.
    public var recalibrate: Bool?
    /// Where all randomness starts.
    public var seed: UInt64
    /// How log-odds become a score.
    public var scaling: ScoreScaling
    /// How many reasons are given, and against what.
    public var reasons: ReasonOptions

    /// The order in which leaves are split.
    public typealias Growth = BoostingOptions.Growth
    /// How values are kept in the order that a direction asks for.
    public typealias MonotoneMethod = BoostingOptions.MonotoneMethod
    /// The rows that a tree sees.
    public typealias RowSampling = BoostingOptions.RowSampling
    /// Dropout of trees (DART).
    public typealias Dropout = BoostingOptions.Dropout

    /// How levels of categories are parted.
    public struct Categories: Sendable, Hashable, Codable {
        /// Up to this many levels are tried one against the rest; more in the order of their gradients.
        public var oneHotLevels = 4
        /// Added to a level's hessian when levels are ordered; more trusts small levels less; `nil` for 10 times the
        /// mean weight.
        public var smoothing: Double?
        /// Penalty on squared leaf values of such splits, added to the common one; `nil` for 10 times the mean
        /// weight.
        public var l2: Double?

        /// The defaults.
        public init() {}
    }

    /// When to stop adding trees.
    public enum Stopping: Sendable, Hashable, Codable {
        /// As suits the size of the data.
        case automatic
        /// After the last round.
        case none
        /// When rows left out no longer gain.
        case early(EarlyStopping)
    }

    /// How rows left out say when to stop.
    public struct EarlyStopping: Sendable, Hashable, Codable {
        /// Folds that rows are dealt into, whole groups where the recipe names a group column; `nil` by size.
        public var folds: Int?
        /// Whether every fold stops a forest grown on the others, and the forests are averaged; else only the first
        /// does.
        public var committee = true
        /// Whether every forest is grown anew on all rows once its rounds are known, for more rounds as rows are more;
        /// `nil` for what suits the number of rows.
        public var regrow: Bool?
        /// Rounds without gain before growing stops.
        public var rounds: Int?
        /// What is to gain.
        public var metric = Metric.loss

        /// What is followed on the rows left out.
        public typealias Metric = BoostingOptions.StoppingMetric

        /// The defaults.
        public init() {}
    }

    /// Options with their defaults.
    public init(
        rounds: Int? = nil, learningRate: Double? = nil, growth: Growth = .leafWise, leaves: [Int]? = nil,
        maximumDepth: Int = 0, minimumRowsInLeaf: Int? = nil, minimumHessianInLeaf: Double? = nil,
        minimumGain: Double = 0, l1: Double = 0, l2: Double? = nil, maximumLeafValue: Double? = nil,
        maximumBins: Int = 255,
        minimumRowsInBin: Int = 3, rows: RowSampling? = nil, columnShare: Double? = nil,
        columnShareOfSplit: Double = 1, dropout: Dropout? = nil, categories: Categories = Categories(),
        monotone: Directions = [:], monotoneMethod: MonotoneMethod = .intermediate,
        interactions: [[String]] = [], stopping: Stopping = .automatic,
        recalibrate: Bool? = nil, seed: UInt64 = 1, scaling: ScoreScaling = .standard,
        reasons: ReasonOptions = ReasonOptions(reference: .neutral)
    ) {
        self.rounds = rounds
        self.learningRate = learningRate
        self.growth = growth
        self.leaves = leaves
        self.maximumDepth = maximumDepth
        self.minimumRowsInLeaf = minimumRowsInLeaf
        self.minimumHessianInLeaf = minimumHessianInLeaf
        self.minimumGain = minimumGain
        self.l1 = l1
        self.l2 = l2
        self.maximumLeafValue = maximumLeafValue
        self.maximumBins = maximumBins
        self.minimumRowsInBin = minimumRowsInBin
        self.rows = rows
        self.columnShare = columnShare
        self.columnShareOfSplit = columnShareOfSplit
        self.dropout = dropout
        self.categories = categories
        self.monotone = monotone
        self.monotoneMethod = monotoneMethod
        self.interactions = interactions
        self.stopping = stopping
        self.recalibrate = recalibrate
        self.seed = seed
        self.scaling = scaling
        self.reasons = reasons
    }
}
