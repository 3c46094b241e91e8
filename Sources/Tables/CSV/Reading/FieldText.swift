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
    /// A text with every doubled quotation mark halved.
    static func halved(_ text: Span<UInt8>) -> [UInt8] {
        var said: [UInt8] = []
        said.reserveCapacity(text.count)
        var index = 0
        while index < text.count {
            said.append(text[index])
            index += text[index] == UInt8(ascii: "\"") ? 2 : 1
        }
        return said
    }

    /// The bytes of a text.
    static func copied(_ text: Span<UInt8>) -> [UInt8] {
        (0..<text.count).map { text[$0] }
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
        /// Whether quotation marks inside it are doubled.
        let hasDoubledMarks: Bool
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
        guard end - start >= 2, text[start] == UInt8(ascii: "\"") else {
            return Field(content: start..<end, isQuoted: false, hasDoubledMarks: false)
        }
        var hasMarks = false
        for index in start + 1..<end - 1 where text[index] == UInt8(ascii: "\"") { hasMarks = true }
        return Field(content: start + 1..<end - 1, isQuoted: true, hasDoubledMarks: hasMarks)
    }
}
