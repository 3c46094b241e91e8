/// How far a distribution moved between two samples: PSI of the score, CSI of a characteristic.
public struct StabilityRecord: Sendable, Equatable, Codable {
    /// One bin of the two distributions.
    public struct Bin: Sendable, Equatable, Codable {
        /// The bin, as a person reads it.
        public let label: String
        /// Share of the first sample, a fraction.
        public let expected: Double
        /// Share of the second sample, a fraction.
        public let actual: Double

        /// One bin of the two distributions.
        public init(
            label: String, expected: Double, actual: Double
        ) {
            self.label = label
            self.expected = expected
            self.actual = actual
        }
    }

    /// "score", or the name of the characteristic.
    public let variable: String
    /// The sample that sets the expectation.
    public let from: String
    /// The sample held against it.
    public let to: String
    /// Σ (actual − expected) · ln(actual ÷ expected) over the bins.
    public let index: Double
    /// The value that chance alone exceeds in one case of twenty at these sizes.
    public let critical: Double?
    /// The same by the normal law instead of χ².
    public let normalCritical: Double?
    /// The points by which a scorecard's characteristic has moved the mean score, Σ (actual − expected) · points; `nil`
    /// for what has no points.
    public let pointShift: Double?
    /// What to make of it.
    public let verdict: TestRecord.Verdict
    /// The bins in their order.
    public let bins: [Bin]

    /// How far a distribution moved between two samples: PSI of the score, CSI of a characteristic.
    public init(
        variable: String, from: String, to: String, index: Double, critical: Double? = nil,
        normalCritical: Double? = nil, pointShift: Double? = nil, verdict: TestRecord.Verdict, bins: [Bin]
    ) {
        self.variable = variable
        self.from = from
        self.to = to
        self.index = index
        self.critical = critical
        self.normalCritical = normalCritical
        self.pointShift = pointShift
        self.verdict = verdict
        self.bins = bins
    }
}
