import Foundation
import Parallelism
import Statistics
import Testing
import Vocabulary

@testable import Tables

@Suite("What is written is read back exactly")
struct CSVWriterTests {
    /// A folder of its own, gone after the test.
    private final class Folder {
        let path: String

        init() throws {
            path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }

        func text(_ name: String) throws -> String {
            String(decoding: try Data(contentsOf: URL(filePath: "\(path)/\(name)")), as: UTF8.self)
        }
    }

    private func randomTable(_ dice: inout SeededGenerator, rows: Int) throws -> Table {
        let words = [
            "", "NA", "a", "b,c", "d\"e", "f\ng", "h\r\ni", " spaced ", "ß€", "1.5", "null", "true", "x;y",
            "\r",
        ]
        func values<Value>(_ make: (inout SeededGenerator) -> Value) -> [Value] {
            (0..<rows).map { _ in make(&dice) }
        }
        return try Table(columns: [
            Column(
                name: "double",
                values: .double(values { Double(bitPattern: $0.next()) }.map { $0.isNaN ? .nan : $0 })),
            Column(
                name: "float, single",
                values: .float(
                    values { Float(bitPattern: UInt32(truncatingIfNeeded: $0.next())) }.map {
                        $0.isNaN ? .nan : $0
                    })),
            Column(
                name: "integer",
                values: .integer(values { Int64(bitPattern: $0.next()) >> Int64($0.below(64)) })),
            Column(
                name: "cate\"gory",
                values: .category(
                    codes: values { $0.oneIn(5) ? Column.missingCode : UInt32($0.below(words.count)) },
                    levels: words)),
            Column(
                name: "day",
                values: .day(
                    values { dice in
                        dice.oneIn(5)
                            ? Column.missingDay : CalendarDay(daysSince1970: Int32(dice.below(40_000)))
                    })),
            Column(name: "flag", values: .flag(values { $0.pick([0, 1, Column.missingFlag]) })),
            Column(name: "text", values: .text(values { $0.oneIn(5) ? nil : $0.pick(words) })),
        ])
    }

    @Test(arguments: 0..<20)
    func randomTablesSurvive(seed: Int) throws {
        var dice = SeededGenerator(seed: UInt64(seed))
        let folder = try Folder()
        let table = try randomTable(&dice, rows: dice.pick([0, 1, 7, 300]))
        var options = CSVWriterOptions()
        options.delimiter = dice.pick([.automatic, .comma, .semicolon, .tab, .pipe])
        options.decimalMark = dice.pick([.point, .comma])
        options.endsLinesWithCRLF = dice.oneIn(2)
        options.missing = dice.pick(["", "NA"])
        let path = "\(folder.path)/table.csv" + (dice.oneIn(3) ? ".gz" : "")
        try CSVWriter.write(table, to: path, options, workers: Workers(threads: 2))
        var reading = CSVOptions()
        reading.schema = table.schema
        reading.decimalMark = options.decimalMark
        reading.delimiter =
            options.delimiter == .automatic
            ? (options.decimalMark == .comma ? .semicolon : .comma) : options.delimiter
        reading.workers = Workers(threads: 2)
        expectSameBits(try CSVReader(reading).read(path), table)
        #expect(folder.names.count == 1)
    }

