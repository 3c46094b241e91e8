import Foundation

/// The page of the model as Markdown, for a repository or a file note.
enum MarkdownCard {
    static func text(_ page: Page) -> String {
        var lines = ["# \(escaped(page.title))", "", paragraph(page.lead), ""]
        for section in page.sections {
            lines += ["## \(escaped(section.title))", ""]
            for text in [section.note, section.absence].compactMap(\.self) { lines += [paragraph(text), ""] }
            for fact in section.facts {
                let note = fact.note.map { " (\(escaped($0)))" } ?? ""
                lines.append("- \(escaped(fact.name)): \(escaped(fact.value))\(note)")
            }
            if !section.facts.isEmpty { lines.append("") }
            for table in section.tables { lines += self.lines(table) + [""] }
        }
        return lines.joined(separator: "\n")
    }

    private static func lines(_ table: DataTable) -> [String] {
        func row(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }
        return ["**\(escaped(table.caption))**", "", row(table.columns.map { escaped($0.title) })]
            + [row(table.columns.map { $0.isNumeric ? "---:" : "---" })]
            + table.rows.map { row($0.map { escaped($0.text) }) }
    }

    /// The text as itself: nothing in it is read as Markdown or HTML.
    ///
    /// Scalar by scalar, as its readers go: a mark may make one character of what follows or stands before it.
    static func escaped(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}": result.append(" ")
            case "\\", "`", "*", "_", "{", "}", "[", "]", "<", ">", "#", "|", "!", "~", "&":
                result.append("\\")
                result.append(scalar)
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// A text as a paragraph of its own: what begins it is not read as a list, a heading or code.
    static func paragraph(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        var isStart = true
        for scalar in escaped(text).unicodeScalars.drop(while: \.properties.isWhitespace) {
            if isStart, "-+=.)".unicodeScalars.contains(scalar) { result.append("\\") }
            // "12." begins a list as "-" does.
            isStart = isStart && ("0"..."9").contains(scalar)
            result.append(scalar)
        }
        return String(result)
    }
}
