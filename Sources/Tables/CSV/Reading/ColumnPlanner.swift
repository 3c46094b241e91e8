/// Decides how the columns of a file are to be read, as far as that can be said before reading it.
struct ColumnPlanner {
    let head: CSVHead
    let options: CSVOptions
    /// What means missing where nothing else is stated.
    private let markers: MissingMarkers

    init(head: CSVHead, options: CSVOptions) {
        self.head = head
        self.options = options
        markers = MissingMarkers(options.missingMarkers)
    }

    /// The decimal marks that may occur.
    var marks: [UInt8] {
        switch options.decimalMark {
        case .point: [UInt8(ascii: ".")]
        case .comma: [UInt8(ascii: ",")]
        case .automatic where head.delimiter == UInt8(ascii: ","): [UInt8(ascii: ".")]
        case .automatic: [UInt8(ascii: "."), UInt8(ascii: ",")]
        }
    }

    /// A column that was asked for.
    struct Wanted: Sendable {
        /// Which field of the record it is, of how many.
        let field: (index: Int, count: Int)
        let name: String
        /// What was stated of it, if anything.
        let stated: ColumnSchema?
    }

    /// The columns asked for, in the order wanted.
    ///
    /// - Throws: ``TableError/missingColumn(file:name:available:)`` for a name that is not in the header, in the
    ///   choice of columns or else in the schema; ``TableError/badSchema(column:reason:)`` for a column that is
    ///   chosen twice.
    func wanted() throws(TableError) -> [Wanted] {
        var positions: [String: Int] = [:]
        for (position, name) in head.names.enumerated() { positions[name] = position }
        var stated: [String: ColumnSchema] = [:]
        for column in options.schema.columns { stated[column.name] = column }
        for name in options.columns ?? options.schema.names where positions[name] == nil {
            throw .missingColumn(file: head.file, name: name, available: head.names)
        }
        var chosen: Set<String> = []
        var wanted: [Wanted] = []
        for name in options.columns ?? head.names {
            guard let position = positions[name] else { continue }
            guard chosen.insert(name).inserted else {
                throw .badSchema(column: name, reason: "it is chosen twice")
            }
            wanted.append(
                Wanted(field: (position, head.names.count), name: name, stated: stated[name]))
        }
        return wanted
    }

    /// A plan without any open question.
    ///
    /// - Parameter traits: The forms of all values, or of those at hand for a column whose type is stated.
    func plan(_ column: Wanted, _ traits: ColumnTraits) -> ColumnPlan {
        if let stated = column.stated {
            return ColumnPlan(
                field: column.field, schema: stated, isGuess: false, decimal: mark(traits), markers: markers)
        }
        let reading = traits.reading(mark: options.decimalMark)
        var decimal = mark(traits)
        if case .decimal(let mark) = reading { decimal = mark }
        let schema = ColumnSchema(name: column.name, type: type(reading))
        return ColumnPlan(
            field: column.field, schema: schema, isGuess: false, decimal: decimal, markers: markers)
    }

    /// A plan from some of the values, which others may contradict.
    ///
    /// - Returns: `nil` if these values say nothing at all.
    func guess(_ column: Wanted, _ traits: ColumnTraits, isCategory: Bool) -> ColumnPlan? {
        // A mark that has not been seen is left open, so that the first one will be noticed.
        let decimal =
            marks.count == 1 || !traits.isDisjoint(with: [.point, .comma]) ? mark(traits) : UInt8.max
        if let stated = column.stated {
            let isOpen = stated.type.isNumeric && marks.count > 1
            return ColumnPlan(
                field: column.field, schema: stated, isGuess: isOpen,
                decimal: isOpen ? decimal : mark(traits), markers: markers)
        }
        if traits.isEmpty { return nil }
        var type = type(traits.reading(mark: options.decimalMark))
        if type == .text, isCategory { type = .category }
        return ColumnPlan(
            field: column.field, schema: ColumnSchema(name: column.name, type: type), isGuess: true,
            decimal: decimal, markers: markers)
    }

    /// How a column of words is read as a category, to see how many levels it has.
    func trial(_ column: Wanted) -> ColumnPlan {
        ColumnPlan(
            field: column.field, schema: ColumnSchema(name: column.name, type: .category), isGuess: true,
            decimal: 0, markers: markers)
    }

    private func mark(_ traits: ColumnTraits) -> UInt8 {
        if marks.count == 1 { return marks[0] }
        let isComma = traits.contains(.comma) && !traits.contains(.point)
        return UInt8(ascii: isComma ? "," : ".")
    }

    private func type(_ reading: ColumnTraits.Reading) -> ColumnType {
        switch reading {
        case .integer: .integer
        case .decimal: options.decimals.type
        case .day: .day
        case .flag: .flag
        case .words: .text
        }
    }
}

/// When words are taken for a category rather than for text.
enum CategoryRule {
    /// The most levels that an inferred category may have.
    static let mostLevels = 1000

    /// At most 20 distinct values, or at most 1000 which occur twice on average.
    static func isCategory(distinct: Int, values: Int) -> Bool {
        distinct <= 20 || (distinct <= mostLevels && 2 * distinct <= values)
    }
}
