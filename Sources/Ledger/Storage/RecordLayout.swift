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

    /// The places of a record's bytes that none of its fields has.
    static func gaps<Record: BitwiseCopyable>(in type: Record.Type) -> [Int] {
        let size = MemoryLayout<Record>.stride
        precondition(size <= 256, "\(type) has \(size) bytes, which no byte numbers")
        // Every byte is its own place, so that the fields of the record say which they have.
        var records: [Record] = []
        guard RecordBytes.append(Data((0..<size).map { UInt8($0) }), to: &records) else {
            preconditionFailure("a stride is one record")
        }
        var gaps = Set(0..<size)
        for record in records { gaps.subtract(bytes(of: record).map { Int($0) }) }
        return gaps.sorted()
    }

    /// The bytes of a field, those of fields in it.
    private static func bytes(of value: Any) -> [UInt8] {
        let fields = Mirror(reflecting: value).children
        guard fields.isEmpty else { return fields.flatMap { bytes(of: $0.value) } }
        func octets(_ number: some FixedWidthInteger) -> [UInt8] {
            stride(from: 0, to: number.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: number >> $0) }
        }
        switch value {
        case let number as any FixedWidthInteger: return octets(number)
        case let number as Double: return octets(number.bitPattern)
        default: preconditionFailure("a field that is no number: \(type(of: value))")
        }
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
