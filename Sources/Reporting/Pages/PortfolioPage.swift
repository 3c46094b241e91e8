import Foundation
import Results

/// The portfolio now and before: grades, exposure, expected loss, movements, concentration, and every obligor.
struct PortfolioPage {
    let context: PageContext
    private var words: Wording { context.words }
    private var figures: Figures { context.figures }

    func page() -> Page {
        var sections: [Section] = []
        if let portfolio = context.content.portfolio {
            sections.append(overview(portfolio))
            sections.append(grades(GradeTotals(portfolio), before: before(portfolio)))
            sections.append(movements(portfolio))
            if let alerts = WarningSections(context: context).alerts() { sections.append(alerts) }
            sections.append(concentration(portfolio))
            sections.append(
                Section(
                    id: "obligors", title: words["portfolio.explorer"],
                    note: words["portfolio.explorer.note"],
                    application: .explorer))
        } else if let ratings = context.content.ratings {
            sections.append(grades(GradeTotals(ratings: ratings), before: totalsOfEarlier))
            sections.append(
                .absent("obligors", title: words["portfolio.explorer"], words["portfolio.absent.tags"]))
        } else {
            sections.append(.absent("grades", title: words["portfolio.grades"], words["portfolio.absent"]))
            if let alerts = WarningSections(context: context).alerts() { sections.append(alerts) }
        }
        return Page(
            id: "portfolio", title: words["portfolio.title"], lead: words["portfolio.lead"],
            sections: sections)
    }

    /// The totals of the run that is compared with; `nil` where none is given or it has no grades.
    private var totalsOfEarlier: GradeTotals? {
        context.earlier.flatMap { run in
            run.portfolio.map(GradeTotals.init) ?? run.ratings.map(GradeTotals.init(ratings:))
        }
    }

    /// The totals before: of the earlier run if one is given, else of the previous grades.
    private func before(_ portfolio: Portfolio) -> GradeTotals? {
        if let totals = totalsOfEarlier { return totals }
        let previous = portfolio.obligors.filter { $0.previousGrade != nil }
        guard !previous.isEmpty else { return nil }
        return GradeTotals(previous.map { ($0.previousGrade, 0, $0.previousPD) })
    }

    /// What "before" is on this page, where an earlier run was named.
    private var comparison: String? {
        guard let earlier = context.earlier else { return nil }
        guard context.earlierGrades != nil else { return words["portfolio.compared.absent"] }
        let day = earlier.portfolio?.asOf ?? earlier.run.finishedAt.formatted(.iso8601)
        return words["portfolio.compared", figures.day(day)]
    }

    private func overview(_ portfolio: Portfolio) -> Section {
        let rated = portfolio.obligors.filter { $0.grade != nil }
        let exposure = rated.reduce(0) { $0 + $1.exposure }
        let overdue = rated.reduce(0) { $0 + $1.overdue }
        let loss = rated.compactMap(\.expectedLoss)
        // Who is in default has no PD to come; who has none takes no part.
        let standing = rated.filter { $0.grade != PageContext.defaulted }.compactMap { one in
            one.pd.map { (pd: $0, exposure: max(0, one.exposure)) }
        }
        let weight = standing.reduce(0) { $0 + $1.exposure }
        let weighted = standing.reduce(0) { $0 + $1.exposure * $1.pd }
        let mean = standing.reduce(0) { $0 + $1.pd } / Double(standing.count)
        let currency = portfolio.obligors.first?.currency ?? ""
        return Section(
            id: "overview", title: words["portfolio.overview", figures.day(portfolio.asOf)],
            facts: [
                Fact(name: words["fact.obligors"], value: figures.count(rated.count)),
                Fact(name: words["fact.exposure"], value: "\(figures.amount(exposure)) \(currency)"),
                Fact(
                    name: words["fact.overdue"],
                    value: figures.percent(exposure > 0 ? overdue / exposure : nil),
                    note: "\(figures.amount(overdue)) \(currency)"),
                Fact(
                    name: words["fact.meanPD"],
                    value: figures.pd(standing.isEmpty ? nil : mean),
                    note: words["fact.weightedPD", figures.pd(weight > 0 ? weighted / weight : nil)]),
                Fact(
                    name: words["fact.expectedLoss"],
                    value: loss.isEmpty
                        ? Figures.missing : "\(figures.amount(loss.reduce(0, +))) \(currency)"),
                Fact(
                    name: words["fact.defaulted"],
                    value: figures.count(rated.count { $0.grade == PageContext.defaulted })),
            ])
    }

