/// Options of a logistic model.
public struct LogisticRecipe: Sendable, Hashable, Codable {
    /// How columns become features.
    public var encoding: EncodingOptions
    /// What keeps the coefficients in check.
    public var penalty: Penalty
    /// Demanded signs of the coefficients of numbers, by column.
    public var signs: [String: ExpectedSign]
    /// Demanded bounds of coefficients, by feature, in log-odds per unit of the encoded feature.
    public var bounds: [String: Bounds]
    /// What is said about how sure the coefficients are; `nil` for the defaults.
    public var inference: InferenceOptions?
    /// How log-odds become a score.
    public var scaling: ScoreScaling
    /// How many reasons are given, and against what.
    public var reasons: ReasonOptions

    /// What keeps the coefficients in check.
    public enum Penalty: Sendable, Hashable, Codable {
        /// Nothing: maximum likelihood.
        case none
        /// ½ λ Σ βⱼ² on the encoded features, beside the sum of the rows' losses.
        case l2(Double)
        /// Firth's correction of the bias.
        case firth
        /// λ · n · Σ [α |βⱼ| + ½ (1 − α) βⱼ²] on standardised features, beside the sum of the rows' losses.
        case elasticNet(alpha: Double, strength: Strength)
    }

    /// λ of an elastic net.
    public enum Strength: Sendable, Hashable, Codable {
        /// A given value.
        case fixed(Double)
        /// The best of a path by cross-validation.
        case crossValidated(PathOptions)
    }

    /// The path of penalties that cross-validation chooses from.
    public struct PathOptions: Sendable, Hashable, Codable {
        /// Number of penalties.
        public var count: Int
        /// The smallest as a fraction of the largest.
        public var ratio: Double
        /// Folds to choose by.
        public var folds: Int
        /// Seed of the folds.
        public var seed: UInt64
        /// Which penalty is taken.
        public var choice: Choice

        /// Which penalty is taken.
        public enum Choice: String, Sendable, Hashable, Codable, CaseIterable {
            /// The one with the least deviance.
            case minimum
            /// The largest whose deviance is within one standard error of the least.
            case oneStandardError
        }

        /// Options with their defaults.
        public init(
            count: Int = 100, ratio: Double = 1e-4, folds: Int = 5, seed: UInt64 = 0,
            choice: Choice = .minimum
        ) {
            self.count = count
            self.ratio = ratio
            self.folds = folds
            self.seed = seed
            self.choice = choice
        }
    }

    /// The direction in which risk moves with a number.
    public enum ExpectedSign: String, Sendable, Hashable, Codable, CaseIterable {
        /// More is riskier: coefficient ≥ 0.
        case riskRises
        /// More is safer: coefficient ≤ 0.
        case riskFalls
    }

    /// Bounds of a coefficient.
    public struct Bounds: Sendable, Hashable, Codable {
        /// The least value; `nil` for none.
        public var lower: Double?
        /// The largest value; `nil` for none.
        public var upper: Double?

        /// Bounds; either may be open.
        public init(lower: Double? = nil, upper: Double? = nil) {
            self.lower = lower
            self.upper = upper
        }
    }

    /// Options with their defaults.
    public init(
        encoding: EncodingOptions = EncodingOptions(), penalty: Penalty = .none,
        signs: [String: ExpectedSign] = [:], bounds: [String: Bounds] = [:],
        inference: InferenceOptions? = nil, scaling: ScoreScaling = .standard,
        reasons: ReasonOptions = ReasonOptions()
    ) {
        self.encoding = encoding
        self.penalty = penalty
        self.signs = signs
        self.bounds = bounds
        self.inference = inference
        self.scaling = scaling
        self.reasons = reasons
    }
}
