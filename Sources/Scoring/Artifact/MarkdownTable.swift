/// A table in Markdown, put together row by row.
struct MarkdownTable {
    /// A column's title and where its text stands.
    struct Heading {
        let title: String
        let isRight: Bool

        static func left(_ title: String) -> Heading { Heading(title: title, isRight: false) }
        static func right(_ title: String) -> Heading { Heading(title: title, isRight: true) }
    }

    private var lines: [String]

    /// A table without rows.
    init(_ headings: [Heading]) {
        lines = [
            Self.line(headings.map(\.title)), Self.line(headings.map { $0.isRight ? "---:" : "---" }),
        ]
    }

    /// Adds a row; nothing in a cell can end it.
    mutating func add(_ cells: [String]) {
        lines.append(
            Self.line(
                cells.map { cell in
                    String(cell.map { $0.isNewline ? " " : $0 }).replacing("|", with: "\\|")
                }))
    }

    /// The table, a line break at its end.
    var text: String { lines.joined(separator: "\n") + "\n" }

    private static func line(_ cells: [String]) -> String { "| \(cells.joined(separator: " | ")) |" }

    /// A number with a fixed count of decimals, half away from zero, the same whatever the machine's language.
    static func decimals(_ value: Double, _ count: Int) -> String {
        var scale = 1.0
        for _ in 0..<count { scale *= 10 }
        let scaled = (value * scale).rounded()
        guard abs(scaled) < 1e15 else { return "\(value)" }
        let digits = String(Int64(abs(scaled)))
        let padded = String(repeating: "0", count: max(0, count + 1 - digits.count)) + digits
        let whole = padded.dropLast(count)
        let sign = scaled < 0 ? "-" : ""
        return count == 0 ? sign + padded : "\(sign)\(whole).\(padded.suffix(count))"
    }
}
