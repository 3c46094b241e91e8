import Foundation
import Results
import Testing

@Suite("A file appears when it is complete", .serialized)
struct StagedFileTests {
    @Test func contentAppearsAtTheEnd() throws {
        let temporary = try TemporaryFolder()
        let file = try StagedFile(temporary.file("out.csv"), replacing: true)
        try file.write(Data("a,".utf8))
        #expect(try temporary.names.allSatisfy { $0.hasPrefix(".") && $0.hasSuffix(".partial") })
        try file.write(Data("b\n".utf8))
        try file.finish()
        #expect(try temporary.names == ["out.csv"])
        #expect(try String(contentsOf: temporary.file("out.csv"), encoding: .utf8) == "a,b\n")
    }

    @Test func anAbandonedFileLeavesTheOldOne() throws {
        let temporary = try TemporaryFolder()
        try Data("old".utf8).write(to: temporary.file("out.csv"))
        do {
            let file = try StagedFile(temporary.file("out.csv"), replacing: true)
            try file.write(Data("new".utf8))
        }
        #expect(try temporary.names == ["out.csv"])
        #expect(try String(contentsOf: temporary.file("out.csv"), encoding: .utf8) == "old")
    }

    @Test func replacingIsTheCallersChoice() throws {
        let temporary = try TemporaryFolder()
        try Data("old".utf8).write(to: temporary.file("out.csv"))
        #expect(throws: ResultsError.self) { try StagedFile(temporary.file("out.csv"), replacing: false) }
        let file = try StagedFile(temporary.file("out.csv"), replacing: true)
        try file.write(Data("new".utf8))
        try file.finish()
        #expect(try String(contentsOf: temporary.file("out.csv"), encoding: .utf8) == "new")
    }

    @Test func aLinkIsFollowedAndStays() throws {
        let temporary = try TemporaryFolder()
        try Data("old".utf8).write(to: temporary.file("real.csv"))
        try FileManager.default.createSymbolicLink(
            at: temporary.file("link.csv"), withDestinationURL: temporary.file("real.csv"))
        let file = try StagedFile(temporary.file("link.csv"), replacing: true)
        try file.write(Data("new".utf8))
        try file.finish()
        #expect(try String(contentsOf: temporary.file("real.csv"), encoding: .utf8) == "new")
        let type = try FileManager.default.attributesOfItem(atPath: temporary.file("link.csv").path)[.type]
        #expect(type as? FileAttributeType == .typeSymbolicLink)
    }

    @Test func aDeviceIsWrittenToAndNotReplaced() throws {
        let file = try StagedFile(URL(filePath: "/dev/null"), replacing: true)
        try file.write(Data("gone".utf8))
        try file.finish()
        let type = try FileManager.default.attributesOfItem(atPath: "/dev/null")[.type]
        #expect(type as? FileAttributeType == .typeCharacterSpecial)
    }

    @Test func foldersAndMissingFoldersAreRefused() throws {
        let temporary = try TemporaryFolder()
        #expect(throws: ResultsError.self) { try StagedFile(temporary.url, replacing: true) }
        #expect(throws: ResultsError.self) {
            try StagedFile(temporary.file("absent/out.csv"), replacing: true)
        }
        #expect(try temporary.names.isEmpty)
    }

}
