/// Finds the number of an id among many: by bisection where ids are in order, as books that are exported in the order of their
/// ids have them, else by a hash table with open addressing over packed texts.
struct IDIndex: Sendable {
    /// The ids by number.
    let ids: PackedTexts
    /// Numbers plus one, below the upper half of the hash, at a place given by the hash or behind it.
    ///
    /// 0 where there is none; the count is a power of two. Empty where ids are in order.
    ///
    /// With a part of the hash beside the number, hardly any id but the one that is looked for is ever compared.
    private var places: [UInt64]
    /// Numbers of ids that an earlier number has as well, in order.
    private(set) var repeated: [Int32] = []

    /// An index of ids; the first of equal ones is the one that is found.
    init(_ ids: PackedTexts) {
        self.ids = ids
        guard !Self.areAscending(ids) else {
            places = []
            return
        }
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
    func number(of id: String) -> Int32? {
        places.isEmpty ? bisected(id.utf8.span, near: 0) : number(of: id.utf8.span)
    }

    /// The number of an id, or `nil`.
    ///
    /// - Parameter last: A number near which it is likely to be, such as the one that was found before: books refer to
    ///   records in nearly the order in which those were written, and a neighbour is in the cache.
    func number(of id: String, near last: Int32) -> Int32? {
        let text = id.utf8.span
        if places.isEmpty { return bisected(text, near: last) }
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

// Ids in order.
extension IDIndex {
    /// Whether every id comes behind the one before it, byte by byte; then none is there twice.
    private static func areAscending(_ ids: PackedTexts) -> Bool {
        let bytes = ids.bytes.span
        for index in 0..<max(0, ids.count - 1)
        where !isBefore(bytes.extracting(ids.range(index)), bytes.extracting(ids.range(index + 1))) {
            return false
        }
        return true
    }

    private static func isBefore(_ left: Span<UInt8>, _ right: Span<UInt8>) -> Bool {
        let count = min(left.count, right.count)
        var index = 0
        while index < count {
            if left[index] != right[index] { return left[index] < right[index] }
            index += 1
        }
        return left.count < right.count
    }

    /// The number of an id, looked for in steps that double from a number on, then by halves.
    private func bisected(_ id: Span<UInt8>, near last: Int32) -> Int32? {
        guard ids.count > 0 else { return nil }
        let bytes = ids.bytes.span
        func isBeyond(_ number: Int) -> Bool {
            Self.isBefore(id, bytes.extracting(ids.range(number)))
        }
        // The id is at `low` or behind it, and before `high`.
        var low = min(max(Int(last), 0), ids.count - 1)
        var high = low
        var step = 1
        if isBeyond(low) {
            while low > 0, isBeyond(low) {
                high = low
                low = max(0, low - step)
                step *= 2
            }
        } else {
            high = low + 1
            while high < ids.count, !isBeyond(high) {
                low = high
                high = min(ids.count, high + step)
                step *= 2
            }
        }
        while high - low > 1 {
            let middle = (low + high) / 2
            if isBeyond(middle) { high = middle } else { low = middle }
        }
        return Self.agree(bytes.extracting(ids.range(low)), id) ? Int32(low) : nil
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
