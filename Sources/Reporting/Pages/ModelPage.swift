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
            if let history = context.content.stability, !history.entries.isEmpty {
                sections.append(stabilityHistory(history.entries))
            } else {
                sections.append(
                    .absent(
                        "stability-history", title: words["model.stabilityHistory"],
                        words["model.stabilityHistory.absent"]))
            }
            if let segments = validation.segments, !segments.isEmpty {
                sections.append(self.segments(segments))
            }
        } else {
            sections.append(.absent("performance", title: words["model.performance"], words["model.absent"]))
        }
        let oversight = OversightSections(context: context)
        sections += [oversight.monitoring(), oversight.shadow()].compactMap(\.self)
        let inputs = InputSections(context: context)
        if let remarks = inputs.diagnostics() { sections.append(remarks) }
        if let training = context.content.training {
            sections.append(variables(training))
            if let coefficients = inputs.regression(training) { sections.append(coefficients) }
        } else {
            sections.append(
                .absent("variables", title: words["model.variables"], words["model.variables.absent"]))
        }
        sections.append(inputs.reliance())
        sections.append(effectCurves())
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
                Fact(name: words["fact.model"], value: card.name, note: words.known("kind", card.kind)),
                Fact(
                    name: words["fact.trainedOn"], value: figures.count(card.data.rows),
                    note: words["fact.defaults", figures.count(card.data.defaults)]),
            ])
        let statement = Statement(words: words)
        let details: [(String, String?)] = [
            (words["fact.data"], card.data.description), (words["fact.period"], window),
            (words["fact.definition"], card.defaultDefinition),
            (words["fact.window"], card.performanceWindow),
            (words["fact.calibration"], card.calibration), (words["fact.owner"], card.owner),
            (
                words["fact.limits"],
                card.limits.isEmpty ? nil : card.limits.map(statement.remark).joined(separator: " ")
            ),
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
                            "category": .text(label(feature) ?? words.feature(feature.name)),
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
                        context.cell(feature.name),
                        context.cell(label(feature)),
                        context.cell(feature.unit.map { words.known("unit", $0) }),
                        context.cell(feature.expectedSign), context.cell(feature.sign),
                        context.cell(figures.number(feature.weight, decimals: 4), feature.weight),
                        context.cell(figures.percent(feature.importance), feature.importance),
                    ]
                }))
        return section
    }

    /// What a feature is called other than its column: as the card has it, which is in English, or as the engine's own
    /// features are called.
    private func label(_ feature: ModelCardRecord.Feature) -> String? {
        let known = words.knownFeature(feature.name)
        return words.language == .english ? feature.label ?? known : known ?? feature.label
    }

    private func performance(_ validation: ValidationRecord) -> Section {
        var rows = validation.samples.map { row(words.known("sample", $0.name), $0.performance) }
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
                            context.cell(words.known("gate", gate.gate)),
                            context.cell(words.known("sample", gate.sample)),
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
                            [
                                "x": JSONValue(point.x), "y": JSONValue(point.y),
                                "series": .text(words.known("sample", curve.sample)),
                            ]
                        }
                    }, marks: diagonal))
            charts.append(distances(curves))
        }
        let profiles = validation.samples.compactMap { sample in
            sample.profile.map { (words.known("sample", sample.name), $0) }
        }
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
                    id: "roc-\(position + 1)",
                    caption: "\(words["model.roc.caption"]): \(words.known("sample", curve.sample))",
                    columns: [
                        .number(words["axis.nonDefaults"]), .number(words["axis.defaults"]),
                        .number(words["axis.distance"]),
                    ],
                    rows: curve.points.map {
                        [
                            context.cell(figures.percent($0.x), $0.x),
                            context.cell(figures.percent($0.y), $0.y),
                            context.cell(figures.percent($0.y - $0.x), $0.y - $0.x),
                        ]
                    }, isAlternative: true)
            }
                + profiles.enumerated().map { position, profile in
                    gains(profile.1.gains, profile.0, position)
                })
    }

    /// How far the share of defaults found is ahead of that of non-defaults, cut-off by cut-off; KS is the highest
    /// point.
    private func distances(_ curves: [CurveRecord]) -> Chart {
        Chart(
            id: "chart-ks", drawing: .lines, caption: words["model.ks.caption"],
            settings: [
                "xFormat": ".0%", "yFormat": ".0%", "points": false,
                "xTitle": .text(words["axis.nonDefaults"]),
                "yTitle": .text(words["axis.distance"]), "yZero": true,
            ],
            rows: curves.flatMap { curve in
                let sample = words.known("sample", curve.sample)
                let highest = curve.points.map { $0.y - $0.x }.max() ?? 0
                return curve.points.map { point in
                    [
                        "x": JSONValue(point.x), "y": JSONValue(point.y - point.x), "series": .text(sample),
                        "tip": .text("\(sample): KS \(figures.percent(highest))"),
                    ]
                }
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
        let profiles = validation.samples.compactMap { sample in
            sample.profile.map { (words.known("sample", sample.name), $0) }
        }
        .filter { !$0.1.reliability.isEmpty }
        guard !profiles.isEmpty else {
            return .absent("reliability", title: words["model.reliability"], words["model.full.absent"])
        }
        // A logarithmic axis has no place for a bin without defaults; the note counts them and the table shows them.
        func isDrawn(_ bin: RiskProfileRecord.ReliabilityBin) -> Bool {
            bin.defaultRate > 0 && bin.meanPD > 0
        }
        let left = profiles.reduce(0) { $0 + $1.1.reliability.count { !isDrawn($0) } }
        return Section(
            id: "reliability", title: words["model.reliability"],
            note: words["model.reliability.note", figures.count(left)],
            charts: [
                Chart(
                    id: "chart-reliability", drawing: .reliability,
                    caption: words["model.reliability.caption"],
                    settings: [
                        "xTitle": .text(words["axis.meanPD"]), "yTitle": .text(words["column.defaultRate"]),
                    ],
                    rows: profiles.flatMap { name, profile in
                        profile.reliability.filter(isDrawn).map { bin in
                            [
                                "x": JSONValue(bin.meanPD), "y": JSONValue(bin.defaultRate),
                                "weight": JSONValue(bin.rows), "series": .text(name),
                                "tip": .text(
                                    "\(name): \(figures.pd(bin.meanPD)) → \(figures.pd(bin.defaultRate)) "
                                        + "(\(figures.number(bin.rows, decimals: 0)))"
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
                id: "grades-\(position + 1)",
                caption: words["model.grades", words.known("sample", sample.name)],
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
                }, isAlternative: true)
        }
        var section = Section(
            id: "tests", title: words["model.tests"], note: words["model.tests.note"], tables: byGrade)
        // A card repeats the tests of its validation.
        let own = validation.tests ?? []
        let tests = own.isEmpty ? context.content.card?.tests ?? [] : own
        guard !tests.isEmpty else {
            section.absence = words["model.full.absent"]
            return section
        }
        let parts = tests.filter { $0.scope != Self.overall }
        section.charts = lights(parts)
        let overall = tests.filter { $0.scope == Self.overall }
        var tables: [DataTable] = []
        if !overall.isEmpty {
            tables.append(context.table(of: overall, id: "tests", caption: words["model.tests.overall"]))
        }
        if !parts.isEmpty {
            var table = context.table(of: parts, id: "tests-parts", caption: words["model.tests.parts"])
            table.isAlternative = !section.charts.isEmpty
            tables.append(table)
        }
        section.tables = tables + section.tables
        return section
    }

    /// The scope of a test on all observations.
    private static let overall = "overall"
    /// What the scope of a test on one grade begins with.
    private static let ofGrade = "grade:"

    /// Traffic lights, sample by sample: a row per grade, a column per test.
    private func lights(_ tests: [TestRecord]) -> [Chart] {
        let graded = tests.filter { $0.scope.hasPrefix(Self.ofGrade) }
        var samples: [String] = []
        for test in graded where !samples.contains(test.sample) { samples.append(test.sample) }
        return samples.enumerated().map { position, sample in
            Chart(
                id: "chart-lights-\(position + 1)", drawing: .lights,
                caption: words["model.lights.caption", words.known("sample", sample)],
                rows: PageContext.grades.flatMap { grade in
                    graded.filter { $0.sample == sample && $0.scope == Self.ofGrade + grade }.map { test in
                        [
                            "from": .text(grade), "to": .text(words.known("test", test.test)),
                            "verdict": .text(test.verdict.rawValue),
                            "tip": .text(
                                "\(grade), \(words.known("test", test.test)): "
                                    + "\(words["verdict.\(test.verdict.rawValue)"])\n\(context.meaning(of: test))"
                            ),
                        ]
                    }
                })
        }
    }

    private func stability(_ validation: ValidationRecord) -> Section {
        guard let stability = validation.stability, !stability.isEmpty else {
            return .absent("stability", title: words["model.stability"], words["model.full.absent"])
        }
        let hasPoints = stability.contains { $0.pointShift != nil }
        return Section(
            id: "stability", title: words["model.stability"], note: words["model.stability.note"],
            charts: [
                Chart(
                    id: "chart-stability", drawing: .ranking, caption: words["model.stability.caption"],
                    settings: ["xFormat": ".2~g", "xTitle": "PSI, CSI"],
                    rows: stability.map { one in
                        [
                            "category": .text(
                                "\(words.feature(one.variable)) (\(words.known("sample", one.from)) → "
                                    + "\(words.known("sample", one.to)))"
                            ),
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
                        .number(words["column.normalCritical"]),
                    ] + (hasPoints ? [.number(words["column.pointShift"])] : [])
                        + [.text(words["column.verdict"])],
                    rows: stability.map { one in
                        [
                            context.cell(words.feature(one.variable)),
                            context.cell(words.known("sample", one.from)),
                            context.cell(words.known("sample", one.to)),
                            context.cell(figures.number(one.index, decimals: 4), one.index),
                            context.cell(figures.number(one.critical, decimals: 4), one.critical),
                            context.cell(figures.number(one.normalCritical, decimals: 4), one.normalCritical),
                        ]
                            + (hasPoints
                                ? [context.cell(figures.number(one.pointShift, decimals: 1), one.pointShift)]
                                : []) + [context.verdict(one.verdict)]
                    })
            ])
    }

    /// PSI and CSI date by date; the chart holds the variables that moved most.
    private func stabilityHistory(_ entries: [StabilityRecord]) -> Section {
        var largest: [String: Double] = [:]
        for one in entries { largest[one.variable] = max(largest[one.variable] ?? 0, one.index) }
        let shown = largest.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(Self.linesShown).map(
            \.key)
        return Section(
            id: "stability-history", title: words["model.stabilityHistory"],
            note: words["model.stabilityHistory.note"],
            charts: [
                Chart(
                    id: "chart-stability-history", drawing: .lines,
                    caption: words["model.stabilityHistory.caption"],
                    settings: ["xScale": "point", "yFormat": ".2f", "yTitle": "PSI, CSI", "yZero": true],
                    rows: entries.filter { shown.contains($0.variable) }.map { one in
                        [
                            "x": .text(figures.day(one.to)), "y": JSONValue(one.index),
                            "series": .text(words.feature(one.variable)),
                            "tip": .text(
                                "\(words.feature(one.variable)), \(figures.day(one.to)): "
                                    + "\(figures.number(one.index, decimals: 4))"
                            ),
                        ]
                    })
            ],
            tables: [
                DataTable(
                    id: "stability-history", caption: words["model.stabilityHistory.caption"],
                    columns: [
                        .text(words["column.feature"]), .text(words["column.to"]),
                        .number(words["column.index"]), .number(words["column.critical"]),
                        .text(words["column.verdict"]),
                    ],
                    rows: entries.map { one in
                        [
                            context.cell(words.feature(one.variable)),
                            context.cell(figures.day(one.to)),
                            context.cell(figures.number(one.index, decimals: 4), one.index),
                            context.cell(figures.number(one.critical, decimals: 4), one.critical),
                            context.verdict(one.verdict),
                        ]
                    }, isAlternative: true)
            ])
    }

    /// As many lines as there are colours to tell them apart.
    private static let linesShown = 5

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
                            context.cell(words.known("sample", one.sample)),
                            context.cell(words.known("tag", one.dimension)),
                            context.cell(words.known("tagLevel", one.level)),
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
                            "category": .text(words.feature(one.name)),
                            "value": JSONValue(one.informationValue),
                            "tip": .text("\(one.name): \(figures.number(one.informationValue, decimals: 4))"),
                        ]
                    })
            ]
        }
        section.charts += evidence(training)
        section.tables = [
            DataTable(
                id: "variables", caption: words["model.variables"],
                columns: [
                    .text(words["column.feature"]), .text(words["column.used"]), .number("IV"),
                    .text(words["column.reason"]),
                ],
                rows: training.variables.map { one in
                    [
                        context.cell(words.feature(one.name)),
                        context.cell(words[one.isUsed ? "yes" : "no"]),
                        context.cell(figures.number(one.informationValue, decimals: 4), one.informationValue),
                        context.cell(reason(one, in: training)),
                    ]
                })
        ]
        let used = training.variables.filter { $0.attributes?.isEmpty == false }
        if !used.isEmpty { section.tables.append(attributes(used)) }
        return section
    }

    /// Why a variable is used or not: in the run's own words, else by the step that decided.
    private func reason(_ variable: TrainingRecord.Variable, in training: TrainingRecord) -> String? {
        guard words.language != .english,
            let last = training.decisions.last(where: { $0.variable == variable.name })
        else {
            // It begins with the variable, which stands beside it already.
            guard let reason = variable.reason, reason.hasPrefix(variable.name + " ") else {
                return variable.reason
            }
            return String(reason.dropFirst(variable.name.count + 1))
        }
        let verdict = words.known("decision", last.verdict)
        let rule = words.known("rule", last.rule)
        guard let limit = last.limit else {
            return words["decision.text", verdict, rule, figures.number(last.value, decimals: 4)]
        }
        return words[
            "decision.limited", verdict, rule, figures.number(last.value, decimals: 4),
            figures.number(limit, decimals: 4)]
    }

    /// WOE bars of each variable that is binned.
    private func evidence(_ training: TrainingRecord) -> [Chart] {
        training.variables.enumerated().compactMap { position, variable in
            guard let attributes = variable.attributes, attributes.contains(where: { $0.woe != nil }) else {
                return nil
            }
            let name = words.feature(variable.name)
            return Chart(
                id: "chart-woe-\(position + 1)", drawing: .evidence,
                caption: words["model.woe.caption", name], settings: ["xTitle": "WOE"],
                rows: attributes.map { one in
                    var tip = [
                        "\(name): \(context.band(one.label))",
                        words["model.attribute.rows", figures.count(one.rows)],
                        "WOE \(figures.signed(one.woe, decimals: 3))",
                    ]
                    if let points = one.points {
                        tip.append("\(words["column.points"]) \(figures.number(points, decimals: 0))")
                    }
                    return [
                        "category": .text(context.band(one.label)), "value": JSONValue(one.woe),
                        "tip": .text(tip.joined(separator: "\n")),
                    ]
                })
        }
    }

    /// As many curves as a reader looks through.
    private static let curvesShown = 24

    /// What each input adds to the log-odds, by its value: those first that move most.
    private func effectCurves() -> Section {
        guard let effects = context.content.effects, !effects.isEmpty else {
            return .absent("effects", title: words["model.effects"], words["model.effects.absent"])
        }
        let byFeature = Dictionary(grouping: effects, by: \.feature)
        func reach(_ parts: [EffectRecord]) -> Double {
            let rows = parts.reduce(0) { $0 + Double($1.rows) }
            return rows > 0 ? parts.reduce(0) { $0 + Double($1.rows) * abs($1.contribution) } / rows : 0
        }
        let ranked = byFeature.map { (name: $0.key, parts: $0.value, reach: reach($0.value)) }
            .sorted { ($1.reach, $0.name) < ($0.reach, $1.name) }
        return Section(
            id: "effects", title: words["model.effects"], note: words["model.effects.note"],
            charts: ranked.prefix(Self.curvesShown).enumerated().map { position, one in
                curve(one.parts, of: one.name, id: "chart-effect-\(position + 1)")
            },
            tables: [table(ranked.map { ($0.name, $0.parts) })])
    }

    private func table(_ effects: [(feature: String, parts: [EffectRecord])]) -> DataTable {
        func signed(_ value: Double?) -> DataTable.Cell {
            context.cell(figures.signed(value, decimals: 3), value)
        }
        // Only trees have accumulated effects and partial dependence.
        let all = effects.flatMap(\.parts)
        let ofTrees = all.contains { $0.accumulated != nil || $0.partialDependence != nil }
        var columns: [DataTable.Column] = [
            .text(words["column.feature"]), .text(words["column.attribute"]),
            .number(words["column.observations"]), .number(words["column.defaultRate"]),
            .number(words["column.effect"]), .number(words["column.spread"]),
        ]
        if ofTrees {
            columns += [.number(words["column.accumulated"]), .number(words["column.partialDependence"])]
        }
        return DataTable(
            id: "effects", caption: words["model.effects"], columns: columns,
            rows: effects.flatMap { one in
                one.parts.map { part in
                    var row = [context.cell(words.feature(one.feature)), context.cell(label(part))]
                    row.append(context.count(part.rows))
                    row.append(
                        context.cell(figures.percent(part.defaultRate, decimals: 2), part.defaultRate))
                    row.append(signed(part.contribution))
                    row.append(context.cell(figures.number(part.spread, decimals: 3), part.spread))
                    if ofTrees { row += [signed(part.accumulated), signed(part.partialDependence)] }
                    return row
                }
            }, isAlternative: true)
    }

    /// A line over the values of a number, bars over the levels of a category.
    private func curve(_ parts: [EffectRecord], of feature: String, id: String) -> Chart {
        let name = words.feature(feature)
        func tip(_ part: EffectRecord) -> JSONValue {
            .text(
                "\(name): \(label(part))\n\(words["column.effect"]) "
                    + "\(figures.signed(part.contribution, decimals: 3))\n"
                    + "\(words["model.attribute.rows", figures.count(part.rows)])"
            )
        }
        let points = parts.compactMap { part -> (x: Double, part: EffectRecord)? in
            guard part.kind == .interval || part.kind == .value, let lower = part.lower else { return nil }
            return ((lower + (part.upper ?? lower)) / 2, part)
        }
        if points.count > 1 {
            return Chart(
                id: id, drawing: .lines, caption: words["model.effect.caption", name],
                settings: ["yFormat": "+.1f"],
                rows: points.sorted { $0.x < $1.x }.map { point in
                    [
                        "x": JSONValue(point.x), "y": JSONValue(point.part.contribution),
                        "series": .text(name), "tip": tip(point.part),
                    ]
                })
        }
        return Chart(
            id: id, drawing: .evidence, caption: words["model.effect.caption", name],
            settings: ["xTitle": .text(words["column.effect"]), "riskier": 1],
            rows: parts.map { part in
                [
                    "category": .text(label(part)), "value": JSONValue(part.contribution),
                    "tip": tip(part),
                ]
            })
    }

    /// What the rows of a part have in common.
    private func label(_ part: EffectRecord) -> String {
        func short(_ value: Double?) -> String { figures.short(value) }
        return switch part.kind {
        case .interval: "\(short(part.lower)) – \(short(part.upper))"
        case .value: short(part.lower)
        case .level: words.known("tagLevel", part.level ?? "")
        case .missing: words["missing"]
        }
    }

    private func attributes(_ variables: [TrainingRecord.Variable]) -> DataTable {
        DataTable(
            id: "attributes", caption: words["model.attributes"],
            columns: [
                .text(words["column.feature"]), .text(words["column.attribute"]),
                .number(words["column.observations"]), .number(words["column.defaultRate"]), .number("WOE"),
                .number(words["column.effect"]), .number(words["column.points"]),
            ],
            rows: variables.flatMap { variable in
                (variable.attributes ?? []).map { one in
                    [
                        context.cell(words.feature(variable.name)), context.cell(context.band(one.label)),
                        context.count(one.rows),
                        context.cell(figures.percent(one.defaultRate, decimals: 2), one.defaultRate),
                        context.cell(figures.signed(one.woe, decimals: 3), one.woe),
                        context.cell(figures.signed(one.logOdds, decimals: 3), one.logOdds),
                        context.cell(figures.number(one.points, decimals: 0), one.points),
                    ]
                }
            })
    }
}
