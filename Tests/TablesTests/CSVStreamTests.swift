import Parallelism
import Testing

@testable import Tables

@Suite("A stream reads in one pass")
struct CSVStreamTests {
    private func options(
        _ columns: [ColumnSchema] = [], _ change: (inout CSVOptions) -> Void = { _ in }
    ) throws
        -> CSVOptions
    {
        var options = CSVOptions()
        options.workers = Workers(threads: 2)
        options.blockSize = 64
        options.schema = try Schema(columns)
        change(&options)
        return options
    }

    private func all(_ stream: CSVStream) throws -> [TableBlock] {
        var blocks: [TableBlock] = []
        while let block = try stream.next() { blocks.append(block) }
        return blocks
    }

    private let text =
        "id,x,c\n" + (0..<200).map { "\($0),\(Double($0) / 2),\($0 % 3 == 0 ? "a" : "b")\n" }.joined()

    @Test func columnsWithoutAStatedTypeAreText() throws {
        let stream = try CSVStream(.text(text), options())
        #expect(stream.schema.columns.map(\.type) == [.text, .text, .text])
        let blocks = try all(stream)
        #expect(blocks.count > 10)
        #expect(blocks[0].table["id"]?.text(at: 1) == "1")
        #expect(try stream.next() == nil)
    }

    @Test func onlyChosenColumnsAreRead() throws {
        let stated = [ColumnSchema(name: "x", type: .double)]
        let stream = try CSVStream(.text(text), options(stated) { $0.columns = ["x"] })
        let blocks = try all(stream)
        #expect(blocks.allSatisfy { $0.table.names == ["x"] })
        #expect(blocks.reduce(0) { $0 + $1.table.rowCount } == 200)
    }

    @Test func levelsKeepTheirCodesInEveryBlock() throws {
        let stated = [ColumnSchema(name: "c", type: .category, levels: ["z", "b"], unseenLevels: .append)]
        for block in try all(CSVStream(.text(text), options(stated))) {
            guard case .category(let codes, let levels) = block.table["c"]?.values else {
                Issue.record("no category")
                return
            }
            #expect(Array(levels.prefix(2)) == ["z", "b"])
            for (row, code) in codes.enumerated() {
                #expect(levels[Int(code)] == ((block.firstRow + row) % 3 == 0 ? "a" : "b"))
            }
        }
    }

    @Test func theFirstBlockDecidesTheDecimalMark() throws {
        let stated = [ColumnSchema(name: "x", type: .double)]
        let commas = try all(CSVStream(.text("id;x\n1;2,5\n2;3,5\n"), options(stated)))
        #expect(commas[0].table["x"]?.values == .double([2.5, 3.5]))
        let points = try all(CSVStream(.text("id;x\n1;2.5\n2;3.5\n"), options(stated)))
        #expect(points[0].table["x"]?.values == .double([2.5, 3.5]))
    }

    @Test func blocksBeforeAFaultAreDelivered() throws {
        let stated = [ColumnSchema(name: "x", type: .double)]
        let stream = try CSVStream(.text(text + "200,bad,a\n201,1,a\n"), options(stated))
        var rows = 0
        #expect(
            throws: TableError.badValue(
                file: "text", line: 202, column: "x", value: "bad", expected: "a number")
        ) {
            while let block = try stream.next() { rows += block.table.rowCount }
        }
        #expect(rows > 150 && rows <= 200)
        // It stays at the fault.
        #expect(throws: TableError.self) { try stream.next() }
    }

    @Test func errorsOfTheCallerEndTheStream() throws {
        struct Enough: Error {}
        for failing in ["transform", "handOn"] {
            let stream = try CSVStream(.text(text), options())
            var delivered: [Int] = []
            #expect(throws: Enough.self) {
                try stream.forEach(
                    { block in
                        if failing == "transform", block.number == 5 { throw Enough() }
                        return block.number
                    },
                    handOn: { number in
                        if failing == "handOn", number == 5 { throw Enough() }
                        delivered.append(number)
                    })
            }
            #expect(delivered == [0, 1, 2, 3, 4])
        }
    }

    @Test func pullingAndPushingMix() throws {
        let stream = try CSVStream(.text(text), options())
        let first = try stream.next()
        var numbers = [first?.number]
        try stream.forEach({ $0.number }, handOn: { numbers.append($0) })
        #expect(numbers == (0..<numbers.count).map(Optional.some))
        #expect(numbers.count > 10)
    }

    @Test func emptyTablesHaveNoBlocks() throws {
        #expect(try CSVStream(.text("a,b\n"), options()).next() == nil)
        #expect(throws: TableError.emptyFile(file: "text")) { try CSVStream(.text(""), options()) }
    }
}
