import Foundation
import Results

/// What a model makes of its inputs: coefficients, what relying on each is worth, which act together; and what to look
/// at twice.
struct InputSections {
    let context: PageContext
    private var words: Wording { context.words }
    private var figures: Figures { context.figures }

    /// The coefficients of a regression with their standard errors; `nil` where the model is none.
    func regression(_ training: TrainingRecord) -> Section? {
        guard let regression = training.regression else { return nil }
        let fit = regression.fit
        let statement = Statement(words: words)
        var section = Section(
            id: "coefficients", title: words["model.coefficients"],
            note: ([words["model.coefficients.note"]] + regression.notes.map(statement.remark))
                .joined(separator: " "),
            facts: [
                Fact(
                    name: words["fact.fittedBy"], value: words.known("fit", regression.method),
                    note: words["fact.errorsBy", words.known("covariance", regression.covariance)]),
                Fact(name: words["column.observations"], value: figures.count(fit.observations)),
                Fact(
                    name: words["fact.logLikelihood"], value: figures.number(fit.logLikelihood, decimals: 2),
                    note: words["fact.deviance", figures.number(fit.deviance, decimals: 2)]),
            ])
        if let aic = fit.aic {
            section.facts.append(
                Fact(
                    name: "AIC", value: figures.number(aic, decimals: 2),
                    note: fit.bic.map { "BIC \(figures.number($0, decimals: 2))" }))
        }
        section.tables = [coefficients(regression)]
        if !regression.tests.isEmpty { section.tables.append(tests(regression.tests)) }
        return section
    }

    private func coefficients(_ regression: RegressionRecord) -> DataTable {
        let level = figures.percent(regression.confidence, decimals: 0)
        func figure(_ value: Double?) -> DataTable.Cell { context.cell(figures.short(value), value) }
        return DataTable(
            id: "coefficients", caption: words["model.coefficients"],
            columns: [
                .text(words["column.feature"]), .number(words["column.coefficient"]),
                .number(words["column.standardError"]), .number("z"), .number(words["column.pValue"]),
                .number(words["column.lowerOf", level]), .number(words["column.upperOf", level]),
                .number("VIF"),
            ],
            rows: regression.coefficients.map { one in
                [
                    context.cell(name(one.name)), figure(one.value), figure(one.standardError),
                    context.cell(figures.number(one.z, decimals: 2), one.z),
                    context.cell(figures.pValue(one.pValue), one.pValue), figure(one.lower),
                    figure(one.upper),
                    context.cell(
                        figures.number(one.varianceInflation, decimals: 2), one.varianceInflation),
                ]
            })
    }

    private func tests(_ tests: [RegressionRecord.ColumnTest]) -> DataTable {
        func cells(_ test: RegressionRecord.Test) -> [DataTable.Cell] {
            [
                context.cell(figures.number(test.statistic, decimals: 3), test.statistic),
                context.cell(figures.pValue(test.pValue), test.pValue),
            ]
        }
        func columns(_ test: String) -> [DataTable.Column] {
            [
                .number(words["column.chiSquared", words[test]]),
                .number(words["column.pOf", words[test]]),
            ]
        }
        var headings: [DataTable.Column] = [
            .text(words["column.feature"]), .number(words["column.degreesOfFreedom"]),
        ]
        for test in ["test.likelihoodRatio", "test.score", "test.wald"] { headings += columns(test) }
        return DataTable(
            id: "coefficient-tests", caption: words["model.coefficients.tests"], columns: headings,
            rows: tests.map { one in
                var row = [context.cell(words.feature(one.column))]
                row.append(context.count(one.likelihoodRatio.degreesOfFreedom))
                for test in [one.likelihoodRatio, one.score, one.wald] { row += cells(test) }
                return row
            }, isAlternative: true)
    }

    /// A column of the design: the intercept, a feature, or "feature = level".
    private func name(_ column: String) -> String {
        if column == "(intercept)" { return words["model.intercept"] }
        guard let equals = column.range(of: " = ") else { return words.feature(column) }
        let level = words.known("tagLevel", String(column[equals.upperBound...]))
        return "\(words.feature(String(column[..<equals.lowerBound]))) = \(level)"
    }

