import Results

/// The reviewers' queue with its evidence, and the biases of grades given by hand.
struct CorrectionsPage {
    let context: PageContext
    private var words: Wording { context.words }
    private var figures: Figures { context.figures }

    func page() -> Page {
        var sections: [Section] = []
        if let corrections = context.content.corrections {
            sections.append(queue(corrections.sorted { $0.rank < $1.rank }))
        } else {
            sections.append(.absent("queue", title: words["corrections.queue"], words["corrections.absent"]))
        }
        if let summary = context.content.correctionSummary {
            sections.append(biases(summary.biases))
            sections.append(worth(summary))
        } else {
            sections.append(
                .absent("biases", title: words["corrections.biases"], words["corrections.absent"]))
        }
        return Page(
            id: "corrections", title: words["corrections.title"], lead: words["corrections.lead"],
            sections: sections)
    }

    /// The unit of what second looks are worth where no losses were weighed.
    private static let notches = "notches"

    private func queue(_ corrections: [CorrectionRecord]) -> Section {
        let statement = Statement(words: words)
        let summary = context.content.correctionSummary
        // Older runs name the currency alone.
        let unit = summary?.unit ?? summary?.costBenefit?.currency ?? Self.notches
        let isMoney = unit != Self.notches
        var columns: [DataTable.Column] = [.number(words["column.rank"])]
        columns += context.ofObligor
        columns += [
            .text(words["column.given"]), .text(words["column.supported"]),
            .number(words["column.probability"]), .text(words["column.direction"]),
            .number(words["column.expectedValue", isMoney ? unit : words["axis.notches"]]),
            .text(words["column.reasons"]), .text(words["column.similar"]), .text(words["column.author"]),
        ]
        let decided = corrections.map { decision(on: $0) }
        let hasDecisions = decided.contains { $0 != nil }
        if hasDecisions { columns.append(.text(words["column.decision"])) }
        return Section(
            id: "queue", title: words["corrections.queue"],
            note: isMoney ? words["corrections.queue.note.money", unit] : words["corrections.queue.note"],
            tables: [
                DataTable(
                    id: "queue",
                    caption: words["corrections.queue.caption", figures.count(corrections.count)],
                    columns: columns,
                    rows: zip(corrections, decided).map { one, decision in
                        var row = [context.count(one.rank)]
                        row += context.obligorCells(one.id)
                        row += [
                            context.grade(one.givenGrade), context.grade(one.supportedGrade),
                            context.cell(figures.percent(one.probabilityOfChange), one.probabilityOfChange),
                            context.cell(words["direction.\(one.direction.rawValue)"]),
                            context.cell(
                                figures.number(one.expectedValue, decimals: isMoney ? 0 : 2),
                                one.expectedValue),
                            context.cell(statement.reasons(of: one).joined(separator: "; ")),
                            context.cell(statement.outcome(ofCases: one.similarCases)),
                            context.cell(one.author),
                        ]
                        if hasDecisions { row.append(context.cell(decision.map(text))) }
                        return row
                    })
            ])
    }

    /// The last decision that says something about a suggestion: one on this very suggestion, or one that followed an
    /// earlier suggestion for the same grade given by hand and still holds; `nil` if there is none.
    private func decision(on one: CorrectionRecord) -> DecisionRecord? {
        let own = context.content.decisions.filter { $0.subject == .correction && $0.id == one.id }
        // They stand in the order in which they were made; of several on one suggestion the last counts.
        let last = Dictionary(own.map { ($0.about, $0) }) { $1 }
        return own.last { decision in
            guard decision.decision == last[decision.about]?.decision, decision.givenGrade == one.givenGrade
            else { return false }
            if decision.about == one.asOf { return decision.supportedGrade == one.supportedGrade }
            let until = decision.verdict == DecisionRecord.accepted ? decision.until : nil
            return until.map { $0 >= one.asOf } ?? false
        }
    }

    private func text(_ decision: DecisionRecord) -> String {
        let verdict = words.known("decision", decision.verdict)
        return "\(verdict) (\(decision.author), \(decision.decided)): \(decision.reason)"
    }

