/// The dictionary page of the features, made from their declarations.
public enum FeatureDictionary {
    /// The page in Markdown.
    public static let markdown: String = {
        let features = FeatureCatalogue.all + FeatureCatalogue.invoice
        var lines = [
            "# Features and outcomes",
            "",
            """
            What `obligor features` computes for an obligor as of a day t, from the records that were known by the end \
            of t and no others. This file is made from the declarations that compute the features \
            (`UPDATE_GOLDEN=1 make test` writes it again). There are \(features.count) features; those of the invoice \
            exist only with `--at invoice-issue`, which leaves out those that need other obligors' records. There
            the obligor's own record says nothing of invoices that are known before it is. Before the features a row \
            has `obligor`, `as_of`, at invoices `invoice`, then `industry`, `region` and `group`, all empty where the \
            ledger does not say.
            """,
            "",
            """
            In formulas, `x[12m]` counts over (t − 12 months, t], `x[all]` over all history; a quotient is missing \
            unless its divisor is positive; what a missing value enters is missing; `max` passes over one that is \
            missing; `[x > a]` is 1 or 0; `(x or a)` is a where x is missing; `major` turns minor units of the base \
            currency into major ones. "Risk" says which way risk is expected to move as the feature rises.
            """,
        ]
        for group in FeatureGroup.allCases {
            let members = features.filter { $0.group == group }
            lines += ["", "## \(heading(group.rawValue))", ""]
            lines += ["| feature | meaning | formula | unit | window | missing when | risk |"]
            lines += ["| --- | --- | --- | --- | --- | --- | --- |"]
            lines += members.map(row)
        }
        lines += ["", "## Quantities", ""]
        lines += [
            """
            What the formulas are made of. Amounts are minor units of the base currency: amounts of the past at the \
            rate of their day, what is open at the rate of t.
            """, "", "| quantity | meaning |", "| --- | --- |",
        ]
        var stems: [String: String] = [:]
        for quantity in features.flatMap(\.formula.quantities) { stems[quantity.stem] = quantity.meaning }
        lines += stems.sorted { $0.key < $1.key }.map { "| `\($0.key)` | \(cell($0.value)) |" }
        lines += ["", "## Outcomes", "", OutcomeColumn.introduction, ""]
        lines += ["| column | meaning |", "| --- | --- |"]
        lines += (OutcomeColumn.obligor + OutcomeColumn.invoice).map {
            "| `\($0.name)` | \(cell($0.meaning)) |"
        }
        return lines.joined(separator: "\n") + "\n"
    }()

    private static func row(_ feature: Feature) -> String {
        let windows = feature.windows.map(\.description)
        let cells = [
            "`\(feature.name)`", cell(feature.meaning), "`\(cell(feature.formula.description))`",
            feature.unit.rawValue, windows.isEmpty ? "–" : windows.joined(separator: ", "),
            feature.missing.description, feature.sign.rawValue,
        ]
        return "| " + cells.joined(separator: " | ") + " |"
    }

    private static func heading(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    private static func cell(_ text: String) -> String { text.replacing("|", with: "\\|") }
}
