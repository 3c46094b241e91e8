public import Boosting
public import Parallelism
public import Tables
import Vocabulary

/// A trained model: what it needs of an obligor, how that becomes log-odds, a score and reasons, and where it
/// comes from.
public struct ScoringModel: Sendable, Equatable {
    /// Name of the model.
    public let name: String
    /// What the model is for.
    public let description: String?
    /// What the scorer was made from.
    public let form: Form
    /// The input columns, as the scorer reads them; a level that training did not know is kept and marked unseen.
    public let schema: Schema
    /// The columns of training data that are no inputs.
    public let roles: Roles
    /// How the files are written that the model reads, where that is not to be found out from them.
    public let file: CSVDialect?
    /// How inputs become log-odds of default, before any calibration.
    public let scorer: Scorer
    /// How the scorer's log-odds become those of a calibrated PD; `nil` where they are taken as they are.
    public let calibration: Calibration?
    /// How calibrated log-odds become a score.
    ///
    /// Where the calibration is a line, a scorecard's points have taken it up, so that they still add up to the score;
    /// its own scaling then tells its own log-odds.
    public let scaling: ScoreScaling
    /// How many reasons are given, and against what.
    public let reasons: ReasonOptions
    /// What the contribution of each term is compared with for reasons: log-odds, or points on a scorecard.
    public let references: [Double]
    /// How inputs become the points that reasons are counted in.
    private let reasonScorer: Scorer
    /// Points lost per unit of its contributions.
    private let reasonScale: Double
    /// Name or file of the master scale that grades the model's PDs; not interpreted here.
    public let masterScale: String?
    /// Where the model comes from.
    public let fingerprint: TrainingFingerprint
    /// How good the model is, by the name of the rows it was measured on: ``trainingRows``, ``unseenRows``.
    public let metrics: [String: Evaluation]
    /// What the model must reach on any data before it may be used; `nil` for no demands.
    public let gates: ValidationGates?
    /// How score and inputs were distributed in training; `nil` for a model whose training is not known.
    public let development: DevelopmentProfile?

    /// The name of the rows that a model was trained on.
    public static let trainingRows = "training"
    /// The name of the rows that a calibration was fitted on, each scored by a model that had not seen it.
    public static let unseenRows = "unseen"

    /// What the scorer was made from.
    public enum Form: Sendable, Equatable {
        /// Features and their coefficients.
        case logistic(LogisticModel)
        /// Bins, their weights and points.
        case scorecard(Scorecard)
        /// A forest, and what is proved of it.
        case boostedTrees(BoostedTreesModel)
        /// Functions of columns and pairs of them, and what is proved of them.
        case additiveTrees(AdditiveTreesModel)
    }

    /// The columns of training data that are no inputs.
    public struct Roles: Sendable, Equatable, Codable {
        /// Which column says who defaulted, and how.
        public let target: Recipe.Target
        /// The column that names a row.
        public let id: String?
        /// The column of weights.
        public let weight: String?
        /// What the recipe says of these columns.
        public let schema: Schema
    }

    /// A model from its parts.
    ///
    /// - Throws: ``ScorerError`` if the parts do not make a scorer.
    init(
        name: String, description: String?, form: Form, schema: Schema, roles: Roles,
        file: CSVDialect? = nil, calibration: Calibration? = nil, scaling: ScoreScaling,
        reasons: ReasonOptions, references: [Double], masterScale: String?,
        fingerprint: TrainingFingerprint, metrics: [String: Evaluation], gates: ValidationGates? = nil,
        development: DevelopmentProfile? = nil
    ) throws(ScorerError) {
        self.name = name
        self.description = description
        self.form = form
        self.schema = schema
        self.roles = roles
        self.file = file
        scorer = try form.scorer()
        (reasonScorer, reasonScale) = try form.reasonScorer(scaling: scaling, calibration: calibration)
        self.calibration = calibration
        self.scaling = scaling
        self.reasons = reasons
        self.references = references
        self.masterScale = masterScale
        self.fingerprint = fingerprint
        self.metrics = metrics
        self.gates = gates
        self.development = development
        guard references.count == reasonScorer.columns.count, references.allSatisfy(\.isFinite) else {
            throw .notFinite(column: nil, what: "reference of the reasons")
        }
    }

