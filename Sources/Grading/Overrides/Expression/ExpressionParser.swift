/// Why a text is not an expression.
public enum ExpressionError: Error, Sendable, Equatable {
    /// Something else was needed at a place, counted in characters from 1.
    case unexpected(found: String, place: Int, expected: String)
    /// A quotation mark opens and does not close.
    case openQuote(place: Int)
    /// A number that is none, or too large.
    case badNumber(String, place: Int)
    /// A function that takes another number of values.
    case wrongArity(function: String, given: Int, expected: Int)
    /// A condition stands where a value is needed, or the other way round.
    case wrongKind(String, expected: String)
    /// Brackets and signs are nested too deep.
    case tooDeep(limit: Int)
    /// A column that the table does not have.
    case missingColumn(name: String, available: [String])
    /// A column whose type does not fit its use.
    case wrongColumnType(name: String, expected: String)
}

extension ExpressionError: CustomStringConvertible {
    /// One line: the fact and the remedy.
    public var description: String {
        switch self {
        case .unexpected(let found, let place, let expected):
            "'\(found)' at character \(place): \(expected) is expected there"
        case .openQuote(let place): "the quotation mark at character \(place) is not closed: close it"
        case .badNumber(let text, let place): "'\(text)' at character \(place) is not a number"
        case .wrongArity(let function, let given, let expected):
            "\(function)() is given \(given) values: give \(expected)"
        case .wrongKind(let text, let expected): "'\(text)' is not \(expected)"
        case .tooDeep(let limit): "nested more than \(limit) levels deep: split the condition"
        case .missingColumn(let name, let available):
            "no column '\(name)' in the data: there are "
                + available.prefix(12).joined(separator: ", ") + (available.count > 12 ? ", …" : "")
        case .wrongColumnType(let name, let expected): "column '\(name)' holds no \(expected)"
        }
    }
}

extension FactExpression {
    /// The longest text that is read.
    static let lengthLimit = 2_000

    /// Reads an expression.
    ///
    /// Precedence, weakest first: `or`, `and`, `not`, comparisons and `in`, `+ -`, `* /`, sign. Names of columns are
    /// letters, digits, `_` and `.`, or anything in double quotes; texts stand in single quotes. Functions: `abs`,
    /// `exp`, `ln`, `min`, `max`, `default(x, y)` (y where x is missing) and `missing(column)`.
    ///
    /// - Throws: ``ExpressionError``.
    public init(_ text: String) throws(ExpressionError) {
        var parser = try ExpressionParser(text)
        self = try parser.whole()
    }

    /// Reads a condition.
    public init(condition text: String) throws(ExpressionError) {
        self = try FactExpression(text)
        guard isCondition else { throw .wrongKind(text, expected: "a condition, such as 'judgments >= 2'") }
    }

    /// Reads a number to be computed.
    public init(number text: String) throws(ExpressionError) {
        self = try FactExpression(text)
        if isCondition { throw .wrongKind(text, expected: "a number to be computed") }
        if case .text = self { throw .wrongKind(text, expected: "a number to be computed") }
    }
}

/// Recursive descent over the words of an expression.
struct ExpressionParser {
    static let reserved: Set<String> = ["and", "or", "not", "in", "true", "false", "missing"]
    private static let depthLimit = 64

    private enum Word: Equatable {
        case number(Double)
        case text(String)
        case name(String)
        case quotedName(String)
        case sign(String)
        case end
    }

    private var words: [(word: Word, place: Int)] = []
    private var next = 0
    private var depth = 0

