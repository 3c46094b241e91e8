import Results

/// The model: its card, how well it ranks and whether its PDs come true, tests, stability, variables.
struct ModelPage {
    let context: PageContext
    private var words: Wording { context.words }
    private var figures: Figures { context.figures }

    func page() -> Page {
        var sections: [Section] = [card()]
        if let validation = context.content.validation {
            sections.append(performance(validation))
            sections.append(discrimination(validation))
            sections.append(reliability(validation))
            sections.append(tests(validation))
            sections.append(stability(validation))
            if let segments = validation.segments, !segments.isEmpty {
                sections.append(self.segments(segments))
            }
        } else {
            sections.append(.absent("performance", title: words["model.performance"], words["model.absent"]))
        }
        if let training = context.content.training { sections.append(variables(training)) }
        return Page(id: "model", title: words["model.title"], lead: words["model.lead"], sections: sections)
    }

    private func card() -> Section {
        guard let card = context.content.card else {
            return .absent("card", title: words["model.card"], words["model.card.absent"])
        }
        let window = card.data.from.map { "\(figures.day($0)) – \(figures.day(card.data.to))" }
        var section = Section(
            id: "card", title: words["model.card"], note: card.purpose,
            facts: [
                Fact(name: words["fact.model"], value: card.name, note: card.kind),
                Fact(
                    name: words["fact.trainedOn"], value: figures.count(card.data.rows),
                    note: words["fact.defaults", figures.count(card.data.defaults)]),
            ])
        let details: [(String, String?)] = [
            (words["fact.data"], card.data.description), (words["fact.period"], window),
            (words["fact.definition"], card.defaultDefinition),
            (words["fact.window"], card.performanceWindow),
            (words["fact.calibration"], card.calibration), (words["fact.owner"], card.owner),
            (words["fact.limits"], card.limits.isEmpty ? nil : card.limits.joined(separator: " ")),
            (words["fact.engine"], card.versions.engine), (words["fact.recipe"], card.versions.recipeDigest),
            (words["fact.dataDigest"], card.data.digest),
        ]
        section.tables = [
            DataTable(
                id: "card", caption: words["model.card"],
                columns: [.text(words["column.item"]), .text(words["column.value"])],
                rows: details.compactMap { name, value in
                    value.map { [context.cell(name), context.cell($0)] }
                })
        ]
        guard !card.features.isEmpty else { return section }
        let important = card.features.filter { $0.importance != nil }.prefix(25)
        if !important.isEmpty {
            section.charts = [
                Chart(
                    id: "chart-importance", drawing: .ranking, caption: words["model.importance.caption"],
                    settings: ["xFormat": ".0%"],
                    rows: important.map { feature in
                        [
                            "category": .text(feature.label ?? feature.name),
                            "value": JSONValue(feature.importance),
                            "tip": .text("\(feature.name): \(figures.percent(feature.importance))"),
                        ]
                    })
            ]
        }
        section.tables.append(
            DataTable(
                id: "features", caption: words["model.features"],
                columns: [
                    .text(words["column.feature"]), .text(words["column.label"]), .text(words["column.unit"]),
                    .text(words["column.expectedSign"]), .text(words["column.sign"]),
                    .number(words["column.weight"]), .number(words["column.importance"]),
                ],
                rows: card.features.map { feature in
                    [
                        context.cell(feature.name), context.cell(feature.label), context.cell(feature.unit),
                        context.cell(feature.expectedSign), context.cell(feature.sign),
                        context.cell(figures.number(feature.weight, decimals: 4), feature.weight),
                        context.cell(figures.percent(feature.importance), feature.importance),
                    ]
                }))
        return section
    }

