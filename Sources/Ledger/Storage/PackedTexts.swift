/// Many short texts in one piece of memory, by number.
struct PackedTexts: Sendable {
    /// UTF-8 of all texts, one behind the other.
    private(set) var bytes: [UInt8] = []
    /// Where text i ends in `bytes`; it starts where the one before it ends.
    private(set) var ends: [UInt32] = []

    /// How many texts there are.
    var count: Int { ends.count }

    /// Where a text stands in `bytes`.
    @inline(__always)
    func range(_ index: Int) -> Range<Int> {
        (index == 0 ? 0 : Int(ends[index - 1]))..<Int(ends[index])
    }

    /// A text as a string.
    subscript(index: Int) -> String { String(decoding: bytes[range(index)], as: UTF8.self) }

    /// Adds a text at the end.
    @inline(__always)
    mutating func append(_ text: String) {
        bytes.append(contentsOf: text.utf8)
        ends.append(UInt32(bytes.count))
    }

    /// Adds all texts of others at the end.
    mutating func append(_ others: PackedTexts) {
        let start = UInt32(bytes.count)
        bytes.append(contentsOf: others.bytes)
        for end in others.ends { ends.append(start + end) }
    }

    /// Whether so many more bytes can be numbered.
    func hasRoom(for others: PackedTexts) -> Bool { bytes.count + others.bytes.count < Int(UInt32.max) }

    /// The texts of the given numbers, in that order.
    func gathered(_ order: [Int32]) -> PackedTexts {
        var result = PackedTexts()
        result.bytes.reserveCapacity(order.reduce(0) { $0 + range(Int($1)).count })
        result.ends.reserveCapacity(order.count)
        for index in order {
            for place in range(Int(index)) { result.bytes.append(bytes[place]) }
            result.ends.append(UInt32(result.bytes.count))
        }
        return result
    }
}
