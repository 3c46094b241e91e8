import Crypto
public import Foundation

/// SHA-256 over a sequence of values, each with its kind and length before it, so that no two sequences share their
/// bytes.
public struct ContentDigest: Sendable {
    private var hash = SHA256()
    /// What has been added and is not hashed yet: many values are of a few bytes.
    private var pending: [UInt8] = []
    private static let room = 1 << 14

    /// The digest of nothing yet.
    public init() {}

    /// Adds text; `nil` differs from the empty text.
    public mutating func add(_ text: String?) {
        guard let text else { return addNothing() }
        add("t", text.utf8)
    }

    /// Adds bytes.
    public mutating func add(_ bytes: Data) { add("b", bytes) }

    /// Adds a whole number.
    public mutating func add(_ number: Int64) { add("i", UInt64(bitPattern: number)) }

    /// Adds a number by its bits; `nil` differs from all of them.
    public mutating func add(_ number: Double?) {
        if let number { add("d", number.bitPattern) } else { addNothing() }
    }

    /// The digest so far as 64 hexadecimal digits.
    public var hexadecimal: String {
        var hash = hash
        hash.update(data: pending)
        return Self.text(of: hash.finalize())
    }

    /// The SHA-256 of bytes alone, as 64 hexadecimal digits.
    public static func of(_ bytes: Data) -> String { text(of: SHA256.hash(data: bytes)) }

    private mutating func add(_ kind: Unicode.Scalar, _ bytes: some Collection<UInt8>) {
        begin(kind, count: bytes.count)
        pending.append(contentsOf: bytes)
        hashWhatIsThere()
    }

    private mutating func add(_ kind: Unicode.Scalar, _ number: UInt64) {
        begin(kind, count: 8)
        append(number)
        hashWhatIsThere()
    }

    private mutating func addNothing() { begin("n", count: 0) }

    private mutating func begin(_ kind: Unicode.Scalar, count: Int) {
        pending.append(UInt8(ascii: kind))
        append(UInt64(count))
    }

    private mutating func append(_ number: UInt64) {
        for place in 0..<8 { pending.append(UInt8(truncatingIfNeeded: number >> (8 * place))) }
    }

    private mutating func hashWhatIsThere() {
        guard pending.count >= Self.room else { return }
        hash.update(data: pending)
        pending.removeAll(keepingCapacity: true)
    }

    fileprivate static func text(of digest: SHA256.Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}

/// The SHA-256 of bytes alone, which come piece by piece.
public struct ByteDigest: Sendable {
    private var hash = SHA256()
    /// How many bytes have been added.
    public private(set) var count = 0

    /// The digest of nothing yet.
    public init() {}

    /// Adds bytes.
    public mutating func add(_ bytes: Data) {
        hash.update(data: bytes)
        count += bytes.count
    }

    /// The digest so far as 64 hexadecimal digits.
    public var hexadecimal: String { ContentDigest.text(of: hash.finalize()) }
}
