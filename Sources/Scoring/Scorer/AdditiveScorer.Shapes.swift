extension AdditiveScorer {
    /// A straight line: slope · (min(max(x, lower), upper) − centre), cut to ±``contributionLimit``.
    ///
    /// An infinite value counts as the largest or smallest number; a special value comes before the line.
    public struct Line: Sendable, Equatable, Codable {
        /// Log-odds per unit.
        public let slope: Double
        /// The value that contributes 0.
        public let centre: Double
        /// Smaller values count as this one; `nil` for no bound.
        public let lower: Double?
        /// Larger values count as this one; `nil` for no bound.
        public let upper: Double?
        /// Contribution of missing values.
        public let missing: Double
        /// Values with a contribution of their own.
        public let specials: [SpecialValue]
        /// Whether a missing or infinite value is an error, `true`, rather than what is said above, absent.
        public let isRequired: Bool?

        /// A line from its parts.
        public init(
            slope: Double, centre: Double, lower: Double? = nil, upper: Double? = nil, missing: Double,
            specials: [SpecialValue] = [], isRequired: Bool? = nil
        ) {
            self.slope = slope
            self.centre = centre
            self.lower = lower
            self.upper = upper
            self.missing = missing
            self.specials = specials
            self.isRequired = isRequired
        }

        /// The values themselves, as they are: log-odds that are known beforehand.
        static let identity = Line(slope: 1, centre: 0, missing: 0, isRequired: true)
    }

    /// One contribution per bin [a, b): the bin of x is the number of thresholds ≤ x.
    ///
    /// A special value comes before the bins; an infinite value falls in the first or last bin unless it has a
    /// contribution of its own.
    public struct Steps: Sendable, Equatable, Codable {
        /// Lower edges of all bins but the first, ascending.
        public let thresholds: [Double]
        /// Contribution of every bin, one more than thresholds.
        public let contributions: [Double]
        /// Contribution of missing values.
        public let missing: Double
        /// Values with a contribution of their own.
        public let specials: [SpecialValue]
        /// Contribution of −∞; `nil` for that of the first bin.
        public let negativeInfinity: Double?
        /// Contribution of +∞; `nil` for that of the last bin.
        public let positiveInfinity: Double?

        /// Steps from their parts.
        public init(
            thresholds: [Double], contributions: [Double], missing: Double, specials: [SpecialValue] = [],
            negativeInfinity: Double? = nil, positiveInfinity: Double? = nil
        ) {
            self.thresholds = thresholds
            self.contributions = contributions
            self.missing = missing
            self.specials = specials
            self.negativeInfinity = negativeInfinity
            self.positiveInfinity = positiveInfinity
        }

        /// The special values, with the infinities that have a contribution of their own.
        var allSpecials: [SpecialValue] {
            specials + (negativeInfinity.map { [.init(value: -.infinity, contribution: $0)] } ?? [])
                + (positiveInfinity.map { [.init(value: .infinity, contribution: $0)] } ?? [])
        }
    }

    /// One contribution per level of a category.
    public struct Levels: Sendable, Equatable, Codable {
        /// The known levels.
        public let entries: [Entry]
        /// Contribution of missing values.
        public let missing: Double
        /// Contribution of every level that is not known.
        public let unseen: Double

        /// A level and its contribution.
        public struct Entry: Sendable, Equatable, Codable {
            /// The level as it is written in the data.
            public let level: String
            /// What it contributes to the log-odds.
            public let contribution: Double

            /// A level and its contribution.
            public init(level: String, contribution: Double) {
                self.level = level
                self.contribution = contribution
            }
        }

        /// Levels from their contributions.
        public init(entries: [Entry], missing: Double, unseen: Double) {
            self.entries = entries
            self.missing = missing
            self.unseen = unseen
        }
    }
}
