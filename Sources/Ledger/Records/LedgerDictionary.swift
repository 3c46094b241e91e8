import Tables
import Vocabulary

/// The data dictionary of a ledger folder, as the readers know it.
public enum LedgerDictionary {
    /// The page in Markdown, with a table for each kind of record.
    public static var markdown: String {
        let kinds = RecordKind.allCases.map(section)
        return """
            # Data dictionary: the ledger

            A ledger is a folder with `\(LedgerManifest.fileName)` and one CSV file for each kind of record, plain or \
            packed (`.csv.gz`). `obligor import` and `obligor simulate` write such folders; every other command reads \
            them. This file is made from the code that reads and writes the columns (`UPDATE_GOLDEN=1 make test` \
            writes it again).

            Files may be absent where there are no such records, except `obligors`; columns may be absent unless they \
            are required. Days are written YYYY-MM-DD. Amounts are decimals in major units of the currency of the row, \
            with no more decimals than the currency has. Where `currency` is empty, it is the base currency of \
            `\(LedgerManifest.fileName)`. Where `known` is empty, the record became known on the day that the column \
            names; nothing is used before it was known.

            `\(LedgerManifest.fileName)` holds `formatVersion` (\(LedgerManifest.currentVersion)), `baseCurrency`, \
            `files` (`name`, `rows` and `sha256` of each) and `origin` (how the ledger came about). A ledger put \
            together by hand needs the first two only.

            In a store (`obligor import --store`) each kind is a table `ledger_` and its name, with the same columns: \
            days as days since 1970-01-01, amounts and other numbers as floating-point numbers, true and false as 1 \
            and 0, missing values as NULL.

            \(kinds.joined(separator: "\n\n"))

            ## What is checked

            An error stops every command; a warning is reported and the record stays as it is; a repair is made and, \
            by `obligor import`, kept in `\(Repair.fileName)`. Mapping files (`checks:`) and `obligor check --treat` \
            choose among what is possible.

            | check | what is wrong | usually | possible | repair |
            | --- | --- | --- | --- | --- |
            \(CheckKind.allCases.map(row).joined(separator: "\n"))

            """
    }

    private static func section(_ kind: RecordKind) -> String {
        let rows = kind.fields.map { field in
            "| `\(field.name)` | \(field.content.words) | \(field.meaning) | \(field.isRequired ? "yes" : "") |"
        }
        return """
            ## \(kind.fileName)

            \(kind.meaning)

            | column | content | meaning | required |
            | --- | --- | --- | --- |
            \(rows.joined(separator: "\n"))
            """
    }

    private static func row(_ check: CheckKind) -> String {
        let possible = check.allowed.map(\.rawValue).joined(separator: ", ")
        return
            "| `\(check.rawValue)` | \(check.meaning) | \(check.standard.rawValue) | \(possible) | "
            + "\(check.repair ?? "") |"
    }
}

extension FieldDeclaration.Content {
    /// What the column holds, in words.
    fileprivate var words: String {
        switch self {
        case .identifier: "text, unique"
        case .reference(let kind): "text, from `\(kind.fileName)`"
        case .day: "day"
        case .known(let otherwise): "day; where empty, `\(otherwise)`"
        case .amount: "amount"
        case .currency: "ISO 4217 code"
        case .number(let unit, let range): "number, \(unit)\(Self.words(range))"
        case .whole(let unit, let range): "whole number, \(unit)\(Self.words(range))"
        case .flag: "true or false (or 1 and 0)"
        case .word(let words): words.joined(separator: ", ")
        case .text: "text"
        case .tags: "`key=value` between semicolons, `\\` before a character that is meant as it is"
        }
    }

    private static func words(_ range: ColumnSchema.ValueRange) -> String {
        func text(_ bound: Double) -> String { Int(exactly: bound).map(String.init) ?? "\(bound)" }
        return switch (range.minimum, range.maximum) {
        case (nil, nil): ""
        case (let low?, nil): ", at least \(text(low))"
        case (nil, let high?): ", at most \(text(high))"
        case (let low?, let high?): ", \(text(low)) to \(text(high))"
        }
    }
}
