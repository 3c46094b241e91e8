/// What boosting learns from: columns, outcomes and weights, without a word about what they mean.
public struct TrainingData: Sendable {
    /// One column of values.
    public enum Column: Sendable {
        /// Double-precision numbers; NaN is missing, ±∞ are values.
        case doubles([Double])
        /// Single-precision numbers; NaN is missing, ±∞ are values.
        case floats([Float])
        /// Category codes 0 ..< levels; `UInt32.max` is missing.
        case categories([UInt32], levels: Int)

        /// Number of rows.
        public var count: Int {
            switch self {
            case .doubles(let values): values.count
            case .floats(let values): values.count
            case .categories(let codes, _): codes.count
            }
        }
    }

    /// Names of the columns.
    public var names: [String]
    /// The columns, all of one length n.
    public var columns: [Column]
    /// Outcomes, length n: 0 or 1 for binary, the class or level for softmax and ordinal, a number otherwise.
    public var outcomes: [Double]
    /// Weights ≥ 0, length n; empty for all 1.
    public var weights: [Double]
    /// Raw scores to start from, for a warm start or an offset: n per output, output after output; empty for none.
    public var initialScores: [Double]

    /// Training data from its parts.
    public init(
        names: [String], columns: [Column], outcomes: [Double], weights: [Double] = [],
        initialScores: [Double] = []
    ) {
        self.names = names
        self.columns = columns
        self.outcomes = outcomes
        self.weights = weights
        self.initialScores = initialScores
    }

    /// Number of rows n.
    public var rowCount: Int { outcomes.count }
}
