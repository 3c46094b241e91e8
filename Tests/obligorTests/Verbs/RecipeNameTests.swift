import Boosting
import Foundation
import Results
import Scoring
import StrictYAML
import Tables
import TestSupport
import Testing

@testable import obligor

@Suite("Names and rows that are wrong are named")
struct RecipeNameTests {
    @Test(arguments: [
        (
            "selection: {informationValue: {minimum: 0.05}}", "selection: {force: [overdue_shares]}",
            "'overdue_share'"
        ),
        ("selection: {informationValue: {minimum: 0.05}}", "selection: {force: [as_of]}", "may use"),
        ("minimumBinShare: 0.1", "variables: {industri: {trend: none}}", "'industry'"),
        ("minimumBinShare: 0.1", "variables: {as_of: {trend: none}}", "may use"),
    ])
    func scorecards(passage: String, change: String, message: String) throws {
        let bench = try Workbench(rows: 300)
        let recipe = try bench.folder.write(
            Workbench.scorecardRecipe.replacing(passage, with: change), to: "card.yaml")
        let run = Run("train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("run"))
        #expect(run.status == .usage && run.error.contains(message), "\(run.error)")
    }

    @Test(arguments: [
        ("references: {industri: retail}", "did you mean 'industry'?"),
        ("references: {industry: retale}", "did you mean 'retail'?"),
        ("signs: {equity_ration: riskFalls}", "equity_ration"),
        ("bounds: {equity_ration: {lower: 0}}", "equity_ration"),
    ])
    func logisticModels(key: String, message: String) throws {
        let bench = try Workbench(rows: 400)
        let recipe = try bench.recipe("penalty: {l2: 1}", key)
        let run = Run("train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("run"))
        #expect(run.status == .usage && run.error.contains(message), "\(run.error)")
    }

    @Test func aForcedVariableNeedsBins() throws {
        let bench = try Workbench(rows: 300)
        let lines = try bench.text("past.csv").split(separator: "\n").enumerated().map { row, line in
            row == 0 ? "\(line),constant" : "\(line),4"
        }
        let data = try bench.folder.write(lines.joined(separator: "\n") + "\n", to: "constant.csv")
        let recipe = try bench.folder.write(
            Workbench.scorecardRecipe.replacing(
                "informationValue: {minimum: 0.05}", with: "force: [constant]"), to: "card.yaml")
        let run = Run("train", recipe, "--data", data, "--out", bench.path("run"))
        #expect(
            run.status == .usage && run.error.contains("'constant': it cannot be forced in"), "\(run.error)")
    }

    /// The rows of the file are its lines but for the header; a quoted line break takes a line more.
    @Test func rowsAreNamedByFileAndLine() throws {
        let folder = try TemporaryFolder()
        let recipe = try folder.write(
            """
            recipe: 1
            name: lines
            target: {column: bad, default: 1, nonDefault: 0}
            weight: w
            model: {kind: logistic, missing: error, caps: none, penalty: {l2: 1}}

            """, to: "recipe.yaml")
        func train(_ spoil: (Int, [String]) -> [String]) throws -> Run {
            var text = "note,x,w,bad\n"
            for row in 0..<40 {
                let fields = ["\"two\nlines\"", "\(row % 7).5", "1", row % 3 == 0 ? "1" : "0"]
                text += spoil(row, fields).joined(separator: ",") + "\n"
            }
            let data = try folder.write(text, to: "data.csv")
            return Run("train", recipe, "--data", data, "--out", folder.path("run"), "--replace")
        }
        // Row 9 begins on line 2 + 2 · 9.
        for (field, value, message) in [
            (3, "", "no value in the target column 'bad'"), (3, "7", "'7' in row 10"),
            (2, "-1", "the weight -1.0"),
            (2, "", "no weight"), (1, "", "1 missing value"), (1, "inf", "inf"),
        ] {
            let run = try train { row, fields in
                var fields = fields
                if row == 9 { fields[field] = value }
                return fields
            }
            #expect(run.status == .badData, "\(run.error)")
            #expect(run.error.contains("data.csv, line 20: ") && run.error.contains(message), "\(run.error)")
        }
        #expect(try train { $1 }.status == .done)
    }

    @Test(arguments: [
        ("0\n1\nx\n1\n", "folds.csv, line 3"), ("fold\n0\n1\n\n0\n", "folds.csv, line 4"),
        ("row,fold\n0,1\n9,1\n", "folds.csv, line 3"), ("row,fold\n0,1\n1,1\n0,2\n", "folds.csv, line 4"),
    ])
    func foldsFilesNameTheirLines(text: String, place: String) throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(text, to: "folds.csv")
        let error = #expect(throws: (any Error).self) {
            try FoldsFile.read(.file(folder.path("folds.csv")), rows: 4)
        }
        #expect("\(error ?? CancellationError())".contains(place), "\(error ?? CancellationError())")
    }

    /// What lies with the recipe is 2, with the data 3, with the estimate 1.
    @Test func statusesAreThoseOfTheCause() {
        let cases: [(TrainingError, CommandStatus)] = [
            (.badOption(column: "x", reason: ""), .usage),
            (.conflictingRoles(column: "x", roles: []), .usage),
            (.bounded(.bounds(.unknownColumns(["x"]))), .usage), (.elasticNet(.badMixing(2)), .usage),
            (.elasticNet(.bounds(.unknownColumns(["x"]))), .usage), (.fit(.badPenalty(value: -1)), .usage),
            (.binning(.invalidOption(name: "", value: "", expected: "")), .usage),
            (.binning(.noSuchBin(variable: "x", value: "y")), .usage),
            (.encoding(.unknownReference(column: "x", level: "y", levels: [])), .usage),
            (.encoding(.badCaps(lower: 1, upper: 0)), .usage),
            (.boosting(.badOption(name: "", value: "", expected: "")), .usage),
            (.fit(.notConverged(iterations: 1, gradientNorm: 1)), .failed),
            (.bounded(.notConverged(iterations: 1, violation: 1)), .failed),
            (.elasticNet(.notConverged(penalty: 1, passes: 1, violation: 1)), .failed),
            (.fit(.oneClass(defaulted: true, observations: 3)), .badData),
            (.bounded(.data(.oneClass(defaulted: true, observations: 3))), .badData),
            (.elasticNet(.data(.collinear([]))), .badData), (.bounded(.separated(columns: ["x"])), .badData),
            (.encoding(.missingValues(column: "x", rows: 1, firstRow: 0)), .badData),
            (.missingTarget(column: "x", rows: 1, firstRow: 0), .badData), (.noVariables, .badData),
        ]
        for (error, status) in cases { #expect(CommandStatus(of: error) == status, "\(error)") }
    }

    /// The record of the run and the model name one seed, and none where nothing is drawn.
    @Test(
        arguments: [
            ("{l2: 1}", "", nil, nil),
            ("{elasticNet: {alpha: 1, path: {count: 5, folds: 3, seed: 11}}}", "", 11, 11),
            ("{l2: 1}", "gates: {minimumAUC: 0.1}\n", 5, nil),
        ] as [(String, String, UInt64?, UInt64?)])
    func seedsAreThoseThatWereDrawnFrom(penalty: String, more: String, run: UInt64?, model: UInt64?) throws {
        let bench = try Workbench(rows: 600)
        let recipe = try bench.folder.write(
            Workbench.recipe.replacing("{l2: 1}", with: penalty) + more, to: "seeded.yaml")
        let trained = Run("train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("run"))
        #expect(trained.status == .done, "\(trained.error)")
        let folder = try RunFolder(bench.folder.file("run"))
        #expect(folder.record.seed == run)
        #expect(try ModelArtifact.read(bench.folder.file("run/model.json")).fingerprint.seed == model)
    }
}
