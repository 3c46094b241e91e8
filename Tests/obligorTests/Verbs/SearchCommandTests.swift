import Foundation
import Results
import Scoring
import TestSupport
import Testing

@testable import obligor

@Suite("Searches and glass boxes on the command line")
struct SearchCommandTests {
    private static let search =
        "search: {trials: 3, folds: 3, keep: 2, space: {l2: [0, 5], learningRate: {from: 0.05, to: 0.3}}}\n"

    @Test("train searches, writes what it tried, and goes on from a journal that was left behind")
    func train() throws {
        let bench = try Workbench(rows: 500)
        let recipe = try bench.folder.write(Workbench.treesRecipe + Self.search, to: "search.yaml")
        let first = Run("train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("run"))
        #expect(first.status == .done, "\(first.error)")
        #expect(first.output.contains("Settings tried: 3, on 3 folds"))
        let trials = try bench.text("run/trials.csv")
        #expect(trials.hasPrefix("trial,l2,learningRate,folds,mean_log_loss,standard_error,chosen,fold_1"))
        #expect(!FileManager.default.fileExists(atPath: bench.path("run.search.jsonl")))
        // A journal of other data beside the run is in the way, and says so.
        _ = try bench.folder.write("{}\n", to: "again.search.jsonl")
        let refused = Run("train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("again"))
        #expect(
            refused.status == .badData && refused.error.contains("again.search.jsonl"), "\(refused.error)")
        try FileManager.default.removeItem(atPath: bench.path("again.search.jsonl"))
        let second = Run(
            "train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("again"), "--threads", "3")
        #expect(second.status == .done, "\(second.error)")
        #expect(try bench.text("again/model.json") == bench.text("run/model.json"))
        #expect(try bench.text("again/trials.csv") == trials)
    }

    @Test("cross-validate searches in every fold")
    func crossValidate() throws {
        let bench = try Workbench(rows: 400)
        let recipe = try bench.folder.write(Workbench.treesRecipe + Self.search, to: "search.yaml")
        let run = Run(
            "cross-validate", recipe, "--data", bench.path("past.csv"), "--journal", bench.path("j.jsonl"),
            "--json")
        #expect(run.status == .done, "\(run.error)")
        struct Output: Decodable { let searches: [SearchReport] }
        let output = try JSONDecoder().decode(Output.self, from: Data(run.output.utf8))
        #expect(output.searches.count == 3 && output.searches.allSatisfy { $0.rows.count == 3 })
        #expect(!FileManager.default.fileExists(atPath: bench.path("j.jsonl")))
    }

    @Test("a glass box is trained, evaluated, scored, explained and handed to a scorecard")
    func glassBox() throws {
        let bench = try Workbench(rows: 800)
        let trained = try bench.train(kind: .additiveTrees)
        #expect(trained.status == .done, "\(trained.error)")
        #expect(trained.output.contains("risk rises"))
        for file in ["shapes.csv", "shapes.md", "pairs.csv"] {
            #expect(!(try bench.text("run/\(file)")).isEmpty)
        }
        let new = bench.path("new.csv")
        for run in [
            Run("evaluate", bench.path("run"), "--data", new),
            Run("score", bench.path("run"), "--data", new, "--out", bench.path("ratings.csv")),
            Run("explain", bench.path("run"), "--data", new, "--out", bench.path("parts.csv")),
            Run("export-model", bench.path("run"), "--format", "lightgbm", "--out", bench.path("box.txt")),
            Run("export-model", bench.path("run"), "--format", "scorecard", "--out", bench.path("card.yaml")),
            Run(
                "train", bench.path("card.yaml"), "--data", bench.path("past.csv"), "--out",
                bench.path("card")),
        ] {
            #expect(run.status == .done, "\(run.error)")
        }
        let card = try ModelArtifact.read(bench.folder.file("card/model.json"))
        #expect(card.kind == .scorecard)
        #expect(try bench.train("trees", kind: .boostedTrees).status == .done)
        let refused = Run(
            "export-model", bench.path("trees"), "--format", "scorecard", "--out", bench.path("no.yaml"))
        #expect(refused.status == .usage)
    }

    @Test("directions that features declare are taken where a recipe asks for them")
    func expectedDirections() throws {
        let text = """
            recipe: 1
            name: x
            target: {column: defaulted, default: true}
            model: {kind: boosted-trees, monotone: expected}
            """
        let recipe = try Recipe(text).withExpectedDirections()
        guard case .boostedTrees(let options) = recipe.model else {
            Issue.record("another kind")
            return
        }
        let expected = try #require(options.monotone.expected)
        #expect(expected.count > 50 && Set(expected.values).count == 2)
    }
}
