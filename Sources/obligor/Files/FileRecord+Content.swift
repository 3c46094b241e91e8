import Foundation
import Ledger
import Results

extension FileRecord {
    /// A record of a file as it is now.
    ///
    /// - Parameters:
    ///   - role: What the file is to the run.
    ///   - path: What the record calls it; the path itself unless stated.
    /// - Throws: ``ResultsError/notRead(path:reason:)``.
    init(role: String, of file: URL, as path: String? = nil) throws {
        let content: (sha256: String, bytes: Int)
        do { content = try FileDigest.read(file) } catch {
            throw ResultsError.notRead(path: file.relativePath, reason: "no such file, or no permission")
        }
        self.init(
            role: role, path: path ?? file.relativePath, bytes: content.bytes, sha256: content.sha256)
    }
}
