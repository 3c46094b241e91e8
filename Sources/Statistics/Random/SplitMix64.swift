/// SplitMix64: a counter in steps of γ, passed through a mixing function that is one-to-one.
///
/// Source: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators", *OOPSLA*; mixing
/// constants of Stafford's variant 13.
struct SplitMix64 {
    /// γ, the odd number nearest to 2⁶⁴ ÷ golden ratio.
    static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15

    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= Self.increment
        return Self.finalised(state)
    }

    /// The mixing function: every bit of the argument affects every bit of the result.
    static func finalised(_ value: UInt64) -> UInt64 {
        var mixed = value
        mixed = (mixed ^ (mixed &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed &>> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed &>> 31)
    }
}
