import Foundation

/// JSON that can stand inside a script element whatever its texts hold.
enum ScriptData {
    /// The value as JSON in which no character can end the element or begin markup.
    static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        var safe = Data()
        let data = try encoder.encode(value)
        safe.reserveCapacity(data.count)
        for byte in data {
            // These three occur in JSON only within strings, where an escape means the same.
            switch byte {
            case UInt8(ascii: "<"): safe.append(contentsOf: Array("\\u003c".utf8))
            case UInt8(ascii: ">"): safe.append(contentsOf: Array("\\u003e".utf8))
            case UInt8(ascii: "&"): safe.append(contentsOf: Array("\\u0026".utf8))
            default: safe.append(byte)
            }
        }
        return String(decoding: safe, as: UTF8.self)
    }
}
