public import Grading
public import Ledger
public import StrictYAML
import Vocabulary

/// What an obligor may be re-rated for between reviews: the kinds of a ledger's events, and others that it shows
/// itself.
public struct ReviewEventKind: RawRepresentable, Sendable, Hashable {
    /// As files name it.
    public let rawValue: String

    /// The kind of a name; `nil` for none that is known.
    public init?(rawValue: String) {
        guard Self.names.contains(rawValue) else { return nil }
        self.rawValue = rawValue
    }

    /// A kind of a ledger's events.
    public init(_ kind: EventKind) { rawValue = kind.rawValue }

    private init(known name: String) { rawValue = name }

    /// A financial statement has arrived.
    public static let statementArrived = ReviewEventKind(known: "statement_arrived")
    /// A bureau has reported.
    public static let bureauReport = ReviewEventKind(known: "bureau_report")
    /// The obligor has not paid as agreed, short of default.
    public static let paymentDefault = ReviewEventKind(known: "payment_default")
    /// A buyer that the obligor lives on is in default.
    public static let counterpartyDefault = ReviewEventKind(known: "counterparty_default")
    /// A warning about the obligor has been raised.
    public static let warning = ReviewEventKind(known: "early_warning")

    /// All kinds, those of a ledger first.
    public static let all =
        EventKind.allCases.map { ReviewEventKind($0) }
        + [.statementArrived, .bureauReport, .paymentDefault, .counterpartyDefault, .warning]
    private static let names = Set(
        EventKind.allCases.map(\.rawValue) + [
            "statement_arrived", "bureau_report", "payment_default", "counterparty_default", "early_warning",
        ])

    /// Whether it is that a record of the ledger has arrived.
    var isArrival: Bool { self == .statementArrived || self == .bureauReport }

    /// The kind in a ledger; `nil` where a ledger has no such records.
    var ofLedger: EventKind? { EventKind(rawValue: rawValue) }
}

/// What follows from events between reviews: how urgent they are, what is computed anew, and which grade holds until a
/// person has decided.
public struct EventPolicy: Sendable, Hashable {
    /// The name.
    public let name: String
    /// What follows, by kind; kinds that are not here are noted and change nothing.
    public let entries: [ReviewEventKind: Entry]
    /// The share of an obligor's sales from which on a buyer is a major one.
    public let majorShare: Double

    /// What follows from events of a kind.
    public struct Entry: Sendable, Hashable {
        /// By when a person has to look at it.
        public let urgency: Urgency
        /// What is computed anew.
        public let recomputes: Scope
        /// What holds until a person decides; empty for nothing.
        public let effects: [RuleEffect]
        /// Days after which the interim effects end by themselves.
        public let holdsDays: Int
        /// The interim effects as rules.
        let rules: [RatingRule]
    }

    /// By when a person has to look at an event.
    public enum Urgency: String, Sendable, Hashable, CaseIterable {
        case now, today, week, none

        /// Days until then; `nil` where nobody has to.
        public var days: Int? {
            switch self {
            case .now, .today: 0
            case .week: 7
            case .none: nil
            }
        }
    }

    /// What an event makes to be computed anew.
    public enum Scope: String, Sendable, Hashable, CaseIterable {
        /// Features, score, grade, limit and terms; what other obligors say stays as it was.
        case rating
        /// Grade, limit and terms, from the features of the last review.
        case grade
        /// Nothing.
        case nothing
    }

    /// What follows from an event of a kind; `nil` for nothing.
    func reaction(to kind: ReviewEventKind) -> Entry? {
        entries[kind].flatMap { $0.recomputes != .nothing || !$0.effects.isEmpty ? $0 : nil }
    }

    /// What names of interim rules begin with.
    static let interimPrefix = "interim-"

    /// The interim effects as rules, in the order of kinds.
    var rules: [RatingRule] { ReviewEventKind.all.compactMap { entries[$0]?.rules }.flatMap(\.self) }
}

extension EventPolicy {
    /// Reads a policy from YAML; `models/policies/events.yaml` explains every key.
    ///
    /// ```yaml
    /// events: 1
    /// name: Events, standard
    /// major_counterparty: 0.2
    /// kinds:
    ///   judgment: {urgency: today, recompute: rating, cap: BB, holds_days: 120}
    ///   control_change: {urgency: week, recompute: rating, cap: A, holds_days: 90}
    /// ```
    public init(yaml document: YAMLNode) throws(YAMLError) {
        self = try document.mapping { keys throws(YAMLError) in
            _ = try keys.required("events").int(in: 1...1)
            let name = try keys.required("name").nonEmptyString()
            let share = try keys.optional("major_counterparty")?.double(in: 0...1) ?? 0.2
            let entries = try keys.required("kinds").mapping { keys throws(YAMLError) in
                var entries: [ReviewEventKind: Entry] = [:]
                for kind in ReviewEventKind.all {
                    guard let node = keys.optional(kind.rawValue) else { continue }
                    entries[kind] = try Self.entry(kind, node)
                }
                return entries
            }
            return EventPolicy(name: name, entries: entries, majorShare: share)
        }
    }

    private static func entry(_ kind: ReviewEventKind, _ node: YAMLNode) throws(YAMLError) -> Entry {
        try node.mapping { keys throws(YAMLError) in
            let urgency = try keys.required("urgency").choice(of: Urgency.self)
            let scope = try keys.optional("recompute")?.choice(of: Scope.self) ?? .rating
            let days = try keys.optional("holds_days")?.int(in: 1...3650) ?? 180
            let isBinding = try keys.optional("binding")?.bool() ?? false
            var effects: [RuleEffect] = []
            if let cap = keys.optional("cap") {
                let grade = try cap.choice(of: Grade.self)
                guard grade != .d else { throw cap.error(expected: "a grade from AAA to C") }
                effects.append(.cap(grade))
            }
            if try keys.optional("block")?.bool() == true { effects.append(.block) }
            let column = ReviewFact.openEvent(kind).name
            let words = kind.rawValue.replacing("_", with: " ")
            var rules: [RatingRule] = []
            do throws(ExpressionError) {
                for (place, effect) in effects.enumerated() {
                    rules.append(
                        RatingRule(
                            name: Self.interimPrefix + kind.rawValue + (place > 0 ? "-block" : ""),
                            condition: try FactExpression(condition: "\(column) <= \(days)"), effect: effect,
                            reason: "\(words), until a person has decided", isBinding: isBinding))
                }
            } catch { throw node.error(expected: "an event that can be asked for: \(error)") }
            return Entry(
                urgency: urgency, recomputes: scope, effects: effects, holdsDays: days, rules: rules)
        }
    }
}
