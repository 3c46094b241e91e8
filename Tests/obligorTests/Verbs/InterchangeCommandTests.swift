import Boosting
import Foundation
import Scoring
import Tables
import TestSupport
import Testing

@testable import obligor

@Suite("import-model and export-model carry trees between tools")
struct InterchangeCommandTests {
    /// A run of small trees, and a recipe that lists the levels of its categories.
    private func bench(_ direction: String = "rising") throws -> (Workbench, recipe: String) {
        let bench = try Workbench(rows: 1_200)
        #expect(try bench.train(kind: .boostedTrees).status == .done)
        let model = try ModelArtifact.read(bench.folder.file("run/model.json"))
        let columns = try #require(model.boostedTrees).inputs.compactMap { input in
            input.levels.map { levels in
                "  \(input.column): {type: category, levels: [\(levels.joined(separator: ", "))], "
                    + "unseenLevels: append}\n"
            }
        }
        #expect(!columns.isEmpty, "no tree asks about a category")
        let text = Workbench.treesRecipe
            .replacingOccurrences(
                of: "name: small trees\n", with: "name: imported\ncolumns:\n\(columns.joined())"
            )
            .replacingOccurrences(of: "rising", with: direction)
        return (bench, try bench.folder.write(text, to: "import.yaml"))
    }

    private func logOdds(_ bench: Workbench, _ model: String) throws -> [Double] {
        let run = Run(
            "score", bench.path(model), "--data", bench.path("new.csv"), "--out", bench.path("scored.csv"))
        #expect(run.status == .done, "\(run.error)")
        return try #require(try CSVReader().read(bench.path("scored.csv"))["log_odds"]?.doubles)
    }

    @Test(arguments: [("lightgbm", 1e-6), ("xgboost", 1e-5)])
    func whatIsExportedScoresTheSameWhenImported(format: String, tolerance: Double) throws {
        let (bench, recipe) = try bench()
        let exported = Run(
            "export-model", bench.path("run"), "--format", format, "--out", bench.path("other"), "--json")
        #expect(exported.status == .done && exported.output.contains("\"format\""), "\(exported.error)")
        let imported = Run(
            "import-model", bench.path("other"), "--recipe", recipe, "--out", bench.path("again.json"))
        #expect(imported.status == .done, "\(imported.error)")
        // Single precision rounds the values of leaves, but puts no row into another leaf.
        let pairs = zip(try logOdds(bench, "run"), try logOdds(bench, "again.json"))
        #expect(pairs.count { abs($0 - $1) > tolerance } == 0)
        let model = try ModelArtifact.read(bench.folder.file("again.json"))
        #expect(model.boostedTrees?.certificate.proofs.map(\.feature) == ["days_beyond_terms"])
        #expect(model.name == "imported" && model.fingerprint.rows == 0)
    }

    @Test func aDirectionThatDoesNotHoldIsRefusedAndNothingIsWritten() throws {
        let (bench, recipe) = try bench("falling")
        #expect(
            Run("export-model", bench.path("run"), "--format", "lightgbm", "--out", bench.path("other"))
                .status
                == .done)
        let run = Run(
            "import-model", bench.path("other"), "--recipe", recipe, "--out", bench.path("again.json"))
        #expect(run.status == .badData && run.error.contains("'days_beyond_terms'"), "\(run.error)")
        #expect(run.error.contains(bench.path("other")), "\(run.error)")
        #expect(!FileManager.default.fileExists(atPath: bench.path("again.json")))
    }

    @Test func anONNXFileIsWritten() throws {
        let (bench, _) = try bench()
        let run = Run("export-model", bench.path("run"), "--format", "onnx", "--out", bench.path("m.onnx"))
        #expect(run.status == .done && run.output.contains("written to"), "\(run.error)")
        #expect(try Data(contentsOf: bench.folder.file("m.onnx")).count > 1_000)
    }

    @Test func whatIsNoModelOrHasNoTreesIsRefused() throws {
        let (bench, recipe) = try bench()
        for text in ["", "tree\nversion=v4\n", "{\"learner\": 1}", "[]"] {
            let file = try bench.folder.write(text, to: "broken")
            let run = Run("import-model", file, "--recipe", recipe, "--out", bench.path("again.json"))
            #expect(run.status == .badData && !run.error.isEmpty, "\(text)")
        }
        #expect(try bench.train("card", kind: .scorecard).status == .done)
        let card = Run("export-model", bench.path("card"), "--format", "onnx", "--out", bench.path("m.onnx"))
        #expect(card.status == .usage && card.error.contains("scorecard"))
    }
}
