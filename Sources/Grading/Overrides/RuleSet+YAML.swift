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
    ///   - name: tax-arrears
    ///     when: bureau_tax_arrears > 10000
    ///     cap: BB
    ///     reason: {en: tax arrears, zh-Hans: 欠缴税款}   # for pages in other languages
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
            let (reason, translations) = try keys.required("reason").textByLanguage()
            let effect = try RuleEffect(of: &keys, on: node)
            let isBinding = try keys.optional("binding")?.bool() ?? false
            return RatingRule(
                name: name, condition: condition, effect: effect, reason: reason,
                translations: translations, isBinding: isBinding)
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
    /// The language of a text that says none.
    private static let language = "en"

    /// A text, or the same text by language tag, of which English is the one that result files hold.
    ///
    /// ```yaml
    /// reason: tax arrears
    /// reason: {en: tax arrears, zh-Hans: 欠缴税款}
    /// ```
    func textByLanguage() throws(YAMLError) -> (text: String, translations: [String: String]) {
        guard case .mapping = content else { return (try nonEmptyString(), [:]) }
        return try mapping { keys throws(YAMLError) in
            let text = try keys.required(Self.language).nonEmptyString()
            var translations: [String: String] = [:]
            for entry in keys.allEntries() where entry.key != Self.language {
                guard entry.key.wholeMatch(of: /[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*/) != nil else {
                    throw entry.value.error(
                        expected: "a language such as zh-Hans as its key, not '\(entry.key)'")
                }
                translations[entry.key] = try entry.value.nonEmptyString()
            }
            return (text, translations)
        }
    }

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
