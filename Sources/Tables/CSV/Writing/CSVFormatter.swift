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
    /// The longest of these, in bytes.
    private let longestMarker: Int

    /// What the fields of one column are made of.
    public enum Fields: Sendable {
        /// One value each.
        case values(Column.Values)
        /// Several levels each.
        case lists(LevelLists)
        /// Texts of another file.
        case carried(CarriedTexts)
    }

    /// A formatter with options.
    public init(_ options: CSVWriterOptions = CSVWriterOptions()) {
        self.options = options
        markers = Set(CSVOptions.standardMissingMarkers + [options.missing, ""])
        longestMarker = markers.map(\.utf8.count).max() ?? 0
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
        return records(of: table.columns.map { .values($0.values) }, rows: rows)
    }

    /// One record for each of some consecutive rows of columns, which must all have them.
    public func records(of columns: [Fields], rows: Range<Int>) -> [UInt8] {
        // A stretch of rows whose fields stay in the cache between the two steps.
        let stretch = max(16, 16_384 / max(1, columns.count))
        let levels = columns.map { FieldList(self.levels(of: $0).map(field)) }
        var fields = FieldStore()
        var bytes: [UInt8] = []
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: stretch) {
            let part = start..<min(start + stretch, rows.upperBound)
            fields.removeAll()
            for (column, levels) in zip(columns, levels) {
                switch column {
                case .values(let values): append(values, part, levels: levels, to: &fields)
                case .lists(let lists): append(lists, part, levels: levels, to: &fields)
                case .carried(let texts): append(texts, part, to: &fields)
                }
            }
            let joined = fields.joined(
                columns: columns.count, rows: part.count, delimiter: options.delimiterByte,
                lineBreak: lineBreak)
            if part == rows { return joined }
            bytes += joined
        }
        return bytes
    }
}

// Texts.
extension CSVFormatter {
    private var lineBreak: [UInt8] { Array((options.endsLinesWithCRLF ? "\r\n" : "\n").utf8) }

    /// A text as a field, quoted if it must be.
    private func field(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard mustBeQuoted(text, bytes.span) else { return bytes }
        var quoted = [UInt8(ascii: "\"")]
        quoted.reserveCapacity(bytes.count + 2)
        for byte in bytes {
            if byte == UInt8(ascii: "\"") { quoted.append(byte) }
            quoted.append(byte)
        }
        quoted.append(UInt8(ascii: "\""))
        return quoted
    }

    private func mustBeQuoted(_ text: @autoclosure () -> String, _ bytes: Span<UInt8>) -> Bool {
        if bytes.count <= longestMarker, markers.contains(text()) { return true }
        // A byte order mark in front would be taken for one of the file.
        return bytes[0] == 0xEF || hasSpecialByte(bytes)
    }

    /// Whether a text has a byte that means something in CSV.
    private func hasSpecialByte(_ bytes: Span<UInt8>) -> Bool {
        let raw = unsafe bytes.bytes
        let delimiter = UInt64(options.delimiterByte)
        var index = 0
        while index < bytes.count {
            // Eight bytes at once; where fewer are left, those before them once more, or else zeros behind them.
            var word: UInt64 = 0
            if bytes.count >= 8 {
                let start = min(index, bytes.count - 8)
                word = unsafe raw.unsafeLoadUnaligned(fromByteOffset: start, as: UInt64.self)
            } else {
                for index in bytes.indices { word = word << 8 | UInt64(bytes[index]) }
            }
            if Self.has(delimiter, in: word) || Self.has(0x22, in: word) || Self.has(0x0A, in: word)
                || Self.has(0x0D, in: word)
            {
                return true
            }
            index += 8
        }
        return false
    }

    /// Whether one of eight bytes has a value.
    @inline(__always)
    private static func has(_ byte: UInt64, in word: UInt64) -> Bool {
        let each: UInt64 = 0x0101_0101_0101_0101
        let different = word ^ (each &* byte)
        // The lowest byte that is 0 is the lowest in which a borrow reaches bit 7.
        return (different &- each) & ~different & (each << 7) != 0
    }

