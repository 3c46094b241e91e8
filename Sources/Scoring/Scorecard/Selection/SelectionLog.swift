/// Every admission and rejection of a variable, in order, with the rule and the figures that decided.
public struct SelectionLog: Sendable, Equatable, Codable {
    /// What happened, in order.
    public private(set) var events: [Event]

    /// One decision.
    public struct Event: Sendable, Equatable, Codable {
        /// The variable.
        public let variable: String
        /// What was decided.
        public let verdict: Verdict
        /// The rule that decided.
        public let rule: Rule
        /// The figure that decided; absent where the rule has none, or it was not finite.
        public let value: Double?
        /// What the figure was held against.
        public let limit: Double?
        /// The other variable, where there is one.
        public let other: String?
        /// What else there is to say.
        public let note: String?
    }

    /// What was decided.
    public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
        /// It comes in.
        case admitted
        /// It does not come in.
        case rejected
        /// It was in and goes out.
        case removed
    }

    /// The rules.
    public enum Rule: String, Sendable, Hashable, Codable, CaseIterable {
        /// It has no bins that tell anything apart.
        case binning
        /// Information value.
        case informationValue
        /// Correlation of WOE with a stronger variable.
        case correlation
        /// Variance inflation factor.
        case vif
        /// Akaike's criterion.
        case aic
        /// Schwarz's criterion.
        case bic
        /// The p-value of the score test or of Wald's.
        case pValue
        /// The sign of a coefficient.
        case sign
        /// The regression could not be fitted with it.
        case fit
        /// The recipe forces it in.
        case forced
        /// Nothing spoke against it.
        case all
    }

    /// A log without events.
    init() { events = [] }

    mutating func add(
        _ variable: String, _ verdict: Verdict, _ rule: Rule, value: Double? = nil, limit: Double? = nil,
        other: String? = nil, note: String? = nil
    ) {
        func finite(_ number: Double?) -> Double? { number.flatMap { $0.isFinite ? $0 : nil } }
        events.append(
            Event(
                variable: variable, verdict: verdict, rule: rule, value: finite(value), limit: finite(limit),
                other: other, note: note))
    }

    /// The last decision on a variable.
    public func outcome(of variable: String) -> Event? { events.last { $0.variable == variable } }

    /// The variables that are in at the end, in the order in which they came in.
    public var admitted: [String] {
        var names: [String] = []
        for event in events {
            names.removeAll { $0 == event.variable }
            if event.verdict == .admitted { names.append(event.variable) }
        }
        return names
    }
}

extension SelectionLog {
    /// A figure for reading.
    static func shown(_ number: Double?) -> String {
        guard let number else { return "?" }
        let scaled = (number * 1e4).rounded() / 1e4
        return abs(number) >= 1e-4 || number == 0 ? "\(scaled)" : "\(number)"
    }
}

extension SelectionLog.Event: CustomStringConvertible {
    /// The decision in a sentence.
    public var description: String {
        let (value, limit) = (SelectionLog.shown(value), SelectionLog.shown(limit))
        let why =
            switch (rule, verdict) {
            case (.binning, _): note ?? "no bins that tell anything apart"
            case (.informationValue, .admitted): "information value \(value)"
            case (.informationValue, _): "information value \(value), limit \(limit)"
            case (.correlation, _): "correlation \(value) with '\(other ?? "?")', limit \(limit)"
            case (.vif, _): "variance inflation factor \(value), limit \(limit)"
            case (.aic, .rejected), (.bic, .rejected):
                note
                    ?? "score test χ² \(value), and the \(rule == .aic ? "AIC" : "BIC") falls only above \(limit)"
            case (.aic, _): "AIC \(value), before \(limit)"
            case (.bic, _): "BIC \(value), before \(limit)"
            case (.pValue, _): "p-value \(value), limit \(limit)"
            case (.sign, _):
                "coefficient \(value) of \(other.map { "'\($0)'" } ?? "it") would call higher WOE riskier"
            case (.fit, _): note ?? "the regression cannot be fitted with it"
            case (.forced, _): "forced by the recipe"
            case (.all, _): "nothing speaks against it"
            }
        return "\(variable) \(verdict.rawValue): \(why)"
    }
}
