/// Which variables come into a scorecard.
public struct SelectionOptions: Sendable, Hashable, Codable {
    /// Variables with a smaller information value are left out.
    public var minimumIV: Double
    /// Variables with a larger information value are left out as too good to be true; `nil` for no limit.
    public var maximumIV: Double?
    /// Of two variables whose WOE correlates more than this, in size, the one with the smaller IV is left out; `nil`
    /// for no limit.
    public var maximumCorrelation: Double?
    /// Variables are left out, the largest first, until no variance inflation factor of WOE exceeds this; `nil` for
    /// no limit.
    public var maximumVIF: Double?
    /// How the rest is chosen from; `nil` to take all.
    public var stepwise: StepwiseOptions?
    /// Whether every coefficient must say that higher WOE is safer.
    public var expectsSign: Bool
    /// Variables that come in whatever the rules say; the sign is still enforced.
    public var forced: [String]

    /// Options with their defaults.
    public init(
        minimumIV: Double = 0.02, maximumIV: Double? = nil, maximumCorrelation: Double? = 0.95,
        maximumVIF: Double? = nil, stepwise: StepwiseOptions? = StepwiseOptions(), expectsSign: Bool = true,
        forced: [String] = []
    ) {
        self.minimumIV = minimumIV
        self.maximumIV = maximumIV
        self.maximumCorrelation = maximumCorrelation
        self.maximumVIF = maximumVIF
        self.stepwise = stepwise
        self.expectsSign = expectsSign
        self.forced = forced
    }
}

/// Stepwise choice of variables.
public struct StepwiseOptions: Sendable, Hashable, Codable {
    /// Where it starts and which way it goes.
    public var direction: Direction
    /// What decides.
    public var criterion: Criterion
    /// With ``Criterion/pValue``, the largest p-value of a variable that comes in.
    public var entryPValue: Double
    /// With ``Criterion/pValue``, the largest p-value of a variable that stays.
    public var exitPValue: Double

    /// Where it starts and which way it goes.
    public enum Direction: String, Sendable, Hashable, Codable, CaseIterable {
        /// From nothing, one variable in at a time.
        case forward
        /// From all, one variable out at a time.
        case backward
        /// From nothing, in and out.
        case both
    }

    /// What decides.
    public enum Criterion: String, Sendable, Hashable, Codable, CaseIterable {
        /// Akaike's criterion falls.
        case aic
        /// Schwarz's criterion falls.
        case bic
        /// The score test's p-value on the way in, Wald's on the way out.
        case pValue
    }

    /// Options with their defaults.
    public init(
        direction: Direction = .both, criterion: Criterion = .aic, entryPValue: Double = 0.05,
        exitPValue: Double = 0.05
    ) {
        self.direction = direction
        self.criterion = criterion
        self.entryPValue = entryPValue
        self.exitPValue = exitPValue
    }
}
