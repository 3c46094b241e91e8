import Foundation
import Results
import Review

/// What events led to since a review: a line of JSON for each event, behind one another as they came.
final class EventLogFile {
    private let url: URL
    /// What is in the file.
    let outcomes: [EventRatingRecord]

    /// Opens the log; a last line that was not finished is taken off.
    init(_ url: URL) throws {
        self.url = url
        guard FileManager.default.fileExists(atPath: url.path) else {
            outcomes = []
            return
        }
        outcomes = try Self.read(url, repairs: true)
    }

    /// The outcomes of a log.
    static func read(_ url: URL, repairs: Bool = false) throws -> [EventRatingRecord] {
        let data: Data
        do { data = try Data(contentsOf: url) } catch {
            throw ResultsError.notRead(path: url.relativePath, reason: "no such file, or no permission")
        }
        let whole = data.lastIndex(of: UInt8(ascii: "\n")).map { data[...$0] } ?? Data()
        if repairs, whole.count < data.count {
            do { try Data(whole).write(to: url, options: .atomic) } catch {
                throw ResultsError.notWritten(path: url.relativePath, reason: error.localizedDescription)
            }
        }
        let decoder = JSONDecoder()
        return try whole.split(separator: UInt8(ascii: "\n")).enumerated().flatMap {
            number, line -> [EventRatingRecord] in
            let outcomes = try? decoder.decode([EventRatingRecord].self, from: line)
            guard let outcomes, outcomes.allSatisfy({ $0.event != nil }) else {
                throw ResultsError.damaged(
                    path: url.relativePath, reason: "line \(number + 1) is no outcome of an event")
            }
            return outcomes
        }
    }

    /// Adds outcomes of one event, all or none of them.
    func append(_ outcomes: [EventRatingRecord]) throws {
        guard !outcomes.isEmpty else { return }
        let files = FileManager.default
        do {
            if !files.fileExists(atPath: url.path) {
                try files.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data().write(to: url)
            }
            let handle = try FileHandle(forUpdating: url)
            defer { try? handle.close() }
            try handle.seekToEnd()
            try handle.write(contentsOf: Self.line(outcomes))
            try handle.synchronize()
        } catch {
            throw ResultsError.notWritten(path: url.relativePath, reason: error.localizedDescription)
        }
    }

    /// An outcome, or those of one event, as a line.
    static func line(_ outcome: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(outcome) + Data("\n".utf8)
    }
}
