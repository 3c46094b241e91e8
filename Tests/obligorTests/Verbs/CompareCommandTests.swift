import Foundation
import Results
import Scoring
import TestSupport
import Testing

@testable import obligor

@Suite("compare")
struct CompareCommandTests {
    private func bench() throws -> Workbench {
        let bench = try Workbench(rows: 2_500, defaultRate: 0.12)
        #expect(try bench.train("champion", kind: .logistic).status == .done)
        #expect(try bench.train("challenger", kind: .scorecard).status == .done)
        return bench
    }

    @Test func saysWhatDiffersAndWritesIt() throws {
        let bench = try bench()
        let models = [bench.path("champion"), bench.path("challenger")]
        let run = Run(
            ["compare"] + models + ["--data", bench.path("new.csv"), "--out", bench.path("comparison")])
        #expect(run.status == .done, "\(run.error)")
        for text in [
            "Challenger minus champion", "AUC", "log loss", "Swap sets", "swapped in", "BBB", "Value",
        ] {
            #expect(run.output.contains(text), "\(text)")
        }
        let record = try ComparisonRecord(bench, "comparison")
        #expect(record.champion.kind == "logistic" && record.challenger.kind == "scorecard")
        #expect(record.differences.map(\.figure) == ["AUC", "log loss", "Brier", "value"])
        #expect(record.swapSets.reduce(0) { $0 + $1.rows } == 2_500)
        #expect(record.gradeMigration.flatMap { $0 }.reduce(0, +) == 2_500)
        for (model, path) in zip([record.champion, record.challenger], models) {
            struct Report: Decodable { let auc: Double }
            let json = Run("evaluate", path, "--data", bench.path("new.csv"), "--json")
            let auc = try JSONDecoder().decode(Report.self, from: Data(json.output.utf8)).auc
            #expect(model.performance.auc == auc)
        }
        let json = Run(
            ["compare"] + models
                + ["--data", bench.path("new.csv"), "--json", "--accept", "0.8", "--margin", "0.02"])
        let other = try JSONDecoder().decode(ComparisonRecord.self, from: Data(json.output.utf8))
        #expect(other.economics.acceptedShare == 0.8 && other.economics.margin == 0.02)
        #expect(other.swapSets[0].rows + other.swapSets[1].rows == 2_000)
    }

    @Test func refusesWhatCannotBeCompared() throws {
        let bench = try bench()
        let models = [bench.path("champion"), bench.path("challenger")]
        func run(_ more: String...) -> Run { Run(["compare"] + models + more) }
        #expect(run("--data", bench.path("new.csv"), "--accept", "1").status == .usage)
        #expect(run("--data", bench.path("new.csv"), "--lgd", "0").status == .usage)
        #expect(run("--data", "-").status == .usage)
        let own = run("--data", bench.path("new.csv"), "--out", bench.path("champion"))
        #expect(own.status == .usage && own.error.contains("would take the place"))
        #expect(Run("compare", bench.path("champion"), "--data", "x").status == .usage)
    }
}

extension ComparisonRecord {
    /// The record in a run folder.
    fileprivate init(_ bench: Workbench, _ run: String) throws {
        self = try JSONDecoder().decode(
            ComparisonRecord.self, from: Data(contentsOf: bench.folder.file("\(run)/\(Self.fileName)")))
    }
}
