import Crypto
public import Foundation

/// SHA-256 over a sequence of values, each with its kind and length before it, so that no two sequences share their bytes.
public struct ContentDigest: Sendable {
    private var hash = SHA256()

    /// The digest of nothing yet.
    public init() {}

    /// Adds text; `nil` differs from the empty text.
    public mutating func add(_ text: String?) {
        if let text { add("t", Data(text.utf8)) } else { add("n", Data()) }
    }

    /// Adds bytes.
    public mutating func add(_ bytes: Data) { add("b", bytes) }

    /// Adds a whole number.
    public mutating func add(_ number: Int64) { add("i", Self.bytes(of: UInt64(bitPattern: number))) }

    /// Adds a number by its bits; `nil` differs from all of them.
    public mutating func add(_ number: Double?) {
        if let number { add("d", Self.bytes(of: number.bitPattern)) } else { add("n", Data()) }
    }

    /// The digest so far as 64 hexadecimal digits.
    public var hexadecimal: String { Self.text(of: hash.finalize()) }

    /// The SHA-256 of bytes alone, as 64 hexadecimal digits.
    public static func of(_ bytes: Data) -> String { text(of: SHA256.hash(data: bytes)) }

    private mutating func add(_ kind: Unicode.Scalar, _ bytes: Data) {
        var head = Data([UInt8(ascii: kind)])
        head.append(Self.bytes(of: UInt64(bytes.count)))
        hash.update(data: head)
        hash.update(data: bytes)
    }

    private static func bytes(of number: UInt64) -> Data {
        Data((0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) })
    }

    private static func text(of digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
