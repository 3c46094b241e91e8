public import Foundation
import Synchronization

/// Finds single rows of a file by their first field, without taking the whole file apart.
///
/// Bisects files whose rows are in the order of that field, as those of a review are; a row out of order, such as that
/// of an obligor that has left the portfolio, is searched for through the file.
public struct RowFinder: Sendable {
    /// The columns of the file.
    public let columns: [String]
    private let path: String
    private let bytes: [UInt8]
    /// Where the first row behind the header begins.
    private let start: Int
    private let quotes = QuoteCounts()

    /// Opens a file.
    ///
    /// - Throws: ``ResultsError/notRead(path:reason:)``, ``ResultsError/damaged(path:reason:)``.
    public init(_ file: URL) throws(ResultsError) {
        path = file.relativePath
        bytes = Array(try boundedContents(of: file, limit: 4 << 30))
        var text = DelimitedText(bytes, from: 0, path: path)
        columns = try text.header()
        start = text.place
    }

    /// The fields of the row that begins with a key; `nil` if there is none.
    ///
    /// - Throws: ``ResultsError/damaged(path:reason:)``.
    public func fields(of key: String) throws(ResultsError) -> [String]? {
        guard let place = try bisected(key) ?? searched(key) else { return nil }
        var text = DelimitedText(bytes, from: place, path: path)
        guard let fields = try text.fields() else { return nil }
        return try requireWhole(fields)
    }

    private func requireWhole(_ fields: [String]) throws(ResultsError) -> [String] {
        guard fields.count == columns.count else {
            throw .damaged(
                path: path, reason: "a row has \(fields.count) fields instead of \(columns.count)")
        }
        return fields
    }

    /// Where the row of a key begins, if bisection comes to it.
    private func bisected(_ key: String) throws(ResultsError) -> Int? {
        var low = start
        var high = bytes.count
        while low < high {
            let middle = low + (high - low) / 2
            // The first row that begins behind the middle; if none does before the end, that in front of it.
            var row = lineEnd(from: middle) + 1
            if row >= high { row = low }
            var text = DelimitedText(bytes, from: row, path: path)
            // In the middle of a quoted field there may be anything: then the search has to do.
            guard let found = try? text.field() else { return nil }
            if found == key { return isBetweenRows(row) ? row : nil }
            if found.utf8.lexicographicallyPrecedes(key.utf8) {
                low = lineEnd(from: row) + 1
            } else if row == low {
                return nil
            } else {
                high = middle
            }
        }
        return nil
    }

    /// Where the row of a key begins, wherever it is.
    private func searched(_ key: String) -> Int? {
        let isQuoted = key.utf8.contains { [UInt8](",\"\r\n".utf8).contains($0) }
        let written = isQuoted ? "\"" + key.replacing("\"", with: "\"\"") + "\"" : key
        let wanted = Array((written + ",").utf8)
        guard let first = wanted.first else { return nil }
        var row = start
        while row + wanted.count <= bytes.count {
            if bytes[row] == first, bytes[row..<row + wanted.count].elementsEqual(wanted), isBetweenRows(row)
            {
                return row
            }
            row = lineEnd(from: row) + 1
        }
        return nil
    }

    /// Where the line ends that a place is in.
    private func lineEnd(from place: Int) -> Int {
        var end = place
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
        return end
    }

    /// Whether no quoted field is open at a place: as many quotes have been opened before it as closed.
    private func isBetweenRows(_ place: Int) -> Bool {
        quotes.count(in: bytes, before: place).isMultiple(of: 2)
    }
}

/// How many quotes there are in front of places of a file, block by block as far as somebody has asked.
private final class QuoteCounts: Sendable {
    private static let blockSize = 1 << 14
    /// In front of each block.
    private let counts = Mutex([0])

    func count(in bytes: [UInt8], before place: Int) -> Int {
        let block = place / Self.blockSize
        let before = counts.withLock { counts in
            while counts.count <= block {
                let start = (counts.count - 1) * Self.blockSize
                counts.append(counts[counts.count - 1] + Self.quotes(bytes, start..<start + Self.blockSize))
            }
            return counts[block]
        }
        return before + Self.quotes(bytes, block * Self.blockSize..<place)
    }

    private static func quotes(_ bytes: [UInt8], _ places: Range<Int>) -> Int {
        var quotes = 0
        let span = bytes.span.extracting(places)
        for index in span.indices where span[index] == UInt8(ascii: "\"") { quotes &+= 1 }
        return quotes
    }
}

extension RowFinder {
    /// The obligor of an id in a ``Portfolio``'s file; `nil` if there is none.
    ///
    /// - Throws: ``ResultsError/damaged(path:reason:)``.
    public func obligor(_ id: String) throws(ResultsError) -> PortfolioRecord? {
        guard let fields = try fields(of: id) else { return nil }
        return try obligor(in: fields)
    }

    /// Whether an obligor in a ``Portfolio``'s file satisfies a condition; the file is read up to the first that does.
    ///
    /// - Throws: ``ResultsError/damaged(path:reason:)``; whatever the condition throws.
    public func hasObligor(where isWanted: (PortfolioRecord) throws -> Bool) throws -> Bool {
        var text = DelimitedText(bytes, from: start, path: path)
        while let fields = try text.fields() {
            if try isWanted(obligor(in: requireWhole(fields))) { return true }
        }
        return false
    }

    private func obligor(in fields: [String]) throws(ResultsError) -> PortfolioRecord {
        var row = RowReader(columns: columns, fields: fields)
        let fixed = PortfolioRecord.Column.allCases.map(\.rawValue)
        guard columns.starts(with: fixed) else {
            throw .damaged(
                path: path, reason: "the columns are not \(fixed.joined(separator: ", ")) and tags")
        }
        let tags = columns.count - fixed.count
        do throws(RowFault) { return try PortfolioRecord(from: &row, tagCount: tags) } catch {
            throw .damaged(
                path: path,
                reason: "obligor '\(fields.first ?? "")', column '\(error.column)': \(error.reason)")
        }
    }
}
