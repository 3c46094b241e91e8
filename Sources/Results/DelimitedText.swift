import Foundation

/// The rows of a CSV file of the form that this engine writes: commas, quotes doubled within quotes.
struct DelimitedText {
    private let path: String
    private let bytes: [UInt8]
    private var position = 0
    private var line = 0

    /// Opens a file of at most 4 GiB.
    init(_ file: URL) throws(ResultsError) {
        self.init(try boundedContents(of: file, limit: 4 << 30), path: file.relativePath)
    }

    /// The bytes of a file.
    init(_ data: Data, path: String) {
        self.path = path
        bytes = Array(data)
    }

    /// What begins at a place of a file's bytes.
    init(_ bytes: [UInt8], from position: Int, path: String) {
        self.path = path
        self.bytes = bytes
        self.position = position
    }

    /// Where the next row begins.
    var place: Int { position }

    /// The fields of the first row; none for an empty file.
    mutating func header() throws(ResultsError) -> [String] { try fields() ?? [] }

    /// What stands in the next row; `nil` after the last.
    mutating func next<Record>(
        _ columns: [String], _ read: (inout RowReader) throws(RowFault) -> Record
    ) throws(ResultsError) -> Record? {
        guard let fields = try fields() else { return nil }
        guard fields.count == columns.count else {
            throw .damaged(
                path: path, reason: "row \(line) has \(fields.count) fields instead of \(columns.count)")
        }
        var row = RowReader(columns: columns, fields: fields)
        do throws(RowFault) {
            return try read(&row)
        } catch {
            throw .damaged(path: path, reason: "row \(line), column '\(error.column)': \(error.reason)")
        }
    }

    /// The fields of the next row; `nil` at the end of the file.
    mutating func fields() throws(ResultsError) -> [String]? {
        guard position < bytes.count else { return nil }
        line += 1
        var row: [String] = []
        while true {
            row.append(try field())
            guard position < bytes.count else { return row }
            let separator = bytes[position]
            position += 1
            if separator == UInt8(ascii: "\n") { return row }
        }
    }

    /// The next field, up to its comma or line feed, which is left to be read.
    mutating func field() throws(ResultsError) -> String {
        if position < bytes.count, bytes[position] == UInt8(ascii: "\"") { return try quotedField() }
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: ","),
            bytes[position] != UInt8(ascii: "\n")
        {
            position += 1
        }
        var end = position
        if end > start, bytes[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        return try text(bytes[start..<end])
    }

    private mutating func quotedField() throws(ResultsError) -> String {
        var content: [UInt8] = []
        position += 1
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte != UInt8(ascii: "\"") {
                content.append(byte)
            } else if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
                content.append(byte)
                position += 1
            } else {
                if position < bytes.count, bytes[position] == UInt8(ascii: "\r") { position += 1 }
                guard
                    position == bytes.count || bytes[position] == UInt8(ascii: ",")
                        || bytes[position] == UInt8(ascii: "\n")
                else { throw .damaged(path: path, reason: "row \(line): text follows a closing quote") }
                return try text(content[...])
            }
        }
        throw .damaged(path: path, reason: "row \(line): a quote is not closed")
    }

    private func text(_ field: ArraySlice<UInt8>) throws(ResultsError) -> String {
        // Nearly all fields, and nothing to be validated in them.
        if field.allSatisfy({ $0 < 0x80 }) { return String(decoding: field, as: UTF8.self) }
        guard let text = String(validating: field, as: UTF8.self) else {
            throw .damaged(path: path, reason: "row \(line): not UTF-8")
        }
        return text
    }
}
