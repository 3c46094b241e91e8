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
    private var count = 0
    private var isAtEnd = false

    /// Bytes of a line that are kept until it is complete: more than a line may have.
    private static let kept = RecordJournal.longestLine + 1

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
            var parts = (rest + chunk).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            rest = isAtEnd ? Data() : Data(parts.removeLast().prefix(Self.kept))
            let first = count + 1
            count += parts.count
            let lines = parts.enumerated().map { Line(number: first + $0.offset, text: Data($0.element)) }
                .filter { $0.text.contains { !" \t\r".utf8.contains($0) } }
            if !lines.isEmpty { return lines }
        }
        return nil
    }
}
