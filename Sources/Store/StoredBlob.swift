import Foundation
import GRDB
import GRDBSQLite

// The C calls of reading large values: as values of a statement SQLite puts them together in memory of its own first,
// and GRDB copies them from there.

/// Large values of single rows.
enum StoredBlob {
    /// The bytes in a column of a row.
    ///
    /// - Parameter row: Its number in the table.
    static func bytes(
        ofRow row: Int64, _ column: String, in table: String, _ database: Database
    ) throws -> Data {
        var blob: OpaquePointer?
        // SAFETY: the connection is open while `database` is at hand. A blob that was not opened is `nil`, which may be
        // closed; the buffer has the size that is read, and belongs to the data that free it.
        let opened = unsafe sqlite3_blob_open(database.sqliteConnection, "main", table, column, row, 0, &blob)
        defer { unsafe sqlite3_blob_close(blob) }
        try check(opened)
        let count = unsafe sqlite3_blob_bytes(blob)
        guard count > 0 else { return Data() }
        // Records are taken from it as they lie in memory.
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: Int(count), alignment: 16)
        let data = unsafe Data(
            bytesNoCopy: buffer, count: Int(count),
            deallocator: .custom { buffer, _ in unsafe buffer.deallocate() })
        try check(unsafe sqlite3_blob_read(blob, buffer, count, 0))
        return data
    }

    private static func check(_ status: Int32) throws {
        guard status == SQLITE_OK else {
            throw DatabaseError(resultCode: ResultCode(rawValue: status), message: "a value cannot be read")
        }
    }
}
