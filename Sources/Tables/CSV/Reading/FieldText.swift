/// Fields of a record without their quotation marks.
enum FieldText {
    /// What a field says: the text between its quotation marks with doubled ones halved, or the field itself.
    static func unquoted(_ text: Span<UInt8>, _ field: Range<Int>) -> [UInt8] {
        var said: [UInt8] = []
        said.reserveCapacity(field.count)
        let isQuoted = field.count >= 2 && text[field.lowerBound] == UInt8(ascii: "\"")
        var index = isQuoted ? field.lowerBound + 1 : field.lowerBound
        let end = isQuoted ? field.upperBound - 1 : field.upperBound
        while index < end {
            let byte = text[index]
            said.append(byte)
            index += isQuoted && byte == UInt8(ascii: "\"") ? 2 : 1
        }
        return said
    }

    /// Where a text stands among the spaces and tabulators around it.
    static func trimmed(_ text: Span<UInt8>) -> Range<Int> {
        var start = 0
        var end = text.count
        while start < end, text[start] == UInt8(ascii: " ") || text[start] == UInt8(ascii: "\t") {
            start += 1
        }
        while end > start, text[end - 1] == UInt8(ascii: " ") || text[end - 1] == UInt8(ascii: "\t") {
            end -= 1
        }
        return start..<end
    }
}

extension FieldText {
    private static let mark = UInt8(ascii: "\"")

    /// What the text of a field says, of which doubled quotation marks are halved if it stood between two.
    static func string(_ text: Span<UInt8>, isQuoted: Bool) -> String {
        // SAFETY: reads the bytes of the text, and writes to the string one for each that is kept.
        unsafe text.withUnsafeBufferPointer { text in
            let marks = isQuoted ? unsafe marks(in: text) : 0
            guard marks > 0 else { return unsafe String(decoding: text, as: UTF8.self) }
            return unsafe String(unsafeUninitializedCapacity: text.count - marks / 2) { said in
                guard let place = said.baseAddress else { return 0 }
                return unsafe halve(text, to: place)
            }
        }
    }

    /// Adds what the text of a quoted field says to other fields.
    static func append(_ text: Span<UInt8>, to fields: inout FieldStore) {
        // SAFETY: what is said is at most as long as the text.
        unsafe text.withUnsafeBufferPointer { text in
            unsafe fields.append(atMost: text.count) { place in unsafe halve(text, to: place) }
        }
    }

    private static func marks(in text: UnsafeBufferPointer<UInt8>) -> Int {
        var marks = 0
        for index in text.indices where unsafe text[index] == mark { marks += 1 }
        return marks
    }

    /// Copies a text with every doubled quotation mark halved; returns how many bytes that is.
    private static func halve(
        _ text: UnsafeBufferPointer<UInt8>, to place: UnsafeMutablePointer<UInt8>
    ) -> Int {
        var length = 0
        var index = 0
        while index < text.count {
            unsafe place[length] = text[index]
            length += 1
            unsafe index += text[index] == mark ? 2 : 1
        }
        return length
    }

    /// How a text stands between quotation marks.
    static func doubled(_ text: String) -> [UInt8] {
        text.utf8.flatMap { $0 == mark ? [mark, mark] : [$0] }
    }
}

/// Where the fields of one column of a segment are.
struct FieldPlaces {
    private let first: Int
    private let stride: Int
    private let isLast: Bool

    /// - Parameter field: Which field of the record it is, of how many.
    init(_ field: (index: Int, count: Int), _ segment: TextBlock.Segment) {
        first = segment.firstEnd + field.index
        stride = field.count
        isLast = field.index == field.count - 1
    }

    /// One field of the text.
    struct Field {
        /// The text between the quotation marks, or all of it if there are none.
        let content: Range<Int>
        let isQuoted: Bool
    }

    /// Where the field of a row ends.
    func end(_ row: Int, _ ends: Span<UInt32>) -> Int {
        Int(ends[first + row * stride])
    }

    /// Which field of a row's record an offset lies in, if these are the places of the last column.
    func fieldIndex(_ row: Int, at offset: Int, _ ends: Span<UInt32>) -> Int {
        let last = first + row * stride
        return (last - stride + 1...last).prefix { Int(ends[$0]) < offset }.count
    }

    /// The field of a row of the segment.
    @inline(__always)
    func field(_ row: Int, _ text: Span<UInt8>, _ ends: Span<UInt32>) -> Field {
        let index = first + row * stride
        let start = Int(ends[index - 1] &+ 1)
        var end = Int(ends[index])
        if isLast, end > start, text[end - 1] == UInt8(ascii: "\r") { end -= 1 }
        let isQuoted = end - start >= 2 && text[start] == UInt8(ascii: "\"")
        return Field(content: isQuoted ? start + 1..<end - 1 : start..<end, isQuoted: isQuoted)
    }
}
