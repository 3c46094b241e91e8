/// Why a table could not be read, built or written.
///
/// `file` is `nil` where the table did not come from a file. Lines count from 1 as an editor counts them, line
/// breaks inside quotes included.
public enum TableError: Error, Sendable, Equatable {
    /// Two columns have the same name.
    case duplicateColumn(file: String?, line: Int?, name: String)
    /// A column that is needed is not there.
    case missingColumn(file: String?, name: String, available: [String])
    /// Columns of one table differ in length.
    case unequalLengths(column: String, rows: Int, expected: Int)
    /// Tables that are joined disagree on the type of a column.
    case unequalTypes(column: String, type: ColumnType, expected: ColumnType)
    /// A column description contradicts itself.
    case badSchema(column: String, reason: String)
    /// A value cannot be read as the type, range or levels of its column.
    case badValue(file: String?, line: Int, column: String, value: String, expected: String)
    /// A record has another number of fields than the header.
    case raggedRow(file: String?, line: Int, fields: Int, expected: Int, delimiter: String)
    /// A quotation mark stands where RFC 4180 allows none.
    case badQuote(file: String?, line: Int, column: String, fault: QuoteFault)
    /// A carriage return without a line feed outside quotes.
    case strayCarriageReturn(file: String?, line: Int)
    /// The file holds bytes that no text has.
    case notText(file: String?, line: Int, reason: String)
    /// The bytes are not UTF-8.
    case invalidUTF8(file: String?, line: Int, column: String)
    /// There is no header, or not even a byte.
    case emptyFile(file: String?)
    /// A field is longer than the reader was told to accept.
    case fieldTooLong(file: String?, line: Int, column: String, limit: Int)
    /// A record, with all its fields, is longer than the reader accepts.
    case recordTooLong(file: String?, line: Int, limit: Int)
    /// The header names more columns than the reader accepts.
    case tooManyColumns(file: String?, columns: Int, limit: Int)
    /// One column writes decimals with a comma, another with a point.
    case mixedDecimalMarks(file: String?, comma: String, point: String)
    /// The compressed data is damaged or cut short.
    case corruptGzip(file: String?, reason: String)
    /// The file changed while it was being read.
    case changedWhileReading(file: String?)
    /// The operating system refused to open or read.
    case cannotRead(file: String, reason: String)
    /// The operating system refused to create, write or rename.
    case cannotWrite(file: String, reason: String)

    /// How a quotation mark can be wrong.
    public enum QuoteFault: Sendable, Hashable {
        /// A quoted field has no closing mark before the end of the file.
        case unterminated
        /// A mark inside a field that does not begin with one.
        case insideUnquoted
        /// Something other than a delimiter or line break follows the closing mark.
        case textAfterClosing
    }
}

extension TableError {
    /// A value short enough for a message: at most 40 characters, control characters made visible.
    static func shortened(_ value: String) -> String {
        var shown = ""
        var count = 0
        for scalar in value.unicodeScalars {
            if count == 40 { return shown + "…" }
            shown += scalar.value < 32 || scalar.value == 127 ? scalar.escaped(asASCII: true) : String(scalar)
            count += 1
        }
        return shown
    }
}
