/// How a variable is cut into bins: where bins may begin, what a bin must satisfy, and what becomes of the values
/// that are not ordinary.
public struct BinningOptions: Sendable, Hashable, Codable {
    // MARK: Pre-bins

    /// Whether the values are numbers or categories; `nil` decides by the type of the column.
    public var kind: VariableKind?
    /// Where bins may begin.
    public var prebinning: Prebinning = .tree
    /// The most pre-bins, 1 … 200.
    ///
    /// A variable with at most as many distinct values has one pre-bin for each.
    public var maximumPrebins = 20
    /// The least share of the total weight (missing included) in a pre-bin of the tree, in [0, 0.5].
    public var minimumPrebinShare = 0.05
    /// Cut points of a number that are kept whatever else is asked; constraints that they violate are given up
    /// and named in ``VariableBinning/diagnostics``.
    public var fixedCuts: [Double] = []
    /// Whether pre-bins are merged into the optimum; `false` keeps every pre-bin as a bin.
    public var optimizes = true
    /// Where between two neighbouring values a cut point lies.
    public var cutPlacement: CutPlacement = .midpoint

    // MARK: Constraints on the ordinary bins

    /// The fewest ordinary bins; where no partition reaches it the most that can be had, with a diagnostic.
    public var minimumBins = 1
    /// The most ordinary bins; `nil` for no limit.
    public var maximumBins: Int?
    /// The least share of the total weight (missing included) in a bin, in [0, 1].
    public var minimumBinShare = 0.05
    /// The largest share of the total weight in a bin, in (0, 1].
    public var maximumBinShare = 1.0
    /// The least weight in a bin: with unit weights, the least number of observations.
    public var minimumBinWeight = 0.0
    /// The least weight of defaults in a bin; 1 forbids bins without a default.
    public var minimumDefaults = 0.0
    /// The least weight of non-defaults in a bin.
    public var minimumNonDefaults = 0.0
    /// The least difference between the default rates of neighbouring bins, in [0, 1].
    public var minimumRateGap = 0.0
    /// The largest p-value of the two-proportion z-test between neighbouring bins, in (0, 1]; `nil` for none.
    public var maximumPValue: Double?
    /// The course of the default rate over the bins of a number.
    public var trend: BinningTrend = .automatic

    /// Bins that are made one by hand once all else is chosen, each named by a value in it, by `missing`, or by the
    /// name of a special code; `nil` for none.
    public var joins: [[String]]?

    // MARK: Categories

    /// Levels with less than this share of the weight of all ordinary values are pooled, in [0, 1).
    public var rareLevelShare = 0.01
    /// What becomes of the pooled levels.
    public var rareLevels: RareLevels = .mergeable

    // MARK: Values of their own kind, and values never seen

    /// Values that stand for a state, each with a bin of its own if it occurs.
    public var specialCodes: [SpecialCode] = []
    /// Treatment of a value for which the fit had no bin: an unseen category, a special code that never occurred,
    /// a number where all were missing.
    public var unseen: UnseenTreatment = .neutral
    /// Treatment of a missing value where the fit saw none.
    public var unseenMissing: UnseenTreatment = .neutral
    /// c > 0, added to the defaults and to the non-defaults of a bin that lacks either, for its WOE and IV.
    public var zeroCellAddition = 0.5

    /// The defaults: tree pre-bins of at least 5 %, bins of at least 5 %, automatic trend.
    public init() {}
}

/// Whether a variable's values have an order.
public enum VariableKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Numbers: bins are intervals.
    case numeric
    /// Categories: bins are sets of levels.
    case categorical
}

/// Where bins may begin.
public enum Prebinning: Sendable, Hashable, Codable {
    /// At the splits of a classification tree: best first, Gini impurity, bounded leaves.
    case tree
    /// At quantiles of equal weight.
    case quantiles
    /// At given cut points of a number: bins are `[a, b)`.
    case cuts([Double])
    /// Between given groups of levels; levels seen but not listed form one more group.
    case groups([[String]])
}

/// The course of the default rate from the lowest bin of a number to the highest; neighbours may be equal.
public enum BinningTrend: String, Sendable, Hashable, Codable, CaseIterable {
    /// The better monotone trend, or a peak or valley if the data supports the bend: chosen by the Bayesian
    /// information criterion, so that noise does not bend a trend.
    case automatic
    /// Ascending or descending, whichever has the larger IV.
    case automaticMonotone
    /// Of ascending, descending, peak and valley the one with the largest IV, which is nearly always a bend.
    case largestIV
    /// Never falls.
    case ascending
    /// Never rises.
    case descending
    /// Rises, then falls.
    case peak
    /// Falls, then rises.
    case valley
    /// Anything.
    case none
}

/// What becomes of levels too rare to stand alone.
public enum RareLevels: String, Sendable, Hashable, Codable, CaseIterable {
    /// Together they count as one level, which takes its place by default rate and may be merged with others.
    case mergeable
    /// Together they form a bin that no constraint applies to.
    case ownBin
}

/// Where between two neighbouring values a cut point lies; the bins hold the same observations either way.
public enum CutPlacement: String, Sendable, Hashable, Codable, CaseIterable {
    /// Halfway.
    case midpoint
    /// At the number with the fewest decimal digits.
    case shortest
}

/// Treatment of a value for which the fit had no bin.
public enum UnseenTreatment: String, Sendable, Hashable, Codable, CaseIterable {
    /// WOE 0: the value says nothing.
    case neutral
    /// The bin with the lowest WOE.
    case worst
    /// The bin with the most weight.
    case mostFrequent
    /// The bin that holds the pooled rare levels; neutral if there is none.
    case rareLevels
}

/// A state written as a value, such as −999 for "no bureau record".
public struct SpecialCode: Sendable, Hashable, Codable {
    /// The state's name, which labels its bin.
    public let name: String
    /// The numbers that stand for it.
    public let numbers: [Double]
    /// The levels that stand for it in a categorical variable.
    public let levels: [String]

    /// A state with the numbers or levels that stand for it.
    public init(name: String, numbers: [Double] = [], levels: [String] = []) {
        self.name = name
        self.numbers = numbers
        self.levels = levels
    }
}