    private func append(_ texts: CarriedTexts, _ rows: Range<Int>, to fields: inout FieldStore) {
        let missing = Array(options.missing.utf8)
        for row in rows {
            if texts.isMissing[row] {
                fields.append(missing.span)
                continue
            }
            let isBare = texts.fields.withField(row) { bytes -> Bool in
                !mustBeQuoted(FieldText.string(bytes, isQuoted: false), bytes)
            }
            if isBare {
                fields.append(row, of: texts.fields)
            } else {
                let text = texts.fields.withField(row) { FieldText.string($0, isQuoted: false) }
                fields.append(field(text).span)
            }
        }
    }

    private func append(_ text: String, to fields: inout FieldStore) {
        var contiguous = text
        let isBare = contiguous.withUTF8 { bytes in
            let span = unsafe bytes.span
            guard !mustBeQuoted(text, span) else { return false }
            fields.append(span)
            return true
        }
        if !isBare { fields.append(field(text).span) }
    }
}

// Columns.
extension CSVFormatter {
    /// The texts that a column's fields are made of, where these are few.
    private func levels(of column: Fields) -> [String] {
        switch column {
        case .values(.category(_, let levels)): levels
        case .values(.flag): ["false", "true"]
        case .values, .carried: []
        case .lists(let lists): lists.levels
        }
    }

    /// Adds the fields of a column.
    private func append(
        _ column: Column.Values, _ rows: Range<Int>, levels: FieldList, to fields: inout FieldStore
    ) {
        let missing = Array(options.missing.utf8)
        let mark = options.markByte
        switch column {
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
                if codes[row] == Column.missingCode {
                    fields.append(missing.span)
                } else {
                    fields.append(Int(codes[row]), of: levels)
                }
            }
        case .day(let days):
            for row in rows {
                let text = days[row] == Column.missingDay ? missing : Array(days[row].description.utf8)
                fields.append(text.span)
            }
        case .flag(let flags):
            for row in rows {
                if flags[row] == Column.missingFlag {
                    fields.append(missing.span)
                } else {
                    fields.append(flags[row] == 0 ? 0 : 1, of: levels)
                }
            }
        case .text(let texts):
            for row in rows {
                if let text = texts[row] { append(text, to: &fields) } else { fields.append(missing.span) }
            }
        }
    }

    /// Adds lists of levels; where no level and no separator asks for quotes, longer lists are put together in place.
    private func append(
        _ lists: LevelLists, _ rows: Range<Int>, levels: FieldList, to fields: inout FieldStore
    ) {
        let missing = Array(options.missing.utf8)
        let separator = lists.separator.asciiValue ?? 0
        let areBare =
            !hasSpecialByte([separator].span)
            && lists.levels.allSatisfy { level in
                let bytes = Array(level.utf8)
                return !bytes.isEmpty && bytes[0] != 0xEF && !hasSpecialByte(bytes.span)
            }
        let parts = areBare ? FieldList(lists.levels.map { Array($0.utf8) }) : FieldList([])
        let codes = lists.codes.span
        let width = lists.width
        for row in rows {
            let first = row * width
            var end = first
            var room = 0
            while end < first + width, codes[end] != Column.missingCode {
                room += areBare ? parts.count(of: Int(codes[end])) + 1 : 0
                end += 1
            }
            if end == first {
                fields.append(missing.span)
            } else if end == first + 1 {
                fields.append(Int(codes[first]), of: levels)
            } else if room > longestMarker + 1 {
                // SAFETY: there is room for these levels and a separator behind each.
                unsafe fields.append(atMost: room) { target in
                    var length = 0
                    for place in first..<end {
                        unsafe length += parts.copy(Int(codes[place]), to: target + length)
                        unsafe target[length] = separator
                        length += 1
                    }
                    return length - 1
                }
            } else {
                fields.append(field(lists.text(ofRow: row)).span)
            }
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
                fields.append(missing.span)
                continue
            }
            // SAFETY: a number and its quotes touch at most this much.
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
