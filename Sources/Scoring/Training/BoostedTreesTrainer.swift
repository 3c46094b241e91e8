import Boosting
import Parallelism
import Tables

/// Trains boosted trees: reads the columns, grows forests, proves what they were held to.
struct BoostedTreesTrainer {
    let options: BoostedTreesRecipe
    let recipe: Recipe
    let workers: Workers

    func train(_ data: TrainingData) throws(TrainingError) -> TrainedParts {
        try checkNames(data)
        let design = try TreeDesign(data, recipe: recipe, options: options)
        let grown = try grow(design, data)
        let asked = grown.forest.askedFeatures
        guard !asked.isEmpty else {
            throw .boosting(.nothingToLearn(reason: "no split of any column is worth making"))
        }
        let model: BoostedTreesModel
        do throws(BoostingError) {
            model = try BoostedTreesModel(
                inputs: asked.map { design.inputs[$0] }, forest: grown.forest.settled(keeping: asked),
                directions: asked.map { design.directions[$0] })
        } catch { throw .boosting(error) }
        if options.reasons.count > 0 {
            // A model that promises reasons is able to give them.
            do throws(ScoringError) { _ = try model.treeExplainer() } catch { throw .scoring(error) }
        }
        let idle = design.inputs.indices.filter { !asked.contains($0) }.map {
            FeatureEncoding.DroppedColumn(
                column: design.inputs[$0].column, reason: "no tree asks about it")
        }
        return TrainedParts(
            form: .boostedTrees(model), scaling: options.scaling, reasons: options.reasons,
            report: TrainingReport(
                dropped: data.passedOver + design.dropped + idle, remarks: grown.remarks(model)))
    }

    /// Refuses constraints on columns that cannot be had.
    private func checkNames(_ data: TrainingData) throws(TrainingError) {
        let named =
            options.monotone.keys.sorted().map { ("monotone column", $0) }
            + options.interactions.flatMap(\.self).map { ("interaction column", $0) }
        for (role, name) in named {
            guard let column = data.table[name] else {
                throw .missingColumn(name: name, role: role, available: data.table.names)
            }
            guard data.candidates.contains(name) else {
                throw .badOption(column: name, reason: "the \(role) is none that the model may use")
            }
            if options.monotone[name] != nil, TreeDesign.isCategory(column, recipe) {
                throw .badOption(
                    column: name,
                    reason: "risk rises or falls with numbers; the levels of a category have no order")
            }
        }
    }

    private func grow(_ design: TreeDesign, _ data: TrainingData) throws(TrainingError) -> GrownForest {
        let settings: TreeSettings
        do throws(BoostingError) {
            settings = try TreeSettings(
                options, defaulted: data.defaulted, directions: design.directions,
                interactions: design.interactions)
        } catch { throw .boosting(error) }
        var folds: Folds?
        if let count = settings.folds {
            folds = try data.folds(FoldOptions(count: count, seed: options.seed), recipe: recipe)
        }
        do throws(BoostingError) {
            return try ForestGrower(settings: settings, workers: workers).grow(design.data, folds: folds)
        } catch { throw .boosting(error) }
    }
}

/// The candidates as trees read them.
struct TreeDesign {
    /// The columns that are not the same everywhere.
    private(set) var inputs: [TreeInput] = []
    /// +1 where risk must rise, −1 where it must fall, else 0; one per input.
    private(set) var directions: [Int8] = []
    /// Groups of inputs that may meet on a path.
    private(set) var interactions: [Set<Int>] = []
    /// The columns that were not used.
    private(set) var dropped: [FeatureEncoding.DroppedColumn] = []
    /// Columns, outcomes and weights.
    private(set) var data: Boosting.TrainingData

    init(_ source: TrainingData, recipe: Recipe, options: BoostedTreesRecipe) throws(TrainingError) {
        data = Boosting.TrainingData(
            names: [], columns: [], outcomes: source.defaulted.map { $0 ? 1 : 0 },
            weights: source.weights ?? [])
        for name in source.candidates {
            guard let column = source.table[name] else { continue }
            let direction = options.monotone[name]
            let specials = recipe.columns[name]?.specialCodes ?? []
            let input = TreeInput(
                column: name, levels: Self.isCategory(column, recipe) ? Self.levels(of: column) : nil,
                missingCodes: direction == nil ? [] : specials)
            let values: Boosting.TrainingData.Column
            do throws(ScoringError) { values = try input.values(of: column) } catch { throw .scoring(error) }
            guard values.isVaried else {
                dropped.append(.init(column: name, reason: "one value in all training rows"))
                continue
            }
            inputs.append(input)
            data.names.append(name)
            data.columns.append(values)
            let sign: Int8 =
                switch direction {
                case nil: 0
                case .rising: 1
                case .falling: -1
                }
            directions.append(sign)
        }
        guard !inputs.isEmpty else { throw .noVariables }
        let places = Dictionary(
            data.names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        interactions = options.interactions.map { group in Set(group.compactMap { places[$0] }) }
    }

    /// Whether a column holds categories, by the recipe or by itself.
    static func isCategory(_ column: Column, _ recipe: Recipe) -> Bool {
        if recipe.columns[column.name]?.type == .category { return true }
        return switch column.values {
        case .category, .text: true
        case .double, .float, .integer, .flag, .day: false
        }
    }

    /// The levels that occur, in their alphabetical order.
    private static func levels(of column: Column) -> [String] {
        let categories = CategoryCodes(column)
        var occurs = [Bool](repeating: false, count: categories.levels.count)
        for code in categories.codes where code < occurs.count { occurs[Int(code)] = true }
        return categories.levels.indices.filter { occurs[$0] }.map { categories.levels[$0] }.sorted()
    }
}

extension Boosting.TrainingData.Column {
    /// Whether there are two values at least, missing being one.
    fileprivate var isVaried: Bool {
        switch self {
        case .doubles(let values): values.contains { $0 != values[0] && !($0.isNaN && values[0].isNaN) }
        case .floats(let values): values.contains { $0 != values[0] && !($0.isNaN && values[0].isNaN) }
        case .categories(let codes, _): codes.contains { $0 != codes[0] }
        }
    }
}
