public import Foundation
import Ledger
import Results
import Vocabulary

/// All that a watch carries from one run to the next: how every monitor stands, the records that came one by one, and
/// alerts that are still to be told.
///
/// Kept in one file that is written under another name and renamed, with the version of its form and a digest of its
/// content. A run that ends at any point, by itself or not, is gone on with from the file; what it had told is told
/// once more if the file does not say so yet, under the same id.
public struct WatchState: Sendable, Equatable {
    /// The monitors.
    public var engine: WatchEngine
    /// Records that came one by one.
    public var journal = RecordJournal()
    /// What happened to alerts and is still to be told.
    public var outbox: [Pending] = []
    /// What happened to alerts of obligors that are set aside, which is told when they are not any more.
    public var withheld: [AlertEvent] = []

    /// An event that is still to be told.
    public struct Pending: Sendable, Equatable, Codable {
        /// The event.
        public let event: AlertEvent
        /// Whether it has been printed.
        public var isPrinted: Bool

        /// An event that nobody was told of.
        public init(_ event: AlertEvent) {
            self.event = event
            isPrinted = false
        }
    }

    /// A state without a past.
    public init(_ engine: WatchEngine) { self.engine = engine }
}

extension WatchState {
    /// The version that this engine writes, and the newest it reads.
    public static let currentVersion = 1
    private static let largestFile = 4 << 30

    private struct Header: Codable {
        let formatVersion: Int
        let sha256: String
    }

    private struct Content: Codable {
        let engine: WatchEngine
        let journal: RecordJournal
        let outbox: [Pending]
        /// `nil` for none, and where an earlier engine kept none.
        let withheld: [AlertEvent]?
    }

    /// Reads a state; `nil` if there is no file.
    ///
    /// - Parameter options: How the watch is to go on: as it began, but for the first day, which stays the state's.
    /// - Throws: ``WatchError/badState(path:reason:)``, ``WatchError/newerState(path:version:supported:)``,
    ///   ``WatchError/otherOptions(path:name:)``.
    public static func read(_ file: URL, continuing options: WatchOptions) throws(WatchError) -> WatchState? {
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        let path = file.relativePath
        let data: Data
        do { data = try Data(contentsOf: file) } catch {
            throw .badState(path: path, reason: "cannot be read (\(error.localizedDescription))")
        }
        guard data.count <= largestFile else {
            throw .badState(path: path, reason: "larger than \(largestFile) bytes")
        }
        guard let end = data.firstIndex(of: UInt8(ascii: "\n")),
            let header = try? JSONDecoder().decode(Header.self, from: data[..<end])
        else { throw .badState(path: path, reason: "not the state of a watch") }
        guard header.formatVersion <= currentVersion else {
            throw .newerState(path: path, version: header.formatVersion, supported: currentVersion)
        }
        let content = data[data.index(after: end)...]
        guard header.formatVersion >= 1, ContentDigest.of(Data(content)) == header.sha256 else {
            throw .badState(path: path, reason: "damaged (its digest is another)")
        }
        let decoded: Content
        do { decoded = try JSONDecoder().decode(Content.self, from: content) } catch {
            throw .badState(path: path, reason: "damaged (\(error.localizedDescription))")
        }
        var state = WatchState(decoded.engine)
        state.journal = decoded.journal
        state.outbox = decoded.outbox
        state.withheld = decoded.withheld ?? []
        let kept = decoded.engine.options
        if kept.falseAlarmRate != options.falseAlarmRate {
            throw .otherOptions(path: path, name: "false-alarm rate")
        }
        if kept.definition.name != options.definition.name {
            throw .otherOptions(path: path, name: "default definition")
        }
        state.engine.use(options.definition)
        return state
    }

    /// Writes the state.
    ///
    /// - Throws: `ResultsError.notWritten`; the file is as it was then.
    public func write(to file: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let content = try encoder.encode(
            Content(
                engine: engine, journal: journal, outbox: outbox,
                withheld: withheld.isEmpty ? nil : withheld))
        let header = try encoder.encode(
            Header(formatVersion: Self.currentVersion, sha256: ContentDigest.of(content)))
        try StagedFile.write(header + Data("\n".utf8) + content, to: file)
    }
}
