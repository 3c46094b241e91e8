import ArgumentParser
import Foundation
import Parallelism
import Results
import Review
import Scoring
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Grading
@testable import obligor

/// The sample ledger's panel of two year's ends, and a scorecard on it.
struct LedgerDesk {
    let folder: TemporaryFolder
    /// Without gates, which a part of two dates does not reach.
    static let recipe = DemoLedger.recipe.replacing(/gates: .*\n/, with: "")

    init() throws {
        folder = try TemporaryFolder()
        let ledger = Golden.checkout.appending(path: "datasets/sample-ledger").path
        let features = Run(
            "features", ledger, "--as-of", "2022-12-31,2023-12-31", "--out", folder.path("panel.csv"),
            "--defaults", folder.path("defaults.csv"))
        #expect(features.status == .done, "\(features.error)")
        _ = try folder.write(Self.recipe, to: "recipe.yaml")
        // The earlier model has other bins, and its PDs are calibrated.
        _ = try folder.write(
            Self.recipe.replacing("maximumBins: 4", with: "maximumBins: 2")
                + "calibration: {method: beta}\n", to: "earlier.yaml")
        let past = Run(
            "features", ledger, "--as-of", "2022-12-31,2023-06-30", "--split", "obligor:0.3", "--out",
            folder.path("past.csv"))
        #expect(past.status == .done, "\(past.error)")
        for (recipe, run) in [("recipe", "later"), ("earlier", "earlier")] {
            let train = Run(
                "train", folder.path("\(recipe).yaml"), "--data", folder.path("past.train.csv"), "--out",
                folder.path(run))
            #expect(train.status == .done, "\(train.error)")
        }
    }
}

@Suite("explain says why ratings moved on the sample ledger")
struct ChangeExplanationTests {
    @Test func thePartsOfEveryObligorAddUpToItsMove() throws {
        let desk = try LedgerDesk()
        let rules = Golden.checkout.appending(path: "models/policies/bureau_rules.yaml").path
        _ = try desk.folder.write("geometric: {first: 0.0005, factor: 2.4}\n", to: "old-scale.yaml")
        _ = try desk.folder.write(
            "rules: 1\nname: old\nchecks:\n  - {name: a, when: bureau_judgments >= 1, cap: BB, reason: r}\n",
            to: "old-rules.yaml")
        _ = try desk.folder.write(
            """
            overrides: 1
            maximum_notches: 2
            entries:
              - {obligor: O000001, up: 2, author: a, reason: r, decided: 2023-01-01, expires: 2024-12-31}
              - {obligor: O000003, down: 1, author: a, reason: r, decided: 2022-01-01, expires: 2022-12-31}
            """, to: "experts.yaml")
        let grade = Run(
            "grade", "--model", desk.folder.path("later"), "--data", desk.folder.path("past.train.csv"),
            "--out",
            desk.folder.path("graded"), "--fit-adaptation", "--quiet")
        #expect(grade.status == .done, "\(grade.error)")
        let source = try ModelSource(desk.folder.path("later"))
        var options = try ExplanationOptions.parse([
            "--from", "2022-12-31", "--to", "2023-12-31", "--rules", rules, "--overrides",
            desk.folder.path("experts.yaml"), "--adaptation", desk.folder.path("graded/adaptation.json"),
            "--previous-model", desk.folder.path("earlier"), "--previous-master-scale",
            desk.folder.path("old-scale.yaml"), "--previous-rules", desk.folder.path("old-rules.yaml"),
            "--defaults", desk.folder.path("defaults.csv"),
        ])
        options.industry = "industry"
        let (earlier, later) = try options.bases(source)
        let panel = try CSVReader().read(desk.folder.path("panel.csv"))
        let explanation = ChangeExplanation(
            earlier: earlier, later: later, industry: "industry", region: "region", workers: .allProcessors)
        let days = try #require(try options.days())
        let ids = try panel.column(named: "obligor")
        func inDefault(_ day: CalendarDay) throws -> Set<String> {
            try options.obligorsInDefault(on: day, panel: panel, ids: ids, workers: .single)
        }
        let found = try explanation.moves(
            in: panel, ids: ids, from: days.from, to: days.to,
            inDefault: (inDefault(days.from), inDefault(days.to)))
        let moves = found.all
        #expect(moves.count > 500)
        // Nobody is lost: who has a row is explained or named, and named is nobody who is in default.
        let everybody = Set((0..<ids.count).compactMap { ids.text(at: $0) })
        let lost = found.onlyEarlier + found.onlyLater
        #expect(Set(moves.map(\.id) + lost) == everybody && moves.count + lost.count == everybody.count)
        #expect(try inDefault(days.to).isDisjoint(with: found.onlyEarlier))
        let fallen = moves.filter { $0.change.to.grade == .d }
        #expect(fallen.count > 5 && fallen.allSatisfy { $0.change.from.grade != .d })
        #expect(fallen.allSatisfy { $0.change.parts.contains { $0.component == .default } })
        var seen: Set<RatingComponent> = []
        for move in moves {
            let logOdds = move.change.parts.reduce(0) { $0 + $1.logOdds }
            let notches = move.change.parts.reduce(0) { $0 + $1.notches }
            #expect(
                abs(logOdds - (move.change.to.logOdds - move.change.from.logOdds)) < 1e-9
                    && abs(notches - Double(move.change.to.grade.rank - move.change.from.grade.rank)) < 1e-9,
                "\(move.id)")
            seen.formUnion(move.change.parts.map(\.component))
        }
        #expect(seen == Set(RatingComponent.allCases))

