import Foundation
import Results
import TestSupport
import Testing

@testable import obligor

@Suite("The command line and the recipe say how files are written")
struct DialectCommandTests {
    private static let recipe = """
        recipe: 1
        name: written
        target: {column: bad, default: 1}
        id: id
        model: {kind: logistic, penalty: {l2: 1}}

        """

    /// The same rows in any dialect.
    private func rows(
        delimiter: String = ",", mark: String = ".", missing: String = "", header: Bool = true
    )
        -> String
    {
        var lines = header ? ["id,ratio,days,bad".replacing(",", with: delimiter)] : []
        for row in 0..<200 {
            let ratio = row % 11 == 0 ? missing : "\(row % 7)\(mark)\(row % 10)"
            let days = "\(row % 13)\(mark)5"
            let bad = (row % 7 + row % 5) > 6 ? "1" : "0"
            lines.append(["R\(row)", ratio, days, bad].joined(separator: delimiter))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func log(_ run: Run) -> [String] { run.output.split(separator: "\n").map(String.init) }

    @Test func everyDialectGivesTheSameModel() throws {
        let folder = try TemporaryFolder()
        let plain = try folder.write(rows(), to: "plain.csv")
        let recipe = try folder.write(Self.recipe, to: "recipe.yaml")
        #expect(Run("train", recipe, "--data", plain, "--out", folder.path("plain")).status == .done)
        func coefficients(_ run: String) throws -> [RegressionRecord.Coefficient] {
            try #require(try RunFolder(folder.file(run)).training()?.regression).coefficients
        }
        let expected = try coefficients("plain")
        let ratings = log(Run("score", folder.path("plain"), "--data", plain, "--out", "-"))
        let cases: [(name: String, text: String, options: [String], keys: String)] = [
            (
                "german", rows(delimiter: ";", mark: ",", missing: "-"),
                ["--delimiter", "semicolon", "--decimal-mark", "comma", "--missing=-,k.A."],
                "{delimiter: semicolon, decimalMark: comma, missing: [\"-\", k.A.]}"
            ),
            ("pipe", rows(delimiter: "|"), ["--delimiter", "pipe"], "{delimiter: pipe}"),
            ("tab", rows(delimiter: "\t", missing: "NULL"), ["--delimiter", "tab"], "{delimiter: tab}"),
        ]
        for set in cases {
            let data = try folder.write(set.text, to: "\(set.name).csv")
            // By the command line, which the model does not remember …
            let run = Run(["train", recipe, "--data", data, "--out", folder.path(set.name)] + set.options)
            #expect(run.status == .done, "\(run.error)")
            #expect(try coefficients(set.name) == expected)
            let scored = Run(["score", folder.path(set.name), "--data", data, "--out", "-"] + set.options)
            #expect(log(scored) == ratings, "\(scored.error)")
            // … and by the recipe, which it does.
            let stated = try folder.write(Self.recipe + "file: \(set.keys)\n", to: "stated.yaml")
            let name = "\(set.name) stated"
            #expect(Run("train", stated, "--data", data, "--out", folder.path(name)).status == .done)
            #expect(try coefficients(name) == expected)
            let again = Run("score", folder.path(name), "--data", data, "--out", "-")
            #expect(log(again) == ratings, "\(again.error)")
            let measured = Run("evaluate", folder.path(name), "--data", data, "--json")
            #expect(measured.status == .done, "\(measured.error)")
            let folds = Run("cross-validate", stated, "--data", data, "--json")
            #expect(folds.status == .done, "\(folds.error)")
        }
    }

    @Test func aFileWithoutHeaderHasTheRecipesNames() throws {
        let folder = try TemporaryFolder()
        let data = try folder.write(rows(header: false), to: "bare.csv")
        let named = try folder.write(
            Self.recipe + "file: {header: [id, ratio, days, bad]}\n", to: "named.yaml")
        let run = Run("train", named, "--data", data, "--out", folder.path("named"))
        #expect(run.status == .done, "\(run.error)")
        let rated = Run("score", folder.path("named"), "--data", data, "--out", "-")
        #expect(log(rated).count == 201 && log(rated)[1].hasPrefix("R0,"), "\(rated.error)")
        let numbered = try folder.write(
            Self.recipe.replacing("column: bad", with: "column: column4").replacing(
                "id: id", with: "id: column1"),
            to: "numbered.yaml")
        let bare = Run("train", numbered, "--data", data, "--out", folder.path("bare"), "--no-header")
        #expect(bare.status == .done, "\(bare.error)")
        #expect(try RunFolder(folder.file("bare")).record.rows == 200)
    }

    @Test func messagesNameTheOptionThatHelps() throws {
        let folder = try TemporaryFolder()
        let recipe = try folder.write(Self.recipe, to: "recipe.yaml")
        func train(_ text: String, _ more: String...) throws -> Run {
            let data = try folder.write(text, to: "data.csv")
            return Run(["train", recipe, "--data", data, "--out", folder.path("run"), "--replace"] + more)
        }
        let ragged = try train(rows().replacing("R3,3.3", with: "R3,3,3"))
        #expect(ragged.status == .badData && ragged.error.contains("--delimiter"), "\(ragged.error)")
        let long = try train(rows(), "--field-limit", "2")
        #expect(long.status == .badData && long.error.contains("--field-limit"), "\(long.error)")
        let mixed = rows(delimiter: ";").split(separator: "\n").map { line in
            var fields = line.split(separator: ";", omittingEmptySubsequences: false).map(String.init)
            fields[2] = fields[2].replacing(".", with: ",")
            return fields.joined(separator: ";")
        }.joined(separator: "\n")
        let marks = try train(mixed)
        #expect(marks.status == .badData && marks.error.contains("--decimal-mark"), "\(marks.error)")
        #expect(try train(rows(), "--delimiter", "colon").status == .usage)
        #expect(try train(rows(), "--field-limit", "0").status == .usage)
    }

    @Test(arguments: [
        ("file: {delimiter: colon}", "one of comma, semicolon, tab, pipe"),
        ("file: {decimalMark: dot}", "one of point, comma"), ("file: {fieldLimit: 0}", "from 1 to"),
        ("file: {encoding: latin1}", "unknown key 'encoding'"),
    ])
    func unknownDialectsAreRefused(keys: String, message: String) throws {
        let folder = try TemporaryFolder()
        let recipe = try folder.write(Self.recipe + keys + "\n", to: "recipe.yaml")
        let run = Run("train", recipe, "--data", folder.path("no.csv"), "--out", folder.path("run"))
        #expect(run.status == .usage && run.error.contains(message), "\(run.error)")
    }
}
