import Foundation
import Parallelism
import Statistics
import StrictYAML
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Grading

@Suite("Rules and experts move grades step by step")
struct GraderTests {
    private static let asOf = AsOf(CalendarDay(daysSince1970: 19_813))

    static func rules(_ text: String) throws -> RuleSet {
        try RuleSet(yaml: YAMLReader().read(text, named: "rules.yaml"))
    }

    private static func experts(_ text: String) throws -> ExpertOverrides {
        try ExpertOverrides(yaml: YAMLReader().read(text, named: "experts.yaml"))
    }

    private static let threeRules = """
        rules: 1
        name: three
        maximum_notches: 2
        checks:
          - {name: judged, when: judgments >= 1, down: 1, reason: a judgment}
          - {name: judged again, when: judgments >= 2, down: 2, reason: judgments}
          - {name: guaranteed, when: guaranteed = 1, up: 1, reason: a guarantee}
          - {name: listed, when: listed = 1, cap: CCC, binding: true, reason: on the list}
          - {name: unseen, when: missing(judgments), documents: true, reason: no bureau record}
        """

    private static func facts(_ judgments: [Double], guaranteed: [Double], listed: [Double]) throws -> Table {
        try Table(columns: [
            Column(name: "judgments", values: .double(judgments)),
            Column(name: "guaranteed", values: .double(guaranteed)),
            Column(name: "listed", values: .double(listed)),
        ])
    }

    @Test func everyStepIsRecorded() throws {
        let grader = Grader(
            scale: .standard, rules: try Self.rules(Self.threeRules),
            experts: try Self.experts(
                """
                overrides: 1
                maximum_notches: 2
                entries:
                  - {obligor: b, up: 1, author: ann, reason: knows them, decided: 2024-01-01, expires: 2024-12-31}
                  - {obligor: c, grade: AAA, author: ben, reason: hope, decided: 2024-03-01, expires: 2024-12-31}
                  - {obligor: d, down: 1, author: ann, reason: over, decided: 2023-01-01, expires: 2024-03-30}
                """))
        // Raw grades: A, A, A, A, A.
        let portfolio = try grader.grade(
            pds: [Double](repeating: 0.002, count: 5),
            facts: try Self.facts(
                [0, 3, 0, .nan, 1], guaranteed: [1, 0, 0, 0, 0], listed: [0, 0, 1, 0, 0]),
            ids: Column(name: "id", values: .text(["a", "b", "c", "d", "e"])),
            inDefault: [false, false, false, false, true], asOf: Self.asOf)
        var paths: [[RatingStep]] = []
        portfolio.forEachPath { row, steps in
            #expect(row == paths.count)
            paths.append(steps)
        }
        func grades(_ row: Int) -> [String] {
            paths[row].map { "\($0.stage) \($0.from)>\($0.to) \($0.effect)" }
        }
        #expect(grades(0) == ["raw A>A none", "rule A>AA notch", "final AA>AA none"])
        // One notch, then the second rule is held at the two that all may cost; the expert gives one back.
        #expect(
            grades(1) == [
                "raw A>A none", "rule A>BBB notch", "rule BBB>BB notch", "expert BB>BBB notch",
                "final BBB>BBB none",
            ])
        // The cap binds the expert.
        #expect(grades(2) == ["raw A>A none", "rule A>CCC cap", "expert CCC>CCC none", "final CCC>CCC none"])
        #expect(paths[2][2].author == "ben" && paths[2][2].reason == "hope (held at what experts may do)")
        #expect(paths[2][2].expires == CalendarDay(year: 2024, month: 12, day: 31))
        // The decision on d ended the day before.
        #expect(grades(3) == ["raw A>A none", "rule A>A documents", "final A>A none"])
        // Default overrules all.
        #expect(grades(4) == ["raw A>A none", "rule A>BBB notch", "final BBB>D cap"])
        for (row, steps) in paths.enumerated() {
            #expect(steps.last?.to == portfolio.finalGrade(row) && steps.first?.to == portfolio.rawGrade(row))
            for (step, next) in zip(steps, steps.dropFirst()) { #expect(step.to == next.from) }
        }
    }

