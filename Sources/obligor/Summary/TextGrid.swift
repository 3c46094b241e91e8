import TextTable

/// Text in aligned columns for a terminal.
struct TextGrid {
    /// A column's title and where its text stands.
    struct Heading {
        let title: String
        let isRight: Bool

        static func left(_ title: String) -> Heading { Heading(title: title, isRight: false) }
        static func right(_ title: String) -> Heading { Heading(title: title, isRight: true) }
    }

    let headings: [Heading]
    var rows: [[String]] = []

    init(_ headings: [Heading]) { self.headings = headings }

    /// The lines, without spaces at their ends.
    var lines: [String] {
        let table = TextTable<[String]> { row in
            zip(headings, row).map { heading, text in
                Column(title: heading.title, value: text, align: heading.isRight ? .right : .left)
            }
        }
        // Without rows there is nothing to tell the widths by.
        guard !rows.isEmpty, let text = table.string(for: rows, style: Spaced.self) else {
            return [headings.map(\.title).joined(separator: "  ")]
        }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            String(line.reversed().drop { $0 == " " }.reversed())
        }.filter { !$0.isEmpty }
    }
}

/// Columns two spaces apart, no lines.
private enum Spaced: TextTableStyle {
    static func prepare(_ text: String, for column: Column) -> String {
        Style.plain.prepare(text, for: column)
    }

    static func escape(_ text: String) -> String { text }
    static func begin(_ table: inout String, index: Int, columns: [Column]) {}
    static func end(_ table: inout String, index: Int, columns: [Column]) {}

    static func header(_ table: inout String, index: Int, columns: [Column]) {
        table += columns.map { $0.headerString(for: self) }.joined(separator: "  ") + "\n"
    }

    static func row(_ table: inout String, index: Int, columns: [Column]) {
        table += columns.map { $0.string(for: self) }.joined(separator: "  ") + "\n"
    }
}
