/// The leading 128 bits of the powers of ten, rounded down: 5^q and 10^q differ by a power of two only.
enum PowersOfTen {
    /// The exponents that the table holds: what doubles can need, in reading and in writing.
    static let exponents = -342...324

    /// High and low halves in turn, from the smallest exponent on.
    ///
    /// Worked out once, in a few microseconds: upwards by multiplying with 5, downwards by dividing a large power
    /// of two by 5 again and again, since ⌊⌊x/5⌋/5⌋ = ⌊x/25⌋.
    private static let table: [UInt64] = {
        var halves = [UInt64](repeating: 0, count: 2 * exponents.count)
        func store(_ bits: (high: UInt64, low: UInt64), at exponent: Int) {
            halves[2 * (exponent - exponents.lowerBound)] = bits.high
            halves[2 * (exponent - exponents.lowerBound) + 1] = bits.low
        }
        var power = Natural(1)
        for exponent in 0...exponents.upperBound {
            store(power.leading128Bits, at: exponent)
            power.multiply(by: 5)
        }
        // 5³⁴² has 795 bits; 128 more must be left of the quotient.
        var reciprocal = Natural(1)
        reciprocal.shiftLeft(by: 1024)
        for exponent in (exponents.lowerBound..<0).reversed() {
            reciprocal.divide(by: 5)
            store(reciprocal.leading128Bits, at: exponent)
        }
        return halves
    }()

    /// ⌊10^q · 2^s⌋ with s such that the result has exactly 128 bits.
    @inline(__always)
    static func roundedDown(_ exponent: Int) -> (high: UInt64, low: UInt64) {
        let index = 2 * (exponent - exponents.lowerBound)
        return (table[index], table[index + 1])
    }

    /// The same rounded up, where it is not exact (5^q has at most 128 bits for 0 ≤ q ≤ 55).
    @inline(__always)
    static func roundedUp(_ exponent: Int) -> (high: UInt64, low: UInt64) {
        let (high, low) = roundedDown(exponent)
        if exponent >= 0 && exponent <= 55 { return (high, low) }
        let (next, overflow) = low.addingReportingOverflow(1)
        return (overflow ? high + 1 : high, next)
    }
}
