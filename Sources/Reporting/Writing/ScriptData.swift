import Foundation

/// JSON that can stand inside a script element whatever its texts hold.
enum ScriptData {
    /// The value as JSON in which no character can end the element or begin markup.
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        let data = [UInt8](try encoder.encode(value))
        var safe: [UInt8] = []
        safe.reserveCapacity(data.count + data.count / 64)
        // These three occur in JSON only within strings, where an escape means the same.
        var start = 0
        for (place, byte) in data.enumerated() {
            let escape: String
            switch byte {
            case UInt8(ascii: "<"): escape = "\\u003c"
            case UInt8(ascii: ">"): escape = "\\u003e"
            case UInt8(ascii: "&"): escape = "\\u0026"
            default: continue
            }
            safe.append(contentsOf: data[start..<place])
            safe.append(contentsOf: escape.utf8)
            start = place + 1
        }
        safe.append(contentsOf: data[start...])
        return String(decoding: safe, as: UTF8.self)
    }
}
