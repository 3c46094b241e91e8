/// The texts of one column that mean missing.
struct MissingMarkers: Sendable {
    private let texts: [[UInt8]]
    private let longest: Int
    /// Those that are numbers: a number column compares values, so that -9 and -9.0 are the same marker.
    let numbers: [Double]

    /// The given markers; the empty text is always one.
    init(_ markers: [String]) {
        texts = markers.filter { !$0.isEmpty }.map { Array($0.utf8) }
        longest = texts.map(\.count).max() ?? 0
        numbers = texts.compactMap { DecimalText($0.span)?.rounded(to: Double.self, text: $0.span) }
    }

    /// Whether an unquoted text means missing.
    func contains(_ text: Span<UInt8>) -> Bool {
        if text.isEmpty { return true }
        if text.count > longest { return false }
        return texts.contains { marker in
            guard marker.count == text.count else { return false }
            for index in marker.indices where marker[index] != text[index] { return false }
            return true
        }
    }
}
