public import Parallelism

/// How a CSV file is read.
public struct CSVOptions: Sendable {
    /// What separates fields.
    public var delimiter: Delimiter = .automatic
    /// What separates a number's whole part from its decimals.
    public var decimalMark: DecimalMark = .automatic
    /// Where the names of the columns come from.
    public var header: Header = .firstRecord
    /// The columns to read, in the order wanted; `nil` for all in file order.
    ///
    /// Others are skipped at almost no cost.
    public var columns: [String]?
    /// Columns of text that a stream only carries on: they are no part of its tables, but of ``TableBlock/carried``.
    public var carried: Set<String> = []
    /// What is known of some columns; the types of all others are inferred from all their values.
    public var schema: Schema = .none
    /// Unquoted texts that mean missing where a column's schema says nothing else; an empty field always does.
    public var missingMarkers = CSVOptions.standardMissingMarkers
    /// The precision of inferred columns with decimals.
    public var decimals: Precision = .double
    /// What a stream does with a value that cannot be read as its schema says.
    public var badValues: BadValues = .refuse
    /// The longest field accepted, in bytes.
    public var fieldLimit = 1 << 20
    /// The threads to read with; the result does not depend on how many there are.
    public var workers: Workers = .allProcessors
    /// Told now and then how many bytes of a file of known size have been read, on the threads that read it.
    public var onProgress: (@Sendable (_ done: Int, _ total: Int) -> Void)?

    /// Bytes that one thread reads at a time; errors aside, the result does not depend on it.
    var blockSize = 1 << 18
    /// The longest record accepted, in bytes.
    var recordLimit = 1 << 26
    /// The most columns accepted.
    var columnLimit = 1 << 18

    /// The usual case: everything found out from the file.
    public init() {}

    /// The texts that mean missing unless something else is stated, besides the empty field.
    public static let standardMissingMarkers = ["NA", "N/A", "NaN", "nan", "NULL", "null"]

    /// What is done with a value that cannot be read.
    public enum BadValues: Sendable, Hashable {
        /// Reading ends with ``TableError/badValue(file:line:column:value:expected:)``.
        case refuse
        /// The value is missing, and noted in ``TableBlock/unread``.
        case note
    }

    /// What separates fields.
    public enum Delimiter: Sendable, Hashable {
        /// That of comma, semicolon, tab and pipe which splits the first records into the same number of fields.
        case automatic
        /// `,`
        case comma
        /// `;`
        case semicolon
        /// A tabulator.
        case tab
        /// `|`
        case pipe
    }

    /// What separates a number's whole part from its decimals.
    public enum DecimalMark: Sendable, Hashable {
        /// The point, or the comma for columns written with it in a file with another delimiter.
        case automatic
        /// `3.14`
        case point
        /// `3,14`
        case comma
    }

    /// How precisely numbers with decimals are kept.
    public enum Precision: Sendable, Hashable {
        /// As ``ColumnType/double``.
        case double
        /// As ``ColumnType/float``, in half the memory.
        case float

        /// The type of a column.
        var type: ColumnType { self == .float ? .float : .double }
    }

    /// Where the names of the columns come from.
    public enum Header: Sendable, Hashable {
        /// From the first record; a column without a name is called `column` and its number.
        case firstRecord
        /// There are none: columns are called `column1`, `column2` and so on.
        case none
        /// There are none in the file; these are used.
        case names([String])
    }
}

/// What a CSV file is read from; gzip is recognised by its first bytes.
public enum CSVInput: Sendable {
    /// A file of this path.
    case file(String)
    /// The standard input of the process.
    case standardInput
    /// Bytes in memory, and what messages call them.
    case bytes([UInt8], name: String)

    /// A text in memory.
    public static func text(_ text: String, name: String = "text") -> CSVInput {
        .bytes(Array(text.utf8), name: name)
    }

    /// What messages call it.
    public var name: String {
        switch self {
        case .file(let path): path
        case .standardInput: "standard input"
        case .bytes(_, let name): name
        }
    }
}

extension CSVOptions.Delimiter {
    /// The byte; `nil` if it is still to be found out.
    var byte: UInt8? {
        switch self {
        case .automatic: nil
        case .comma: UInt8(ascii: ",")
        case .semicolon: UInt8(ascii: ";")
        case .tab: UInt8(ascii: "\t")
        case .pipe: UInt8(ascii: "|")
        }
    }

    /// How a message shows a delimiter.
    static func shown(_ byte: UInt8) -> String {
        byte == UInt8(ascii: "\t") ? "tab" : "'\(Character(UnicodeScalar(byte)))'"
    }
}
