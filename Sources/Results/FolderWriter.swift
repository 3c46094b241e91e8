public import Foundation

/// Puts a folder together under a hidden name and gives it its name when it is complete.
///
/// Whatever happens before ``finish()``, no folder of that name appears, and an older one stays as it was.
public final class FolderWriter {
    private let place: StagedPath
    private let replacing: Bool
    private let marker: String
    private var isOpen = true

    /// Starts a folder.
    ///
    /// - Parameters:
    ///   - destination: The name it will have; folders above it are created.
    ///   - replacing: Whether an older folder of the same kind may be replaced. Anything else is never replaced.
    ///   - marker: The file by which an older folder of the kind is recognised.
    public init(_ destination: URL, replacing: Bool, recognisedBy marker: String) throws(ResultsError) {
        self.replacing = replacing
        self.marker = marker
        place = StagedPath(beside: destination)
        do throws(ResultsError) {
            try check()
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

    /// The name the folder will have.
    public var destination: URL { place.destination }

    /// Where a file of the folder is to be written.
    public func file(_ name: String) -> URL { place.url.appending(path: name) }

    /// Writes a file; folders above it within the folder are created.
    public func write(_ data: Data, named name: String) throws(ResultsError) {
        try write(named: name) { data }
    }

    /// Writes bytes behind those of a file that are there already; the file itself if it is not.
    public func append(_ data: Data, to name: String) throws(ResultsError) {
        guard FileManager.default.fileExists(atPath: file(name).path) else {
            return try write(data, named: name)
        }
        do {
            let handle = try FileHandle(forWritingTo: file(name))
            defer { try? handle.close() }
            try handle.seekToEnd()
            try handle.write(contentsOf: data)
        } catch {
            throw .notWritten(
                path: place.destination.appending(path: name).relativePath, reason: reason(of: error))
        }
    }

    /// Gives the folder its name.
    public func finish() throws(ResultsError) {
        try check()
        if FileManager.default.fileExists(atPath: place.destination.path) {
            try replace()
        } else {
            try place.promote()
        }
        isOpen = false
    }
}

extension FolderWriter {
    func write(named name: String, _ content: () throws -> Data) throws(ResultsError) {
        do {
            if name.contains("/") {
                try FileManager.default.createDirectory(
                    at: file(name).deletingLastPathComponent(), withIntermediateDirectories: true)
            }
            try content().write(to: file(name))
        } catch {
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

    private func check() throws(ResultsError) {
        let path = place.destination.relativePath
        switch FileKind(at: place.destination) {
        case .nothing: return
        case .folder: break
        case .file, .other: throw .notReplaceable(path: path, marker: marker)
        }
        let content = try? FileManager.default.contentsOfDirectory(atPath: place.destination.path)
        if content?.isEmpty == true { return }
        guard content?.contains(marker) == true else { throw .notReplaceable(path: path, marker: marker) }
        guard replacing else { throw .alreadyExists(path: path) }
    }
}
