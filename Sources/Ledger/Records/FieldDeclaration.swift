public import Tables
import Vocabulary

/// One column of a ledger file: what readers, writers, mappings and the data dictionary know of it.
public struct FieldDeclaration: Sendable, Equatable {
    /// The column's name.
    public let name: String
    /// What it holds.
    public let content: Content
    /// Whether a record without it cannot be used.
    public let isRequired: Bool
    /// What it means, for the dictionary.
    public let meaning: String

    /// What a column may hold.
    public enum Content: Sendable, Equatable {
        /// The record's own id: unique text, in which leading zeros count.
        case identifier
        /// The id of another record.
        case reference(RecordKind)
        /// A calendar day.
        case day
        /// The day on which the record became known; where empty, that of another column.
        case known(otherwise: String)
        /// Decimal major units of the row's currency.
        case amount
        /// An ISO 4217 code; where empty, the base currency.
        case currency
        /// A number in a unit, within bounds.
        case number(unit: String, ColumnSchema.ValueRange)
        /// A whole number in a unit, within bounds.
        case whole(unit: String, ColumnSchema.ValueRange)
        /// True or false.
        case flag
        /// One of a list of words.
        case word([String])
        /// Free text.
        case text
        /// `key=value` pairs between semicolons.
        case tags
    }

    /// How a reader of tables reads the column.
    public var schema: ColumnSchema {
        switch content {
        // Words that elsewhere mean missing may be names here; only the empty field is missing.
        case .identifier, .reference, .text, .tags:
            ColumnSchema(name: name, type: .text, missingMarkers: [])
        case .day, .known: ColumnSchema(name: name, type: .day)
        case .amount: ColumnSchema(name: name, type: .double)
        case .currency: ColumnSchema(name: name, type: .category)
        case .number(let unit, let range): ColumnSchema(name: name, type: .double, unit: unit, range: range)
        case .whole(let unit, let range): ColumnSchema(name: name, type: .integer, unit: unit, range: range)
        case .flag: ColumnSchema(name: name, type: .flag)
        case .word(let words): ColumnSchema(name: name, type: .category, levels: words)
        }
    }
}
