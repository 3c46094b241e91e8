public import Foundation

/// A file that appears under its name only when it is complete.
///
/// Bytes go to a hidden file beside it, which is renamed by ``finish()`` and removed if that is never reached. A
/// device or a pipe is written to directly, since there is nothing to rename.
public final class StagedFile {
    private let destination: URL
    private let place: StagedPath?
    private let handle: FileHandle
    private var isOpen = true

    /// Starts a file.
    ///
    /// - Parameters:
    ///   - destination: The name it will have; a link is followed.
    ///   - replacing: Whether a file of that name may be replaced.
    public init(_ destination: URL, replacing: Bool) throws(ResultsError) {
        self.destination = destination
        let path = destination.relativePath
        switch FileKind(at: destination) {
        case .folder: throw .alreadyExists(path: path)
        case .file where !replacing: throw .alreadyExists(path: path)
        case .other:
            place = nil
            do { handle = try FileHandle(forWritingTo: destination) } catch {
                throw .notWritten(path: path, reason: reason(of: error))
            }
        case .file, .nothing:
            let place = StagedPath(beside: destination.resolvingSymlinksInPath())
            do {
                try Data().write(to: place.url, options: .withoutOverwriting)
                handle = try FileHandle(forWritingTo: place.url)
            } catch {
                place.discard()
                throw .notWritten(path: path, reason: reason(of: error))
            }
            self.place = place
        }
    }

    deinit {
        if isOpen {
            try? handle.close()
            place?.discard()
        }
    }

    /// Appends bytes.
    public func write(_ bytes: some DataProtocol) throws(ResultsError) {
        do { try handle.write(contentsOf: bytes) } catch {
            throw .notWritten(path: destination.relativePath, reason: reason(of: error))
        }
    }

    /// Closes the file and gives it its name.
    public func finish() throws(ResultsError) {
        do { try handle.close() } catch {
            throw .notWritten(path: destination.relativePath, reason: reason(of: error))
        }
        try place?.promote()
        isOpen = false
    }
}
