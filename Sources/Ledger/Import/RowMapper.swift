import Parallelism
import Tables
import Vocabulary

/// Turns blocks of a foreign file into records of one kind.
struct RowMapper: Sendable {
    let rule: Mapping.Rule
    let source: Mapping.Source

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
        options.columns = order
        options.schema = try Schema(order.compactMap { wanted[$0] })
        return options
    }

    /// The records of a block.
    func records(of block: TableBlock, file: String) throws(TableError) -> RecordBlock {
        var table = block.table
        var lines = block.lines
        var passedOver: [CheckReport.PassedOver] = []
        if let condition = rule.condition {
            let keeps = try meets(condition, table, file: file, lines)
            let rows = table.rowCount == 0 ? [] : (0..<table.rowCount).filter { keeps[$0] }
            if rows.count < table.rowCount {
                passedOver.add(
                    CheckReport.PassedOver(
                        records: rule.kind, file: file, reason: .condition, column: condition.column,
                        count: table.rowCount - rows.count))
                table = table.gathered(rows)
                lines = lines.gathered(rows)
            }
        }
        var columns: [Column] = []
        for field in rule.kind.fields {
            switch rule.fields[field.name] {
            case .none: continue
            case .constant(let text):
                let texts = [String?](repeating: text, count: table.rowCount)
                columns.append(try parsed(texts, field, Mapping.Column("constant"), file: file, lines))
            case .column(let column):
                columns.append(try values(of: column, for: field, table, file: file, lines))
            }
        }
        return RecordBlock(
            table: try Table(columns: columns), file: file, lines: lines, passedOver: passedOver)
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
    private func values(
        of column: Mapping.Column, for field: FieldDeclaration, _ table: Table, file: String,
        _ lines: RecordLines
    ) throws(TableError) -> Column {
        let read = try table.column(named: column.name)
        var result: Column
        if read.type == field.schema.type, read.type != .text {
            result = read.renamed(field.name)
        } else if case .text(let texts) = read.values {
            result = try parsed(
                try changed(texts, column, file: file, lines), field, column, file: file, lines)
        } else {
            throw .unequalTypes(column: column.name, type: read.type, expected: field.schema.type)
        }
        if let condition = column.condition {
            result = result.blanked(where: try meets(condition, table, file: file, lines).map { !$0 })
        }
        return result.adjusted(times: column.times, plusDays: column.plusDays)
    }

    /// Texts with suffixes cut off, translated, and with prefixes.
    private func changed(
        _ texts: [String?], _ column: Mapping.Column, file: String, _ lines: RecordLines
    ) throws(TableError) -> [String?] {
        guard column.changesText else { return texts }
        var changed: [String?] = []
        changed.reserveCapacity(texts.count)
        for (row, text) in texts.enumerated() {
            guard var text else {
                changed.append(nil)
                continue
            }
            if let suffix = column.dropSuffix, text.hasSuffix(suffix) { text.removeLast(suffix.count) }
            if let values = column.values {
                guard let other = values[text] ?? column.otherwise else {
                    throw .badValue(
                        file: file, line: lines.line(ofRow: row), column: column.name,
                        value: String(text.prefix(40)),
                        expected: "a value that the mapping translates")
                }
                text = other
            }
            changed.append(text.isEmpty ? nil : (column.prefix ?? "") + text)
        }
        return changed
    }

    /// Texts as values of a field.
    private func parsed(
        _ texts: [String?], _ field: FieldDeclaration, _ column: Mapping.Column, file: String,
        _ lines: RecordLines
    ) throws(TableError) -> Column {
        func read<Value>(
            _ missing: Value, _ expected: String, _ value: (String) -> Value?
        ) throws(TableError) -> [Value] {
            var values: [Value] = []
            values.reserveCapacity(texts.count)
            for (row, text) in texts.enumerated() {
                guard let text, !text.isEmpty else {
                    values.append(missing)
                    continue
                }
                guard let value = value(text) else {
                    throw .badValue(
                        file: file, line: lines.line(ofRow: row), column: column.name,
                        value: String(text.prefix(40)),
                        expected: expected)
                }
                values.append(value)
            }
            return values
        }
        let range = field.schema.range ?? ColumnSchema.ValueRange()
        switch field.schema.type {
        case .day:
            let format = column.dates ?? source.dates
            return Column(
                name: field.name,
                values: .day(try read(Column.missingDay, "a day (\(format.rawValue))") { format.day(of: $0) })
            )
        case .double, .float:
            return Column(
                name: field.name,
                values: .double(
                    try read(.nan, "a number") { text in
                        number(text).flatMap { range.contains($0 * column.times) ? $0 : nil }
                    }))
        case .integer:
            return Column(
                name: field.name,
                values: .integer(
                    try read(Column.missingInteger, "a whole number") { text in
                        Int64(text).flatMap { range.contains(Double($0) * column.times) ? $0 : nil }
                    }))
        case .flag:
            return Column(
                name: field.name,
                values: .flag(
                    try read(Column.missingFlag, "true or false (or yes and no, 1 and 0)") { Self.flag($0) }))
        case .category, .text: return Column(name: field.name, values: .text(texts))
        }
    }

    private func number(_ text: String) -> Double? {
        let plain = source.decimalMark == .comma ? text.replacing(",", with: ".") : text
        return Double(plain).flatMap { $0.isFinite ? $0 : nil }
    }

    private static func flag(_ text: String) -> UInt8? {
        switch text.lowercased() {
        case "true", "yes", "1": 1
        case "false", "no", "0": 0
        default: nil
        }
    }

    /// Which rows meet a condition.
    private func meets(
        _ condition: Mapping.Condition, _ table: Table, file: String, _ lines: RecordLines
    ) throws(TableError) -> [Bool] {
        let read = try table.column(named: condition.column)
        guard case .text(let texts) = read.values else {
            throw .unequalTypes(column: condition.column, type: read.type, expected: .text)
        }
        switch condition.test {
        case .isOneOf(let values): return texts.map { $0.map(values.contains) ?? values.isEmpty }
        case .isNoneOf(let values): return texts.map { $0.map { !values.contains($0) } ?? true }
        case .present: return texts.map { $0 != nil }
        case .positive, .negative:
            var results: [Bool] = []
            for (row, text) in texts.enumerated() {
                guard let text else {
                    results.append(false)
                    continue
                }
                guard let number = number(text) else {
                    throw .badValue(
                        file: file, line: lines.line(ofRow: row), column: condition.column,
                        value: String(text.prefix(40)), expected: "a number")
                }
                results.append(condition.test == .positive ? number > 0 : number < 0)
            }
            return results
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

    /// The column with numbers multiplied and days moved.
    fileprivate func adjusted(times: Double, plusDays: Int) -> Column {
        switch values {
        case .double(let values) where times != 1:
            // Rounded to six decimals, so that thousands of exact amounts stay exact.
            Column(
                name: name,
                values: .double(
                    values.map { value in
                        let product = value * times
                        return abs(times) == 1 || abs(product) > 1e9
                            ? product : (product * 1e6).rounded() / 1e6
                    }))
        case .integer(let values) where times != 1:
            Column(
                name: name,
                values: .integer(
                    values.map {
                        $0 == Self.missingInteger ? $0 : Int64(exactly: (Double($0) * times).rounded()) ?? $0
                    }))
        case .day(let values) where plusDays != 0:
            Column(
                name: name,
                values: .day(values.map { $0 == Self.missingDay ? $0 : $0.adding(days: plusDays) }))
        default: self
        }
    }
}
