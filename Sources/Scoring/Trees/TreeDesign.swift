import Boosting
import Tables

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

    /// The design of a recipe's candidates.
    ///
    /// - Parameters:
    ///   - wanted: Directions of risk.
    ///   - groups: Names of columns that may meet on a path.
    /// - Throws: ``TrainingError`` also for constraints on columns that cannot be had.
    init(
        _ source: TrainingData, recipe: Recipe, directions wanted: Directions,
        interactions groups: [[String]] = []
    ) throws(TrainingError) {
        try Self.check(source, recipe, wanted, groups)
        data = Boosting.TrainingData(
            names: [], columns: [], outcomes: source.defaulted.map { $0 ? 1 : 0 },
            weights: source.weights ?? [])
        for name in source.candidates {
            guard let column = source.table[name] else { continue }
            let isCategory = Self.isCategory(column, recipe)
            let direction = isCategory ? nil : wanted.ofNumbers(in: name)
            let specials = recipe.columns[name]?.specialCodes ?? []
            let input = TreeInput(
                column: name, levels: isCategory ? Self.levels(of: column) : nil,
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
            directions.append(direction?.sign ?? 0)
        }
        guard !inputs.isEmpty else { throw .noVariables }
        let places = Dictionary(
            data.names.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        interactions = groups.map { group in Set(group.compactMap { places[$0] }) }
        if wanted.expected != nil, directions.allSatisfy({ $0 == 0 }) {
            throw .badOption(
                column: "monotone",
                reason: "no column has an expected direction: state directions by column instead")
        }
    }

    /// Refuses constraints on columns that cannot be had.
    private static func check(
        _ data: TrainingData, _ recipe: Recipe, _ wanted: Directions, _ groups: [[String]]
    ) throws(TrainingError) {
        let named =
            wanted.stated.keys.sorted().map { ("monotone column", $0) }
            + groups.flatMap(\.self).map { ("interaction column", $0) }
        for (role, name) in named {
            guard let column = data.table[name] else {
                throw .missingColumn(name: name, role: role, available: data.table.names)
            }
            guard data.candidates.contains(name) else {
                throw .badOption(column: name, reason: "the \(role) is none that the model may use")
            }
            if wanted.stated[name] != nil, isCategory(column, recipe) {
                throw .badOption(
                    column: name,
                    reason: "risk rises or falls with numbers; the levels of a category have no order")
            }
        }
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
