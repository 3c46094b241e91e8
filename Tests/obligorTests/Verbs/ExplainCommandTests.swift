import Foundation
import Scoring
import Tables
import TestSupport
import Testing

@testable import obligor

@Suite("explain takes log-odds apart by column")
struct ExplainCommandTests {
    @Test(arguments: ModelKind.allCases)
    func baseAndContributionsAddUpToTheScoredLogOdds(kind: ModelKind) throws {
        let bench = try Workbench(rows: 600)
        #expect(try bench.train(kind: kind).status == .done)
        let run = Run(
            "explain", bench.path("run"), "--data", bench.path("new.csv"), "--out", bench.path("parts.csv"))
        #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
        #expect(run.output.contains("600 obligors explained"))
        let scored = Run(
            "score", bench.path("run"), "--data", bench.path("new.csv"), "--out", bench.path("scored.csv"))
        #expect(scored.status == .done)
        let parts = try CSVReader().read(bench.path("parts.csv"))
        let ratings = try CSVReader().read(bench.path("scored.csv"))
        let logOdds = try #require(parts["log_odds"]?.doubles)
        #expect(logOdds == ratings["log_odds"]?.doubles)
        let model = try ModelArtifact.read(bench.folder.file("run/model.json"))
        #expect(
            parts.names == ["id", "log_odds", "base"] + model.scorer.columns.map { "contribution_\($0)" })
        for row in 0..<parts.rowCount {
            #expect(parts["id"]?.text(at: row) == ratings["id"]?.text(at: row))
            let sum = parts.columns.dropFirst(2).reduce(0) { $0 + ($1.doubles?[row] ?? .nan) }
            expectClose(sum, logOdds[row], absolute: 1e-5)
        }
    }

    @Test func theSummaryRanksTheColumnsByTheSizeOfTheirContributions() throws {
        let bench = try Workbench(rows: 600)
        #expect(try bench.train(kind: .boostedTrees).status == .done)
        let run = Run(
            "explain", bench.path("run"), "--data", bench.path("new.csv"), "--out", bench.path("parts.csv"),
            "--json")
        struct Report: Decodable {
            struct Column: Decodable {
                let column: String
                let meanSize: Double
            }
            let rows: Int
            let base: Double
            let columns: [Column]
        }
        let report = try JSONDecoder().decode(Report.self, from: Data(run.output.utf8))
        #expect(report.rows == 600 && report.base.isFinite)
        let parts = try CSVReader().read(bench.path("parts.csv"))
        for (column, next) in zip(report.columns, report.columns.dropFirst()) {
            #expect(column.meanSize >= next.meanSize)
            let values = try #require(parts["contribution_\(column.column)"]?.doubles)
            expectClose(column.meanSize, values.reduce(0) { $0 + abs($1) } / 600, relative: 1e-12)
        }
        let printed = Run("explain", bench.path("run"), "--data", bench.path("new.csv"), "--out", "-")
        #expect(printed.output == (try bench.text("parts.csv")))
    }

    @Test(arguments: ModelKind.allCases)
    func effectsAreThoseOfTheTrainingRun(kind: ModelKind) throws {
        let bench = try Workbench(rows: 600)
        #expect(try bench.train(kind: kind).status == .done)
        let run = Run(
            "explain", bench.path("run"), "--data", bench.path("past.csv"), "--effects", "--out",
            bench.path("effects.csv"))
        #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
        let effects = try CSVReader().read(bench.path("effects.csv"))
        let trained = try CSVReader().read(bench.path("run/effects.csv"))
        // The same rows, so the same curves; partial dependence is left to this verb.
        for name in trained.names where name != "partial_dependence" {
            #expect(effects[name]?.values == trained[name]?.values, "\(name)")
        }
        let rates = try #require(effects["default_rate"]?.doubles)
        #expect(rates.allSatisfy { $0.isNaN || (0...1).contains($0) } && rates.contains { $0 > 0 })
    }

    @Test(arguments: ModelKind.allCases)
    func importanceNeedsOutcomesAndRanks(kind: ModelKind) throws {
        let bench = try Workbench(rows: 600)
        #expect(try bench.train(kind: kind).status == .done)
        let run = Run(
            "explain", bench.path("run"), "--data", bench.path("past.csv"), "--importance", "--shuffles", "2",
            "--out", bench.path("importance.csv"))
        #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
        let table = try CSVReader().read(bench.path("importance.csv"))
        let rises = try #require(table["loss_rise"]?.doubles)
        #expect(rises == rises.sorted(by: >) && rises.first ?? 0 > 0)
        let isForest = kind == .boostedTrees || kind == .additiveTrees
        #expect((table["gain"]?.doubles?.contains { $0.isFinite } ?? false) == isForest)
        let header = try #require(bench.text("new.csv").split(separator: "\n").first)
        _ = try bench.folder.write(
            bench.text("new.csv").replacingOccurrences(
                of: header, with: header.replacingOccurrences(of: "defaulted", with: "unknown")),
            to: "unknown.csv")
        let without = Run(
            "explain", bench.path("run"), "--data", bench.path("unknown.csv"), "--importance", "--out",
            bench.path("none.csv"))
        #expect(without.status == .badData && without.error.contains("defaulted"), "\(without.error)")
        #expect(!FileManager.default.fileExists(atPath: bench.path("none.csv")))
    }

    @Test func interactionsAreOfTrees() throws {
        let bench = try Workbench(rows: 600)
        #expect(try bench.train(kind: .boostedTrees).status == .done)
        let run = Run(
            "explain", bench.path("run"), "--data", bench.path("new.csv"), "--interactions", "--out",
            bench.path("pairs.csv"))
        #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
        let sizes = try #require(CSVReader().read(bench.path("pairs.csv"))["mean_size"]?.doubles)
        #expect(sizes == sizes.sorted(by: >) && sizes.allSatisfy { $0 > 0 })
        #expect(try bench.train("sum", kind: .logistic).status == .done)
        let refused = Run(
            "explain", bench.path("sum"), "--data", bench.path("new.csv"), "--interactions", "--out",
            bench.path("no.csv"))
        #expect(refused.status == .usage && refused.error.contains("adds its inputs up"))
        let both = Run(
            "explain", bench.path("run"), "--data", bench.path("new.csv"), "--interactions", "--effects",
            "--out", bench.path("no.csv"))
        #expect(both.status == .usage)
    }
}
