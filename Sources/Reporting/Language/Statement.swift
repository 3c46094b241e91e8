import Foundation

/// What a run says of a feature in an analyst's words, in the language of the report.
///
/// A run folder says it in English, in one of a few forms: "pays 23 days late, worsening (9 days before)",
/// "equity by total assets: 12 %", "current ratio: not known (no statement)", "3 of 5 changed: …". Whatever has another form stays as it is.
struct Statement {
    let words: Wording

    /// The statement of a feature.
    func text(_ text: String?, of feature: String?) -> String? {
        guard words.language != .english, let text else { return text ?? feature.map(words.feature) }
        if let match = text.wholeMatch(of: /(\d+) of (\d+) changed: (.*)/) {
            return words["statement.changed", String(match.1), String(match.2), String(match.3)]
        }
        // "bureau_score 390.50 (−1.10)": a column, its value and what it adds.
        if let match = text.wholeMatch(of: /([a-z0-9_]+) (\S+ \([+−]\S+\))/) {
            return "\(words.feature(String(match.1))) \(match.2)"
        }
        let (body, course, earlier) = Self.parts(text)
        guard let said = self.body(body, feature) else { return text }
        guard let course, let earlier else { return said }
        return words["statement.course", said, words["statement.\(course)"], value(earlier)]
    }

    private func body(_ body: Substring, _ feature: String?) -> String? {
        if body == "pays on the due day" { return words["statement.punctual"] }
        let parts = body.split(separator: " ")
        if parts.count == 4, parts[0] == "pays", ["late", "early"].contains(parts[3]) {
            return words["statement.\(parts[3])", String(parts[1])]
        }
        guard let colon = body.range(of: ": ", options: .backwards) else { return nil }
        let subject = feature.map(words.feature) ?? String(body[..<colon.lowerBound])
        return words["statement.value", subject, value(body[colon.upperBound...])]
    }

    /// A figure with its unit.
    private func value(_ text: some StringProtocol) -> String {
        if text.hasPrefix("not known") { return words["statement.unknown"] }
        return text.split(separator: " ").map { words.known("statement", String($0)) }.joined(separator: " ")
    }

    /// "BODY, COURSE (EARLIER before)", as far as it is there.
    private static func parts(_ text: String) -> (body: Substring, course: Substring?, earlier: Substring?) {
        let end = " before)"
        guard text.hasSuffix(end), let open = text.range(of: " (", options: .backwards),
            let comma = text[..<open.lowerBound].range(of: ", ", options: .backwards)
        else { return (text[...], nil, nil) }
        let course = text[comma.upperBound..<open.lowerBound]
        guard ["worsening", "improving", "up", "down"].contains(course) else { return (text[...], nil, nil) }
        return (text[..<comma.lowerBound], course, text[open.upperBound...].dropLast(end.count))
    }
}
