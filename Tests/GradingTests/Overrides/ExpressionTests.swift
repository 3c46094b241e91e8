import Foundation
import Statistics
import Tables
import TestSupport
import Testing

@testable import Grading

@Suite("Expressions are read, printed and evaluated")
struct ExpressionTests {
    private func message(_ text: String) -> String {
        do throws(ExpressionError) { return "read as \(try FactExpression(condition: text))" } catch {
            return error.description
        }
    }

    @Test func precedenceIsThatOfArithmetic() throws {
        let text = "not a + 2 * b > 3 or c = 1 and d != 'x'"
        let expected = FactExpression.any([
            .not(
                .comparison(
                    .arithmetic(.plus, .column("a"), .arithmetic(.times, .number(2), .column("b"))), .above,
                    .number(3))),
            .all([
                .comparison(.column("c"), .equal, .number(1)),
                .comparison(.column("d"), .unequal, .text("x")),
            ]),
        ])
        #expect(try FactExpression(text) == expected)
        #expect(try FactExpression("a - b - c > 0") == FactExpression("(a - b) - c > 0"))
        #expect(try FactExpression("a - (b - c) > 0") != FactExpression("a - b - c > 0"))
        #expect(try FactExpression("-2 < a").columns == ["a"])
        #expect(
            try FactExpression("\"days late\" >= max(a, 3) and missing(b)").columns == [
                "days late", "a", "b",
            ])
    }

    @Test func faultsNameThePlace() {
        #expect(
            message("a >") == "'the end' at character 4: a value is expected there")
        #expect(message("a > 'x").hasPrefix("the quotation mark at character 5 is not closed"))
        #expect(message("a > 1.2.3").contains("'1.2.3' at character 5 is not a number"))
        #expect(message("max(a) > 1") == "max() is given 1 values: give 2")
        #expect(message("a + 1").hasSuffix("is not a condition, such as 'judgments >= 2'"))
        #expect(message("(a > 1) + 2 > 3").contains("is not a value"))
        #expect(message("a and b").contains("'a' is not a condition"))
        #expect(message("a > 1 b").contains("'b' at character 7: the end or a sign"))
        #expect(message("a ? 1").contains("'?' at character 3"))
        #expect(message("a in (b)").contains("a number or a text in quotes"))
        let deep = String(repeating: "(", count: 500) + "a" + String(repeating: ")", count: 500)
        #expect(message(deep + " > 1").contains("levels deep"))
        #expect(message(String(repeating: "a", count: 20_000)).contains("shorter text"))
    }

    /// A random expression of bounded depth.
    private func condition(_ random: inout SeededGenerator, depth: Int) -> FactExpression {
        let names = ["x", "y", "k", "flag", "word s", "level", "note", "and"]
        func number(_ random: inout SeededGenerator, depth: Int) -> FactExpression {
            switch random.integer(below: depth > 0 ? 6 : 2) {
            case 0: return .number(Double(random.integer(below: 7)) - 3)
            case 1: return .column(names[random.integer(below: 4)])
            case 2: return .negated(.column(names[random.integer(below: 4)]))
            case 3, 4:
                let sign = FactExpression.Arithmetic.allCases[random.integer(below: 4)]
                return .arithmetic(
                    sign, number(&random, depth: depth - 1), number(&random, depth: depth - 1))
            default:
                let function = FactExpression.Function.allCases[random.integer(below: 6)]
                return .function(
                    function, (0..<function.arity).map { _ in number(&random, depth: depth - 1) })
            }
        }
        switch random.integer(below: depth > 0 ? 8 : 4) {
        case 0, 1:
            let comparison = FactExpression.Comparison.allCases[random.integer(below: 6)]
            return .comparison(
                number(&random, depth: depth), comparison, number(&random, depth: max(0, depth - 1)))
        case 2:
            let isEqual = random.bernoulli(0.5)
            return .comparison(
                .column(random.bernoulli(0.5) ? "level" : "note"), isEqual ? .equal : .unequal,
                .text(["a", "b'c", "z"][random.integer(below: 3)]))
        case 3: return .missing(names[random.integer(below: 7)])
        case 4: return .not(condition(&random, depth: depth - 1))
        case 5: return .all((0..<2).map { _ in condition(&random, depth: depth - 1) })
        case 6: return .any((0..<3).map { _ in condition(&random, depth: depth - 1) })
        default:
            return random.bernoulli(0.5)
                ? .membership(number(&random, depth: 0), [.number(1), .number(-2)])
                : .membership(.column("level"), [.text("a"), .text("q")])
        }
    }

    @Test(arguments: 0..<8)
    func whatIsPrintedReadsBack(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<100 {
            let expression = condition(&random, depth: 3)
            #expect(try FactExpression(condition: "\(expression)") == expression, "\(expression)")
        }
    }

    private func table(_ random: inout SeededGenerator, rows: Int) throws -> Table {
        func sometimes<Value>(_ missing: Value, _ value: (inout SeededGenerator) -> Value) -> [Value] {
            (0..<rows).map { _ in random.bernoulli(0.2) ? missing : value(&random) }
        }
        return try Table(columns: [
            Column(name: "x", values: .double(sometimes(.nan) { Double($0.integer(below: 7)) - 3 })),
            Column(name: "y", values: .float(sometimes(.nan) { Float($0.integer(below: 5)) - 2 })),
            Column(
                name: "k",
                values: .integer(sometimes(Column.missingInteger) { Int64($0.integer(below: 5)) - 2 })),
            Column(
                name: "flag",
                values: .flag(sometimes(Column.missingFlag) { UInt8($0.integer(below: 2)) })),
            Column(
                name: "level",
                values: .category(
                    codes: sometimes(Column.missingCode) { UInt32($0.integer(below: 3)) },
                    levels: ["a", "b'c", "other"])),
            Column(name: "note", values: .text(sometimes(nil) { ["a", "b'c"][$0.integer(below: 2)] })),
            Column(name: "word s", values: .double(sometimes(.nan) { _ in 1 })),
        ])
    }

    /// Kleene's logic row by row, as a textbook has it: nil is unknown.
    private func truth(_ expression: FactExpression, _ table: Table, _ row: Int) -> Bool? {
        func value(_ expression: FactExpression) -> Double? {
            func known(_ value: Double) -> Double? { value.isNaN || value.isInfinite ? nil : value }
            switch expression {
            case .number(let number): return number
            case .column(let name):
                guard let number = table[name]?.doubles?[row] else { return nil }
                return known(number)
            case .negated(let inner): return value(inner).map { -$0 }
            case .arithmetic(let sign, let left, let right):
                guard let left = value(left), let right = value(right) else { return nil }
                switch sign {
                case .plus: return left + right
                case .minus: return left - right
                case .times: return left * right
                case .over: return right == 0 ? nil : left / right
                }
            case .function(let function, let parts):
                if function == .otherwise { return value(parts[0]) ?? value(parts[1]) }
                let numbers = parts.map(value)
                guard let first = numbers[0], let last = numbers[numbers.count - 1] else { return nil }
                switch function {
                case .absolute: return abs(first)
                case .exponential: return known(exp(first))
                case .logarithm: return known(log(first))
                case .smallest: return min(first, last)
                case .largest: return max(first, last)
                case .otherwise: return first
                }
            default: return nil
            }
        }
        switch expression {
        case .always(let truth): return truth
        case .not(let inner): return truth(inner, table, row).map { !$0 }
        case .all(let parts):
            let truths = parts.map { truth($0, table, row) }
            return truths.contains(false) ? false : truths.contains(nil) ? nil : true
        case .any(let parts):
            let truths = parts.map { truth($0, table, row) }
            return truths.contains(true) ? true : truths.contains(nil) ? nil : false
        case .missing(let name): return table[name]?.isMissing(row)
        case .comparison(let left, let comparison, let right):
            if case .column(let name) = left, case .text(let text) = right {
                return table[name]?.text(at: row).map { ($0 == text) == (comparison == .equal) }
            }
            guard let left = value(left), let right = value(right) else { return nil }
            switch comparison {
            case .below: return left < right
            case .atMost: return left <= right
            case .equal: return left == right
            case .unequal: return left != right
            case .atLeast: return left >= right
            case .above: return left > right
            }
        case .membership(let inner, let members):
            if members.contains(.text("a")) {
                return table["level"]?.text(at: row).map { members.contains(.text($0)) }
            }
            return value(inner).map { members.contains(.number($0)) }
        default: return nil
        }
    }

    @Test(arguments: 0..<12)
    func compiledConditionsAgreeWithKleenesLogicRowByRow(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(100 + seed))
        let table = try table(&random, rows: 150)
        for _ in 0..<30 {
            let expression = condition(&random, depth: 3)
            let bound = try BoundCondition(expression, in: table)
            // A range that starts and ends inside words.
            let rows = 5..<141
            let bits = bound.bits(rows)
            for row in rows {
                let place = row - rows.lowerBound
                let isTrue = bits[place / 64] >> UInt64(place % 64) & 1 == 1
                #expect(isTrue == (truth(expression, table, row) == true), "\(expression), row \(row)")
            }
        }
    }

    @Test func columnsMustBeThereAndFit() throws {
        var random = SeededGenerator(seed: 1)
        let table = try table(&random, rows: 3)
        func error(_ text: String) throws -> String {
            let expression = try FactExpression(condition: text)
            do throws(ExpressionError) {
                _ = try BoundCondition(expression, in: table)
                return "none"
            } catch { return error.description }
        }
        #expect(try error("zzz > 1").hasPrefix("no column 'zzz' in the data: there are x, y"))
        #expect(try error("level > 1") == "column 'level' holds no numbers")
        #expect(try error("x = 'a'") == "column 'x' holds no texts")
        #expect(try error("level < 'a'").contains("use = or !="))
        #expect(try error("x + 1 = 'a'").contains("is not a column of texts"))
        #expect(try error("level in ('a', 1)").contains("a list of one kind"))
        #expect(try error("'a' = level") == "none")
        let empty = try Table(columns: [Column(name: "x", values: .text([nil, nil]))])
        #expect(
            try BoundCondition(FactExpression(condition: "x > 1 or missing(x)"), in: empty).bits(0..<2) == [3]
        )
    }

    @Test(arguments: 0..<6)
    func injuriesAreErrorsNeverTraps(seed: Int) throws {
        let texts = [
            "not (bureau_judgments >= 2 and missing(\"a b\")) or -x / (1e3 - .5) < max(abs(y), 3)",
            "industry in ('construction', 'it''s') and default(z, -1) != 0",
        ]
        var mutator = Mutator(
            SeededGenerator(seed: UInt64(seed)),
            splices: ["(", ")", "'", "\"", " in (", " and ", "1e999", "--"])
        for round in 0..<300 {
            let damaged = mutator.damaged(Array(texts[round % 2].utf8))
            let text = String(decoding: damaged, as: UTF8.self)
            switch Result(catching: { () throws(ExpressionError) in try FactExpression(text) }) {
            case .success(let expression):
                #expect(try FactExpression("\(expression)") == expression, "\(text)")
            case .failure(let error): #expect(!error.description.isEmpty)
            }
        }
    }
}