    @Test func rulesNeverGiveDAndNeverLeaveTheScale() throws {
        for grade in Grade.performing {
            for notches in -12...12 {
                let moved = RuleEffect.notch(notches).grade(from: grade)
                #expect(moved != .d && moved.rank == min(max(grade.rank + notches, 0), 8))
            }
            #expect(RuleEffect.cap(.b).grade(from: grade) == max(grade, .b))
            #expect(RuleEffect.block.grade(from: grade) == grade)
        }
        #expect(
            RuleEffect.notch(.max).grade(from: .c) == .c && RuleEffect.notch(.min).grade(from: .c) == .aaa)
        #expect(RuleEffect.notch(-3).grade(from: .d) == .d)
        // Nor by way of the interface: a cap at D is one at C.
        #expect(RuleEffect.cap(.d).grade(from: .a) == .c)
        let rule = RatingRule(name: "r", condition: .always(true), effect: .cap(.d), reason: "r")
        #expect(rule.effect == .cap(.c))
    }

    @Test func expertsAreHeldAtTheirNotches() {
        let experts = ExpertOverrides(entries: [], maximumNotches: 2)
        #expect(experts.grade(from: .b, by: .grade(.aaa)) == .bbb)
        #expect(experts.grade(from: .b, by: .grade(.c)) == .cc)
        #expect(experts.grade(from: .b, by: .notch(-1)) == .bb)
        #expect(experts.grade(from: .b, by: .notch(-1), cap: .b) == .b)
        // A binding cap that the grade is better than, by an earlier guarantee, is no reason to make it worse.
        #expect(experts.grade(from: .a, by: .notch(-1), cap: .b) == .a)
        #expect(experts.grade(from: .d, by: .grade(.aaa)) == .d)
        // A decision may allow less than experts may, and no more.
        for (most, end) in [(1, Grade.bb), (5, .bbb)] {
            let override = ExpertOverride(
                obligor: ObligorID("a"), decision: .grade(.aaa), author: "x", reason: "r",
                decided: CalendarDay(daysSince1970: 0), expires: CalendarDay(daysSince1970: 9),
                maximumNotches: most)
            #expect(experts.grade(from: .b, by: override) == end && experts.reach(of: override) <= 2)
        }
    }

    @Test func theLatestDecisionInForceCounts() throws {
        let experts = try Self.experts(
            """
            overrides: 1
            maximum_notches: 8
            entries:
              - {obligor: a, grade: B, author: x, reason: r, decided: 2024-02-01, expires: 2024-12-31}
              - {obligor: a, grade: BB, author: y, reason: r, decided: 2024-01-01, expires: 2024-12-31}
              - {obligor: a, grade: C, author: z, reason: r, decided: 2024-04-01, expires: 2024-12-31}
            """)
        #expect(experts.inForce(on: Self.asOf)[ObligorID("a")]?.author == "x")
        #expect(experts.inForce(on: AsOf(CalendarDay(daysSince1970: 0))).isEmpty)
    }

    @Test func theSameForAnyNumberOfThreadsAndAcrossBlocks() throws {
        var random = SeededGenerator(seed: 3)
        let rows = 2 * Grader.blockRows + 77
        let pds = (0..<rows).map { _ in pow(random.uniform(), 3) }
        let table = try Self.facts(
            (0..<rows).map { _ in random.bernoulli(0.1) ? .nan : Double(random.integer(below: 4)) },
            guaranteed: (0..<rows).map { _ in random.bernoulli(0.1) ? 1 : 0 },
            listed: (0..<rows).map { _ in random.bernoulli(0.02) ? 1 : 0 })
        let set = try Self.rules(Self.threeRules)
        let grader = Grader(scale: .standard, rules: set)
        let one = try grader.grade(pds: pds, facts: table, asOf: Self.asOf)
        let four = try grader.grade(pds: pds, facts: table, asOf: Self.asOf, workers: Workers(threads: 4))
        #expect(one.rows == four.rows && one.hits() == four.hits())
        let columns = ["judgments", "guaranteed", "listed"].map { table[$0]?.doubles ?? [] }
        var wrong = 0
        for row in 0..<rows {
            if one.rawGrade(row) != MasterScale.standard.grade(ofPD: pds[row]) { wrong += 1 }
            // The rules by hand.
            let judgments = columns[0][row]
            var rank = one.rawGrade(row).rank + (judgments >= 2 ? 2 : judgments >= 1 ? 1 : 0)
            rank = min(rank, 8)
            if columns[1][row] == 1 { rank = max(0, rank - 1) }
            if columns[2][row] == 1 { rank = max(rank, Grade.ccc.rank) }
            if one.finalGrade(row).rank != rank { wrong += 1 }
        }
        #expect(wrong == 0)
        #expect(one.hits().map(\.row) == one.hits().map(\.row).sorted())
    }

    /// A condition that two rules share is asked once; each acts on its own.
    @Test func rulesThatAskTheSameBothAct() throws {
        let rules = try Self.rules(
            """
            rules: 1
            name: n
            checks:
              - {name: held, when: listed = 1, cap: CCC, reason: r}
              - {name: other, when: guaranteed = 1, down: 1, reason: r}
              - {name: stopped, when: listed = 1, block: true, reason: r}
              - {name: again, when: listed = 1, down: 1, reason: r}
            """)
        let rows = 150
        let listed = (0..<rows).map { $0 % 3 == 0 ? 1.0 : 0 }
        let graded = try Grader(scale: .standard, rules: rules).grade(
            pds: [Double](repeating: 0.001, count: rows),
            facts: try Self.facts(
                [Double](repeating: 0, count: rows), guaranteed: (0..<rows).map { $0 % 2 == 0 ? 1 : 0 },
                listed: listed), asOf: Self.asOf)
        #expect(graded.rows(under: .block) == (0..<rows).filter { $0 % 3 == 0 })
        let acting: [[UInt16]] = [[0, 1, 2, 3], [], [1], [0, 2, 3], [1], []]
        for (row, rules) in acting.enumerated() {
            #expect(graded.hits().filter { $0.row == row }.map(\.rule) == rules)
        }
        #expect(graded.finalGrade(3) == .cc && graded.finalGrade(1) == graded.rawGrade(1))
    }

    /// Everything at once over three blocks, held to grading each row by itself.
    @Test func blocksOfAPolicyWithExpertsAndDefaultsDoWhatSingleRowsDo() throws {
        var random = SeededGenerator(seed: 17)
        let block = Grader.blockRows
        let rows = 2 * block + 77
        let pds = (0..<rows).map { _ in pow(random.uniform(), 3) }
        func amounts(_ mean: Double) -> [Double] {
            (0..<rows).map { _ in random.bernoulli(0.2) ? .nan : exp(random.normal(mean: mean)) }
        }
        let table = try Table(
            columns: Self.facts(
                (0..<rows).map { _ in random.bernoulli(0.1) ? .nan : Double(random.integer(below: 4)) },
                guaranteed: (0..<rows).map { _ in random.bernoulli(0.1) ? 1 : 0 },
                listed: (0..<rows).map { _ in random.bernoulli(0.02) ? 1 : 0 }
            ).columns + [
                Column(name: "equity", values: .double(amounts(12))),
                Column(name: "sales", values: .double(amounts(14))),
                Column(name: "exposure", values: .double(amounts(9))),
                Column(
                    name: "months_since_first_invoice",
                    values: .double((0..<rows).map { _ in random.uniform(from: 0, to: 40) })),
                Column(name: "group", values: .text([String?](repeating: nil, count: rows))),
            ])
        let decided = [0, block - 1, block, rows - 1]
        let entries = decided.enumerated().map {
            let decision = ["up: 2", "grade: CC", "down: 1", "grade: AAA"][$0.offset]
            return
                "  - {obligor: o\($0.element), \(decision), author: a, reason: r, decided: 2024-01-01, expires: 2024-12-31}"
        }
        let grader = Grader(
            scale: .standard,
            rules: try Self.rules(
                Self.threeRules + "\n  - {name: heavy, when: exposure > 50000, block: true, reason: much}"),
            experts: try Self.experts(
                "overrides: 1\nmaximum_notches: 2\nentries:\n" + entries.joined(separator: "\n") + "\n"),
            policy: try CreditPolicyTests.policy())
        let names = (0..<rows).map { Optional("o\($0)") }
        let inDefault = (0..<rows).map { _ in random.bernoulli(0.03) }
        func graded(_ rows: [Int], _ workers: Workers) throws -> GradedPortfolio {
            try grader.grade(
                pds: rows.map { pds[$0] }, facts: table.gathered(rows),
                ids: Column(name: "id", values: .text(rows.map { names[$0] })),
                inDefault: rows.map { inDefault[$0] }, asOf: Self.asOf, workers: workers)
        }
        let whole = try graded(Array(0..<rows), .single)
        #expect(try graded(Array(0..<rows), Workers(threads: 4)).rows == whole.rows)
        #expect(whole.expertHits.map(\.row) == decided)
        let hits = Dictionary(grouping: whole.hits(), by: \.row)
        for row in Array(stride(from: 0, to: rows, by: 131)) + decided + [
            block + 1, 2 * block - 1, 2 * block,
        ] {
            let single = try graded([row], .single)
            #expect(whole.rows[row] == single.rows[0], "row \(row)")
            #expect((hits[UInt32(row)] ?? []).map(\.rule) == single.hits().map(\.rule), "row \(row)")
            #expect(whole.finalGrade(row) == .d || !inDefault[row])
        }
        #expect(
            whole.rows(under: .block) == (0..<rows).filter { (table["exposure"]?.doubles?[$0] ?? 0) > 50_000 }
        )
        // The first PD that is no fraction is named by its row, beyond the first block too.
        var broken = pds
        (broken[block + 70], broken[rows - 1]) = (.nan, 2)
        for workers in [Workers.single, Workers(threads: 4)] {
            let error = #expect(throws: GradingError.self) {
                try Grader(scale: .standard).grade(
                    pds: broken, facts: Table(columns: []), asOf: Self.asOf, workers: workers)
            }
            guard case .badPD(let row, _)? = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
            #expect(row == block + 70)
        }
    }

    @Test func whatCannotBeGradedIsNamed() throws {
        let empty = try Table(columns: [])
        for (pd, name) in [(Double.nan, "missing"), (1.5, "1.5"), (-0.1, "-0.1"), (.infinity, "inf")] {
            let error = #expect(throws: GradingError.self) {
                try Grader(scale: .standard).grade(pds: [0.5, pd], facts: empty, asOf: Self.asOf)
            }
            #expect(error?.description == "the PD of row 2 is \(name): give a fraction from 0 to 1")
        }
        let grader = Grader(scale: .standard, rules: try Self.rules(Self.threeRules))
        let error = #expect(throws: GradingError.self) {
            try grader.grade(pds: [], facts: empty, asOf: Self.asOf)
        }
        #expect(error?.description.hasPrefix("rule 'judged': no column 'judgments'") == true)
        #expect(try Grader(scale: .standard).grade(pds: [], facts: empty, asOf: Self.asOf).count == 0)
        let all = try Grader(scale: .standard).grade(pds: [0, 1], facts: empty, asOf: Self.asOf)
        #expect(all.finalGrade(0) == .aaa && all.finalGrade(1) == .c)
    }
}

