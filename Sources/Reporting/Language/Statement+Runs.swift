import Foundation

// What a run says of its data and its model in English, in the language of the report. English keeps the run's own
// words, and so does whatever has another form.
extension Statement {
    /// Why something was refused: "payments.csv: known before it happened".
    func refusal(_ text: String) -> String {
        if let whole = words.phrase("refusal", text) { return whole }
        guard let colon = text.range(of: ": "),
            let reason = words.phrase("refusal", String(text[colon.upperBound...]))
        else { return text }
        return "\(text[..<colon.lowerBound])：\(reason)"
    }

    /// A remark of a fit or a validation.
    func remark(_ text: String) -> String {
        guard words.language != .english else { return text }
        if let match = text.wholeMatch(of: /attributes depart from their WOE by (\S+) degrees of freedom/) {
            return words["said.departs", String(match.1)]
        }
        if let match = text.wholeMatch(of: /the fit shortened (\d+) steps? that overshot.*/) {
            return words["said.shortened", String(match.1)]
        }
        if let match = text.wholeMatch(
            of: /(\d+) pairs of attributes have equal points to keep the order of their WOE/)
        {
            return words["said.ties", String(match.1)]
        }
        if let match = text.wholeMatch(of: /Only (\d+) defaults were seen in training\./) {
            return words["said.fewDefaults", String(match.1)]
        }
        return words.known("remark", text)
    }
}
