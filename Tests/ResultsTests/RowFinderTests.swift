import Foundation
import Statistics
import TestSupport
import Testing

@testable import Results

@Suite("A row is found by its key without reading the file")
struct RowFinderTests {
    private func record(_ id: String, _ name: String) -> PortfolioRecord {
        PortfolioRecord(
            id: id, name: name.isEmpty ? nil : name, asOf: "2024-09-30", grade: "BB", pd: 0.01,
            currency: "EUR", exposure: 1,
            overdue: 0, movement: .unchanged, tags: [name])
    }

    private func finder(_ records: [PortfolioRecord]) throws -> RowFinder {
        let folder = try TemporaryFolder()
        let portfolio = Portfolio(tags: ["name"], obligors: records)
        try portfolio.encoded().write(to: folder.file("portfolio.csv"))
        return try RowFinder(folder.file("portfolio.csv"))
    }

    @Test(arguments: [0, 1, 2, 3, 10, 257])
    func everyRowOfAFileInOrder(count: Int) throws {
        var generator = SeededGenerator(seed: 5)
        let records = (0..<count).map { number in
            let id = String(format: "O%05d", number * 3)
            return record(id, String(repeating: "n", count: Int.random(in: 0...40, using: &generator)))
        }
        let finder = try finder(records)
        for one in records { #expect(try finder.obligor(one.id) == one) }
        for id in ["", "A", "O00001", "O99999", "O0000"] { #expect(try finder.obligor(id) == nil, "\(id)") }
    }

    @Test func rowsOutOfOrderAndTextsThatLookLikeRows() throws {
        let records = [
            record("a\"b", "x"), record("a,b", "line\nA0004,fake,\"quoted\""), record("A0001", "ä,\n漢字"),
            record("A0003", "\nA0004,2024-09-30,BB"), record("A0007", ""), record("A0002", "gone"),
            record("A0004", "true"),
        ]
        let finder = try finder(records)
        for one in records { #expect(try finder.obligor(one.id) == one, "\(one.id)") }
        #expect(try finder.obligor("fake") == nil)
    }

    @Test func damagedRowsAreNamed() throws {
        let folder = try TemporaryFolder()
        let columns = PortfolioRecord.Column.allCases.map(\.rawValue).joined(separator: ",")
        try folder.write("\(columns)\nA,only two\n", to: "portfolio.csv")
        let finder = try RowFinder(folder.file("portfolio.csv"))
        #expect(throws: ResultsError.self) { try finder.obligor("A") }
        #expect(throws: ResultsError.self) { try RowFinder(folder.file("none.csv")) }
        try folder.write("", to: "empty.csv")
        #expect(try RowFinder(folder.file("empty.csv")).fields(of: "A") == nil)
    }
}
