public import Vocabulary

/// What a rule does to an obligor for which its condition is true.
public enum RuleEffect: Sendable, Hashable {
    /// No better grade than this one.
    case cap(Grade)
    /// Grades worse (positive) or better (negative).
    case notch(Int)
    /// No new credit; the grade stays.
    case block
    /// Ask for documents; the grade stays.
    case documents

    /// The effect's kind, as result files name it.
    public var kind: Kind {
        switch self {
        case .cap: .cap
        case .notch: .notch
        case .block: .block
        case .documents: .documents
        }
    }

    /// Kinds of effects.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case none, cap, notch, block, documents
    }

    /// The grade that follows from a grade; never D, which only default itself gives.
    public func grade(from grade: Grade) -> Grade {
        switch self {
        case .cap(let limit): max(grade, min(limit, .c))
        case .notch(let notches): grade.movedDown(notches)
        case .block, .documents: grade
        }
    }
}

extension Grade {
    /// The grade a number of notches worse, or better if negative, within AAA to C; D stays D.
    func movedDown(_ notches: Int) -> Grade {
        guard self != .d else { return .d }
        let last = Grade.performing.count - 1
        let (rank, overflow) = rank.addingReportingOverflow(notches)
        return Grade.performing[overflow ? (notches > 0 ? last : 0) : min(max(rank, 0), last)]
    }
}

/// One declared rule: a condition on an obligor's facts, what follows from it, and why.
public struct RatingRule: Sendable, Hashable {
    /// The name, unique within its set.
    public let name: String
    /// When it acts.
    public let condition: FactExpression
    /// What it does.
    public let effect: RuleEffect
    /// Why, as an analyst would say it.
    public let reason: String
    /// The reason in other languages, by language tag.
    public let translations: [String: String]
    /// Whether an expert may not undo it: a cap that binds is a cap for the expert too.
    public let isBinding: Bool

    /// A rule from its parts; a cap at D is one at C.
    public init(
        name: String, condition: FactExpression, effect: RuleEffect, reason: String,
        translations: [String: String] = [:], isBinding: Bool = false
    ) {
        self.name = name
        self.condition = condition
        self.effect = effect == .cap(.d) ? .cap(.c) : effect
        self.reason = reason
        self.translations = translations
        self.isBinding = isBinding
    }
}

/// Rules in the order in which they act, each on the grade that the one before it left.
public struct RuleSet: Sendable, Hashable {
    /// The name.
    public let name: String
    /// The rules.
    public let rules: [RatingRule]
    /// The most notches that all `notch` rules together may make a grade worse; better is not limited.
    public let maximumNotches: Int

    /// The most rules of a set.
    public static let limit = 1000

    /// A set of rules.
    public init(name: String, rules: [RatingRule], maximumNotches: Int = 8) {
        self.name = name
        self.rules = rules
        self.maximumNotches = maximumNotches
    }

    /// No rules.
    public static let none = RuleSet(name: "none", rules: [])

    /// The columns that the rules read, in the order of their first appearance.
    public var columns: [String] {
        var names: [String] = []
        for rule in rules {
            for name in rule.condition.columns where !names.contains(name) { names.append(name) }
        }
        return names
    }
}
