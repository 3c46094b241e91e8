import Foundation
import Results

/// The words of a report in one language, by key; apart from all logic, in a file among the resources.
struct Wording: Sendable {
    /// The language.
    let language: Language
    private let phrases: [String: String]
    /// What texts of the run are in this language, where the run says so.
    private let translations: [String: String]

    /// Reads the words of a language.
    ///
    /// - Parameter translations: What the run says of its own texts in other languages.
    /// - Throws: ``ReportError/resourceMissing(name:)``.
    init(_ language: Language, translations: [TranslationRecord] = []) throws(ReportError) {
        self.language = language
        let data = try Resource.data("text/\(language.rawValue).json")
        guard let phrases = try? JSONDecoder().decode([String: String].self, from: data) else {
            throw .resourceMissing(name: "text/\(language.rawValue).json")
        }
        self.phrases = phrases
        self.translations = Dictionary(
            translations.filter { $0.language == language.rawValue }.map { ($0.text, $0.translation) },
            uniquingKeysWith: { first, _ in first })
    }

    /// The keys that have words.
    var keys: Set<String> { Set(phrases.keys) }

    /// The words of a key, with {0}, {1}, … replaced by the arguments.
    subscript(_ key: String, _ arguments: String...) -> String {
        guard let phrase = phrases[key] else { return key }
        guard !arguments.isEmpty else { return phrase }
        // One pass, so that an argument that holds "{1}" stays as it is.
        var text = ""
        var rest = phrase[...]
        while let open = rest.firstIndex(of: "{") {
            text += rest[..<open]
            let after = rest[rest.index(after: open)...]
            if let close = after.firstIndex(of: "}"), let place = Int(after[..<close]),
                arguments.indices.contains(place)
            {
                text += arguments[place]
                rest = after[after.index(after: close)...]
            } else {
                text += "{"
                rest = after
            }
        }
        return text + rest
    }

    /// The words of a key if there are any, else the word itself: for names that a run folder brings along.
    func known(_ prefix: String, _ word: String) -> String { phrase(prefix, word) ?? word }

    /// The words of a key if there are any.
    func phrase(_ prefix: String, _ word: String) -> String? { phrases["\(prefix).\(word)"] }

    /// A text of the run in the language of the report, if the run says it.
    func translation(of text: String) -> String? { translations[text] }

    private static let prefixesOfScript = ["script.", "reasonGroup."]

    /// A feature by its column: as it is known, else the column's own words.
    func feature(_ column: String) -> String {
        knownFeature(column) ?? column.replacing("_", with: " ")
    }

    /// A feature by its column, as it is known or by what it measures and its window (`dbt_3m`); `nil` for a column
    /// that is not the engine's own.
    func knownFeature(_ column: String) -> String? {
        if let name = phrase("feature", column) { return name }
        guard let cut = column.lastIndex(of: "_"), let stem = phrase("feature", String(column[..<cut])),
            let window = phrase("window", String(column[column.index(after: cut)...]))
        else { return nil }
        return self["feature.windowed", stem, window]
    }

    /// The phrases that the script of the page needs.
    var ofScript: [String: String] {
        phrases.filter { key, _ in Self.prefixesOfScript.contains { key.hasPrefix($0) } }
    }
}
