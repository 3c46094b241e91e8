/// The shortest decimal number that reads back as a given binary one: digits · 10^exponent.
///
/// Among the shortest the one nearest to the value. Source: R. Giulietti (2021), The Schubfach way to render
/// doubles.
struct ShortestDecimal {
    /// The digits as a whole number, without trailing zeros unless it is 0.
    let digits: UInt64
    /// The power of ten.
    let exponent: Int

    /// The shortest form of a finite number's magnitude.
    init(_ value: Double) {
        let bits = value.magnitude.bitPattern
        self.init(
            significand: bits & 0xF_FFFF_FFFF_FFFF, exponentBits: Int(bits >> 52), storedBits: 52, bias: 1023
        ) { power, operand in
            Self.oddProduct(power.high, power.low, operand)
        }
    }

    /// The shortest form of a finite number's magnitude.
    init(_ value: Float) {
        let bits = value.magnitude.bitPattern
        self.init(
            significand: UInt64(bits & 0x7F_FFFF), exponentBits: Int(bits >> 23), storedBits: 23, bias: 127
        ) { power, operand in
            // 64 bits of the power are enough, and the operand has at most 32.
            let product = operand.multipliedFullWidth(by: power.low == 0 ? power.high : power.high + 1)
            // The product has 96 bits: the upper 32 count, the middle ones decide whether it is odd.
            return product.high | (product.low >> 32 > 1 ? 1 : 0)
        }
    }

    /// - Parameter product: ⌊power · 2^s · operand⌋ rounded to odd, in the scaling of the source.
    @inline(__always)
    private init(
        significand: UInt64, exponentBits: Int, storedBits: Int, bias: Int,
        product: (_ power: (high: UInt64, low: UInt64), _ operand: UInt64) -> UInt64
    ) {
        if significand == 0, exponentBits == 0 {
            self.init(trimming: 0, exponent: 0)
            return
        }
        let hidden: UInt64 = 1 << UInt64(storedBits)
        let c = exponentBits == 0 ? significand : significand | hidden
        let q = max(exponentBits, 1) - bias - storedBits
        if q <= 0, q > -storedBits - 1, c & ((1 << UInt64(-q)) - 1) == 0 {
            self.init(trimming: c >> UInt64(-q), exponent: 0)
            return
        }
        let isEven = c & 1 == 0
        // Below a power of two the next number is half as far.
        let lowerIsCloser = significand == 0 && exponentBits > 1
        // ⌊log₁₀ 2^q⌋, or of ¾ · 2^q.
        let k = (q * 1_262_611 - (lowerIsCloser ? 524_031 : 0)) >> 22
        // q + ⌊log₂ 10^−k⌋ + 1
        let h = UInt64(q + ((-k * 1_741_647) >> 19) + 1)
        let power = PowersOfTen.roundedUp(-k)
        let lower = product(power, (4 * c - (lowerIsCloser ? 1 : 2)) << h) + (isEven ? 0 : 1)
        let middle = product(power, (4 * c) << h)
        let upper = product(power, (4 * c + 2) << h) - (isEven ? 0 : 1)
        let s = middle / 4
        if s >= 10 {
            let shorter = s / 10
            let below = lower <= 40 * shorter
            let above = 40 * shorter + 40 <= upper
            if below != above {
                self.init(trimming: shorter + (above ? 1 : 0), exponent: k + 1)
                return
            }
        }
        let below = lower <= 4 * s
        let above = 4 * s + 4 <= upper
        let up = below != above ? above : middle > 4 * s + 2 || (middle == 4 * s + 2 && s & 1 == 1)
        self.init(trimming: s + (up ? 1 : 0), exponent: k)
    }

    /// Takes zeros off the end: eight at a time, four, two, one.
    @inline(__always)
    private init(trimming digits: UInt64, exponent: Int) {
        var digits = digits
        var exponent = exponent
        // Most numbers have none.
        if digits % 10 == 0, digits != 0 {
            // At most 17 digits, so eight zeros can be taken twice.
            while digits % 100_000_000 == 0 {
                digits /= 100_000_000
                exponent += 8
            }
            if digits % 10_000 == 0 {
                digits /= 10_000
                exponent += 4
            }
            if digits % 100 == 0 {
                digits /= 100
                exponent += 2
            }
            if digits % 10 == 0 {
                digits /= 10
                exponent += 1
            }
        }
        self.digits = digits
        self.exponent = exponent
    }

    /// The upper 64 of 192 bits of a product, made odd if anything but a rounding error lies below.
    @inline(__always)
    private static func oddProduct(_ high: UInt64, _ low: UInt64, _ operand: UInt64) -> UInt64 {
        let lower = low.multipliedFullWidth(by: operand)
        let upper = high.multipliedFullWidth(by: operand)
        let (middle, overflow) = upper.low.addingReportingOverflow(lower.high)
        let top = upper.high &+ (overflow ? 1 : 0)
        return top | (middle > 1 ? 1 : 0)
    }
}