    @Test func fieldsAreQuotedOnlyWhereNeeded() throws {
        let table = try Table(columns: [
            Column(
                name: "a b",
                values: .text(["plain", "with, comma", "with \"marks\"", "", nil, "NA", "two\nlines", "a;b"])),
            Column(name: "x", values: .integer([1, -2, 3, 4, 5, 6, Column.missingInteger, 8])),
        ])
        let formatter = CSVFormatter()
        let bytes = formatter.header(table.names) + formatter.records(of: table)
        #expect(
            String(decoding: bytes, as: UTF8.self) == """
                a b,x
                plain,1
                "with, comma",-2
                "with ""marks\""",3
                "",4
                ,5
                "NA",6
                "two
                lines",
                a;b,8

                """)
    }

    @Test func typesAreInferredAgain() throws {
        let table = try Table(columns: [
            Column(name: "double", values: .double([1, 2, 1e22])),
            Column(name: "integer", values: .integer([1, 2, 3])),
            Column(
                name: "day",
                values: .day([CalendarDay(daysSince1970: 0), Column.missingDay, Column.missingDay])),
            Column(name: "flag", values: .flag([1, 0, Column.missingFlag])),
            Column(name: "category", values: .category(codes: [1, 0, 1], levels: ["a", "b"])),
        ])
        let formatter = CSVFormatter()
        let bytes = formatter.header(table.names) + formatter.records(of: table)
        #expect(try CSVReader().read(.bytes(bytes, name: "x")) == table)
    }

    @Test func aFileAppearsOnlyWhenItIsComplete() throws {
        let folder = try Folder()
        let path = "\(folder.path)/scores.csv"
        try Data("old\n".utf8).write(to: URL(filePath: path))
        let table = try Table(columns: [Column(name: "x", values: .integer([1]))])
        var writer: CSVWriter? = try CSVWriter(to: .file(path))
        try writer?.write(table)
        #expect(try folder.text("scores.csv") == "old\n")
        #expect(folder.names.count == 2)
        // Dropped half way, it leaves nothing behind.
        writer = nil
        #expect(folder.names == ["scores.csv"])
        let second = try CSVWriter(to: .file(path))
        try second.write(table)
        try second.write(table)
        try second.finish()
        #expect(try folder.text("scores.csv") == "x\n1\n1\n")
        #expect(folder.names == ["scores.csv"])
    }

    @Test func linksAreFollowedAndPermissionsKept() throws {
        let folder = try Folder()
        let target = "\(folder.path)/real.csv"
        try Data("old\n".utf8).write(to: URL(filePath: target))
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: target)
        try FileManager.default.createSymbolicLink(
            atPath: "\(folder.path)/link.csv", withDestinationPath: target)
        try CSVWriter.write(
            try Table(columns: [Column(name: "x", values: .flag([1]))]), to: "\(folder.path)/link.csv")
        #expect(try folder.text("real.csv") == "x\ntrue\n")
        #expect(folder.names == ["link.csv", "real.csv"])
        let attributes = try FileManager.default.attributesOfItem(atPath: target)
        #expect(attributes[.posixPermissions] as? Int == 0o640)
    }

    @Test func numbersOfEveryLengthAreWritten() throws {
        var wholes: [Int64] = [0, .max, .min + 1]
        var fractions: [Double] = []
        var power: Int64 = 1
        for digits in 1...18 {
            wholes += [power, power * 10 - 1, -power, power + power / 3]
            for exponent in -12...12 {
                let text = String((power + power / 7).description.prefix(min(digits, 17)))
                fractions.append(try #require(Double("\(text)e\(exponent)")))
                fractions.append(try #require(Double("-9e\(exponent)")))
            }
            power *= 10
        }
        let formatter = CSVFormatter()
        let whole = Table(unchecked: [Column(name: "x", values: .integer(wholes))], rowCount: wholes.count)
        #expect(
            String(decoding: formatter.records(of: whole), as: UTF8.self)
                == wholes.map { "\($0)\n" }.joined())
        let fraction = Table(
            unchecked: [Column(name: "x", values: .double(fractions))], rowCount: fractions.count)
        let lines = String(decoding: formatter.records(of: fraction), as: UTF8.self).split(separator: "\n")
        for (line, value) in zip(lines, fractions) {
            #expect(Double(line) == value)
            // The standard library writes the shortest form too.
            #expect(digits(line) == digits("\(value)"))
            #expect(line.contains { ".e".contains($0) })
        }
    }

    /// The digits of a number without zeros on either side.
    private func digits(_ text: some StringProtocol) -> String {
        let mantissa = text.prefix { $0 != "e" }.filter { $0.isNumber }.drop { $0 == "0" }
        return String(mantissa.reversed().drop { $0 == "0" }.reversed())
    }

    @Test func listsAreOneFieldEach() {
        let none = Column.missingCode
        func written(_ levels: [String], _ separator: Character, _ codes: [UInt32]) -> [String] {
            let lists = LevelLists(levels: levels, codes: codes, width: 3, separator: separator)
            let rows = codes.count / 3
            let bytes = CSVFormatter().records(
                of: [.lists(lists), .values(.integer((0..<rows).map(Int64.init)))], rows: 0..<rows)
            return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        }
        let long = String(repeating: "long ", count: 9)
        #expect(
            written(
                ["a", long, "N", "A"], ";",
                [0, 1, 2, 1, none, none, none, none, none, 3, 3, none, 1, 1, 1])
                == ["a;\(long);N,0", "\(long),1", ",2", "A;A,3", "\(long);\(long);\(long),4"])
        // What a reader would take for missing, or cut in two, is quoted.
        #expect(written(["N", "A", "NA"], "/", [0, 1, none, 2, none, none]) == ["\"N/A\",0", "\"NA\",1"])
        #expect(
            written(["x,y", "q\"r", ""], ";", [0, 1, 2, 1, none, none, 2, none, none])
                == ["\"x,y;q\"\"r;\",0", "\"q\"\"r\",1", "\"\",2"])
        #expect(written(["a", "b"], ",", [0, 1, none]) == ["\"a,b\",0"])
    }

    @Test func blocksMustHaveTheSameColumns() throws {
        let folder = try Folder()
        let writer = try CSVWriter(to: .file("\(folder.path)/x.csv"))
        try writer.write(try Table(columns: [Column(name: "x", values: .integer([1]))]))
        #expect(throws: TableError.missingColumn(file: nil, name: "x", available: ["y"])) {
            try writer.write(try Table(columns: [Column(name: "y", values: .integer([1]))]))
        }
    }

    @Test func streamsGoThroughInOrder() throws {
        let folder = try Folder()
        let rows = 3000
        let table = try Table(columns: [
            Column(name: "id", values: .integer((0..<Int64(rows)).map { $0 })),
            Column(name: "x", values: .double((0..<rows).map { Double($0) / 7 })),
        ])
        try CSVWriter.write(table, to: "\(folder.path)/in.csv")
        for threads in [1, 2, 7] {
            var options = CSVOptions()
            options.workers = Workers(threads: threads)
            options.blockSize = 2000
            options.schema = table.schema
            let stream = try CSVStream(.file("\(folder.path)/in.csv"), options)
            let writer = try CSVWriter(to: .file("\(folder.path)/out.csv"))
            let formatter = writer.formatter
            try writer.writeHeader(stream.schema.names)
            try stream.forEach(
                { formatter.records(of: $0.table) }, handOn: { try writer.write(formatted: $0) })
            try writer.finish()
            #expect(try folder.text("out.csv") == folder.text("in.csv"))
        }
    }

    @Test func pipesAreRead() throws {
        let folder = try Folder()
        let path = "\(folder.path)/pipe"
        let created = unsafe mkfifo(path, 0o600)
        #expect(created == 0)
        for isStream in [false, true] {
            let feeder = Thread {
                let text = "a,b\n" + String(repeating: "1,2\n", count: 50_000)
                try? FileHandle(forWritingTo: URL(filePath: path)).write(contentsOf: Data(text.utf8))
            }
            feeder.start()
            var rows = 0
            if isStream {
                let stream = try CSVStream(.file(path))
                while let block = try stream.next() { rows += block.table.rowCount }
            } else {
                rows = try CSVReader().read(path).rowCount
            }
            #expect(rows == 50_000)
        }
    }
}
