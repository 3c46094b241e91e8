public import Tables

/// The rows of a table as a recipe sees them: outcomes, weights, groups and the columns that may become features.
public struct TrainingData: Sendable {
    /// The table.
    public let table: Table
    /// y by row.
    public let defaulted: [Bool]
    /// w by row; `nil` for all 1.
    public let weights: [Double]?
    /// Known log-odds that are added to every row's own; `nil` for none.
    public let offset: [Double]?
    /// The columns that may become features, in the order of the table.
    public let candidates: [String]
    /// Columns that were passed over, with the reason.
    public let passedOver: [FeatureEncoding.DroppedColumn]

    /// Reads a table by a recipe.
    ///
    /// Candidates are the included columns, or else all; without those that have a role or are excluded. Text and
    /// days become candidates only where the recipe includes them by name.
    ///
    /// - Throws: ``TrainingError`` if a column that the recipe names is not there, has two roles, or holds outcomes
    ///   or weights that cannot be used.
    public init(_ table: Table, recipe: Recipe) throws(TrainingError) {
        let roles = recipe.roleColumns
        for (role, column) in roles {
            guard table[column] != nil else {
                throw .missingColumn(name: column, role: role, available: table.names)
            }
            let all = roles.filter { $0.column == column }
            guard all.count == 1 else { throw .conflictingRoles(column: column, roles: all.map(\.role)) }
        }
        let named =
            [("included column", recipe.included ?? []), ("excluded column", recipe.excluded)]
            + [("described column", recipe.columns.names)]
        for (role, names) in named {
            if let name = names.first(where: { table[$0] == nil }) {
                throw .missingColumn(name: name, role: role, available: table.names)
            }
        }
        self.table = table
        defaulted = try recipe.target.outcomes(of: table)
        weights = try recipe.weight.map { name throws(TrainingError) in try table.weights(in: name) }
        offset = try recipe.offset.map { name throws(TrainingError) in try table.offset(in: name) }
        var candidates: [String] = []
        var passedOver: [FeatureEncoding.DroppedColumn] = []
        let taken = Set(roles.map(\.column) + recipe.excluded)
        for name in recipe.included ?? table.names where !taken.contains(name) {
            guard let column = table[name] else { continue }
            switch column.values {
            case .text where recipe.included == nil:
                passedOver.append(.init(column: name, reason: "free text; include it by name to use it"))
            case .day where recipe.included == nil:
                passedOver.append(.init(column: name, reason: "days; include it by name to use it"))
            default: candidates.append(name)
            }
        }
        guard !candidates.isEmpty else { throw .noVariables }
        self.candidates = candidates
        self.passedOver = passedOver
    }

    private init(
        table: Table, defaulted: [Bool], weights: [Double]?, offset: [Double]?, candidates: [String],
        passedOver: [FeatureEncoding.DroppedColumn]
    ) {
        self.table = table
        self.defaulted = defaulted
        self.weights = weights
        self.offset = offset
        self.candidates = candidates
        self.passedOver = passedOver
    }

    /// Refuses a name in the recipe's options that is no column which the model may use.
    ///
    /// - Parameter role: What the recipe uses the name for, such as "forced variable".
    /// - Throws: ``TrainingError/badOption(column:reason:)``.
    func checkCandidate(_ name: String, role: String) throws(TrainingError) {
        guard !candidates.contains(name) else { return }
        let reason =
            table[name] == nil
            ? "the \(role) is no column of the data" : "the \(role) is no column that the model may use"
        throw .badOption(column: name, reason: reason + suggestion(for: name, among: candidates))
    }

    /// Number of rows.
    public var rowCount: Int { table.rowCount }

    /// Some of the rows, in the given order.
    public func gathered(_ rows: [Int]) -> TrainingData {
        TrainingData(
            table: table.gathered(rows), defaulted: rows.map { defaulted[$0] },
            weights: weights.map { weights in rows.map { weights[$0] } },
            offset: offset.map { offset in rows.map { offset[$0] } }, candidates: candidates,
            passedOver: passedOver)
    }
}

extension Recipe {
    /// The columns that have a role other than feature.
    var roleColumns: [(role: String, column: String)] {
        [("target column", target.column)] + (id.map { [("id column", $0)] } ?? [])
            + (weight.map { [("weight column", $0)] } ?? [])
            + (offset.map { [("offset column", $0)] } ?? []) + (group.map { [("group column", $0)] } ?? [])
    }
}

extension Recipe.Target {
    /// Who defaulted, by row.
    ///
    /// Categories, text and days are compared as they are written, numbers by value, flags by `true`, `false`, 1
    /// and 0.
    ///
    /// - Throws: ``TrainingError`` if the column or a value is missing, or a value is neither of the two.
    public func outcomes(of table: Table) throws(TrainingError) -> [Bool] {
        if let column = table[self.column],
            let first = CategoryCodes(column).codes.firstIndex(of: Column.missingCode)
        {
            throw .missingTarget(column: column.name, rows: column.missingCount, firstRow: first)
        }
        return try knownOutcomes(of: table).map { $0 ?? false }
    }

    /// Who defaulted, by row; `nil` where the column has no value yet.
    ///
    /// - Throws: ``TrainingError`` if the column is missing, or a value is neither of the two.
    public func knownOutcomes(of table: Table) throws(TrainingError) -> [Bool?] {
        guard let column = table[self.column] else {
            throw .missingColumn(name: self.column, role: "target column", available: table.names)
        }
        let codes = CategoryCodes(column)
        let isFlag = if case .flag = column.values { true } else { false }
        let outcomeOfLevel = codes.levels.map { level -> Bool? in
            if defaults.contains(where: { Self.matches($0, level, isFlag: isFlag) }) { return true }
            guard let nonDefaults else { return false }
            return nonDefaults.contains { Self.matches($0, level, isFlag: isFlag) } ? false : nil
        }
        var outcomes: [Bool?] = []
        outcomes.reserveCapacity(codes.codes.count)
        for (row, code) in codes.codes.enumerated() {
            if code == Column.missingCode {
                outcomes.append(nil)
                continue
            }
            guard let outcome = outcomeOfLevel[Int(code)] else {
                throw .unknownTarget(column: column.name, value: codes.levels[Int(code)], row: row)
            }
            outcomes.append(outcome)
        }
        return outcomes
    }

    /// Whether a value of the recipe means a value of the data: the same text, or the same number.
    private static func matches(_ stated: String, _ level: String, isFlag: Bool) -> Bool {
        if stated == level { return true }
        if isFlag { return stated == (level == "1" ? "true" : "false") }
        guard let left = Double(stated), let right = Double(level) else { return false }
        return left == right
    }
}

extension Table {
    fileprivate func weights(in name: String) throws(TrainingError) -> [Double] {
        guard let weights = self[name]?.doubles else {
            throw .badOption(column: name, reason: "a column of weights must hold numbers")
        }
        if let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
            throw .badWeight(column: name, row: row, value: weights[row])
        }
        return weights
    }

    fileprivate func offset(in name: String) throws(TrainingError) -> [Double] {
        guard let offset = self[name]?.doubles else {
            throw .badOption(column: name, reason: "an offset must hold numbers, log-odds of default")
        }
        if let row = offset.firstIndex(where: { !$0.isFinite }) {
            throw .badOffset(column: name, row: row, value: offset[row])
        }
        return offset
    }
}
