/// Reads records one byte at a time: for the header, for finding a fault, for finding the delimiter.
///
/// The plain form of what the kernels do with bit masks; both follow RFC 4180 with LF or CRLF as line breaks.
struct RecordScanner {
    let delimiter: UInt8
    /// Fields of the record read last, quotation marks included, the line break not.
    private(set) var fields: [Range<Int>] = []
    /// Where the field begins in which the text ended or the fault lies.
    private(set) var openFieldStart = 0

    /// What a record turned out to be.
    enum Outcome: Equatable {
        /// Complete; the next starts here.
        case complete(next: Int)
        /// The text ends in the middle of it.
        case incomplete
        /// Against the rules.
        case fault(Fault, at: Int)
    }

    /// What is against the rules.
    enum Fault: Equatable {
        case quote(TableError.QuoteFault)
        case strayReturn
        case zero
    }

    init(delimiter: UInt8) {
        self.delimiter = delimiter
    }

    /// Reads the record that starts at an offset.
    ///
    /// - Parameter isAtEnd: Whether nothing follows the text, so that its end is the end of the record.
    mutating func scan(_ text: Span<UInt8>, from start: Int, isAtEnd: Bool) -> Outcome {
        fields.removeAll(keepingCapacity: true)
        var index = start
        openFieldStart = start
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "\"") {
                guard index == openFieldStart else { return .fault(.quote(.insideUnquoted), at: index) }
                let closing = closingMark(text, from: index + 1)
                guard let closing else {
                    return isAtEnd ? .fault(.quote(.unterminated), at: index) : .incomplete
                }
                if text[closing] == 0 { return .fault(.zero, at: closing) }
                index = closing + 1
                guard index < text.count else { break }
                let next = text[index]
                guard next == delimiter || next == UInt8(ascii: "\n") || next == UInt8(ascii: "\r") else {
                    return .fault(next == 0 ? .zero : .quote(.textAfterClosing), at: index)
                }
                continue
            }
            if byte == delimiter {
                fields.append(openFieldStart..<index)
                openFieldStart = index + 1
            } else if byte == UInt8(ascii: "\n") {
                fields.append(openFieldStart..<index)
                return .complete(next: index + 1)
            } else if byte == UInt8(ascii: "\r") {
                if index + 1 == text.count { break }
                guard text[index + 1] == UInt8(ascii: "\n") else { return .fault(.strayReturn, at: index) }
                fields.append(openFieldStart..<index)
                return .complete(next: index + 2)
            } else if byte == 0 {
                return .fault(.zero, at: index)
            }
            index += 1
        }
        guard isAtEnd else { return .incomplete }
        fields.append(openFieldStart..<index)
        return .complete(next: text.count)
    }

    /// The closing mark of a quoted field, or a zero byte before it; `nil` if the text ends first.
    private func closingMark(_ text: Span<UInt8>, from start: Int) -> Int? {
        var index = start
        while index < text.count {
            let byte = text[index]
            if byte == 0 { return index }
            if byte == UInt8(ascii: "\"") {
                guard index + 1 < text.count, text[index + 1] == UInt8(ascii: "\"") else { return index }
                index += 1
            }
            index += 1
        }
        return nil
    }

    /// The first fault of a text that begins at the start of a record, and where the record with it begins.
    mutating func firstFault(
        _ text: Span<UInt8>, isAtEnd: Bool
    ) -> (fault: Fault, at: Int, recordStart: Int, field: Int)? {
        var start = 0
        while start < text.count {
            switch scan(text, from: start, isAtEnd: isAtEnd) {
            case .complete(let next): start = next
            case .incomplete: return nil
            case .fault(let fault, let offset): return (fault, offset, start, fields.count)
            }
        }
        return nil
    }
}