@Suite("Rules act in their order, many rows at once")
struct RuleKernelTests {
    private static let effects: [RuleEffect] = [
        .cap(.d), .cap(.ccc), .notch(2), .notch(-1), .block, .documents, .notch(1), .cap(.a), .notch(-4),
        .notch(8),
        .cap(.bb), .notch(3), .notch(.min), .notch(.max),
    ]

    @Test(arguments: ConditionKernel.Instructions.allCases, [0, 1, 63, 64, 65, 1_000])
    func kernelsDoWhatOneRuleAfterTheOtherDoes(
        instructions: ConditionKernel.Instructions, rows: Int
    ) throws {
        guard instructions.rawValue <= ConditionKernel.Instructions.widest.rawValue else {
            try Test.cancel("needs a processor with \(instructions)")
        }
        var random = SeededGenerator(seed: UInt64(rows))
        for maximum in [0, 3, 8, 255] {
            let effects = (0..<40).map { _ in Self.effects[random.integer(below: Self.effects.count)] }
            let planned = effects.map {
                PlannedEffect(RatingRule(name: "r", condition: .always(true), effect: $0, reason: "r"))
            }
            let words = (rows + 63) / 64
            var masks = [UInt64](repeating: 0, count: planned.count * words)
            for rule in planned.indices {
                for row in 0..<rows where random.bernoulli(0.1) {
                    masks[rule * words + row / 64] |= 1 << UInt64(row % 64)
                }
            }
            let raw = (0..<rows).map { _ in UInt8(random.integer(below: 9)) }
            var ranks = raw
            var blocked = (0..<words).map { _ in random.next() & 1 }
            let before = blocked
            ConditionKernel.apply(
                planned, masks: masks, maximumNotches: maximum, to: &ranks, blocked: &blocked,
                instructions: instructions)
            for row in 0..<rows {
                // By what effects say of themselves, with the notches down held at the most that all may cost.
                var grade = Grade.performing[Int(raw[row])]
                var (left, isBlocked) = (maximum, before[row / 64] >> UInt64(row % 64) & 1 == 1)
                for (rule, effect) in effects.enumerated()
                where masks[rule * words + row / 64] >> UInt64(row % 64) & 1 == 1 {
                    if case .notch(let notches) = effect, notches > 0 {
                        let held = min(notches, Grade.performing.count, left)
                        left -= held
                        grade = RuleEffect.notch(held).grade(from: grade)
                    } else {
                        grade = effect.grade(from: grade)
                    }
                    if effect == .block { isBlocked = true }
                }
                #expect(Int(ranks[row]) == grade.rank)
                #expect((blocked[row / 64] >> UInt64(row % 64) & 1 == 1) == isBlocked)
            }
        }
    }