    private func grades(_ now: GradeTotals, before: GradeTotals?) -> Section {
        let obligors = words["series.now"]
        let earlier = words["series.before"]
        var rows: [[String: JSONValue]] = []
        for (position, grade) in PageContext.grades.enumerated() {
            if let before {
                rows.append([
                    "category": .text(grade), "series": .text(earlier),
                    "value": JSONValue(before.share(position)),
                    "tip": .text("\(grade), \(earlier): \(figures.count(before.obligors[position]))"),
                ])
            }
            rows.append([
                "category": .text(grade), "series": .text(obligors), "value": JSONValue(now.share(position)),
                "tip": .text("\(grade), \(obligors): \(figures.count(now.obligors[position]))"),
            ])
        }
        var charts = [
            Chart(
                id: "chart-grades", drawing: .bars, caption: words["portfolio.grades.caption"],
                settings: ["yFormat": ".0%", "yTitle": .text(words["axis.shareOfObligors"])], rows: rows)
        ]
        if now.exposure.contains(where: { $0 > 0 }) {
            charts.append(exposure(now))
        }
        return Section(
            id: "grades", title: words["portfolio.grades"], note: comparison, charts: charts,
            tables: [table(now, before: before)])
    }

    private func exposure(_ now: GradeTotals) -> Chart {
        let exposure = now.exposure.reduce(0, +)
        let loss = now.expectedLoss.reduce(0, +)
        var rows: [[String: JSONValue]] = []
        for (position, grade) in PageContext.grades.enumerated() {
            for (series, value, total) in [
                (words["series.exposure"], now.exposure[position], exposure),
                (words["series.expectedLoss"], now.expectedLoss[position], loss),
            ] where total > 0 {
                rows.append([
                    "category": .text(grade), "series": .text(series), "value": JSONValue(value / total),
                    "tip": .text("\(grade), \(series): \(figures.amount(value))"),
                ])
            }
        }
        return Chart(
            id: "chart-exposure", drawing: .bars, caption: words["portfolio.exposure.caption"],
            settings: ["yFormat": ".0%", "yTitle": .text(words["axis.share"])], rows: rows)
    }

    private func table(_ now: GradeTotals, before: GradeTotals?) -> DataTable {
        // Of the grades before alone, exposures then are not known.
        let earlier = before.flatMap { $0.exposure.contains { $0 > 0 } ? $0 : nil }
        func amount(_ value: Double) -> DataTable.Cell { context.cell(figures.amount(value), value) }
        func pd(_ value: Double?) -> DataTable.Cell { context.cell(figures.pd(value), value) }
        func then(_ column: String) -> DataTable.Column {
            .number(words["column.then", words["column.\(column)"]])
        }
        func current(_ column: String) -> DataTable.Column { .number(words["column.\(column)"]) }
        var columns: [DataTable.Column] = [.text(words["column.grade"])]
        columns +=
            [current("obligors"), current("before"), current("exposure")]
            + (earlier == nil ? [] : [then("exposure")])
        columns += [current("expectedLoss")] + (earlier == nil ? [] : [then("expectedLoss")])
        columns += [current("meanPD")] + (before == nil ? [] : [then("meanPD")])
        return DataTable(
            id: "grades", caption: words["portfolio.grades.table"], columns: columns,
            rows: PageContext.grades.enumerated().map { position, grade in
                var row = [
                    context.grade(grade), context.count(now.obligors[position]),
                    before.map { context.count($0.obligors[position]) } ?? context.cell(nil),
                    amount(now.exposure[position]),
                ]
                if let earlier { row.append(amount(earlier.exposure[position])) }
                row.append(amount(now.expectedLoss[position]))
                if let earlier { row.append(amount(earlier.expectedLoss[position])) }
                row.append(pd(now.meanPD(position)))
                if let before { row.append(pd(before.meanPD(position))) }
                return row
            })
    }

    private func movements(_ portfolio: Portfolio) -> Section {
        var obligors: [PortfolioRecord.Movement: Int] = [:]
        var exposure: [PortfolioRecord.Movement: Double] = [:]
        for obligor in portfolio.obligors {
            obligors[obligor.movement, default: 0] += 1
            exposure[obligor.movement, default: 0] += obligor.exposure
        }
        let kinds = PortfolioRecord.Movement.allCases
        return Section(
            id: "movements", title: words["portfolio.movements"],
            note: words[
                context.earlierGrades == nil ? "portfolio.movements.note" : "portfolio.movements.compared"],
            charts: [
                Chart(
                    id: "chart-movements", drawing: .ranking, caption: words["portfolio.movements.caption"],
                    settings: ["xTitle": .text(words["column.obligors"])],
                    rows: kinds.filter { $0 != .unchanged }.map { kind in
                        let count = obligors[kind, default: 0]
                        return [
                            "category": .text(words["movement.\(kind.rawValue)"]),
                            "value": JSONValue(Double(count)),
                            "tip": .text(figures.count(count)),
                        ]
                    })
            ],
            tables: [
                DataTable(
                    id: "movements", caption: words["portfolio.movements.caption"],
                    columns: [
                        .text(words["column.movement"]), .number(words["column.obligors"]),
                        .number(words["column.exposure"]),
                    ],
                    rows: kinds.map { kind in
                        [
                            context.cell(words["movement.\(kind.rawValue)"]),
                            context.count(obligors[kind, default: 0]),
                            context.cell(
                                figures.amount(exposure[kind, default: 0]), exposure[kind, default: 0]),
                        ]
                    }, isAlternative: true)
            ])
    }

