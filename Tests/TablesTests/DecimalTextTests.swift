import Statistics
import Testing

@testable import Tables

@Suite("Decimal text becomes the nearest binary number")
struct DecimalTextTests {
    private func double(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        return DecimalText(bytes.span)?.rounded(to: Double.self, text: bytes.span)
    }

    private func float(_ text: String) -> Float? {
        let bytes = Array(text.utf8)
        return DecimalText(bytes.span)?.rounded(to: Float.self, text: bytes.span)
    }

    private func expectAgreement(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(
            double(text)?.bitPattern == Double(text)?.bitPattern, "\(text)", sourceLocation: sourceLocation)
        #expect(float(text)?.bitPattern == Float(text)?.bitPattern, "\(text)", sourceLocation: sourceLocation)
    }

    static let hardCases = [
        "0", "-0", "-0.0", "1", "+7", "007", "0.1", ".5", "5.", "-.25", "1e0", "1E+5", "2e-3",
        "123456789012345678",
        "9007199254740993", "9007199254740992.5", "9007199254740993.00000000000000000000000000000001",
        "1.7976931348623157e308", "1.7976931348623158e308", "1.7976931348623159e308", "1e309", "-1e400",
        "2.2250738585072014e-308", "2.2250738585072011e-308", "4.9406564584124654e-324",
        "2.4703282292062327e-324",
        "2.4703282292062328e-324", "1e-400", "6.631236871469758276785396630275967242379e-317",
        "3.4028234663852886e38", "3.4028235677973366e38", "3.4028235677973367e38", "1.401298464324817e-45",
        "7.006492321624085e-46", "7.006492321624086e-46", "1.00000017881393432617187499",
        "1.00000017881393432617187500", "1.00000017881393432617187501", "0.500000059604644775390625",
        "179769313486231580793728971405303415079934132710037826936173778980444968292764750946649017977587207096330286416692887910946555547851940402630657488671505820681908902000708383676273854845817711531764475730270069855571366959622842914819860834936475292719074168444365510704342711559699508093042880",
        "0.000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000001",
        "1448997445238699", "0.8144680624199215", "inf", "-inf", "Infinity", "infinity",
    ]

    @Test(arguments: hardCases)
    func hardCasesAgreeWithTheStandardLibrary(text: String) {
        expectAgreement(text)
    }

    static let noNumbers = [
        "", "-", "+", ".", "e5", "1e", "1e+", "1.2.3", "0x10", "nan", "1 ", " 1", "1_000", "infi", "--1",
        "1,5",
    ]

    @Test(arguments: noNumbers)
    func textThatIsNoNumberIsRefused(text: String) {
        #expect(double(text) == nil)
    }

    @Test(arguments: 0..<8)
    func randomBitPatternsSurvive(seed: Int) {
        var dice = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<400 {
            let value = Double(bitPattern: dice.next())
            if value.isFinite { expectAgreement("\(value)") }
            let small = Float(bitPattern: UInt32(truncatingIfNeeded: dice.next()))
            if small.isFinite { expectAgreement("\(small)") }
        }
    }

    @Test(arguments: 0..<8)
    func randomDigitsAgreeWithTheStandardLibrary(seed: Int) {
        var dice = SeededGenerator(seed: UInt64(100 + seed))
        for _ in 0..<300 {
            let whole = String((0..<dice.below(25)).map { _ in dice.pick(Array("0123456789")) })
            let decimals = String((0..<dice.below(30)).map { _ in dice.pick(Array("0123456789")) })
            let exponent = dice.oneIn(2) ? "" : "e\(dice.below(700) - 350)"
            expectAgreement((dice.oneIn(2) ? "-" : "") + whole + "1." + decimals + exponent)
        }
    }

    /// Exactly half way between two numbers, and just beside it: hundreds of digits decide.
    @Test(arguments: 0..<60)
    func halfWayCasesGoToEvenAndTheirNeighboursDoNot(seed: Int) throws {
        var dice = SeededGenerator(seed: UInt64(200 + seed))
        let value = Float(bitPattern: UInt32(truncatingIfNeeded: dice.next()) & 0x7FFF_FFFF)
        guard value.isFinite, value.nextUp.isFinite else { return }
        let half = (Double(value) + Double(value.nextUp)) / 2
        let digits = exactDecimal(half)
        expectAgreement(digits)
        expectAgreement(digits + "0000000000001")
        // One below in the last place.
        let below = digits.dropLast() + "4" + String(repeating: "9", count: 30)
        expectAgreement(String(below))
    }

