import Tables

extension CreditTableColumns {
    /// The data dictionary of the simulated table, with the truth behind it, as Markdown.
    public static let dictionary: String = {
        let rows = descriptions.map { column in
            "| `\(column.schema.name)` | \(type(of: column)) | \(column.meaning) | \(column.missing ?? "never") |\n"
        }
        return """
            # Data dictionary: the simulated credit table

            Written by `obligor simulate-table`; every row is one obligor at one observation date. Nothing in it is \
            real. This file is made from the code (`UPDATE_GOLDEN=1 make test` writes it again).

            An empty field is missing.

            | column | type, unit, range | meaning | missing when |
            | --- | --- | --- | --- |
            \(rows.joined())
            ## How the numbers arise

            Size, payment discipline and financial strength of an obligor are correlated normals; every number is a \
            monotone transform of a normal that loads on them, so columns are correlated and heavy-tailed as in life. \
            The four statement ratios share a mixing variable that gives them joint extremes. Statements are missing \
            more often for small obligors and late payers; the bureau score is missing at random.

            ## The true log-odds of default

            The sum of an intercept, found so that the population has the default rate that was asked for, and of \
            the terms below. A missing number adds 0 by itself; its being missing has terms of its own.

            | term | per unit |
            | --- | ---: |
            \(terms(.linear))
            By default (`--shape bent`) also

            | term | per unit |
            | --- | ---: |
            \(terms(.bent, after: .linear))
            and with `--macro-sensitivity` minus that figure times the state of the economy in the year of `as_of`, a \
            standard normal.

            """
    }()

    private static func type(of column: Description) -> String {
        let schema = column.schema
        if let levels = schema.levels { return "category: \(levels.joined(separator: ", "))" }
        let name =
            switch schema.type {
            case .integer: "whole number"
            case .double, .float: "number"
            case .day: "day, YYYY-MM-DD"
            case .flag: "true or false"
            case .text: "text"
            case .category: "category"
            }
        let range: String? =
            switch (schema.range?.minimum, schema.range?.maximum) {
            case (let minimum?, let maximum?): "\(short(minimum)) to \(short(maximum))"
            case (let minimum?, nil): "at least \(short(minimum))"
            case (nil, let maximum?): "at most \(short(maximum))"
            case (nil, nil): nil
            }
        return [name, schema.unit, range].compactMap(\.self).joined(separator: ", ")
    }

    private static func terms(
        _ shape: CreditTableOptions.Shape, after known: CreditTableOptions.Shape? = nil
    ) -> String {
        let skipped = known.map { TrueModel.terms($0).count } ?? 0
        return TrueModel.terms(shape).dropFirst(skipped).map { term in
            "| \(term.feature) | \(short(term.coefficient)) |\n"
        }.joined()
    }

    private static func short(_ value: Double) -> String {
        Int(exactly: value).map { "\($0)" } ?? "\(value)"
    }
}
