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