    /// All decimals of a number, by repeated doubling and halving of decimal digits.
    private func exactDecimal(_ value: Double) -> String {
        var digits: [Int] = []
        var point = 0
        var rest = value.significandBitPattern | (value.isNormal ? 1 << 52 : 0)
        var exponent = (value.isNormal ? Int(value.exponentBitPattern) : 1) - 1075
        while rest > 0 {
            digits.insert(Int(rest % 10), at: 0)
            rest /= 10
        }
        while exponent > 0 {
            var carry = 0
            for index in digits.indices.reversed() {
                let doubled = digits[index] * 2 + carry
                digits[index] = doubled % 10
                carry = doubled / 10
            }
            if carry > 0 { digits.insert(carry, at: 0) }
            exponent -= 1
        }
        while exponent < 0 {
            var carry = 0
            for index in digits.indices {
                let part = carry * 10 + digits[index]
                digits[index] = part / 2
                carry = part % 2
            }
            if carry > 0 {
                digits.append(5)
                point += 1
            }
            exponent += 1
        }
        while digits.count <= point { digits.insert(0, at: 0) }
        let text = digits.map(String.init).joined()
        return text.dropLast(point) + "." + (point == 0 ? "0" : text.suffix(point))
    }

    @Test func wholeNumbersAreExactOrRefused() {
        func integer(_ text: String) -> Int64? {
            let bytes = Array(text.utf8)
            return DecimalText(bytes.span)?.integer
        }
        #expect(integer("9223372036854775807") == .max)
        #expect(integer("-9223372036854775807") == -.max)
        // The smallest marks missing values.
        #expect(integer("-9223372036854775808") == nil)
        #expect(integer("9223372036854775808") == nil)
        #expect(integer("2020.0") == 2020)
        #expect(integer("12e2") == 1200)
        #expect(integer("1.5") == nil)
        #expect(integer("1e19") == nil)
        #expect(integer("-0") == 0)
        #expect(integer("inf") == nil)
        #expect(integer("00000000000000000000000000000042") == 42)
    }
}

@Suite("Numbers are written in the shortest form")
struct NumberTextTests {
    private func written(_ value: Double) -> String {
        let column = Column(name: "x", values: .double([value]))
        return records(column)
    }

    private func written(_ value: Float) -> String {
        records(Column(name: "x", values: .float([value])))
    }

    private func records(_ column: Column) -> String {
        let bytes = CSVFormatter().records(of: Table(unchecked: [column], rowCount: 1))
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }

    static let knownForms: [(Double, String)] = [
        (0, "0.0"), (-0.0, "-0.0"), (1, "1.0"), (-1234.5, "-1234.5"), (0.1, "0.1"), (1e-4, "0.0001"),
        (1e-7, "1e-7"),
        (123456789012345680, "1.2345678901234568e17"), (1e16, "1e16"), (1e15, "1000000000000000.0"),
        (Double.leastNonzeroMagnitude, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e308"),
        (2.2250738585072014e-308, "2.2250738585072014e-308"),
        (9007199254740992, "9007199254740992.0"), (.infinity, "inf"), (-.infinity, "-inf"), (0.3, "0.3"),
        (2e23, "2e23"), (9.5367431640625e-7, "9.5367431640625e-7"), (100, "100.0"), (1.5e300, "1.5e300"),
    ]

    @Test(arguments: knownForms)
    func knownFormsAreWritten(value: Double, text: String) {
        #expect(written(value) == text)
    }

    @Test(arguments: 0..<8)
    func noFewerDigitsWouldDo(seed: Int) {
        var dice = SeededGenerator(seed: UInt64(300 + seed))
        func digits(_ text: String) -> String {
            let mantissa = text.lowercased().prefix { $0 != "e" }.filter { $0.isNumber }
            var trimmed = Substring(mantissa.drop { $0 == "0" })
            while trimmed.last == "0" { trimmed = trimmed.dropLast() }
            return String(trimmed)
        }
        for _ in 0..<400 {
            let value = Double(bitPattern: dice.next())
            if value.isFinite {
                let text = written(value)
                #expect(Double(text)?.bitPattern == value.bitPattern, "\(text)")
                #expect(digits(text) == digits("\(value)"), "\(text) for \(value)")
            }
            let small = Float(bitPattern: UInt32(truncatingIfNeeded: dice.next()))
            if small.isFinite {
                let text = written(small)
                #expect(Float(text)?.bitPattern == small.bitPattern, "\(text)")
                #expect(digits(text) == digits("\(small)"), "\(text) for \(small)")
            }
        }
    }

    @Test func powersOfTwoAndTenAreWrittenExactly() {
        for exponent in -1074...1023 {
            let value = Double(sign: .plus, exponent: exponent, significand: 1)
            #expect(Double(written(value)) == value)
        }
        for exponent in -323...308 {
            let value = Double("1e\(exponent)") ?? 0
            #expect(Double(written(value)) == value)
        }
        for exponent in -149...127 {
            let value = Float(sign: .plus, exponent: exponent, significand: 1)
            #expect(Float(written(value)) == value)
        }
    }
}
