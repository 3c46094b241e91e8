/// Options of additive trees; what is `nil` follows from the size of the data.
public struct AdditiveTreesRecipe: Sendable, Hashable, Codable {
    /// Cycles over all functions, at most.
    public var rounds: Int?
    /// Shrinkage of every step, in (0, 1].
    public var learningRate: Double?
    /// Levels of a step of a one-column function.
    public var leaves: Int?
    /// First cycles whose cuts are drawn at random.
    public var smoothingRounds: Int?
    /// Training rows on every level of a step, at least.
    public var minimumRowsInLeaf: Int?
    /// Sum of hessians (weight · PD · (1 − PD)) on every level of a step, at least; `nil` for 0.001 times
    /// the mean weight.
    public var minimumHessianInLeaf: Double?
    /// Penalty on squared step values.
    public var l2: Double?
    /// Bins per number besides the one for missing values.
    public var maximumBins: Int?
    /// Rows in every bin, at least.
    public var minimumRowsInBin: Int?
    /// Added to a level's hessian when levels are ordered; more trusts small levels less; `nil` for 10 times the
    /// mean weight.
    public var categorySmoothing: Double?
    /// Which function takes the next step.
    public var order: Order?
    /// Pairs of columns with a function of their own, at most; 0 for none.
    public var pairs: Int?
    /// Which function of a pair takes the next step.
    public var pairOrder: Order?
    /// Cells along each side of a pair's table besides the one for missing values.
    public var pairCells: Int?
    /// Columns in which risk must rise or fall; they enter no pair.
    public var monotone: Directions
    /// Bags whose functions are averaged, each stopped by rows that it leaves out.
    public var bags: Int?
    /// Parts that rows are dealt into, one of which a bag leaves out; whole groups where the recipe names a group
    /// column.
    public var folds: Int?
    /// Cycles without gain before a bag stops.
    public var stoppingRounds: Int?
    /// Whether log-odds are moved along the line that rows left out ask for; `nil` for where the recipe calibrates by
    /// no method of its own.
    public var recalibrate: Bool?
    /// Where all randomness starts.
    public var seed: UInt64
    /// How log-odds become a score.
    public var scaling: ScoreScaling
    /// How many reasons are given, and against what.
    public var reasons: ReasonOptions

    /// The order of steps in a cycle.
    public enum Order: String, Sendable, Hashable, Codable, CaseIterable {
        /// Every function takes one step.
        case cyclic
        /// As many steps, each of the function that gains most.
        case greedy
    }

    /// Options with their defaults.
    public init(
        rounds: Int? = nil, learningRate: Double? = nil, leaves: Int? = nil, smoothingRounds: Int? = nil,
        minimumRowsInLeaf: Int? = nil, minimumHessianInLeaf: Double? = nil, l2: Double? = nil,
        maximumBins: Int? = nil, minimumRowsInBin: Int? = nil, categorySmoothing: Double? = nil,
        order: Order? = nil, pairs: Int? = nil, pairOrder: Order? = nil, pairCells: Int? = nil,
        monotone: Directions = [:], bags: Int? = nil,
        folds: Int? = nil, stoppingRounds: Int? = nil, recalibrate: Bool? = nil, seed: UInt64 = 1,
        scaling: ScoreScaling = .standard, reasons: ReasonOptions = ReasonOptions(reference: .neutral)
    ) {
        self.rounds = rounds
        self.learningRate = learningRate
        self.leaves = leaves
        self.smoothingRounds = smoothingRounds
        self.minimumRowsInLeaf = minimumRowsInLeaf
        self.minimumHessianInLeaf = minimumHessianInLeaf
        self.l2 = l2
        self.maximumBins = maximumBins
        self.minimumRowsInBin = minimumRowsInBin
        self.categorySmoothing = categorySmoothing
        self.order = order
        self.pairs = pairs
        self.pairOrder = pairOrder
        self.pairCells = pairCells
        self.monotone = monotone
        self.bags = bags
        self.folds = folds
        self.stoppingRounds = stoppingRounds
        self.recalibrate = recalibrate
        self.seed = seed
        self.scaling = scaling
        self.reasons = reasons
    }
}
