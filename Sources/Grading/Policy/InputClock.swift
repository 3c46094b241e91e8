import StrictYAML

/// How long a policy relies on one input of a rating, and what follows when it is older or was never there.
public struct InputClock: Sendable, Hashable {
    /// The input.
    public let input: Input
    /// The most days that it may be old.
    public let expiresAfter: Int
    /// Days before it expires from which on a new one is asked for.
    public let requestedBefore: Int
    /// What follows when it is stale: a cap, notches, a block, or documents alone.
    public let effect: RuleEffect
    /// Whether an expert may not undo that.
    public let isBinding: Bool
    /// The effect as a rule on the age.
    public let rule: RatingRule

    /// What ages.
    public enum Input: String, Sendable, Hashable, CaseIterable {
        /// The period end of the latest financial statement.
        case statements
        /// The latest record of a bureau.
        case bureau
        /// The latest record of a bureau that says how many judgments there are.
        case litigation

        /// The column of its age in days, missing where there is none.
        public var column: String {
            switch self {
            case .statements: "statement_age"
            case .bureau: "bureau_age"
            case .litigation: "litigation_age"
            }
        }

        /// What a person has to bring.
        public var document: String {
            switch self {
            case .statements: "financial statements"
            case .bureau: "bureau report"
            case .litigation: "search for judgments"
            }
        }
    }

    /// A clock.
    ///
    /// - Throws: ``ExpressionError`` if the age cannot be asked for, which it can.
    init(
        _ input: Input, expiresAfter: Int, requestedBefore: Int, effect: RuleEffect, isBinding: Bool
    ) throws(ExpressionError) {
        self.input = input
        self.expiresAfter = expiresAfter
        self.requestedBefore = requestedBefore
        self.effect = effect
        self.isBinding = isBinding
        rule = RatingRule(
            name: "stale-\(input.rawValue)",
            condition: try FactExpression(
                condition: "\(input.column) > \(expiresAfter) or missing(\(input.column))"),
            effect: effect,
            reason: "no \(input.document) of the last \(expiresAfter) days", isBinding: isBinding)
    }

    /// How an input stands.
    public enum State: String, Sendable, Hashable, CaseIterable {
        case fresh, expiring, stale, missing
    }

    /// How the input stands at an age in days; `nil` where there is none.
    public func state(atAge age: Int?) -> State {
        guard let age else { return .missing }
        if age > expiresAfter { return .stale }
        return age > expiresAfter - requestedBefore ? .expiring : .fresh
    }
}

extension InputClock {
    /// Reads the key `staleness` of a policy.
    ///
    /// ```yaml
    /// staleness:
    ///   statements: {expires_after: 548, request_before: 90, cap: BBB}
    ///   bureau: {expires_after: 365, request_before: 30, cap: BB, binding: true}
    ///   litigation: {expires_after: 365, block: true}
    /// ```
    static func clocks(_ node: YAMLNode) throws(YAMLError) -> [InputClock] {
        try node.mapping { keys throws(YAMLError) in
            var clocks: [InputClock] = []
            for input in Input.allCases {
                guard let node = keys.optional(input.rawValue) else { continue }
                clocks.append(try clock(input, node))
            }
            return clocks
        }
    }

    private static func clock(_ input: Input, _ node: YAMLNode) throws(YAMLError) -> InputClock {
        try node.mapping { keys throws(YAMLError) in
            let days = try keys.required("expires_after").int(in: 1...36_500)
            let before = try keys.optional("request_before")?.int(in: 0...days) ?? 0
            let effect = try RuleEffect(of: &keys, on: node)
            let isBinding = try keys.optional("binding")?.bool() ?? false
            do throws(ExpressionError) {
                return try InputClock(
                    input, expiresAfter: days, requestedBefore: before, effect: effect, isBinding: isBinding)
            } catch { throw node.error(expected: "an age that can be asked for: \(error)") }
        }
    }
}
