import Foundation
import Parallelism
import Results
import Review
import TestSupport
import Testing

@testable import obligor

@Suite("Files of a run are written piece by piece as they would be as a whole")
struct RunContentsTests {
    @Test(arguments: [0, 1, RunFile.rowsInPiece, 2 * RunFile.rowsInPiece + 3], [1, 3])
    func rows(count: Int, threads: Int) throws {
        let rows = (0..<count).map {
            HistoryRecord(id: "O\($0)", asOf: "2024-03-31", grade: "BB", pd: 0.01 * Double($0 % 7))
        }
        let folder = try TemporaryFolder()
        let writer = try RunFolderWriter(folder.file("run"), replacing: false)
        var contents = RunContents(writer)
        try contents.add(
            [
                RunFile(Data("a,b\n".utf8), role: "other", named: "before.csv"),
                RunFile(rows, role: "history"), RunFile(Data(), role: "other", named: "empty.csv"),
            ], workers: Workers(threads: threads))
        let whole = HistoryRecord.encoded(rows)
        #expect(try Data(contentsOf: writer.file(HistoryRecord.fileName)) == whole)
        #expect(try Data(contentsOf: writer.file("empty.csv")).isEmpty)
        #expect(contents.records.map(\.path) == ["before.csv", HistoryRecord.fileName, "empty.csv"])
        #expect(contents.records[1].bytes == whole.count && contents.records[1].role == "history")
        #expect(contents.records[1].sha256 == ContentDigest.of(whole))
    }
}
