import CKernels
import Statistics
import Testing
import Vocabulary

@testable import Tables

@Suite("The kernels of all instruction sets agree with plain code")
struct CSVKernelTests {
    static let levels = [OBLIGOR_PLAIN, OBLIGOR_AVX2, OBLIGOR_AVX512].filter {
        $0.rawValue <= obligor_csv_instructions().rawValue
    }

    /// What the header file promises, byte by byte.
    private func indexed(_ text: [UInt8], _ delimiter: UInt8) -> ([UInt32], obligor_csv_facts) {
        var facts = obligor_csv_facts()
        var positions: [UInt32] = []
        var isInside = false
        var before: (isEnd: Bool, isClosing: Bool, isReturn: Bool) = (true, false, false)
        for (index, byte) in text.enumerated() {
            if byte == 0 { facts.findings |= UInt32(OBLIGOR_CSV_ZERO) }
            if byte >= 128 { facts.findings |= UInt32(OBLIGOR_CSV_WIDE) }
            var now = (isEnd: false, isClosing: false, isReturn: false)
            if byte == UInt8(ascii: "\"") {
                facts.quotes += 1
                isInside.toggle()
                if isInside, !before.isEnd, !before.isClosing {
                    facts.findings |= UInt32(OBLIGOR_CSV_MISPLACED_QUOTE)
                }
                now.isClosing = !isInside
            }
            if byte == UInt8(ascii: "\n") { facts.line_feeds += 1 }
            if !isInside {
                now.isReturn = byte == UInt8(ascii: "\r")
                now.isEnd = byte == delimiter || byte == UInt8(ascii: "\n")
                if byte == UInt8(ascii: "\n") {
                    facts.breaks += 1
                    facts.behind_last_break = index + 1
                }
                if now.isEnd { positions.append(UInt32(index)) }
            }
            if before.isClosing, !now.isEnd, !now.isReturn, byte != UInt8(ascii: "\"") {
                facts.findings |= UInt32(OBLIGOR_CSV_MISPLACED_QUOTE)
            }
            if before.isReturn, byte != UInt8(ascii: "\n") {
                facts.findings |= UInt32(OBLIGOR_CSV_STRAY_RETURN)
            }
            before = now
        }
        return (positions, facts)
    }

    private func randomText(_ dice: inout SeededGenerator) -> [UInt8] {
        let alphabets: [[UInt8]] = [
            Array("ab1,\n".utf8), Array("\",\n".utf8), Array("\"a,\n\r".utf8), Array(",,,,\n".utf8),
            Array("abcdefgh\"\",;\n\r\nx".utf8) + [0, 200],
        ]
        let alphabet = dice.pick(alphabets)
        return (0..<dice.below(400)).map { _ in dice.pick(alphabet) }
    }

    @Test(arguments: levels, 0..<6)
    func indexAgreesWithThePlainForm(level: obligor_instructions, seed: Int) {
        var dice = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<60 {
            let text = randomText(&dice)
            // What lies behind the text must not matter.
            let padded = text + (0..<64).map { _ in dice.pick(Array("\",\n\r".utf8)) }
            var positions = [UInt32](repeating: 0, count: text.count + 64)
            var facts = obligor_csv_facts()
            let count = unsafe padded.withUnsafeBufferPointer { bytes in
                unsafe obligor_csv_index(
                    level, bytes.baseAddress, text.count, UInt8(ascii: ","), &positions, &facts)
            }
            let (expected, expectedFacts) = indexed(text, UInt8(ascii: ","))
            #expect(Array(positions.prefix(count)) == expected)
            #expect(facts.quotes == expectedFacts.quotes)
            #expect(facts.line_feeds == expectedFacts.line_feeds)
            #expect(facts.breaks == expectedFacts.breaks)
            #expect(facts.behind_last_break == expectedFacts.behind_last_break)
            #expect(facts.findings == expectedFacts.findings, "\(String(decoding: text, as: UTF8.self))")
            let counted = unsafe padded.withUnsafeBufferPointer { bytes in
                unsafe obligor_csv_count(level, bytes.baseAddress, text.count)
            }
            #expect(counted.quotes == facts.quotes)
            #expect(counted.line_feeds == facts.line_feeds)
            #expect(counted.breaks == facts.breaks)
            #expect(counted.behind_last_break == facts.behind_last_break)
        }
    }