    private func performance(_ validation: ValidationRecord) -> Section {
        var rows = validation.samples.map { row($0.name, $0.performance) }
        if let cross = validation.crossValidation {
            rows.append(row(words["model.crossValidated", figures.count(cross.folds.count)], cross.mean))
        }
        var tables = [
            DataTable(
                id: "performance", caption: words["model.performance"],
                columns: [
                    .text(words["column.sample"]), .number(words["column.observations"]),
                    .number(words["column.defaults"]), .number("AUC"), .number(words["column.standardError"]),
                    .number("Gini"), .number("KS"), .number(words["column.logLoss"]), .number("Brier"),
                ], rows: rows)
        ]
        if let gates = validation.gates, !gates.isEmpty {
            tables.append(
                DataTable(
                    id: "gates", caption: words["model.gates"],
                    columns: [
                        .text(words["column.gate"]), .text(words["column.sample"]),
                        .number(words["column.value"]),
                        .number(words["column.limit"]), .text(words["column.verdict"]),
                    ],
                    rows: gates.map { gate in
                        [
                            context.cell(gate.gate), context.cell(gate.sample),
                            context.cell(figures.number(gate.value, decimals: 4), gate.value),
                            context.cell(figures.number(gate.limit, decimals: 4), gate.limit),
                            context.verdict(gate.passed ? .pass : .fail),
                        ]
                    }))
        }
        return Section(
            id: "performance", title: words["model.performance"], note: words["model.performance.note"],
            tables: tables)
    }

    private func row(_ sample: String, _ performance: PerformanceRecord) -> [DataTable.Cell] {
        func figure(_ value: Double?) -> DataTable.Cell {
            context.cell(figures.number(value, decimals: 4), value)
        }
        return [
            context.cell(sample), context.count(performance.rows), context.count(performance.defaults),
            figure(performance.auc), figure(performance.aucStandardError), figure(performance.gini),
            figure(performance.ks), figure(performance.logLoss), figure(performance.brier),
        ]
    }

    /// The ROC curve, and the CAP, whose steps are the gains.
    private func discrimination(_ validation: ValidationRecord) -> Section {
        var charts: [Chart] = []
        let diagonal: [[String: JSONValue]] = [["x": 0, "y": 0], ["x": 1, "y": 1]]
        if let curves = validation.roc, !curves.isEmpty {
            charts.append(
                Chart(
                    id: "chart-roc", drawing: .lines, caption: words["model.roc.caption"],
                    settings: [
                        "xFormat": ".0%", "yFormat": ".0%", "points": false,
                        "xTitle": .text(words["axis.nonDefaults"]), "yTitle": .text(words["axis.defaults"]),
                    ],
                    rows: curves.flatMap { curve in
                        curve.points.map { point in
                            ["x": JSONValue(point.x), "y": JSONValue(point.y), "series": .text(curve.sample)]
                        }
                    }, marks: diagonal))
        }
        let profiles = validation.samples.compactMap { sample in sample.profile.map { (sample.name, $0) } }
            .filter { !$0.1.gains.isEmpty }
        if !profiles.isEmpty {
            charts.append(
                Chart(
                    id: "chart-cap", drawing: .lines, caption: words["model.cap.caption"],
                    settings: [
                        "xFormat": ".0%", "yFormat": ".0%", "xTitle": .text(words["axis.obligors"]),
                        "yTitle": .text(words["axis.defaults"]),
                    ],
                    rows: profiles.flatMap { name, profile in cap(profile.gains, series: name) },
                    marks: diagonal))
        }
        guard !charts.isEmpty else {
            return .absent("discrimination", title: words["model.discrimination"], words["model.full.absent"])
        }
        return Section(
            id: "discrimination", title: words["model.discrimination"],
            note: words["model.discrimination.note"],
            charts: charts,
            tables: (validation.roc ?? []).enumerated().map { position, curve in
                DataTable(
                    id: "roc-\(position + 1)", caption: "\(words["model.roc.caption"]): \(curve.sample)",
                    columns: [.number(words["axis.nonDefaults"]), .number(words["axis.defaults"])],
                    rows: curve.points.map {
                        [
                            context.cell(figures.percent($0.x), $0.x),
                            context.cell(figures.percent($0.y), $0.y),
                        ]
                    }, isAlternative: true)
            }
                + profiles.enumerated().map { position, profile in
                    gains(profile.1.gains, profile.0, position)
                })
    }

    private func cap(_ gains: [RiskProfileRecord.GainsPart], series: String) -> [[String: JSONValue]] {
        let total = gains.reduce(0) { $0 + $1.rows }
        guard total > 0 else { return [] }
        var taken = 0.0
        var rows: [[String: JSONValue]] = [["x": 0, "y": 0, "series": .text(series)]]
        for part in gains {
            taken += part.rows
            rows.append([
                "x": JSONValue(taken / total), "y": JSONValue(part.cumulativeGain), "series": .text(series),
                "tip": .text(
                    "\(figures.percent(taken / total, decimals: 0)): \(figures.percent(part.cumulativeGain))"),
            ])
        }
        return rows
    }

