extension DecimalText {
    /// The number of a binary format nearest to what is written, ties to even; infinite if it overflows.
    ///
    /// - Parameter text: The text that this was read from, for the digits that were left out.
    ///
    /// Source: D. Lemire (2021), Number parsing at a gigabyte per second, Software: Practice and Experience 51(8);
    /// that no case needs more than 128 bits: N. Mushtak, D. Lemire (2023), Fast number parsing without fallback,
    /// same journal, 53(7).
    func rounded<Format: BinaryFormat>(to format: Format.Type, text: Span<UInt8>) -> Format {
        let magnitude: Format
        if isInfinite {
            magnitude = .infinity
        } else {
            let lower = Self.nearest(leading, exponent, Format.self)
            if isTruncated, Self.nearest(leading &+ 1, exponent, Format.self) != lower {
                magnitude = exactlyRounded(to: Format.self, text: text)
            } else {
                magnitude = lower
            }
        }
        return isNegative ? -magnitude : magnitude
    }

    /// The number nearest to w · 10^q.
    static func nearest<Format: BinaryFormat>(_ w: UInt64, _ q: Int, _ format: Format.Type) -> Format {
        if w == 0 || q < Format.smallestPower { return 0 }
        if q > Format.largestPower { return .infinity }
        let bits = Format.storedBits
        let leadingZeros = w.leadingZeroBitCount
        let product = Self.product(w << UInt64(leadingZeros), q, precision: bits + 3)
        let upperBit = Int(product.high >> 63)
        let shift = UInt64(upperBit + 64 - bits - 3)
        var significand = product.high >> shift
        // ⌊q · log₂10⌋ + 63, exact in the range of the table.
        var exponent = ((217_706 * q) >> 16) + 63 + upperBit - leadingZeros + Format.bias
        if exponent <= 0 {
            if 1 - exponent >= 64 { return 0 }
            significand >>= UInt64(1 - exponent)
            significand = (significand + (significand & 1)) >> 1
            // Rounding up may reach the smallest normal number.
            return Format(
                exponentBits: significand < 1 << UInt64(bits) ? 0 : 1,
                significandBits: significand & ((1 << UInt64(bits)) - 1))
        }
        if product.low <= 1, Format.halfwayPowers.contains(q), significand & 3 == 1,
            significand << shift == product.high
        {
            significand &= ~1  // exactly half way: to even
        }
        significand = (significand + (significand & 1)) >> 1
        if significand >= 2 << UInt64(bits) {
            significand = 1 << UInt64(bits)
            exponent += 1
        }
        if exponent >= Format.infiniteExponent { return .infinity }
        return Format(exponentBits: exponent, significandBits: significand & ~(1 << UInt64(bits)))
    }

    /// The upper 128 bits of w · 10^q, w with its highest bit set, as exact as `precision` bits need.
    private static func product(_ w: UInt64, _ q: Int, precision: Int) -> (high: UInt64, low: UInt64) {
        var (powerHigh, powerLow) = PowersOfTen.roundedDown(q)
        // The analysis takes small negative powers rounded up, where 128 bits hold them almost exactly.
        if q < 0 && q >= -27 { (powerHigh, powerLow) = PowersOfTen.roundedUp(q) }
        let first = w.multipliedFullWidth(by: powerHigh)
        let undecided = UInt64.max >> UInt64(precision)
        guard first.high & undecided == undecided else { return (first.high, first.low) }
        let second = w.multipliedFullWidth(by: powerLow)
        let (low, overflow) = first.low.addingReportingOverflow(second.high)
        return (first.high &+ (overflow ? 1 : 0), low)
    }

    /// The same for any number of digits, by long division of natural numbers; slow and rarely needed.
    private func exactlyRounded<Format: BinaryFormat>(to format: Format.Type, text: Span<UInt8>) -> Format {
        var (numerator, power) = allDigits(text)
        var denominator = Natural(1)
        if power >= 0 {
            numerator.multiply(byPowerOfTen: power)
        } else {
            denominator.multiply(byPowerOfTen: -power)
        }
        // Scaled by 2^scale, the quotient lies between 2^63 and 2^64.
        var scale = 64 + denominator.bitWidth - numerator.bitWidth
        if scale >= 0 { numerator.shiftLeft(by: scale) } else { denominator.shiftLeft(by: -scale) }
        var limit = denominator
        limit.shiftLeft(by: 64)
        if numerator >= limit {
            denominator.shiftLeft(by: 1)
            scale -= 1
        }
        denominator.shiftLeft(by: 63)
        var quotient: UInt64 = 0
        for _ in 0..<64 {
            quotient <<= 1
            if numerator >= denominator {
                numerator.subtract(denominator)
                quotient |= 1
            }
            numerator.shiftLeft(by: 1)
        }
        return Self.rounded(quotient, exponent: -scale, isExact: numerator.isZero, Format.self)
    }

    /// All significant digits and the power of ten to multiply them by.
    ///
    /// At most 800 and one more that stands for the rest: no number half way between two doubles has more than 767.
    private func allDigits(_ text: Span<UInt8>) -> (Natural, power: Int) {
        var digits = Natural(0)
        var count = 0
        var hasMore = false
        for index in 0..<text.count {
            let byte = text[index]
            if byte | 0x20 == UInt8(ascii: "e") { break }
            let digit = byte &- UInt8(ascii: "0")
            if digit >= 10 || (count == 0 && digit == 0) { continue }
            if count < 800 {
                digits.multiply(by: 10, adding: UInt64(digit))
                count += 1
            } else if digit != 0 {
                hasMore = true
            }
        }
        if hasMore {
            digits.multiply(by: 10, adding: 1)
            count += 1
        }
        return (digits, exponent - (count - 19))
    }

    /// The number nearest to quotient · 2^exponent, or to a little more if that is not exact; the highest bit of
    /// the quotient is set.
    private static func rounded<Format: BinaryFormat>(
        _ quotient: UInt64, exponent: Int, isExact: Bool, _ format: Format.Type
    ) -> Format {
        let bits = Format.storedBits
        var stored = exponent + 63 + Format.bias
        let dropped = 63 - bits + max(0, 1 - stored)
        if dropped > 64 { return 0 }
        var kept = dropped == 64 ? 0 : quotient >> UInt64(dropped)
        let rest = dropped == 64 ? quotient : quotient & ((1 << UInt64(dropped)) - 1)
        let half = 1 << UInt64(dropped - 1)
        if rest > half || (rest == half && (!isExact || kept & 1 == 1)) { kept += 1 }
        if stored < 1 {
            stored = kept < 1 << UInt64(bits) ? 0 : 1
        } else if kept == 2 << UInt64(bits) {
            kept >>= 1
            stored += 1
        }
        if stored >= Format.infiniteExponent { return .infinity }
        return Format(exponentBits: stored, significandBits: kept & ((1 << UInt64(bits)) - 1))
    }
}
