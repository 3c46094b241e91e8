import Crypto
public import Foundation
import Tables

/// SHA-256 of files.
public enum FileDigest {
    /// The digest of a file as 64 hexadecimal digits.
    ///
    /// - Throws: ``LedgerError/table(_:)`` with `cannotRead` if the file cannot be read.
    public static func of(_ file: URL) throws(LedgerError) -> String {
        try read(file).sha256
    }

    /// The digest of a file as 64 hexadecimal digits, and its length.
    ///
    /// - Throws: ``LedgerError/table(_:)`` with `cannotRead` if the file cannot be read.
    public static func read(_ file: URL) throws(LedgerError) -> (sha256: String, bytes: Int) {
        do {
            let handle = try FileHandle(forReadingFrom: file)
            defer { try? handle.close() }
            var digest = SHA256()
            var bytes = 0
            while let chunk = try handle.read(upToCount: 1 << 20), !chunk.isEmpty {
                digest.update(data: chunk)
                bytes += chunk.count
            }
            let digits = Array("0123456789abcdef".utf8)
            let text = String(
                decoding: digest.finalize().flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] },
                as: UTF8.self)
            return (text, bytes)
        } catch {
            throw .table(.cannotRead(file: file.relativePath, reason: "no such file, or no permission"))
        }
    }
}
