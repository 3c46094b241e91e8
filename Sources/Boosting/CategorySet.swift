/// A set of category codes 0, 1, 2 …, kept as bits.
public struct CategorySet: Sendable, Hashable {
    /// Bit c % 64 of word c ÷ 64 says whether code c is in the set; no word at the end is 0.
    public private(set) var words: [UInt64]

    /// The set of some codes, each in 0 ..< 65,536.
    public init(_ codes: some Sequence<Int> = []) {
        words = []
        for code in codes { insert(code) }
    }

    /// Whether a code is in the set; negative codes never are.
    public func contains(_ code: Int) -> Bool {
        code >= 0 && code >> 6 < words.count && words[code >> 6] >> UInt64(code & 63) & 1 == 1
    }

    /// Adds a code.
    public mutating func insert(_ code: Int) {
        precondition((0..<65_536).contains(code), "category code \(code)")
        if words.count <= code >> 6 {
            words.append(contentsOf: repeatElement(0, count: code >> 6 + 1 - words.count))
        }
        words[code >> 6] |= 1 << UInt64(code & 63)
    }

    /// The codes in the set, rising.
    public var codes: [Int] {
        words.indices.flatMap { word in
            (0..<64).filter { words[word] >> UInt64($0) & 1 == 1 }.map { word * 64 + $0 }
        }
    }

    /// The highest code; `nil` for none.
    var highest: Int? {
        words.last.map { words.count * 64 - 1 - $0.leadingZeroBitCount }
    }
}

/// Counts the memory of the category sets that are read from a file.
///
/// A set is kept as bits up to its highest code, so that a few characters can claim eight kilobytes. The sets of one
/// file may take no more than a fixed amount, however many there are.
public struct CategorySetAllowance: Sendable {
    /// The most 64-bit words that the sets of a file may take together: 128 MiB.
    public static let words = 1 << 24
    private var taken = 0

    /// The whole allowance.
    public init() {}

    /// Counts a set in; false if that is more than there may be.
    public mutating func admit(_ set: CategorySet) -> Bool {
        taken += set.words.count
        return taken <= Self.words
    }
}
