/// A value of a YAML document with its place and its path, read as whatever its key asks for.
///
/// Types come from the reader, not from the look of the text: under a key that wants text, `no` is the text "no"
/// and `1.0` the text "1.0"; under one that wants a number, `"1.0"` in quotes is refused.
public struct YAMLNode: Sendable, Equatable {
    /// What stands in the document.
    public enum Content: Sendable, Equatable {
        /// Text without quotes or in quotes; `isQuoted` also for block text (`|`, `>`).
        case scalar(String, isQuoted: Bool)
        /// A list.
        case list([YAMLNode])
        /// Keys and values in the order of the document; keys are unique.
        case mapping([Entry])
    }

    /// A key with its place and its value.
    public struct Entry: Sendable, Equatable {
        /// The key.
        public let key: String
        /// Where the key stands.
        public let position: YAMLPosition
        /// The value.
        public let value: YAMLNode
    }

    /// What stands in the document.
    public let content: Content
    /// Where it starts.
    public let position: YAMLPosition
    /// The keys that lead to it, such as "binning.variables[2].name"; empty for the document itself.
    public let path: String
}

extension YAMLNode {
    /// The text.
    ///
    /// - Throws: ``YAMLError/badValue(_:path:value:expected:)`` for a list, a mapping or no value at all.
    public func string() throws(YAMLError) -> String {
        guard case .scalar(let text, let isQuoted) = content, isQuoted || !Self.isNothing(text) else {
            throw error(expected: "text")
        }
        return text
    }

    /// Text that is not empty.
    public func nonEmptyString() throws(YAMLError) -> String {
        let text = try string()
        guard !text.isEmpty else { throw error(expected: "text that is not empty") }
        return text
    }

    /// True or false, written exactly so.
    public func bool() throws(YAMLError) -> Bool {
        switch content {
        case .scalar("true", isQuoted: false): return true
        case .scalar("false", isQuoted: false): return false
        default: throw error(expected: "true or false")
        }
    }

    /// A whole number in decimal digits, within a range.
    public func int(in range: ClosedRange<Int> = Int.min...Int.max) throws(YAMLError) -> Int {
        guard case .scalar(let text, isQuoted: false) = content, Self.isDecimalInteger(text),
            let number = Int(text), range.contains(number)
        else { throw error(expected: "a whole number" + Self.text(of: range)) }
        return number
    }

    /// A whole number without sign, such as a seed.
    public func uint64() throws(YAMLError) -> UInt64 {
        guard case .scalar(let text, isQuoted: false) = content, Self.isDecimalInteger(text),
            let number = UInt64(text)
        else { throw error(expected: "a whole number from 0 to \(UInt64.max)") }
        return number
    }

    /// A finite number with a point for decimals, within a range.
    public func double(
        in range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    ) throws(YAMLError) -> Double {
        guard case .scalar(let text, isQuoted: false) = content, Self.isDecimalNumber(text),
            let number = Double(text), number.isFinite, range.contains(number)
        else { throw error(expected: "a number" + Self.text(of: range)) }
        return number
    }

    /// A number that may be infinite, written `.inf` or `-.inf`.
    public func extendedDouble() throws(YAMLError) -> Double {
        switch content {
        case .scalar(".inf", isQuoted: false), .scalar("+.inf", isQuoted: false): return .infinity
        case .scalar("-.inf", isQuoted: false): return -.infinity
        case .scalar(let text, isQuoted: false) where Self.isDecimalNumber(text):
            guard let number = Double(text), number.isFinite else { fallthrough }
            return number
        default: throw error(expected: "a number, .inf or -.inf")
        }
    }

    /// One of the names of an enumeration.
    public func choice<Choice: RawRepresentable & CaseIterable>(
        of type: Choice.Type = Choice.self
    ) throws(YAMLError) -> Choice where Choice.RawValue == String {
        let names = Choice.allCases.map(\.rawValue)
        guard case .scalar(let text, _) = content else { throw notOne(of: names, nearest: nil) }
        guard let value = Choice(rawValue: text) else {
            throw notOne(of: names, nearest: nearestMatch(to: text, among: names))
        }
        return value
    }

    /// The items of a list.
    public func list() throws(YAMLError) -> [YAMLNode] {
        guard case .list(let items) = content else { throw error(expected: "a list") }
        return items
    }

    /// The items of a list, each read by `read`.
    public func list<Value>(
        of read: (YAMLNode) throws(YAMLError) -> Value
    ) throws(YAMLError) -> [Value] {
        var values: [Value] = []
        for item in try list() { values.append(try read(item)) }
        return values
    }

