public import Foundation

/// A file that appears under its name when it is complete; what had that name before is there until then.
public enum StagedFile {
    /// Writes a file.
    ///
    /// - Throws: ``ResultsError/notWritten(path:reason:)``; nothing has changed then.
    public static func write(_ data: Data, to destination: URL) throws(ResultsError) {
        let place = StagedPath(beside: destination)
        do throws(ResultsError) {
            do {
                try data.write(to: place.url)
                // On the disk before it gets its name, so that no crash leaves an empty file of that name.
                let handle = try FileHandle(forWritingTo: place.url)
                defer { try? handle.close() }
                try handle.synchronize()
            } catch {
                throw .notWritten(path: destination.relativePath, reason: reason(of: error))
            }
            try place.promote()
        } catch {
            place.discard()
            throw error
        }
    }
}