    /// How much the loss rises when an input is shuffled, and which inputs act together.
    func reliance() -> Section {
        let importance = (context.content.importance ?? []).sorted {
            ($1.lossRise, $0.feature) < ($0.lossRise, $1.feature)
        }
        let together = (context.content.interactions ?? []).filter { $0.first != $0.second }
            .sorted { ($1.meanSize, $0.first, $0.second) < ($0.meanSize, $1.first, $1.second) }
        guard !importance.isEmpty || !together.isEmpty else {
            return .absent("reliance", title: words["model.reliance"], words["model.reliance.absent"])
        }
        var section = Section(
            id: "reliance", title: words["model.reliance"], note: words["model.reliance.note"])
        if !importance.isEmpty {
            section.charts = [
                Chart(
                    id: "chart-reliance", drawing: .intervals, caption: words["model.reliance.caption"],
                    settings: ["xTitle": .text(words["column.lossRise"])],
                    rows: importance.prefix(Self.shown).map { one in
                        let interval = "\(figures.short(one.lower)) – \(figures.short(one.upper))"
                        return [
                            "category": .text(words.feature(one.feature)), "value": JSONValue(one.lossRise),
                            "lower": JSONValue(one.lower), "upper": JSONValue(one.upper),
                            "flagged": false,
                            "tip": .text("\(one.feature): \(figures.short(one.lossRise)) (\(interval))"),
                        ]
                    })
            ]
            section.tables.append(table(importance))
        }
        if !together.isEmpty {
            section.tables.append(
                DataTable(
                    id: "interactions", caption: words["model.interactions"],
                    columns: [
                        .text(words["column.feature"]), .text(words["column.feature"]),
                        .number(words["column.effectSize"]),
                    ],
                    rows: together.map { one in
                        [
                            context.cell(words.feature(one.first)), context.cell(words.feature(one.second)),
                            context.cell(figures.short(one.meanSize), one.meanSize),
                        ]
                    }, isAlternative: !importance.isEmpty))
        }
        return section
    }

    private func table(_ importance: [ImportanceRecord]) -> DataTable {
        let level = figures.percent(0.95, decimals: 0)
        return DataTable(
            id: "reliance", caption: words["model.reliance.caption"],
            columns: [
                .text(words["column.feature"]), .number(words["column.lossRise"]),
                .number(words["column.lowerOf", level]), .number(words["column.upperOf", level]),
                .number(words["column.effectSize"]), .number(words["column.gain"]),
                .number(words["column.cover"]), .number(words["column.splits"]),
            ],
            rows: importance.map { one in
                var row = [context.cell(words.feature(one.feature))]
                for value in [one.lossRise, one.lower, one.upper, one.meanSize] {
                    row.append(context.cell(figures.short(value), value))
                }
                for share in [one.gain, one.cover, one.splits] {
                    row.append(context.cell(figures.percent(share), share))
                }
                return row
            }, isAlternative: true)
    }

    /// As many features as a picture has room for.
    private static let shown = 25

    /// What worked but deserves a second look; `nil` without any.
    func diagnostics() -> Section? {
        let statement = Statement(words: words)
        var seen: Set<String> = []
        let remarks =
            ((context.content.training?.remarks ?? []) + (context.content.validation?.diagnostics ?? []))
            .filter { seen.insert($0).inserted }
        let rounding = context.content.training?.rounding
        guard !remarks.isEmpty || rounding != nil else { return nil }
        var section = Section(
            id: "diagnostics", title: words["model.diagnostics"], note: words["model.diagnostics.note"])
        if let rounding {
            section.facts = [
                Fact(
                    name: words["fact.rounding"],
                    value: words["fact.points", figures.number(rounding.maximumPoints, decimals: 2)],
                    note: words["fact.roundingPD", figures.pd(rounding.maximumPD)]),
                Fact(
                    name: words["fact.aucOfPoints"], value: figures.number(rounding.aucRounded, decimals: 4),
                    note: words["fact.aucExact", figures.number(rounding.aucExact, decimals: 4)]),
            ]
        }
        if !remarks.isEmpty {
            section.tables = [
                DataTable(
                    id: "diagnostics", caption: words["model.diagnostics"],
                    columns: [.text(words["column.what"])],
                    rows: remarks.map { [context.cell(statement.remark($0))] })
            ]
        }
        return section
    }
}
