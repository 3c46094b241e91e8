import Parallelism
import Testing

@testable import Tables

@Suite("Types are inferred from the whole file")
struct CSVInferenceTests {
    /// The column of single values, the same wherever the file is cut.
    private func inferred(
        _ values: [String], _ change: (inout CSVOptions) -> Void = { _ in },
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> Column.Values {
        let text = "id;x\n" + values.map { "1;\($0)\n" }.joined()
        var all: [Column.Values] = []
        for (threads, blockSize) in [(1, 1 << 18), (2, 12), (7, 1)] {
            var options = CSVOptions()
            options.workers = Workers(threads: threads)
            options.blockSize = blockSize
            change(&options)
            all.append(try CSVReader(options).read(.text(text)).column(named: "x").values)
        }
        #expect(all.allSatisfy { $0 == all[0] }, sourceLocation: sourceLocation)
        return all[0]
    }

    private let many = [String](repeating: "7", count: 50)

    @Test func oneLateValueDecides() throws {
        let sevens = [Int64](repeating: 7, count: 50)
        #expect(try inferred(many) == .integer(sevens))
        #expect(try inferred(many + ["0.5"]) == .double(sevens.map(Double.init) + [0.5]))
        #expect(try inferred(many + ["1e3"]) == .double(sevens.map(Double.init) + [1000]))
        #expect(try inferred(many + ["-0"]) == .double(sevens.map(Double.init) + [0]))
        #expect(
            try inferred(many + ["x"]) == .category(codes: sevens.map { _ in 0 } + [1], levels: ["7", "x"]))
        #expect(
            try inferred(many + ["007"])
                == .category(codes: sevens.map { _ in 1 } + [0], levels: ["007", "7"]))
        #expect(
            try inferred(["007"] + many)
                == .category(codes: [0] + sevens.map { _ in 1 }, levels: ["007", "7"]))
        #expect(try inferred(many + [""]) == .integer(sevens + [Column.missingInteger]))
        #expect(try inferred(many + ["NA"]) == .integer(sevens + [Column.missingInteger]))
    }

    @Test func aLateFirstValueDecides() throws {
        let nothing = [String](repeating: "", count: 30)
        #expect(try inferred(nothing) == .double([Double](repeating: .nan, count: 30)))
        #expect(try inferred(nothing + ["5"]).isInteger)
        #expect(try inferred(nothing + ["true"]).isFlag)
        #expect(try inferred(nothing + ["2024-01-31"]).isDay)
        #expect(try inferred(nothing + ["a"]).levels == ["a"])
    }

    @Test func wholeNumbersBeyond64BitsAreIdentifiers() throws {
        #expect(try inferred(many + ["9223372036854775808"]).levels == ["7", "9223372036854775808"])
        // Among numbers with decimals they are numbers.
        #expect(try inferred(["0.5", "9223372036854775808"]) == .double([0.5, 9_223_372_036_854_775_808]))
    }

    @Test func commasAreDecimalMarksOnlyWhereTheyCanBe() throws {
        #expect(try inferred(["1,5", "2"]) == .double([1.5, 2]))
        #expect(try inferred(many + ["1,5"]) == .double([Double](repeating: 7, count: 50) + [1.5]))
        #expect(
            try inferred(["1e3"] + many + ["1,5"])
                == .double([1000] + [Double](repeating: 7, count: 50) + [1.5]))
        #expect(try inferred(["1,5", "2.5"]).levels == ["1,5", "2.5"])
        #expect(try inferred(["1,5", "2"]) { $0.decimalMark = .point }.levels == ["1,5", "2"])
        #expect(try inferred(["1.5", "2"]) { $0.decimalMark = .comma }.levels == ["1.5", "2"])
        let rate = ColumnSchema(name: "x", type: .double)
        #expect(try inferred(many + ["2,5"]) { $0.schema = Schema(unchecked: [rate]) }.numbers?.last == 2.5)
        #expect(try inferred(many + ["2.5"]) { $0.schema = Schema(unchecked: [rate]) }.numbers?.last == 2.5)
    }

    @Test func daysAndFlagsMixedWithAnythingElseAreWords() throws {
        #expect(try inferred(["2024-01-31", "2024-02-30"]).levels?.count == 2)
        #expect(try inferred(["true", "1"]).levels == ["1", "true"])
        #expect(try inferred(["true", "yes"]).levels == ["true", "yes"])
        #expect(try inferred(["yes", "no"]).levels == ["no", "yes"])
        #expect(try inferred(["TRUE", " false "]) == .flag([1, 0]))
    }

    @Test func quotesDoNotHideNumbers() throws {
        #expect(try inferred(["\"1\"", "2", "\"\"", "\"NA\""]) == .integer([1, 2, .min, .min]))
        #expect(try inferred(["\"a\"", "\"\"", "\"NA\"", ""]).levels == ["", "NA", "a"])
    }

    @Test func spacesAroundNumbersAreLeftOut() throws {
        #expect(try inferred([" 1", "2 ", "\t3", " "]) == .integer([1, 2, 3, .min]))
    }

    @Test func manyDistinctWordsAreText() throws {
        let names = (0..<1500).map { "name \($0)" }
        #expect(try inferred(Array(names.prefix(20))).levels?.count == 20)
        #expect(try inferred(Array(names.prefix(21))) == .text(names.prefix(21).map(Optional.some)))
        let twice = Array(names.prefix(500)) + Array(names.prefix(500))
        #expect(try inferred(twice).levels?.count == 500)
        // A category by the first block, text by all.
        let late = [String](repeating: "a", count: 40) + names
        #expect(try inferred(late) == .text(late.map(Optional.some)))
        // Text by the first block, a category by all.
        let early = Array(names.prefix(30)) + [String](repeating: "b", count: 100)
        #expect(try inferred(early).levels?.count == 31)
    }

    @Test func floatsOnRequest() throws {
        #expect(try inferred(["0.1", ""]) { $0.decimals = .float } == .float([0.1, .nan]))
        #expect(try inferred(["", ""]) { $0.decimals = .float } == .float([.nan, .nan]))
    }

    @Test func delimitersAreFound() throws {
        func names(_ text: String) throws -> [String] { try CSVReader().read(.text(text)).names }
        #expect(try names("a,b,c\n1,2,3\n") == ["a", "b", "c"])
        #expect(try names("a;b\n1,5;2,5\n") == ["a", "b"])
        #expect(try names("a\tb\n1,5\t2,5\n") == ["a", "b"])
        #expect(try names("a|b\n1|2\n") == ["a", "b"])
        #expect(try names("\"a;x\",b\n1,2\n") == ["a;x", "b"])
        #expect(try names("alone\n1\n") == ["alone"])
        #expect(try names("a,b\n1;2,3\n4,5\n") == ["a", "b"])
    }

    @Test func headersMayBeAbsent() throws {
        var options = CSVOptions()
        options.header = .none
        let table = try CSVReader(options).read(.text("1,x\n2,y\n"))
        #expect(table.names == ["column1", "column2"])
        #expect(table["column1"]?.values == .integer([1, 2]))
        options.header = .names(["id", "level"])
        #expect(try CSVReader(options).read(.text("1,x\n2,y\n")).names == ["id", "level"])
        options.header = .names(["id"])
        #expect(throws: TableError.self) { try CSVReader(options).read(.text("1,x\n2,y\n")) }
        #expect(try CSVReader().read(.text(",b\n1,2\n")).names == ["column1", "b"])
    }

    @Test func aHeaderAloneIsATableWithoutRows() throws {
        let table = try CSVReader().read(.text("a,b\n"))
        #expect(table.rowCount == 0)
        #expect(table.names == ["a", "b"])
        #expect(try CSVReader().read(.text("a,b")).rowCount == 0)
    }

    @Test func blankLinesAreSkippedExceptInOneColumn() throws {
        #expect(
            try CSVReader().read(.text("\n\na,b\n\n1,2\n\r\n\n3,4\n\n"))["a"]?.values == .integer([1, 3]))
        #expect(try CSVReader().read(.text("a\n1\n\n3\n"))["a"]?.values == .integer([1, .min, 3]))
    }

    @Test func chosenColumnsComeInTheOrderWanted() throws {
        var options = CSVOptions()
        options.columns = ["c", "a"]
        let table = try CSVReader(options).read(.text("a,b,c\n1,not looked at,3\n"))
        #expect(table.names == ["c", "a"])
        #expect(table["c"]?.values == .integer([3]))
        options.columns = ["a", "a"]
        #expect(throws: TableError.badSchema(column: "a", reason: "it is chosen twice")) {
            try CSVReader(options).read(.text("a,b\n1,2\n"))
        }
        options.columns = []
        #expect(try CSVReader(options).read(.text("a,b,c\n1,2,3\n")).columns.isEmpty)
    }

    @Test func markersOfAColumnReplaceTheUsualOnes() throws {
        let stated = ColumnSchema(name: "x", type: .double, missingMarkers: ["?", "-9"])
        let read = { (options: inout CSVOptions) in options.schema = Schema(unchecked: [stated]) }
        // A marker that is a number is compared as a number.
        #expect(
            try inferred(["1", "?", "-9", "-9.0", "", "-8"], read)
                == .double([1, .nan, .nan, .nan, .nan, -8]))
        #expect(throws: TableError.self) { try inferred(["NA"], read) }
        #expect(try inferred(["1", "."]) { $0.missingMarkers = ["."] } == .integer([1, .min]))
    }

    @Test func unseenLevelsMayBeAppended() throws {
        let sector = ColumnSchema(name: "x", type: .category, levels: ["z", "a"], unseenLevels: .append)
        let values = try inferred(["a", "q", "z", "", "b", "q"]) { $0.schema = Schema(unchecked: [sector]) }
        #expect(
            values == .category(codes: [1, 3, 0, Column.missingCode, 2, 3], levels: ["z", "a", "b", "q"]))
    }

    @Test func daysInOtherFormats() throws {
        func first(_ text: String, _ format: DayFormat) throws -> String? {
            let stated = ColumnSchema(name: "x", type: .day, dayFormat: format)
            let values = try inferred([text]) { $0.schema = Schema(unchecked: [stated]) }
            return Column(name: "x", values: values).text(at: 0)
        }
        #expect(try first("31.3.2026", .dayMonthYear) == "2026-03-31")
        #expect(try first("31/03/2026", .dayMonthYear) == "2026-03-31")
        #expect(try first("3/31/2026", .monthDayYear) == "2026-03-31")
        #expect(try first("2026/3/31", .yearMonthDay) == "2026-03-31")
        #expect(try first("20260331", .compact) == "2026-03-31")
        #expect(throws: TableError.self) { try first("31.3-2026", .dayMonthYear) }
        #expect(throws: TableError.self) { try first("31.3.26", .dayMonthYear) }
        #expect(throws: TableError.self) { try first("2026033", .compact) }
    }

    @Test func statedTypesAreKept() throws {
        let columns = ColumnType.allCases.map { ColumnSchema(name: $0.rawValue, type: $0) }
        var options = CSVOptions()
        options.schema = Schema(unchecked: columns)
        let text = columns.map(\.name).joined(separator: ",") + "\n1,1,1,1,2024-01-01,1,1\n,,,,,,\n"
        let table = try CSVReader(options).read(.text(text))
        #expect(table.columns.map(\.type) == ColumnType.allCases)
        #expect(table.columns.allSatisfy { $0.missingCount == 1 && !$0.isMissing(0) && $0.isMissing(1) })
        #expect(table["integer"]?.values == .integer([1, .min]))
        #expect(table["flag"]?.values == .flag([1, Column.missingFlag]))
        #expect(table["text"]?.values == .text(["1", nil]))
    }
}

extension Column.Values {
    fileprivate var isInteger: Bool { if case .integer = self { true } else { false } }
    fileprivate var isFlag: Bool { if case .flag = self { true } else { false } }
    fileprivate var isDay: Bool { if case .day = self { true } else { false } }
    fileprivate var levels: [String]? { if case .category(_, let levels) = self { levels } else { nil } }
    fileprivate var numbers: [Double]? { if case .double(let numbers) = self { numbers } else { nil } }
}
