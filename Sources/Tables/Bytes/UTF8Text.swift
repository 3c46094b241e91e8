/// Checks that bytes are UTF-8.
enum UTF8Text {
    /// Where the first ill-formed sequence starts, or `nil`.
    ///
    /// Source: The Unicode Standard 15, table 3-7 (well-formed byte sequences).
    static func firstFault(_ text: Span<UInt8>) -> Int? {
        let bytes = unsafe text.bytes
        var index = 0
        while index < text.count {
            // Eight bytes of ASCII at once.
            if index + 8 <= text.count,
                unsafe bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
                    & 0x8080_8080_8080_8080 == 0
            {
                index += 8
                continue
            }
            let first = text[index]
            if first < 0x80 {
                index += 1
                continue
            }
            // Two bytes, as most letters with accents.
            if first >= 0xC2, first <= 0xDF, index + 1 < text.count, text[index + 1] & 0xC0 == 0x80 {
                index += 2
                continue
            }
            guard let length = wellFormedLength(text, at: index, first) else { return index }
            index += length
        }
        return nil
    }

    private static func wellFormedLength(_ text: Span<UInt8>, at index: Int, _ first: UInt8) -> Int? {
        let second: ClosedRange<UInt8>
        let length: Int
        switch first {
        case 0xC2...0xDF: (second, length) = (0x80...0xBF, 2)
        case 0xE0: (second, length) = (0xA0...0xBF, 3)
        case 0xE1...0xEC, 0xEE...0xEF: (second, length) = (0x80...0xBF, 3)
        case 0xED: (second, length) = (0x80...0x9F, 3)
        case 0xF0: (second, length) = (0x90...0xBF, 4)
        case 0xF1...0xF3: (second, length) = (0x80...0xBF, 4)
        case 0xF4: (second, length) = (0x80...0x8F, 4)
        default: return nil
        }
        guard index + length <= text.count, second.contains(text[index + 1]) else { return nil }
        for further in 2..<max(2, length) where text[index + further] & 0xC0 != 0x80 { return nil }
        return length
    }

    /// A text from bytes that may be anything.
    static func repaired(_ bytes: some Sequence<UInt8>) -> String {
        String(decoding: Array(bytes), as: UTF8.self)
    }
}
