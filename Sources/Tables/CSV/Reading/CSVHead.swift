/// What the start of a CSV file says about the rest.
struct CSVHead: Sendable {
    /// What messages call the file.
    let file: String
    /// What separates fields.
    let delimiter: UInt8
    /// The names of all columns, unique.
    let names: [String]
    /// The line of the first record of data, from 1.
    let firstLine: Int
    /// Where it starts, counted in the unpacked bytes.
    let dataOffset: Int

    /// What a message calls a field, whether or not the header names it.
    func name(ofField index: Int) -> String {
        index < names.count ? names[index] : "field \(index + 1)"
    }
}

/// Finds out about the start of a CSV file.
struct CSVHeadReader {
    let file: String
    let options: CSVOptions

    /// Reads the header from the first bytes of a file.
    ///
    /// - Returns: `nil` if the header does not end in these bytes and there are more.
    func head(of text: Span<UInt8>, isAtEnd: Bool) throws(TableError) -> CSVHead? {
        try refuseBinary(text)
        var offset = hasByteOrderMark(text) ? 3 : 0
        var line = 1
        while let next = afterBlankLine(text, from: offset) {
            offset = next
            line += 1
        }
        if offset == text.count {
            if isAtEnd { throw .emptyFile(file: file) }
            return nil
        }
        let delimiter =
            options.delimiter.byte
            ?? DelimiterSearch(decimalMark: options.decimalMark).delimiter(
                text, from: offset, isAtEnd: isAtEnd)
        var scanner = RecordScanner(delimiter: delimiter)
        switch scanner.scan(text, from: offset, isAtEnd: isAtEnd) {
        case .incomplete: return nil
        case .fault(let fault, let place):
            let line = line + feeds(text, offset..<place)
            throw fault.error(file: file, line: line, column: "field \(scanner.fields.count + 1)")
        case .complete(let next):
            let isNamed = options.header == .firstRecord
            return CSVHead(
                file: file, delimiter: delimiter, names: try names(text, scanner.fields, line: line),
                firstLine: isNamed ? line + feeds(text, offset..<next) : line,
                dataOffset: isNamed ? next : offset)
        }
    }

    /// The names of the columns, from the fields of the first record or the options.
    private func names(
        _ text: Span<UInt8>, _ fields: [Range<Int>], line: Int
    ) throws(TableError) -> [String] {
        guard fields.count <= options.columnLimit else {
            throw .tooManyColumns(file: file, columns: fields.count, limit: options.columnLimit)
        }
        var names: [String] = []
        var isTaken: Set<String> = []
        for (index, field) in fields.enumerated() {
            var name = ""
            switch options.header {
            case .firstRecord:
                if field.count > options.fieldLimit {
                    throw .fieldTooLong(
                        file: file, line: line, column: "field \(index + 1)", limit: options.fieldLimit)
                }
                let bytes = FieldText.unquoted(text, field)
                if UTF8Text.firstFault(bytes.span) != nil {
                    throw .invalidUTF8(file: file, line: line, column: "field \(index + 1)")
                }
                name = UTF8Text.repaired(bytes)
            case .names(let given):
                guard given.count == fields.count else {
                    throw .raggedRow(
                        file: file, line: line, fields: fields.count, expected: given.count,
                        delimiter: CSVOptions.Delimiter.shown(options.delimiter.byte ?? UInt8(ascii: ",")))
                }
                name = given[index]
            case .none: break
            }
            if name.isEmpty { name = "column\(index + 1)" }
            guard isTaken.insert(name).inserted else {
                throw .duplicateColumn(file: file, line: line, name: name)
            }
            names.append(name)
        }
        return names
    }

    private func hasByteOrderMark(_ text: Span<UInt8>) -> Bool {
        text.count >= 3 && text[0] == 0xEF && text[1] == 0xBB && text[2] == 0xBF
    }