        // The ends are the grades that 'grade' gives on both dates, and the file has the same parts.
        let out = desk.folder.path("attribution.csv")
        let run = Run(
            "explain", desk.folder.path("later"), "--data", desk.folder.path("panel.csv"), "--from",
            "2022-12-31", "--to", "2023-12-31", "--rules", rules, "--defaults",
            desk.folder.path("defaults.csv"), "--out", out)
        #expect(run.status == .done && run.output.contains("obligors between"), "\(run.error)")
        #expect(run.output.contains("Into default \(fallen.count), out of it"))
        let new = try #require(found.onlyLater.min())
        #expect(run.output.contains("in default then, \(found.onlyLater.count): \(new)"))
        // Of whom nothing says that they are in default, it is said that they are left out.
        let unknown = try explanation.moves(in: panel, ids: ids, from: days.from, to: days.to)
        #expect(Set(unknown.onlyEarlier) == Set(fallen.map(\.id)).union(found.onlyEarlier))
        let written = try CSVReader().read(out)
        #expect(written.names == AttributionRecord.columns)
        let policies = try Self.policies(in: desk.folder)
        for (day, isLater) in [("2022-12-31", false), ("2023-12-31", true)] {
            let graded = Run(
                "grade", "--model", desk.folder.path("later"), "--data", desk.folder.path("panel.csv"),
                "--as-of",
                day, "--rules", rules, "--policy", policies.groups, "--out", desk.folder.path("g\(day)"),
                "--quiet")
            #expect(graded.status == .done, "\(graded.error)")
            let grades = Dictionary(
                uniqueKeysWithValues: try #require(
                    try RunFolder(desk.folder.file("g\(day)")).ratings()
                ).map { ($0.id, $0.grade) })
            if isLater {
                let alone = Run(
                    "grade", "--model", desk.folder.path("later"), "--data", desk.folder.path("panel.csv"),
                    "--rules", rules, "--policy", policies.alone, "--out", desk.folder.path("alone"),
                    "--quiet")
                #expect(alone.status == .done, "\(alone.error)")
                try Self.expectGroupLimits(
                    in: RunFolder(desk.folder.file("g\(day)")), without: RunFolder(desk.folder.file("alone")),
                    panel: panel)
            }
            let plain = ChangeExplanation(
                earlier: RatingBasis(
                    model: later.model, scale: later.scale, adaptation: nil, rules: later.rules,
                    experts: .none),
                later: RatingBasis(
                    model: later.model, scale: later.scale, adaptation: nil, rules: later.rules,
                    experts: .none),
                industry: "industry", region: "region", workers: .single)
            let same = try plain.moves(
                in: panel, ids: ids, from: days.from, to: days.to,
                inDefault: (inDefault(days.from), inDefault(days.to))
            ).all
            for move in same {
                let end = isLater ? move.change.to : move.change.from
                // Of those in default 'features' writes no row.
                #expect(end.grade.rawValue == grades[move.id] ?? "D", "\(move.id) on \(day)")
            }
            let parts = same.reduce(0) { $0 + $1.records.count }
            #expect(parts == written.rowCount)
        }
        #expect(
            (0..<written.rowCount).contains { written["text"]?.text(at: $0)?.contains("worsening") == true })
    }

    /// The shipped policy, and the same without a limit for groups.
    private static func policies(in folder: TemporaryFolder) throws -> (groups: String, alone: String) {
        let shipped = Golden.checkout.appending(path: "models/policies/trade_credit.yaml")
        let lines = try String(contentsOf: shipped, encoding: .utf8).split(separator: "\n")
        let alone = lines.filter { !$0.contains("group:") }.joined(separator: "\n")
        return (shipped.path, try folder.write(alone, to: "alone.yaml"))
    }

    /// From the ledger's groups to limits: those of a group together stay within one and a half times its largest, and
    /// nobody else's change.
    private static func expectGroupLimits(
        in run: RunFolder, without alone: RunFolder, panel: Table
    ) throws {
        var groups: [String: String] = [:]
        for row in 0..<panel.rowCount {
            groups[panel["obligor"]?.text(at: row) ?? ""] = panel["group"]?.text(at: row)
        }
        func limits(_ folder: RunFolder) throws -> [String: Double] {
            let obligors = try #require(try folder.portfolio()).obligors
            return Dictionary(uniqueKeysWithValues: obligors.map { ($0.id, $0.limit ?? -1) })
        }
        let (held, free) = (try limits(run), try limits(alone))
        var cut = 0
        for (_, members) in Dictionary(grouping: held.keys.filter { groups[$0] != nil }, by: { groups[$0] }) {
            let largest = members.compactMap { free[$0] }.max() ?? 0
            let together = members.compactMap { held[$0] }.reduce(0, +)
            #expect(together <= 1.5 * largest && members.allSatisfy { held[$0] ?? 0 <= free[$0] ?? 0 })
            if members.contains(where: { held[$0] != free[$0] }) { cut += 1 }
        }
        #expect(cut > 0)
        #expect(held.allSatisfy { groups[$0.key] != nil || free[$0.key] == $0.value })
    }

    @Test("of scorecards and of trees alike", arguments: [ModelKind.scorecard, .boostedTrees])
    func reasonsAreGroupedAndSaidInWords(kind: ModelKind) throws {
        let desk = try LedgerDesk()
        if kind == .boostedTrees {
            let head = try #require(DemoLedger.recipe.range(of: "model:")).lowerBound
            _ = try desk.folder.write(
                String(DemoLedger.recipe[..<head])
                    + "model: {kind: boosted-trees, rounds: 30, stopping: none}\n",
                to: "trees.yaml")
            let train = Run(
                "train", desk.folder.path("trees.yaml"), "--data", desk.folder.path("past.train.csv"),
                "--out",
                desk.folder.path("later"), "--replace")
            #expect(train.status == .done, "\(train.error)")
        }
        let out = desk.folder.path("reasons.csv")
        let run = Run(
            "explain", desk.folder.path("later"), "--data", desk.folder.path("panel.csv"), "--reasons", "3",
            "--out", out)
        #expect(run.status == .done && run.output.contains("reasons for"), "\(run.error)")
        let written = try CSVReader().read(out)
        #expect(written.names == ReasonRecord.columns)
        let model = try ModelSource(desk.folder.path("later")).model
        #expect(model.kind == kind)
        let panel = try CSVReader().read(desk.folder.path("panel.csv"))
        let contributions = try model.scorer.contributions(of: panel)
        let words = AnalystWords()
        // The sums of a group are those of its columns.
        let first = try #require(written["id"]?.text(at: 0))
        let group = try #require(written["group"]?.text(at: 0))
        let members = model.scorer.columns.indices.filter { words.group(model.scorer.columns[$0]) == group }
        // The obligor has a row on each date, either of which may have reasons.
        let sums = (0..<panel.rowCount).filter { panel["obligor"]?.text(at: $0) == first }
            .map { row in members.reduce(0) { $0 + contributions[$1][row] } }
        let value = try #require(written["log_odds"]?.doubles?[0])
        #expect(sums.contains { abs($0 - value) < 1e-9 }, "\(sums) for \(value)")
        expectClose(
            try #require(written["points"]?.doubles?[0]), -model.scaling.factor * value, absolute: 1e-9)
        var last = ("", 0.0)
        for row in 0..<written.rowCount {
            let id = written["id"]?.text(at: row) ?? ""
            let value = written["log_odds"]?.doubles?[row] ?? .nan
            #expect(value > 0)
            let rank = written["rank"]?.doubles?[row] ?? 0
            #expect(rank >= 1 && rank <= 3)
            if id == last.0, rank > 1 { #expect(value <= last.1) }
            last = (id, value)
        }
        #expect((0..<written.rowCount).contains { written["text"]?.text(at: $0)?.hasPrefix("pays ") == true })
    }

    @Test func optionsThatDoNotBelongTogetherAreRefused() throws {
        func error(_ arguments: String...) -> String {
            let run = Run(["explain", "m", "--data", "d", "--out", "o"] + arguments)
            #expect(run.status == .usage)
            return run.error
        }
        #expect(error("--from", "2023-12-31").contains("belong together"))
        #expect(error("--reasons", "0").contains("give 1 to"))
        #expect(error("--rules", "x").contains("belong to '--from' and '--to'"))
        #expect(error("--in-default", "x").contains("belong to '--from' and '--to'"))
        #expect(
            error("--reasons", "2", "--from", "2023-12-31", "--to", "2024-12-31").contains(
                "Give --reasons, or"))
    }
}
