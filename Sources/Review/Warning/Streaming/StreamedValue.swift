import Ledger
import Tables
import Vocabulary

extension FieldDeclaration.Content {
    /// What a text of a stream should be and is not; `nil` if it is.
    ///
    /// Days are written as 2024-05-03 and numbers with a point, whatever else tables may have.
    func expectation(unmetBy text: String) -> String? {
        func isNumber(in range: ColumnSchema.ValueRange?) -> Bool {
            guard text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }), let number = Double(text),
                number.isFinite
            else { return false }
            return range?.contains(number) ?? true
        }
        switch self {
        case .identifier, .reference, .text, .tags: return nil
        case .day, .known: return CalendarDay(iso8601: text) == nil ? "day, such as 2024-05-03" : nil
        case .amount: return isNumber(in: nil) ? nil : "amount, such as 90.5"
        case .currency: return Currency(code: text) == nil ? "currency of ISO 4217, such as EUR" : nil
        case .number(let unit, let range):
            return isNumber(in: range) ? nil : "number (\(unit)\(range.bounds))"
        case .whole(let unit, let range):
            return Int64(text) != nil && isNumber(in: range) ? nil : "whole number (\(unit)\(range.bounds))"
        case .flag: return Self.flags.contains(text.lowercased()) ? nil : "true or false"
        case .word(let words):
            return words.contains(text) ? nil : "word of the column: \(words.joined(separator: ", "))"
        }
    }

    private static let flags: Set = ["true", "false", "yes", "no", "t", "f", "y", "n", "1", "0"]
}

extension ColumnSchema.ValueRange {
    /// ", at least 0, at most 3650"; nothing where both ends are open.
    fileprivate var bounds: String {
        func bound(_ words: String, _ number: Double?) -> String {
            number.map { ", \(words) \(Int(exactly: $0).map { "\($0)" } ?? "\($0)")" } ?? ""
        }
        return bound("at least", minimum) + bound("at most", maximum)
    }
}