    static func isNameByte(_ byte: UInt8, isFirst: Bool) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "_"):
            true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."): !isFirst
        default: false
        }
    }

    init(_ text: String) throws(ExpressionError) {
        guard text.utf8.count <= FactExpression.lengthLimit else {
            throw .unexpected(
                found: "…", place: FactExpression.lengthLimit, expected: "the end of a shorter text")
        }
        let bytes = Array(text.utf8)
        var place = 0
        while place < bytes.count {
            let byte = bytes[place]
            let start = place
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: "\r"): place += 1
            case UInt8(ascii: "'"), UInt8(ascii: "\""):
                let content = try Self.quoted(bytes, at: &place)
                words.append((byte == UInt8(ascii: "'") ? .text(content) : .quotedName(content), start + 1))
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."):
                words.append((.number(try Self.number(bytes, at: &place)), start + 1))
            case _ where Self.isNameByte(byte, isFirst: true):
                while place < bytes.count, Self.isNameByte(bytes[place], isFirst: false) { place += 1 }
                words.append((.name(String(decoding: bytes[start..<place], as: UTF8.self)), start + 1))
            default:
                let pair = String(decoding: bytes[place..<min(place + 2, bytes.count)], as: UTF8.self)
                let single = String(pair.prefix(1))
                if ["<=", ">=", "!="].contains(pair) {
                    place += 2
                    words.append((.sign(pair), start + 1))
                } else if "<>=+-*/(),".contains(single), single.utf8.count == 1 {
                    place += 1
                    words.append((.sign(single), start + 1))
                } else {
                    throw .unexpected(found: single, place: start + 1, expected: "a name, a number or a sign")
                }
            }
        }
        words.append((.end, bytes.count + 1))
    }

    private static func quoted(_ bytes: [UInt8], at place: inout Int) throws(ExpressionError) -> String {
        let mark = bytes[place]
        let start = place
        place += 1
        var content: [UInt8] = []
        while place < bytes.count {
            if bytes[place] == mark {
                guard place + 1 < bytes.count, bytes[place + 1] == mark else {
                    place += 1
                    return String(decoding: content, as: UTF8.self)
                }
                place += 1
            }
            content.append(bytes[place])
            place += 1
        }
        throw .openQuote(place: start + 1)
    }

    private static func number(_ bytes: [UInt8], at place: inout Int) throws(ExpressionError) -> Double {
        let start = place
        func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
        while place < bytes.count {
            let byte = bytes[place]
            let isExponent = byte == UInt8(ascii: "e") || byte == UInt8(ascii: "E")
            let isSign = byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
            let followsExponent =
                place > start
                && (bytes[place - 1] == UInt8(ascii: "e") || bytes[place - 1] == UInt8(ascii: "E"))
            guard isDigit(byte) || byte == UInt8(ascii: ".") || isExponent || (isSign && followsExponent)
            else {
                break
            }
            place += 1
        }
        let text = String(decoding: bytes[start..<place], as: UTF8.self)
        guard let value = Double(text), value.isFinite else { throw .badNumber(text, place: start + 1) }
        return value
    }

    mutating func whole() throws(ExpressionError) -> FactExpression {
        let expression = try either()
        guard words[next].word == .end else { throw unexpected("the end or a sign") }
        return expression
    }

    private func unexpected(_ expected: String) -> ExpressionError {
        let (word, place) = words[next]
        let found =
            switch word {
            case .number(let value): "\(value)"
            case .text(let text), .name(let text), .quotedName(let text), .sign(let text): text
            case .end: "the end"
            }
        return .unexpected(found: String(found.prefix(40)), place: place, expected: expected)
    }

    private mutating func take(_ word: Word) -> Bool {
        guard words[next].word == word else { return false }
        next += 1
        return true
    }

    private mutating func require(_ sign: String) throws(ExpressionError) {
        guard take(.sign(sign)) else { throw unexpected("'\(sign)'") }
    }

    private func condition(_ expression: FactExpression) throws(ExpressionError) -> FactExpression {
        guard expression.isCondition else { throw .wrongKind("\(expression)", expected: "a condition") }
        return expression
    }

    private func value(_ expression: FactExpression) throws(ExpressionError) -> FactExpression {
        if expression.isCondition { throw .wrongKind("\(expression)", expected: "a value") }
        return expression
    }

    private func computed(_ expression: FactExpression) throws(ExpressionError) -> FactExpression {
        if case .text = expression { throw .wrongKind("\(expression)", expected: "a number") }
        return try value(expression)
    }

    private mutating func either() throws(ExpressionError) -> FactExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit) }
        let first = try both()
        guard words[next].word == .name("or") else { return first }
        var parts = [try condition(first)]
        while take(.name("or")) { parts.append(try condition(try both())) }
        return .any(parts)
    }

    private mutating func both() throws(ExpressionError) -> FactExpression {
        let first = try negation()
        guard words[next].word == .name("and") else { return first }
        var parts = [try condition(first)]
        while take(.name("and")) { parts.append(try condition(try negation())) }
        return .all(parts)
    }

    private mutating func negation() throws(ExpressionError) -> FactExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit) }
        guard take(.name("not")) else { return try comparison() }
        return .not(try condition(try negation()))
    }

    private mutating func comparison() throws(ExpressionError) -> FactExpression {
        let left = try sum()
        if case .sign(let sign) = words[next].word, let comparison = FactExpression.Comparison(rawValue: sign)
        {
            next += 1
            return .comparison(try value(left), comparison, try value(try sum()))
        }
        guard take(.name("in")) else { return left }
        try require("(")
        var members: [FactExpression] = []
        repeat {
            let isNegative = take(.sign("-"))
            switch words[next].word {
            case .number(let number): members.append(.number(isNegative ? -number : number))
            case .text(let text) where !isNegative: members.append(.text(text))
            default: throw unexpected("a number or a text in quotes")
            }
            next += 1
        } while take(.sign(","))
        try require(")")
        return .membership(try value(left), members)
    }

    private mutating func sum() throws(ExpressionError) -> FactExpression {
        var left = try product()
        while true {
            if take(.sign("+")) {
                left = .arithmetic(.plus, try computed(left), try computed(try product()))
            } else if take(.sign("-")) {
                left = .arithmetic(.minus, try computed(left), try computed(try product()))
            } else {
                return left
            }
        }
    }

    private mutating func product() throws(ExpressionError) -> FactExpression {
        var left = try signed()
        while true {
            if take(.sign("*")) {
                left = .arithmetic(.times, try computed(left), try computed(try signed()))
            } else if take(.sign("/")) {
                left = .arithmetic(.over, try computed(left), try computed(try signed()))
            } else {
                return left
            }
        }
    }

    private mutating func signed() throws(ExpressionError) -> FactExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthLimit else { throw .tooDeep(limit: Self.depthLimit) }
        guard take(.sign("-")) else { return try atom() }
        let inner = try computed(try signed())
        if case .number(let value) = inner { return .number(-value) }
        return .negated(inner)
    }

    private mutating func atom() throws(ExpressionError) -> FactExpression {
        let word = words[next].word
        switch word {
        case .number(let value):
            next += 1
            return .number(value)
        case .text(let text):
            next += 1
            return .text(text)
        case .quotedName(let name):
            next += 1
            return .column(name)
        case .sign("("):
            next += 1
            let inner = try either()
            try require(")")
            return inner
        case .name("true"), .name("false"):
            next += 1
            return .always(word == .name("true"))
        case .name("missing"):
            next += 1
            try require("(")
            let name: String
            switch words[next].word {
            case .name(let text) where !Self.reserved.contains(text): name = text
            case .quotedName(let text): name = text
            default: throw unexpected("the name of a column")
            }
            next += 1
            try require(")")
            return .missing(name)
        case .name(let name):
            guard !Self.reserved.contains(name) else { throw unexpected("a value") }
            next += 1
            guard let function = FactExpression.Function(rawValue: name), words[next].word == .sign("(")
            else {
                return .column(name)
            }
            return try call(function)
        case .sign, .end: throw unexpected("a value")
        }
    }

    private mutating func call(_ function: FactExpression.Function) throws(ExpressionError) -> FactExpression
    {
        try require("(")
        var parts: [FactExpression] = []
        repeat { parts.append(try computed(try either())) } while take(.sign(","))
        try require(")")
        guard parts.count == function.arity else {
            throw .wrongArity(function: function.rawValue, given: parts.count, expected: function.arity)
        }
        return .function(function, parts)
    }
}
