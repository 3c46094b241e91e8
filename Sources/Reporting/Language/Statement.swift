import Foundation
import Results

/// What a run says in an analyst's words, in the language of the report.
///
/// A run folder says it in English, in one of a few forms: "pays 23 days late, worsening (9 days before)",
/// "equity by total assets: 12 %", "current ratio: not known (no statement)", "3 of 5 changed: …". Whatever has another
/// form stays as it is, unless the run brings a translation of it along.
struct Statement {
    let words: Wording
    private var figures: Figures { Figures(language: words.language) }

    /// The statement of a feature.
    func text(_ text: String?, of feature: String?) -> String? {
        guard words.language != .english, let text else { return text ?? feature.map(words.feature) }
        if let said = words.translation(of: text) { return said }
        if text.hasPrefix("given "),
            let match = text.wholeMatch(
                of: /given (\S+), the evidence says (\S+) \((\d+) notch(?:es)?\)/)
        {
            return words["statement.given", String(match.1), String(match.2), String(match.3)]
        }
        if text.first?.isNumber == true, let match = text.wholeMatch(of: /(\d+) of (\d+) changed: (.*)/) {
            return words["statement.changed", String(match.1), String(match.2), String(match.3)]
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
        if let whole = words.phrase("statement", String(text)) { return whole }
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

extension Statement {
    /// Why a grade deserves a second look.
    func reasons(of correction: CorrectionRecord) -> [String] {
        [correction.reason1, correction.reason2, correction.reason3].enumerated().compactMap {
            place, reason in
            let feature = correction.features.indices.contains(place) ? correction.features[place] : ""
            return reason.flatMap { text($0, of: feature.isEmpty ? nil : feature) }
        }
    }

    /// What became of similar cases, without the cases: "2 of 5 changed".
    func outcome(ofCases text: String?) -> String? {
        guard let text else { return nil }
        guard let match = text.wholeMatch(of: /(\d+) of (\d+) changed:.*/) else {
            return self.text(text, of: nil)
        }
        return words["statement.outcome", String(match.1), String(match.2)]
    }

    /// Why a step of a rating was taken: as the rules give it in the language of the report, as the engine says it, or
    /// as somebody wrote it.
    func reason(_ text: String?) -> String? {
        guard words.language != .english, let text else { return text }
        if let said = words.translation(of: text) ?? words.phrase("reason", text) { return said }
        let held = " (held at what experts may do)"
        if text.hasSuffix(held) {
            return words["reason.held", reason(String(text.dropLast(held.count))) ?? ""]
        }
        let interim = ", until a person has decided"
        if text.hasSuffix(interim) {
            return words["reason.interim", words.known("event", String(text.dropLast(interim.count)))]
        }
        if let match = text.wholeMatch(of: /no (.+) of the last (\d+) days/) {
            return words["reason.stale", words.known("document", String(match.1)), String(match.2)]
        }
        return text
    }

    /// What follows from a stale input, which a run says as "cap BBB", "down 1", "up 1", "block" or "documents".
    func effect(_ text: String?) -> String? {
        guard let text else { return nil }
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        guard let kind = parts.first, words.phrase("effect", kind) != nil else { return text }
        return parts.count > 1 ? words["effect.\(kind)", parts[1]] : words["effect.\(kind)"]
    }

    /// What a monitor found.
    func alert(_ text: String) -> String {
        guard words.language != .english else { return text }
        if let match = text.wholeMatch(
            of: /paid (.+) in the last (\d+) invoices?, usual (.+) ± (\d+); since (\S+)/)
        {
            return words[
                "alert.paid", when(match.1), String(match.2), when(match.3), String(match.4),
                figures.day(String(match.5))]
        }
        if let match = text.wholeMatch(
            of:
                /(\d+) invoices? unpaid beyond the usual time, the oldest (.+); usually paid (.+) ± (\d+); since (\S+)/
        ) {
            return words[
                "alert.unpaid", String(match.1), when(match.2), when(match.3), String(match.4),
                figures.day(String(match.5))]
        }
        if let match = text.wholeMatch(
            of:
                /ordered (-?\d+) % of its usual monthly volume in the last 3 months, season taken out; since (\S+)/
        ) {
            return words["alert.orders", String(match.1), figures.day(String(match.2))]
        }
        if let match = text.wholeMatch(
            of: /monthly orders were off by (-?\d+) % in the last 3 months, usual (-?\d+) %; since (\S+)/)
        {
            return words[
                "alert.volatility", String(match.1), String(match.2), figures.day(String(match.3))]
        }
        if let match = text.wholeMatch(
            of: /(\d+) of the last (\d+) invoices? disputed, usual (-?\d+) %; since (\S+)/)
        {
            return words[
                "alert.disputes", String(match.1), String(match.2), String(match.3),
                figures.day(String(match.4))]
        }
        if let match = text.wholeMatch(
            of: /(-?\d+) % of the credit limit used, usual (-?\d+) ± (\d+) %; since (\S+)/)
        {
            return words[
                "alert.utilisation", String(match.1), String(match.2), String(match.3),
                figures.day(String(match.4))]
        }
        return text
    }

    /// "3 days late", "47 days past due", "due today" and the like.
    private func when(_ text: Substring) -> String {
        switch text {
        case "on the due day": return words["alert.onTime"]
        case "due today": return words["alert.dueToday"]
        default: break
        }
        if let match = text.wholeMatch(of: /due in (\d+) days?/) {
            return words["alert.dueIn", String(match.1)]
        }
        guard let match = text.wholeMatch(of: /(\d+) days? (late|early|past due)/) else {
            return String(text)
        }
        let key = match.2 == "late" ? "late" : match.2 == "early" ? "early" : "pastDue"
        return words["alert.\(key)", String(match.1)]
    }
}
