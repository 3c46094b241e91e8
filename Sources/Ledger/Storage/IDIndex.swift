/// Finds the number of an id among many: a hash table with open addressing over packed texts.
struct IDIndex: Sendable {
    /// The ids by number.
    let ids: PackedTexts
    /// Numbers plus one, below the upper half of the hash, at a place given by the hash or behind it.
    ///
    /// 0 where there is none; the count is a power of two.
    ///
    /// With a part of the hash beside the number, hardly any id but the one that is looked for is ever compared.
    private var places: [UInt64]
    /// Numbers of ids that an earlier number has as well, in order.
    private(set) var repeated: [Int32] = []

    /// An index of ids; the first of equal ones is the one that is found.
    init(_ ids: PackedTexts) {
        self.ids = ids
        var size = 64
        // At most three quarters full.
        while 3 * size < 4 * ids.count { size *= 2 }
        var places = [UInt64](repeating: 0, count: size)
        var repeated: [Int32] = []
        let bytes = ids.bytes.span
        for index in 0..<ids.count {
            let id = bytes.extracting(ids.range(index))
            let hash = Self.hash(id)
            var place = Int(truncatingIfNeeded: hash) & (size - 1)
            var isRepeated = false
            while places[place] != 0 {
                if Self.upper(places[place]) == Self.upper(hash),
                    Self.agree(bytes.extracting(ids.range(Self.number(places[place]))), id)
                {
                    isRepeated = true
                    break
                }
                place = (place + 1) & (size - 1)
            }
            if isRepeated {
                repeated.append(Int32(index))
            } else {
                places[place] = Self.upper(hash) << 32 | UInt64(index + 1)
            }
        }
        self.places = places
        self.repeated = repeated
    }

    /// The number of an id, or `nil`.
    func number(of id: String) -> Int32? { number(of: id.utf8.span) }

    /// The number of an id, or `nil`.
    ///
    /// - Parameter last: A number near which it is likely to be, such as the one that was found before: books refer to
    ///   records in nearly the order in which those were written, and a neighbour is in the cache.
    func number(of id: String, near last: Int32) -> Int32? {
        let text = id.utf8.span
        let bytes = ids.bytes.span
        // One on, the same, two on, one back, three on and so forth.
        for step in 0..<Self.nearby {
            let candidate = Int(last) + (step % 2 == 0 ? 1 + step / 2 : -(step / 2))
            guard candidate >= 0, candidate < ids.count else { continue }
            if Self.agree(bytes.extracting(ids.range(candidate)), text) { return Int32(candidate) }
        }
        return number(of: text)
    }

    private func number(of id: Span<UInt8>) -> Int32? {
        let bytes = ids.bytes.span
        let hash = Self.hash(id)
        var place = Int(truncatingIfNeeded: hash) & (places.count - 1)
        while places[place] != 0 {
            let number = Self.number(places[place])
            if Self.upper(places[place]) == Self.upper(hash),
                Self.agree(bytes.extracting(ids.range(number)), id)
            {
                return Int32(number)
            }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }
}

extension IDIndex {
    /// How many neighbours are looked at before the table.
    private static let nearby = 8

    private static func upper(_ place: UInt64) -> UInt64 { place >> 32 }
    private static func number(_ place: UInt64) -> Int { Int(place & 0xFFFF_FFFF) - 1 }

    /// Eight bytes at a time, multiplied and folded; where an id is kept decides nothing but speed.
    private static func hash(_ text: Span<UInt8>) -> UInt64 {
        var hash = UInt64(truncatingIfNeeded: text.count)
        var index = 0
        while index < text.count {
            var word: UInt64 = 0
            let end = min(index + 8, text.count)
            while index < end {
                word = word << 8 | UInt64(text[index])
                index += 1
            }
            let product = (hash ^ word).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
            hash = product.high ^ product.low
        }
        let last = (hash ^ (hash >> 29)).multipliedFullWidth(by: 0xBF58_476D_1CE4_E5B9)
        return last.high ^ last.low
    }

    /// Whether texts are equal, compared from the end, where ids differ.
    private static func agree(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        var index = left.count - 1
        while index >= 0 {
            if left[index] != right[index] { return false }
            index -= 1
        }
        return true
    }
}
