/// What came of a validation gate.
public struct GateRecord: Sendable, Equatable, Codable {
    /// The gate by its key in the recipe, such as "minimumAUC".
    public let gate: String
    /// The observations that the figure was taken on, such as "held out".
    public let sample: String
    /// The figure; `nil` where it is not defined.
    public let value: Double?
    /// What was demanded.
    public let limit: Double
    /// Whether the figure keeps to it.
    public let passed: Bool

    /// What came of a gate.
    public init(gate: String, sample: String, value: Double?, limit: Double, passed: Bool) {
        self.gate = gate
        self.sample = sample
        self.value = value
        self.limit = limit
        self.passed = passed
    }
}
