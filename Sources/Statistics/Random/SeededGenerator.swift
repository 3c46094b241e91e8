/// The one source of randomness: a named, seeded, splittable generator.
///
/// Numbers come from xoshiro256++ (period 2²⁵⁶ − 1), whose 256 bits of state are the first four outputs of
/// SplitMix64 started at the generator's 64-bit *key*. The key of a generator made from a seed is the seed.
///
/// A stream is a generator of its own, derived from the key alone: it does not matter how many numbers were drawn
/// from its parent, in which order streams were taken, or on which thread. With m the finaliser of SplitMix64 and
/// γ = 0x9E3779B97F4A7C15, all modulo 2⁶⁴,
///
///     key(stream i)      = m(m(key ⊕ 0x6F626C69676F7231) + γ · i)
///     key(stream "name") = m(m(key ⊕ 0x6F626C69676F7232) + γ · FNV-1a(UTF-8 of name))
///
/// Both are one-to-one in i and in the hash, so streams of one parent with different indices never coincide.
/// Name the purpose first and number the repetitions: `generator.stream("bootstrap").stream(replicate)`.
///
/// The bits drawn for a seed are part of the contract: they are the same on every platform and in every version.
/// Draws that take a logarithm may differ in the last digit where the C library's does.
///
/// Source: Blackman & Vigna (2021), "Scrambled linear pseudorandom number generators", *ACM TOMS* 47(4);
/// Steele, Lea & Flood (2014), "Fast splittable pseudorandom number generators", *OOPSLA*.
public struct SeededGenerator: RandomNumberGenerator, Sendable, Hashable {
    /// What streams are derived from; never changes.
    private let key: UInt64
    @usableFromInline var state: Xoshiro256PlusPlus

    /// A generator whose numbers depend on a seed only.
    public init(seed: UInt64) {
        self.init(key: seed)
    }

    private init(key: UInt64) {
        self.key = key
        state = Xoshiro256PlusPlus(key: key)
    }

    /// The stream of a name, for instance of a purpose; independent of what was drawn so far.
    public func stream(_ name: String) -> SeededGenerator {
        SeededGenerator(key: derived(domain: 0x6F62_6C69_676F_7232, FNV1a.hash(name.utf8)))
    }

    /// The stream of an index, for instance of a replicate or of an obligor; independent of what was drawn so far.
    public func stream(_ index: Int) -> SeededGenerator {
        SeededGenerator(key: derived(domain: 0x6F62_6C69_676F_7231, UInt64(bitPattern: Int64(index))))
    }

    /// The next 64 random bits.
    @inlinable public mutating func next() -> UInt64 { state.next() }

    private func derived(domain: UInt64, _ number: UInt64) -> UInt64 {
        SplitMix64.finalised(SplitMix64.finalised(key ^ domain) &+ SplitMix64.increment &* number)
    }
}
