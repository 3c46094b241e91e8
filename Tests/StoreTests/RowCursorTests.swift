import Foundation
import GRDB
import Review
import Testing

@testable import Store

@Suite("Rows of a ledger's table are read as an import writes them")
struct RowCursorTests {
    private static let texts = ["abc", "", nil, "de", "f"]

    private func cursor(_ database: Database) throws -> Store.RowCursor {
        try database.execute(sql: "CREATE TABLE texts (text TEXT)")
        for text in Self.texts {
            try database.execute(sql: "INSERT INTO texts VALUES (?)", arguments: [text])
        }
        return try Store.RowCursor("texts", database)
    }

    @Test func textsFollowEachOther() throws {
        try DatabaseQueue().write { database in
            let cursor = try cursor(database)
            let first = try #require(try cursor.next(4))
            #expect(first.count == 4 && first.bytes == Array("abcde".utf8))
            guard case .texts(let starts, let lengths) = first.columns[0] else {
                Issue.record("no texts")
                return
            }
            #expect(starts == [0, 3, 3, 3] && lengths == [3, 0, -1, 2])
            #expect(try cursor.next(4)?.bytes == Array("f".utf8))
            #expect(try cursor.next(4) == nil)
        }
    }

    /// No import writes a block with so many.
    @Test func textsThatCannotBeNumberedAreStrange() throws {
        try DatabaseQueue().write { database in
            #expect(try cursor(database).next(5, after: 5)?.count == 5)
            try database.execute(sql: "DROP TABLE texts")
            let error = #expect(throws: DatabaseError.self) {
                try cursor(database).next(5, after: 4)
            }
            #expect(error?.resultCode == .SQLITE_CORRUPT)
            #expect(error?.message == "texts has a value in 'text' that no import writes there")
        }
    }
}
