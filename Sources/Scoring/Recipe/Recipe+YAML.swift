public import Foundation
public import StrictYAML
import Tables

extension Recipe {
    /// Reads a recipe file.
    ///
    /// - Throws: `YAMLError` with file, line and column for whatever is not understood, unknown keys included.
    public init(contentsOf file: URL) throws(YAMLError) {
        try self.init(yaml: try YAMLReader().read(file))
    }

    /// Reads a recipe.
    ///
    /// - Parameters:
    ///   - text: The document.
    ///   - name: What messages call it.
    /// - Throws: `YAMLError` with line and column for whatever is not understood, unknown keys included.
    public init(_ text: String, named name: String? = nil) throws(YAMLError) {
        try self.init(yaml: try YAMLReader().read(text, named: name))
    }

    /// Reads a recipe from a document.
    public init(yaml document: YAMLNode) throws(YAMLError) {
        self = try document.mapping { keys throws(YAMLError) in
            let version = try keys.required("recipe")
            guard try version.int() == Self.languageVersion else {
                throw version.error(expected: "\(Self.languageVersion), the version this engine speaks")
            }
            return try Recipe(keys: &keys)
        }
    }

    private init(keys: inout YAMLMapping) throws(YAMLError) {
        let name = try keys.required("name").nonEmptyString()
        let description = try keys.optional("description")?.string()
        let target = try keys.required("target").mapping { keys throws(YAMLError) in
            Target(
                column: try keys.required("column").nonEmptyString(),
                defaults: try keys.required("default").values(),
                nonDefaults: try keys.optional("nonDefault")?.values())
        }
        let id = try keys.optional("id")?.nonEmptyString()
        let weight = try keys.optional("weight")?.nonEmptyString()
        let offset = keys.optional("offset")
        let group = try keys.optional("group")?.nonEmptyString()
        let file = try keys.optional("file")?.dialect()
        let columns = try keys.optional("columns")?.schema() ?? .none
        var included: [String]?
        var excluded: [String] = []
        try keys.optional("features")?.mapping { keys throws(YAMLError) in
            included = try keys.optional("include")?.names()
            excluded = try keys.optional("exclude")?.names() ?? []
        }
        var folds = FoldOptions()
        try keys.optional("folds")?.mapping { keys throws(YAMLError) in
            folds.count = try keys.optional("count")?.int(in: 2...100) ?? folds.count
            folds.seed = try keys.optional("seed")?.uint64() ?? folds.seed
        }
        let document = try keys.required("model")
        let model = try document.mapping { keys throws(YAMLError) in try Model(keys: &keys) }
        if let offset, model.kind != .logistic {
            throw offset.error(expected: "no offset: only kind logistic adds one")
        }
        self.init(
            name: name, description: description, target: target, id: id, weight: weight,
            offset: try offset?.nonEmptyString(), group: group, file: file, columns: columns,
            included: included, excluded: excluded, folds: folds, model: model,
            search: try keys.optional("search").map { node throws(YAMLError) in
                try SearchPlan(node, model: document)
            },
            calibration: try keys.optional("calibration")?.mapping { keys throws(YAMLError) in
                try CalibrationRecipe(keys: &keys)
            },
            card: try keys.optional("card")?.mapping { keys throws(YAMLError) in
                try ModelCardRecipe(keys: &keys)
            },
            masterScale: try keys.optional("masterScale")?.nonEmptyString(),
            gates: try keys.optional("gates")?.mapping { keys throws(YAMLError) in
                try ValidationGates(keys: &keys)
            })
    }
}

extension Recipe.Model {
    /// Reads the keys of a model.
    init(keys: inout YAMLMapping) throws(YAMLError) {
        switch try keys.required("kind").choice(of: ModelKind.self) {
        case .logistic: self = .logistic(try LogisticRecipe(keys: &keys))
        case .scorecard: self = .scorecard(try ScorecardRecipe(keys: &keys))
        case .boostedTrees: self = .boostedTrees(try BoostedTreesRecipe(keys: &keys))
        case .additiveTrees: self = .additiveTrees(try AdditiveTreesRecipe(keys: &keys))
        }
    }
}

