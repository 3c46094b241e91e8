/// What is said about how sure the coefficients of a regression are.
public struct InferenceOptions: Sendable, Hashable, Codable {
    /// How intervals of coefficients are found.
    public var intervals: Intervals
    /// The level of the intervals, in (0, 1).
    public var confidence: Double
    /// Where standard errors, z, Wald's p-values and Wald's intervals come from.
    public var covariance: Covariance
    /// Whether the loss of every column is tested by likelihood ratio, score and Wald.
    public var testsColumns: Bool

    /// How intervals of coefficients are found.
    public enum Intervals: String, Sendable, Hashable, Codable, CaseIterable {
        /// β ± z · standard error.
        case wald
        /// The values that a likelihood-ratio test does not reject; about forty short fits per coefficient.
        case profile
        /// Not at all.
        case none
    }

    /// Where standard errors come from.
    public enum Covariance: String, Sendable, Hashable, Codable, CaseIterable {
        /// The inverse of the information, right if the model is.
        case model
        /// The sandwich over observations (HC0), right even if the variance of the outcomes is another.
        case robust
        /// The sandwich over the groups of the recipe's group column, whose rows depend on each other, with the
        /// correction G ÷ (G − 1) for few groups.
        case clustered
    }

    /// Options with their defaults.
    public init(
        intervals: Intervals = .wald, confidence: Double = 0.95, covariance: Covariance = .model,
        testsColumns: Bool = true
    ) {
        self.intervals = intervals
        self.confidence = confidence
        self.covariance = covariance
        self.testsColumns = testsColumns
    }
}
