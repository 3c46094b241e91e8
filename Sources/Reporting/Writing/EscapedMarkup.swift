import Mustache

/// How the page template escapes texts: byte by byte.
///
/// The library's own escaping goes by characters, and "<" behind a prepending mark such as U+0600, or a quote in front
/// of a combining one, is part of a larger character that it lets through; a browser reads them one by one.
struct EscapedMarkup: MustacheContentType {
    /// The name by which the template asks for it.
    static let name = "ESCAPED-MARKUP"

    func escapeText(_ text: String) -> String {
        guard text.utf8.contains(where: { Self.escape($0) != nil }) else { return text }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count + 16)
        for byte in text.utf8 {
            if let escape = Self.escape(byte) {
                bytes.append(contentsOf: escape.utf8)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What stands for a byte that markup could begin or an attribute end with; these occur in no longer sequence of
    /// UTF-8.
    private static func escape(_ byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }
}
