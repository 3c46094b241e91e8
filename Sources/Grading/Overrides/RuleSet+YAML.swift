public import StrictYAML
import Vocabulary

extension RuleSet {
    /// Reads rules from YAML.
    ///
    /// ```yaml
    /// rules: 1                          # version of the form
    /// name: Bureau cross-check
    /// maximum_notches: 3                # optional: the most that all 'down' together cost
    /// checks:
    ///   - name: dishonest-debtor
    ///     when: dishonest_debtor = 1
    ///     cap: CCC                      # one of cap, down, up, block: true, documents: true
    ///     binding: true                 # optional: an expert may not undo it
    ///     reason: listed as a dishonest debtor
    /// ```
    public init(yaml document: YAMLNode) throws(YAMLError) {
        self = try document.mapping { keys throws(YAMLError) in
            _ = try keys.required("rules").int(in: 1...1)
            let name = try keys.required("name").nonEmptyString()
            let notches = try keys.optional("maximum_notches")?.int(in: 0...8) ?? 8
            let list = try keys.required("checks")
            let rules = try list.list(of: Self.rule)
            guard rules.count <= Self.limit else { throw list.error(expected: "at most \(Self.limit) rules") }
            var seen: Set<String> = []
            for (rule, node) in zip(rules, try list.list()) where !seen.insert(rule.name).inserted {
                throw node.error(expected: "a name that no other rule has, not '\(rule.name)'")
            }
            return RuleSet(name: name, rules: rules, maximumNotches: notches)
        }
    }

    private static func rule(_ node: YAMLNode) throws(YAMLError) -> RatingRule {
        try node.mapping { keys throws(YAMLError) in
            let name = try keys.required("name").nonEmptyString()
            let condition = try keys.required("when").condition()
            let reason = try keys.required("reason").nonEmptyString()
            let effect = try RuleEffect(of: &keys, on: node)
            let isBinding = try keys.optional("binding")?.bool() ?? false
            return RatingRule(
                name: name, condition: condition, effect: effect, reason: reason, isBinding: isBinding)
        }
    }
}

extension RuleEffect {
    /// The one effect that the keys of a node name: cap, down, up, block or documents.
    init(of keys: inout YAMLMapping, on node: YAMLNode) throws(YAMLError) {
        var effects: [RuleEffect] = []
        if let cap = keys.optional("cap") { effects.append(.cap(try cap.performingGrade())) }
        if let down = keys.optional("down") { effects.append(.notch(try down.int(in: 1...8))) }
        if let up = keys.optional("up") { effects.append(.notch(-(try up.int(in: 1...8)))) }
        if try keys.optional("block")?.bool() == true { effects.append(.block) }
        if try keys.optional("documents")?.bool() == true { effects.append(.documents) }
        guard let effect = effects.first, effects.count == 1 else {
            throw node.error(expected: "one effect: cap, down, up, block: true or documents: true")
        }
        self = effect
    }
}

extension YAMLNode {
    /// A condition over columns.
    func condition() throws(YAMLError) -> FactExpression {
        let text = try nonEmptyString()
        do throws(ExpressionError) { return try FactExpression(condition: text) } catch {
            throw self.error(expected: "a condition such as 'judgments >= 2': \(error)")
        }
    }

    /// A number computed from columns.
    func formula() throws(YAMLError) -> FactExpression {
        let text = try nonEmptyString()
        do throws(ExpressionError) { return try FactExpression(number: text) } catch {
            throw self.error(expected: "a column or a formula of columns: \(error)")
        }
    }

    /// A grade other than D.
    func performingGrade() throws(YAMLError) -> Grade {
        let grade = try choice(of: Grade.self)
        guard grade != .d else { throw error(expected: "a grade from AAA to C; D is given by default alone") }
        return grade
    }
}
