/// Writes messages in the wire format of protocol buffers.
///
/// Source: https://protobuf.dev/programming-guides/encoding/
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    /// A message from the calls that fill it in.
    static func message(_ fill: (inout ProtobufWriter) -> Void) -> [UInt8] {
        var writer = ProtobufWriter()
        fill(&writer)
        return writer.bytes
    }

    /// A field of bytes: a text or a message.
    mutating func add(_ field: Int, _ payload: [UInt8]) {
        tag(field, 2)
        varint(UInt64(payload.count))
        bytes += payload
    }

    /// A field of text.
    mutating func add(_ field: Int, _ text: String) { add(field, Array(text.utf8)) }

    /// A field that is a message.
    mutating func add(_ field: Int, _ fill: (inout ProtobufWriter) -> Void) {
        add(field, Self.message(fill))
    }

    /// A field of an integer.
    mutating func add(_ field: Int, _ value: Int) {
        tag(field, 0)
        varint(UInt64(bitPattern: Int64(value)))
    }

    /// A packed field of integers.
    mutating func add(_ field: Int, _ values: [Int]) {
        add(
            field,
            Self.message { writer in
                for value in values { writer.varint(UInt64(bitPattern: Int64(value))) }
            })
    }

    /// A packed field of floats.
    mutating func add(_ field: Int, _ values: [Float]) {
        add(
            field,
            values.flatMap { value in
                (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> UInt32(8 * $0)) }
            })
    }

    private mutating func tag(_ field: Int, _ wireType: Int) { varint(UInt64(field << 3 | wireType)) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
