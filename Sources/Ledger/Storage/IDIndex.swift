/// Finds the number of an id among many: a hash table with open addressing over packed texts.
struct IDIndex: Sendable {
    /// The ids by number.
    let ids: PackedTexts
    /// Numbers plus one at a place given by the hash or behind it, 0 where there is none; the count is a power of two.
    private var places: [UInt32]
    /// Numbers of ids that an earlier number has as well, in order.
    private(set) var repeated: [Int32] = []

    /// An index of ids; the first of equal ones is the one that is found.
    init(_ ids: PackedTexts) {
        self.ids = ids
        var size = 64
        while size < 2 * ids.count { size *= 2 }
        places = [UInt32](repeating: 0, count: size)
        var repeated: [Int32] = []
        let bytes = ids.bytes.span
        for index in 0..<ids.count {
            let range = ids.range(index)
            var hash = Self.seed
            for place in range { hash = Self.mixed(hash, bytes[place]) }
            var place = Int(truncatingIfNeeded: Self.finished(hash)) & (size - 1)
            var isRepeated = false
            while places[place] != 0 {
                let other = ids.range(Int(places[place]) - 1)
                if other.count == range.count,
                    Self.agree(bytes, other.lowerBound, range.lowerBound, range.count)
                {
                    isRepeated = true
                    break
                }
                place = (place + 1) & (size - 1)
            }
            if isRepeated { repeated.append(Int32(index)) } else { places[place] = UInt32(index) + 1 }
        }
        self.repeated = repeated
    }

    /// The number of an id, or `nil`.
    func number(of id: String) -> Int32? {
        var hash = Self.seed
        var length = 0
        for byte in id.utf8 {
            hash = Self.mixed(hash, byte)
            length += 1
        }
        var place = Int(truncatingIfNeeded: Self.finished(hash)) & (places.count - 1)
        while places[place] != 0 {
            let index = Int(places[place]) - 1
            let range = ids.range(index)
            if range.count == length {
                var offset = range.lowerBound
                var agrees = true
                for byte in id.utf8 {
                    if ids.bytes[offset] != byte {
                        agrees = false
                        break
                    }
                    offset += 1
                }
                if agrees { return Int32(index) }
            }
            place = (place + 1) & (places.count - 1)
        }
        return nil
    }
}

// FNV-1a over the bytes, then the finaliser of MurmurHash3, so that the low bits depend on all of them.
extension IDIndex {
    private static let seed: UInt64 = 0xCBF2_9CE4_8422_2325

    @inline(__always)
    private static func mixed(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }

    @inline(__always)
    private static func finished(_ hash: UInt64) -> UInt64 {
        var value = hash
        value = (value ^ (value >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        value = (value ^ (value >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return value ^ (value >> 33)
    }

    @inline(__always)
    private static func agree(_ bytes: Span<UInt8>, _ left: Int, _ right: Int, _ count: Int) -> Bool {
        for offset in 0..<count where bytes[left + offset] != bytes[right + offset] { return false }
        return true
    }
}
