import StrictYAML
import Testing

@Suite("A YAML value is read as what its key asks for")
struct YAMLNodeTests {
    private enum Trend: String, CaseIterable {
        case automatic, ascending, descending
    }

    private func node(_ value: String) throws -> YAMLNode {
        var keys = try YAMLReader().read("k: \(value)\n").mapping()
        return try keys.required("k")
    }

    private func expectation(
        _ value: String, _ read: (YAMLNode) throws(YAMLError) -> some Any
    ) throws -> String? {
        let node = try node(value)
        do throws(YAMLError) {
            _ = try read(node)
            return nil
        } catch {
            guard case .badValue(_, "k", _, let expected) = error else { return "\(error)" }
            return expected
        }
    }

    @Test(arguments: ["no", "yes", "on", "1.0", "0x1F", "012", "1_000", "2020-01-01", "1e3", ".5", "true"])
    func textStaysAsWritten(text: String) throws {
        #expect(try node(text).string() == text)
        #expect(try node("'\(text)'").string() == text)
    }

    @Test func nothingIsNotText() throws {
        for nothing in ["", "~", "null"] {
            #expect(try expectation(nothing) { node throws(YAMLError) in try node.string() } == "text")
        }
        #expect(try node("\"\"").string() == "")
        #expect(try node("\"null\"").string() == "null")
        #expect(
            try expectation("''") { node throws(YAMLError) in try node.nonEmptyString() }
                == "text that is not empty")
    }

    @Test func wholeNumbers() throws {
        #expect(try node("42").int() == 42)
        #expect(try node("-7").int() == -7)
        #expect(try node("0").int(in: 0...1) == 0)
        #expect(try node("18446744073709551615").uint64() == .max)
        for wrong in ["1.0", "1e3", "0x10", "010", "1_000", "'3'", "[3]", "99999999999999999999", "+", "٣"] {
            #expect(
                try expectation(wrong) { node throws(YAMLError) in try node.int() } == "a whole number",
                "\(wrong)")
        }
        #expect(
            try expectation("1") { node throws(YAMLError) in try node.int(in: 2...50) }
                == "a whole number from 2 to 50")
        #expect(
            try expectation("1") { node throws(YAMLError) in try node.int(in: 2...Int.max) }
                == "a whole number of at least 2")
        #expect(try expectation("-1") { node throws(YAMLError) in try node.uint64() } != nil)
    }

    @Test func numbers() throws {
        for (text, value) in [
            ("1", 1.0), ("-2.5", -2.5), ("1e-3", 0.001), (".5", 0.5), ("5.", 5), ("+1E+2", 100), ("0", 0),
        ] {
            #expect(try node(text).double() == value)
        }
        for wrong in [
            "1,5", "1.2.3", "e5", ".", "nan", ".nan", ".inf", "inf", "0x1p3", "1e999", "'1'", "1 2",
        ] {
            #expect(
                try expectation(wrong) { node throws(YAMLError) in try node.double() } == "a number",
                "\(wrong)")
        }
        #expect(
            try expectation("1.5") { node throws(YAMLError) in try node.double(in: 0...1) }
                == "a number from 0.0 to 1.0")
        #expect(try node(".inf").extendedDouble() == .infinity)
        #expect(try node("-.inf").extendedDouble() == -.infinity)
        #expect(try node("-3").extendedDouble() == -3)
    }

    @Test func truthIsWrittenTrueOrFalse() throws {
        #expect(try node("true").bool())
        #expect(try !node("false").bool())
        for wrong in ["yes", "no", "True", "1", "'true'", ""] {
            #expect(try expectation(wrong) { node throws(YAMLError) in try node.bool() } == "true or false")
        }
    }

    @Test func choicesNameAllAndTheNearest() throws {
        #expect(try node("ascending").choice(of: Trend.self) == .ascending)
        #expect(
            try expectation("acsending") { node throws(YAMLError) in try node.choice(of: Trend.self) }
                == "one of automatic, ascending, descending (did you mean ascending?)")
        #expect(
            try expectation("[ascending]") { node throws(YAMLError) in try node.choice(of: Trend.self) }
                == "one of automatic, ascending, descending")
    }

    @Test func listsAreReadItemByItem() throws {
        #expect(try node("[1, 2, 3]").list { item throws(YAMLError) in try item.int() } == [1, 2, 3])
        #expect(try node("[]").list().isEmpty)
        #expect(try expectation("1") { node throws(YAMLError) in try node.list() } == "a list")
        do throws(YAMLError) {
            _ = try YAMLReader().read("- 1\n- x\n", named: "f").list { item throws(YAMLError) in
                try item.int()
            }
            Issue.record("accepted")
        } catch {
            #expect(error.description == "f:2:3: '[1]' is 'x', expected a whole number")
        }
    }

    @Test func messagesShowValuesShortAndOnOneLine() throws {
        let long = String(repeating: "x", count: 5_000)
        let shown = try #require(throws: YAMLError.self) { try node("\"a\\n\\u0007\(long)\"").int() }
        #expect(shown.description.count < 150)
        #expect(!shown.description.contains("\n"))
        let empty = try #require(throws: YAMLError.self) { try node("").int() }
        #expect(empty.description == "YAML:1:3: 'k' is empty, expected a whole number")
    }
}