    private func gains(
        _ gains: [RiskProfileRecord.GainsPart], _ sample: String, _ position: Int
    ) -> DataTable {
        DataTable(
            id: "gains-\(position + 1)", caption: words["model.gains", sample],
            columns: [
                .number(words["axis.part"]), .number(words["column.observations"]),
                .number(words["column.defaults"]), .number(words["column.defaultRate"]),
                .number(words["axis.lift"]), .number(words["column.cumulativeGain"]),
            ],
            rows: gains.enumerated().map { position, part in
                [
                    context.count(position + 1),
                    context.cell(figures.number(part.rows, decimals: 0), part.rows),
                    context.cell(figures.number(part.defaults, decimals: 0), part.defaults),
                    context.cell(figures.percent(part.defaultRate, decimals: 2), part.defaultRate),
                    context.cell(figures.number(part.lift, decimals: 2), part.lift),
                    context.cell(figures.percent(part.cumulativeGain), part.cumulativeGain),
                ]
            }, isAlternative: true)
    }

    private func reliability(_ validation: ValidationRecord) -> Section {
        let profiles = validation.samples.compactMap { sample in sample.profile.map { (sample.name, $0) } }
            .filter { !$0.1.reliability.isEmpty }
        guard !profiles.isEmpty else {
            return .absent("reliability", title: words["model.reliability"], words["model.full.absent"])
        }
        return Section(
            id: "reliability", title: words["model.reliability"], note: words["model.reliability.note"],
            charts: [
                Chart(
                    id: "chart-reliability", drawing: .reliability,
                    caption: words["model.reliability.caption"],
                    settings: [
                        "xTitle": .text(words["axis.meanPD"]), "yTitle": .text(words["column.defaultRate"]),
                    ],
                    rows: profiles.flatMap { name, profile in
                        // A logarithmic axis has no place for a bin without defaults; the table shows it.
                        profile.reliability.filter { $0.defaultRate > 0 && $0.meanPD > 0 }.map { bin in
                            [
                                "x": JSONValue(bin.meanPD), "y": JSONValue(bin.defaultRate),
                                "weight": JSONValue(bin.rows), "series": .text(name),
                                "tip": .text(
                                    "\(name): \(figures.pd(bin.meanPD)) → \(figures.pd(bin.defaultRate)) (\(figures.number(bin.rows, decimals: 0)))"
                                ),
                            ]
                        }
                    })
            ],
            tables: profiles.enumerated().map { position, profile in
                DataTable(
                    id: "reliability-\(position + 1)", caption: words["model.reliability.table", profile.0],
                    columns: [
                        .number(words["axis.part"]), .number(words["column.observations"]),
                        .number(words["axis.meanPD"]), .number(words["column.defaultRate"]),
                    ],
                    rows: profile.1.reliability.enumerated().map { bin, one in
                        [
                            context.count(bin + 1),
                            context.cell(figures.number(one.rows, decimals: 0), one.rows),
                            context.cell(figures.pd(one.meanPD), one.meanPD),
                            context.cell(figures.pd(one.defaultRate), one.defaultRate),
                        ]
                    }, isAlternative: true)
            })
    }

    private func tests(_ validation: ValidationRecord) -> Section {
        let byGrade = validation.samples.filter { !$0.grades.isEmpty }.enumerated().map { position, sample in
            DataTable(
                id: "grades-\(position + 1)", caption: words["model.grades", sample.name],
                columns: [
                    .text(words["column.grade"]), .number(words["column.observations"]),
                    .number(words["axis.meanPD"]), .number(words["column.defaults"]),
                    .number(words["column.defaultRate"]),
                ],
                rows: sample.grades.map { grade in
                    let rate = grade.defaults.flatMap {
                        grade.rows > 0 ? Double($0) / Double(grade.rows) : nil
                    }
                    return [
                        context.grade(grade.grade), context.count(grade.rows),
                        context.cell(figures.pd(grade.meanPD), grade.meanPD),
                        grade.defaults.map(context.count) ?? context.cell(nil),
                        context.cell(figures.pd(rate), rate),
                    ]
                })
        }
        var section = Section(
            id: "tests", title: words["model.tests"], note: words["model.tests.note"], tables: byGrade)
        let tests = (validation.tests ?? []) + (context.content.card?.tests ?? [])
        if tests.isEmpty {
            section.absence = words["model.full.absent"]
        } else {
            section.tables.insert(
                context.table(of: tests, id: "tests", caption: words["model.tests"]), at: 0)
        }
        return section
    }

