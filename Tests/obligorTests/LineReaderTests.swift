import Foundation
import Glibc
import Results
import TestSupport
import Testing

@testable import obligor

@Suite("Lines come as they are, whatever they come in")
struct LineReaderTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func read(_ path: String) throws -> [(Int, Data)] {
        var reader = try LineReader(of: path)
        var lines: [(Int, Data)] = []
        while let batch = reader.next() { lines += batch.map { ($0.number, $0.text) } }
        return lines
    }

    @Test func emptyLinesCountAndAreLeftOut() throws {
        let path = try folder.write("one\n\n \t\r\ntwo\r\nä", to: "lines")
        let lines = try Self.read(path)
        #expect(lines.map(\.0) == [1, 4, 5])
        #expect(lines.map { String(decoding: $0.1, as: UTF8.self) } == ["one", "two\r", "ä"])
        #expect(try Self.read(try folder.write("", to: "empty")).isEmpty)
        #expect(throws: ResultsError.self) { try LineReader(of: folder.path("nothing")) }
    }

    /// What stands behind a megabyte of blanks makes a line that is too long, not an empty one.
    @Test func blanksDoNotHideALongLine() throws {
        let blanks = String(repeating: " ", count: 3 << 20)
        let lines = try Self.read(try folder.write("\(blanks)\n\(blanks)x\(blanks)\nend", to: "blanks"))
        #expect(lines.map(\.0) == [2, 3])
        #expect(lines[0].1.count == 1 << 20 | 1)
    }

    /// A line without an end does not fill the memory, and does not take the ones behind it along.
    @Test func aLineThatIsTooLongIsNotKeptAsAWhole() throws {
        let path = folder.path("pipe")
        try #require(unsafe mkfifo(path, 0o600) == 0)
        let writer = Thread {
            guard let pipe = FileHandle(forWritingAtPath: path) else { return }
            try? pipe.write(contentsOf: Data("one\n".utf8))
            for _ in 0..<64 {
                try? pipe.write(contentsOf: Data(repeating: UInt8(ascii: "x"), count: 1 << 17))
            }
            try? pipe.write(contentsOf: Data("\nthree\n".utf8))
            try? pipe.close()
        }
        writer.start()
        let lines = try Self.read(path)
        #expect(lines.map(\.0) == [1, 2, 3])
        #expect((1 << 20 | 1...1 << 22).contains(lines[1].1.count))
        #expect(lines[2].1 == Data("three".utf8))
    }
}
