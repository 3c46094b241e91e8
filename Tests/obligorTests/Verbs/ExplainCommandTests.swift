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
}