    /// How much of the exposure the largest obligors and the parts of each tag hold.
    private func concentration(_ portfolio: Portfolio) -> Section {
        // Who has left the portfolio is not part of what stands in it.
        let rated = portfolio.obligors.filter { $0.grade != nil }
        let exposures = rated.map(\.exposure).sorted(by: >)
        let total = exposures.reduce(0, +)
        func share(_ count: Int) -> Double? { total > 0 ? exposures.prefix(count).reduce(0, +) / total : nil }
        func herfindahl(_ parts: some Sequence<Double>) -> Double? {
            total > 0 ? parts.reduce(0) { $0 + ($1 / total) * ($1 / total) } : nil
        }
        var rows: [[DataTable.Cell]] = []
        for (position, tag) in portfolio.tags.enumerated() {
            var parts: [String: Double] = [:]
            for obligor in rated {
                parts[obligor.tags[position], default: 0] += obligor.exposure
            }
            let ordered = parts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            guard let largest = ordered.first else { continue }
            let index = herfindahl(ordered.map(\.value))
            let largestShare = total > 0 ? largest.value / total : nil
            rows.append([
                context.cell(words.known("tag", tag)), context.count(ordered.count),
                context.cell(figures.number(index, decimals: 3), index),
                context.cell(
                    largest.key.isEmpty ? words["unknown"] : words.known("tagLevel", largest.key)),
                context.cell(figures.percent(largestShare), largestShare),
            ])
        }
        let index = herfindahl(exposures)
        return Section(
            id: "concentration", title: words["portfolio.concentration"],
            note: words["portfolio.concentration.note"],
            facts: [
                Fact(name: words["fact.largest"], value: figures.percent(share(1))),
                Fact(name: words["fact.largest20"], value: figures.percent(share(20))),
                Fact(
                    name: words["fact.herfindahl"], value: figures.number(index, decimals: 4),
                    note: words["fact.effective", figures.number(index.map { 1 / $0 }, decimals: 0)]),
            ],
            tables: rows.isEmpty
                ? []
                : [
                    DataTable(
                        id: "concentration", caption: words["portfolio.concentration.table"],
                        columns: [
                            .text(words["column.tag"]), .number(words["column.parts"]),
                            .number(words["column.herfindahl"]), .text(words["column.largestPart"]),
                            .number(words["column.shareOfExposure"]),
                        ], rows: rows)
                ])
    }
}

/// Obligors, exposure and expected loss by grade.
struct GradeTotals {
    /// One entry per grade, best first.
    private(set) var obligors = [Int](repeating: 0, count: PageContext.grades.count)
    private(set) var exposure = [Double](repeating: 0, count: PageContext.grades.count)
    private(set) var expectedLoss = [Double](repeating: 0, count: PageContext.grades.count)
    private var pdSum = [Double](repeating: 0, count: PageContext.grades.count)
    private var pdCount = [Int](repeating: 0, count: PageContext.grades.count)

    /// Totals of obligors with a grade and what is open from them.
    init(_ obligors: [(grade: String?, exposure: Double, pd: Double?)]) {
        for obligor in obligors { add(obligor.grade, exposure: obligor.exposure, loss: nil, pd: obligor.pd) }
    }

    init(_ portfolio: Portfolio) {
        for one in portfolio.obligors {
            add(one.grade, exposure: one.exposure, loss: one.expectedLoss, pd: one.pd)
        }
    }

    init(ratings: [RatingRecord]) {
        for rating in ratings { add(rating.grade, exposure: 0, loss: nil, pd: rating.pd) }
    }

    /// The share of all obligors that is in a grade.
    func share(_ position: Int) -> Double {
        let total = obligors.reduce(0, +)
        return total > 0 ? Double(obligors[position]) / Double(total) : 0
    }

    /// The mean PD in a grade; `nil` if it is empty.
    func meanPD(_ position: Int) -> Double? {
        pdCount[position] > 0 ? pdSum[position] / Double(pdCount[position]) : nil
    }

    private mutating func add(_ grade: String?, exposure: Double, loss: Double?, pd: Double?) {
        guard let grade, let position = PageContext.grades.firstIndex(of: grade) else { return }
        obligors[position] += 1
        self.exposure[position] += exposure
        expectedLoss[position] += loss ?? 0
        if let pd {
            pdSum[position] += pd
            pdCount[position] += 1
        }
    }
}
