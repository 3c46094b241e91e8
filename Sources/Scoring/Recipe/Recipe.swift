public import Tables

/// What is to be modelled and how: everything that training needs to know besides the data.
public struct Recipe: Sendable, Equatable, Codable {
    /// The version of the recipe language that this engine speaks.
    public static let languageVersion = 1

    /// Name of the model.
    public var name: String
    /// What the model is for.
    public var description: String?
    /// Which column says who defaulted, and how.
    public var target: Target
    /// The column that names a row; never a feature.
    public var id: String?
    /// The column of weights; never a feature.
    public var weight: String?
    /// The column of known log-odds of default that are added to the model's own; never a feature.
    public var offset: String?
    /// The column of groups that folds must not split, such as the obligor of several observations; never a feature.
    public var group: String?
    /// How the data files are written, where that is not to be found out from them.
    public var file: CSVDialect?
    /// What is known of the columns.
    public var columns: Schema
    /// Columns that may become features; `nil` for all that are usable.
    public var included: [String]?
    /// Columns that never become features.
    public var excluded: [String]
    /// How cross-validation makes folds when it is given none.
    public var folds: FoldOptions
    /// The kind of model and its options.
    public var model: Model
    /// Which settings of the model are tried before it is trained; `nil` for its own alone.
    public var search: SearchPlan?
    /// How PDs are calibrated; `nil` for the model's own.
    public var calibration: CalibrationRecipe?
    /// What the model's card says beside what is measured; `nil` for nothing.
    public var card: ModelCardRecipe?
    /// Name or file of the master scale that grades the model's PDs; not interpreted here.
    public var masterScale: String?
    /// What a model must reach before it may be used; `nil` for no demands.
    public var gates: ValidationGates?

    /// Which column says who defaulted.
    public struct Target: Sendable, Hashable, Codable {
        /// Name of the column; never a feature.
        public var column: String
        /// Its values that mean default, as they are written in the data.
        public var defaults: [String]
        /// Its values that mean no default; `nil` for all that do not mean default.
        public var nonDefaults: [String]?

        /// A column and the values that mean default.
        public init(column: String, defaults: [String], nonDefaults: [String]? = nil) {
            self.column = column
            self.defaults = defaults
            self.nonDefaults = nonDefaults
        }
    }

    /// The kind of model.
    public enum Model: Sendable, Equatable, Codable {
        /// Logistic regression on numbers and one-hot levels.
        case logistic(LogisticRecipe)
        /// Logistic regression on the WOE of binned variables, with points.
        case scorecard(ScorecardRecipe)
        /// Gradient boosted trees.
        case boostedTrees(BoostedTreesRecipe)
        /// Shape functions of columns and pairs of them, boosted in cycles.
        case additiveTrees(AdditiveTreesRecipe)
    }

    /// A recipe; what is left out has the defaults of the language.
    public init(
        name: String, description: String? = nil, target: Target, id: String? = nil, weight: String? = nil,
        offset: String? = nil, group: String? = nil, file: CSVDialect? = nil, columns: Schema = .none,
        included: [String]? = nil, excluded: [String] = [], folds: FoldOptions = FoldOptions(), model: Model,
        search: SearchPlan? = nil, calibration: CalibrationRecipe? = nil, card: ModelCardRecipe? = nil,
        masterScale: String? = nil,
        gates: ValidationGates? = nil
    ) {
        self.name = name
        self.description = description
        self.target = target
        self.id = id
        self.weight = weight
        self.offset = offset
        self.group = group
        self.file = file
        self.columns = columns
        self.included = included
        self.excluded = excluded
        self.folds = folds
        self.model = model
        self.search = search
        self.calibration = calibration
        self.card = card
        self.masterScale = masterScale
        self.gates = gates
    }
}

/// How rows are dealt into folds.
public struct FoldOptions: Sendable, Hashable, Codable {
    /// Number of folds, 2 … 100.
    public var count: Int
    /// Seed of the shuffle.
    public var seed: UInt64

    /// Options with their defaults.
    public init(count: Int = 5, seed: UInt64 = 0) {
        self.count = count
        self.seed = seed
    }
}

extension Recipe.Model {
    /// The name of the kind in recipes and model files.
    public var kind: ModelKind {
        switch self {
        case .logistic: .logistic
        case .scorecard: .scorecard
        case .boostedTrees: .boostedTrees
        case .additiveTrees: .additiveTrees
        }
    }
}

/// The kinds of scoring models.
public enum ModelKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Logistic regression on numbers and one-hot levels.
    case logistic
    /// Logistic regression on the WOE of binned variables, with points.
    case scorecard
    /// Gradient boosted trees.
    case boostedTrees = "boosted-trees"
    /// Shape functions of columns and pairs of them, boosted in cycles.
    case additiveTrees = "additive-trees"
}