    /// More rules than a word has bits, over more rows than a block has.
    @Test func everyActIsRecordedInOrder() throws {
        var random = SeededGenerator(seed: 8)
        let rows = Grader.blockRows + 100
        let facts = (0..<rows).map { _ in Double(random.integer(below: 150)) }
        let rules = RuleSet(
            name: "many",
            rules: try (0..<150).map { number in
                RatingRule(
                    name: "r\(number)",
                    condition: try FactExpression(condition: "x = \(number) or x = \(149 - number)"),
                    effect: Self.effects[number % 7], reason: "r")
            }, maximumNotches: 2)
        let graded = try Grader(scale: .standard, rules: rules).grade(
            pds: (0..<rows).map { _ in random.uniform() },
            facts: Table(columns: [Column(name: "x", values: .double(facts))]),
            asOf: AsOf(CalendarDay(daysSince1970: 0)))
        let hits = graded.hits()
        #expect(hits.count == 2 * rows && graded.hitCount == hits.count)
        for row in 0..<rows {
            let (first, second) = (hits[2 * row], hits[2 * row + 1])
            let number = Int(facts[row])
            #expect(first.row == UInt32(row) && second.row == UInt32(row))
            #expect(Int(first.rule) == min(number, 149 - number))
            #expect(Int(second.rule) == max(number, 149 - number))
            #expect(first.from == graded.rows[row].rawRank && first.to == second.from)
            #expect(second.to == graded.rows[row].finalRank)
        }
    }
}

