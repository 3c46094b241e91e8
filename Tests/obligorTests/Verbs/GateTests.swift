import Foundation
import Results
import TestSupport
import Testing

@testable import obligor

@Suite("A validation gate that says no ends the command with status 4")
struct GateTests {
    private func train(_ bench: Workbench, _ gates: String, _ more: String...) throws -> Run {
        let recipe = try bench.recipe("folds:", "gates: {\(gates)}\nfolds:")
        return Run(
            ["train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("run"), "--replace"]
                + more)
    }

    private func validation(_ bench: Workbench) throws -> ValidationRecord {
        try #require(try RunFolder(bench.folder.file("run")).validation())
    }

    @Test func trainingIsJudgedByCrossValidation() throws {
        let bench = try Workbench()
        let passed = try train(bench, "minimumAUC: 0.55, maximumLogLoss: 0.6, minimumDefaults: 10")
        #expect(passed.status == .done && passed.error.isEmpty, "\(passed.error)")
        #expect(passed.output.contains("Validation gates") && passed.output.contains("passed"))
        let refused = try train(bench, "minimumAUC: 0.99, minimumDefaults: 10")
        #expect(refused.status == .gateRefused)
        #expect(
            refused.error.hasPrefix("obligor: refused by 1 of 2 validation gates: cross-validation: AUC 0."))
        #expect(
            refused.error.hasSuffix(", at least 0.99 demanded\n")
                && refused.error.filter(\.isNewline).count == 1)
        // The run is there all the same, and says so.
        let record = try validation(bench)
        let folds = try #require(record.crossValidation)
        let gates = try #require(record.gates)
        #expect(folds.folds.count == 3 && gates.map(\.passed) == [true, false])
        #expect(gates.last?.value == folds.mean.auc && gates.last?.sample == "cross-validation")
    }

    @Test func heldOutDataIsJudgedToo() throws {
        let bench = try Workbench()
        let run = try train(
            bench, "judgedBy: training, maximumAUCDrop: -0.9", "--holdout", bench.path("new.csv"), "--json")
        #expect(run.status == .gateRefused && run.error.contains("held out: fall of the AUC"), "\(run.error)")
        let printed = try JSONDecoder().decode(ValidationRecord.self, from: Data(run.output.utf8))
        #expect(printed.gates?.count == 1 && printed.crossValidation == nil)
        #expect(try validation(bench) == printed)
    }

    @Test func evaluateJudgesByTheModelsGates() throws {
        let bench = try Workbench()
        #expect(try train(bench, "maximumAUCDrop: 0.3, minimumAUC: 0.55").status == .done)
        let good = Run("evaluate", bench.path("run"), "--data", bench.path("new.csv"))
        #expect(good.status == .done && good.output.contains("maximumAUCDrop"), "\(good.error)")
        // The same obligors with the opposite outcome.
        let turned = try bench.text("new.csv").replacing(",true\n", with: ",?\n").replacing(
            ",false\n", with: ",true\n"
        ).replacing(",?\n", with: ",false\n")
        let data = try bench.folder.write(turned, to: "turned.csv")
        let bad = Run("evaluate", bench.path("run"), "--data", data, "--json")
        #expect(bad.status == .gateRefused && bad.error.contains("refused by 2 of 2"), "\(bad.error)")
        struct Report: Decodable { let gates: [GateRecord] }
        #expect(
            try JSONDecoder().decode(Report.self, from: Data(bad.output.utf8)).gates.map(\.passed) == [
                false, false,
            ])
    }

    @Test func aGateThatCannotBeIsRefusedWithItsLine() throws {
        let bench = try Workbench(rows: 50)
        for (gates, message) in [
            ("minimumAUC: 2", "a number from 0.0 to 1.0"), ("minimumAuc: 0.5", "did you mean 'minimumAUC'?"),
            ("judgedBy: hope", "crossValidation, training"),
        ] {
            let run = try train(bench, gates)
            #expect(run.status == .usage && run.error.contains(message), "\(run.error)")
            #expect(run.error.contains("recipe.yaml:6:"), "\(run.error)")
        }
    }
}
