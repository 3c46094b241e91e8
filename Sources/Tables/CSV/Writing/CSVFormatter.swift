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
        let stretch = 1024
        var bytes: [UInt8] = []
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: stretch) {
            let part = start..<min(start + stretch, rows.upperBound)
            let fields = table.columns.map { self.fields(of: $0, rows: part) }
            bytes += joined(fields, count: part.count)
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

    /// The fields of one column, one behind the other, and where each ends.
    private struct Fields {
        var bytes: [UInt8] = []
        var ends: [Int] = []

        init(capacity: Int) {
            ends.reserveCapacity(capacity)
        }

        mutating func append(_ field: [UInt8]) {
            bytes += field
            ends.append(bytes.count)
        }
    }

    private func fields(of column: Column, rows: Range<Int>) -> Fields {
        let missing = Array(options.missing.utf8)
        let mark = options.markByte
        var fields = Fields(capacity: rows.count)
        switch column.values {
        case .double(let values):
            return unsafe numbers(values, rows, isMissing: { $0.isNaN }) {
                unsafe NumberText.write($0, mark: mark, to: $1)
            }
        case .float(let values):
            return unsafe numbers(values, rows, isMissing: { $0.isNaN }) {
                unsafe NumberText.write($0, mark: mark, to: $1)
            }
        case .integer(let values):
            return unsafe numbers(values, rows, isMissing: { $0 == Column.missingInteger }) {
                unsafe NumberText.write($0, to: $1)
            }
        case .category(let codes, let levels):
            let texts = levels.map(field)
            for row in rows {
                fields.append(codes[row] == Column.missingCode ? missing : texts[Int(codes[row])])
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
        return fields
    }

    /// The fields of a column of numbers.
    private func numbers<Value>(
        _ values: [Value], _ rows: Range<Int>, isMissing: (Value) -> Bool,
        write: (Value, UnsafeMutablePointer<UInt8>) -> Int
    ) -> Fields {
        let missing = Array(options.missing.utf8)
        // Only a decimal mark that is the delimiter needs quotes.
        let isQuoted = options.markByte == options.delimiterByte
        let widest = max(NumberText.widest + 2, missing.count)
        var fields = Fields(capacity: rows.count)
        // SAFETY: every field takes at most `widest` bytes.
        fields.bytes = unsafe [UInt8](unsafeUninitializedCapacity: rows.count * widest) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            for row in rows {
                let value = values[row]
                if isMissing(value) {
                    for byte in missing {
                        unsafe start[count] = byte
                        count += 1
                    }
                } else {
                    if isQuoted {
                        unsafe start[count] = UInt8(ascii: "\"")
                        count += 1
                    }
                    count += unsafe write(value, start + count)
                    if isQuoted {
                        unsafe start[count] = UInt8(ascii: "\"")
                        count += 1
                    }
                }
                fields.ends.append(count)
            }
        }
        return fields
    }

    /// Records from fields by column.
    private func joined(_ columns: [Fields], count: Int) -> [UInt8] {
        let lineBreak = lineBreak
        let delimiter = options.delimiterByte
        let total = columns.reduce(0) { $0 + $1.bytes.count }
        let capacity = total + count * (columns.count + lineBreak.count)
        // SAFETY: every byte of every column, a delimiter behind all but the last field, and the line breaks.
        return unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, length in
            guard var cursor = buffer.baseAddress else { return }
            for row in 0..<count {
                for index in columns.indices {
                    if index > 0 {
                        unsafe cursor.pointee = delimiter
                        unsafe cursor += 1
                    }
                    let start = row == 0 ? 0 : columns[index].ends[row - 1]
                    let size = columns[index].ends[row] - start
                    if size > 0 {
                        unsafe columns[index].bytes.withUnsafeBufferPointer { bytes in
                            guard let source = bytes.baseAddress else { return }
                            unsafe cursor.update(from: source + start, count: size)
                        }
                        unsafe cursor += size
                    }
                }
                for byte in lineBreak {
                    unsafe cursor.pointee = byte
                    unsafe cursor += 1
                }
            }
            length = unsafe buffer.baseAddress.map { unsafe cursor - $0 } ?? 0
        }
    }
}
