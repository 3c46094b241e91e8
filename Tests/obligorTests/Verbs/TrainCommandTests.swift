import Foundation
import Results
import Scoring
import Tables
import TestSupport
import Testing

@testable import obligor

@Suite("train writes a run folder")
struct TrainCommandTests {
    @Test func theFolderHoldsAllThatWasMade() throws {
        let bench = try Workbench()
        let run = try bench.train("run", "--holdout", bench.path("new.csv"))
        #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: bench.path("run")).sorted()
                == [
                    "coefficients.csv", "coefficients.md", "effects.csv", "master-scale.yaml",
                    "model-card.json", "model.json", "recipe.yaml",
                    "run.json", "training.json",
                    "validation.json",
                ])
        let folder = try RunFolder(bench.folder.file("run"))
        let record = folder.record
        #expect(record.command == "train" && record.model == "small" && record.rows == 1_500)
        #expect(record.seed == nil && record.engineVersion == EngineVersion.current)
        #expect(record.arguments.first == "train" && record.finishedAt >= record.startedAt)
        #expect(record.inputs.map(\.role) == ["recipe", "data", "data"])
        for output in record.outputs {
            let now = try FileRecord(
                role: output.role, of: bench.folder.file("run/\(output.path)"), as: output.path)
            #expect(now == output)
        }
        let validation = try #require(try folder.validation())
        #expect(validation.samples.map(\.name) == ["training", "held out"])
        for sample in validation.samples {
            #expect(sample.performance.rows == 1_500 && (0.6...0.95).contains(sample.performance.auc ?? 0))
            #expect(sample.grades.reduce(0) { $0 + $1.rows } == 1_500)
            #expect(sample.grades.reduce(0) { $0 + ($1.defaults ?? 0) } == sample.performance.defaults)
        }
        let model = try ModelArtifact.read(bench.folder.file("run/model.json"))
        #expect(model.metrics["training"].map { PerformanceRecord($0) } == validation.samples[0].performance)
        #expect(try bench.text("run/recipe.yaml") == Workbench.recipe)
    }

    @Test func theSummaryNamesWhatMatters() throws {
        let bench = try Workbench()
        let run = try bench.train()
        for text in [
            "small (logistic)", "AUC", "training", "overdue_share", "BBB", "Written to", "model.json",
        ] {
            #expect(run.output.contains(text), "\(text)")
        }
        #expect(!run.output.contains("\u{1B}"), "colour in a pipe")
        #expect(try bench.train("quiet", "--quiet").output.isEmpty)
        let json = try bench.train("json", "--json")
        let record = try JSONDecoder().decode(ValidationRecord.self, from: Data(json.output.utf8))
        #expect(record.model == "small")
    }

    @Test func anOlderRunStaysUnlessReplaced() throws {
        let bench = try Workbench()
        #expect(try bench.train().status == .done)
        let before = try bench.text("run/run.json")
        let refused = try bench.train()
        #expect(refused.status == .failed)
        #expect(refused.error.contains("already exists"))
        #expect(try bench.text("run/run.json") == before)
        #expect(try bench.train("run", "--replace").status == .done)
        #expect(try bench.folder.names.allSatisfy { !$0.hasPrefix(".") })
    }

    @Test func aFailedRunLeavesNothing() throws {
        let bench = try Workbench()
        let run = Run(
            "train", try bench.recipe("column: defaulted", "column: absent"), "--data",
            bench.path("past.csv"), "--out",
            bench.path("run"))
        #expect(run.status == .badData)
        #expect(try bench.folder.names == ["new.csv", "past.csv", "recipe.yaml"])
    }

    @Test(arguments: ModelKind.allCases)
    func threadsDoNotMatter(kind: ModelKind) throws {
        let bench = try Workbench(rows: 2_500)
        for threads in ["1", "2", "7"] {
            let run = try bench.train("run\(threads)", "--threads", threads, kind: kind)
            #expect(run.status == .done, "\(run.error)")
            let score = Run(
                "score", bench.path("run\(threads)"), "--data", bench.path("new.csv"), "--out",
                bench.path("ratings\(threads).csv"), "--threads", threads)
            #expect(score.status == .done, "\(score.error)")
        }
        for threads in ["2", "7"] {
            for file in ["model.json", "validation.json", "training.json"] {
                #expect(try bench.text("run\(threads)/\(file)") == bench.text("run1/\(file)"), "\(file)")
            }
            #expect(try bench.text("ratings\(threads).csv") == bench.text("ratings1.csv"))
        }
    }

    @Test func theRecipesMasterScaleTravelsWithTheModel() throws {
        let bench = try Workbench()
        try bench.folder.write("geometric: {first: 0.001, factor: 2}\n", to: "coarse.yaml")
        let recipe = try bench.folder.write(
            Workbench.recipe + "masterScale: coarse.yaml\n", to: "graded.yaml")
        let run = Run("train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("run"))
        #expect(run.status == .done, "\(run.error)")
        #expect(try bench.text("run/master-scale.yaml").contains("AAA: 0.001"))
        // Away from its folder the model's scale must be given.
        try FileManager.default.copyItem(
            at: bench.folder.file("run/model.json"), to: bench.folder.file("alone.json"))
        let arguments = ["score", bench.path("alone.json"), "--data", bench.path("new.csv"), "--out", "-"]
        let refused = Run(arguments)
        #expect(refused.status == .usage && refused.error.contains("--master-scale coarse.yaml"))
        let graded = Run(arguments + ["--master-scale", bench.path("coarse.yaml")])
        let beside = Run(["score", bench.path("run")] + arguments.dropFirst(2))
        #expect(graded.status == .done && graded.output == beside.output)
    }

    @Test func aScorecardComesWithItsTableAndItsHistory() throws {
        let bench = try Workbench()
        let run = try bench.train(kind: .scorecard)
        #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
        for text in ["small card (scorecard)", "characteristic", "points", "Whole points move", "left out"] {
            #expect(run.output.contains(text), "\(text)")
        }
        let folder = try RunFolder(bench.folder.file("run"))
        let training = try #require(try folder.training())
        let used = training.variables.filter(\.isUsed)
        let model = try ModelArtifact.read(bench.folder.file("run/model.json"))
        #expect(used.map(\.name).sorted() == model.schema.names.sorted())
        #expect(used.allSatisfy { ($0.informationValue ?? 0) >= 0.05 })
        #expect(training.variables.contains { !$0.isUsed && $0.reason != nil })
        #expect(Set(training.decisions.map(\.verdict)).isSubset(of: ["admitted", "rejected", "removed"]))
        #expect(training.rounding != nil)
        let card = try CSVReader().read(bench.path("run/scorecard.csv"))
        #expect(
            Set((0..<card.rowCount).compactMap { card["characteristic"]?.text(at: $0) })
                == Set(used.map(\.name)))
        #expect(try bench.text("run/scorecard.md").hasPrefix("| Characteristic |"))
    }
}
