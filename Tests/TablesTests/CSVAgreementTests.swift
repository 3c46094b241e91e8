import Parallelism
import Statistics
import Testing
import Vocabulary

@testable import Tables

@Suite("The fast reader agrees with the plain one")
struct CSVAgreementTests {
    private func options(
        _ csv: RandomCSV, threads: Int, blockSize: Int, _ columns: [ColumnSchema] = []
    ) throws -> CSVOptions {
        var options = CSVOptions()
        options.workers = Workers(threads: threads)
        options.blockSize = blockSize
        options.schema = try Schema(columns)
        options.decimalMark = .point
        options.delimiter =
            switch csv.delimiter {
            case ",": .comma
            case ";": .semicolon
            case "\t": .tab
            default: .pipe
            }
        return options
    }

    @Test(arguments: 0..<40)
    func fieldsAreTheSameForAnyBlocksAndThreads(seed: Int) throws {
        var dice = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<4 {
            let csv = RandomCSV(&dice)
            let records = try PlainCSV.records(csv.text, delimiter: csv.delimiter)
            let columns = records[0].map { ColumnSchema(name: $0.text, type: .text) }
            for (threads, blockSize) in [(1, 1 << 18), (2, 1 + dice.below(40)), (7, 64 + dice.below(200))] {
                let table = try CSVReader(options(csv, threads: threads, blockSize: blockSize, columns))
                    .read(.text(csv.text))
                #expect(table.rowCount == records.count - 1)
                for (index, column) in table.columns.enumerated() {
                    let expected = records.dropFirst().map { record -> String? in
                        let field = record[index]
                        return field.isQuoted || !field.text.isEmpty ? field.text : nil
                    }
                    #expect(column.values == .text(expected))
                }
            }
        }
    }

    @Test(arguments: 0..<40)
    func inferredTablesAreTheSameForAnyBlocksAndThreads(seed: Int) throws {
        var dice = SeededGenerator(seed: UInt64(1000 + seed))
        for _ in 0..<4 {
            let csv = RandomCSV(&dice)
            let plain = try CSVReader(options(csv, threads: 1, blockSize: 1 << 18)).read(.text(csv.text))
            for (threads, blockSize) in [(1, 1 + dice.below(90)), (2, 1 + dice.below(40)), (7, 100)] {
                let table = try CSVReader(options(csv, threads: threads, blockSize: blockSize)).read(
                    .text(csv.text))
                expectSameBits(table, plain)
            }
        }
    }

    @Test(arguments: 0..<40)
    func inferredTypesAndValuesAreThoseOfTheText(seed: Int) throws {
        var dice = SeededGenerator(seed: UInt64(2000 + seed))
        let csv = RandomCSV(&dice)
        let records = try PlainCSV.records(csv.text, delimiter: csv.delimiter).dropFirst()
        let table = try CSVReader(options(csv, threads: 2, blockSize: 50)).read(.text(csv.text))
        for (index, kind) in csv.kinds.enumerated() {
            let texts = records.map { $0[index].text }
            let values = table.columns[index].values
            let hasValues = texts.contains { !$0.isEmpty }
            switch kind {
            case .whole where hasValues:
                #expect(values == .integer(texts.map { Int64($0) ?? Column.missingInteger }))
            case .decimal, .exact:
                #expect(values == .double(texts.map { Double($0) ?? .nan }))
            case .day where hasValues:
                #expect(values == .day(texts.map { CalendarDay(iso8601: $0) ?? Column.missingDay }))
            case .flag where hasValues:
                #expect(
                    values
                        == .flag(
                            texts.map { $0.isEmpty ? Column.missingFlag : $0.lowercased() == "true" ? 1 : 0 })
                )
            default: break
            }
        }
    }

    @Test(arguments: 0..<30)
    func streamsDeliverTheSameRecords(seed: Int) async throws {
        var dice = SeededGenerator(seed: UInt64(3000 + seed))
        let csv = RandomCSV(&dice)
        let whole = try CSVReader(options(csv, threads: 1, blockSize: 1 << 18)).read(.text(csv.text))
        for (threads, blockSize) in [(1, 60), (2, 1 + dice.below(90)), (7, 40)] {
            let options = try options(csv, threads: threads, blockSize: blockSize, whole.schema.columns)
            let stream = try CSVStream(.text(csv.text), options)
            var parts: [Table] = []
            var rows = 0
            while let block = try stream.next() {
                #expect(block.number == parts.count)
                #expect(block.firstRow == rows)
                rows += block.table.rowCount
                parts.append(block.table)
            }
            if parts.isEmpty {
                #expect(whole.rowCount == 0)
            } else {
                expectSameBits(try Table.concatenating(parts), whole)
            }
        }
    }
}

/// Records a failure unless two tables agree to the last bit.
func expectSameBits(_ left: Table, _ right: Table, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(left == right, sourceLocation: sourceLocation)
    for (left, right) in zip(left.columns, right.columns) {
        switch (left.values, right.values) {
        case (.double(let left), .double(let right)):
            #expect(left.map(\.bitPattern) == right.map(\.bitPattern), sourceLocation: sourceLocation)
        case (.float(let left), .float(let right)):
            #expect(left.map(\.bitPattern) == right.map(\.bitPattern), sourceLocation: sourceLocation)
        default: break
        }
    }
}