    /// The kind of model.
    public var kind: ModelKind {
        switch form {
        case .logistic: .logistic
        case .scorecard: .scorecard
        case .boostedTrees: .boostedTrees
        case .additiveTrees: .additiveTrees
        }
    }

    /// The scorecard, if it is one.
    public var scorecard: Scorecard? {
        if case .scorecard(let scorecard) = form { scorecard } else { nil }
    }

    /// The forest with its inputs and certificate, if it is one.
    public var boostedTrees: BoostedTreesModel? {
        if case .boostedTrees(let model) = form { model } else { nil }
    }

    /// What trees read, if the model is trees or comes to some.
    public var treeInputs: [TreeInput]? { boostedTrees?.inputs ?? additiveTrees?.inputs }

    /// The trees that give the model's log-odds, if there are such, with the names of levels.
    public var forest: Forest? {
        guard let inputs = treeInputs, var forest = boostedTrees?.forest ?? additiveTrees?.shapes.forest
        else {
            return nil
        }
        for (place, input) in inputs.enumerated() { forest.features[place].levelNames = input.levels ?? [] }
        return forest
    }

    /// The functions with their inputs and certificate, if it is a glass box.
    public var additiveTrees: AdditiveTreesModel? {
        if case .additiveTrees(let model) = form { model } else { nil }
    }
}

extension ScoringModel.Form {
    /// How inputs become log-odds.
    func scorer() throws(ScorerError) -> Scorer {
        switch self {
        case .logistic(let model):
            .additive(
                try model.encoding.scorer(
                    intercept: model.intercept, coefficients: model.coefficients.map(\.value),
                    offset: model.offset))
        case .scorecard(let scorecard): .additive(try scorecard.scorer())
        case .boostedTrees(let model): .trees(model)
        case .additiveTrees(let model): .shapes(model)
        }
    }

    /// Whether the model keeps bins of its inputs, with their numbers of training rows.
    var binsItsInputs: Bool { if case .scorecard = self { true } else { false } }

    /// How inputs become the points that reasons are counted in, with the points per unit of its contributions.
    ///
    /// On a scorecard these are its own points, of which a loss is a fall; else log-odds, of which it is a rise.
    /// The points of a calibration that is no line are those before it.
    func reasonScorer(
        scaling: ScoreScaling, calibration: Calibration?
    ) throws(ScorerError) -> (scorer: Scorer, scale: Double) {
        switch self {
        case .logistic(let model):
            // An offset is known beforehand and no reason.
            (
                .additive(
                    try model.encoding.scorer(
                        intercept: model.intercept, coefficients: model.coefficients.map(\.value))),
                scaling.factor * (calibration?.line?.slope ?? 1)
            )
        case .boostedTrees, .additiveTrees: (try scorer(), scaling.factor * (calibration?.line?.slope ?? 1))
        case .scorecard(let scorecard): (.additive(try scorecard.pointsScorer()), -1)
        }
    }
}

/// A logistic regression on encoded columns.
public struct LogisticModel: Sendable, Equatable {
    /// How columns become features.
    public let encoding: FeatureEncoding
    /// β₀.
    public let intercept: Double
    /// The coefficients, in the order of the features.
    public let coefficients: [Coefficient]
    /// The column of known log-odds that are added; `nil` for none.
    public let offset: String?

    /// One feature's coefficient.
    public struct Coefficient: Sendable, Equatable, Codable {
        /// Name of the feature.
        public let name: String
        /// Log-odds of default per unit of the feature.
        public let value: Double
        /// Standard error, where the fit gives one.
        public let standardError: Double?
    }
}

