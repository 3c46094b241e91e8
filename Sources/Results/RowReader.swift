/// A field of a row that is not what its column holds.
public struct RowFault: Error, Sendable, Equatable {
    /// The column.
    public let column: String
    /// What is wrong with it.
    public let reason: String

    /// A fault in a column.
    public init(column: String, reason: String) {
        self.column = column
        self.reason = reason
    }
}

/// Takes the fields of one row in turn, each as what its column holds.
///
/// An empty field is a missing value.
public struct RowReader: Sendable {
    private let columns: [String]
    private let fields: [String]
    private var position = 0

    /// A row of as many fields as there are columns.
    public init(columns: [String], fields: [String]) {
        precondition(columns.count == fields.count, "\(fields.count) fields in \(columns.count) columns")
        self.columns = columns
        self.fields = fields
    }

    /// The text of the next column, which may be empty.
    public mutating func text() -> String {
        defer { position += 1 }
        return fields[position]
    }

    /// The text of the next column; `nil` if it is empty.
    public mutating func optionalText() -> String? {
        let field = text()
        return field.isEmpty ? nil : field
    }

    /// The number in the next column, which must be there and finite.
    public mutating func number() throws(RowFault) -> Double {
        let value = try optionalNumber()
        guard let value else { throw fault("empty where a number is expected") }
        return value
    }

    /// The number in the next column; `nil` if it is empty.
    public mutating func optionalNumber() throws(RowFault) -> Double? {
        guard let field = optionalText() else { return nil }
        guard let value = Double(field), value.isFinite else { throw fault("'\(field)' is not a number") }
        return value
    }

    /// The whole number in the next column, which must be there.
    public mutating func integer() throws(RowFault) -> Int {
        let value = try optionalInteger()
        guard let value else { throw fault("empty where a whole number is expected") }
        return value
    }

    /// The whole number in the next column; `nil` if it is empty.
    public mutating func optionalInteger() throws(RowFault) -> Int? {
        guard let field = optionalText() else { return nil }
        guard let value = Int(field) else { throw fault("'\(field)' is not a whole number") }
        return value
    }

    /// One of a closed set of words in the next column.
    public mutating func word<Word>(_ type: Word.Type) throws(RowFault) -> Word
    where Word: RawRepresentable & CaseIterable, Word.RawValue == String {
        try word(text())
    }

    /// Some of a closed set of words in the next column, with a separator between them.
    public mutating func words<Word>(
        _ type: Word.Type, separator: Character
    ) throws(RowFault) -> [Word]
    where Word: RawRepresentable & CaseIterable, Word.RawValue == String {
        var words: [Word] = []
        for field in text().split(separator: separator) { words.append(try word(String(field))) }
        return words
    }

    private func word<Word>(_ field: String) throws(RowFault) -> Word
    where Word: RawRepresentable & CaseIterable, Word.RawValue == String {
        guard let word = Word(rawValue: field) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw fault("'\(field)' is none of \(known)")
        }
        return word
    }

    /// A fault in the column that was read last.
    private func fault(_ reason: String) -> RowFault {
        RowFault(column: columns[position - 1], reason: reason)
    }
}
