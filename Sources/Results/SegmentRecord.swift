/// How well a model does on one part of a sample.
public struct SegmentRecord: Sendable, Equatable, Codable {
    /// The sample the part is of.
    public let sample: String
    /// What the sample was parted by, such as "industry" or "time".
    public let dimension: String
    /// The part, such as "Steel" or "2024-Q1".
    public let level: String
    /// The figures of the part.
    public let performance: PerformanceRecord
    /// Mean PD of the part.
    public let meanPD: Double?
    /// Defaults ÷ observations of the part.
    public let defaultRate: Double?

    /// How well a model does on one part of a sample.
    public init(
        sample: String, dimension: String, level: String, performance: PerformanceRecord,
        meanPD: Double? = nil, defaultRate: Double? = nil
    ) {
        self.sample = sample
        self.dimension = dimension
        self.level = level
        self.performance = performance
        self.meanPD = meanPD
        self.defaultRate = defaultRate
    }
}
