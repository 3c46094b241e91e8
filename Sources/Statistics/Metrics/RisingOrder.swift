/// The order that sorts numbers, by their bits: linear in their count.
enum RisingOrder {
    /// Positions of the values from smallest to largest; equal values keep their order; no value is NaN.
    ///
    /// Sorts 64-bit keys eleven bits at a time and skips digits in which all keys agree.
    static func positions(of values: [Double]) -> [UInt32] {
        // Flipping the sign bit of positive and all bits of negative numbers makes their order that of integers;
        // adding 0 turns −0 into 0, so that both are one value.
        var keys = values.map { value -> UInt64 in
            let bits = (value + 0).bitPattern
            return bits >> 63 == 1 ? ~bits : bits | 1 << 63
        }
        var order = [UInt32](zeroUpTo: values.count)
        var otherKeys = [UInt64](repeating: 0, count: keys.count)
        var otherOrder = [UInt32](repeating: 0, count: keys.count)
        for shift in stride(from: UInt64(0), to: 64, by: 11) {
            var places = [Int](repeating: 0, count: 2048)
            for key in keys { places[Int(key >> shift & 2047)] += 1 }
            if places.contains(keys.count) { continue }
            var place = 0
            for digit in places.indices {
                let size = places[digit]
                places[digit] = place
                place += size
            }
            for position in keys.indices {
                let digit = Int(keys[position] >> shift & 2047)
                otherKeys[places[digit]] = keys[position]
                otherOrder[places[digit]] = order[position]
                places[digit] += 1
            }
            swap(&keys, &otherKeys)
            swap(&order, &otherOrder)
        }
        return order
    }
}

extension [UInt32] {
    /// 0, 1, 2 … count − 1.
    fileprivate init(zeroUpTo count: Int) {
        self = (0..<count).map { UInt32(truncatingIfNeeded: $0) }
    }
}
