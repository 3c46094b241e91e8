/// A natural number of any size, for the few places where 128 bits are not enough.
struct Natural: Equatable {
    /// Digits to base 2⁶⁴, least significant first, without leading zeros.
    private(set) var limbs: [UInt64]

    init(_ value: UInt64) {
        limbs = value == 0 ? [] : [value]
    }

    var isZero: Bool { limbs.isEmpty }

    /// Number of bits up to the highest that is set; 0 for zero.
    var bitWidth: Int {
        guard let top = limbs.last else { return 0 }
        return limbs.count * 64 - top.leadingZeroBitCount
    }

    /// Replaces self by self · factor + addend.
    mutating func multiply(by factor: UInt64, adding addend: UInt64 = 0) {
        var carry = addend
        for index in limbs.indices {
            let product = limbs[index].multipliedFullWidth(by: factor)
            let (low, overflow) = product.low.addingReportingOverflow(carry)
            limbs[index] = low
            carry = product.high + (overflow ? 1 : 0)
        }
        if carry != 0 { limbs.append(carry) }
        trim()
    }

    /// Replaces self by self · 10ⁿ.
    mutating func multiply(byPowerOfTen exponent: Int) {
        // 10¹⁹ is the largest power of ten below 2⁶⁴.
        for _ in 0..<exponent / 19 { multiply(by: 10_000_000_000_000_000_000) }
        for _ in 0..<exponent % 19 { multiply(by: 10) }
    }

    /// Replaces self by ⌊self / divisor⌋.
    mutating func divide(by divisor: UInt64) {
        var remainder: UInt64 = 0
        for index in limbs.indices.reversed() {
            let (quotient, rest) = divisor.dividingFullWidth((remainder, limbs[index]))
            limbs[index] = quotient
            remainder = rest
        }
        trim()
    }

    /// Replaces self by self · 2ⁿ.
    mutating func shiftLeft(by count: Int) {
        if isZero || count == 0 { return }
        let (words, bits) = count.quotientAndRemainder(dividingBy: 64)
        if bits > 0 { multiply(by: 1 << UInt64(bits)) }
        limbs.insert(contentsOf: repeatElement(0, count: words), at: 0)
    }

    /// Replaces self by self − other, which must not be larger.
    mutating func subtract(_ other: Natural) {
        var borrow: UInt64 = 0
        for index in limbs.indices {
            let operand = index < other.limbs.count ? other.limbs[index] : 0
            let (first, overflowed) = limbs[index].subtractingReportingOverflow(operand)
            let (second, again) = first.subtractingReportingOverflow(borrow)
            limbs[index] = second
            borrow = overflowed || again ? 1 : 0
        }
        precondition(borrow == 0, "a natural number below zero")
        trim()
    }

    /// The 128 bits from the highest set one on, filled with zeros from below.
    var leading128Bits: (high: UInt64, low: UInt64) {
        func limb(_ index: Int) -> UInt64 { index >= 0 ? limbs[index] : 0 }
        let top = limbs.count - 1
        let shift = UInt64(limbs[top].leadingZeroBitCount)
        if shift == 0 { return (limb(top), limb(top - 1)) }
        return (
            limb(top) << shift | limb(top - 1) >> (64 - shift),
            limb(top - 1) << shift | limb(top - 2) >> (64 - shift)
        )
    }

    private mutating func trim() {
        while limbs.last == 0 { limbs.removeLast() }
    }
}

extension Natural: Comparable {
    static func < (left: Self, right: Self) -> Bool {
        if left.limbs.count != right.limbs.count { return left.limbs.count < right.limbs.count }
        for index in left.limbs.indices.reversed() where left.limbs[index] != right.limbs[index] {
            return left.limbs[index] < right.limbs[index]
        }
        return false
    }
}
