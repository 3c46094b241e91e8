/// A state given to an obligor at a time, or its withdrawal.
public struct RatingAction: Sendable, Hashable {
    /// Number of the obligor, ≥ 0; the caller keeps names.
    public var obligor: Int
    /// When the state begins, in years on any common clock.
    public var time: Double
    /// Position of the state on the scale; `nil` if the rating is withdrawn (NR).
    public var state: Int?

    /// An action.
    public init(obligor: Int, time: Double, state: Int?) {
        self.obligor = obligor
        self.time = time
        self.state = state
    }
}

/// What in a list of rating actions was not taken as it stood.
public struct HistoryRemarks: Sendable, Hashable {
    /// Actions dated before an earlier one of the same obligor in the list; they were sorted in.
    public var outOfOrder = 0
    /// Actions that contradict a later one in the list for the same obligor and time; the later one counts.
    public var contradictory = 0
    /// Actions that repeat the state in force; they change nothing.
    public var repeated = 0
    /// Actions after default on a scale that ends in default; they were left out.
    public var afterDefault = 0
    /// Actions after the end of observation; they were left out.
    public var afterEnd = 0
    /// Withdrawals of obligors that had no rating; they were left out.
    public var withdrawnUnrated = 0

    /// Whether everything was taken as it stood.
    public var isEmpty: Bool { self == HistoryRemarks() }
}
