/// A JSON document (RFC 8259, and the numbers NaN and ±Infinity that XGBoost writes), taken apart as far as needed.
///
/// Lists of numbers, nearly all of a model file, stay text until they are asked for, so that a document takes little
/// more memory than its bytes, and each number is read to the nearest value of the type that the caller wants.
struct JSONText {
    /// A part of the document.
    indirect enum Value {
        case object([String: Value])
        case list([Value])
        /// A list that holds no text, list or object: the bytes between its brackets.
        case plainList(ArraySlice<UInt8>)
        case text(String)
        /// A number or a word such as true.
        case word(String)
    }

    /// What is wrong with a document, and where.
    struct Fault: Error {
        let reason: String
        /// Whether the document is sound but says more than can be used.
        var isUnsupported = false
    }

    /// How deep lists and objects may nest; deeper ones are refused before the stack is in danger.
    private static let deepest = 64
    private let bytes: [UInt8]
    private var position = 0

    private init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// The document that some bytes hold.
    static func document(_ bytes: [UInt8]) throws(Fault) -> Value {
        var reader = JSONText(bytes)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.fault("text after the document") }
        return value
    }

    /// A text in quotes.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    private mutating func value(depth: Int) throws(Fault) -> Value {
        guard depth < Self.deepest else { throw fault("nesting deeper than \(Self.deepest)") }
        skipSpace()
        guard position < bytes.count else { throw fault("the text ends early") }
        switch bytes[position] {
        case UInt8(ascii: "{"):
            position += 1
            var members: [String: Value] = [:]
            if taken("}") { return .object(members) }
            repeat {
                skipSpace()
                let name = try string()
                guard taken(":") else { throw fault("no colon after '\(name.prefix(40))'") }
                members[name] = try value(depth: depth + 1)
            } while taken(",")
            guard taken("}") else { throw fault("an object without end") }
            return .object(members)
        case UInt8(ascii: "["):
            position += 1
            if let list = plainList() { return list }
            var elements: [Value] = []
            repeat { elements.append(try value(depth: depth + 1)) } while taken(",")
            guard taken("]") else { throw fault("a list without end") }
            return .list(elements)
        case UInt8(ascii: "\""):
            return .text(try string())
        default:
            let start = position
            while position < bytes.count, !Self.endsWord(bytes[position]) { position += 1 }
            guard position > start else { throw fault("no value") }
            return .word(String(decoding: bytes[start..<position], as: UTF8.self))
        }
    }

    /// The list whose opening bracket was just read, if it closes before any text, list or object.
    private mutating func plainList() -> Value? {
        var end = position
        while end < bytes.count, bytes[end] != UInt8(ascii: "]") {
            if "\"[{}".utf8.contains(bytes[end]) { return nil }
            end += 1
        }
        guard end < bytes.count else { return nil }
        defer { position = end + 1 }
        return .plainList(bytes[position..<end])
    }

    private mutating func string() throws(Fault) -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else { throw fault("no text") }
        position += 1
        var units: [UInt8] = []
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            guard bytes[position] == UInt8(ascii: "\\") else {
                units.append(bytes[position])
                position += 1
                continue
            }
            try units.append(contentsOf: escape())
        }
        guard position < bytes.count else { throw fault("a text without end") }
        position += 1
        return String(decoding: units, as: UTF8.self)
    }

    private mutating func escape() throws(Fault) -> [UInt8] {
        guard position + 1 < bytes.count else { throw fault("a text without end") }
        let letter = bytes[position + 1]
        position += 2
        switch letter {
        case UInt8(ascii: "n"): return [10]
        case UInt8(ascii: "t"): return [9]
        case UInt8(ascii: "r"): return [13]
        case UInt8(ascii: "b"): return [8]
        case UInt8(ascii: "f"): return [12]
        case UInt8(ascii: "u"):
            var unit = try codeUnit()
            if 0xD800..<0xDC00 ~= unit, position + 1 < bytes.count, bytes[position] == UInt8(ascii: "\\"),
                bytes[position + 1] == UInt8(ascii: "u")
            {
                position += 2
                let low = try codeUnit()
                guard 0xDC00..<0xE000 ~= low else { throw fault("half a surrogate pair") }
                unit = 0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw fault("half a surrogate pair") }
            return Array(String(Character(scalar)).utf8)
        default: return [letter]
        }
    }

    private mutating func codeUnit() throws(Fault) -> UInt32 {
        guard position + 4 <= bytes.count,
            let unit = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16)
        else { throw fault("a broken escape") }
        position += 4
        return unit
    }

    private mutating func skipSpace() {
        while position < bytes.count, Self.isSpace(bytes[position]) { position += 1 }
    }

    private mutating func taken(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private func fault(_ reason: String) -> Fault { Fault(reason: "\(reason) at byte \(position)") }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || 9...10 ~= byte || byte == 13 }

    private static func endsWord(_ byte: UInt8) -> Bool {
        isSpace(byte) || ",]}:\"[{".utf8.contains(byte)
    }
}

