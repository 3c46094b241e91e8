/// A decimal number as written: ± digits · 10^exponent, up to 19 digits at hand and the rest where it stands.
struct DecimalText {
    /// Whether there is a minus sign.
    private(set) var isNegative = false
    /// The first 19 significant digits as a whole number.
    private(set) var leading: UInt64 = 0
    /// What to multiply `leading` by, as a power of ten.
    private(set) var exponent = 0
    /// Whether digits beyond the first 19 were left out of `leading`.
    private(set) var isTruncated = false
    /// Whether the text says infinity.
    private(set) var isInfinite = false
    /// Whether it is written as a whole number: digits and a sign, no more.
    private(set) var isWhole = true
    /// Whether a whole number begins with a zero that says nothing, as in 007.
    private(set) var hasLeadingZero = false
    /// Whether it contains the decimal mark.
    private(set) var hasMark = false

    /// Reads `[+-] digits [mark digits] [(e|E) [+-] digits]`, at least one digit before or behind the mark, or
    /// `inf` or `infinity` in any case; `nil` for all else, the empty text too.
    ///
    /// Independent of the locale. Source: the grammar of strtod in C without hexadecimal numbers and NaN.
    init?(_ text: Span<UInt8>, mark: UInt8 = UInt8(ascii: ".")) {
        var index = 0
        let count = text.count
        guard count > 0 else { return nil }
        if text[0] == UInt8(ascii: "-") || text[0] == UInt8(ascii: "+") {
            isNegative = text[0] == UInt8(ascii: "-")
            index = 1
        }
        let start = index
        var digits = 0
        var significant = 0
        // Digits before the mark raise the exponent once `leading` is full, those behind lower it until then.
        while index < count {
            let byte = text[index]
            let digit = byte &- UInt8(ascii: "0")
            if digit < 10 {
                digits += 1
                if significant > 0 || digit != 0 { significant += 1 }
                if significant <= 19 {
                    leading = leading &* 10 &+ UInt64(digit)
                    if hasMark { exponent -= 1 }
                } else {
                    if digit != 0 { isTruncated = true }
                    if !hasMark { exponent += 1 }
                }
            } else if byte == mark, !hasMark {
                hasMark = true
                isWhole = false
            } else {
                break
            }
            index += 1
        }
        guard digits > 0 else {
            guard Self.isInfinity(text, from: start) else { return nil }
            isInfinite = true
            isWhole = false
            return
        }
        hasLeadingZero =
            start + 1 < count && text[start] == UInt8(ascii: "0") && text[start + 1] &- UInt8(ascii: "0") < 10
        if index == count { return }
        guard let written = Self.exponent(text, from: index) else { return nil }
        isWhole = false
        exponent += written
    }

    /// The power of ten behind an `e`, which must end the text; cut off far outside of what any format can hold.
    private static func exponent(_ text: Span<UInt8>, from start: Int) -> Int? {
        guard text[start] | 0x20 == UInt8(ascii: "e") else { return nil }
        var index = start + 1
        var isNegative = false
        if index < text.count, text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "+") {
            isNegative = text[index] == UInt8(ascii: "-")
            index += 1
        }
        guard index < text.count else { return nil }
        var value = 0
        while index < text.count {
            let digit = text[index] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            // A text of n digits moves the exponent by at most n, and no text has 10¹⁵ digits.
            if value < 1_000_000_000_000_000 { value = value * 10 + Int(digit) }
            index += 1
        }
        return isNegative ? -value : value
    }

    private static func isInfinity(_ text: Span<UInt8>, from start: Int) -> Bool {
        let rest = text.count - start
        guard rest == 3 || rest == 8 else { return false }
        let word: StaticString = "infinity"
        for index in 0..<rest {
            let expected = unsafe word.utf8Start[index]
            if text[start + index] | 0x20 != expected { return false }
        }
        return true
    }

    /// Whether every digit is zero.
    var isZero: Bool { leading == 0 && !isTruncated && !isInfinite }

    /// The value as a whole number of 64 bits, if it is written as one (`-12`, or `12.0`) and fits; the smallest
    /// is left out, since it marks missing values.
    var integer: Int64? {
        if isTruncated || isInfinite { return nil }
        var magnitude = leading
        var places = exponent
        if magnitude == 0 { return 0 }
        while places < 0 {
            let (quotient, rest) = magnitude.quotientAndRemainder(dividingBy: 10)
            if rest != 0 { return nil }
            magnitude = quotient
            places += 1
        }
        while places > 0 {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            magnitude = product
            places -= 1
        }
        guard magnitude <= UInt64(Int64.max) else { return nil }
        return isNegative ? -Int64(magnitude) : Int64(magnitude)
    }
}