    /// The keys of a mapping, to be read one by one and closed with ``YAMLMapping/finish()``.
    public func mapping() throws(YAMLError) -> YAMLMapping {
        guard case .mapping(let entries) = content else {
            throw error(expected: "keys with values ('key: value')")
        }
        return YAMLMapping(entries: entries, position: position, path: path)
    }

    /// Reads a mapping by `read` and refuses the keys that `read` did not ask for.
    public func mapping<Value>(
        _ read: (inout YAMLMapping) throws(YAMLError) -> Value
    ) throws(YAMLError) -> Value {
        var keys = try mapping()
        let value = try read(&keys)
        try keys.finish()
        return value
    }

    /// The refusal of this value, for checks that go beyond its type.
    ///
    /// - Parameter expected: What would have been right, such as "a number above the one before it".
    public func error(expected: String) -> YAMLError {
        .badValue(position, path: path, value: summary, expected: expected)
    }
}

extension YAMLNode {
    /// The value as a message shows it: short, on one line, without control characters.
    private var summary: String {
        switch content {
        case .list(let items): return items.count == 1 ? "a list of 1 item" : "a list of \(items.count) items"
        case .mapping: return "a group of keys"
        case .scalar(let text, let isQuoted):
            if !isQuoted, Self.isNothing(text) { return "empty" }
            let shown = text.unicodeScalars.prefix(40).map { scalar -> String in
                scalar.properties.generalCategory == .control ? "�" : String(scalar)
            }
            let cut = text.unicodeScalars.count > 40 ? "…" : ""
            return isQuoted ? "the text \"\(shown.joined())\(cut)\"" : "'\(shown.joined())\(cut)'"
        }
    }

    private func notOne(of names: [String], nearest: String?) -> YAMLError {
        let hint = nearest.map { " (did you mean \($0)?)" } ?? ""
        return error(expected: "one of \(names.joined(separator: ", "))\(hint)")
    }

    /// Whether text without quotes stands for no value.
    private static func isNothing(_ text: String) -> Bool {
        text.isEmpty || text == "~" || text == "null" || text == "Null" || text == "NULL"
    }

    /// [+-]digits without a leading zero, which YAML 1.1 would read as octal.
    private static func isDecimalInteger(_ text: String) -> Bool {
        var digits = text.utf8[...]
        if let sign = digits.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
            digits = digits.dropFirst()
        }
        guard !digits.isEmpty, digits.allSatisfy(isDigit) else { return false }
        return digits.count == 1 || digits.first != UInt8(ascii: "0")
    }

    /// [+-]digits[.digits][e[+-]digits], with a digit before or after the point.
    private static func isDecimalNumber(_ text: String) -> Bool {
        var rest = text.utf8[...]
        func takeSign(_ rest: inout Substring.UTF8View) {
            if let sign = rest.first, sign == UInt8(ascii: "-") || sign == UInt8(ascii: "+") {
                rest = rest.dropFirst()
            }
        }
        func takeDigits(_ rest: inout Substring.UTF8View) -> Int {
            let tail = rest.drop(while: isDigit)
            defer { rest = tail }
            return rest.count - tail.count
        }
        takeSign(&rest)
        var digits = takeDigits(&rest)
        if rest.first == UInt8(ascii: ".") {
            rest = rest.dropFirst()
            digits += takeDigits(&rest)
        }
        guard digits > 0 else { return false }
        if let mark = rest.first, mark == UInt8(ascii: "e") || mark == UInt8(ascii: "E") {
            rest = rest.dropFirst()
            takeSign(&rest)
            guard takeDigits(&rest) > 0 else { return false }
        }
        return rest.isEmpty
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }

    private static func text(of range: ClosedRange<Int>) -> String {
        switch (range.lowerBound, range.upperBound) {
        case (Int.min, Int.max): ""
        case (let lower, Int.max): " of at least \(lower)"
        case (Int.min, let upper): " of at most \(upper)"
        case (let lower, let upper): " from \(lower) to \(upper)"
        }
    }

    private static func text(of range: ClosedRange<Double>) -> String {
        let largest = Double.greatestFiniteMagnitude
        return switch (range.lowerBound <= -largest, range.upperBound >= largest) {
        case (true, true): ""
        case (false, true): " of at least \(range.lowerBound)"
        case (true, false): " of at most \(range.upperBound)"
        case (false, false): " from \(range.lowerBound) to \(range.upperBound)"
        }
    }
}
