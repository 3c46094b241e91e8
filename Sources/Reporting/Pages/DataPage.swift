import Results

/// What was found in the data: faults, missing values, age of statements, inputs to bring up to date, refusals.
struct DataPage {
    let context: PageContext
    private var words: Wording { context.words }
    private var figures: Figures { context.figures }

    func page() -> Page {
        var sections: [Section] = []
        if let quality = context.content.quality {
            sections = [checks(quality), missing(quality), statements(quality), refused(quality)]
        } else {
            sections = [
                .absent("checks", title: words["data.checks"], words["data.absent"]),
                .absent("missing", title: words["data.missing"], words["data.absent"]),
                .absent("statements", title: words["data.statements"], words["data.absent"]),
                .absent("refused", title: words["data.refused"], words["data.absent"]),
            ]
        }
        sections.insert(requests(), at: sections.count - 1)
        return Page(id: "data", title: words["data.title"], lead: words["data.lead"], sections: sections)
    }

    /// Inputs that are stale, missing or about to be.
    private func requests() -> Section {
        guard let requests = context.content.requests else {
            return .absent("requests", title: words["requests.title"], words["requests.absent"])
        }
        var section = Section(id: "requests", title: words["requests.title"], note: words["requests.note"])
        guard !requests.isEmpty else {
            section.absence = words["requests.none"]
            return section
        }
        let states: [RefreshRequestRecord.State] = [.missing, .stale, .expiring]
        let statement = Statement(words: words)
        section.facts = states.map { state in
            Fact(
                name: words["requests.\(state.rawValue)"],
                value: figures.count(requests.count { $0.state == state }))
        }
        let sorted = requests.enumerated().sorted { left, right in
            let (first, second) = (
                states.firstIndex(of: left.element.state) ?? 0,
                states.firstIndex(of: right.element.state) ?? 0
            )
            return (first, left.offset) < (second, right.offset)
        }.map(\.element)
        section.tables = [
            DataTable(
                id: "refresh-requests", caption: words["requests.title"],
                columns: context.ofObligor + [
                    .text(words["column.input"]), .text(words["column.state"]),
                    .text(words["column.lastDate"]),
                    .text(words["column.expiresOn"]), .text(words["column.bring"]),
                    .text(words["column.until"]),
                ],
                rows: sorted.map { request in
                    context.obligorCells(request.id) + [
                        context.cell(words.known("input", request.input)),
                        DataTable.Cell(
                            text: words["requests.\(request.state.rawValue)"],
                            mark: request.state == .expiring ? "warn" : "fail"),
                        context.cell(request.lastDate.map(figures.day)),
                        context.cell(request.expiresOn.map(figures.day)),
                        context.cell(words.known("document", request.missing)),
                        context.cell(statement.effect(request.effect)),
                    ]
                })
        ]
        return section
    }

    private func checks(_ quality: DataQualityRecord) -> Section {
        var section = Section(id: "checks", title: words["data.checks"], note: words["data.checks.note"])
        if quality.checks.isEmpty {
            section.absence = words["data.checks.none"]
            return section
        }
        section.tables = [
            DataTable(
                id: "checks", caption: words["data.checks"],
                columns: [
                    .text(words["column.kind"]), .text(words["column.severity"]),
                    .number(words["column.count"]),
                    .text(words["column.file"]), .number(words["column.line"]),
                    .text(words["column.repaired"]),
                ],
                rows: quality.checks.map { check in
                    [
                        context.cell(words.known("check", check.kind)),
                        DataTable.Cell(
                            text: words.known("severity", check.severity),
                            mark: check.severity == "error"
                                ? "fail" : check.severity == "warning" ? "warn" : "pass"),
                        context.count(check.count), context.cell(check.file),
                        check.firstLine.map(context.count) ?? context.cell(nil),
                        context.cell(words[check.repaired ? "yes" : "no"]),
                    ]
                })
        ]
        return section
    }

    private func missing(_ quality: DataQualityRecord) -> Section {
        let ranked = quality.missing.filter { $0.share > 0 }.sorted {
            ($1.share, $0.column) < ($0.share, $1.column)
        }
        var section = Section(id: "missing", title: words["data.missing"], note: words["data.missing.note"])
        guard !ranked.isEmpty else {
            section.absence = words["data.missing.none"]
            return section
        }
        section.charts = [
            Chart(
                id: "chart-missing", drawing: .ranking, caption: words["data.missing.caption"],
                settings: ["xFormat": ".0%"],
                rows: ranked.prefix(25).map { one in
                    [
                        "category": .text(words.feature(one.column)), "value": JSONValue(one.share),
                        "tip": .text("\(one.column): \(figures.percent(one.share))"),
                    ]
                })
        ]
        section.tables = [
            DataTable(
                id: "missing", caption: words["data.missing"],
                columns: [.text(words["column.column"]), .number(words["column.missing"])],
                rows: ranked.map { one in
                    [
                        context.cell(words.feature(one.column)),
                        context.cell(figures.percent(one.share), one.share),
                    ]
                }, isAlternative: true)
        ]
        return section
    }

    private func statements(_ quality: DataQualityRecord) -> Section {
        guard !quality.statementAges.isEmpty else {
            return .absent("statements", title: words["data.statements"], words["data.statements.absent"])
        }
        func label(_ months: Int?) -> String { months.map(figures.count) ?? words["data.statements.without"] }
        return Section(
            id: "statements", title: words["data.statements"], note: words["data.statements.note"],
            charts: [
                Chart(
                    id: "chart-statements", drawing: .bars, caption: words["data.statements.caption"],
                    settings: [
                        "xTitle": .text(words["axis.months"]), "yTitle": .text(words["column.obligors"]),
                    ],
                    rows: quality.statementAges.map { one in
                        [
                            "category": .text(label(one.months)), "series": "age",
                            "value": JSONValue(Double(one.obligors)),
                            "tip": .text(figures.count(one.obligors)),
                        ]
                    })
            ],
            tables: [
                DataTable(
                    id: "statements", caption: words["data.statements.caption"],
                    columns: [.text(words["axis.months"]), .number(words["column.obligors"])],
                    rows: quality.statementAges.map { one in
                        [context.cell(label(one.months)), context.count(one.obligors)]
                    }, isAlternative: true)
            ])
    }

    private func refused(_ quality: DataQualityRecord) -> Section {
        var section = Section(id: "refused", title: words["data.refused"])
        guard !quality.refused.isEmpty else {
            section.absence = words["data.refused.none"]
            return section
        }
        let statement = Statement(words: words)
        section.tables = [
            DataTable(
                id: "refused", caption: words["data.refused"],
                columns: [
                    .text(words["column.what"]), .number(words["column.count"]),
                    .text(words["column.reason"]),
                ],
                rows: quality.refused.map { one in
                    [
                        context.cell(words.known("refused", one.what)), context.count(one.count),
                        context.cell(statement.refusal(one.reason)),
                    ]
                })
        ]
        return section
    }
}
