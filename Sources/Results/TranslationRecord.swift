/// What a text of the run is in another language: a row of `translations.csv`.
///
/// Texts that people wrote, such as the reasons of rules, stand in the other files as they were written. Whoever gave
/// them in several languages finds the others here, so that a page in one of them can say them.
public struct TranslationRecord: DelimitedRecord {
    /// The file in a run folder.
    public static let fileName = "translations.csv"
    /// The columns in order.
    public static let columns = Column.allCases.map(\.rawValue)

    /// A column, by its name in the file.
    public enum Column: String, Sendable, CaseIterable {
        case language, text, translation
    }

    /// The other language, such as "zh-Hans" (BCP 47).
    public let language: String
    /// The text as the files of the run have it.
    public let text: String
    /// The text in the other language.
    public let translation: String

    /// What a text of the run is in another language.
    public init(language: String, text: String, translation: String) {
        self.language = language
        self.text = text
        self.translation = translation
    }
}

extension TranslationRecord {
    /// The record in a row.
    public init(from row: inout RowReader) throws(RowFault) {
        language = row.text()
        text = row.text()
        translation = row.text()
    }

    /// Appends the fields of the record.
    public func write(to row: inout RowWriter) {
        row.append(language)
        row.append(text)
        row.append(translation)
    }
}
