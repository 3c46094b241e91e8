import Foundation

extension RatingRecord {
    /// The ratings in a file of the form that this engine writes: commas, quotes doubled within quotes.
    static func read(_ file: URL) throws(ResultsError) -> [RatingRecord] {
        let path = file.relativePath
        let data = try boundedContents(of: file, limit: 4 << 30)
        guard var rows = delimitedRows(Array(data)) else {
            throw .damaged(path: path, reason: "a quote is not closed, or the text is not UTF-8")
        }
        guard !rows.isEmpty, rows.removeFirst() == columns else {
            throw .damaged(path: path, reason: "the columns are not \(columns.joined(separator: ", "))")
        }
        var ratings: [RatingRecord] = []
        ratings.reserveCapacity(rows.count)
        for (index, fields) in rows.enumerated() {
            guard let rating = RatingRecord(fields: fields) else {
                throw .damaged(path: path, reason: "rating \(index + 1) is not a rating")
            }
            ratings.append(rating)
        }
        return ratings
    }
}

/// The fields of every row; `nil` for a quote that is not closed or bytes that are not UTF-8.
private func delimitedRows(_ bytes: [UInt8]) -> [[String]]? {
    var rows: [[String]] = []
    var row: [String] = []
    var field: [UInt8] = []
    var isQuoted = false
    var index = 0
    func text(_ field: [UInt8]) -> String? { String(validating: field, as: UTF8.self) }
    while index < bytes.count {
        let byte = bytes[index]
        index += 1
        if isQuoted {
            guard byte == UInt8(ascii: "\"") else {
                field.append(byte)
                continue
            }
            if index < bytes.count, bytes[index] == UInt8(ascii: "\"") {
                field.append(byte)
                index += 1
            } else {
                isQuoted = false
            }
            continue
        }
        switch byte {
        case UInt8(ascii: "\"") where field.isEmpty: isQuoted = true
        case UInt8(ascii: "\r"): continue
        case UInt8(ascii: ","), UInt8(ascii: "\n"):
            guard let text = text(field) else { return nil }
            row.append(text)
            field = []
            if byte == UInt8(ascii: "\n") {
                rows.append(row)
                row = []
            }
        default: field.append(byte)
        }
    }
    guard !isQuoted else { return nil }
    if !field.isEmpty || !row.isEmpty {
        guard let text = text(field) else { return nil }
        rows.append(row + [text])
    }
    return rows
}
