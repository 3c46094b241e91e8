import Crypto
import Foundation
import Vocabulary

/// How records lie in memory, in words: what bytes have to agree with before they are taken for records.
///
/// Found out from the types themselves, so that an engine whose records have changed does not take those of another for
/// its own, whatever version either calls itself.
enum RecordLayout {
    /// The layout of a record: its size, stride and alignment, and the names and types of its fields in their order,
    /// those of fields in fields too.
    static func words<Record: BitwiseCopyable>(of type: Record.Type) -> String {
        var records: [Record] = []
        // The fields are whole numbers, of which zero is one.
        guard RecordBytes.append(Data(count: MemoryLayout<Record>.stride), to: &records) else {
            preconditionFailure("a stride is one record")
        }
        let sizes = [
            MemoryLayout<Record>.size, MemoryLayout<Record>.stride, MemoryLayout<Record>.alignment,
        ]
        return "\(type) \(sizes)\(records.map(fields).joined())"
    }

    private static func fields(of value: Any) -> String {
        let fields = Mirror(reflecting: value).children.map { field in
            "\(field.label ?? "_"): \(type(of: field.value))\(Self.fields(of: field.value))"
        }
        return fields.isEmpty ? "" : " {\(fields.joined(separator: ", "))}"
    }

    /// All layouts and the order of words that records give by numbers, with the order of bytes, as one SHA-256.
    static func digest(_ layouts: [String]) -> String {
        let words =
            layouts
            + [
                StatementItem.allCases.map(\.rawValue), Grade.allCases.map(\.rawValue),
                RatingOrigin.allCases.map(\.rawValue), PackedRecords.kinds.map(\.rawValue),
            ].map { $0.joined(separator: " ") } + [1.littleEndian == 1 ? "little-endian" : "big-endian"]
        let digits = Array("0123456789abcdef".utf8)
        let digest = SHA256.hash(data: Data(words.joined(separator: "\n").utf8))
        return String(
            decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
