/// The texts of one column that mean missing.
struct MissingMarkers: Sendable {
    private let texts: [[UInt8]]
    /// The lengths that occur, as bits; 63 stands for all above too.
    private let lengths: UInt64
    /// Those that are numbers: a number column compares values, so that -9 and -9.0 are the same marker.
    let numbers: [Double]

    /// The given markers; the empty text is always one.
    init(_ markers: [String]) {
        texts = markers.filter { !$0.isEmpty }.map { Array($0.utf8) }
        lengths = texts.reduce(1) { $0 | 1 << UInt64(min($1.count, 63)) }
        numbers = texts.compactMap { DecimalText($0.span)?.rounded(to: Double.self, text: $0.span) }
    }

    /// All of them.
    var all: [[UInt8]] { [[]] + texts }

    /// Whether a marker other than the empty text has a property.
    func contain(_ property: (Span<UInt8>) -> Bool) -> Bool {
        texts.contains { property($0.span) }
    }

    /// Whether an unquoted text means missing.
    @inline(__always)
    func contains(_ text: Span<UInt8>) -> Bool {
        if lengths & 1 << UInt64(min(text.count, 63)) == 0 { return false }
        return text.isEmpty || isListed(text)
    }

    private func isListed(_ text: Span<UInt8>) -> Bool {
        texts.contains { marker in
            guard marker.count == text.count else { return false }
            for index in marker.indices where marker[index] != text[index] { return false }
            return true
        }
    }
}
