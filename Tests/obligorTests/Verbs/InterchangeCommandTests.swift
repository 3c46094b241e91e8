import Boosting
import Foundation
import Scoring
import Tables
import TestSupport
import Testing

@testable import obligor

@Suite("import-model and export-model carry trees between tools")
struct InterchangeCommandTests {
    /// A run of small trees, and a recipe for what is exported of it.
    private func bench() throws -> (Workbench, recipe: String) {
        let bench = try Workbench(rows: 1_200)
        #expect(try bench.train(kind: .boostedTrees).status == .done)
        return (bench, try recipe(in: bench))
    }

    /// The recipe of the trees under another name, with one passage changed.
    private func recipe(
        in bench: Workbench, columns: String = "", _ passage: String = "rising", _ change: String = "rising"
    ) throws -> String {
        let text = Workbench.treesRecipe
            .replacingOccurrences(of: "name: small trees\n", with: "name: imported\n\(columns)")
            .replacingOccurrences(of: passage, with: change)
        return try bench.folder.write(text, to: "import.yaml")
    }

    /// The categories that the trees ask about, with their levels in the order of their codes.
    private func categories(_ bench: Workbench) throws -> [(column: String, levels: [String])] {
        let model = try ModelArtifact.read(bench.folder.file("run/model.json"))
        let categories = try #require(model.boostedTrees).inputs.compactMap { input in
            input.levels.map { (column: input.column, levels: $0) }
        }
        try #require(!categories.isEmpty, "no tree asks about a category")
        return categories
    }

    /// Exports the run, changes passages of the file, and imports it.
    private func again(
        _ bench: Workbench, _ format: String = "lightgbm", by recipe: String,
        _ changes: (String, String)...
    ) throws -> Run {
        let exported = Run(
            "export-model", bench.path("run"), "--format", format, "--out", bench.path("other"), "--quiet")
        #expect(exported.status == .done, "\(exported.error)")
        var text = try bench.text("other")
        for (passage, change) in changes {
            try #require(text.contains(passage), "\(passage)")
            text = text.replacingOccurrences(of: passage, with: change)
        }
        let file = try bench.folder.write(text, to: "other")
        return Run("import-model", file, "--recipe", recipe, "--out", bench.path("again.json"))
    }

    private func logOdds(
        _ bench: Workbench, _ model: String, of data: String = "new.csv"
    ) throws -> [Double] {
        let run = Run(
            "score", bench.path(model), "--data", bench.path(data), "--out", bench.path("scored.csv"))
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
        // Every level, one that training did not know, and none.
        let table = try CSVReader().read(bench.path("new.csv"))
        for (column, levels) in try categories(bench) {
            for level in levels + ["never seen", ""] {
                let texts = Column(name: column, values: .text((0..<200).map { _ in level }))
                let rows = try Table(
                    columns: table.gathered(Array(0..<200)).columns.map { $0.name == column ? texts : $0 })
                try CSVWriter.write(rows, to: bench.path("level.csv"))
                let pairs = zip(
                    try logOdds(bench, "run", of: "level.csv"),
                    try logOdds(bench, "again.json", of: "level.csv"))
                #expect(pairs.count { abs($0 - $1) > tolerance } == 0, "\(column) '\(level)'")
            }
            #expect(model.boostedTrees?.inputs.first { $0.column == column }?.levels == levels)
        }
    }

    @Test func aRecipeMayListLevelsInAnyOrderButMustListThoseOfTheFile() throws {
        let (bench, _) = try bench()
        let (column, levels) = try categories(bench)[0]
        func listed(_ levels: [String]) throws -> String {
            let list = levels.joined(separator: ", ")
            return try recipe(
                in: bench, columns: "columns:\n  \(column): {type: category, levels: [\(list)]}\n")
        }
        #expect(try again(bench, by: listed(["more"] + levels.reversed())).status == .done)
        let model = try ModelArtifact.read(bench.folder.file("again.json"))
        #expect(model.boostedTrees?.inputs.first { $0.column == column }?.levels == levels)
        let short = try again(bench, by: listed(Array(levels.dropLast())))
        #expect(short.status == .usage && short.error.contains("'\(levels.last ?? "")'"), "\(short.error)")
    }

    @Test func aFileThatKnowsCodesAloneTakesTheLevelsOfTheRecipe() throws {
        let (bench, plain) = try bench()
        let categories = try categories(bench)
        // As of a model that was trained on arrays.
        let change = ("pandas_categorical:[[", "pandas_categorical:null [[")
        let refused = try again(bench, by: plain, change)
        #expect(refused.status == .usage)
        #expect(
            refused.error
                == "obligor: '\(categories[0].column)': the model knows its \(categories[0].levels.count) levels "
                + "by codes alone: list them under columns, in the order of the codes\n")
        let columns = categories.map { column, levels in
            "  \(column): {type: category, levels: [\(levels.joined(separator: ", "))], unseenLevels: append}\n"
        }
        let listing = try recipe(in: bench, columns: "columns:\n\(columns.joined())")
        #expect(try again(bench, by: listing, change).status == .done)
        let pairs = zip(try logOdds(bench, "run"), try logOdds(bench, "again.json"))
        #expect(pairs.count { abs($0 - $1) > 1e-6 } == 0)
    }

    @Test func aDirectionThatDoesNotHoldIsRefusedAndNothingIsWritten() throws {
        let (bench, _) = try bench()
        let run = try again(bench, by: recipe(in: bench, "rising", "falling"))
        #expect(run.status == .badData)
        #expect(run.error.hasPrefix("obligor: \(bench.path("other")): tree "), "\(run.error)")
        #expect(
            run.error.hasSuffix(
                "does not fall in 'days_beyond_terms' everywhere: leave it out of 'monotone'\n"),
            "\(run.error)")
        #expect(!FileManager.default.fileExists(atPath: bench.path("again.json")))
    }

    @Test(
        "a file that cannot be imported is told with one cause and one way out",
        arguments: [
            (
                "objective=binary sigmoid:1", "objective=lambdarank",
                "the LightGBM model has what cannot be read here (objective 'lambdarank'): train or save it without"
            ),
            (
                "objective=binary sigmoid:1", "objective=regression",
                "its objective is squared: train it with a binary one, for a probability of default"
            ),
            (
                "end of trees", "end",
                "not a sound LightGBM model (the line 'end of trees' is missing): save it anew with its own tool"
            ),
            (
                "left_child=", "left_child=99 ",
                "not a sound LightGBM model ('left_child' has 6 values instead of 5): save it anew with its own tool"
            ),
        ])
    func reasons(passage: String, change: String, reason: String) throws {
        let (bench, recipe) = try bench()
        let run = try again(bench, by: recipe, (passage, change))
        #expect(run.status == .badData)
        #expect(run.error == "obligor: \(bench.path("other")): \(reason)\n")
    }

    @Test func aRecipeThatNamesNoColumnOfTheModelIsToldTheNearest() throws {
        let (bench, _) = try bench()
        let run = try again(bench, by: recipe(in: bench, "days_beyond_terms:", "days_beyond_term:"))
        #expect(run.status == .usage)
        #expect(
            run.error
                == "obligor: 'days_beyond_term': monotone, but no column of the model "
                + "(did you mean 'days_beyond_terms'?)\n")
    }

    @Test func whatIsNoFileOrNoModelIsSaidToBeSo() throws {
        let (bench, recipe) = try bench()
        for (name, reason) in [
            ("run", "cannot be read: it is a folder"), ("nowhere", "cannot be read: there is no such file"),
            ("new.csv", "neither a LightGBM text file nor an XGBoost JSON file"),
        ] {
            let run = Run(
                "import-model", bench.path(name), "--recipe", recipe, "--out", bench.path("again.json"))
            #expect(run.status == .badData)
            #expect(run.error == "obligor: \(bench.path(name)): \(reason)\n")
        }
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
