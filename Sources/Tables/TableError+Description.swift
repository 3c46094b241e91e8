extension TableError: CustomStringConvertible {
    /// The fact, its place and the remedy, as one sentence for a person.
    public var description: String {
        switch self {
        case .duplicateColumn(let file, let line, let name):
            "\(Self.place(file, line))two columns are named '\(Self.shortened(name))': rename one of them"
        case .missingColumn(let file, let name, let available):
            "\(Self.place(file))there is no column '\(Self.shortened(name))': \(Self.offer(available, near: name))"
        case .unequalLengths(let column, let rows, let expected):
            "column '\(Self.shortened(column))' has \(rows) rows, the others \(expected): all columns of a table have "
                + "one length"
        case .unequalTypes(let column, let type, let expected):
            "column '\(Self.shortened(column))' is \(type.rawValue) in one table and \(expected.rawValue) in another: "
                + "state its type in a schema"
        case .badSchema(let column, let reason):
            "schema of column '\(Self.shortened(column))': \(reason)"
        case .badValue(let file, let line, let column, let value, let expected):
            "\(Self.place(file, line, column))'\(Self.shortened(value))' is not \(expected): correct the value, or "
                + "state another type, range or missing marker for the column"
        case .raggedRow(let file, let line, let fields, let expected, let delimiter):
            "\(Self.place(file, line))\(fields) fields instead of \(expected) (delimiter \(delimiter)): quote fields "
                + "that contain the delimiter, or state another delimiter"
        case .badQuote(let file, let line, let column, let fault):
            "\(Self.place(file, line, column))\(fault.explanation)"
        case .strayCarriageReturn(let file, let line):
            "\(Self.place(file, line))a carriage return without a line feed: end lines with LF or CRLF, or quote the "
                + "field"
        case .notText(let file, let line, let reason):
            "\(Self.place(file, line))not a text file: \(reason)"
        case .invalidUTF8(let file, let line, let column):
            "\(Self.place(file, line, column))the bytes are not UTF-8: save or convert the file as UTF-8 (for instance "
                + "with iconv)"
        case .emptyFile(let file):
            "\(Self.place(file))the file is empty: a header line with the column names is needed"
        case .fieldTooLong(let file, let line, let column, let limit):
            "\(Self.place(file, line, column))a field is longer than \(limit) bytes: look for a quotation mark that is "
                + "never closed, or raise the limit"
        case .recordTooLong(let file, let line, let limit):
            "\(Self.place(file, line))a record is longer than \(limit) bytes: look for a quotation mark that is never "
                + "closed"
        case .tooManyColumns(let file, let columns, let limit):
            "\(Self.place(file))the header names \(columns) columns, more than \(limit): check that the file has line "
                + "breaks"
        case .mixedDecimalMarks(let file, let comma, let point):
            "\(Self.place(file))column '\(Self.shortened(comma))' writes decimals with a comma, column "
                + "'\(Self.shortened(point))' with a point: state the decimal mark"
        case .corruptGzip(let file, let reason):
            "\(Self.place(file))the gzip data is damaged (\(reason)): fetch or compress the file again"
        case .changedWhileReading(let file):
            "\(Self.place(file))the file changed while it was being read: wait until it is complete and read it again"
        case .cannotRead(let file, let reason):
            "cannot read \(file): \(reason)"
        case .cannotWrite(let file, let reason):
            "cannot write \(file): \(reason)"
        }
    }

    /// "customers.csv, line 12, column 'age': ", as far as it is known.
    private static func place(_ file: String?, _ line: Int? = nil, _ column: String? = nil) -> String {
        let parts = [file, line.map { "line \($0)" }, column.map { "column '\(shortened($0))'" }].compactMap(
            \.self)
        return parts.isEmpty ? "" : parts.joined(separator: ", ") + ": "
    }

    /// The name that was probably meant, or the names that there are.
    private static func offer(_ available: [String], near name: String) -> String {
        let folded = name.lowercased()
        if let meant = available.first(where: { $0.lowercased() == folded }) {
            return "did you mean '\(shortened(meant))'?"
        }
        if available.isEmpty { return "there are no columns" }
        let shown = available.prefix(12).map { "'\(shortened($0))'" }.joined(separator: ", ")
        return "there are \(shown)" + (available.count > 12 ? " and \(available.count - 12) more" : "")
    }
}

extension TableError.QuoteFault {
    /// The fact and the remedy.
    fileprivate var explanation: String {
        switch self {
        case .unterminated:
            "a quoted field is never closed: add the closing quotation mark"
        case .insideUnquoted:
            "a quotation mark inside a field that does not begin with one: quote the field and double the mark"
        case .textAfterClosing:
            "text after a closing quotation mark: double the marks inside a quoted field"
        }
    }
}
