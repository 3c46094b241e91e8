import Parallelism
import Tables
import Vocabulary

/// Turns blocks of a foreign file into records of one kind.
struct RowMapper: Sendable {
    let rule: Mapping.Rule
    let source: Mapping.Source
    /// What separates the fields of the file, which then is no decimal mark; `nil` until that is known.
    var delimiter: UInt8?

    /// How the file is read: the columns that the rule names, by type where that is possible.
    func options(_ workers: Workers) throws(TableError) -> CSVOptions {
        var wanted: [String: ColumnSchema] = [:]
        var order: [String] = []
        func need(_ name: String, _ schema: ColumnSchema) {
            if let other = wanted[name] {
                if other != schema { wanted[name] = textSchema(name) }
            } else {
                wanted[name] = schema
                order.append(name)
            }
        }
        for field in rule.kind.fields {
            guard case .column(let column) = rule.fields[field.name] else { continue }
            need(column.name, schema(of: column, for: field))
            if let condition = column.condition { need(condition.column, textSchema(condition.column)) }
        }
        if let condition = rule.condition { need(condition.column, textSchema(condition.column)) }
        var options = CSVOptions()
        options.delimiter = source.delimiter
        options.decimalMark = source.decimalMark
        options.workers = workers
        options.badValues = .note
        options.columns = order
        options.schema = try Schema(order.compactMap { wanted[$0] })
        return options
    }

    /// The records of a block.
    func records(of block: TableBlock, file: String) throws(TableError) -> RecordBlock {
        var table = block.table
        var lines = block.lines
        var passedOver: [CheckReport.PassedOver] = []
        var unread: [RecordBlock.UnreadValue] = []
        /// Where the rows are that the rule takes, by row of the file; `nil` if it takes all or nobody asks.
        var places: [Int: Int]?
        if let condition = rule.condition {
            let met = try meets(condition, table)
            // What decides about a row that cannot be decided is a fault of the row, which stays for that.
            let undecided = Set(met.unread)
            let rows = (0..<table.rowCount).filter { met.answers[$0] || undecided.contains($0) }
            if rows.count < table.rowCount {
                passedOver.add(
                    CheckReport.PassedOver(
                        records: rule.kind, file: file, reason: .condition, column: condition.column,
                        count: table.rowCount - rows.count))
                table = table.gathered(rows)
                lines = lines.gathered(rows)
                if !(undecided.isEmpty && block.unread.isEmpty) {
                    places = Dictionary(uniqueKeysWithValues: rows.enumerated().map { ($1, $0) })
                }
            }
            unread += met.unread.map { .init(row: places?[$0] ?? $0, field: nil) }
        }
        var unreadRows: [String: [Int]] = [:]
        for field in block.unread {
            guard let row = places.map({ $0[field.row] }) ?? field.row else { continue }
            unreadRows[field.column, default: []].append(row)
        }
        var columns: [Column] = []
        for field in rule.kind.fields {
            let read: ReadField
            switch rule.fields[field.name] {
            case .none: continue
            case .constant(let text):
                let texts = [String?](repeating: text, count: table.rowCount)
                read = parsed(texts, field, Mapping.Column("constant"))
            case .column(let column):
                read = try values(of: column, for: field, table, unread: unreadRows[column.name] ?? [])
            }
            columns.append(read.column)
            unread += read.unread.map { .init(row: $0, field: field.name) }
        }
        return RecordBlock(
            table: try Table(columns: columns), file: file, lines: lines, passedOver: passedOver,
            unread: unread)
    }

    /// The values of a field, and the rows whose value cannot be read, which it has as missing.
    private struct ReadField {
        var column: Column
        var unread: [Int] = []
    }
}

extension RowMapper {
    private func textSchema(_ name: String) -> ColumnSchema {
        ColumnSchema(name: name, type: .text, missingMarkers: source.missing)
    }

