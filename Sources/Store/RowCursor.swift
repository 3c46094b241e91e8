import Foundation
import GRDB
import GRDBSQLite
import Ledger
import Tables

// The C calls of reading, for the same reason as those of writing.

/// Reads a table of the ledger as it is, row by row in the order in which it was filled.
final class RowCursor {
    /// What a column keeps, by its declaration.
    enum Storage {
        case numbers, integers, texts
    }

    /// The table's columns in their order.
    let columns: [(name: String, storage: Storage)]
    private let table: String
    private let statement: GRDB.Statement
    private var isAtEnd = false

    init(_ table: String, _ database: Database) throws {
        self.table = table
        columns = try database.columns(in: table).map { column in
            let storage: Storage =
                switch column.type {
                case "INTEGER": .integers
                case "TEXT": .texts
                default: .numbers
                }
            return (column.name, storage)
        }
        let names = columns.map { LedgerTable.quoted($0.name) }.joined(separator: ", ")
        statement = try database.makeStatement(sql: "SELECT \(names) FROM \(table) ORDER BY rowid")
    }

    /// Up to a number of further rows; `nil` at the end.
    ///
    /// - Parameter texts: The most bytes of text in front of another text: as many as 32 bits number.
    /// - Throws: If a row has a value that no import writes into its column.
    func next(_ most: Int, after texts: Int32 = .max) throws -> RecordRows? {
        guard !isAtEnd else { return nil }
        var readings = columns.map { RowReading(storage: $0.storage, textBytes: texts) }
        var bytes: [UInt8] = []
        var rows = 0
        // SAFETY: the statement lives as long as `self`; the texts that SQLite gives are copied before the next step.
        let handle = unsafe statement.sqliteStatement
        while rows < most {
            let status = unsafe sqlite3_step(handle)
            guard status == SQLITE_ROW else {
                isAtEnd = true
                unsafe sqlite3_reset(handle)
                guard status == SQLITE_DONE else {
                    throw DatabaseError(
                        resultCode: ResultCode(rawValue: status), message: "the records cannot be read")
                }
                break
            }
            for place in readings.indices {
                unsafe readings[place].append(from: handle, at: Int32(place), &bytes)
            }
            rows += 1
        }
        if let strange = zip(columns, readings).first(where: \.1.isStrange)?.0.name {
            throw damaged("\(table) has a value in '\(strange)' that no import writes there")
        }
        guard rows > 0 else { return nil }
        return RecordRows(
            count: rows, names: columns.map(\.name), columns: readings.map(\.values), bytes: bytes)
    }
}

/// The values of one column, as they are read.
private struct RowReading {
    let storage: RowCursor.Storage
    /// The most bytes in front of a text.
    private let textBytes: Int32
    private var numbers: [Double] = []
    private var integers: [Int64] = []
    private var starts: [Int32] = []
    private var lengths: [Int32] = []
    /// Whether there was a value that no import writes.
    private(set) var isStrange = false

    init(storage: RowCursor.Storage, textBytes: Int32) {
        self.storage = storage
        self.textBytes = textBytes
    }

    var values: RecordRows.Values {
        switch storage {
        case .numbers: .doubles(numbers)
        case .integers: .integers(integers)
        case .texts: .texts(starts: starts, lengths: lengths)
        }
    }

    /// Takes the value of the statement's present row.
    @unsafe
    mutating func append(from handle: OpaquePointer, at place: Int32, _ bytes: inout [UInt8]) {
        let type = unsafe sqlite3_column_type(handle, place)
        let isMissing = type == SQLITE_NULL
        switch storage {
        case .numbers:
            numbers.append(isMissing ? .nan : unsafe sqlite3_column_double(handle, place))
            isStrange = isStrange || !(isMissing || type == SQLITE_FLOAT)
        case .integers:
            let number =
                isMissing ? Tables.Column.missingInteger : unsafe sqlite3_column_int64(handle, place)
            integers.append(number)
            isStrange =
                isStrange || !(isMissing || type == SQLITE_INTEGER && number != Tables.Column.missingInteger)
        case .texts:
            // No import writes so many bytes at once.
            guard let first = Int32(exactly: bytes.count), first <= textBytes else {
                starts.append(0)
                lengths.append(0)
                isStrange = true
                return
            }
            starts.append(first)
            isStrange = isStrange || !(isMissing || type == SQLITE_TEXT)
            if !isMissing, let start = unsafe sqlite3_column_text(handle, place) {
                let count = unsafe sqlite3_column_bytes(handle, place)
                unsafe bytes.append(contentsOf: UnsafeBufferPointer(start: start, count: Int(count)))
                lengths.append(count)
            } else {
                lengths.append(isMissing ? -1 : 0)
            }
        }
    }
}