@Suite("Rules and overrides are read strictly")
struct RuleReadingTests {
    private func message(_ text: String) -> String {
        do throws(YAMLError) {
            return "\(try RuleSet(yaml: YAMLReader().read(text, named: "r.yaml")).rules.count) rules"
        } catch { return error.description }
    }

    private func rule(_ line: String) -> String { "rules: 1\nname: n\nchecks:\n  - {\(line)}\n" }

    @Test func faultsNameTheLine() {
        #expect(message(rule("name: a, when: x > 1, cap: B, reason: r")) == "1 rules")
        #expect(
            message(rule("name: a, when: x >, cap: B, reason: r"))
                == "r.yaml:4:21: 'checks[0].when' is 'x >', expected a condition such as 'judgments >= 2': "
                + "'the end' at character 4: a value is expected there")
        #expect(
            message(rule("name: a, when: x > 1, cap: D, reason: r")).contains("D is given by default alone"))
        #expect(message(rule("name: a, when: x > 1, reason: r")).contains("expected one effect"))
        #expect(
            message(rule("name: a, when: x > 1, cap: B, down: 1, reason: r")).contains("expected one effect"))
        #expect(message(rule("name: a, when: x > 1, cap: B")).contains("key 'reason' is missing"))
        #expect(message(rule("name: a, when: x > 1, cap: B, reson: r")).contains("is 'reson' meant for it?"))
        #expect(message(rule("name: a, when: x > 1, down: 9, reason: r")).contains("from 1 to 8"))
        #expect(
            message(
                rule("name: a, when: x > 1, block: true, reason: r")
                    + "  - {name: a, when: y > 1, cap: B, reason: r}\n"
            )
            .contains("a name that no other rule has"))
        #expect(message("rules: 2\nname: n\nchecks: []\n").contains("from 1 to 1"))
    }

    @Test func aReasonMayStandInSeveralLanguages() throws {
        let text = rule("name: a, when: x > 1, cap: B, reason: {en: tax arrears, zh-Hans: 欠缴税款}")
        let read = try RuleSet(yaml: YAMLReader().read(text, named: "r.yaml")).rules[0]
        #expect(read.reason == "tax arrears" && read.translations == ["zh-Hans": "欠缴税款"])
        #expect(
            message(rule("name: a, when: x > 1, cap: B, reason: {zh-Hans: 欠缴税款}"))
                .contains("key 'en' is missing"))
        #expect(
            message(rule("name: a, when: x > 1, cap: B, reason: {en: r, 'zh Hans': 欠}"))
                .contains("a language such as zh-Hans"))
        #expect(
            message(rule("name: a, when: x > 1, cap: B, reason: {en: r, de: ''}"))
                .contains("text that is not empty"))
    }

    @Test func overridesNeedAuthorReasonAndAnEnd() {
        func message(_ entry: String) -> String {
            let text = "overrides: 1\nmaximum_notches: 2\nentries:\n  - {\(entry)}\n"
            do throws(YAMLError) {
                return
                    "\(try ExpertOverrides(yaml: YAMLReader().read(text, named: "o.yaml")).entries.count) read"
            } catch { return error.description }
        }
        let sound = "obligor: '007', grade: B, author: a, reason: r, decided: 2024-01-01, expires: 2024-06-30"
        #expect(message(sound) == "1 read")
        #expect(message(sound.replacing(", author: a", with: "")).contains("'author' is missing"))
        #expect(
            message(sound.replacing("2024-06-30", with: "2023-06-30")).contains("a day from 2024-01-01 on"))
        #expect(message(sound.replacing("2024-06-30", with: "2024-06-31")).contains("a day such as"))
        #expect(
            message(sound.replacing("grade: B", with: "grade: D")).contains("D is given by default alone"))
        #expect(message(sound.replacing("grade: B", with: "grade: B, up: 1")).contains("one decision"))
    }

    private static let shipped = Golden.checkout.appending(path: "models/policies")

    @Test func theShippedFilesAreRead() throws {
        let rules = try RuleSet(yaml: YAMLReader().read(Self.shipped.appending(path: "bureau_rules.yaml")))
        #expect(rules.rules.count == 16 && rules.columns.contains("guarantees_to_assets"))
        #expect(rules.rules.allSatisfy { $0.translations["zh-Hans"] != nil })
        let experts = try ExpertOverrides(
            yaml: YAMLReader().read(Self.shipped.appending(path: "expert_overrides.yaml")))
        #expect(experts.entries.count == 1 && experts.maximumNotches == 2)
    }

    @Test(arguments: 0..<4)
    func injuriesAreErrorsNeverTraps(seed: Int) throws {
        let names = ["bureau_rules.yaml", "trade_credit.yaml", "expert_overrides.yaml"]
        let texts = try names.map {
            try Array(Data(contentsOf: Self.shipped.appending(path: $0)))
        }
        var mutator = Mutator(
            SeededGenerator(seed: UInt64(seed)), splices: ["cap: ", "when: ", "1e300", "-1", "{", "AAA: "])
        for round in 0..<60 {
            let damaged = mutator.damaged(texts[round % 3])
            do throws(YAMLError) {
                let document = try YAMLReader().read(damaged, named: "d.yaml")
                switch round % 3 {
                case 0: _ = try RuleSet(yaml: document)
                case 1: _ = try CreditPolicy(yaml: document)
                default: _ = try ExpertOverrides(yaml: document)
                }
            } catch { #expect(!error.description.isEmpty) }
        }
    }
}
