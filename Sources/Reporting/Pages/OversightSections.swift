import Results

/// Whether the model still does what it was approved for, and where challengers would differ.
struct OversightSections {
    let context: PageContext
    private var words: Wording { context.words }
    private var figures: Figures { context.figures }

    /// The measures of the model, alarms first; `nil` if the run did not look.
    func monitoring() -> Section? {
        guard let record = context.content.monitoring else { return nil }
        var section = Section(
            id: "monitoring", title: words["monitoring.title"],
            note: words["monitoring.note", record.policy, figures.day(record.since)])
        guard !record.entries.isEmpty else {
            section.absence = words["monitoring.none"]
            return section
        }
        let order: [MonitoringRecord.Verdict] = [.alarm, .warn, .ok, .undefined]
        section.facts = order.map { verdict in
            Fact(
                name: words["monitoring.\(verdict.rawValue)"],
                value: figures.count(record.entries.count { $0.verdict == verdict }))
        }
        let sorted = order.flatMap { verdict in record.entries.filter { $0.verdict == verdict } }
        section.tables = [
            DataTable(
                id: "monitoring", caption: words["monitoring.title"],
                columns: [
                    .text(words["column.measure"]), .text(words["column.cohort"]),
                    .number(words["column.obligors"]), .number(words["column.defaults"]),
                    .number(words["column.value"]), .text(words["column.interval"]),
                    .number(words["monitoring.warn"]), .number(words["monitoring.alarm"]),
                    .text(words["column.verdict"]),
                ],
                rows: sorted.map { entry in
                    [
                        context.cell(name(entry)), context.cell(figures.day(entry.cohort)),
                        context.count(entry.obligors),
                        entry.defaults.map(context.count) ?? context.cell(nil),
                        context.cell(figures.number(entry.value, decimals: 3), entry.value),
                        context.cell(interval(entry)),
                        context.cell(figures.number(entry.warn, decimals: 2), entry.warn),
                        context.cell(figures.number(entry.alarm, decimals: 2), entry.alarm),
                        DataTable.Cell(
                            text: words["monitoring.\(entry.verdict.rawValue)"], mark: mark(entry.verdict)),
                    ]
                })
        ]
        return section
    }

    private func name(_ entry: MonitoringRecord.Entry) -> String {
        let measure = words.known("measure", entry.measure.rawValue)
        return entry.variable.map { "\(measure): \(words.feature($0))" } ?? measure
    }

    /// The interval of the figure, or what chance alone stays below.
    private func interval(_ entry: MonitoringRecord.Entry) -> String? {
        guard let upper = entry.upper else { return nil }
        let last = figures.number(upper, decimals: 3)
        return entry.lower.map { "\(figures.number($0, decimals: 3)) – \(last)" } ?? "≤ \(last)"
    }

    private func mark(_ verdict: MonitoringRecord.Verdict) -> String {
        switch verdict {
        case .ok: "pass"
        case .warn: "warn"
        case .alarm: "fail"
        case .undefined: "undefined"
        }
    }

    /// As many heat maps as a reader compares.
    private static let mapsShown = 3