/// Where a model comes from.
public struct TrainingFingerprint: Sendable, Equatable, Codable {
    /// Version of the engine that trained it.
    public let engineVersion: String
    /// SHA-256 of the recipe's meaning, 64 hexadecimal digits.
    public let recipeDigest: String
    /// SHA-256 of the training columns' names, types and values, 64 hexadecimal digits.
    public let dataDigest: String
    /// Seed that the training drew from; absent where it drew nothing.
    public let seed: UInt64?
    /// Training rows.
    public let rows: Int
    /// Training rows that defaulted.
    public let defaults: Int
}

/// What a model says of the rows of a table.
public struct ScoredRows: Sendable, Equatable {
    /// η, the log-odds of default, calibrated.
    public let logOdds: [Double]
    /// offset − factor · η; higher is safer.
    public let scores: [Double]
    /// Points as the printed scorecard adds them up; `nil` where the model is no scorecard, or where its calibration is
    /// no line, so that no points add up to the score.
    public let points: [Double]?
    /// Why scores are not higher; `nil` if not asked for.
    public let reasons: ReasonTable?

    /// Number of rows.
    public var count: Int { logOdds.count }

    /// The probability of default of a row.
    public func pd(ofRow row: Int) -> Double { ProbabilityOfDefault.value(ofLogOdds: logOdds[row]) }
}

extension ScoringModel {
    /// Scores every row of a table: the same path for one record, a batch and a stream of batches.
    ///
    /// - Parameters:
    ///   - table: The rows, with the columns of ``schema``.
    ///   - withReasons: Whether to say why scores are not higher.
    ///   - workers: Threads to use; the result does not depend on them.
    /// - Throws: ``ScoringError`` if a column is missing or has a type that the model cannot read.
    public func score(
        _ table: Table, withReasons: Bool = true, workers: Workers = .single
    ) throws(ScoringError) -> ScoredRows {
        let logOdds = try logOdds(of: table, workers: workers)
        let scaling = scaling
        let (factor, offset) = (scaling.factor, scaling.offset)
        return ScoredRows(
            logOdds: logOdds, scores: logOdds.map { offset - factor * $0 },
            points: try points(of: table, workers: workers),
            reasons: withReasons && reasons.count > 0 ? try rankReasons(of: table, workers: workers) : nil)
    }

    /// η for every row of a table, calibrated.
    ///
    /// - Throws: ``ScoringError`` if a column is missing or has a type that the model cannot read.
    public func logOdds(of table: Table, workers: Workers = .single) throws(ScoringError) -> [Double] {
        let raw = try scorer.logOdds(of: table, workers: workers)
        guard let calibration else { return raw }
        return workers.fill(raw.count, blockSize: BoundScorer.blockRows, repeating: 0.0) { rows, block in
            for row in rows { block[row - rows.lowerBound] = calibration.logOdds(raw[row]) }
        }
    }

    private func points(of table: Table, workers: Workers) throws(ScoringError) -> [Double]? {
        guard case .scorecard = form, calibration.map({ $0.line != nil }) ?? true else { return nil }
        return try reasonScorer.logOdds(of: table, workers: workers)
    }

    private func rankReasons(of table: Table, workers: Workers) throws(ScoringError) -> ReasonTable? {
        let count = min(reasons.count, reasonScorer.columns.count)
        guard count > 0 else { return nil }
        let ranking = ReasonRanking(references: references, scale: reasonScale, count: count)
        return ReasonTable(
            count: count, characteristics: reasonScorer.columns,
            codes: try reasonScorer.reasons(of: table, ranking: ranking, workers: workers))
    }
}

extension ScoringModel {
    /// Whether a scorecard's scaling is that of the model with a calibration that is a line taken up.
    var pointsTellScores: Bool {
        guard case .scorecard(let scorecard) = form else { return true }
        guard let line = calibration?.line else { return scorecard.points.scaling == scaling }
        guard let folded = try? scaling.folding(line) else { return false }
        // Exponentials of another C library may differ in their last digits.
        let points = scorecard.points.scaling
        return [(folded.pdo, points.pdo), (folded.baseOdds, points.baseOdds)].allSatisfy { expected, actual in
            abs(actual - expected) <= 1e-9 * abs(expected)
        } && folded.baseScore == points.baseScore && folded.rate == points.rate
    }
}
