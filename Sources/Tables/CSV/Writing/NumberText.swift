/// Writes numbers as text, at a place in memory that has room for them.
enum NumberText {
    /// The most bytes that a number takes.
    static let widest = 26

    /// 00 to 99, one behind the other.
    private static let pairs: StaticString = """
        0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849\
        5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899
        """

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
        if value < 0 { unsafe text[0] = UInt8(ascii: "-") }
        let count = digitCount(value.magnitude)
        unsafe writeDigits(value.magnitude, count, to: text + sign)
        return sign + count
    }

    /// 1234.5 for exponents of moderate size, 1.2345e-7 beyond.
    private static func write(
        _ number: ShortestDecimal, isNegative: Bool, mark: UInt8, to start: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var text = unsafe start
        if isNegative {
            unsafe text[0] = UInt8(ascii: "-")
            unsafe text += 1
        }
        let sign = isNegative ? 1 : 0
        let count = digitCount(number.digits)
        // Digits before the mark.
        let point = count + number.exponent
        if number.exponent >= 0, point <= 16 {
            unsafe writeDigits(number.digits, count, to: text)
            for place in count..<point { unsafe text[place] = UInt8(ascii: "0") }
            unsafe text[point] = mark
            unsafe text[point + 1] = UInt8(ascii: "0")
            return sign + point + 2
        }
        if number.exponent < 0, point > 0 {
            unsafe writeDigits(number.digits, count, to: text + 1)
            for place in 0..<point { unsafe text[place] = text[place + 1] }
            unsafe text[point] = mark
            return sign + count + 1
        }
        if point <= 0, point > -5 {
            unsafe text[0] = UInt8(ascii: "0")
            unsafe text[1] = mark
            for place in 0..<(-point) { unsafe text[2 + place] = UInt8(ascii: "0") }
            unsafe writeDigits(number.digits, count, to: text + 2 - point)
            return sign + 2 - point + count
        }
        unsafe writeDigits(number.digits, count, to: text + 1)
        unsafe text[0] = text[1]
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

    private static func writeDigits(_ value: UInt64, _ count: Int, to text: UnsafeMutablePointer<UInt8>) {
        var rest = value
        var place = count
        while place >= 2 {
            let (quotient, pair) = rest.quotientAndRemainder(dividingBy: 100)
            rest = quotient
            place -= 2
            unsafe text[place] = pairs.utf8Start[2 * Int(pair)]
            unsafe text[place + 1] = pairs.utf8Start[2 * Int(pair) + 1]
        }
        if place == 1 { unsafe text[0] = UInt8(ascii: "0") + UInt8(rest) }
    }

    private static func digitCount(_ value: UInt64) -> Int {
        var count = 1
        var limit: UInt64 = 10
        while value >= limit {
            count += 1
            if count == 20 { break }
            limit *= 10
        }
        return count
    }
}
