import Foundation
import Results
import TestSupport
import Testing

@testable import obligor

@Suite("An offset is added in training and scoring")
struct OffsetCommandTests {
    /// Known log-odds beside the columns that are learned from.
    private func data(_ bench: Workbench, shift: Double, to name: String) throws -> String {
        let lines = try bench.text("past.csv").split(separator: "\n")
        let written = lines.enumerated().map { row, line in
            row == 0 ? "\(line),prior" : "\(line),\(Double(row % 5) / 2 + shift)"
        }
        return try bench.folder.write(written.joined(separator: "\n") + "\n", to: name)
    }

    private static let recipe = Workbench.recipe.replacing("id: id", with: "id: id\noffset: prior")
        .replacing("{l2: 1}", with: "none")

    private func logOdds(_ run: Run) -> [Double] {
        run.output.split(separator: "\n").dropFirst().compactMap { Double($0) }
    }

    @Test func aShiftOfTheOffsetMovesTheInterceptAlone() throws {
        let bench = try Workbench(rows: 800)
        let recipe = try bench.folder.write(Self.recipe, to: "offset.yaml")
        var records: [RegressionRecord] = []
        for (shift, name) in [(0.0, "plain.csv"), (2, "shifted.csv")] {
            let file = try data(bench, shift: shift, to: name)
            let run = Run("train", recipe, "--data", file, "--out", bench.path("run"), "--replace")
            #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
            records.append(try #require(try RunFolder(bench.folder.file("run")).training()?.regression))
        }
        expectClose(records[1].coefficients[0].value, records[0].coefficients[0].value - 2, absolute: 1e-8)
        for (left, right) in zip(records[0].coefficients, records[1].coefficients).dropFirst() {
            expectClose(left.value, right.value, absolute: 1e-8, left.name)
        }
        expectClose(records[0].fit.deviance, records[1].fit.deviance, relative: 1e-12)
        // The model expects the offset of what it scores, adds it, explains it, and gives it as no reason.
        func scored(_ file: String, _ column: String) -> Run {
            Run("score", bench.path("run"), "--data", bench.path(file), "--out", "-", "--columns", column)
        }
        let (less, more) = (
            logOdds(scored("plain.csv", "log_odds")), logOdds(scored("shifted.csv", "log_odds"))
        )
        #expect(less.count == 800)
        for (left, right) in zip(less, more) { expectClose(right - left, 2, absolute: 1e-12) }
        #expect(!scored("plain.csv", "reasons").output.contains("prior"))
        let explained = Run("explain", bench.path("run"), "--data", bench.path("plain.csv"), "--out", "-")
        #expect(
            explained.output.hasPrefix("id,log_odds,base,") && explained.output.contains("contribution_prior")
        )
    }

    @Test func aRowWithoutOffsetIsNamed() throws {
        let bench = try Workbench(rows: 300)
        let recipe = try bench.folder.write(Self.recipe, to: "offset.yaml")
        let sound = try data(bench, shift: 0, to: "sound.csv")
        var lines = try bench.text("sound.csv").split(separator: "\n").map(String.init)
        lines[7] = lines[7].replacing(#/,[^,]*$/#, with: ",")
        let gap = try bench.folder.write(lines.joined(separator: "\n") + "\n", to: "gap.csv")
        let refused = Run("train", recipe, "--data", gap, "--out", bench.path("run"))
        #expect(refused.status == .badData && refused.error.contains("gap.csv, line 8: "), "\(refused.error)")
        #expect(refused.error.contains("'prior'"))
        #expect(Run("train", recipe, "--data", sound, "--out", bench.path("run")).status == .done)
        let unscored = Run("score", bench.path("run"), "--data", gap, "--out", "-")
        #expect(
            unscored.status == .badData && unscored.error.contains("gap.csv, line 8: "), "\(unscored.error)")
        #expect(
            Run("score", bench.path("run"), "--data", bench.path("past.csv"), "--out", "-").status == .badData
        )
    }

    @Test func aScorecardHasNone() throws {
        let bench = try Workbench(rows: 100)
        let recipe = try bench.folder.write(
            Workbench.scorecardRecipe.replacing("id: id", with: "id: id\noffset: prior"), to: "card.yaml")
        let run = Run("train", recipe, "--data", bench.path("past.csv"), "--out", bench.path("run"))
        #expect(run.status == .usage && run.error.contains("card.yaml:5:"), "\(run.error)")
    }

    @Test(.enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
    func agreesWithR() throws {
        let folder = try TemporaryFolder()
        let text = try SharedData.text("data/german_credit/german.csv")
        var lines = text.split(whereSeparator: \.isNewline).map(String.init)
        let names = lines[0].split(separator: ",").map { $0.replacing("\"", with: "") }
        let credits = try #require(names.firstIndex(of: "existing_credits"))
        lines[0] += ",prior"
        for row in lines.indices.dropFirst() {
            let count = try #require(Double(lines[row].split(separator: ",")[credits]))
            lines[row] += ",\(log(count))"
        }
        let data = try folder.write(lines.joined(separator: "\n") + "\n", to: "german.csv")
        let recipe = try folder.write(
            """
            recipe: 1
            name: German offset
            target: {column: class, default: 2}
            offset: prior
            features: {include: [status, duration, amount, age, installment_rate]}
            model: {kind: logistic, standardise: false, caps: none, referenceLevel: first}

            """, to: "recipe.yaml")
        let run = Run("train", recipe, "--data", data, "--out", folder.path("run"))
        #expect(run.status == .done, "\(run.error)")
        let record = try #require(try RunFolder(folder.file("run")).training()?.regression)
        let expected = try Oracle(shared: "logistic/german_offset.json")("expected")
        for coefficient in record.coefficients {
            let name =
                coefficient.name == "(intercept)"
                ? "(Intercept)" : coefficient.name.replacing(" = ", with: "")
            expectClose(coefficient.value, try expected("coefficients", name).number, relative: 1e-7, name)
            expectClose(
                try #require(coefficient.standardError), try expected("std_errors", name).number,
                relative: 1e-7, name)
        }
        expectClose(record.fit.deviance, try expected("deviance").number, relative: 1e-9)
        expectClose(record.fit.nullDeviance, try expected("null_deviance").number, relative: 1e-9)
    }
}
