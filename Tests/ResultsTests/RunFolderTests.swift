import Foundation
import Results
import TestSupport
import Testing

@Suite("A run folder is whole or not there")
struct RunFolderTests {
    @Test func whatIsWrittenIsRead() throws {
        let temporary = try TemporaryFolder()
        let writer = try RunFolderWriter(temporary.file("deep/er/run"), replacing: false)
        try writer.write(ValidationRecord.sample)
        try writer.write(Data("{}".utf8), named: RunFolder.modelFileName)
        try writer.write(
            Data(
                """
                id,score,log_odds,pd,grade,reasons
                1,612.5,-3.5,0.0293,BBB,DELINQ;DEROG
                "a ""b"", c",500,0.25,0.562,CCC,

                """.utf8), named: RatingRecord.fileName)
        let written = try writer.finish(.sample)
        let run = try RunFolder(temporary.file("deep/er/run"))
        #expect(run.record == .sample)
        #expect(written.record == run.record)
        #expect(try run.validation() == .sample)
        #expect(run.modelFile?.lastPathComponent == "model.json")
        #expect(
            try run.ratings() == [
                RatingRecord(
                    id: "1", score: 612.5, logOdds: -3.5, pd: 0.0293, grade: "BBB",
                    reasons: ["DELINQ", "DEROG"]),
                RatingRecord(
                    id: "a \"b\", c", score: 500, logOdds: 0.25, pd: 0.562, grade: "CCC", reasons: []),
            ])
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: temporary.file("deep/er").path) == ["run"])
    }

    @Test func recordsAreTheSameTextEachTime() throws {
        let temporary = try TemporaryFolder()
        for name in ["a", "b"] {
            let writer = try RunFolderWriter(temporary.file(name), replacing: false)
            try writer.write(ValidationRecord.sample)
            _ = try writer.finish(.sample)
        }
        for file in ["run.json", "validation.json"] {
            #expect(
                try Data(contentsOf: temporary.file("a/\(file)"))
                    == Data(contentsOf: temporary.file("b/\(file)")))
        }
    }

    @Test func nothingAppearsBeforeTheEnd() throws {
        let temporary = try TemporaryFolder()
        do {
            let writer = try RunFolderWriter(temporary.file("run"), replacing: false)
            try writer.write(ValidationRecord.sample)
            #expect(try temporary.names.allSatisfy { $0.hasPrefix(".") && $0.hasSuffix(".partial") })
            #expect(throws: ResultsError.self) { try RunFolder(temporary.file("run")) }
        }
        #expect(try temporary.names.isEmpty, "an abandoned run left something behind")
    }

    @Test func anOlderRunIsReplacedOnlyWhenAllowed() throws {
        let temporary = try TemporaryFolder()
        let place = temporary.file("run")
        let first = try RunFolderWriter(place, replacing: false)
        try first.write(Data("old".utf8), named: "old.txt")
        _ = try first.finish(.sample)
        let refusal = try #require(throws: ResultsError.self) { try RunFolderWriter(place, replacing: false) }
        guard case .alreadyExists = refusal else {
            Issue.record("\(refusal)")
            return
        }
        do {
            let abandoned = try RunFolderWriter(place, replacing: true)
            try abandoned.write(Data(), named: "new.txt")
        }
        #expect(FileManager.default.fileExists(atPath: place.appending(path: "old.txt").path))
        let second = try RunFolderWriter(place, replacing: true)
        try second.write(Data("new".utf8), named: "new.txt")
        _ = try second.finish(.sample)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: place.path).sorted() == [
                "new.txt", "run.json",
            ])
        #expect(try temporary.names == ["run"])
    }

    @Test func whatIsNotARunIsNeverReplaced() throws {
        let temporary = try TemporaryFolder()
        try FileManager.default.createDirectory(
            at: temporary.file("mine"), withIntermediateDirectories: true)
        try Data("precious".utf8).write(to: temporary.file("mine/notes.txt"))
        try Data("precious".utf8).write(to: temporary.file("file"))
        for name in ["mine", "file"] {
            let refusal = try #require(throws: ResultsError.self) {
                try RunFolderWriter(temporary.file(name), replacing: true)
            }
            guard case .notReplaceable = refusal else {
                Issue.record("\(refusal)")
                continue
            }
        }
        #expect(try temporary.names == ["file", "mine"])
    }

    @Test func anEmptyFolderIsFilled() throws {
        let temporary = try TemporaryFolder()
        try FileManager.default.createDirectory(at: temporary.file("run"), withIntermediateDirectories: true)
        _ = try RunFolderWriter(temporary.file("run"), replacing: false).finish(.sample)
        #expect(try RunFolder(temporary.file("run")).record == .sample)
        #expect(try temporary.names == ["run"])
    }

    @Test func aFolderThatCannotBeWrittenIsNamed() throws {
        let temporary = try TemporaryFolder()
        try Data().write(to: temporary.file("blocked"))
        let error = try #require(throws: ResultsError.self) {
            try RunFolderWriter(temporary.file("blocked/run"), replacing: false)
        }
        #expect(error.description.contains("blocked/run"))
    }
}

@Suite("Records of later versions and damaged ones are refused")
struct RecordReadingTests {
    private func refusal(ofRunRecord text: String) throws -> ResultsError? {
        let temporary = try TemporaryFolder()
        try Data(text.utf8).write(to: temporary.file("run.json"))
        do throws(ResultsError) {
            _ = try RunFolder(temporary.url)
            return nil
        } catch {
            #expect(!error.description.contains("\n"))
            return error
        }
    }

    @Test func laterVersions() throws {
        guard case .newerVersion(_, 7, 1) = try refusal(ofRunRecord: "{\"formatVersion\": 7}") else {
            Issue.record("accepted")
            return
        }
    }

    @Test(arguments: [
        "", "{", "[]", "{}", "null", "{\"formatVersion\": \"1\"}", "{\"formatVersion\": 1}",
        "{\"formatVersion\": 0}", "{\"formatVersion\": -1}", "{\"formatVersion\": 1e99}",
        String(repeating: "[", count: 100_000),
    ])
    func damage(text: String) throws {
        guard case .damaged = try refusal(ofRunRecord: text) else {
            Issue.record("\(String(describing: try refusal(ofRunRecord: text)))")
            return
        }
    }

    @Test func truncatedRatings() throws {
        let temporary = try TemporaryFolder()
        let writer = try RunFolderWriter(temporary.file("run"), replacing: false)
        for text in ["", "id,score\n", "id,score,log_odds,pd,grade,reasons\n1,2,3\n", "\"id"] {
            try writer.write(Data(text.utf8), named: RatingRecord.fileName)
            let file = writer.file(RatingRecord.fileName).deletingLastPathComponent()
            try writer.write(RunRecord.sample)
            let run = try RunFolder(file)
            #expect(throws: ResultsError.self) { try run.ratings() }
        }
    }
}
