import Foundation

/// Numbers as a summary prints them: the same everywhere, whatever the machine's language.
enum Figures {
    /// A count with thousands apart, such as "12,345".
    static func count(_ value: Int) -> String {
        var digits = String(value.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        groups.insert(digits, at: 0)
        return (value < 0 ? "-" : "") + groups.joined(separator: ",")
    }

    /// A number with fixed decimals; a dash for none.
    static func fixed(_ value: Double?, decimals: Int = 4) -> String {
        guard let value, value.isFinite else { return "–" }
        // A format of digits alone does not depend on the language.
        let text = String(format: "%.\(decimals)f", value)
        return text.hasPrefix("-") && text.allSatisfy { "-0.".contains($0) } ? String(text.dropFirst()) : text
    }

    /// A fraction as percent, such as "4.07 %"; a dash for none.
    static func percent(_ value: Double?, decimals: Int = 2) -> String {
        guard let value, value.isFinite else { return "–" }
        return fixed(100 * value, decimals: decimals) + " %"
    }
}