@Suite("Comparison kernels give the same bits")
struct ConditionKernelTests {
    private static let awkward: [Double] = [
        .nan, .infinity, -.infinity, 0, -0.0, 1, -1, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 0.5,
    ]

    @Test(arguments: [1, 63, 64, 65, 130, 1000])
    func forAnyInstructionsAndLength(count: Int) {
        var random = SeededGenerator(seed: UInt64(count))
        func values() -> [Double] {
            (0..<count).map { _ in
                random.bernoulli(0.5) ? Self.awkward[random.integer(below: 10)] : random.uniform()
            }
        }
        let (left, right) = (values(), values())
        let floats = left.map(Float.init)
        for question in ConditionKernel.Question.allCases {
            let plain = ConditionKernel.bits(question, left.span, 0.5, instructions: .plain)
            let columns = ConditionKernel.bits(question, left.span, right.span, instructions: .plain)
            for row in 0..<count {
                #expect((plain[row / 64] >> UInt64(row % 64) & 1 == 1) == holds(question, left[row], 0.5))
                #expect(
                    (columns[row / 64] >> UInt64(row % 64) & 1 == 1) == holds(question, left[row], right[row])
                )
            }
            let widened = floats.map(Double.init)
            let plainFloats = ConditionKernel.bits(question, widened.span, 0.5, instructions: .plain)
            for instructions in ConditionKernel.Instructions.allCases
            where instructions.rawValue <= ConditionKernel.Instructions.widest.rawValue {
                // Outside of the macro: the compiler does not survive spans within it.
                let wide = ConditionKernel.bits(question, left.span, 0.5, instructions: instructions)
                let wideColumns = ConditionKernel.bits(
                    question, left.span, right.span, instructions: instructions)
                let wideFloats = ConditionKernel.bits(question, floats.span, 0.5, instructions: instructions)
                #expect(wide == plain && wideColumns == columns && wideFloats == plainFloats)
            }
        }
        for instructions in ConditionKernel.Instructions.allCases
        where instructions.rawValue <= ConditionKernel.Instructions.widest.rawValue {
            var reached = [UInt8](repeating: 7, count: count)
            var span = reached.mutableSpan
            ConditionKernel.reachedBounds(
                left.span, bounds: [-1, 0, 0.25, 0.5, 1], into: &span, instructions: instructions)
            for row in 0..<count {
                #expect(Int(reached[row]) == [-1, 0, 0.25, 0.5, 1].count { left[row] >= $0 })
            }
        }
    }

    @Test func theFirstThatIsNoFractionIsFound() {
        var random = SeededGenerator(seed: 3)
        for instructions in ConditionKernel.Instructions.allCases
        where instructions.rawValue <= ConditionKernel.Instructions.widest.rawValue {
            for count in [0, 1, 7, 8, 9, 64, 1_000] {
                let pds = (0..<count).map { $0 == 0 ? 0 : $0 == 1 ? 1 : $0 == 2 ? -0.0 : random.uniform() }
                let none = ConditionKernel.firstNoFraction(pds.span, instructions: instructions)
                #expect(none == nil)
                for place in [0, 6, 8, 500, count - 1] where place >= 0 && place < count {
                    for wrong in [.nan, .infinity, -1e-300, 1.0.nextUp] {
                        var other = pds
                        other[place] = wrong
                        other[count - 1] = wrong
                        let found = ConditionKernel.firstNoFraction(other.span, instructions: instructions)
                        #expect(found == place)
                    }
                }
            }
        }
    }

    private func holds(_ question: ConditionKernel.Question, _ left: Double, _ right: Double) -> Bool {
        switch question {
        case .below: left < right
        case .atMost: left <= right
        case .equal: left == right
        case .unequal: left < right || left > right
        case .atLeast: left >= right
        case .above: left > right
        case .missing: left.isNaN
        case .present: !left.isNaN
        }
    }
}
