import Foundation
import Parallelism
import Statistics
import Testing

@testable import Tables

@Suite("gzip files are read as if they were not packed")
struct GzipTests {
    private func packed(_ bytes: [UInt8]) throws -> [UInt8] {
        var packed: [UInt8] = []
        try GzipPacker().pack(bytes, isLast: true) { (part) throws(TableError) in packed += part }
        return packed
    }

    private func text(rows: Int) -> [UInt8] {
        Array(("id,name\n" + (0..<rows).map { "\($0),\"name, \($0 % 7)\"\n" }.joined()).utf8)
    }

    private func options(_ threads: Int) -> CSVOptions {
        var options = CSVOptions()
        options.workers = Workers(threads: threads)
        options.blockSize = 1000
        return options
    }

    @Test(arguments: [1, 2, 7])
    func packedFilesAreRead(threads: Int) throws {
        let bytes = text(rows: 5000)
        let plain = try CSVReader(options(threads)).read(.bytes(bytes, name: "x"))
        #expect(plain.rowCount == 5000)
        #expect(try CSVReader(options(threads)).read(.bytes(packed(bytes), name: "x")) == plain)
        let stream = try CSVStream(.bytes(packed(bytes), name: "x"), options(threads))
        var rows = 0
        while let block = try stream.next() { rows += block.table.rowCount }
        #expect(rows == 5000)
    }

    @Test func severalMembersAreOneFile() throws {
        let bytes = text(rows: 3000)
        let cut = 12_345
        let members = try packed(Array(bytes[..<cut])) + packed([]) + packed(Array(bytes[cut...]))
        let plain = try CSVReader(options(2)).read(.bytes(bytes, name: "x"))
        #expect(try CSVReader(options(2)).read(.bytes(members, name: "x")) == plain)
        // Zeros behind the end are padding.
        #expect(try CSVReader(options(2)).read(.bytes(members + [0, 0, 0], name: "x")) == plain)
    }

    @Test func aTruncatedFileIsRefused() throws {
        let bytes = try packed(text(rows: 500))
        for length in [2, 3, 10, 11, bytes.count / 2, bytes.count - 9, bytes.count - 1] {
            #expect(throws: TableError.corruptGzip(file: "x", reason: "it ends too early")) {
                try CSVReader(options(1)).read(.bytes(Array(bytes[..<length]), name: "x"))
            }
            #expect(throws: TableError.corruptGzip(file: "x", reason: "it ends too early")) {
                let stream = try CSVStream(.bytes(Array(bytes[..<length]), name: "x"), options(2))
                while try stream.next() != nil {}
            }
        }
    }

    @Test func aDamagedFileIsRefused() throws {
        let bytes = try packed(text(rows: 500))
        var dice = SeededGenerator(seed: 1)
        for _ in 0..<200 {
            var damaged = bytes
            // Behind the header, whose time and system say nothing about the data.
            damaged[10 + dice.below(bytes.count - 10)] ^= UInt8(1 << dice.below(8))
            #expect(throws: TableError.self) { try CSVReader(options(1)).read(.bytes(damaged, name: "x")) }
        }
        #expect(throws: TableError.corruptGzip(file: "x", reason: "other data behind its end")) {
            try CSVReader(options(1)).read(.bytes(bytes + Array("more".utf8), name: "x"))
        }
    }

    @Test func anEmptyFileInsideIsEmpty() throws {
        let bytes = try packed([])
        #expect(throws: TableError.emptyFile(file: "x")) { try CSVReader().read(.bytes(bytes, name: "x")) }
    }
}