    @Test(arguments: 0..<6)
    func findingsMeanFaultsOfTheScanner(seed: Int) {
        var dice = SeededGenerator(seed: UInt64(50 + seed))
        for _ in 0..<150 {
            let text = randomText(&dice)
            let (_, facts) = indexed(text, UInt8(ascii: ","))
            let isFaulty = facts.findings & ~UInt32(OBLIGOR_CSV_WIDE) != 0 || facts.quotes % 2 == 1
            var scanner = RecordScanner(delimiter: UInt8(ascii: ","))
            #expect((scanner.firstFault(text.span, isAtEnd: true) != nil) == isFaulty)
        }
    }

    /// Whether the header file promises that a kernel reads a field itself.
    private func isPlain(_ field: String, decimals: Bool) -> Bool {
        var text = Substring(field)
        if text.count > 2, text.first == "\"" { text = text.dropFirst().dropLast() }
        if text.isEmpty { return true }
        if text.count > 32 || Double(text) == nil { return false }
        if !text.allSatisfy({ "0123456789.-".contains($0) }) || text.last == "." { return false }
        let digits = text.first == "-" ? text.dropFirst() : text
        if digits.first == "0", digits.dropFirst().first?.isNumber ?? false { return false }
        guard let whole = Int64(digits.filter { $0 != "." }), whole < 9_220_000_000_000_000_000 else {
            return false
        }
        return decimals || (!text.contains(".") && text != "-0")
    }

    private func randomField(_ dice: inout SeededGenerator) -> String {
        let digits = Array("0123456789")
        func some(_ most: Int) -> String { String((0..<dice.below(most + 1)).map { _ in dice.pick(digits) }) }
        // 54 bits, the last of them set.
        var halfWay = dice.next() >> 10
        halfWay |= 1 << 53 | 1
        let shifted = halfWay << UInt64(dice.below(9))
        let nearHalfWay = shifted + UInt64(dice.below(3)) - 1
        let field: String =
            switch dice.below(14) {
            case 0: ""
            case 1: some(17)
            case 2: "-" + some(16)
            case 3: some(6) + "." + some(9)
            case 4: "-" + some(3) + "." + some(12)
            case 5: String((0..<dice.below(18)).map { _ in dice.pick(Array("0123456789.-+eE \u{80}x")) })
            case 6: "0." + some(15)
            case 7: "-" + some(2) + "." + some(22)
            case 8: dice.pick(["0.000000", "-0.", "1.", "9"]) + some(26)
            case 9:
                dice.pick([
                    "9219999999999999999", "92.20000000000000000", "9007199254740993", "-9007199254740992.5",
                ])
            case 10: "\(Double(bitPattern: dice.next()).significand - 1)"
            // Whole numbers half way between two doubles, and their neighbours.
            case 11: String(nearHalfWay)
            case 12: String(halfWay) + dice.pick([".0", ".00", ".01", ".5"])
            default: some(3)
            }
        return dice.oneIn(5) ? "\"\(field)\"" : field
    }

    @Test(arguments: levels, 0..<6)
    func numbersAgreeWithTheStandardLibrary(level: obligor_instructions, seed: Int) {
        var dice = SeededGenerator(seed: UInt64(80 + seed))
        for isCRLF in [false, true] {
            let fields = (0..<200).map { _ in randomField(&dice) }
            for isLast in [false, true] {
                let rows = fields.map { isLast ? "ab,\($0)" : "\($0),ab" }
                let text = rows.map { $0 + (isCRLF ? "\r\n" : "\n") }.joined()
                check(level, fields, text, column: isLast ? 1 : 0)
            }
        }
    }

