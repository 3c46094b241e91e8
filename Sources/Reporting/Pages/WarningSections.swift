import Results

/// What asks for attention: alerts of early warning.
struct WarningSections {
    let context: PageContext
    private var words: Wording { context.words }
    private var figures: Figures { context.figures }

    /// The alerts, open ones first, the strongest and latest first; `nil` if the run did not watch.
    func alerts() -> Section? {
        guard let alerts = context.content.alerts else { return nil }
        var section = Section(id: "alerts", title: words["alerts.title"], note: words["alerts.note"])
        guard !alerts.isEmpty else {
            section.absence = words["alerts.none"]
            return section
        }
        let order = AlertRecord.Severity.allCases
        func weight(_ alert: AlertRecord) -> Int { order.firstIndex(of: alert.severity) ?? 0 }
        let sorted = alerts.sorted {
            let (first, second) = ($0.closed == nil, $1.closed == nil)
            if first != second { return first }
            if weight($0) != weight($1) { return weight($0) > weight($1) }
            return ($1.opened, $0.alert) < ($0.opened, $1.alert)
        }
        let open = alerts.filter { $0.closed == nil }
        let monitors = Set(open.map(\.monitor)).sorted()
        let statement = Statement(words: words)
        section.facts = order.reversed().map { severity in
            Fact(
                name: words["severity.\(severity.rawValue)"],
                value: figures.count(open.count { $0.severity == severity }),
                note: words["alerts.open"])
        }
        if !monitors.isEmpty {
            section.charts = [
                Chart(
                    id: "chart-alerts", drawing: .ranking, caption: words["alerts.caption"],
                    rows: monitors.map { monitor in
                        let count = open.count { $0.monitor == monitor }
                        return [
                            "category": .text(words.known("monitor", monitor)),
                            "value": JSONValue(Double(count)), "tip": .text(figures.count(count)),
                        ]
                    })
            ]
        }
        section.tables = [
            DataTable(
                id: "alerts", caption: words["alerts.table"],
                columns: context.ofObligor + [
                    .text(words["column.severity"]),
                    .text(words["column.monitor"]), .text(words["column.opened"]),
                    .text(words["column.closed"]), .text(words["column.explanation"]),
                ],
                rows: sorted.map { alert in
                    context.obligorCells(alert.obligor) + [
                        DataTable.Cell(
                            text: words["severity.\(alert.severity.rawValue)"],
                            mark: alert.severity == .critical ? "fail" : "warn"),
                        context.cell(words.known("monitor", alert.monitor)),
                        context.cell(figures.day(alert.opened)),
                        context.cell(alert.closed.map { figures.day($0) }),
                        context.cell(statement.alert(alert.explanation)),
                    ]
                })
        ]
        if !monitors.isEmpty {
            section.tables.append(
                DataTable(
                    id: "alerts-by-monitor", caption: words["alerts.caption"],
                    columns: [.text(words["column.monitor"]), .number(words["column.count"])],
                    rows: monitors.map { monitor in
                        [
                            context.cell(words.known("monitor", monitor)),
                            context.count(open.count { $0.monitor == monitor }),
                        ]
                    }, isAlternative: true))
        }
        return section
    }
}
