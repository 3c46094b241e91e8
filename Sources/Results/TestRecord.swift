/// What one statistical test said of a model, a grade or a matrix.
public struct TestRecord: Sendable, Equatable, Codable {
    /// What to make of a test.
    public enum Verdict: String, Sendable, CaseIterable, Codable {
        case pass, warn, fail, undefined
    }

    /// The test by its name, such as "Hosmer-Lemeshow".
    public let test: String
    /// The observations, such as "held out".
    public let sample: String
    /// What was tested: "overall", or a part such as "grade:BBB" or "industry:Steel".
    public let scope: String
    /// The statistic; `nil` where it is not defined.
    public let statistic: Double?
    /// Degrees of freedom, where the test has them.
    public let degreesOfFreedom: Double?
    /// Probability of so large a statistic if nothing is wrong.
    public let pValue: Double?
    /// The p-value after Holm's adjustment for all tests of its family.
    public let adjustedPValue: Double?
    /// Probability of finding the stated deviation at this number of observations.
    public let power: Double?
    /// The estimate that was tested.
    public let estimate: Double?
    /// Lower end of its interval.
    public let lower: Double?
    /// Upper end of its interval.
    public let upper: Double?
    /// What to make of it.
    public let verdict: Verdict
    /// What it means, in one sentence.
    public let meaning: String

    /// What one statistical test said of a model, a grade or a matrix.
    public init(
        test: String, sample: String, scope: String, statistic: Double? = nil,
        degreesOfFreedom: Double? = nil, pValue: Double? = nil, adjustedPValue: Double? = nil,
        power: Double? = nil, estimate: Double? = nil, lower: Double? = nil, upper: Double? = nil,
        verdict: Verdict, meaning: String
    ) {
        self.test = test
        self.sample = sample
        self.scope = scope
        self.statistic = statistic
        self.degreesOfFreedom = degreesOfFreedom
        self.pValue = pValue
        self.adjustedPValue = adjustedPValue
        self.power = power
        self.estimate = estimate
        self.lower = lower
        self.upper = upper
        self.verdict = verdict
        self.meaning = meaning
    }
}
