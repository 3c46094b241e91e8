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

    @Test func quotedFieldsHoldAnything() throws {
        let table = try read("a,b\r\n\"x,\"\"y\"\"\r\nz\",\"\"\r\n\"plain\",NA\r\n") {
            $0.schema = Schema(unchecked: [
                ColumnSchema(name: "a", type: .text), ColumnSchema(name: "b", type: .text),
            ])
        }
        #expect(table["a"]?.values == .text(["x,\"y\"\r\nz", "plain"]))
        #expect(table["b"]?.values == .text(["", nil]))
    }
}
