/// A fitted regression as a statistician reads it: coefficients with their errors, tests of the columns, and the fit as
/// a whole.
///
/// What a way of fitting has no sound figure for is absent, and ``notes`` say why.
public struct RegressionReport: Sendable, Equatable {
    /// How the coefficients were estimated.
    public let method: Method
    /// What errors, intervals and tests are based on.
    public let options: InferenceOptions
    /// The intercept, then the features in their order.
    public let coefficients: [Coefficient]
    /// One entry per column whose loss was tested; empty where nothing was.
    public let tests: [ColumnTest]
    /// Likelihood, criteria and the test against the intercept alone.
    public let fit: Fit
    /// Why a figure is absent, one sentence each.
    public let notes: [String]

    /// How the coefficients were estimated.
    public enum Method: String, Sendable, Hashable, CaseIterable {
        /// Without any penalty.
        case maximumLikelihood
        /// With Firth's correction of the bias.
        case firth
        /// With a ridge.
        case ridge
        /// Under bounds or demanded signs, with or without a ridge.
        case bounded
        /// With an elastic net.
        case elasticNet
    }

    /// One line of the table of coefficients.
    public struct Coefficient: Sendable, Equatable {
        /// The feature, or "(intercept)".
        public let name: String
        /// β, in log-odds of default per unit of the feature.
        public let value: Double
        /// Its standard error.
        public var standardError: Double?
        /// β ÷ standard error.
        public var z: Double?
        /// Two-sided p-value of z under the standard normal distribution.
        public var pValue: Double?
        /// Smallest value of the interval, −∞ where the data sets no end.
        public var lower: Double?
        /// Largest value of the interval, +∞ where the data sets no end.
        public var upper: Double?
        /// 1 ÷ (1 − R²) of the feature explained by all others; absent for the intercept.
        public var varianceInflation: Double?
    }

    /// The tests that all coefficients of one column are zero.
    public struct ColumnTest: Sendable, Equatable {
        /// The column.
        public let column: String
        /// Likelihood ratio, score and Wald.
        public let tests: NestedTests
    }

    /// The fit as a whole.
    public struct Fit: Sendable, Equatable {
        /// Rows with a positive weight.
        public let observations: Int
        /// Parameters: features and intercept; with a ridge the effective number, and absent where neither counts.
        public var degreesOfFreedom: Double?
        /// ℓ = Σ w [y ln p + (1 − y) ln(1 − p)] at the estimate.
        public let logLikelihood: Double
        /// ℓ of the intercept alone.
        public let nullLogLikelihood: Double
        /// The test of the intercept alone against the model.
        public var againstNull: ChiSquaredTest?

        /// −2 ℓ.
        public var deviance: Double { -2 * logLikelihood }
        /// −2 ℓ of the intercept alone.
        public var nullDeviance: Double { -2 * nullLogLikelihood }
        /// Akaike's criterion.
        public var aic: Double?
        /// Schwarz's criterion.
        public var bic: Double?
    }
}
