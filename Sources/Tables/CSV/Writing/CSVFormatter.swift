import Vocabulary

/// How a CSV file is written.
public struct CSVWriterOptions: Sendable {
    /// What separates fields; automatic is a comma, or a semicolon if numbers have decimal commas.
    public var delimiter: CSVOptions.Delimiter = .automatic
    /// What separates a number's whole part from its decimals; automatic is a point.
    public var decimalMark: CSVOptions.DecimalMark = .automatic
    /// Whether lines end in CRLF, as RFC 4180 has it, rather than LF.
    public var endsLinesWithCRLF = false
    /// What stands for missing.
    public var missing = ""

    /// The usual case: commas, points, line feeds, nothing for missing.
    public init() {}

    /// The delimiter as a byte.
    var delimiterByte: UInt8 {
        delimiter.byte ?? UInt8(ascii: decimalMark == .comma ? ";" : ",")
    }

    /// The decimal mark as a byte.
    var markByte: UInt8 { UInt8(ascii: decimalMark == .comma ? "," : ".") }
}

/// Turns tables into the bytes of CSV records.
///
/// Fields are quoted only where that is needed: if they contain the delimiter, a quotation mark or a line break, or
/// if a reader would take the bare text for missing. Doubles and floats are written in the shortest form that reads
/// back as the same bits, days in ISO 8601, flags as true and false.
public struct CSVFormatter: Sendable {
    private let options: CSVWriterOptions
    /// Texts that must be quoted to be data.
    private let markers: Set<String>

    /// A formatter with options.
    public init(_ options: CSVWriterOptions = CSVWriterOptions()) {
        self.options = options
        markers = Set(CSVOptions.standardMissingMarkers + [options.missing, ""])
    }

    /// The header record.
    public func header(_ names: [String]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, name) in names.enumerated() {
            if index > 0 { bytes.append(options.delimiterByte) }
            bytes += field(name)
        }
        return bytes + lineBreak
    }

    /// One record per row of a table, without a header.
    public func records(of table: Table) -> [UInt8] {
        records(of: table, rows: 0..<table.rowCount)
    }

    /// One record for each of some consecutive rows.
    public func records(of table: Table, rows: Range<Int>) -> [UInt8] {
        precondition(
            rows.lowerBound >= 0 && rows.upperBound <= table.rowCount, "rows \(rows) of \(table.rowCount)")
        // A stretch of rows whose fields stay in the cache between the two steps.
        let stretch = max(16, 16_384 / max(1, table.columns.count))
        let levels = table.columns.map(levelFields)
        var fields = FieldStore()
        var bytes: [UInt8] = []
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: stretch) {
            let part = start..<min(start + stretch, rows.upperBound)
            fields.removeAll()
            for (index, column) in table.columns.enumerated() {
                append(column, part, levels: levels[index], to: &fields)
            }
            let joined = fields.joined(
                columns: table.columns.count, rows: part.count, delimiter: options.delimiterByte,
                lineBreak: lineBreak)
            if part == rows { return joined }
            bytes += joined
        }
        return bytes
    }
}

extension CSVFormatter {
    private var lineBreak: [UInt8] { Array((options.endsLinesWithCRLF ? "\r\n" : "\n").utf8) }

    /// A text as a field, quoted if it must be.
    private func field(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        let delimiter = options.delimiterByte
        let isSpecial = bytes.contains { byte in
            byte == delimiter || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
                || byte == UInt8(ascii: "\r")
        }
        // A byte order mark in front would be taken for one of the file.
        guard isSpecial || markers.contains(text) || bytes.first == 0xEF else { return bytes }
        var quoted = [UInt8(ascii: "\"")]
        quoted.reserveCapacity(bytes.count + 2)
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { quoted.append(byte) }
            quoted.append(byte)
        }
        quoted.append(UInt8(ascii: "\""))
        return quoted
    }

    /// The levels of a category as fields.
    private func levelFields(_ column: Column) -> [[UInt8]] {
        if case .category(_, let levels) = column.values { levels.map(field) } else { [] }
    }

    /// Adds the fields of a column.
    private func append(_ column: Column, _ rows: Range<Int>, levels: [[UInt8]], to fields: inout FieldStore)
    {
        let missing = Array(options.missing.utf8)
        let mark = options.markByte
        switch column.values {
        case .double(let values):
            unsafe appendNumbers(values, rows, to: &fields, isMissing: { $0.isNaN }) {
                unsafe NumberText.write($0, mark: mark, to: $1)
            }
        case .float(let values):
            unsafe appendNumbers(values, rows, to: &fields, isMissing: { $0.isNaN }) {
                unsafe NumberText.write($0, mark: mark, to: $1)
            }
        case .integer(let values):
            unsafe appendNumbers(values, rows, to: &fields, isMissing: { $0 == Column.missingInteger }) {
                unsafe NumberText.write($0, to: $1)
            }
        case .category(let codes, _):
            for row in rows {
                fields.append(codes[row] == Column.missingCode ? missing : levels[Int(codes[row])])
            }
        case .day(let days):
            for row in rows {
                fields.append(days[row] == Column.missingDay ? missing : Array(days[row].description.utf8))
            }
        case .flag(let flags):
            let words = [Array("false".utf8), Array("true".utf8)]
            for row in rows {
                fields.append(flags[row] == Column.missingFlag ? missing : words[flags[row] == 0 ? 0 : 1])
            }
        case .text(let texts):
            for row in rows { fields.append(texts[row].map(field) ?? missing) }
        }
    }

    private func appendNumbers<Value>(
        _ values: [Value], _ rows: Range<Int>, to fields: inout FieldStore, isMissing: (Value) -> Bool,
        write: (Value, UnsafeMutablePointer<UInt8>) -> Int
    ) {
        let missing = Array(options.missing.utf8)
        // Only a decimal mark that is the delimiter needs quotes.
        let quotes = options.markByte == options.delimiterByte ? 1 : 0
        for row in rows {
            let value = values[row]
            if isMissing(value) {
                fields.append(missing)
                continue
            }
            // SAFETY: a number and its quotes take at most this much.
            unsafe fields.append(atMost: NumberText.widest + 2) { place in
                if quotes == 0 { return unsafe write(value, place) }
                unsafe place[0] = UInt8(ascii: "\"")
                let length = unsafe write(value, place + 1)
                unsafe place[length + 1] = UInt8(ascii: "\"")
                return length + 2
            }
        }
    }
}
