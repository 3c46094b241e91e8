public import Tables

/// How the files of a recipe are written, where it is not to be found out from them.
///
/// What is absent is found out, or has the default of the reader. A model keeps the dialect of its recipe and reads the
/// files that it scores by it.
public struct CSVDialect: Sendable, Hashable, Codable {
    /// What separates fields.
    public var delimiter: Delimiter?
    /// What separates a number's whole part from its decimals.
    public var decimalMark: DecimalMark?
    /// Unquoted texts that mean missing, besides the empty field.
    public var missing: [String]?
    /// Where the names of the columns come from.
    public var header: Header?
    /// The longest field accepted, in bytes.
    public var fieldLimit: Int?

    /// What separates fields.
    public enum Delimiter: String, Sendable, Hashable, Codable, CaseIterable {
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
    public enum DecimalMark: String, Sendable, Hashable, Codable, CaseIterable {
        /// `3.14`
        case point
        /// `3,14`
        case comma
    }

    /// Where the names of the columns come from.
    public enum Header: Sendable, Hashable, Codable {
        /// There are none: columns are called `column1`, `column2` and so on.
        case none
        /// There are none in the file; these are used.
        case names([String])
    }

    /// The least and the largest field limit.
    public static let fieldLimits = 1...(1 << 26)

    /// A dialect that is found out from each file.
    public init() {}

    /// This dialect, and what it leaves open from another.
    public func completed(by other: CSVDialect?) -> CSVDialect {
        var dialect = self
        dialect.delimiter = delimiter ?? other?.delimiter
        dialect.decimalMark = decimalMark ?? other?.decimalMark
        dialect.missing = missing ?? other?.missing
        dialect.header = header ?? other?.header
        dialect.fieldLimit = fieldLimit ?? other?.fieldLimit
        return dialect
    }

    /// The reader's options with what the dialect states.
    public var options: CSVOptions {
        var options = CSVOptions()
        switch delimiter {
        case .comma: options.delimiter = .comma
        case .semicolon: options.delimiter = .semicolon
        case .tab: options.delimiter = .tab
        case .pipe: options.delimiter = .pipe
        case nil: break
        }
        switch decimalMark {
        case .point: options.decimalMark = .point
        case .comma: options.decimalMark = .comma
        case nil: break
        }
        switch header {
        case CSVDialect.Header.none?: options.header = .none
        case .names(let names)?: options.header = .names(names)
        case nil: break
        }
        options.missingMarkers = missing ?? options.missingMarkers
        options.fieldLimit = fieldLimit ?? options.fieldLimit
        return options
    }
}