    /// Refuses what can be seen not to be text.
    private func refuseBinary(_ text: Span<UInt8>) throws(TableError) {
        if text.count >= 2, (text[0], text[1]) == (0xFF, 0xFE) || (text[0], text[1]) == (0xFE, 0xFF) {
            throw .notText(file: file, line: 1, reason: "it is UTF-16; save it as UTF-8")
        }
        if text.count >= 4, (text[0], text[1], text[2], text[3]) == (0x50, 0x4B, 0x03, 0x04) {
            throw .notText(
                file: file, line: 1, reason: "it is a zip archive or a spreadsheet; save it as CSV")
        }
        var line = 1
        for index in 0..<text.count {
            if text[index] == 0 {
                throw RecordScanner.Fault.zero.error(file: file, line: line, column: "")
            }
            if text[index] == UInt8(ascii: "\n") { line += 1 }
        }
    }

    private func afterBlankLine(_ text: Span<UInt8>, from offset: Int) -> Int? {
        guard offset < text.count else { return nil }
        if text[offset] == UInt8(ascii: "\n") { return offset + 1 }
        guard text[offset] == UInt8(ascii: "\r"), offset + 1 < text.count,
            text[offset + 1] == UInt8(ascii: "\n")
        else { return nil }
        return offset + 2
    }

    private func feeds(_ text: Span<UInt8>, _ range: Range<Int>) -> Int {
        var count = 0
        for index in range where text[index] == UInt8(ascii: "\n") { count += 1 }
        return count
    }
}

extension RecordScanner.Fault {
    /// The fault as an error with its place.
    func error(file: String, line: Int, column: String) -> TableError {
        switch self {
        case .quote(let fault): .badQuote(file: file, line: line, column: column, fault: fault)
        case .strayReturn: .strayCarriageReturn(file: file, line: line)
        case .zero:
            .notText(
                file: file, line: line,
                reason: "it holds zero bytes; check that it is CSV and not a binary format or UTF-16")
        }
    }
}

/// Finds the delimiter that splits the first records evenly.
struct DelimiterSearch {
    /// How many bytes are looked at.
    static let window = 1 << 16

    let decimalMark: CSVOptions.DecimalMark

    private static let candidates = [",", ";", "\t", "|"].map { $0.utf8.first ?? 0 }

    /// The candidate that occurs equally often in every record, or failing that the one that is most frequent in
    /// the first; among several the one with the most fields, and a comma if there is none at all.
    ///
    /// Records are complete ones among the first hundred and the first 64 KiB; text inside quotes does not count.
    func delimiter(_ text: Span<UInt8>, from start: Int, isAtEnd: Bool) -> UInt8 {
        let records = counts(text, from: start, isAtEnd: isAtEnd)
        guard let first = records.first else { return UInt8(ascii: ",") }
        let allowed = Self.candidates.indices.filter {
            // A comma that marks decimals cannot separate fields.
            decimalMark != .comma || Self.candidates[$0] != UInt8(ascii: ",")
        }
        let even = allowed.filter { candidate in
            first[candidate] > 0 && records.allSatisfy { $0[candidate] == first[candidate] }
        }
        let chosen = (even.isEmpty ? allowed : even).max { first[$0] < first[$1] }
        guard let chosen, first[chosen] > 0 else {
            return decimalMark == .comma ? UInt8(ascii: ";") : UInt8(ascii: ",")
        }
        return Self.candidates[chosen]
    }

    /// How often each candidate occurs outside quotes, record by record, blank lines left out.
    private func counts(_ text: Span<UInt8>, from start: Int, isAtEnd: Bool) -> [[Int]] {
        var records: [[Int]] = []
        var counts = [0, 0, 0, 0]
        var isInside = false
        var isBlank = true
        var index = start
        let end = min(text.count, Self.window)
        while index < end, records.count < 100 {
            let byte = text[index]
            if byte == UInt8(ascii: "\"") { isInside.toggle() }
            if byte == UInt8(ascii: "\n"), !isInside {
                if !isBlank { records.append(counts) }
                counts = [0, 0, 0, 0]
                isBlank = true
            } else if byte != UInt8(ascii: "\r") {
                isBlank = false
                if !isInside, let candidate = Self.candidates.firstIndex(of: byte) { counts[candidate] += 1 }
            }
            index += 1
        }
        if !isBlank, !isInside, records.isEmpty || (isAtEnd && end == text.count) { records.append(counts) }
        return records
    }
}