    private func schema(of column: Mapping.Column, for field: FieldDeclaration) -> ColumnSchema {
        var schema = field.schema
        guard !column.changesText, schema.type == .day || schema.type == .double || schema.type == .integer
        else {
            return textSchema(column.name)
        }
        schema.name = column.name
        schema.missingMarkers = source.missing
        // Bounds hold for what the number becomes.
        schema.range = column.times == 1 ? schema.range : nil
        if schema.type == .day { schema.dayFormat = column.dates ?? source.dates }
        return schema
    }

    /// The values of a field.
    ///
    /// - Parameter unread: Rows of the file's column that could not be read.
    private func values(
        of column: Mapping.Column, for field: FieldDeclaration, _ table: Table, unread: [Int]
    ) throws(TableError) -> ReadField {
        let read = try table.column(named: column.name)
        var result: ReadField
        if read.type == field.schema.type, read.type != .text {
            result = ReadField(column: read.renamed(field.name), unread: unread)
        } else if case .text(let texts) = read.values {
            let (changed, untranslated) = changed(texts, column)
            result = parsed(changed, field, column)
            result.unread += untranslated
        } else {
            throw .unequalTypes(column: column.name, type: read.type, expected: field.schema.type)
        }
        if let condition = column.condition {
            let met = try meets(condition, table)
            result.column = result.column.blanked(where: met.answers.map { !$0 })
            result.unread = result.unread.filter { met.answers[$0] } + met.unread
        }
        result.column = result.column.adding(days: column.plusDays)
        return scaled(result, by: column.times, within: field.schema.range)
    }

    /// Texts with suffixes cut off, translated, and with prefixes; and the rows of texts that have no translation.
    private func changed(
        _ texts: [String?], _ column: Mapping.Column
    ) -> (texts: [String?], untranslated: [Int]) {
        guard column.changesText else { return (texts, []) }
        var changed: [String?] = []
        changed.reserveCapacity(texts.count)
        var untranslated: [Int] = []
        for (row, text) in texts.enumerated() {
            guard var text else {
                changed.append(nil)
                continue
            }
            if let suffix = column.dropSuffix, text.hasSuffix(suffix) { text.removeLast(suffix.count) }
            if let values = column.values {
                guard let other = values[text] ?? column.otherwise else {
                    untranslated.append(row)
                    changed.append(nil)
                    continue
                }
                text = other
            }
            changed.append(text.isEmpty ? nil : (column.prefix ?? "") + text)
        }
        return (changed, untranslated)
    }

    /// Texts as values of a field.
    private func parsed(
        _ texts: [String?], _ field: FieldDeclaration, _ column: Mapping.Column
    ) -> ReadField {
        var unread: [Int] = []
        func read<Value>(_ missing: Value, _ value: (String) -> Value?) -> [Value] {
            var values: [Value] = []
            values.reserveCapacity(texts.count)
            for (row, text) in texts.enumerated() {
                guard let text, !text.isEmpty else {
                    values.append(missing)
                    continue
                }
                let value = value(text)
                if value == nil { unread.append(row) }
                values.append(value ?? missing)
            }
            return values
        }
        // Of scaled numbers the product must be within bounds.
        let range = (column.times == 1 ? field.schema.range : nil) ?? ColumnSchema.ValueRange()
        let values: Column.Values =
            switch field.schema.type {
            case .day:
                .day(read(Column.missingDay) { (column.dates ?? source.dates).day(of: $0) })
            case .double, .float:
                .double(read(.nan) { number($0).flatMap { range.contains($0) ? $0 : nil } })
            case .integer:
                .integer(
                    read(Column.missingInteger) { text in
                        Int64(text).flatMap { range.contains(Double($0)) ? $0 : nil }
                    })
            case .flag: .flag(read(Column.missingFlag) { Self.flag($0) })
            case .category, .text: .text(texts)
            }
        return ReadField(column: Column(name: field.name, values: values), unread: unread)
    }

