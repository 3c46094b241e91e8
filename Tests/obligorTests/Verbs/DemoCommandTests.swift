import Foundation
import Results
import TestSupport
import Testing

@testable import obligor

@Suite("demo shows the whole route")
struct DemoCommandTests {
    @Test func itRunsAndSaysTheSameTwice() throws {
        let folder = try TemporaryFolder()
        let first = Run("demo", "--rows", "2000", "--out", folder.path("demo"), "--threads", "1")
        #expect(first.status == .done, "\(first.error)")
        let files = try content(of: folder.file("demo"))
        for name in ["past.csv", "new.csv", "ratings.csv", "logistic.yaml"] { #expect(files[name] != nil) }
        for recipe in DemoRecipe.allCases { #expect(files["\(recipe.name)/model.json"] != nil) }
        let second = Run("demo", "--rows", "2000", "--out", folder.path("demo"), "--threads", "1")
        #expect(second.status == .done, "\(second.error)")
        #expect(second.output == first.output)
        let again = try content(of: folder.file("demo"))
        #expect(again.keys.sorted() == files.keys.sorted())
        // The record of the run holds its times, and nothing else does.
        for (name, bytes) in files where !name.hasSuffix("run.json") {
            #expect(again[name] == bytes, "\(name)")
        }
    }

    @Test(arguments: DemoRecipe.allCases)
    func itsRecipesAreTheShippedOnes(recipe: DemoRecipe) throws {
        try Golden.expect(recipe.text, in: "models/recipes/simulated_\(recipe.fileName)")
    }

    @Test func itStartsFromTheSampleLedger() throws {
        let folder = try TemporaryFolder()
        let ledger = Golden.checkout.appending(path: "datasets/sample-ledger").path
        // Migrations have tests of their own, and take minutes without optimisation.
        let run = Run(
            "demo", "--rows", "2000", "--ledger", ledger, "--no-migrations", "--out", folder.path("demo"))
        #expect(run.status == .done, "\(run.error)")
        let files = try content(of: folder.file("demo"))
        for name in ["panel.train.csv", "panel.test.csv", "ledger/model.json", "ledger-ratings.csv"] {
            #expect(files[name] != nil, "\(name)")
        }
        try Golden.expect(DemoLedger.recipe, in: "models/recipes/sample_ledger_scorecard.yaml")
    }

    private func content(of folder: URL) throws -> [String: Data] {
        var content: [String: Data] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            let file = folder.appending(path: path)
            if let bytes = try? Data(contentsOf: file) { content[path] = bytes }
        }
        return content
    }
}
