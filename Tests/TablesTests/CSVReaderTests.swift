import Parallelism
import Testing
import Vocabulary

@testable import Tables

@Suite("CSV is read as RFC 4180 says")
struct CSVReaderTests {
    private func read(_ text: String, _ change: (inout CSVOptions) -> Void = { _ in }) throws -> Table {
        var options = CSVOptions()
        options.workers = Workers(threads: 2)
        change(&options)
        return try CSVReader(options).read(.text(text))
    }

    @Test func typesComeFromAllValues() throws {
        let table = try read(
            """
            id,amount,rate,since,active,sector,nothing
            1,12,0.5,2024-02-29,true,retail,
            2,,1,2023-01-01,FALSE,"food, drink",
            3,-7,NaN,,true,,
            """)
        #expect(table["id"]?.values == .integer([1, 2, 3]))
        #expect(table["amount"]?.values == .integer([12, Column.missingInteger, -7]))
        #expect(table["rate"]?.values == .double([0.5, 1, .nan]))
        let days = [CalendarDay(iso8601: "2024-02-29"), CalendarDay(iso8601: "2023-01-01")].compactMap(\.self)
        #expect(table["since"]?.values == .day(days + [Column.missingDay]))
        #expect(table["active"]?.values == .flag([1, 0, 1]))
        #expect(
            table["sector"]?.values
                == .category(codes: [1, 0, Column.missingCode], levels: ["food, drink", "retail"]))
        #expect(table["nothing"]?.values == .double([.nan, .nan, .nan]))
        #expect(table.rowCount == 3)
    }

    /// The first field of a block ends where its text begins, which no byte stands before.
    @Test(arguments: ["x\n\n4\n3\n5\n", "x\r\n\r\n4\r\n3\r\n5\r\n"])
    func anEmptyLineBehindTheHeaderIsAMissingValue(text: String) throws {
        let table = try CSVReader().read(.text(text))
        #expect(table["x"]?.values == .integer([Column.missingInteger, 4, 3, 5]))
    }

    @Test func quotedFieldsHoldAnything() throws {
        let table = try read("a,b\r\n\"x,\"\"y\"\"\r\nz\",\"\"\r\n\"plain\",NA\r\n") {
            $0.schema = Schema(unchecked: [
                ColumnSchema(name: "a", type: .text), ColumnSchema(name: "b", type: .text),
            ])
        }
        #expect(table["a"]?.values == .text(["x,\"y\"\r\nz", "plain"]))
        #expect(table["b"]?.values == .text(["", nil]))
    }

    @Test func markersComeBeforeDaysAndFlags() throws {
        let table = try read("since,insured\n2024-02-29,1\n9999-12-31,0\n,-1\n\"2024-03-01\",\n") {
            $0.schema = Schema(unchecked: [
                ColumnSchema(name: "since", type: .day, missingMarkers: ["9999-12-31"]),
                ColumnSchema(name: "insured", type: .flag, missingMarkers: ["0", "-1"]),
            ])
        }
        let days = ["2024-02-29", "2024-03-01"].compactMap { CalendarDay(iso8601: $0) }
        #expect(
            table["since"]?.values == .day([days[0], Column.missingDay, Column.missingDay, days[1]]))
        let missing = Column.missingFlag
        #expect(table["insured"]?.values == .flag([1, missing, missing, missing]))
    }

    @Test func levelsMayBeManyOrMarkersInQuotes() throws {
        let levels = (0..<6_000).map { "level \($0)" } + ["NA", "say \"x\"", ""]
        let rows =
            (0..<6_000).reversed().map { "level \($0)" } + ["NA", "\"NA\"", "\"say \"\"x\"\"\"", "\"\"", ""]
        let table = try read("id,level\n" + rows.enumerated().map { "\($0),\($1)\n" }.joined()) {
            $0.schema = Schema(unchecked: [ColumnSchema(name: "level", type: .category, levels: levels)])
            $0.blockSize = 1 << 12
        }
        let missing = Column.missingCode
        #expect(
            table["level"]?.values
                == .category(
                    codes: (0..<6_000).reversed() + [missing, 6_000, 6_001, 6_002, missing], levels: levels))
    }

    @Test func carriedTextsComeOutAsTheyWereRead() throws {
        let text =
            "id;x;note\n\"a, b\";1;NA\n\"say \"\"no\"\"\";2;plain\n;3;\"\"\n\"NA\";4;\"0123456789,01\"\nplain;5;\u{e9}\n"
        var options = CSVOptions()
        options.schema = try Schema([ColumnSchema(name: "x", type: .integer)])
        options.blockSize = 24
        options.workers = .single
        let stream = try CSVStream(.text(text), options)
        options.carried = ["id", "note", "x"]
        let carrying = try CSVStream(.text(text), options)
        // A number is not carried: what it says depends on how it is read.
        #expect(stream.schema.names == ["id", "x", "note"] && carrying.schema.names == ["x"])
        let formatter = CSVFormatter()
        while let block = try stream.next() {
            let other = try #require(try carrying.next())
            let texts = ["id", "note"].compactMap { block.table[$0]?.values }.map(CSVFormatter.Fields.values)
            let carried = ["id", "note"].compactMap { other.carried[$0] }
            let rows = 0..<block.table.rowCount
            #expect(texts.count == 2 && carried.map(\.count) == [rows.count, rows.count])
            #expect(
                formatter.records(of: texts, rows: rows)
                    == formatter.records(of: carried.map(CSVFormatter.Fields.carried), rows: rows))
        }
        let rest = try carrying.next()
        #expect(rest?.number == nil)
    }

    @Test(arguments: [1, 3])
    func recordsAreCountedWhereSamplesMislead(threads: Int) throws {
        // Where the reader looks to estimate the number of records there is one long one, and many short ones between.
        let long = "0,\(String(repeating: "x", count: 1 << 15))\n"
        let short = (0..<5_000).map { "\(100_000 + $0),y\n" }.joined()
        let table = try read("id,note\n" + String(repeating: long + short, count: 64)) {
            $0.workers = Workers(threads: threads)
        }
        let segment: [Int64] = [0] + (100_000..<105_000)
        let ids: [Int64] = (0..<64).flatMap { _ in segment }
        #expect(table["id"]?.values == .integer(ids))
        #expect(
            table["note"]?.values
                == .category(
                    codes: ids.map { $0 == 0 ? 0 : 1 }, levels: [String(repeating: "x", count: 1 << 15), "y"])
        )
    }
}
