import Foundation

/// The page of the model as Markdown, for a repository or a file note.
enum MarkdownCard {
    static func text(_ page: Page) -> String {
        var lines = ["# \(escaped(page.title))", "", escaped(page.lead), ""]
        for section in page.sections {
            lines += ["## \(escaped(section.title))", ""]
            for text in [section.note, section.absence].compactMap(\.self) { lines += [escaped(text), ""] }
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
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\n", "\r\n", "\r": result += " "
            case "\\", "`", "*", "_", "{", "}", "[", "]", "<", ">", "#", "|", "!", "~":
                result += "\\" + String(character)
            default: result.append(character)
            }
        }
        return result
    }
}
