import Grading
import Results

extension TranslationRecord {
    /// What the reasons of rules are in other languages, each text once per language, in the order of the rules.
    static func reasons(of rules: RuleSet) -> [TranslationRecord] {
        var seen: Set<[String]> = []
        return rules.rules.flatMap { rule in
            rule.translations.sorted { $0.key < $1.key }.compactMap { language, translation in
                guard seen.insert([language, rule.reason]).inserted else { return nil }
                return TranslationRecord(language: language, text: rule.reason, translation: translation)
            }
        }
    }
}

extension RunContents {
    /// Writes what the reasons of rules are in other languages, where somebody said so.
    mutating func addTranslations(of rules: RuleSet) throws {
        let records = TranslationRecord.reasons(of: rules)
        if !records.isEmpty { try add(records, role: "translations") }
    }
}