    /// Numbers multiplied; what is then out of bounds, or no whole number where it must be one, cannot be read.
    private func scaled(
        _ field: ReadField, by times: Double, within range: ColumnSchema.ValueRange?
    ) -> ReadField {
        guard times != 1 else { return field }
        let range = range ?? ColumnSchema.ValueRange()
        var scaled = field
        switch field.column.values {
        case .double(var values):
            for row in values.indices where !values[row].isNaN {
                // Rounded to six decimals, so that thousands of exact amounts stay exact.
                let product = values[row] * times
                let isLarge = abs(times) == 1 || abs(product) > 1e9
                values[row] = isLarge ? product : (product * 1e6).rounded() / 1e6
                if product.isFinite, range.contains(values[row]) { continue }
                values[row] = .nan
                scaled.unread.append(row)
            }
            scaled.column = Column(name: field.column.name, values: .double(values))
        case .integer(var values):
            for row in values.indices where values[row] != Column.missingInteger {
                let product = Double(values[row]) * times
                if let whole = Int64(exactly: product), range.contains(product) {
                    values[row] = whole
                } else {
                    values[row] = Column.missingInteger
                    scaled.unread.append(row)
                }
            }
            scaled.column = Column(name: field.column.name, values: .integer(values))
        default: break
        }
        return scaled
    }

    /// A number with the source's decimal mark; where that is to be found out, a comma is one if it cannot be a
    /// delimiter.
    private func number(_ text: String) -> Double? {
        let isComma =
            switch source.decimalMark {
            case .comma: true
            case .point: false
            case .automatic:
                delimiter != UInt8(ascii: ",") && !text.contains(".") && text.count { $0 == "," } == 1
            }
        let plain = isComma ? text.replacing(",", with: ".") : text
        return Double(plain).flatMap { $0.isFinite ? $0 : nil }
    }

    private static func flag(_ text: String) -> UInt8? {
        switch text.lowercased() {
        case "true", "yes", "1": 1
        case "false", "no", "0": 0
        default: nil
        }
    }

    /// Which rows meet a condition, and for which that cannot be said; those do not.
    private func meets(
        _ condition: Mapping.Condition, _ table: Table
    ) throws(TableError) -> (answers: [Bool], unread: [Int]) {
        let read = try table.column(named: condition.column)
        guard case .text(let texts) = read.values else {
            throw .unequalTypes(column: condition.column, type: read.type, expected: .text)
        }
        switch condition.test {
        case .isOneOf(let values): return (texts.map { $0.map(values.contains) ?? false }, [])
        case .isNoneOf(let values): return (texts.map { $0.map { !values.contains($0) } ?? true }, [])
        case .present: return (texts.map { $0 != nil }, [])
        case .missing: return (texts.map { $0 == nil }, [])
        case .positive, .negative:
            var unread: [Int] = []
            let answers = texts.enumerated().map { row, text in
                guard let text else { return false }
                guard let number = number(text) else {
                    unread.append(row)
                    return false
                }
                return condition.test == .positive ? number > 0 : number < 0
            }
            return (answers, unread)
        }
    }
}

extension Column {
    /// The column with missing values in some rows.
    fileprivate func blanked(where blanks: [Bool]) -> Column {
        func blank<Value>(_ values: [Value], _ missing: Value) -> [Value] {
            zip(values, blanks).map { $1 ? missing : $0 }
        }
        let blanked: Values =
            switch values {
            case .double(let values): .double(blank(values, .nan))
            case .float(let values): .float(blank(values, .nan))
            case .integer(let values): .integer(blank(values, Self.missingInteger))
            case .category(let codes, let levels):
                .category(codes: blank(codes, Self.missingCode), levels: levels)
            case .day(let values): .day(blank(values, Self.missingDay))
            case .flag(let values): .flag(blank(values, Self.missingFlag))
            case .text(let values): .text(blank(values, nil))
            }
        return Column(name: name, values: blanked)
    }

    /// The column with days moved.
    fileprivate func adding(days: Int) -> Column {
        guard days != 0, case .day(let values) = values else { return self }
        return Column(
            name: name, values: .day(values.map { $0 == Self.missingDay ? $0 : $0.adding(days: days) }))
    }
}
