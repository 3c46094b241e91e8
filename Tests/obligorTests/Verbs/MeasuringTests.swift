import Foundation
import Results
import TestSupport
import Testing

@testable import obligor

@Suite("evaluate and cross-validate print figures")
struct MeasuringTests {
    private static let keys = [
        "auc", "aucStandardError", "averagePrecision", "brier", "calibrationTest", "defaults", "gains",
        "gates", "gini", "grades",
        "ks",
        "logLoss", "reliability", "rows",
    ]

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func evaluateHasTheKeysOfTheContract() throws {
        let bench = try Workbench()
        #expect(try bench.train().status == .done)
        let run = Run("evaluate", bench.path("run"), "--data", bench.path("new.csv"), "--json")
        #expect(run.status == .done, "\(run.error)")
        #expect(try object(run.output).keys.sorted() == Self.keys)
        let readable = Run("evaluate", bench.path("run/model.json"), "--data", bench.path("new.csv"))
        for text in ["default rate", "small on", "Gains", "Reliability", "Hosmer-Lemeshow"] {
            #expect(readable.output.contains(text), "\(text)")
        }
        let profile = try JSONDecoder().decode(RiskProfileRecord.self, from: Data(run.output.utf8))
        #expect(profile.gains.count == 10 && profile.reliability.count == 10)
        expectClose(profile.reliability.reduce(0) { $0 + $1.rows }, 1_500, relative: 1e-12)
        #expect(profile.calibrationTest?.degreesOfFreedom == 10)
        // The training data gives the figures in the model file.
        let again = Run("evaluate", bench.path("run"), "--data", bench.path("past.csv"), "--json")
        let record = try JSONDecoder().decode(PerformanceRecord.self, from: Data(again.output.utf8))
        #expect(try RunFolder(bench.folder.file("run")).validation()?.samples[0].performance == record)
    }

    @Test func oneClassHasNoRanking() throws {
        let bench = try Workbench()
        #expect(try bench.train().status == .done)
        let survivors = try bench.text("new.csv").split(separator: "\n").filter { !$0.hasSuffix("true") }
        let data = try bench.folder.write(survivors.joined(separator: "\n") + "\n", to: "survivors.csv")
        let run = Run("evaluate", bench.path("run"), "--data", data, "--json")
        #expect(run.status == .done, "\(run.error)")
        let figures = try object(run.output)
        #expect(figures.keys.sorted() == Self.keys)
        #expect(figures["auc"] is NSNull && figures["brier"] is Double)
    }

    @Test func crossValidationHasFoldsAndMean() throws {
        let bench = try Workbench()
        let arguments = ["cross-validate", try bench.recipe(), "--data", bench.path("past.csv")]
        let run = Run(arguments + ["--json"])
        #expect(run.status == .done, "\(run.error)")
        let object = try object(run.output)
        #expect(object.keys.sorted() == ["folds", "mean"])
        let record = try JSONDecoder().decode(CrossValidationRecord.self, from: Data(run.output.utf8))
        #expect(record.folds.count == 3)
        #expect(record.folds.reduce(0) { $0 + $1.rows } == 1_500 && record.mean.rows == 1_500)
        expectClose(
            try #require(record.mean.auc), record.folds.compactMap(\.auc).reduce(0, +) / 3, relative: 1e-14)
        for threads in ["1", "2", "7"] {
            #expect(Run(arguments + ["--json", "--threads", threads]).output == run.output)
        }
        let readable = Run(arguments)
        #expect(readable.output.contains("fold 3") && readable.output.contains("mean"))
    }

    @Test func foldsMayBeGivenInEveryForm() throws {
        let bench = try Workbench()
        let folds = (0..<1_500).map { $0 * 7 % 4 }
        let shuffled = (0..<1_500).map { $0 * 11 % 1_500 }
        let forms = [
            "plain.csv": folds.map { "\($0)\n" }.joined(),
            "header.csv": "fold\n" + folds.map { "\($0)\r\n" }.joined(),
            "pairs.csv": "row,fold\n" + shuffled.map { "\($0),\(folds[$0])\n" }.joined(),
        ]
        var outputs: Set<String> = []
        for (name, text) in forms {
            let run = Run(
                "cross-validate", try bench.recipe(), "--data", bench.path("past.csv"), "--folds",
                try bench.folder.write(text, to: name), "--json")
            #expect(run.status == .done, "\(name): \(run.error)")
            outputs.insert(run.output)
        }
        #expect(outputs.count == 1)
    }

    @Test(arguments: [
        ("fold\n1\n2\n", "2 fold numbers for 1500 rows"),
        ("fold\n1\nx\n", "is not a whole number"),
        ("row,fold\n0,1\n0,2\n", "row 0 is given twice"),
        ("row,fold\n0,1\n1500,2\n", "row 1500 is not in the data"),
        ("row,fold\n0,1\n", "row 1 has no fold"),
        ("a,b\n0,1\n", "name them row and fold"),
        ("a,b,c\n0,1,2\n", "3 columns"),
        ("", "folds.csv"),
    ])
    func foldsThatCannotBeUsedAreRefused(text: String, message: String) throws {
        let bench = try Workbench()
        let run = Run(
            "cross-validate", try bench.recipe(), "--data", bench.path("past.csv"), "--folds",
            try bench.folder.write(text, to: "folds.csv"), "--json")
        #expect(run.status == .badData)
        #expect(run.error.contains(message), "\(run.error)")
        #expect(run.output.isEmpty)
    }
}
