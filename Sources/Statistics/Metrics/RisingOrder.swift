/// The stable ascending order of numbers, by radix sort of their bits.
///
/// The bits of a double, with the sign bit flipped for positive and all bits flipped for negative numbers, sort like
/// the numbers themselves. Eleven bits a pass make six passes; one million random numbers take a quarter of the time
/// of a comparison sort.
struct RisingOrder {
    /// Positions of the numbers from lowest to highest; equal numbers keep their order.
    let positions: [UInt32]
    /// The numbers in that order; −0 has become 0.
    let values: [Double]

    /// Orders numbers, none of them NaN.
    init(_ numbers: [Double]) {
        precondition(numbers.count <= Int(UInt32.max), "\(numbers.count) rows to order")
        var keys = numbers.map(Self.key)
        var rows = numbers.indices.map { UInt32(truncatingIfNeeded: $0) }
        if numbers.count < 2048 {
            rows.sort { (keys[Int($0)], $0) < (keys[Int($1)], $1) }
            values = rows.map { Self.number(keys[Int($0)]) }
        } else {
            Self.sort(&keys, &rows)
            values = keys.map(Self.number)
        }
        positions = rows
    }

    /// Bits that sort like the number.
    private static func key(_ number: Double) -> UInt64 {
        // Adding 0 makes −0 equal to 0.
        let bits = (number + 0).bitPattern
        return bits ^ (UInt64(bitPattern: Int64(bitPattern: bits) >> 63) | 1 << 63)
    }

    private static func number(_ key: UInt64) -> Double {
        Double(bitPattern: key ^ (UInt64(bitPattern: Int64(bitPattern: ~key) >> 63) | 1 << 63))
    }

    private static let digitBits = 11
    private static let digits = 6

    private static func sort(_ keys: inout [UInt64], _ rows: inout [UInt32]) {
        let buckets = 1 << digitBits
        var counts = Array(repeating: UInt32(0), count: digits * buckets)
        count(keys.span, into: &counts)
        var otherKeys = Array(repeating: UInt64(0), count: keys.count)
        var otherRows = Array(repeating: UInt32(0), count: rows.count)
        for digit in 0..<digits {
            var places = Array(counts[digit * buckets..<(digit + 1) * buckets])
            // A digit that all keys share, as the low ones of rounded numbers, orders nothing.
            if places.contains(UInt32(truncatingIfNeeded: keys.count)) { continue }
            var place: UInt32 = 0
            for bucket in 0..<buckets { (places[bucket], place) = (place, place + places[bucket]) }
            var keySpan = otherKeys.mutableSpan
            var rowSpan = otherRows.mutableSpan
            var placeSpan = places.mutableSpan
            scatter(keys.span, rows.span, shift: digit * digitBits, &placeSpan, to: &keySpan, &rowSpan)
            swap(&keys, &otherKeys)
            swap(&rows, &otherRows)
        }
    }

    private static func count(_ keys: Span<UInt64>, into counts: inout [UInt32]) {
        var span = counts.mutableSpan
        for position in keys.indices {
            var key = keys[position]
            for digit in 0..<digits {
                span[digit &<< digitBits | Int(key & 0x7FF)] &+= 1
                key &>>= 11
            }
        }
    }

    private static func scatter(
        _ keys: Span<UInt64>, _ rows: Span<UInt32>, shift: Int, _ places: inout MutableSpan<UInt32>,
        to keysOut: inout MutableSpan<UInt64>, _ rowsOut: inout MutableSpan<UInt32>
    ) {
        for position in keys.indices {
            let key = keys[position]
            let bucket = Int((key &>> UInt64(shift)) & 0x7FF)
            let place = Int(places[bucket])
            places[bucket] &+= 1
            keysOut[place] = key
            rowsOut[place] = rows[position]
        }
    }
}
