import Foundation
import Parallelism
import Statistics
import StrictYAML
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Grading

@Suite("A policy grants limits and terms")
struct CreditPolicyTests {
    private static let asOf = AsOf(CalendarDay(daysSince1970: 19_813))
    private static let file = Golden.checkout.appending(path: "models/policies/trade_credit.yaml")

    static func policy(_ changes: [(String, String)] = []) throws -> CreditPolicy {
        var text = try String(contentsOf: file, encoding: .utf8)
        for (old, new) in [
            ("exp(log_assets) * equity_ratio", "equity"), ("exp(log_assets) * asset_turnover", "sales"),
        ]
            + changes
        {
            #expect(text.contains(old))
            text = text.replacing(old, with: new)
        }
        return try CreditPolicy(yaml: YAMLReader().read(text, named: "p.yaml"))
    }

    private static func facts(
        equity: [Double], sales: [Double], exposure: [Double], months: [Double], groups: [String?]? = nil
    ) throws -> Table {
        try Table(
            columns: [
                Column(name: "equity", values: .double(equity)),
                Column(name: "sales", values: .double(sales)),
                Column(name: "exposure", values: .double(exposure)),
                Column(name: "months_since_first_invoice", values: .double(months)),
                Column(
                    name: "group", values: .text(groups ?? [String?](repeating: nil, count: equity.count))),
            ])
    }

