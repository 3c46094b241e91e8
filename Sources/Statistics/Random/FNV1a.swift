/// The 64-bit FNV-1a hash of bytes: stable across platforms and versions, unlike `Hasher`.
///
/// Source: Fowler, Noll & Vo, RFC 9923.
enum FNV1a {
    static func hash(_ bytes: some Sequence<UInt8>) -> UInt64 {
        bytes.reduce(0xCBF2_9CE4_8422_2325) { hash, byte in (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    }
}
