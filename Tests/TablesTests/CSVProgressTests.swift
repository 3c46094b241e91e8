import Foundation
import Parallelism
import Synchronization
import Testing

@testable import Tables

@Suite("Readers say how far they are")
struct CSVProgressTests {
    /// What a reader reported, in the order of its reports.
    private final class Log: Sendable {
        let entries = Mutex<[(done: Int, total: Int)]>([])

        var all: [(done: Int, total: Int)] { entries.withLock(\.self) }
    }

    private static let text = "a,b\n" + String(repeating: "1,some text\n2,other text\n", count: 2_000)

    private func options(_ log: Log, threads: Int) -> CSVOptions {
        var options = CSVOptions()
        options.blockSize = 1 << 12
        options.workers = Workers(threads: threads)
        options.onProgress = { done, total in log.entries.withLock { $0.append((done, total)) } }
        return options
    }

    /// Rising shares of one total that end with all of it.
    private func expectComplete(_ log: Log, total: Int) {
        let entries = log.all
        #expect(entries.count > 3)
        #expect(entries.allSatisfy { $0.total == total })
        #expect(zip(entries, entries.dropFirst()).allSatisfy { $0.done <= $1.done })
        #expect(entries.last?.done == total)
    }

    @Test(arguments: [1, 3])
    func ofTablesAndStreams(threads: Int) throws {
        let bytes = Array(Self.text.utf8)
        let log = Log()
        _ = try CSVReader(options(log, threads: threads)).read(.bytes(bytes, name: "text"))
        expectComplete(log, total: bytes.count)

        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(bytes).write(to: URL(filePath: path))
        let streamed = Log()
        let stream = try CSVStream(.file(path), options(streamed, threads: threads))
        var rows = 0
        try stream.forEach({ $0.table.rowCount }, handOn: { rows += $0 })
        #expect(rows == 4_000)
        expectComplete(streamed, total: bytes.count)
    }

    @Test func ofPackedFilesInPackedBytes() throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID().uuidString).gz").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        // Numbers that do not pack well, so that the file is read in several steps.
        var number: UInt64 = 1
        let values = (0..<60_000).map { _ in
            number = number &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Double(bitPattern: number >> 12 | 0x3FF0_0000_0000_0000)
        }
        try CSVWriter.write(try Table(columns: [Column(name: "x", values: .double(values))]), to: path)
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
        let log = Log()
        #expect(try CSVReader(options(log, threads: 2)).read(path).rowCount == values.count)
        expectComplete(log, total: size)
    }

    @Test func butNotOfWhatHasNoSize() throws {
        let log = Log()
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        let created = unsafe mkfifo(path, 0o600)
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(created == 0)
        let feeder = Thread {
            try? FileHandle(forWritingTo: URL(filePath: path)).write(contentsOf: Data(Self.text.utf8))
        }
        feeder.start()
        let stream = try CSVStream(.file(path), options(log, threads: 1))
        var rows = 0
        while let block = try stream.next() { rows += block.table.rowCount }
        #expect(rows == 4_000 && log.all.isEmpty)
    }
}