    @Test func limitsAreTheSmallestOfThreeRoundedDown() throws {
        let grader = Grader(scale: .standard, policy: try Self.policy())
        // All BBB (PD 0.5 %): 12 % of own capital, 3 % of turnover, at most 600,000, steps of 500.
        let portfolio = try grader.grade(
            pds: [Double](repeating: 0.005, count: 8),
            facts: try Self.facts(
                equity: [100_000, 1e9, 1e9, .nan, 100_000, .nan, -5, 100_000],
                sales: [1e9, 1_000_000, 1e12, 500_000, .nan, .nan, 1e6, 1e9],
                exposure: [0, 0, 700_000, 0, 20_000, 0, 0, 1_000],
                months: [99, 99, 99, 99, 99, 99, 99, 3]), asOf: Self.asOf)
        let granted = portfolio.rows
        #expect(
            granted.map(\.limit)
                == [12_000, 30_000, 600_000, 15_000, 12_000, 15_000, 0, 6_000].map { Int64($0) * 100 })
        #expect(granted.map(\.termsDays) == [30, 30, 30, 30, 30, 30, 30, 15])
        #expect(granted[2].available == 0 && granted[4].available == 0 && granted[7].available == 500_000)
        // PD 0.5 %, LGD 50 %: 0.0025 of 700,000.00.
        #expect(granted[2].expectedLoss == 175_000)
        let totals = try #require(portfolio.totals)
        #expect(totals.total.obligors == 8 && totals.grades[Grade.bbb.rank] == totals.total)
        #expect(totals.total.limit == granted.reduce(0) { $0 + $1.limit })
        #expect(totals.total.overLimit == 2 && totals.total.excess == 100_000_00 + 8_000_00)
    }

    @Test func sharesOfAmountsAreExact() {
        // 0.29 · 100 is 28.999999999999996 in doubles.
        #expect(CreditPolicy.share(290_000, of: 10_000) == 2_900)
        #expect(CreditPolicy.share(1, of: 999_999) == 0)
        #expect(CreditPolicy.share(1_000_000, of: 1 << 51) == 1 << 51)
        #expect(CreditPolicy.share(.max, of: 1 << 51) == 1 << 51)
        var random = SeededGenerator(seed: 9)
        for _ in 0..<2_000 {
            let amount = Int64(random.integer(below: 1 << 51))
            let share = Int64(random.integer(below: 1_000_001))
            #expect(CreditPolicy.share(share, of: amount) == Self.exactShare(share, of: amount))
        }
    }

    /// By schoolbook division of the two halves.
    private static func exactShare(_ share: Int64, of amount: Int64) -> Int64 {
        amount / 1_000_000 * share + amount % 1_000_000 * share / 1_000_000
    }

    /// Steps of one minor unit, of odd ones, and of more than the vector kernel divides by; a new customer's part that
    /// is no simple fraction.
    @Test(
        arguments: ConditionKernel.Instructions.allCases,
        [(step: 50_000, share: 500_000), (1, 333_333), (7, 1_000_000), (999_983, 1), (1 << 33, 700_001)]
            as [(step: Int64, share: Int64)])
    func kernelsGrantWhatWholeNumbersDo(
        instructions: ConditionKernel.Instructions, rounding: (step: Int64, share: Int64)
    ) throws {
        guard instructions.rawValue <= ConditionKernel.Instructions.widest.rawValue else {
            try Test.cancel("needs a processor with \(instructions)")
        }
        let shipped = try Self.policy()
        let policy = CreditPolicy(
            name: shipped.name, currency: shipped.currency, inputs: shipped.inputs,
            grades: shipped.grades.enumerated().map { rank, entry in
                // The safest grade is held by its shares alone.
                .init(
                    ownCapital: entry.ownCapital, turnover: entry.turnover,
                    withoutFigures: entry.withoutFigures,
                    maximum: rank == 0 ? 10_000_000_000_000 : entry.maximum, termsDays: entry.termsDays,
                    security: entry.security, reviewMonths: entry.reviewMonths,
                    lossGivenDefault: entry.lossGivenDefault)
            }, roundedDownTo: rounding.step,
            newCustomer: .init(months: 12, termsDays: 15, share: rounding.share), groupFactor: nil)
        var random = SeededGenerator(seed: 12)
        let count = 3_003
        func figures(_ low: Double, _ high: Double) -> [Double] {
            (0..<count).map { _ in
                random.bernoulli(0.15)
                    ? .nan : exp(random.uniform(from: low, to: high)) - (random.bernoulli(0.02) ? 1e6 : 0)
            }
        }
        var capital = figures(0, 36)
        (capital[0], capital[1], capital[2]) = (.infinity, -.infinity, 1e300)
        let (sales, used) = (figures(3, 40), figures(-3, 20))
        let months = (0..<count).map { _ in random.bernoulli(0.1) ? .nan : random.uniform(from: 0, to: 30) }
        let pds = (0..<count).map { _ in random.uniform() }
        let final = (0..<count).map { _ in UInt8(random.integer(below: 10)) }
        let blocked = (0..<(count + 63) / 64).map { _ in random.next() & random.next() & random.next() }
        let kernel = PolicyKernel(policy)
        let raw = Array(final.reversed())
        let figures = PolicyKernel.Figures(
            ownCapital: .init(values: capital, first: 0), turnover: .init(values: sales, first: 0),
            exposure: .init(values: used, first: 0), monthsKnown: .init(values: months, first: 0))
        let rows = Workers.single.build(count, blockSize: count) { _, rows in
            kernel.grant(
                &rows, raw: raw, final: final, pds: pds.span, figures: figures, blocked: blocked,
                instructions: instructions)
        }.elements
        func units(_ value: Double) -> Int64? {
            value.isNaN ? nil : Int64(min(max(value * 100, 0), 0x1p51).rounded(.toNearestOrEven))
        }
        for row in 0..<count {
            let entry = policy.grades[Int(final[row])]
            var limit = entry.maximum
            if let capital = units(capital[row]) {
                limit = min(limit, Self.exactShare(entry.ownCapital, of: capital))
            }
            if let sales = units(sales[row]) {
                limit = min(limit, Self.exactShare(entry.turnover, of: sales))
            }
            if capital[row].isNaN, sales[row].isNaN { limit = min(limit, entry.withoutFigures) }
            let isNew = !(months[row] >= 12)
            if isNew { limit = Self.exactShare(rounding.share, of: limit) }
            limit -= limit % rounding.step
            let isBlocked = blocked[row / 64] >> UInt64(row % 64) & 1 == 1
            #expect(rows[row].limit == (isBlocked ? 0 : limit), "row \(row)")
            #expect(rows[row].exposure == units(used[row]) ?? 0)
            let terms = isNew ? min(entry.termsDays, 15) : entry.termsDays
            #expect(Int(rows[row].termsDays) == (isBlocked ? 0 : terms))
            #expect(rows[row].finalRank == final[row] && rows[row].rawRank == final[count - 1 - row])
            let pd = final[row] == 9 ? 1 : pds[row]
            let loss = (pd * entry.lossGivenDefault * Double(rows[row].exposure)).rounded(.toNearestOrEven)
            #expect(rows[row].expectedLoss == Int64(loss))
        }
    }

    @Test func groupsShareALimit() throws {
        let grader = Grader(scale: .standard, policy: try Self.policy())
        let facts = try Self.facts(
            equity: [100_000, 100_000, 50_000, 100_000, 100_000],
            sales: [Double](repeating: 1e9, count: 5),
            exposure: [0, 0, 0, 0, 0], months: [99, 99, 99, 99, 99], groups: ["g", "g", "g", nil, "h"])
        let portfolio = try grader.grade(
            pds: [Double](repeating: 0.005, count: 5), facts: facts, asOf: Self.asOf)
        // 12,000 + 12,000 + 6,000 against 1.5 · 12,000: times 0.6, down to steps of 500.
        #expect(portfolio.rows.map(\.limit) == [7_000, 7_000, 3_500, 12_000, 12_000].map { Int64($0) * 100 })
        // A limit that nobody's group is known for is refused, not left out.
        #expect {
            try grader.grade(
                pds: [Double](repeating: 0.005, count: 5),
                facts: try Table(columns: facts.columns.filter { $0.name != "group" }), asOf: Self.asOf)
        } throws: {
            $0 as? GradingError == .noGroups(column: "group") && "\($0)".contains("leave inputs: group")
        }
    }

    @Test func blockedAndDefaultedObligorsGetNothing() throws {
        let rules = try GraderTests.rules(
            "rules: 1\nname: n\nchecks:\n  - {name: b, when: exposure > 10, block: true, reason: r}\n")
        let grader = Grader(scale: .standard, rules: rules, policy: try Self.policy())
        let portfolio = try grader.grade(
            pds: [0.005, 0.005, 0.005],
            facts: try Self.facts(
                equity: [1e6, 1e6, 1e6], sales: [1e9, 1e9, 1e9], exposure: [20, 0, 100], months: [99, 99, 99]),
            inDefault: [false, false, true], asOf: Self.asOf)
        #expect(portfolio.rows.map(\.limit) == [0, 12_000_000, 0] && portfolio.finalGrade(2) == .d)
        #expect(portfolio.rows.map(\.termsDays) == [0, 30, 0])
        // LGD 60 % of 100.00, at a PD of 1.
        #expect(portfolio.rows[2].expectedLoss == 6_000)
    }

    @Test func theShippedPolicyNeverGivesAWorseGradeMore() throws {
        let policy = try CreditPolicy(yaml: YAMLReader().read(Self.file))
        #expect(policy.inputs.columns.contains("equity_ratio") && policy.groupFactor == 1_500_000)
        for (entry, worse) in zip(policy.grades, policy.grades.dropFirst()) {
            #expect(worse.ownCapital <= entry.ownCapital && worse.turnover <= entry.turnover)
            #expect(worse.withoutFigures <= entry.withoutFigures && worse.maximum <= entry.maximum)
            #expect(worse.termsDays <= entry.termsDays && worse.reviewMonths <= entry.reviewMonths)
        }
        #expect(policy[.aaa].termsDays == 60 && policy.newCustomer.termsDays == 15 && policy[.d].maximum == 0)
    }

    @Test func faultsNameTheLine() throws {
        let text = try String(contentsOf: Self.file, encoding: .utf8)
        func message(_ old: String, _ new: String) -> String {
            #expect(text.contains(old))
            do throws(YAMLError) {
                return try CreditPolicy(
                    yaml: YAMLReader().read(text.replacing(old, with: new), named: "p.yaml")
                )
                .name
            } catch { return error.description }
        }
        #expect(message("currency: EUR", "currency: EURO").contains("three letters of a currency"))
        #expect(message("rounded_down_to: 500", "rounded_down_to: 0").contains("an amount above 0"))
        #expect(message("rounded_down_to: 500", "rounded_down_to: 0.001").contains("at most 2 decimals"))
        #expect(message("share: 0.5}", "share: 0.5000001}").contains("at most six decimals"))
        #expect(message("terms_days: {AAA: 60", "terms_days: {AAA: 400").contains("from 0 to 365"))
        #expect(message("exposure: exposure", "exposure: exposure >").contains("a column or a formula"))
        #expect(message("{factor: 1.5}", "{factor: 0.5}").contains("from 1.0 to 100.0"))
        #expect(message("  group: group ", "  # ").contains("inputs: group"))
        #expect(message("D: prepayment", "D: prayer").contains("one of none"))
        #expect(message("  guarantee: 0.4\n", "").contains("'guarantee' is missing"))
    }

    @Test func overflowingSumsStopAtTheLargestNumber() {
        var row = GradedRow()
        row.limit = .max / 2
        var rows = [GradedRow](repeating: row, count: 5)
        #expect(PortfolioTotals(rows).total.limit == .max)
        GroupCodes(Column(name: "group", values: .text(["g", "g", "g", "g", "g"])))
            .cut(&rows, factor: 1_000_000, multiplesOf: 1)
        #expect(rows.allSatisfy { $0.limit >= 0 && $0.limit <= .max / 2 })
    }
}
