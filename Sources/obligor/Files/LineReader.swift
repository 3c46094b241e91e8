import Foundation
import Results
import Review

/// Lines of a file or of standard input, as many at a time as are there.
struct LineReader {
    /// A line that is not empty.
    struct Line {
        /// Its number, from 1.
        let number: Int
        /// Its bytes; of a line that is too long to be taken, not all of them.
        let text: Data
    }

    /// What messages call them.
    let name: String
    private let handle: FileHandle
    /// What was read of a line that is not complete yet.
    private var rest = Data()
    /// Whether nothing but blanks was read of it.
    private var isBlank = true
    private var count = 0
    private var isAtEnd = false

    /// Bytes of a line that are kept until it is complete: more than a line may have.
    private static let kept = RecordJournal.longestLine + 1

    private static let newline = UInt8(ascii: "\n")

    /// - Parameter source: A file, or `-` for standard input.
    init(of source: String) throws {
        if source == "-" {
            (name, handle) = ("standard input", .standardInput)
            return
        }
        guard let opened = try? FileHandle(forReadingFrom: file(source)) else {
            throw ResultsError.notRead(path: source, reason: "no such file, or no permission")
        }
        (name, handle) = (source, opened)
    }

    /// The lines that have come since the last call, or `nil` at the end; waits until there is one.
    mutating func next() -> [Line]? {
        while !isAtEnd {
            // What is there now, so that a stream is followed line by line.
            let chunk = handle.availableData
            isAtEnd = chunk.isEmpty
            var lines: [Line] = []
            for (place, part) in chunk.split(separator: Self.newline, omittingEmptySubsequences: false)
                .enumerated()
            {
                if place > 0 { endLine(&lines) }
                keep(part)
            }
            if isAtEnd { endLine(&lines) }
            if !lines.isEmpty { return lines }
        }
        return nil
    }

    private mutating func keep(_ part: Data) {
        rest.append(part.prefix(Self.kept - rest.count))
        isBlank = isBlank && part.allSatisfy { " \t\r".utf8.contains($0) }
    }

    private mutating func endLine(_ lines: inout [Line]) {
        count += 1
        if !isBlank { lines.append(Line(number: count, text: rest)) }
        (rest, isBlank) = (Data(), true)
    }
}
