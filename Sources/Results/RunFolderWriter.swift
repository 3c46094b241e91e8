public import Foundation

/// Puts a run folder together under a hidden name and gives it its name when it is complete.
///
/// Whatever happens before ``finish(_:)``, no folder of that name appears, and an older one stays as it was.
public final class RunFolderWriter {
    private let place: StagedPath
    private let replacing: Bool
    private var isOpen = true

    /// Starts a run folder.
    ///
    /// - Parameters:
    ///   - destination: The name it will have; folders above it are created.
    ///   - replacing: Whether an older run folder of that name may be replaced. Anything else is never replaced.
    public init(_ destination: URL, replacing: Bool) throws(ResultsError) {
        self.replacing = replacing
        place = StagedPath(beside: destination)
        do throws(ResultsError) {
            try Self.check(destination, replacing: replacing)
            do {
                try FileManager.default.createDirectory(at: place.url, withIntermediateDirectories: true)
            } catch {
                throw .notWritten(path: destination.relativePath, reason: reason(of: error))
            }
        } catch {
            place.discard()
            throw error
        }
    }

    deinit {
        if isOpen { place.discard() }
    }

    /// Where a file of the run is to be written.
    public func file(_ name: String) -> URL { place.url.appending(path: name) }

    /// Writes a record under its own name.
    public func write(_ record: some VersionedRecord) throws(ResultsError) {
        try write(named: type(of: record).fileName) { try record.encoded() }
    }

    /// Writes records under their own name.
    public func write<Record: DelimitedRecord>(_ records: some Sequence<Record>) throws(ResultsError) {
        try write(Record.encoded(records), named: Record.fileName)
    }

    /// Writes the portfolio under its own name.
    public func write(_ portfolio: Portfolio) throws(ResultsError) {
        try write(portfolio.encoded(), named: Portfolio.fileName)
    }

    /// Writes a file.
    public func write(_ data: Data, named name: String) throws(ResultsError) {
        try write(named: name) { data }
    }

    /// Writes the record of the run and gives the folder its name.
    public func finish(_ record: RunRecord) throws(ResultsError) -> RunFolder {
        try write(record)
        try Self.check(place.destination, replacing: replacing)
        if FileManager.default.fileExists(atPath: place.destination.path) {
            try replace()
        } else {
            try place.promote()
        }
        isOpen = false
        return RunFolder(url: place.destination, record: record)
    }
}

extension RunFolderWriter {
    private func write(named name: String, _ content: () throws -> Data) throws(ResultsError) {
        do { try content().write(to: file(name)) } catch {
            throw .notWritten(
                path: place.destination.appending(path: name).relativePath, reason: reason(of: error))
        }
    }

    /// Puts the old folder aside, the new one in its place, and removes the old one; back again if that fails.
    private func replace() throws(ResultsError) {
        let aside = StagedPath(beside: place.destination)
        if let failure = renameAtomically(place.destination.path, to: aside.url.path) {
            aside.discard()
            throw .notWritten(path: place.destination.relativePath, reason: reason(ofError: failure))
        }
        do throws(ResultsError) {
            try place.promote()
        } catch {
            try aside.promote()
            throw error
        }
        aside.discard()
    }

    private static func check(_ destination: URL, replacing: Bool) throws(ResultsError) {
        switch FileKind(at: destination) {
        case .nothing: return
        case .folder: break
        case .file, .other: throw .notARunFolder(path: destination.relativePath)
        }
        let content = try? FileManager.default.contentsOfDirectory(atPath: destination.path)
        if content?.isEmpty == true { return }
        guard content?.contains(RunRecord.fileName) == true else {
            throw .notARunFolder(path: destination.relativePath)
        }
        guard replacing else { throw .alreadyExists(path: destination.relativePath) }
    }
}