    /// Challengers beside the champion; `nil` if none ran in the shadow.
    func shadow() -> Section? {
        guard let record = context.content.shadow, !record.challengers.isEmpty else { return nil }
        func share(_ part: Int, of one: ShadowSummaryRecord.Challenger) -> DataTable.Cell {
            let share = one.obligors > 0 ? Double(part) / Double(one.obligors) : nil
            return context.cell(figures.percent(share, decimals: 1), share)
        }
        func accepted(_ name: String, _ one: ShadowSummaryRecord.Challenger) -> DataTable.Cell {
            context.count(one.swapSets.first { $0.acceptedBy == name }?.rows ?? 0)
        }
        let table = DataTable(
            id: "shadow", caption: words["shadow.caption"],
            columns: [
                .text(words["column.model"]), .number(words["column.obligors"]),
                .number(words["shadow.same"]), .number(words["shadow.near"]),
                .number(words["shadow.better"]), .number(words["shadow.worse"]),
                .number(words["shadow.championPD"]), .number(words["column.meanPD"]),
                .number(words["shadow.correlation"]), .number("PSI"), .number(words["shadow.in"]),
                .number(words["shadow.out"]),
            ],
            rows: record.challengers.map { one in
                [
                    context.cell(one.name), context.count(one.obligors), share(one.sameGrade, of: one),
                    share(one.withinOneNotch, of: one), context.count(one.better), context.count(one.worse),
                    context.cell(figures.pd(one.championMeanPD), one.championMeanPD),
                    context.cell(figures.pd(one.meanPD), one.meanPD),
                    context.cell(figures.number(one.rankCorrelation, decimals: 3), one.rankCorrelation),
                    context.cell(figures.number(one.psi, decimals: 3), one.psi),
                    accepted("swapped in", one), accepted("swapped out", one),
                ]
            })
        let mapped = record.challengers.prefix(Self.mapsShown).enumerated().filter { _, one in
            one.gradeMigration.count == record.grades.count
                && one.gradeMigration.allSatisfy {
                    $0.count == record.grades.count && $0.allSatisfy { (0...1 << 40).contains($0) }
                }
        }
        return Section(
            id: "shadow", title: words["shadow.title"], note: words["shadow.note", record.champion],
            charts: mapped.map { position, one in map(one, record.grades, position) },
            tables: [table] + [matured(record)].compactMap(\.self)
                + mapped.map { position, one in counts(one, record.grades, position) })
    }

    /// Both models on ratings whose outcomes are known; `nil` without any.
    private func matured(_ record: ShadowSummaryRecord) -> DataTable? {
        let rows = record.challengers.flatMap { one in one.matured.map { (one.name, $0) } }
        guard !rows.isEmpty else { return nil }
        func figure(_ value: Double?) -> DataTable.Cell {
            context.cell(figures.number(value, decimals: 4), value)
        }
        return DataTable(
            id: "shadow-matured", caption: words["shadow.matured"],
            columns: [
                .text(words["column.model"]), .text(words["column.cohort"]),
                .number(words["column.obligors"]), .number(words["column.defaults"]),
                .number(words["shadow.championAUC"]), .number("AUC"), .text(words["shadow.difference"]),
                .number(words["shadow.championLogLoss"]), .number(words["column.logLoss"]),
            ],
            rows: rows.map { name, one in
                let interval = one.lower.flatMap { lower in
                    one.upper.map { upper in
                        "\(figures.signed(lower, decimals: 3)) – \(figures.signed(upper, decimals: 3))"
                    }
                }
                return [
                    context.cell(name), context.cell(figures.day(one.cohort)), context.count(one.obligors),
                    context.count(one.defaults), figure(one.championAUC), figure(one.auc),
                    context.cell(interval), figure(one.championLogLoss), figure(one.logLoss),
                ]
            })
    }

    /// Moves from the champion's grade to the challenger's, as shares of the row.
    private func map(
        _ one: ShadowSummaryRecord.Challenger, _ grades: [String], _ position: Int
    ) -> Chart {
        var rows: [[String: JSONValue]] = []
        for (from, counts) in zip(grades, one.gradeMigration) {
            let total = counts.reduce(0, +)
            for (to, count) in zip(grades, counts) {
                let share = total > 0 ? Double(count) / Double(total) : 0
                rows.append([
                    "from": .text(from), "to": .text(to), "value": JSONValue(share),
                    "label": .text(count > 0 ? figures.count(count) : ""),
                    "tip": .text(
                        "\(from) → \(to): \(figures.count(count)), \(figures.percent(share, decimals: 1))"),
                ])
            }
        }
        return Chart(
            id: "chart-shadow-\(position + 1)", drawing: .matrix,
            caption: words["shadow.map.caption", one.name],
            settings: [
                "xTitle": .text(words["shadow.challenger"]), "yTitle": .text(words["shadow.champion"]),
            ],
            rows: rows)
    }

    private func counts(
        _ one: ShadowSummaryRecord.Challenger, _ grades: [String], _ position: Int
    ) -> DataTable {
        DataTable(
            id: "shadow-\(position + 1)", caption: words["shadow.map.caption", one.name],
            columns: [.text(words["shadow.champion"])] + grades.map { .number($0) },
            rows: zip(grades, one.gradeMigration).map { grade, counts in
                [context.grade(grade)] + counts.map(context.count)
            }, isAlternative: true)
    }
}
