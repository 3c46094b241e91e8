import Foundation
import Parallelism
import Scoring
import Tables
import Testing

@Suite("Additive scorer")
struct AdditiveScorerTests {
    static func scorer() throws -> AdditiveScorer {
        try AdditiveScorer(
            intercept: -2.3,
            terms: [
                .init(
                    column: "amount",
                    shape: .steps(
                        .init(
                            thresholds: [100, 250.5, 1000], contributions: [0.7, 0.1, -0.3, -0.9],
                            missing: 0.4, specials: [.init(value: -1, contribution: 0.05)]))),
                .init(
                    column: "age",
                    shape: .line(.init(slope: -0.031, centre: 41.7, lower: 18, upper: 90, missing: 0.2))),
                .init(
                    column: "home",
                    shape: .levels(
                        .init(
                            entries: [
                                .init(level: "own", contribution: -0.4),
                                .init(level: "rent", contribution: 0.3),
                            ], missing: 0.15, unseen: 0))),
            ])
    }

    static func table(rows: Int, homes: [String] = ["rent", "palace", "own"]) throws -> Table {
        let amounts = (0..<rows).map { row -> Double in
            if row % 11 == 0 { return .nan }
            return row % 13 == 0 ? -1 : Double(row * 37 % 1500)
        }
        let ages = (0..<rows).map { row -> Int64 in row % 7 == 0 ? Column.missingInteger : Int64(row % 120) }
        let codes = (0..<rows).map { row -> UInt32 in row % 5 == 0 ? Column.missingCode : UInt32(row % 3) }
        return try Table(columns: [
            Column(name: "amount", values: .double(amounts)),
            Column(name: "age", values: .integer(ages)),
            Column(name: "home", values: .category(codes: codes, levels: homes)),
        ])
    }

    @Test("gives a row the same bits alone, at any place, on any number of threads")
    func samePath() throws {
        let scorer = try Self.scorer()
        let table = try Self.table(rows: 9000)
        let all = try scorer.logOdds(of: table)
        for threads in [2, 7] {
            #expect(try scorer.logOdds(of: table, workers: Workers(threads: threads)) == all)
        }
        for row in [0, 1, 2047, 2048, 8999] {
            let one = try Table(columns: [
                Column(name: "home", values: .text([table.text("home", row)])),
                Column(
                    name: "amount", values: .double([try table.column(named: "amount").doubles?[row] ?? .nan])
                ),
                Column(name: "age", values: .double([try table.column(named: "age").doubles?[row] ?? .nan])),
            ])
            #expect(try scorer.logOdds(of: one) == [all[row]])
        }
    }

    @Test("is the intercept plus the contributions, to the last bit")
    func contributionsAddUp() throws {
        let scorer = try Self.scorer()
        let table = try Self.table(rows: 500)
        let parts = try scorer.contributions(of: table)
        let sums = (0..<500).map { row in parts.reduce(scorer.intercept) { $0 + $1[row] } }
        #expect(try scorer.logOdds(of: table) == sums)
    }

    @Test("reads levels by name, whatever the table's own order of them")
    func levelsByName() throws {
        let scorer = try Self.scorer()
        let one = try Self.table(rows: 3, homes: ["rent", "palace", "own"])
        let parts = try scorer.contributions(of: one)
        #expect(parts[2] == [0.15, 0, -0.4])
        let other = try Self.table(rows: 3, homes: ["own", "own2", "rent"])
        #expect(try scorer.contributions(of: other)[2] == [0.15, 0, 0.3])
    }

    @Test("survives JSON to the last bit")
    func roundTrip() throws {
        let scorer = try Self.scorer()
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let data = try encoder.encode(scorer)
        let again = try JSONDecoder().decode(AdditiveScorer.self, from: data)
        #expect(again == scorer)
        #expect(try encoder.encode(again) == data)
    }

    @Test("refuses parts that cannot be meant")
    func refusals() {
        func steps(
            _ thresholds: [Double], _ contributions: [Double], missing: Double = 0
        ) -> AdditiveScorer.Term {
            .init(
                column: "x",
                shape: .steps(.init(thresholds: thresholds, contributions: contributions, missing: missing)))
        }
        #expect(throws: ScorerError.notFinite(column: nil, what: "intercept")) {
            try AdditiveScorer(intercept: .nan, terms: [])
        }
        #expect(throws: ScorerError.thresholdsNotAscending(column: "x")) {
            try AdditiveScorer(intercept: 0, terms: [steps([1, 1], [0, 0, 0])])
        }
        #expect(throws: ScorerError.wrongCount(column: "x", contributions: 2, thresholds: 2)) {
            try AdditiveScorer(intercept: 0, terms: [steps([1, 2], [0, 0])])
        }
        #expect(throws: ScorerError.notFinite(column: "x", what: "contribution of a bin")) {
            try AdditiveScorer(intercept: 0, terms: [steps([1], [0, 1e300])])
        }
        #expect(throws: ScorerError.boundsCrossed(column: "x")) {
            try AdditiveScorer(
                intercept: 0,
                terms: [
                    .init(
                        column: "x", shape: .line(.init(slope: 1, centre: 0, lower: 2, upper: 1, missing: 0)))
                ])
        }
    }

    @Test("names a missing column and a wrong type")
    func scoringErrors() throws {
        let scorer = try Self.scorer()
        let table = try Self.table(rows: 2)
        let without = try Table(columns: [table.columns[0], table.columns[1]])
        #expect(throws: ScoringError.missingColumn(name: "home", available: ["amount", "age"])) {
            try scorer.logOdds(of: without)
        }
        let wrong = try Table(
            columns: [Column(name: "amount", values: .text(["a", nil])), table.columns[1], table.columns[2]])
        #expect(throws: ScoringError.wrongType(column: "amount", expected: "numbers", found: "text")) {
            try scorer.logOdds(of: wrong)
        }
    }

    @Test("scores an empty table and a model without terms")
    func empty() throws {
        #expect(try Self.scorer().logOdds(of: Self.table(rows: 0)).isEmpty)
        let constant = try AdditiveScorer(intercept: 0.25, terms: [])
        #expect(try constant.logOdds(of: Self.table(rows: 3)) == [0.25, 0.25, 0.25])
    }

    @Test("scores bin codes as their tables say, for any number of threads")
    func binCodes() {
        let codes: [[UInt8]] = [9, 40].map { levels in (0..<5000).map { row in UInt8(row % levels) } }
        let tables: [[Double]] = [(0..<9).map { Double($0) }, (0..<30).map { Double(100 * $0) }]
        let expected = (0..<5000).map { row -> Double in
            let second = 100 * min(row % 40, 29)
            return Double(1 + row % 9 + second)
        }
        for threads in [1, 2, 7] {
            #expect(
                AdditiveScorer.logOdds(
                    ofBinCodes: codes, tables: tables, intercept: 1, workers: Workers(threads: threads))
                    == expected)
        }
    }
}

extension Table {
    fileprivate func text(_ name: String, _ row: Int) -> String? {
        guard case .category(let codes, let levels) = self[name]?.values else { return nil }
        return codes[row] == Column.missingCode ? nil : levels[Int(codes[row])]
    }
}
