import Foundation

/// Lines of a file or of standard input, as they come.
struct LineReader {
    private let handle: FileHandle
    /// What was read and is still to be handed out, from `start` on.
    private var rest: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private static let longest = 1 << 21

    init(_ path: String) throws {
        if path == "-" {
            handle = .standardInput
            return
        }
        do { handle = try FileHandle(forReadingFrom: file(path)) } catch {
            throw CommandFailure.badData("\(path): cannot be read")
        }
    }

    mutating func next() throws -> String? {
        while true {
            if let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return String(decoding: rest[start..<end], as: UTF8.self)
            }
            if isAtEnd {
                guard start < rest.endIndex else { return nil }
                defer { start = rest.endIndex }
                return String(decoding: rest[start...], as: UTF8.self)
            }
            rest = Array(rest[start...])
            start = 0
            guard rest.count <= Self.longest else {
                throw CommandFailure.badData("a line of the records is too long")
            }
            // What is there now, so that a stream is followed line by line.
            let more = handle.availableData
            if more.isEmpty { isAtEnd = true }
            rest += more
        }
    }
}
