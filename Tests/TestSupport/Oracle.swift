public import Foundation

/// Reference figures read from a JSON file: numbers, texts and flags in lists and objects, found by name.
///
/// Numbers may be the strings `"NaN"`, `"Infinity"` and `"-Infinity"`; `null` is missing. A path that is not there
/// throws, so that a renamed key cannot pass for an agreement.
public indirect enum Oracle: Sendable, Equatable {
    /// A number, read to the nearest double.
    case number(Double)
    /// A text.
    case text(String)
    /// A truth value.
    case flag(Bool)
    /// A list.
    case list([Oracle])
    /// An object.
    case object([String: Oracle])
    /// A missing value, `null`.
    case missing
}

/// What was wrong with a reference file, and where.
public struct OracleError: Error, CustomStringConvertible {
    /// The fact, with the place.
    public let description: String
}

extension Oracle {
    /// The figures in a JSON file.
    public init(contentsOf file: URL) throws {
        var reader = OracleReader(bytes: try Data(contentsOf: file))
        self = try reader.document()
    }

    /// The figures in `Fixtures/<name>.json` of a test target: pass `.module`.
    public init(fixture name: String, in bundle: Bundle) throws {
        guard let file = bundle.url(forResource: name, withExtension: "json", subdirectory: "Fixtures") else {
            throw OracleError(description: "no fixture \(name).json")
        }
        try self.init(contentsOf: file)
    }

    /// The figures in `oracles/<path>` of the shared reference data.
    public init(shared path: String) throws {
        try self.init(contentsOf: SharedData.file("oracles/" + path))
    }

    /// The member of an object.
    public func callAsFunction(_ name: String) throws -> Oracle {
        guard case .object(let members) = self else { throw OracleError(description: "no object at \(name)") }
        guard let member = members[name] else {
            throw OracleError(description: "no \(name) among \(members.keys.sorted())")
        }
        return member
    }

    /// The member of a member, and so on.
    public func callAsFunction(_ first: String, _ second: String, _ more: String...) throws -> Oracle {
        try more.reduce(try self(first)(second)) { try $0($1) }
    }

    /// The members of an object by name.
    public var members: [String: Oracle] {
        get throws {
            guard case .object(let members) = self else { throw OracleError(description: "not an object") }
            return members
        }
    }

    /// The elements of a list.
    public var list: [Oracle] {
        get throws {
            guard case .list(let elements) = self else { throw OracleError(description: "not a list") }
            return elements
        }
    }

    /// The number, also if written as one of the strings for what JSON cannot say.
    public var number: Double {
        get throws {
            switch self {
            case .number(let value): return value
            case .text("NaN"): return .nan
            case .text("Infinity"): return .infinity
            case .text("-Infinity"): return -.infinity
            default: throw OracleError(description: "not a number: \(self)")
            }
        }
    }

    /// The number as an integer.
    public var integer: Int {
        get throws {
            guard let integer = Int(exactly: try number) else {
                throw OracleError(description: "not an integer: \(self)")
            }
            return integer
        }
    }

    /// The list of numbers.
    public var numbers: [Double] {
        get throws { try list.map { try $0.number } }
    }

    /// The list of lists of numbers, row by row.
    public var rows: [[Double]] {
        get throws { try list.map { try $0.numbers } }
    }

    /// The text.
    public var text: String {
        get throws {
            guard case .text(let value) = self else { throw OracleError(description: "not a text: \(self)") }
            return value
        }
    }

    /// The list of texts.
    public var texts: [String] {
        get throws { try list.map { try $0.text } }
    }
}

/// Reads one JSON document (RFC 8259), every number to the nearest double, denormal ones too.
private struct OracleReader {
    private let bytes: [UInt8]
    private var position = 0

    init(bytes: Data) {
        self.bytes = Array(bytes)
    }

    mutating func document() throws -> Oracle {
        let value = try value()
        skipSpace()
        guard position == bytes.count else { throw fault("text after the document") }
        return value
    }

    private mutating func value() throws -> Oracle {
        skipSpace()
        guard position < bytes.count else { throw fault("the text ends early") }
        switch bytes[position] {
        case UInt8(ascii: "{"): return .object(try object())
        case UInt8(ascii: "["): return .list(try array())
        case UInt8(ascii: "\""): return .text(try string())
        default: return try word()
        }
    }

    private mutating func object() throws -> [String: Oracle] {
        var members: [String: Oracle] = [:]
        position += 1
        guard !taken("}") else { return members }
        repeat {
            skipSpace()
            let name = try string()
            guard taken(":") else { throw fault("no colon after \(name)") }
            guard members.updateValue(try value(), forKey: name) == nil else {
                throw fault("\(name) appears twice")
            }
        } while taken(",")
        guard taken("}") else { throw fault("an object without end") }
        return members
    }

    private mutating func array() throws -> [Oracle] {
        var elements: [Oracle] = []
        position += 1
        guard !taken("]") else { return elements }
        repeat { elements.append(try value()) } while taken(",")
        guard taken("]") else { throw fault("a list without end") }
        return elements
    }

    private mutating func string() throws -> String {
        let start = position
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard position < bytes.count else { throw fault("a text without end") }
        position += 1
        return try JSONDecoder().decode(String.self, from: Data(bytes[start..<position]))
    }

    private mutating func word() throws -> Oracle {
        let start = position
        while position < bytes.count, !" \t\r\n,]}".utf8.contains(bytes[position]) { position += 1 }
        let word = String(decoding: bytes[start..<position], as: UTF8.self)
        switch word {
        case "true": return .flag(true)
        case "false": return .flag(false)
        case "null": return .missing
        default:
            guard let number = Double(word) else { throw fault("'\(word)' is no number") }
            return .number(number)
        }
    }

    private mutating func skipSpace() {
        while position < bytes.count, " \t\r\n".utf8.contains(bytes[position]) { position += 1 }
    }

    private mutating func taken(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private func fault(_ fact: String) -> OracleError {
        OracleError(description: "byte \(position): \(fact)")
    }
}