extension YAMLNode {
    /// One value or a list of them, as text.
    func values() throws(YAMLError) -> [String] {
        guard case .list = content else { return [try string()] }
        let values = try list { item throws(YAMLError) in try item.string() }
        guard !values.isEmpty else { throw error(expected: "at least one value") }
        return values
    }

    /// How files are written.
    fileprivate func dialect() throws(YAMLError) -> CSVDialect {
        try mapping { keys throws(YAMLError) in
            var dialect = CSVDialect()
            dialect.delimiter = try keys.optional("delimiter")?.choice()
            dialect.decimalMark = try keys.optional("decimalMark")?.choice()
            dialect.missing = try keys.optional("missing")?.values()
            if let header = keys.optional("header") {
                dialect.header = header.isNone ? CSVDialect.Header.none : .names(try header.names())
            }
            dialect.fieldLimit = try keys.optional("fieldLimit")?.int(in: CSVDialect.fieldLimits)
            return dialect
        }
    }

    /// A list of names.
    func names() throws(YAMLError) -> [String] {
        try list { item throws(YAMLError) in try item.nonEmptyString() }
    }

    /// A list of numbers.
    func numbers() throws(YAMLError) -> [Double] {
        try list { item throws(YAMLError) in try item.double() }
    }

    /// Values by name, in the order of the document.
    func entries<Value>(
        of read: (YAMLNode) throws(YAMLError) -> Value
    ) throws(YAMLError) -> [(key: String, value: Value)] {
        try mapping { keys throws(YAMLError) in
            var values: [(key: String, value: Value)] = []
            for entry in keys.allEntries() { values.append((entry.key, try read(entry.value))) }
            return values
        }
    }

    /// Values by name.
    func dictionary<Value>(
        of read: (YAMLNode) throws(YAMLError) -> Value
    ) throws(YAMLError) -> [String: Value] {
        var values: [String: Value] = [:]
        for (key, value) in try entries(of: read) { values[key] = value }
        return values
    }

    /// The descriptions of columns by name.
    fileprivate func schema() throws(YAMLError) -> Schema {
        let described = try mapping { keys throws(YAMLError) in
            var columns: [ColumnSchema] = []
            for entry in keys.allEntries() { columns.append(try entry.value.column(named: entry.key)) }
            return columns
        }
        do {
            return try Schema(described)
        } catch {
            throw self.error(expected: "columns that do not contradict themselves (\(error))")
        }
    }

    private func column(named name: String) throws(YAMLError) -> ColumnSchema {
        let column = try mapping { keys throws(YAMLError) in
            let type = try keys.required("type").choice(of: ColumnType.self)
            var column = ColumnSchema(name: name, type: type)
            column.unit = try keys.optional("unit")?.string()
            column.range = try keys.optional("range")?.mapping { keys throws(YAMLError) in
                ColumnSchema.ValueRange(
                    minimum: try keys.optional("minimum")?.double(),
                    maximum: try keys.optional("maximum")?.double())
            }
            column.levels = try keys.optional("levels")?.values()
            column.unseenLevels =
                try keys.optional("unseenLevels")?.unseenLevels() ?? column.unseenLevels
            column.specialCodes = try keys.optional("special")?.numbers() ?? []
            column.missingMarkers = try keys.optional("missing")?.values()
            column.dayFormat = try keys.optional("dayFormat")?.choice() ?? column.dayFormat
            return column
        }
        do {
            _ = try Schema([column])
        } catch {
            throw self.error(expected: "a column that does not contradict itself (\(error))")
        }
        return column
    }

    private func unseenLevels() throws(YAMLError) -> ColumnSchema.UnseenLevels {
        let text = try string()
        guard let value = ColumnSchema.UnseenLevels(rawValue: text) else {
            throw error(expected: "refuse or append")
        }
        return value
    }
}
