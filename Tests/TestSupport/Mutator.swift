public import Statistics

/// Damages bytes at random, so that readers can be held to "success or a typed error".
///
/// The seed of the generator is what a failing test names.
public struct Mutator {
    private var random: SeededGenerator
    private let splices: [[UInt8]]

    /// A mutator.
    ///
    /// - Parameters:
    ///   - random: Where its choices come from.
    ///   - splices: Texts with a meaning in the format, which are put in at random places.
    public init(_ random: SeededGenerator, splices: [String]) {
        self.random = random
        // Bytes that are no text: a stray continuation, a surrogate, a value beyond Unicode, an open sequence.
        self.splices =
            splices.map { Array($0.utf8) } + [
                [0xFF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC3], [0],
            ]
    }

    /// The bytes with one to four injuries.
    public mutating func damaged(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        for _ in 0...random.integer(below: 4) { injure(&bytes) }
        return bytes
    }

    /// The text with one to three of its values exchanged, numbers mostly for numbers, so that its form survives.
    ///
    /// A value is a word that is neither a key (followed by a colon) nor in quotes.
    public mutating func exchanged(_ text: String, for others: [String]) -> String {
        let numbers = others.filter { Self.isNumber($0.utf8.first) }
        var bytes = Array(text.utf8)
        for _ in 0...random.integer(below: 3) {
            let values = Self.values(in: bytes)
            guard !values.isEmpty else { break }
            let place = values[random.integer(below: values.count)]
            let alike =
                Self.isNumber(bytes[place.lowerBound]) && random.integer(below: 5) > 0 ? numbers : others
            guard !alike.isEmpty else { break }
            bytes.replaceSubrange(place, with: alike[random.integer(below: alike.count)].utf8)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func isNumber(_ byte: UInt8?) -> Bool {
        byte.map { "0123456789-.".utf8.contains($0) } ?? false
    }

    private static func values(in bytes: [UInt8]) -> [Range<Int>] {
        let isWord = { (byte: UInt8) in
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        var values: [Range<Int>] = []
        var start: Int?
        for place in 0...bytes.count {
            let byte = place < bytes.count ? bytes[place] : UInt8(ascii: " ")
            if isWord(byte) {
                start = start ?? place
            } else if let first = start {
                if byte != UInt8(ascii: ":"), byte != UInt8(ascii: "\"") { values.append(first..<place) }
                start = nil
            }
        }
        return values
    }

    private mutating func injure(_ bytes: inout [UInt8]) {
        guard !bytes.isEmpty else { return }
        let place = random.integer(below: bytes.count)
        func end(_ length: Int) -> Int { min(bytes.count, place + length) }
        switch random.integer(below: 7) {
        case 0: bytes[place] = UInt8(random.integer(below: 256))
        case 1: bytes.remove(at: place)
        case 2, 3:
            bytes.insert(contentsOf: splices[random.integer(below: splices.count)], at: place)
        case 4: bytes.removeSubrange(place..<end(random.integer(below: 60)))
        case 5:
            let piece = bytes[place..<end(random.integer(below: 80))]
            bytes.insert(contentsOf: piece, at: random.integer(below: bytes.count))
        default: bytes.removeSubrange(place...)
        }
    }
}
