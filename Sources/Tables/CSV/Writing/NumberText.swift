/// Writes numbers as text, at a place in memory that has room for ``widest`` bytes.
enum NumberText {
    /// The most bytes that writing a number touches; it takes up at most 26.
    static let widest = 40

    /// Writes a number in the shortest form that reads back as the same bits; returns how many bytes.
    ///
    /// Always with a decimal mark, an exponent or the word `inf`, so that it cannot be taken for a whole number.
    static func write(_ value: Double, mark: UInt8, to text: UnsafeMutablePointer<UInt8>) -> Int {
        if value.isInfinite { return unsafe write(value < 0 ? "-inf" : "inf", to: text) }
        return unsafe write(ShortestDecimal(value), isNegative: value.sign == .minus, mark: mark, to: text)
    }

    /// The same in single precision.
    static func write(_ value: Float, mark: UInt8, to text: UnsafeMutablePointer<UInt8>) -> Int {
        if value.isInfinite { return unsafe write(value < 0 ? "-inf" : "inf", to: text) }
        return unsafe write(ShortestDecimal(value), isNegative: value.sign == .minus, mark: mark, to: text)
    }

    /// Writes a whole number; returns how many bytes.
    static func write(_ value: Int64, to text: UnsafeMutablePointer<UInt8>) -> Int {
        let sign = value < 0 ? 1 : 0
        unsafe text[0] = UInt8(ascii: "-")
        return unsafe sign + writeDigits(value.magnitude, to: text + sign)
    }

    /// 1234.5 for exponents of moderate size, 1.2345e-7 beyond.
    private static func write(
        _ number: ShortestDecimal, isNegative: Bool, mark: UInt8, to start: UnsafeMutablePointer<UInt8>
    ) -> Int {
        let sign = isNegative ? 1 : 0
        unsafe start[0] = UInt8(ascii: "-")
        let text = unsafe start + sign
        let count = unsafe writeDigits(number.digits, to: text)
        // Digits before the mark.
        let point = count + number.exponent
        if number.exponent >= 0, point <= 16 {
            for place in count..<point { unsafe text[place] = UInt8(ascii: "0") }
            unsafe text[point] = mark
            unsafe text[point + 1] = UInt8(ascii: "0")
            return sign + point + 2
        }
        if number.exponent < 0, point > 0 {
            // At most 16 of 17 digits stand behind the mark.
            unsafe move(text + point, by: 1)
            unsafe text[point] = mark
            return sign + count + 1
        }
        if point <= 0, point > -5 {
            unsafe move(text, by: 2 - point)
            for place in 0..<2 - point { unsafe text[place] = UInt8(ascii: "0") }
            unsafe text[1] = mark
            return sign + 2 - point + count
        }
        unsafe move(text + 1, by: 1)
        unsafe text[1] = mark
        // One digit alone needs no mark.
        var length = count == 1 ? 1 : count + 1
        unsafe text[length] = UInt8(ascii: "e")
        length += 1
        unsafe length += write(Int64(point - 1), to: text + length)
        return sign + length
    }

    private static func write(_ word: StaticString, to text: UnsafeMutablePointer<UInt8>) -> Int {
        unsafe text.update(from: word.utf8Start, count: word.utf8CodeUnitCount)
        return word.utf8CodeUnitCount
    }

    /// Moves up to 17 bytes to the right, at most 6 places, and whatever follows them.
    @inline(__always)
    private static func move(_ text: UnsafeMutablePointer<UInt8>, by places: Int) {
        let raw = UnsafeMutableRawPointer(text)
        let first = unsafe raw.loadUnaligned(as: SIMD16<UInt8>.self)
        let last = unsafe text[16]
        unsafe raw.storeBytes(of: first, toByteOffset: places, as: SIMD16<UInt8>.self)
        unsafe text[16 + places] = last
    }

    /// Writes the digits of a number, eight at a time; returns how many.
    private static func writeDigits(_ value: UInt64, to text: UnsafeMutablePointer<UInt8>) -> Int {
        let eight: UInt64 = 100_000_000
        guard value >= eight else { return unsafe writeFirst(value, to: text) }
        let (upper, lower) = value.quotientAndRemainder(dividingBy: eight)
        guard upper >= eight else {
            let count = unsafe writeFirst(upper, to: text)
            unsafe writeEight(lower, to: text + count)
            return count + 8
        }
        let (top, middle) = upper.quotientAndRemainder(dividingBy: eight)
        let count = unsafe writeFirst(top, to: text)
        unsafe writeEight(middle, to: text + count)
        unsafe writeEight(lower, to: text + count + 8)
        return count + 16
    }

    /// Writes a number below 10⁸ without zeros in front; returns how many digits.
    @inline(__always)
    private static func writeFirst(_ value: UInt64, to text: UnsafeMutablePointer<UInt8>) -> Int {
        let digits = eightDigits(value)
        // The last digit counts even if it is 0.
        let zeros = min(digits.trailingZeroBitCount / 8, 7)
        let written = (digits | 0x3030_3030_3030_3030) >> UInt64(8 * zeros)
        unsafe UnsafeMutableRawPointer(text).storeBytes(of: written.littleEndian, as: UInt64.self)
        return 8 - zeros
    }

    /// Writes a number below 10⁸ with all eight digits.
    @inline(__always)
    private static func writeEight(_ value: UInt64, to text: UnsafeMutablePointer<UInt8>) {
        let written = eightDigits(value) | 0x3030_3030_3030_3030
        unsafe UnsafeMutableRawPointer(text).storeBytes(of: written.littleEndian, as: UInt64.self)
    }

    /// The eight digits of a number below 10⁸, the first in the lowest byte.
    ///
    /// Halved three times, all parts at once: v ÷ 10⁴, then ÷ 100 as · 10486 ÷ 2²⁰, then ÷ 10 as · 103 ÷ 2¹⁰, which
    /// are exact for numbers below 10⁴ and 100.
    @inline(__always)
    private static func eightDigits(_ value: UInt64) -> UInt64 {
        let upper = value / 10_000
        let fours = upper | (value - 10_000 * upper) << 32
        let hundreds = ((fours &* 10_486) >> 20) & 0x7F_0000_007F
        let twos = hundreds | (fours &- 100 &* hundreds) << 16
        let tens = ((twos &* 103) >> 10) & 0xF_000F_000F_000F
        return tens | (twos &- 10 &* tens) << 8
    }
}
