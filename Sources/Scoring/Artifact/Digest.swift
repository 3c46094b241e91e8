import Crypto
import Foundation
import Tables
import Vocabulary

/// SHA-256 digests as 64 hexadecimal digits.
enum Digest {
    /// The digest of some bytes.
    static func of(_ bytes: some DataProtocol) -> String {
        hexadecimal(SHA256.hash(data: bytes))
    }

    static func hexadecimal(_ digest: SHA256Digest) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// JSON with sorted keys and without spaces: equal values give equal bytes.
    static func canonicalJSON(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(value)
    }
}

extension Recipe {
    /// SHA-256 of what the recipe means: comments, spaces and the order of keys do not matter.
    public var digest: String {
        do { return Digest.of(try Digest.canonicalJSON(self)) } catch {
            // Whoever reads a recipe refuses numbers that JSON cannot write.
            preconditionFailure("a recipe that cannot be written: \(error)")
        }
    }
}

extension TrainingData {
    /// SHA-256 over names, types and values of some columns and over the outcomes and weights.
    ///
    /// Depends on the values alone, not on the file they came from nor on the order of a category's levels.
    public func digest(of columns: [String]) -> String {
        var hash = SHA256()
        for name in columns {
            guard let column = table[name] else { continue }
            hash.update(data: Data("\(name)\u{0}\(column.type.rawValue)\u{0}\(column.count)\u{0}".utf8))
            hash.update(column.values)
        }
        hash.update(numbers: defaulted.map { $0 ? 1 : 0 as UInt8 })
        if let weights { hash.update(numbers: weights) }
        return Digest.hexadecimal(hash.finalize())
    }
}

extension SHA256 {
    fileprivate mutating func update(_ values: Column.Values) {
        switch values {
        case .double(let values): update(numbers: values.map { $0.isNaN ? .nan : $0 })
        case .float(let values): update(numbers: values.map { $0.isNaN ? .nan : $0 })
        case .integer(let values): update(numbers: values)
        case .day(let days): update(numbers: days.map(\.daysSince1970))
        case .flag(let values): update(numbers: values)
        case .category(let codes, let levels):
            let order = levels.indices.sorted { levels[$0] < levels[$1] }
            var rank = [UInt32](repeating: 0, count: levels.count)
            for (place, code) in order.enumerated() { rank[code] = UInt32(place) }
            for code in order { update(data: Data("\(levels[code])\u{0}".utf8)) }
            update(numbers: codes.map { $0 == Column.missingCode ? $0 : rank[Int($0)] })
        case .text(let texts):
            for text in texts { update(data: Data((text.map { "=\($0)\u{0}" } ?? "\u{0}").utf8)) }
        }
    }

    /// Adds numbers as they lie in memory, on the little-endian machines that the engine runs on.
    fileprivate mutating func update<Number: BitwiseCopyable>(numbers: [Number]) {
        unsafe numbers.withUnsafeBytes { bytes in
            // SAFETY: the bytes of a contiguous array of plain numbers, read before the call returns.
            unsafe update(bufferPointer: bytes)
        }
    }
}
