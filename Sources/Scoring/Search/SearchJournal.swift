public import Foundation
import Synchronization
import Tables

/// A file of finished trials, so that a search that was killed goes on where it stopped.
///
/// One line of JSON for the search it belongs to, then one for every finished trial on a fold. A last line that was cut
/// off is not counted. Numbers read back to the same bits, so that a search which was interrupted ends as one that was
/// not.
public final class SearchJournal: Sendable {
    /// Which trial on which fold of which search.
    struct Key: Hashable, Codable {
        let scope: String
        let trial: Int
        let fold: Int
    }

    private struct Header: Codable, Equatable {
        let format: String
        let version: Int
        let recipeDigest: String
        let dataDigest: String
        let engineVersion: String
    }

    private struct Line: Codable {
        let scope: String
        let trial: Int
        let fold: Int
        let metric: Double
    }

    private struct State {
        var known: [Key: Double]
        var handle: FileHandle?
        var failure: String?
    }

    /// The file.
    public let file: URL
    /// Trials that were there when the journal was opened.
    public let resumed: Int
    private let state: Mutex<State>

    private static let format = "obligor-search"
    /// The most bytes a journal may have.
    private static let byteLimit = 64 << 20

    /// Opens a journal, or starts one.
    ///
    /// - Parameters:
    ///   - file: Where it is, or will be.
    ///   - recipeDigest: That of the recipe with its search.
    ///   - dataDigest: That of all that trials are measured on.
    /// - Throws: ``JournalError`` if the file belongs to another search, is none, or cannot be read or written.
    public init(_ file: URL, recipeDigest: String, dataDigest: String) throws(JournalError) {
        let header = Header(
            format: Self.format, version: 1, recipeDigest: recipeDigest, dataDigest: dataDigest,
            engineVersion: EngineVersion.current)
        self.file = file
        var known: [Key: Double] = [:]
        var sound = 0
        if let content = try Self.content(of: file) {
            let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            // What follows the last line break was cut off, or is nothing.
            let whole = lines.dropLast()
            if let first = whole.first {
                guard let found = try? JSONDecoder().decode(Header.self, from: Data(first)),
                    found.format == Self.format
                else { throw .notAJournal(file: file.relativePath) }
                guard found == header else { throw .otherSearch(file: file.relativePath) }
                sound = first.count + 1
                for line in whole.dropFirst() {
                    guard let trial = try? JSONDecoder().decode(Line.self, from: Data(line)),
                        trial.metric.isFinite
                    else { throw .notAJournal(file: file.relativePath) }
                    known[Key(scope: trial.scope, trial: trial.trial, fold: trial.fold)] = trial.metric
                    sound += line.count + 1
                }
            } else if !content.isEmpty, content.first != UInt8(ascii: "{") {
                throw .notAJournal(file: file.relativePath)
            }
        }
        resumed = known.count
        let handle: FileHandle
        do {
            if sound == 0 {
                let encoder = JSONEncoder()
                encoder.outputFormatting = .sortedKeys
                try (encoder.encode(header) + Data("\n".utf8)).write(to: file, options: .atomic)
            }
            handle = try FileHandle(forWritingTo: file)
            if sound > 0 { try handle.truncate(atOffset: UInt64(sound)) }
            try handle.seekToEnd()
        } catch { throw .notWritten(file: file.relativePath, reason: error.localizedDescription) }
        state = Mutex(State(known: known, handle: handle, failure: nil))
    }

    private static func content(of file: URL) throws(JournalError) -> Data? {
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        let content: Data
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            content = try handle.read(upToCount: byteLimit + 1) ?? Data()
        } catch { throw .notRead(file: file.relativePath, reason: error.localizedDescription) }
        guard content.count <= byteLimit else { throw .notAJournal(file: file.relativePath) }
        return content
    }

    /// The metric of a finished trial.
    func value(of key: Key) -> Double? { state.withLock { $0.known[key] } }

    /// Notes a finished trial; where the file cannot be written, the search goes on and ``finish()`` says so.
    func note(_ metric: Double, of key: Key) {
        state.withLock { state in
            state.known[key] = metric
            guard let handle = state.handle, state.failure == nil else { return }
            do {
                let encoder = JSONEncoder()
                encoder.outputFormatting = .sortedKeys
                let line = Line(scope: key.scope, trial: key.trial, fold: key.fold, metric: metric)
                // One write for the line and its end, so that it is there whole or is not counted.
                try handle.write(contentsOf: encoder.encode(line) + Data("\n".utf8))
            } catch { state.failure = error.localizedDescription }
        }
    }

    /// Closes the journal and removes its file, since what it was kept for is done.
    ///
    /// - Returns: Why trials could not be noted; `nil` if all were.
    @discardableResult
    public func finish() -> String? {
        state.withLock { state in
            try? state.handle?.close()
            state.handle = nil
            try? FileManager.default.removeItem(at: file)
            return state.failure
        }
    }
}

extension SearchJournal {
    /// Opens the journal of a recipe on some data, or starts one.
    ///
    /// - Parameter foldNumbers: Folds of the cross-validation around the search, if they are given.
    /// - Throws: ``JournalError``.
    public convenience init(
        _ file: URL, recipe: Recipe, data: TrainingData, foldNumbers: [Int]? = nil
    ) throws(JournalError) {
        let columns = data.candidates + [recipe.group, recipe.offset].compactMap(\.self)
        let folds = foldNumbers.map { Digest.of(Data($0.map(String.init).joined(separator: ",").utf8)) }
        try self.init(
            file, recipeDigest: recipe.digest, dataDigest: data.digest(of: columns) + (folds ?? ""))
    }
}

/// What is kept and told of a search while it runs.
public struct SearchWatch: Sendable {
    /// Where finished trials are noted; `nil` for nowhere.
    public let journal: SearchJournal?
    /// Called as each trial on a fold ends, with the number done so far and the number of all; in no particular order.
    public let progress: @Sendable (_ done: Int, _ total: Int) -> Void

    /// A watch; without arguments, none.
    public init(
        journal: SearchJournal? = nil,
        progress: @escaping @Sendable (_ done: Int, _ total: Int) -> Void = { _, _ in }
    ) {
        self.journal = journal
        self.progress = progress
    }
}

/// Why a journal cannot be used.
public enum JournalError: Error, Sendable, Equatable {
    /// The file cannot be read.
    case notRead(file: String, reason: String)
    /// The file cannot be written.
    case notWritten(file: String, reason: String)
    /// The file is something else.
    case notAJournal(file: String)
    /// The file was kept for another recipe or other data.
    case otherSearch(file: String)
}

extension JournalError: CustomStringConvertible {
    /// The fact and the remedy.
    public var description: String {
        switch self {
        case .notRead(let file, let reason): "\(file): the journal of the search cannot be read: \(reason)"
        case .notWritten(let file, let reason):
            "\(file): the journal of the search cannot be written: \(reason)"
        case .notAJournal(let file):
            "\(file): not the journal of a search, or a damaged one: remove it to search from the start"
        case .otherSearch(let file):
            "\(file): a search by another recipe, on other data or by another version was interrupted here: finish it, "
                + "or remove the file"
        }
    }
}
