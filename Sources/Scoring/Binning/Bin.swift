/// A group of values that a model treats alike, with what was observed in it.
public struct Bin: Sendable, Equatable, Codable {
    /// The values that belong here: one interval for an ordinary bin of a number, levels for one of categories;
    /// several after a merge by hand.
    public let members: [BinMember]
    /// Number of observations with positive weight.
    public let rows: Int
    /// Weight of the observations that did not default.
    public let nonDefaults: Double
    /// Weight of the observations that defaulted.
    public let defaults: Double
    /// Weight of evidence, ln(share of non-defaults ÷ share of defaults); 0 if nothing was observed.
    ///
    /// Higher is safer.
    public let woe: Double

    /// Weight of all observations.
    public var weight: Double { nonDefaults + defaults }

    /// Share of defaults in the bin; 0 if nothing was observed.
    public var defaultRate: Double { weight > 0 ? defaults / weight : 0 }

    /// Whether the bin lacks defaults or non-defaults, so that its WOE comes from adjusted counts.
    public var isAdjusted: Bool { weight > 0 && (nonDefaults == 0 || defaults == 0) }

    /// Whether the bin holds intervals or levels, not only missing values, infinities and special codes.
    public var isOrdinary: Bool {
        members.contains { member in
            switch member {
            case .interval, .level, .rareLevel: true
            case .special, .negativeInfinity, .positiveInfinity, .missing: false
            }
        }
    }

    /// Whether the bin holds pooled rare levels and nothing else.
    public var isRarePool: Bool {
        !members.isEmpty
            && members.allSatisfy { member in
                if case .rareLevel = member { true } else { false }
            }
    }
}

/// One part of the values that belong to a bin.
public enum BinMember: Sendable, Hashable {
    /// The numbers of an interval.
    case interval(HalfOpenInterval)
    /// A category.
    case level(String)
    /// A category pooled with others because it was rare.
    case rareLevel(String)
    /// A special code, by name.
    case special(String)
    /// −∞.
    case negativeInfinity
    /// +∞.
    case positiveInfinity
    /// Missing values.
    case missing
}

/// The numbers x with lower ≤ x < upper.
public struct HalfOpenInterval: Sendable, Hashable, Codable {
    /// The least number inside; `nil` if unbounded.
    public let lower: Double?
    /// The least number above; `nil` if unbounded.
    public let upper: Double?

    /// The interval [lower, upper); a bound that is not finite counts as none.
    public init(lower: Double?, upper: Double?) {
        self.lower = lower.flatMap { $0.isFinite ? $0 : nil }
        self.upper = upper.flatMap { $0.isFinite ? $0 : nil }
    }

    /// Whether a number lies inside.
    public func contains(_ number: Double) -> Bool {
        if let lower, !(number >= lower) { return false }
        if let upper, !(number < upper) { return false }
        return !number.isNaN
    }
}