    private func check(_ level: obligor_instructions, _ fields: [String], _ text: String, column: Int) {
        let block = TextBlock(capacity: text.utf8.count)
        block.append(Array(text.utf8)[...])
        _ = block.index(delimiter: UInt8(ascii: ","))
        let segment = TextBlock.Segment(firstEnd: 1, firstRow: 0, rowCount: fields.count)
        func read<Value: PlainNumber>(_ type: Value.Type) -> ([Value], left: Set<Int>) {
            var values = [Value](repeating: Value.missing, count: fields.count)
            let count = unsafe values.withUnsafeMutableBufferPointer { values in
                unsafe block.readPlain(
                    segment, column: (column, 2), decimal: UInt8(ascii: "."), level: level, into: values)
            }
            return (values, Set(block.scratch.prefix(count).map(Int.init)))
        }
        let (doubles, leftDoubles) = read(Double.self)
        let (floats, leftFloats) = read(Float.self)
        let (integers, leftIntegers) = read(Int64.self)
        for (row, field) in fields.enumerated() {
            let bare = field.count > 2 && field.first == "\"" ? String(field.dropFirst().dropLast()) : field
            #expect(!leftDoubles.contains(row) == isPlain(field, decimals: true), "\(field)")
            if !leftDoubles.contains(row), !bare.isEmpty {
                #expect(doubles[row].bitPattern == Double(bare)?.bitPattern, "\(field)")
            }
            #expect(!leftIntegers.contains(row) == isPlain(field, decimals: false), "\(field)")
            if !leftIntegers.contains(row), !bare.isEmpty {
                #expect(integers[row] == Int64(bare), "\(field)")
            }
            if !leftFloats.contains(row), !bare.isEmpty {
                #expect(floats[row].bitPattern == Float(bare)?.bitPattern, "\(field)")
            }
            if bare.isEmpty, field.isEmpty {
                #expect(doubles[row].isNaN && floats[row].isNaN && integers[row] == Column.missingInteger)
            }
        }
    }

    // MARK: Words, days and flags

    /// Fields of one column of records of two, and what is between the quotation marks of each.
    private func column(
        _ fields: [String], isLast: Bool, isCRLF: Bool
    ) -> (block: TextBlock, segment: TextBlock.Segment, place: (index: Int, count: Int)) {
        let text = fields.map { (isLast ? "ab,\($0)" : "\($0),ab") + (isCRLF ? "\r\n" : "\n") }.joined()
        let block = TextBlock(capacity: text.utf8.count)
        block.append(Array(text.utf8)[...])
        _ = block.index(delimiter: UInt8(ascii: ","))
        return (
            block, TextBlock.Segment(firstEnd: 1, firstRow: 0, rowCount: fields.count), (isLast ? 1 : 0, 2)
        )
    }

    private func content(_ field: String) -> (text: String, isQuoted: Bool) {
        guard field.count >= 2, field.first == "\"" else { return (field, false) }
        return (String(field.dropFirst().dropLast()), true)
    }

    @Test(arguments: 0..<8)
    func wordsAgreeWithADictionary(seed: Int) {
        var dice = SeededGenerator(seed: UInt64(120 + seed))
        let letters = Array("abcdefgh \u{e4}0")
        let words = (0..<[1, 5, 60, 700][seed % 4]).map { _ in
            // Around the lengths of 8, 16 and 32 bytes above all.
            let length = dice.pick([0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 32, 33, 40])
            return String((0..<length).map { _ in dice.pick(letters) })
        }
        func field() -> String {
            let word = dice.oneIn(12) ? "unknown \(dice.below(30))" : dice.pick(words)
            let changed = dice.oneIn(10) ? word + "x" : word
            return dice.oneIn(3) ? "\"\(changed)\"" : changed
        }
        var table = WordTable()
        var known: [String: UInt32] = [:]
        for (code, word) in words.enumerated() where word.utf8.count <= 32 {
            // A quoted word means something else, and some are known in one form only.
            for isQuoted in dice.pick([[false], [true], [false, true]]) {
                let key = isQuoted ? "\"\(word)\"" : word
                let code = UInt32(2 * code + (isQuoted ? 1 : 0))
                let bytes = Array(word.utf8)
                table.add(bytes.span, isQuoted: isQuoted, code: code)
                // What is there already stays.
                if known[key] == nil { known[key] = code }
            }
        }
        for isLast in [false, true] {
            let fields = (0..<500).map { _ in field() }
            let (block, segment, place) = column(fields, isLast: isLast, isCRLF: dice.oneIn(2))
            var codes = [UInt32](repeating: 0, count: fields.count)
            let left = unsafe codes.withUnsafeMutableBufferPointer {
                unsafe block.readWords(segment, column: place, table, into: $0)
            }
            guard let left else {
                #expect(known.isEmpty)
                continue
            }
            let others = block.scratch.prefix(left).map(Int.init)
            #expect(others == fields.indices.filter { known[fields[$0]] == nil })
            for row in Set(fields.indices).subtracting(others) {
                #expect(codes[row] == known[fields[row]], "\(fields[row])")
            }
        }
    }