extension JSONText.Value {
    /// The member of an object.
    func member(_ name: String) throws(JSONText.Fault) -> JSONText.Value {
        guard let value = optionalMember(name) else { throw .init(reason: "'\(name)' is missing") }
        return value
    }

    /// The member of an object, if it is one and has it.
    func optionalMember(_ name: String) -> JSONText.Value? {
        if case .object(let members) = self { members[name] } else { nil }
    }

    /// The text, also of a number: XGBoost writes parameters as texts.
    func text() throws(JSONText.Fault) -> String {
        switch self {
        case .text(let text), .word(let text): return text
        default: throw .init(reason: "a list or object where a text should be")
        }
    }

    /// The integer that a text or a number holds.
    func integer() throws(JSONText.Fault) -> Int {
        let text = try text()
        guard let value = Int(text) else { throw .init(reason: "'\(text.prefix(40))' is no integer") }
        return value
    }

    /// The elements of a list of objects or texts.
    func list() throws(JSONText.Fault) -> [JSONText.Value] {
        switch self {
        case .list(let elements): return elements
        case .plainList(let bytes):
            return bytes.split(separator: UInt8(ascii: ",")).map {
                .word(String(decoding: $0, as: UTF8.self))
            }
        default: throw .init(reason: "no list where one should be")
        }
    }

    /// The elements of a list that holds nothing but texts in quotes.
    func texts() throws(JSONText.Fault) -> [String] {
        var texts: [String] = []
        for element in try list() {
            guard case .text(let text) = element else { throw .init(reason: "no text where one should be") }
            texts.append(text)
        }
        return texts
    }

    /// The numbers of a list.
    func numbers<Value>(_ read: (String) -> Value?) throws(JSONText.Fault) -> [Value] {
        guard case .plainList(let bytes) = self else {
            throw .init(reason: "no list of numbers where one should be")
        }
        var values: [Value] = []
        for piece in bytes.split(separator: UInt8(ascii: ",")) {
            let text = String(decoding: piece.trimmed, as: UTF8.self)
            guard let value = read(text) else { throw .init(reason: "'\(text.prefix(40))' is no number") }
            values.append(value)
        }
        return values
    }

    /// The numbers of a list in single precision.
    func floats() throws(JSONText.Fault) -> [Float] { try numbers { Float($0) } }

    /// The integers of a list; true and false are 1 and 0.
    func integers() throws(JSONText.Fault) -> [Int] {
        try numbers { $0 == "true" ? 1 : $0 == "false" ? 0 : Int($0) }
    }
}

extension ArraySlice<UInt8> {
    /// Without the white space around it.
    fileprivate var trimmed: ArraySlice<UInt8> {
        func isSpace(_ byte: UInt8) -> Bool { byte == 32 || 9...10 ~= byte || byte == 13 }
        var slice = drop(while: isSpace)
        while let last = slice.last, isSpace(last) { slice.removeLast() }
        return slice
    }
}
