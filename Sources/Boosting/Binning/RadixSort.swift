/// Sorts numbers by their bits, eleven at a time: linear in their count, and several times as fast as comparing.
enum RadixSort {
    /// The numbers that are not NaN, in rising order; −0 comes before 0.
    static func sorted(_ values: [Double]) -> [Double] {
        let keys = values.compactMap { value -> UInt64? in
            if value.isNaN { return nil }
            let bits = value.bitPattern
            // Ordered as integers: flip all bits of negative numbers, the sign bit of the others.
            return bits >> 63 == 1 ? ~bits : bits | 1 << 63
        }
        return sorted(keys: keys).map { Double(bitPattern: $0 >> 63 == 1 ? $0 & ~(1 << 63) : ~$0) }
    }

    /// The same of numbers of single precision, which take half as many rounds.
    static func sorted(_ values: [Float]) -> [Double] {
        let keys = values.compactMap { value -> UInt32? in
            if value.isNaN { return nil }
            let bits = value.bitPattern
            return bits >> 31 == 1 ? ~bits : bits | 1 << 31
        }
        return sorted(keys: keys).map { Double(Float(bitPattern: $0 >> 31 == 1 ? $0 & ~(1 << 31) : ~$0)) }
    }

    @inline(__always)
    private static func sorted<Key: FixedWidthInteger & UnsignedInteger>(keys: [Key]) -> [Key] {
        var keys = keys
        var other = [Key](repeating: 0, count: keys.count)
        for shift in stride(from: Key(0), to: Key(Key.bitWidth), by: 11) {
            var places = [Int](repeating: 0, count: 2048)
            for key in keys { places[Int(truncatingIfNeeded: key &>> shift & 2047)] += 1 }
            // All alike in these bits, as the low ones of whole numbers are: nothing to move.
            if places.contains(keys.count) { continue }
            var place = 0
            for digit in places.indices {
                let size = places[digit]
                places[digit] = place
                place += size
            }
            for key in keys {
                let digit = Int(truncatingIfNeeded: key &>> shift & 2047)
                other[places[digit]] = key
                places[digit] += 1
            }
            swap(&keys, &other)
        }
        return keys
    }
}