    private func stability(_ validation: ValidationRecord) -> Section {
        guard let stability = validation.stability, !stability.isEmpty else {
            return .absent("stability", title: words["model.stability"], words["model.full.absent"])
        }
        return Section(
            id: "stability", title: words["model.stability"], note: words["model.stability.note"],
            charts: [
                Chart(
                    id: "chart-stability", drawing: .ranking, caption: words["model.stability.caption"],
                    settings: ["xFormat": ".2f", "xTitle": "PSI, CSI"],
                    rows: stability.map { one in
                        [
                            "category": .text("\(one.variable) (\(one.from) → \(one.to))"),
                            "value": JSONValue(one.index),
                            "tip": .text("\(one.variable): \(figures.number(one.index, decimals: 4))"),
                        ]
                    })
            ],
            tables: [
                DataTable(
                    id: "stability", caption: words["model.stability"],
                    columns: [
                        .text(words["column.feature"]), .text(words["column.from"]),
                        .text(words["column.to"]),
                        .number(words["column.index"]), .number(words["column.critical"]),
                        .text(words["column.verdict"]),
                    ],
                    rows: stability.map { one in
                        [
                            context.cell(one.variable), context.cell(one.from), context.cell(one.to),
                            context.cell(figures.number(one.index, decimals: 4), one.index),
                            context.cell(figures.number(one.critical, decimals: 4), one.critical),
                            context.verdict(one.verdict),
                        ]
                    })
            ])
    }

    private func segments(_ segments: [SegmentRecord]) -> Section {
        Section(
            id: "segments", title: words["model.segments"], note: words["model.segments.note"],
            tables: [
                DataTable(
                    id: "segments", caption: words["model.segments"],
                    columns: [
                        .text(words["column.sample"]), .text(words["column.dimension"]),
                        .text(words["column.part"]), .number(words["column.observations"]),
                        .number(words["column.defaults"]), .number("AUC"),
                        .number(words["column.standardError"]), .number(words["axis.meanPD"]),
                        .number(words["column.defaultRate"]),
                    ],
                    rows: segments.map { one in
                        [
                            context.cell(one.sample), context.cell(one.dimension), context.cell(one.level),
                            context.count(one.performance.rows), context.count(one.performance.defaults),
                            context.cell(
                                figures.number(one.performance.auc, decimals: 4), one.performance.auc),
                            context.cell(
                                figures.number(one.performance.aucStandardError, decimals: 4),
                                one.performance.aucStandardError),
                            context.cell(figures.pd(one.meanPD), one.meanPD),
                            context.cell(figures.pd(one.defaultRate), one.defaultRate),
                        ]
                    })
            ])
    }

    private func variables(_ training: TrainingRecord) -> Section {
        let ranked = training.variables.filter { $0.informationValue != nil }
            .sorted { ($0.informationValue ?? 0) > ($1.informationValue ?? 0) }
        var section = Section(
            id: "variables", title: words["model.variables"], note: words["model.variables.note"])
        if !ranked.isEmpty {
            section.charts = [
                Chart(
                    id: "chart-iv", drawing: .ranking, caption: words["model.iv.caption"],
                    settings: ["xFormat": ".2f", "xTitle": "IV"],
                    rows: ranked.prefix(25).map { one in
                        [
                            "category": .text(one.name), "value": JSONValue(one.informationValue),
                            "tip": .text("\(one.name): \(figures.number(one.informationValue, decimals: 4))"),
                        ]
                    })
            ]
        }
        section.tables = [
            DataTable(
                id: "variables", caption: words["model.variables"],
                columns: [
                    .text(words["column.feature"]), .text(words["column.used"]), .number("IV"),
                    .text(words["column.reason"]),
                ],
                rows: training.variables.map { one in
                    [
                        context.cell(one.name), context.cell(words[one.isUsed ? "yes" : "no"]),
                        context.cell(figures.number(one.informationValue, decimals: 4), one.informationValue),
                        context.cell(one.reason),
                    ]
                })
        ]
        return section
    }
}
