import Foundation
import Testing
import Vocabulary

@testable import Tables

@Suite("Tables are gathered, joined and compared by value")
struct TableTests {
    private func everyType() throws -> Table {
        try Table(columns: [
            Column(name: "double", values: .double([1.5, .nan, -2])),
            Column(name: "float", values: .float([1.5, .nan, -2])),
            Column(name: "integer", values: .integer([1, Column.missingInteger, 3])),
            Column(
                name: "category", values: .category(codes: [1, Column.missingCode, 0], levels: ["a", "b"])),
            Column(
                name: "day",
                values: .day([
                    CalendarDay(daysSince1970: 0), Column.missingDay, CalendarDay(daysSince1970: 59),
                ])),
            Column(name: "flag", values: .flag([1, Column.missingFlag, 0])),
            Column(name: "text", values: .text(["x", nil, ""])),
        ])
    }

    @Test func missingIsAStateOfEveryType() throws {
        for column in try everyType().columns {
            #expect(column.missingCount == 1)
            #expect((0..<3).map(column.isMissing) == [false, true, false])
            #expect(column.text(at: 1) == nil)
        }
        #expect(
            try everyType().columns.map { $0.text(at: 0) } == [
                "1.5", "1.5", "1", "b", "1970-01-01", "true", "x",
            ])
    }

    @Test func missingEqualsMissing() throws {
        #expect(try everyType() == everyType())
        #expect(Column.Values.double([.nan]) != .double([0]))
        #expect(Column.Values.double([0]) != .float([0]))
    }

    @Test func gatheringRepeatsAndReorders() throws {
        let table = try everyType()
        let gathered = table.gathered([2, 0, 2, 1])
        #expect(gathered.rowCount == 4)
        for (before, after) in zip(table.columns, gathered.columns) {
            #expect([2, 0, 2, 1].map(before.text) == (0..<4).map(after.text))
        }
        // Levels stay, so that codes mean the same.
        #expect(
            table.gathered([1])["category"]?.values
                == .category(codes: [Column.missingCode], levels: ["a", "b"]))
        #expect(table.slice(1..<3) == table.gathered([1, 2]))
        #expect(table.gathered([]).rowCount == 0)
    }

    @Test func joiningPutsRowsBehindEachOther() throws {
        let table = try everyType()
        #expect(try Table.concatenating([table.slice(0..<1), table.slice(1..<3)]) == table)
        #expect(try Table.concatenating([]).rowCount == 0)
        let first = try Table(columns: [
            Column(name: "c", values: .category(codes: [0, 1], levels: ["a", "b"]))
        ])
        let second = try Table(columns: [
            Column(name: "c", values: .category(codes: [0, 1, Column.missingCode], levels: ["z", "a"]))
        ])
        #expect(
            try Table.concatenating([first, second])["c"]?.values
                == .category(codes: [0, 1, 2, 0, Column.missingCode], levels: ["a", "b", "z"]))
        let numbers = try Table(columns: [Column(name: "c", values: .double([1]))])
        #expect(throws: TableError.unequalTypes(column: "c", type: .double, expected: .category)) {
            try Table.concatenating([first, numbers])
        }
    }

    @Test func columnsAreChosenByName() throws {
        let table = try everyType()
        #expect(try table.selecting(["text", "flag"]).names == ["text", "flag"])
        #expect(table.dropping(["text", "nothing"]).columns.count == 6)
        #expect(throws: TableError.missingColumn(file: nil, name: "x", available: table.names)) {
            try table.selecting(["x"])
        }
        #expect(throws: TableError.duplicateColumn(file: nil, line: nil, name: "text")) {
            try table.selecting(["text", "text"])
        }
        let more = try table.appending(Column(name: "new", values: .integer([7, 8, 9])))
        #expect(more["new"]?.text(at: 2) == "9")
        #expect(try more.setting(Column(name: "new", values: .flag([0, 0, 0]))).columns.count == 8)
        #expect(throws: TableError.unequalLengths(column: "y", rows: 1, expected: 3)) {
            try table.appending(Column(name: "y", values: .integer([1])))
        }
    }

    @Test func doublesComeFromNumbersAndFlags() throws {
        let table = try everyType()
        for name in ["double", "float", "integer", "flag"] {
            #expect(table[name]?.doubles?.count == 3)
            #expect(table[name]?.doubles?[1].isNaN == true)
        }
        #expect(table["category"]?.doubles == nil)
    }
}

@Suite("A schema describes columns without contradiction")
struct SchemaTests {
    @Test func contradictionsAreRefused() throws {
        let bad = [
            ColumnSchema(name: "x", type: .text, range: .init(0...1)),
            ColumnSchema(name: "x", type: .double, range: .init(minimum: 2, maximum: 1)),
            ColumnSchema(name: "x", type: .double, range: .init(minimum: .nan)),
            ColumnSchema(name: "x", type: .double, levels: ["a"]),
            ColumnSchema(name: "x", type: .category, levels: ["a", "a"]),
            ColumnSchema(name: "x", type: .category, specialCodes: [1]),
            ColumnSchema(name: "x", type: .double, specialCodes: [.nan]),
        ]
        for column in bad {
            #expect(throws: TableError.self) { try Schema([column]) }
        }
        #expect(throws: TableError.duplicateColumn(file: nil, line: nil, name: "x")) {
            try Schema([ColumnSchema(name: "x", type: .text), ColumnSchema(name: "x", type: .day)])
        }
    }

    @Test func descriptionsSurviveJSON() throws {
        let schema = try Schema([
            ColumnSchema(
                name: "age", type: .integer, unit: "years", range: .init(18...120), specialCodes: [999],
                missingMarkers: ["?"]),
            ColumnSchema(name: "sector", type: .category, levels: ["b", "a"], unseenLevels: .append),
            ColumnSchema(name: "since", type: .day, dayFormat: .dayMonthYear),
            ColumnSchema(name: "x", type: .double, range: .init(minimum: 0)),
        ])
        let data = try JSONEncoder().encode(schema)
        #expect(try JSONDecoder().decode(Schema.self, from: data) == schema)
        let short = Data(#"[{"name": "x", "type": "double"}]"#.utf8)
        #expect(
            try JSONDecoder().decode(Schema.self, from: short)
                == Schema([ColumnSchema(name: "x", type: .double)]))
        let twice = Data(#"[{"name": "x", "type": "double"}, {"name": "x", "type": "day"}]"#.utf8)
        #expect(throws: (any Error).self) { try JSONDecoder().decode(Schema.self, from: twice) }
    }

    @Test func overridingKeepsTheOrder() throws {
        let inferred = try Schema([
            ColumnSchema(name: "a", type: .integer), ColumnSchema(name: "b", type: .text),
        ])
        let stated = try Schema([
            ColumnSchema(name: "c", type: .day), ColumnSchema(name: "a", type: .category),
        ])
        let both = inferred.overridden(by: stated)
        #expect(both.names == ["a", "b", "c"])
        #expect(both["a"]?.type == .category)
        #expect(both.selecting(["c", "x", "b"]).names == ["c", "b"])
    }

    @Test func aTableDescribesItself() throws {
        let table = try CSVReader().read(.text("a,b,c\n1,x,0.5\n2,y,\n"))
        #expect(
            try table.schema
                == Schema([
                    ColumnSchema(name: "a", type: .integer),
                    ColumnSchema(name: "b", type: .category, levels: ["x", "y"]),
                    ColumnSchema(name: "c", type: .double),
                ]))
    }
}
