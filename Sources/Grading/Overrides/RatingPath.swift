public import Vocabulary

/// One step on the way from a PD to the final grade.
public struct RatingStep: Sendable, Hashable {
    /// Where on the way.
    public let stage: Stage
    /// The rule's name; `nil` where none acted.
    public let rule: String?
    /// The grade before.
    public let from: Grade
    /// The grade after.
    public let to: Grade
    /// What was done.
    public let effect: RuleEffect.Kind
    /// Why.
    public let reason: String?
    /// The expert who decided.
    public let author: String?
    /// The last day that the decision holds.
    public let expires: CalendarDay?

    /// Stages in their order.
    public enum Stage: String, Sendable, Hashable, CaseIterable {
        case raw, rule, expert, final
    }
}

/// A rule that acted on an obligor.
public struct RuleHit: Sendable, Hashable, BitwiseCopyable {
    /// The obligor's row.
    public let row: UInt32
    /// The rule's place in its set.
    public let rule: UInt16
    /// Rank of the grade before.
    public let from: UInt8
    /// Rank of the grade after.
    public let to: UInt8
}

/// An expert's decision that acted on an obligor.
public struct ExpertHit: Sendable, Hashable {
    /// The obligor's row.
    public let row: Int
    /// The decision.
    public let override: ExpertOverride
    /// The grade before.
    public let from: Grade
    /// The grade after.
    public let to: Grade
    /// Whether the decision was held at the most notches or at a binding rule.
    public let isHeld: Bool
}
