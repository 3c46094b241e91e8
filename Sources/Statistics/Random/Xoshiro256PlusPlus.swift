/// xoshiro256++ 1.0: 256 bits of state, 64 random bits per step.
///
/// Source: Blackman & Vigna (2021), "Scrambled linear pseudorandom number generators", *ACM TOMS* 47(4).
@usableFromInline struct Xoshiro256PlusPlus: Sendable, Hashable {
    @usableFromInline var s0: UInt64
    @usableFromInline var s1: UInt64
    @usableFromInline var s2: UInt64
    @usableFromInline var s3: UInt64

    /// A generator in a given state, not all zero.
    init(state s0: UInt64, _ s1: UInt64, _ s2: UInt64, _ s3: UInt64) {
        precondition(s0 | s1 | s2 | s3 != 0, "a state of zeros stays there")
        (self.s0, self.s1, self.s2, self.s3) = (s0, s1, s2, s3)
    }

    /// A generator whose state is drawn from SplitMix64, which never gives four zeros in a row.
    init(key: UInt64) {
        var seeds = SplitMix64(state: key)
        self.init(state: seeds.next(), seeds.next(), seeds.next(), seeds.next())
    }

    @inlinable mutating func next() -> UInt64 {
        let sum = s0 &+ s3
        let result = ((sum &<< 23) | (sum &>> 41)) &+ s0
        let shifted = s1 &<< 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = (s3 &<< 45) | (s3 &>> 19)
        return result
    }
}
