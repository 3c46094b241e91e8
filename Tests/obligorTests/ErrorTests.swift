import Foundation
import TestSupport
import Testing

@testable import obligor

@Suite("What cannot be done is said in one line with the right status")
struct ErrorTests {
    private func expect(
        _ run: Run, _ status: CommandStatus, _ parts: String...,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(run.status == status, "\(run.error)", sourceLocation: sourceLocation)
        for part in parts {
            #expect(run.error.contains(part), "\(run.error)", sourceLocation: sourceLocation)
        }
        #expect(
            run.error.hasPrefix("obligor: ") && run.error.filter(\.isNewline).count == 1, "\(run.error)",
            sourceLocation: sourceLocation)
        #expect(run.output.isEmpty, sourceLocation: sourceLocation)
    }

    @Test func filesThatAreNotThere() throws {
        let bench = try Workbench(rows: 50)
        expect(
            Run("train", bench.path("no.yaml"), "--data", bench.path("past.csv"), "--out", bench.path("run")),
            .badData,
            "no.yaml")
        expect(
            Run("train", try bench.recipe(), "--data", bench.path("no.csv"), "--out", bench.path("run")),
            .badData,
            "no.csv")
        for path in [bench.path("no"), bench.path("no/model.json")] {
            expect(Run("score", path, "--data", "x", "--out", "-"), .badData, path)
            expect(
                Run("import-model", path, "--recipe", try bench.recipe(), "--out", bench.path("x")), .badData,
                path)
            expect(Run("check", path), .badData, path)
            expect(Run("report", path, "--out", bench.path("x")), .badData, path)
            expect(Run("audit", "verify", path), .badData, path)
            expect(Run("watch", path), .badData, path)
        }
        expect(Run("simulate-table", "--out", bench.path("no/such/folder.csv")), .failed, "folder.csv")
    }

    @Test func outputsDoNotTakeThePlaceOfInputs() throws {
        let bench = try Workbench(rows: 400)
        #expect(try bench.train().status == .done)
        let before = try (bench.text("run/model.json"), bench.text("new.csv"))
        for out in ["run/model.json", "new.csv", "run/../new.csv"] {
            expect(
                Run("score", bench.path("run"), "--data", bench.path("new.csv"), "--out", bench.path(out)),
                .usage,
                "would take the place of")
        }
        try FileManager.default.copyItem(
            at: bench.folder.file("past.csv"), to: bench.folder.file("run/past.csv"))
        expect(
            Run(
                "train", try bench.recipe(), "--data", bench.path("run/past.csv"), "--out", bench.path("run"),
                "--replace"), .usage, "run/past.csv, which is read")
        #expect(try (bench.text("run/model.json"), bench.text("new.csv")) == before)
    }

    @Test func foldersInThePlaceOfFiles() throws {
        let bench = try Workbench(rows: 50)
        let folder = bench.folder.url.path
        expect(
            Run("train", folder, "--data", bench.path("past.csv"), "--out", bench.path("run")), .badData,
            "it is a folder")
        expect(
            Run("train", try bench.recipe(), "--data", folder, "--out", bench.path("run")), .badData,
            "it is a folder")
        expect(
            Run("simulate-table", "--rows", "5", "--out", folder), .failed, "it is a folder")
    }

    @Test(.enabled(if: FileManager.default.fileExists(atPath: "/dev/full"), "needs a device that is full"))
    func fullDevices() throws {
        let full = try #require(FileHandle(forWritingAtPath: "/dev/full"))
        let program = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent().appending(
            path: "obligor")
        try #require(FileManager.default.isExecutableFile(atPath: program.path))
        let process = Process()
        let errors = Pipe()
        process.executableURL = program
        process.arguments = ["simulate-table", "--rows", "10", "--out", "-"]
        process.standardOutput = full
        process.standardError = errors
        try process.run()
        let said = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == CommandStatus.failed.rawValue)
        #expect(
            said.hasPrefix("obligor: cannot write standard output: ") && !said.contains("Domain"), "\(said)")
    }

    @Test func recipes() throws {
        let bench = try Workbench(rows: 50)
        func train(_ passage: String, _ change: String) throws -> Run {
            Run(
                "train", try bench.recipe(passage, change), "--data", bench.path("past.csv"), "--out",
                bench.path("run")
            )
        }
        expect(
            try train("penalty:", "penalti:"), .usage, "recipe.yaml:7:", "unknown key 'penalti' in 'model'",
            "did you mean 'penalty'?")
        expect(try train("kind: logistic", "kind: logistics"), .usage, "did you mean logistic?")
        expect(try train("count: 3", "count: 1"), .usage, "recipe.yaml:6:", "a whole number from 2 to 100")
        expect(try train("recipe: 1", "recipe: 2"), .usage, "recipe.yaml:1:")
        expect(try train("name: small", "name: &a small"), .usage, "anchors")
        expect(try train("name: small", "name: [small"), .usage, "recipe.yaml:")
    }

    @Test func data() throws {
        let bench = try Workbench(rows: 200)
        func train(_ data: String, _ recipe: String) -> Run {
            Run("train", recipe, "--data", data, "--out", bench.path("run"))
        }
        let past = bench.path("past.csv")
        expect(
            train(past, try bench.recipe("equity_ratio", "equity_ration")), .badData, "past.csv",
            "'equity_ration'")
        expect(train(past, try bench.recipe("column: defaulted", "column: default")), .badData, "'default'")
        let described = "columns: {overdue_share: {type: double}}\nfolds:"
        let spoilt = try bench.text("past.csv").split(separator: "\n").enumerated().map { line, text in
            guard line == 7 else { return String(text) }
            var fields = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
            fields[11] = "much"
            return fields.joined(separator: ",")
        }
        let bad = try bench.folder.write(spoilt.joined(separator: "\n"), to: "bad.csv")
        expect(
            train(bad, try bench.recipe("folds:", described)), .badData, "bad.csv, line 8", "overdue_share",
            "'much'",
            "a number")
        let ragged = try bench.folder.write("a,b\n1,2\n3\n", to: "ragged.csv")
        expect(
            train(ragged, try bench.recipe("features: {include", "features: {exclude")), .badData,
            "ragged.csv, line 3")
        let empty = try bench.folder.write("", to: "empty.csv")
        expect(train(empty, try bench.recipe()), .badData, "empty.csv")
        let binary = bench.path("binary.csv")
        try Data([0x7F, 0x45, 0x4C, 0x46, 0, 1, 2, 255]).write(to: URL(filePath: binary))
        expect(train(binary, try bench.recipe()), .badData, "binary.csv")
        let healthy = try bench.text("past.csv").split(separator: "\n").filter { !$0.hasSuffix("true") }
        let oneClass = try bench.folder.write(healthy.joined(separator: "\n"), to: "one.csv")
        expect(train(oneClass, try bench.recipe()), .badData)
    }

    @Test func models() throws {
        let bench = try Workbench(rows: 400)
        #expect(try bench.train().status == .done)
        let model = try bench.text("run/model.json")
        func score(_ text: String) throws -> Run {
            Run(
                "score", try bench.folder.write(text, to: "damaged.json"), "--data", bench.path("new.csv"),
                "--out", "-"
            )
        }
        expect(try score(""), .badData, "damaged.json")
        expect(try score(String(model.prefix(model.count / 2))), .badData, "damaged.json", "damaged")
        expect(try score("{}"), .badData, "damaged.json")
        expect(try score(model.replacingOccurrences(of: "\"small\"", with: "\"larger\"")), .badData, "digest")
        expect(
            try score(
                model.replacingOccurrences(of: "\"formatVersion\" : 2", with: "\"formatVersion\" : 99")),
            .badData,
            "99")
        expect(
            Run("score", bench.path("past.csv"), "--data", bench.path("new.csv"), "--out", "-"), .badData,
            "past.csv")
        try FileManager.default.createDirectory(
            at: bench.folder.file("empty"), withIntermediateDirectories: true)
        expect(Run("score", bench.path("empty"), "--data", "x", "--out", "-"), .badData, "not a run folder")
        let columns = try bench.folder.write("id,industry\n1,retail\n", to: "narrow.csv")
        expect(
            Run("score", bench.path("run"), "--data", columns, "--out", "-"), .badData, "narrow.csv",
            "'days_beyond_terms'")
        let scale = try bench.folder.write("upperBounds: {AAA: 2}\n", to: "scale.yaml")
        expect(
            Run(
                "score", bench.path("run"), "--data", bench.path("new.csv"), "--out", "-", "--master-scale",
                scale),
            .usage, "scale.yaml:1:", "at most 1")
    }
}
