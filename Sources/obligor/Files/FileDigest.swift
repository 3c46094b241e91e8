import Crypto
import Foundation
import Results

extension FileRecord {
    /// A record of a file as it is now.
    ///
    /// - Parameters:
    ///   - role: What the file is to the run.
    ///   - path: What the record calls it; the path itself unless stated.
    init(role: String, of file: URL, as path: String? = nil) throws {
        let handle: FileHandle
        do { handle = try FileHandle(forReadingFrom: file) } catch {
            throw ResultsError.notRead(path: file.relativePath, reason: "no such file, or no permission")
        }
        defer { try? handle.close() }
        var digest = SHA256()
        var bytes = 0
        while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
            digest.update(data: chunk)
            bytes += chunk.count
        }
        let digits = digest.finalize().map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0" + text : text
        }
        self.init(role: role, path: path ?? file.relativePath, bytes: bytes, sha256: digits.joined())
    }
}
