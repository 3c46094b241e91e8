/// What the conversion from decimal needs to know of a binary floating-point format.
protocol BinaryFormat: BinaryFloatingPoint & Sendable where RawSignificand: FixedWidthInteger {
    /// Exponents q below which w · 10^q is nearer to 0 than to the smallest number, for every w < 2⁶⁴.
    static var smallestPower: Int { get }
    /// Exponents q above which w · 10^q overflows, for every w ≥ 1.
    static var largestPower: Int { get }
    /// Exponents q for which w · 10^q with w < 2⁶⁴ can lie exactly half way between two numbers.
    static var halfwayPowers: ClosedRange<Int> { get }
    /// The number whose stored exponent and significand are given.
    init(exponentBits: Int, significandBits: UInt64)
}

extension BinaryFormat {
    /// Bits of the significand that are stored.
    static var storedBits: Int { Self.significandBitCount }
    /// The stored exponent of infinity.
    static var infiniteExponent: Int { (1 << Self.exponentBitCount) - 1 }
    /// Minus the exponent that is stored as zero.
    static var bias: Int { (1 << (Self.exponentBitCount - 1)) - 1 }
}

extension Double: BinaryFormat {
    static let smallestPower = -342
    static let largestPower = 308
    static let halfwayPowers = -4...23

    init(exponentBits: Int, significandBits: UInt64) {
        self.init(bitPattern: UInt64(exponentBits) << 52 | significandBits)
    }
}

extension Float: BinaryFormat {
    static let smallestPower = -64
    static let largestPower = 38
    static let halfwayPowers = -17...10

    init(exponentBits: Int, significandBits: UInt64) {
        self.init(bitPattern: UInt32(exponentBits) << 23 | UInt32(significandBits))
    }
}
