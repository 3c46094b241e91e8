public import Tables
public import Vocabulary

/// How files of a foreign layout become the records of a ledger.
public struct Mapping: Sendable, Equatable {
    /// What messages call the mapping.
    public var file: String
    /// The currency that amounts are compared in, and that of records which name none.
    public var baseCurrency: Currency
    /// The files and what is in them.
    public var sources: [Source]
    /// What follows from what is wrong.
    public var policy: CheckPolicy

    /// A file of the foreign layout.
    public struct Source: Sendable, Equatable {
        /// Its name in the folder that is imported.
        public var file: String
        /// How its days are written unless a field says otherwise.
        public var dates: DayFormat = .iso8601
        /// How its decimals are written.
        public var decimalMark: CSVOptions.DecimalMark = .automatic
        /// What separates its fields.
        public var delimiter: CSVOptions.Delimiter = .automatic
        /// Texts that mean missing, besides the empty field.
        public var missing: [String] = []
        /// What each row becomes; one row may become several records.
        public var records: [Rule]
    }

    /// How rows become records of a kind.
    public struct Rule: Sendable, Equatable {
        /// The kind.
        public var kind: RecordKind
        /// Which rows; `nil` for all.
        public var condition: Condition?
        /// The day field by which the earliest row with an id is taken; `nil` if every row is a record.
        public var earliest: String?
        /// What each field is made of.
        public var fields: [String: Field]
    }

    /// Which rows are meant.
    public struct Condition: Sendable, Equatable {
        /// The column that decides.
        public var column: String
        /// What it must be.
        public var test: Test

        /// What a column must be.
        public enum Test: Sendable, Equatable {
            /// One of some texts.
            case isOneOf([String])
            /// None of some texts.
            case isNoneOf([String])
            /// A number above zero.
            case positive
            /// A number below zero.
            case negative
            /// Anything but missing.
            case present
            /// Missing.
            case missing
        }
    }

    /// What a field is made of.
    public enum Field: Sendable, Equatable {
        /// The same text in every record.
        case constant(String)
        /// A column of the file.
        case column(Column)
    }

    /// A column and what is done with its values, in this order.
    public struct Column: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// A text that is cut off the end where it is there, such as the `.0` of an id that was taken for a number.
        public var dropSuffix: String?
        /// What values become; others are an error unless ``otherwise`` is given.
        public var values: [String: String]?
        /// What all other values become.
        public var otherwise: String?
        /// A text that is put in front.
        public var prefix: String?
        /// How days are written; `nil` as the source says.
        public var dates: DayFormat?
        /// What numbers are multiplied with, such as −1 for the other sign or 1000 for thousands.
        public var times: Double = 1
        /// Days that are added to a day.
        public var plusDays = 0
        /// The rows in which the field has a value; missing in others.
        public var condition: Condition?

        /// A column as it is.
        public init(_ name: String) { self.name = name }

        /// Whether the text itself is changed.
        var changesText: Bool { dropSuffix != nil || values != nil || prefix != nil }
    }
}

extension Mapping.Rule {
    /// The columns that it reads.
    var columns: Set<String> {
        var columns = Set([condition?.column].compactMap(\.self))
        for case .column(let column) in fields.values {
            columns.insert(column.name)
            if let condition = column.condition { columns.insert(condition.column) }
        }
        return columns
    }
}
