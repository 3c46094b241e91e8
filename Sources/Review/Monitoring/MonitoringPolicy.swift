public import StrictYAML

/// When the model that decides deserves a look, and when action.
public struct MonitoringPolicy: Sendable, Hashable {
    /// Where a measure begins to warn, and to alarm.
    public struct Threshold: Sendable, Hashable {
        /// A look is due beyond this.
        public let warn: Double
        /// Action is due beyond this.
        public let alarm: Double

        /// Thresholds.
        public init(warn: Double, alarm: Double) {
            self.warn = warn
            self.alarm = alarm
        }
    }

    /// The name.
    public var name: String
    /// Months from a rating to its outcome.
    public var windowMonths: Int
    /// The probability of going beyond chance where nothing is wrong, in (0, 1).
    public var significance: Double
    /// Obligors without which nothing is said.
    public var leastObligors: Int
    /// Defaults without which nothing is said of a cohort.
    public var leastDefaults: Int
    /// Of the score's stability index.
    public var psi: Threshold
    /// Of an input's stability index.
    public var csi: Threshold
    /// Of how far an AUC lies below that of development.
    public var aucDrop: Threshold
    /// Of defaults ÷ defaults forecast, or the inverse, as a factor above 1.
    public var calibration: Threshold

    /// What holds unless another policy is given; `models/policies/monitoring.yaml` says the same.
    public static let standard = MonitoringPolicy(
        name: "Monitoring, standard", windowMonths: 12, significance: 0.05, leastObligors: 100,
        leastDefaults: 10, psi: Threshold(warn: 0.10, alarm: 0.25), csi: Threshold(warn: 0.10, alarm: 0.25),
        aucDrop: Threshold(warn: 0.03, alarm: 0.06), calibration: Threshold(warn: 1.25, alarm: 1.50))
}

extension MonitoringPolicy {
    /// Reads a policy from YAML; `models/policies/monitoring.yaml` explains every key.
    public init(yaml document: YAMLNode) throws(YAMLError) {
        self = try document.mapping { keys throws(YAMLError) in
            _ = try keys.required("monitoring").int(in: 1...1)
            var policy = Self.standard
            policy.name = try keys.required("name").nonEmptyString()
            policy.windowMonths = try keys.optional("window_months")?.int(in: 1...60) ?? policy.windowMonths
            policy.significance =
                try keys.optional("significance")?.double(in: 0.0001...0.5) ?? policy.significance
            policy.leastObligors =
                try keys.optional("least_obligors")?.int(in: 1...1_000_000) ?? policy.leastObligors
            policy.leastDefaults =
                try keys.optional("least_defaults")?.int(in: 1...1_000_000) ?? policy.leastDefaults
            guard let measures = keys.optional("measures") else { return policy }
            return try measures.mapping { keys throws(YAMLError) in
                policy.psi = try Self.threshold(keys.optional("psi"), in: 0...10) ?? policy.psi
                policy.csi = try Self.threshold(keys.optional("csi"), in: 0...10) ?? policy.csi
                policy.aucDrop = try Self.threshold(keys.optional("auc_drop"), in: 0...1) ?? policy.aucDrop
                policy.calibration =
                    try Self.threshold(keys.optional("calibration"), in: 1...100) ?? policy.calibration
                return policy
            }
        }
    }

    private static func threshold(
        _ node: YAMLNode?, in range: ClosedRange<Double>
    ) throws(YAMLError) -> Threshold? {
        guard let node else { return nil }
        return try node.mapping { keys throws(YAMLError) in
            let warn = try keys.required("warn").double(in: range)
            let alarm = keys.optional("alarm")
            let last = try alarm?.double(in: range) ?? range.upperBound
            guard last >= warn else {
                throw (alarm ?? node).error(expected: "a threshold that is not below that of the warning")
            }
            return Threshold(warn: warn, alarm: last)
        }
    }
}
