import Foundation

/// How figures are printed.
///
/// Both languages group thousands with commas and write a decimal point; dates differ.
struct Figures: Sendable {
    /// The language.
    let language: Language
    /// What stands where there is no figure.
    static let missing = "–"

    /// A whole number with grouped thousands.
    func count(_ value: Int) -> String { grouped(String(value)) }

    /// A number with a fixed number of decimals and grouped thousands.
    func number(_ value: Double?, decimals: Int) -> String {
        guard let value, value.isFinite else { return Self.missing }
        let text = String(format: "%.\(decimals)f", value)
        // What rounds to zero has no sign.
        let isZero = text.allSatisfy { "-0.".contains($0) }
        return grouped(isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text)
    }

    /// A fraction in percent.
    func percent(_ fraction: Double?, decimals: Int = 1) -> String {
        guard let fraction, fraction.isFinite else { return Self.missing }
        return number(fraction * 100, decimals: decimals) + "%"
    }

    /// A PD in percent, with decimals that fit its size.
    func pd(_ fraction: Double?) -> String {
        guard let fraction, fraction.isFinite else { return Self.missing }
        return percent(fraction, decimals: fraction >= 0.1 ? 1 : fraction >= 0.001 ? 2 : 3)
    }

    /// A p-value, which no reader needs below a ten-thousandth.
    func pValue(_ value: Double?) -> String {
        guard let value, value.isFinite else { return Self.missing }
        return value < 0.0001 ? "< 0.0001" : number(value, decimals: 4)
    }

    /// An amount in units of its currency, without cents.
    func amount(_ value: Double?) -> String { number(value, decimals: 0) }

    /// A change with its sign.
    func signed(_ value: Double?, decimals: Int) -> String {
        guard let value, value.isFinite else { return Self.missing }
        let text = number(value, decimals: decimals)
        return text.hasPrefix("-")
            ? "−" + text.dropFirst() : text.allSatisfy { "0.".contains($0) } ? text : "+" + text
    }

    /// A day in ISO 8601 as a reader of the language writes it; other text as it is.
    func day(_ iso: String?) -> String {
        guard let iso else { return Self.missing }
        let parts = iso.prefix(10).split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, iso.count >= 10, (1...12).contains(parts[1]) else { return iso }
        switch language {
        case .english: return "\(parts[2]) \(Self.months[parts[1] - 1]) \(parts[0])"
        case .simplifiedChinese: return "\(parts[0])年\(parts[1])月\(parts[2])日"
        }
    }

    /// A bin's label as a person reads it: "[3.9466405989986653, 14.0)" as "3.947 – 14"; other text as it is.
    func band(_ label: String) -> String {
        guard let first = label.first, "[(".contains(first), label.hasSuffix(")") || label.hasSuffix("]")
        else {
            return label
        }
        let ends = label.dropFirst().dropLast().split(separator: ", ", omittingEmptySubsequences: false)
        guard ends.count == 2, let lower = Double(ends[0]), let upper = Double(ends[1]) else { return label }
        return switch (lower.isFinite, upper.isFinite) {
        case (true, true): "\(short(lower)) – \(short(upper))"
        case (false, true): "< \(short(upper))"
        case (true, false): "≥ \(short(lower))"
        case (false, false): label
        }
    }

    /// A number with four digits that count, without zeros at its end.
    func short(_ value: Double?) -> String {
        guard let value, value.isFinite else { return Self.missing }
        let size = value == 0 ? 0 : Int(log10(abs(value)).rounded(.down))
        guard (-12..<15).contains(size) else { return "\(value)" }
        let text = String(format: "%.\(max(0, 3 - size))f", value)
        return grouped(text.contains(".") ? text.replacing(/\.?0+$/, with: "") : text)
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private func grouped(_ text: String) -> String {
        let sign = text.hasPrefix("-") ? "-" : ""
        let digits = text.dropFirst(sign.count)
        let whole = digits.prefix { $0 != "." }
        var result = ""
        for (position, digit) in whole.enumerated() {
            if position > 0, (whole.count - position).isMultiple(of: 3) { result += "," }
            result.append(digit)
        }
        return sign + result + digits.dropFirst(whole.count)
    }
}