    private func biases(_ biases: [CorrectionSummaryRecord.Bias]) -> Section {
        Section(
            id: "biases", title: words["corrections.biases"], note: words["corrections.biases.note"],
            charts: dimensions(biases).map { dimension in
                Chart(
                    id: "chart-bias-\(dimension.offset)", drawing: .intervals,
                    caption: words["corrections.biases.caption", words.known("tag", dimension.element)],
                    settings: ["xTitle": .text(words["axis.notches"]), "xFormat": "+.1f"],
                    rows: biases.filter { $0.dimension == dimension.element }.map { bias in
                        let level = words.known("tagLevel", bias.level)
                        return [
                            "category": .text(level), "value": JSONValue(bias.notches),
                            "lower": JSONValue(bias.lower), "upper": JSONValue(bias.upper),
                            "flagged": .flag(bias.flagged), "tip": .text("\(level): \(text(bias))"),
                        ]
                    })
            },
            tables: [
                DataTable(
                    id: "biases", caption: words["corrections.biases"],
                    columns: [
                        .text(words["column.dimension"]), .text(words["column.part"]),
                        .number(words["column.cases"]), .number(words["axis.notches"]),
                        .number(words["column.lower"]), .number(words["column.upper"]),
                        .text(words["column.verdict"]),
                    ],
                    rows: biases.map { bias in
                        [
                            context.cell(words.known("tag", bias.dimension)),
                            context.cell(words.known("tagLevel", bias.level)),
                            context.count(bias.cases),
                            context.cell(figures.signed(bias.notches, decimals: 2), bias.notches),
                            context.cell(figures.signed(bias.lower, decimals: 2), bias.lower),
                            context.cell(figures.signed(bias.upper, decimals: 2), bias.upper),
                            context.verdict(bias.flagged ? .warn : .pass),
                        ]
                    }, isAlternative: true)
            ])
    }

    private func text(_ bias: CorrectionSummaryRecord.Bias) -> String {
        words[
            "corrections.bias", figures.signed(bias.notches, decimals: 2),
            figures.signed(bias.lower, decimals: 2), figures.signed(bias.upper, decimals: 2),
            figures.count(bias.cases)]
    }

    /// The groupings in the order of the file.
    private func dimensions(
        _ biases: [CorrectionSummaryRecord.Bias]
    ) -> EnumeratedSequence<[String]> {
        var seen: [String] = []
        for bias in biases where !seen.contains(bias.dimension) { seen.append(bias.dimension) }
        return seen.enumerated()
    }

    private func worth(_ summary: CorrectionSummaryRecord) -> Section {
        var section = Section(
            id: "worth", title: words["corrections.worth"], note: words["corrections.worth.note"])
        guard let hits = summary.hitRate else {
            section.absence = words["corrections.worth.absent"]
            return section
        }
        let rate = hits.suggested > 0 ? Double(hits.changed) / Double(hits.suggested) : nil
        section.facts = [
            Fact(
                name: words["fact.hitRate"], value: figures.percent(rate),
                note: words["fact.ofSuggestions", figures.count(hits.changed), figures.count(hits.suggested)]),
            Fact(name: words["fact.baseRate"], value: figures.percent(hits.baseRate)),
        ]
        if let worth = summary.costBenefit {
            let currency = worth.currency ?? ""
            section.facts.append(
                Fact(
                    name: words["fact.net"], value: "\(figures.amount(worth.net)) \(currency)",
                    note: words["fact.savedFor", figures.amount(worth.saved), figures.count(worth.reviews)]))
        }
        if !hits.liftByDecile.isEmpty {
            section.charts = [
                Chart(
                    id: "chart-lift", drawing: .bars, caption: words["corrections.lift.caption"],
                    settings: [
                        "yTitle": .text(words["axis.lift"]), "xTitle": .text(words["axis.decile"]),
                        "yFormat": ".1f",
                    ],
                    rows: hits.liftByDecile.enumerated().map { position, lift in
                        [
                            "category": .text(String(position + 1)), "series": "lift",
                            "value": JSONValue(lift),
                            "tip": .text(figures.number(lift, decimals: 2)),
                        ]
                    })
            ]
            section.tables = [
                DataTable(
                    id: "lift", caption: words["corrections.lift.caption"],
                    columns: [.number(words["axis.decile"]), .number(words["axis.lift"])],
                    rows: hits.liftByDecile.enumerated().map { position, lift in
                        [context.count(position + 1), context.cell(figures.number(lift, decimals: 2), lift)]
                    }, isAlternative: true)
            ]
        }
        return section
    }
}
