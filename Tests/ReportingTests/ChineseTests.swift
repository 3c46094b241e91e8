import Foundation
import Results
import TestSupport
import Testing

@testable import Reporting

@Suite("A Chinese report is Chinese")
struct ChineseTests {
    /// What names and free texts of the sample run hold, which stay as somebody wrote them.
    private static let written = [
        "Chen", "Ivanova", "Okoro", "Schmidt", "Silva", "unpaid judgment on record", "judgment",
        "Limits and terms of trade credit.", "sample ledger", "90 days past due, material", "12 months",
        "shift to the central tendency", "Not for banks.", "information value",
        "Monitoring, standard", "new owner, seen on site",
    ]

    /// Words that both languages write alike.
    private static let common = [
        "Aalen–Johansen", "Hosmer-Lemeshow", "Time homogeneity", "ROC", "CAP", "AUC", "KS", "PSI", "CSI",
        "WOE",
        "Obligor", "SHA-256",
    ]

    /// Runs of two English words, as a person would see them.
    private func englishParts(of text: String) -> [String] {
        // Commands and files are named as they are typed.
        var rest = text.replacing(/`[^`]*`/, with: "")
        for known in Self.written + Self.common { rest = rest.replacing(known, with: "") }
        rest = rest.replacing(/Company \d+ Ltd|Feature \d+/, with: "")
        return rest.matches(of: /[A-Za-z][a-z'’]+[ ,;]+[A-Za-z][a-z'’]+/).map { String($0.output) }
    }

    @Test func noEnglishSentenceIsLeftOnAnyPage() throws {
        let temporary = try TemporaryFolder()
        let content = try RunContent(SampleRun(obligors: 40).write(to: temporary.file("run")))
        let words = try Wording(.simplifiedChinese)
        let context = PageContext(
            content: content, earlier: nil, words: words, figures: Figures(language: .simplifiedChinese))
        let pages = [
            PortfolioPage(context: context).page(), MigrationPage(context: context).page(),
            CorrectionsPage(context: context).page(), ObligorPage(context: context).page(),
            ModelPage(context: context).page(), DataPage(context: context).page(),
            RunPage(context: context).page(),
        ]
        // Everything a page prints, tips of charts and folded tables among it, is a text of this document.
        for page in pages {
            let json = try JSONSerialization.jsonObject(with: JSONEncoder().encode(page))
            for text in Self.texts(in: json) {
                let found = englishParts(of: text)
                #expect(found.isEmpty, "\(page.id): \(found) in \(text)")
            }
        }
        // What is said of single obligors, as their page reads it.
        let details = ObligorDetails(content, words: words)
        for rows in [
            details.reasons, details.alerts, details.attribution, details.path, details.corrections,
        ] {
            for (name, column) in rows.columns where name != "author" && name != "group" {
                for text in (column.levels ?? []).compactMap(\.self) {
                    #expect(englishParts(of: text).isEmpty, "\(name): \(text)")
                }
            }
        }
        for phrase in words.ofScript.values { #expect(englishParts(of: phrase).isEmpty, "\(phrase)") }
    }

    private static func texts(in value: Any) -> [String] {
        switch value {
        case let text as String: [text]
        case let list as [Any]: list.flatMap(texts)
        case let parts as [String: Any]: parts.values.flatMap(texts)
        default: []
        }
    }

    @Test(arguments: [
        ("payments.csv: known before it happened", "payments.csv：知悉早于发生"),
        ("an amount of zero", "金额为零"), ("something else: entirely", "something else: entirely"),
    ])
    func refusals(text: String, expected: String) throws {
        #expect(Statement(words: try Wording(.simplifiedChinese)).refusal(text) == expected)
    }

    /// What a test asks, and the figures that it came to.
    @Test func meanings() throws {
        let content = try RunContent(SampleRun(obligors: 1).write(to: TemporaryFolder().file("run")))
        let context = PageContext(
            content: content, earlier: nil, words: try Wording(.simplifiedChinese),
            figures: Figures(language: .simplifiedChinese))
        let test = TestRecord(
            test: "binomial", sample: "held out", scope: "overall", pValue: 0.0472, power: 0.49,
            verdict: .warn,
            meaning: "112 of 4044 defaulted where 2.05 % was forecast: the PD is too low by the binomial test"
        )
        #expect(
            context.meaning(of: test)
                == "违约数是否高于 PD 所允许（精确二项）：4044 个中违约 112 个，预测 2.05 %，p = 0.0472，功效 49%")
    }

    /// Chinese has what English has, and besides only what a run says in English.
    @Test func bothLanguagesHaveTheSamePhrases() throws {
        let english = try Wording(.english).keys
        let chinese = try Wording(.simplifiedChinese).keys
        #expect(english.subtracting(chinese).isEmpty)
        let ofRuns: Set<Substring> = [
            "alert", "document", "event", "feature", "input", "kind", "meaning", "method", "ratingRule",
            "reason", "reasonGroup", "refusal", "remark", "role", "rule", "said", "sample", "scope",
            "statement", "tagLevel", "test", "unit", "window",
        ]
        let others = chinese.subtracting(english).filter { !ofRuns.contains($0.prefix { $0 != "." }) }
        #expect(others.isEmpty, "\(others.sorted())")
    }
}
