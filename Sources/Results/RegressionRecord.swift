/// A fitted regression as a statistician reads it: part of `training.json`.
///
/// A figure that the way of fitting has none for is `nil`, and ``notes`` say why.
public struct RegressionRecord: Sendable, Equatable, Codable {
    /// The table of coefficients in a run folder, as CSV.
    public static let tableFileName = "coefficients.csv"
    /// The same with tests and fit for reading, as Markdown.
    public static let textFileName = "coefficients.md"

    /// How the coefficients were estimated: maximumLikelihood, firth, ridge, bounded or elasticNet.
    public let method: String
    /// Where standard errors come from: model, robust or clustered.
    public let covariance: String
    /// How intervals were found: wald, profile or none.
    public let intervals: String
    /// The level of the intervals.
    public let confidence: Double
    /// The intercept, then the features in their order.
    public let coefficients: [Coefficient]
    /// What leaving out one column costs, by column; empty where nothing was tested.
    public let tests: [ColumnTest]
    /// The fit as a whole.
    public let fit: Fit
    /// Why a figure is absent, one sentence each.
    public let notes: [String]

    /// A fitted regression.
    public init(
        method: String, covariance: String, intervals: String, confidence: Double,
        coefficients: [Coefficient], tests: [ColumnTest], fit: Fit, notes: [String]
    ) {
        self.method = method
        self.covariance = covariance
        self.intervals = intervals
        self.confidence = confidence
        self.coefficients = coefficients
        self.tests = tests
        self.fit = fit
        self.notes = notes
    }

    /// One line of the table of coefficients.
    public struct Coefficient: Sendable, Equatable, Codable {
        /// The feature, or "(intercept)".
        public let name: String
        /// In log-odds of default per unit of the feature.
        public let value: Double
        /// Its standard error.
        public let standardError: Double?
        /// Coefficient by standard error.
        public let z: Double?
        /// Two-sided p-value of z.
        public let pValue: Double?
        /// Smallest value of the interval; `nil` also where it is open.
        public let lower: Double?
        /// Largest value of the interval; `nil` also where it is open.
        public let upper: Double?
        /// Variance inflation factor; `nil` for the intercept.
        public let varianceInflation: Double?

        /// One line of the table; figures that are not finite count as absent.
        public init(
            name: String, value: Double, standardError: Double?, z: Double?, pValue: Double?, lower: Double?,
            upper: Double?, varianceInflation: Double?
        ) {
            self.name = name
            self.value = value
            self.standardError = standardError.finite
            self.z = z.finite
            self.pValue = pValue.finite
            self.lower = lower.finite
            self.upper = upper.finite
            self.varianceInflation = varianceInflation.finite
        }
    }

    /// The tests that all coefficients of one column are zero.
    public struct ColumnTest: Sendable, Equatable, Codable {
        /// The column.
        public let column: String
        /// By the likelihoods with and without it, the test to trust where they differ.
        public let likelihoodRatio: Test
        /// By the slope of the likelihood without it.
        public let score: Test
        /// By the estimates and their covariance.
        public let wald: Test

        /// The tests of one column.
        public init(column: String, likelihoodRatio: Test, score: Test, wald: Test) {
            self.column = column
            self.likelihoodRatio = likelihoodRatio
            self.score = score
            self.wald = wald
        }
    }

    /// A χ² test.
    public struct Test: Sendable, Equatable, Codable {
        /// The statistic.
        public let statistic: Double?
        /// Its degrees of freedom.
        public let degreesOfFreedom: Int
        /// Probability of a statistic at least as large if the hypothesis holds.
        public let pValue: Double?

        /// A test; figures that are not finite count as absent.
        public init(statistic: Double, degreesOfFreedom: Int, pValue: Double) {
            self.statistic = Optional(statistic).finite
            self.degreesOfFreedom = degreesOfFreedom
            self.pValue = Optional(pValue).finite
        }
    }

    /// The fit as a whole.
    public struct Fit: Sendable, Equatable, Codable {
        /// Observations with a positive weight.
        public let observations: Int
        /// Parameters: features and intercept; with a ridge the effective number.
        public let degreesOfFreedom: Double?
        /// Log-likelihood at the estimate.
        public let logLikelihood: Double
        /// −2 · log-likelihood.
        public let deviance: Double
        /// That of the intercept alone.
        public let nullDeviance: Double
        /// Akaike's criterion.
        public let aic: Double?
        /// Schwarz's criterion.
        public let bic: Double?
        /// The likelihood-ratio test of the intercept alone against the model.
        public let againstNull: Test?

        /// The fit as a whole.
        public init(
            observations: Int, degreesOfFreedom: Double?, logLikelihood: Double, deviance: Double,
            nullDeviance: Double, aic: Double?, bic: Double?, againstNull: Test?
        ) {
            self.observations = observations
            self.degreesOfFreedom = degreesOfFreedom
            self.logLikelihood = logLikelihood
            self.deviance = deviance
            self.nullDeviance = nullDeviance
            self.aic = aic
            self.bic = bic
            self.againstNull = againstNull
        }
    }
}

extension Double? {
    /// The number if it is one that JSON can write.
    fileprivate var finite: Double? { flatMap { $0.isFinite ? $0 : nil } }
}
