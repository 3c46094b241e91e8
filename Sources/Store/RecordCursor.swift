import GRDB
import GRDBSQLite
import Ledger
import Synchronization
import Tables
import Vocabulary

// The C calls of reading, for the same reason as those of writing.

/// Reads the records of a kind as blocks of columns, for several threads one after the other.
///
/// Unchecked: a statement is no value that threads may share, but only who has the lock uses it.
final class RecordCursor: @unchecked Sendable {
    /// Records in a block.
    static let blockSize = 16_384

    private struct State {
        var blocks = 0
        var isAtEnd = false
        /// What SQLite answered where it was not a row.
        var failure: Int32?
    }

    private let statement: GRDB.Statement
    private let state = Mutex(State())
    private let fields: [FieldDeclaration]

    /// - Parameter statement: Selects the columns of the fields in their order. Nobody else uses it meanwhile.
    init(_ statement: GRDB.Statement, fields: [FieldDeclaration]) {
        self.statement = statement
        self.fields = fields
        // SAFETY: the statement lives as long as `self`. Whoever read by it before may have stopped on the way.
        unsafe sqlite3_reset(statement.sqliteStatement)
    }

    /// Why the reading ended before its end; `nil` if it did not.
    var failure: DatabaseError? {
        state.withLock(\.failure).map {
            DatabaseError(resultCode: ResultCode(rawValue: $0), message: "the records cannot be read")
        }
    }

    /// The next block and its number, or `nil` at the end.
    func next() -> (number: Int, columns: [Tables.Column], rows: Int)? {
        state.withLock { state in
            guard !state.isAtEnd else { return nil }
            var readings = fields.map(ColumnReading.init)
            var rows = 0
            // SAFETY: the statement lives as long as `self`, and only who has the lock steps through it; the texts that
            // SQLite gives are copied before the next step.
            let handle = unsafe statement.sqliteStatement
            while rows < Self.blockSize {
                let status = unsafe sqlite3_step(handle)
                guard status == SQLITE_ROW else {
                    if status != SQLITE_DONE { state.failure = status }
                    unsafe sqlite3_reset(handle)
                    state.isAtEnd = true
                    break
                }
                for place in readings.indices {
                    unsafe readings[place].append(from: handle, at: Int32(place))
                }
                rows += 1
            }
            guard rows > 0 else { return nil }
            defer { state.blocks += 1 }
            return (state.blocks, readings.map(\.column), rows)
        }
    }
}

/// The values of one column of a block, as they are read.
private struct ColumnReading {
    private let name: String
    private var values: Tables.Column.Values
    /// The codes of a category's levels.
    private var codes: [String: UInt32] = [:]

    init(_ field: FieldDeclaration) {
        name = field.name
        values =
            switch field.schema.type {
            case .double, .float: .double([])
            case .integer: .integer([])
            case .category: .category(codes: [], levels: [])
            case .day: .day([])
            case .flag: .flag([])
            case .text: .text([])
            }
    }

    var column: Tables.Column { Tables.Column(name: name, values: values) }

    /// Takes the value of the statement's present row.
    @unsafe
    mutating func append(from handle: OpaquePointer, at place: Int32) {
        let isMissing = unsafe sqlite3_column_type(handle, place) == SQLITE_NULL
        switch values {
        case .double(var numbers):
            values = .flag([])
            numbers.append(isMissing ? .nan : unsafe sqlite3_column_double(handle, place))
            values = .double(numbers)
        case .integer(var numbers):
            values = .flag([])
            numbers.append(
                isMissing ? Tables.Column.missingInteger : unsafe sqlite3_column_int64(handle, place))
            values = .integer(numbers)
        case .day(var days):
            values = .flag([])
            days.append(
                isMissing
                    ? Tables.Column.missingDay
                    : CalendarDay(daysSince1970: unsafe sqlite3_column_int(handle, place)))
            values = .day(days)
        case .flag(var flags):
            values = .text([])
            flags.append(
                isMissing ? Tables.Column.missingFlag : unsafe sqlite3_column_int(handle, place) == 0 ? 0 : 1)
            values = .flag(flags)
        case .text(var texts):
            values = .flag([])
            texts.append(isMissing ? nil : unsafe Self.text(handle, place))
            values = .text(texts)
        case .category(var kept, var levels):
            values = .flag([])
            if isMissing {
                kept.append(Tables.Column.missingCode)
            } else {
                let text = unsafe Self.text(handle, place)
                if let code = codes[text] {
                    kept.append(code)
                } else {
                    let code = UInt32(levels.count)
                    codes[text] = code
                    levels.append(text)
                    kept.append(code)
                }
            }
            values = .category(codes: kept, levels: levels)
        case .float: preconditionFailure("no field is kept in single precision")
        }
    }

    @unsafe
    private static func text(_ handle: OpaquePointer, _ place: Int32) -> String {
        guard let start = unsafe sqlite3_column_text(handle, place) else { return "" }
        let bytes = unsafe UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, place)))
        return unsafe String(decoding: bytes, as: UTF8.self)
    }
}
