/// Why a table could not be read, built or written.
public enum TableError: Error, Sendable, Equatable {
    /// Two columns have the same name.
    case duplicateColumn(file: String?, line: Int?, name: String)
    /// A column that is needed is not there.
    case missingColumn(file: String?, name: String, available: [String])
    /// Columns of one table differ in length.
    case unequalLengths(column: String, rows: Int, expected: Int)
    /// A value cannot be read as the type, range or levels of its column.
    case badValue(file: String?, line: Int, column: String, value: String, expected: String)
}
