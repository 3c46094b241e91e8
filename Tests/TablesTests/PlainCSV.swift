/// The simplest reader that could possibly work, character by character: what the fast one is held against.
enum PlainCSV {
    /// One field: what it says, and whether it was quoted.
    struct Field: Equatable {
        var text: String
        var isQuoted: Bool
    }

    /// Something against the rules.
    struct Fault: Error {}

    /// All records of a text with the given delimiter, blank lines of more than one column left out.
    static func records(_ text: String, delimiter: Character) throws -> [[Field]] {
        var scalars = ArraySlice(Array(text.unicodeScalars))
        if scalars.first == "\u{FEFF}" { scalars = scalars.dropFirst() }
        let mark = delimiter.unicodeScalars.first ?? ","
        var records: [[Field]] = []
        while !scalars.isEmpty { records.append(try record(&scalars, mark)) }
        let columns = records.first { $0 != [Field(text: "", isQuoted: false)] }?.count ?? 0
        while records.first == [Field(text: "", isQuoted: false)] { records.removeFirst() }
        if columns > 1 { records.removeAll { $0 == [Field(text: "", isQuoted: false)] } }
        guard records.allSatisfy({ $0.count == columns }) else { throw Fault() }
        return records
    }

    private static func record(
        _ scalars: inout ArraySlice<Unicode.Scalar>, _ mark: Unicode.Scalar
    ) throws -> [Field] {
        var fields: [Field] = []
        while true {
            fields.append(try field(&scalars, mark))
            guard let next = scalars.popFirst() else { return fields }
            if next == mark { continue }
            if next == "\n" { return fields }
            guard next == "\r" else { throw Fault() }
            if let feed = scalars.popFirst(), feed != "\n" { throw Fault() }
            return fields
        }
    }

    private static func field(
        _ scalars: inout ArraySlice<Unicode.Scalar>, _ mark: Unicode.Scalar
    ) throws -> Field {
        var text = String.UnicodeScalarView()
        guard scalars.first == "\"" else {
            while let next = scalars.first, next != mark, next != "\n", next != "\r" {
                if next == "\"" || next == "\0" { throw Fault() }
                text.append(next)
                scalars = scalars.dropFirst()
            }
            return Field(text: String(text), isQuoted: false)
        }
        scalars = scalars.dropFirst()
        while let next = scalars.popFirst() {
            if next == "\0" { throw Fault() }
            if next == "\"" {
                guard scalars.first == "\"" else { return Field(text: String(text), isQuoted: true) }
                scalars = scalars.dropFirst()
            }
            text.append(next)
        }
        throw Fault()
    }
}
