import Statistics

/// Random tables as CSV text, with everything that RFC 4180 allows.
struct RandomCSV {
    /// The text.
    let text: String
    let delimiter: Character
    /// What each column was made of.
    let kinds: [Kind]

    /// What a column is made of.
    enum Kind: CaseIterable {
        case whole, decimal, exact, day, flag, level, words
    }

    init(_ dice: inout SeededGenerator) {
        let delimiter: Character = dice.pick([",", ";", "\t", "|"])
        let lineBreak = dice.oneIn(2) ? "\n" : "\r\n"
        let kinds = (0..<1 + dice.below(7)).map { _ in dice.pick(Kind.allCases) }
        let quotesAll = dice.oneIn(6)
        let isSparse = dice.oneIn(3)
        var lines = [kinds.indices.map { "c\($0)" }.joined(separator: String(delimiter))]
        for _ in 0..<dice.below(60) {
            var fields: [String] = []
            for kind in kinds {
                let value = isSparse && dice.oneIn(3) ? "" : Self.value(kind, &dice)
                let mustQuote = value.unicodeScalars.contains { "\"\n\r,;\t|".unicodeScalars.contains($0) }
                let isQuoted = mustQuote || quotesAll || dice.oneIn(9)
                fields.append(isQuoted ? "\"\(value.replacing("\"", with: "\"\""))\"" : value)
            }
            lines.append(fields.joined(separator: String(delimiter)))
            if kinds.count > 1, dice.oneIn(25) { lines.append("") }
        }
        var text = lines.joined(separator: lineBreak)
        // With one column an empty last line would be a record.
        if dice.oneIn(2) || text.hasSuffix(lineBreak) || kinds.count == 1 { text += lineBreak }
        if dice.oneIn(5) { text = "\u{FEFF}" + text }
        self.text = text
        self.delimiter = delimiter
        self.kinds = kinds
    }

    private static func value(_ kind: Kind, _ dice: inout SeededGenerator) -> String {
        switch kind {
        case .whole: return "\(dice.below(2001) - 1000)"
        case .decimal: return "\(Double(dice.below(2_000_001) - 1_000_000) / 1000)"
        case .exact:
            let value = Double(bitPattern: dice.next())
            return value.isFinite ? "\(value)" : "0.5"
        case .day: return "20\(10 + dice.below(15))-0\(1 + dice.below(9))-\(10 + dice.below(18))"
        case .flag: return dice.pick(["true", "false", "TRUE"])
        case .level: return dice.pick(["retail", "food, drink", "Holz & Söhne", "a|b;c"])
        case .words:
            let alphabet = Array("ab \"\n\r,;|\té日") + ["\r\n"]
            return (0..<dice.below(12)).map { _ in String(dice.pick(alphabet)) }.joined()
        }
    }
}
