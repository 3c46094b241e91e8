import GRDB
import GRDBSQLite
import Tables

// The C calls of writing: GRDB's own binding makes a value with a reference count of every field, which takes four
// times as long.

/// Inserts blocks of records by one prepared statement.
struct RecordInsertion {
    private let statement: Statement

    /// - Parameter table: Where to.
    init(_ database: Database, table: String, columns: [String]) throws {
        let names = columns.map(LedgerTable.quoted).joined(separator: ", ")
        let marks = columns.map { _ in "?" }.joined(separator: ", ")
        statement = try database.makeStatement(sql: "INSERT INTO \(table) (\(names)) VALUES (\(marks))")
    }

    /// Inserts a block.
    func insert(_ rows: RecordRows) throws {
        // SAFETY: the statement lives as long as `self`; the bytes that texts point into live, unmoved, until every row
        // that was bound to them has been stepped through and the bindings have been cleared.
        let status: Int32 = unsafe rows.bytes.withUnsafeBufferPointer { bytes in
            let handle = unsafe statement.sqliteStatement
            defer { unsafe sqlite3_clear_bindings(handle) }
            for row in 0..<rows.count {
                for (position, column) in rows.columns.enumerated() {
                    let place = Int32(position + 1)
                    switch column {
                    case .doubles(let numbers): unsafe sqlite3_bind_double(handle, place, numbers[row])
                    case .integers(let numbers):
                        if numbers[row] == Tables.Column.missingInteger {
                            unsafe sqlite3_bind_null(handle, place)
                        } else {
                            unsafe sqlite3_bind_int64(handle, place, numbers[row])
                        }
                    case .texts(let starts, let lengths):
                        if lengths[row] < 0 {
                            unsafe sqlite3_bind_null(handle, place)
                        } else if let base = bytes.baseAddress {
                            let text = unsafe UnsafeRawPointer(base + Int(starts[row]))
                            unsafe sqlite3_bind_text(
                                handle, place, text.assumingMemoryBound(to: CChar.self), lengths[row], nil)
                        } else {
                            unsafe sqlite3_bind_text(handle, place, "", 0, nil)
                        }
                    }
                }
                let status = unsafe sqlite3_step(handle)
                unsafe sqlite3_reset(handle)
                if status != SQLITE_DONE { return status }
            }
            return SQLITE_OK
        }
        guard status == SQLITE_OK else {
            throw DatabaseError(
                resultCode: ResultCode(rawValue: status), message: "a record cannot be inserted")
        }
    }
}
