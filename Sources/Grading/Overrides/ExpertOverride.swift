public import StrictYAML
public import Vocabulary

/// An expert's decision that an obligor deserves another grade than model and rules gave it.
public struct ExpertOverride: Sendable, Hashable {
    /// Whom it is about.
    public let obligor: ObligorID
    /// What the expert wants.
    public let decision: Decision
    /// Who decided.
    public let author: String
    /// Why.
    public let reason: String
    /// The first day it holds.
    public let decided: CalendarDay
    /// The last day it holds.
    public let expires: CalendarDay
    /// The most notches that this decision may move the grade either way; `nil` for as many as experts may.
    public let maximumNotches: Int?

    /// What an expert can want.
    public enum Decision: Sendable, Hashable {
        /// This grade.
        case grade(Grade)
        /// Grades worse (positive) or better (negative).
        case notch(Int)
    }

    /// An override from its parts.
    public init(
        obligor: ObligorID, decision: Decision, author: String, reason: String, decided: CalendarDay,
        expires: CalendarDay, maximumNotches: Int? = nil
    ) {
        self.obligor = obligor
        self.decision = decision
        self.author = author
        self.reason = reason
        self.decided = decided
        self.expires = expires
        self.maximumNotches = maximumNotches
    }

    /// Whether it holds on a day.
    public func holds(on asOf: AsOf) -> Bool { decided <= asOf.day && asOf.day <= expires }
}

/// What experts decided, and how far they may go.
public struct ExpertOverrides: Sendable, Hashable {
    /// The decisions.
    public let entries: [ExpertOverride]
    /// The most notches that a decision may move a grade either way; what goes further is held there.
    public let maximumNotches: Int

    /// Decisions of experts.
    public init(entries: [ExpertOverride], maximumNotches: Int) {
        self.entries = entries
        self.maximumNotches = maximumNotches
    }

    /// No decisions.
    public static let none = ExpertOverrides(entries: [], maximumNotches: 0)

    /// The decision that holds for each obligor on a day: the one decided last, the later entry among equals.
    public func inForce(on asOf: AsOf) -> [ObligorID: ExpertOverride] {
        var latest: [ObligorID: ExpertOverride] = [:]
        for entry in entries where entry.holds(on: asOf) {
            if let other = latest[entry.obligor], other.decided > entry.decided { continue }
            latest[entry.obligor] = entry
        }
        return latest
    }

    /// How far a decision may move a grade: as far as experts may, and no farther than the decision itself allows.
    public func reach(of override: ExpertOverride) -> Int {
        min(maximumNotches, override.maximumNotches ?? maximumNotches)
    }

    /// Where an override takes a grade: at most ``reach(of:)`` away and no better than a binding cap.
    public func grade(from grade: Grade, by override: ExpertOverride, cap: Grade = .aaa) -> Grade {
        ExpertOverrides(entries: [], maximumNotches: reach(of: override))
            .grade(from: grade, by: override.decision, cap: cap)
    }

    /// Where a decision takes a grade: at most ``maximumNotches`` away and no better than a binding cap.
    public func grade(from grade: Grade, by decision: ExpertOverride.Decision, cap: Grade = .aaa) -> Grade {
        guard grade != .d else { return .d }
        let notches =
            switch decision {
            case .grade(let wanted): wanted.rank - grade.rank
            case .notch(let notches): notches
            }
        let held = grade.movedDown(min(max(notches, -maximumNotches), maximumNotches))
        return held < grade ? max(held, min(cap, grade)) : held
    }
}

extension ExpertOverrides {
    /// Reads overrides from YAML.
    ///
    /// ```yaml
    /// overrides: 1                     # version of the form
    /// maximum_notches: 2
    /// entries:
    ///   - obligor: O000001
    ///     grade: BBB                   # or down: 1, or up: 1
    ///     author: analyst-03
    ///     reason: guarantee of the parent, seen on 2024-02-27
    ///     decided: 2024-03-01
    ///     expires: 2024-08-31
    /// ```
    public init(yaml document: YAMLNode) throws(YAMLError) {
        self = try document.mapping { keys throws(YAMLError) in
            _ = try keys.required("overrides").int(in: 1...1)
            let notches = try keys.required("maximum_notches").int(in: 0...8)
            return ExpertOverrides(
                entries: try keys.required("entries").list(of: Self.entry), maximumNotches: notches)
        }
    }

    private static func entry(_ node: YAMLNode) throws(YAMLError) -> ExpertOverride {
        try node.mapping { keys throws(YAMLError) in
            let obligor = try keys.required("obligor").nonEmptyString()
            var decisions: [ExpertOverride.Decision] = []
            if let grade = keys.optional("grade") { decisions.append(.grade(try grade.performingGrade())) }
            if let down = keys.optional("down") { decisions.append(.notch(try down.int(in: 1...8))) }
            if let up = keys.optional("up") { decisions.append(.notch(-(try up.int(in: 1...8)))) }
            guard let decision = decisions.first, decisions.count == 1 else {
                throw node.error(expected: "one decision: grade, down or up")
            }
            let author = try keys.required("author").nonEmptyString()
            let reason = try keys.required("reason").nonEmptyString()
            let decided = try keys.required("decided").day()
            let last = try keys.required("expires")
            let expires = try last.day()
            guard expires >= decided else { throw last.error(expected: "a day from \(decided) on") }
            return ExpertOverride(
                obligor: ObligorID(obligor), decision: decision, author: author, reason: reason,
                decided: decided, expires: expires)
        }
    }
}

extension YAMLNode {
    /// A calendar day.
    func day() throws(YAMLError) -> CalendarDay {
        guard let day = CalendarDay(iso8601: try string()) else {
            throw error(expected: "a day such as 2024-03-31")
        }
        return day
    }
}