    @Test(arguments: 0..<6)
    func daysAgreeWithThePlainReader(seed: Int) {
        var dice = SeededGenerator(seed: UInt64(140 + seed))
        func padded(_ value: Int, _ width: Int) -> String {
            String(repeating: "0", count: max(0, width - "\(value)".count)) + "\(value)"
        }
        func field() -> String {
            var text =
                switch dice.below(8) {
                case 0: ""
                case 1: "\(CalendarDay(daysSince1970: Int32(dice.below(4_000_000)) - 800_000))"
                case 2: String((0..<10).map { _ in dice.pick(Array("0123456789-/:. ")) })
                default:
                    "\(padded(dice.below(10_000), 4))-\(padded(dice.below(14), 2))-\(padded(dice.below(34), 2))"
                }
            if dice.oneIn(20), !text.isEmpty { text.removeLast() }
            if dice.oneIn(20) { text += "0" }
            return dice.oneIn(4) ? "\"\(text)\"" : text
        }
        for isLast in [false, true] {
            let fields =
                (0..<600).map { _ in field() }
                + ["0000-02-29", "1900-02-29", "2000-02-29", "1999-02-29", "9999-12-31", "2024-02-30"]
            let (block, segment, place) = column(fields, isLast: isLast, isCRLF: dice.oneIn(2))
            var days = [CalendarDay](repeating: Column.missingDay, count: fields.count)
            let left = unsafe days.withUnsafeMutableBufferPointer {
                unsafe block.readDays(segment, column: place, into: $0)
            }
            let others = block.scratch.prefix(left).map(Int.init)
            let expected = fields.map { field in
                let text = content(field).text
                return text.isEmpty ? Column.missingDay : CalendarDay(iso8601: text)
            }
            #expect(others == expected.indices.filter { expected[$0] == nil })
            for row in Set(fields.indices).subtracting(others) {
                #expect(days[row] == expected[row], "\(fields[row])")
            }
        }
    }

    @Test(arguments: 0..<4, [false, true])
    func flagsAgreeWithThePlainReader(seed: Int, allWords: Bool) {
        var dice = SeededGenerator(seed: UInt64(160 + seed))
        let words = ["true", "FALSE", "True", "yes", "No", "t", "F", "Y", "n", "1", "0", ""]
        func field() -> String {
            var text = dice.pick(words)
            if dice.oneIn(8) { text += dice.pick(["x", " ", "0", "eeeeee", "\u{11}"]) }
            if dice.oneIn(10) {
                text = String((0..<dice.below(9)).map { _ in dice.pick(Array("trufalse10\u{10}\u{54}")) })
            }
            return dice.oneIn(4) ? "\"\(text)\"" : text
        }
        for isLast in [false, true] {
            let fields = (0..<600).map { _ in field() }
            let (block, segment, place) = column(fields, isLast: isLast, isCRLF: dice.oneIn(2))
            var flags = [UInt8](repeating: 7, count: fields.count)
            let left = unsafe flags.withUnsafeMutableBufferPointer {
                unsafe block.readFlags(segment, column: place, allWords: allWords, into: $0)
            }
            let others = block.scratch.prefix(left).map(Int.init)
            let expected = fields.map { field -> UInt8? in
                let bytes = Array(content(field).text.utf8)
                if bytes.isEmpty { return Column.missingFlag }
                return allWords || FlagWord.isPlain(bytes.span) ? FlagWord.value(bytes.span) : nil
            }
            #expect(others == expected.indices.filter { expected[$0] == nil })
            for row in Set(fields.indices).subtracting(others) {
                #expect(flags[row] == expected[row], "\(fields[row])")
            }
        }
    }
}
