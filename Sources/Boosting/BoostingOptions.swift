/// How boosting grows its trees; the defaults need no tuning.
public struct BoostingOptions: Sendable, Hashable {
    /// What is minimised.
    public var objective: Objective = .binary
    /// Number of rounds, ≥ 1; a round grows one tree per output.
    public var rounds = 200
    /// Shrinkage of every tree, in (0, 1].
    public var learningRate = 0.05
    /// Which leaf is split next.
    public var growth: Growth = .leafWise
    /// Leaves per tree, ≥ 2.
    public var maximumLeaves = 31
    /// Splits on the way to any leaf; 0 for no limit.
    public var maximumDepth = 0
    /// Training rows in every leaf, at least.
    public var minimumRowsInLeaf = 20
    /// Sum of hessians in every leaf, at least.
    public var minimumHessianInLeaf = 1e-3
    /// Reduction of the objective by every split, at least.
    public var minimumGain = 0.0
    /// Penalty on absolute leaf values, ≥ 0.
    public var l1 = 0.0
    /// Penalty on squared leaf values, ≥ 0.
    public var l2 = 0.0
    /// Largest absolute leaf value before shrinkage; `nil` for 5 where scores are log-odds or logarithms, else none.
    ///
    /// A Newton step of −G ÷ H overshoots without limit where an outcome is much rarer than 1 in 100 and H nearly 0.
    public var maximumLeafValue: Double?
    /// Bins per feature besides the one for missing, 2 … 65,535.
    public var maximumBins = 255
    /// Rows in every bin, at least.
    public var minimumRowsInBin = 3
    /// Which rows a tree sees.
    public var rowSampling: RowSampling = .all
    /// Share of features that a tree may use, in (0, 1].
    public var featureShare = 1.0
    /// Share of those that a split may use, drawn anew for every split, in (0, 1].
    public var featureShareOfSplit = 1.0
    /// Trees left out of the scores while the next ones are grown; `nil` for none.
    public var dropout: Dropout?
    /// Where the raw scores start, one per output; empty for the best constants.
    public var baseScores: [Double] = []
    /// Categories with up to this many levels are tried one against the rest; above, in gradient order.
    public var oneHotLevels = 4
    /// Added to a category's hessian when levels are put in gradient order; more trusts small levels less.
    public var categorySmoothing = 10.0
    /// Penalty on squared leaf values of categorical splits, added to ``l2``.
    public var categoryL2 = 10.0
    /// Directions that must hold, by feature: +1 rising, −1 falling, 0 free; empty for all free.
    public var monotone: [Int8] = []
    /// How the two sides of a split on such a feature are held apart.
    public var monotoneMethod: MonotoneMethod = .intermediate
    /// Groups of features that may meet on one path, a feature in none meeting no other; empty for all.
    public var interactions: [Set<Int>] = []
    /// Stops when the validation part has not improved for so many rounds; 0 for never.
    public var earlyStoppingRounds = 0
    /// What improvement is measured by.
    public var stoppingMetric: StoppingMetric = .loss
    /// Where all randomness starts.
    public var seed: UInt64 = 1
    /// Threads to work on; the result does not depend on them.
    public var threads = 1

    /// The defaults.
    public init() {}

    /// The order in which leaves are split.
    public enum Growth: String, Sendable, Hashable, Codable, CaseIterable {
        /// The leaf of largest gain first.
        case leafWise
        /// Level after level.
        case depthWise
    }

    /// How values are kept in the order that monotone constraints ask for.
    public enum MonotoneMethod: String, Sendable, Hashable, Codable, CaseIterable {
        /// All values below a split lie on their side of the middle between its two sides: simple, but costs fit.
        case basic
        /// Every leaf is bounded by the values of the leaves that it must not cross.
        case intermediate
    }

    /// Dropout of trees: every round leaves some rounds out of the scores, fits what they leave open, and shrinks both
    /// so that their sum stays where it was.
    ///
    /// Source: Rashmi & Gilad-Bachrach (2015), *DART: Dropouts meet Multiple Additive Regression Trees*.
    public struct Dropout: Sendable, Hashable, Codable {
        /// Probability that a round is left out, in (0, 1).
        public var share: Double
        /// Probability that nothing is left out in a round, in [0, 1).
        public var skip: Double

        /// Dropout of a share of the rounds.
        public init(share: Double = 0.1, skip: Double = 0.5) {
            self.share = share
            self.skip = skip
        }
    }

    /// What early stopping follows on the validation part.
    public enum StoppingMetric: String, Sendable, Hashable, Codable, CaseIterable {
        /// Mean loss of the objective: log loss, squared error ÷ 2, pinball loss …
        case loss
        /// Area under the ROC curve; for a binary objective.
        case auc
        /// Largest distance of the two cumulative score distributions; for a binary objective.
        case ks
        /// Ranked probability score; for binary, softmax and ordinal objectives.
        case rps
    }

    /// The rows that a tree sees.
    public enum RowSampling: Sendable, Hashable, Codable {
        /// All rows.
        case all
        /// A share of the rows in (0, 1), drawn anew for every round.
        case bagging(share: Double)
        /// Gradient-based one-side sampling: the top share by |gradient|, and a share of the others, weighted up.
        ///
        /// Source: Ke et al. (2017), *LightGBM*, §3.
        case gradientBased(top: Double, other: Double)
    }
}
