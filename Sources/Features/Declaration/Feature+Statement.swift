extension Feature {
    /// A value as an analyst says it, such as "pays 23 days late, worsening (9 days before)".
    ///
    /// - Parameters:
    ///   - value: The value; NaN where there is none.
    ///   - earlier: What it was before, to say where it is heading; `nil` or NaN where that is not known.
    public func statement(_ value: Double, earlier: Double? = nil) -> String {
        guard !value.isNaN else {
            return "\(subject): not known" + (missing == .never ? "" : " (\(missing.description))")
        }
        let text =
            isDaysBeyondTerms && abs(value) < 1e9
            ? Self.punctuality(value) : unit == .flag ? answer(value) : "\(subject): \(unit.text(value))"
        guard unit != .flag, let earlier, !earlier.isNaN else { return text }
        guard let course = course(from: earlier, to: value) else { return text }
        return "\(text), \(course) (\(unit.text(earlier)) before)"
    }

    /// Where a value is heading; `nil` where it has hardly moved.
    private func course(from earlier: Double, to value: Double) -> String? {
        // A twentieth of the larger of the two is no move worth a word.
        guard abs(value - earlier) > 0.05 * max(abs(value), abs(earlier)) else { return nil }
        let isUp = value > earlier
        return switch sign {
        case .riskRises: isUp ? "worsening" : "improving"
        case .riskFalls: isUp ? "improving" : "worsening"
        case .open: isUp ? "up" : "down"
        }
    }

    /// Whether the value itself, not a difference or another's, is how late the obligor pays.
    private var isDaysBeyondTerms: Bool {
        // Most names settle it, and windows are made up anew whenever they are asked for.
        (name.hasPrefix("dbt_") || name.hasPrefix("mean_delay_"))
            && windows.contains { name == "dbt_\($0.symbol)" || name == "mean_delay_\($0.symbol)" }
    }

    private static func punctuality(_ days: Double) -> String {
        let whole = Int(days.rounded())
        if whole == 0 { return "pays on the due day" }
        let unit = abs(whole) == 1 ? "day" : "days"
        return whole > 0 ? "pays \(whole) \(unit) late" : "pays \(-whole) \(unit) early"
    }

    /// "a source lists the obligor …: yes" for a meaning that begins with "whether".
    private func answer(_ value: Double) -> String {
        let question = meaning.hasPrefix("whether ") ? String(meaning.dropFirst("whether ".count)) : meaning
        return "\(question): \(value != 0 ? "yes" : "no")"
    }
}

extension FeatureUnit {
    /// A value with its unit, rounded as a person would.
    public func text(_ value: Double) -> String {
        func fixed(_ value: Double, _ decimals: Int) -> String {
            let text = FixedPoint.text(value, decimals: decimals)
            // No minus before a zero.
            return text.hasPrefix("-") && text.utf8.allSatisfy { "-0.".utf8.contains($0) }
                ? String(text.dropFirst()) : text
        }
        func counted(_ unit: String) -> String {
            let text = fixed(value, abs(value) < 10 && value.rounded() != value ? 1 : 0)
            return "\(text) \(text == "1" || text == "-1" ? unit : unit + "s")"
        }
        switch self {
        case .days: return counted("day")
        case .months: return counted("month")
        case .years: return counted("year")
        case .fraction: return "\(fixed(100 * value, abs(value) < 0.1 ? 1 : 0)) %"
        case .ratio: return fixed(value, 2)
        case .amount:
            guard abs(value) < 1e15 else { return "\(value)" }
            var digits = fixed(abs(value), 0)
            var groups: [Substring] = []
            while digits.count > 3 {
                groups.insert(digits.suffix(3), at: 0)
                digits = String(digits.dropLast(3))
            }
            return (value < 0 ? "-" : "") + ([Substring(digits)] + groups).joined(separator: ",")
        case .count, .points: return fixed(value, abs(value) < 10 && value.rounded() != value ? 1 : 0)
        case .flag: return value != 0 ? "yes" : "no"
        }
    }
}
