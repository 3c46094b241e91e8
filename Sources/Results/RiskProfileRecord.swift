/// Observations in parts by their risk: gains, and whether PDs came true.
public struct RiskProfileRecord: Sendable, Equatable, Codable {
    /// One part of the list of obligors, riskiest part first.
    public struct GainsPart: Sendable, Equatable, Codable {
        /// Weight of the part; the number of observations where none are weighted, ties shared out over parts.
        public let rows: Double
        /// Weight of its defaults.
        public let defaults: Double
        /// Defaults ÷ rows.
        public let defaultRate: Double
        /// Default rate ÷ overall default rate.
        public let lift: Double
        /// Share of all defaults in this part and those before it.
        public let cumulativeGain: Double
        /// Default rate of this part and those before it ÷ overall default rate.
        public let cumulativeLift: Double

        /// One part of the list.
        public init(
            rows: Double, defaults: Double, defaultRate: Double, lift: Double, cumulativeGain: Double,
            cumulativeLift: Double
        ) {
            self.rows = rows
            self.defaults = defaults
            self.defaultRate = defaultRate
            self.lift = lift
            self.cumulativeGain = cumulativeGain
            self.cumulativeLift = cumulativeLift
        }
    }

    /// Observations of similar PD.
    public struct ReliabilityBin: Sendable, Equatable, Codable {
        /// Weight of the observations.
        public let rows: Double
        /// Weight of the defaults.
        public let defaults: Double
        /// Mean PD.
        public let meanPD: Double
        /// Defaults ÷ rows.
        public let defaultRate: Double

        /// Observations of similar PD.
        public init(rows: Double, defaults: Double, meanPD: Double, defaultRate: Double) {
            self.rows = rows
            self.defaults = defaults
            self.meanPD = meanPD
            self.defaultRate = defaultRate
        }
    }

    /// Hosmer and Lemeshow's test that PDs came true in every bin.
    public struct CalibrationTest: Sendable, Equatable, Codable {
        /// χ².
        public let statistic: Double
        /// Degrees of freedom: the bins, less two where the PDs were fitted to the same outcomes.
        public let degreesOfFreedom: Int
        /// P(χ² ≥ statistic).
        public let pValue: Double

        /// A test.
        public init(statistic: Double, degreesOfFreedom: Int, pValue: Double) {
            self.statistic = statistic
            self.degreesOfFreedom = degreesOfFreedom
            self.pValue = pValue
        }
    }

    /// The list in parts, riskiest first; empty where one class is missing.
    public let gains: [GainsPart]
    /// Bins of rising PD.
    public let reliability: [ReliabilityBin]
    /// The test over the bins; `nil` where it is not defined.
    public let calibrationTest: CalibrationTest?

    /// Observations in parts.
    public init(gains: [GainsPart], reliability: [ReliabilityBin], calibrationTest: CalibrationTest?) {
        self.gains = gains
        self.reliability = reliability
        self.calibrationTest = calibrationTest
    }
}

extension RiskProfileRecord {
    private enum CodingKeys: String, CodingKey { case gains, reliability, calibrationTest }

    /// Writes every key, with `null` for a test that is not defined.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(gains, forKey: .gains)
        try container.encode(reliability, forKey: .reliability)
        try container.encode(calibrationTest, forKey: .calibrationTest)
    }
}
