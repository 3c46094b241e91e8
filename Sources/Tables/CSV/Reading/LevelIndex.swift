/// Numbers distinct texts in the order of their first appearance.
///
/// Texts are the bytes of a file's fields between their quotation marks, with doubled marks as they stand: no two such
/// texts say the same. A hash table with open addressing over these bytes spares a field a string of its own; a
/// kernel looks up short ones in ``words``, where they are put once they have been seen.
struct LevelIndex: Sendable {
    /// Bytes of all levels, one behind the other.
    private var bytes: [UInt8] = []
    /// Where level i ends in `bytes`; it starts where the one before it ends.
    private var ends: [Int] = []
    private var hashes: [UInt64] = []
    /// The number of a level plus one, at a place given by its hash or behind it, and 0 where there is none.
    ///
    /// Their count is a power of two, at least twice that of the levels; there are none before the first level.
    private var places: [UInt32] = []
    /// What short fields mean that have been seen.
    private(set) var words = WordTable()

    /// No levels.
    init() {}

    /// The given levels, which must be distinct, and the texts that mean missing where they stand without quotes.
    init(_ levels: [String], markers: MissingMarkers) {
        for level in levels {
            let bytes = FieldText.doubled(level)
            let code = number(of: bytes.span)
            note(bytes.span, isQuoted: true, code: code)
            if !markers.contains(bytes.span) { note(bytes.span, isQuoted: false, code: code) }
        }
        for marker in markers.all { note(marker.span, isQuoted: false, code: Column.missingCode) }
    }

    /// How many levels there are.
    var count: Int { ends.count }

    /// The levels from one on, as strings.
    func levels(from first: Int = 0) -> [String] {
        (first..<max(first, count)).map { level in
            let range = range(of: level)
            return FieldText.string(bytes.span.extracting(range), isQuoted: true)
        }
    }

    /// The number of a text, or `nil` if it is not a level.
    func find(_ text: Span<UInt8>) -> UInt32? {
        find(text, hash: Self.hash(text))
    }

    /// The number of a text, which becomes a level if it is none.
    mutating func number(of text: Span<UInt8>) -> UInt32 {
        let hash = Self.hash(text)
        if let known = find(text, hash: hash) { return known }
        let level = ends.count
        for index in 0..<text.count { bytes.append(text[index]) }
        ends.append(bytes.count)
        hashes.append(hash)
        if 2 * ends.count > places.count {
            places = [UInt32](repeating: 0, count: max(64, 4 * places.count))
            for earlier in ends.indices { store(earlier) }
        } else {
            store(level)
        }
        return UInt32(level)
    }

    /// Notes what a field means, so that the kernel knows the next one like it.
    mutating func note(_ text: Span<UInt8>, isQuoted: Bool, code: UInt32) {
        words.add(text, isQuoted: isQuoted, code: code)
    }

    private func find(_ text: Span<UInt8>, hash: UInt64) -> UInt32? {
        if places.isEmpty { return nil }
        var place = Int(truncatingIfNeeded: hash) & (places.count - 1)
        while places[place] != 0 {
            let level = Int(places[place]) - 1
            if hashes[level] == hash, isLevel(level, text) { return UInt32(level) }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }

    private mutating func store(_ level: Int) {
        var place = Int(truncatingIfNeeded: hashes[level]) & (places.count - 1)
        while places[place] != 0 { place = (place + 1) & (places.count - 1) }
        places[place] = UInt32(level) + 1
    }

    private func range(of level: Int) -> Range<Int> {
        (level == 0 ? 0 : ends[level - 1])..<ends[level]
    }

    private func isLevel(_ level: Int, _ text: Span<UInt8>) -> Bool {
        let range = range(of: level)
        guard range.count == text.count else { return false }
        for index in 0..<text.count where bytes[range.lowerBound + index] != text[index] { return false }
        return true
    }

    /// Eight bytes at a time, multiplied and folded; where a level is kept decides nothing but speed.
    private static func hash(_ text: Span<UInt8>) -> UInt64 {
        let bytes = unsafe text.bytes
        var hash = UInt64(truncatingIfNeeded: text.count)
        var index = 0
        while index + 8 <= text.count {
            let word = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
            hash = mixed(hash ^ word)
            index += 8
        }
        var rest: UInt64 = 0
        while index < text.count {
            rest = rest << 8 | UInt64(text[index])
            index += 1
        }
        return mixed(hash ^ rest)
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        let product = value.multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }
}
