import Results

/// How grades move: matrix, flow, PD curves, predictions, and how earlier predictions came out.
struct MigrationPage {
    let context: PageContext
    private var words: Wording { context.words }
    private var figures: Figures { context.figures }

    func page() -> Page {
        var sections: [Section] = []
        if let record = context.content.matrix {
            sections.append(matrices(record))
            // Where a run is named to compare with, the moves are those since that run.
            if context.earlierGrades != nil, let flow = flowBetweenRuns() {
                sections.append(self.flow(flow, states: PageContext.grades))
            } else if let flow = record.flow {
                sections.append(self.flow(flow, states: record.states))
            }
            sections.append(curves(record))
            if !record.tests.isEmpty { sections.append(tests(record.tests)) }
            sections.append(backtest(record.backtest))
            if let macro = record.macro {
                // Where nothing ends in default, no PD follows from a matrix.
                sections.append(self.macro(macro, states: record.termStructure.isEmpty ? [] : record.states))
            }
        } else {
            sections.append(.absent("matrix", title: words["migration.matrix"], words["migration.absent"]))
            if let flow = flowBetweenRuns() {
                sections.append(self.flow(flow, states: PageContext.grades))
            }
        }
        sections.insert(predicted(), at: min(1, sections.count))
        return Page(
            id: "migration", title: words["migration.title"], lead: words["migration.lead"],
            sections: sections)
    }

    /// The moves since the earlier run, else since the review before.
    private func flowBetweenRuns() -> MigrationMatrixRecord.Flow? {
        let moves: [(before: String?, after: String?)]
        if let portfolio = context.content.portfolio {
            moves = portfolio.obligors.map { ($0.previousGrade, $0.grade) }
        } else if let ratings = context.content.ratings, let earlier = context.earlierGrades {
            moves = ratings.map { (earlier.grade(of: $0.id), $0.grade) }
        } else {
            return nil
        }
        let grades = PageContext.grades
        var counts = [[Int]](repeating: [Int](repeating: 0, count: grades.count), count: grades.count)
        for move in moves {
            guard let before = move.before.flatMap({ grades.firstIndex(of: $0) }),
                let after = move.after.flatMap({ grades.firstIndex(of: $0) })
            else { continue }
            counts[before][after] += 1
        }
        guard counts.joined().contains(where: { $0 > 0 }) else { return nil }
        return MigrationMatrixRecord.Flow(
            from: context.earlier?.portfolio?.asOf ?? words["series.before"],
            to: context.content.portfolio?.asOf ?? words["series.now"], counts: counts)
    }

    private func matrices(_ record: MigrationMatrixRecord) -> Section {
        guard let first = record.matrices.first else {
            return .absent("matrix", title: words["migration.matrix"], words["migration.absent"])
        }
        let chart = Chart(
            id: "chart-matrix", drawing: .matrix,
            caption: caption(first, record),
            settings: ["xTitle": .text(words["axis.to"]), "yTitle": .text(words["axis.from"])],
            rows: cells(first, states: first.states ?? record.states))
        let tables = record.matrices.enumerated().map { position, matrix in
            DataTable(
                id: "matrix-\(position + 1)",
                caption: caption(matrix, record),
                columns: [.text(words["axis.from"])] + (matrix.states ?? record.states).map { .number($0) },
                rows: zip(matrix.states ?? record.states, matrix.values).map { state, row in
                    [context.grade(state)] + row.map { context.cell(figures.percent($0, decimals: 2), $0) }
                }, isAlternative: true)
        }
        return Section(
            id: "matrix", title: words["migration.matrix"], note: words["migration.matrix.note"],
            charts: [chart],
            tables: tables
                + record.matrices.enumerated().compactMap { position, matrix in
                    intervals(matrix, record, position)
                })
    }

    /// What stands behind the cells of a matrix: intervals and moves; `nil` where it has neither.
    private func intervals(
        _ matrix: MigrationMatrixRecord.Matrix, _ record: MigrationMatrixRecord, _ position: Int
    ) -> DataTable? {
        guard matrix.lower != nil || matrix.counts != nil else { return nil }
        let states = matrix.states ?? record.states
        var rows: [[DataTable.Cell]] = []
        for (from, row) in matrix.values.enumerated() where states.indices.contains(from) {
            for (to, value) in row.enumerated() where states.indices.contains(to) {
                let moves = Self.cell(matrix.counts, from, to)
                guard value > 0 || (moves ?? 0) > 0 else { continue }
                var cells = [context.grade(states[from]), context.grade(states[to])]
                for share in [value, Self.cell(matrix.lower, from, to), Self.cell(matrix.upper, from, to)] {
                    cells.append(context.cell(figures.percent(share, decimals: 2), share))
                }
                cells.append(context.cell(figures.number(moves, decimals: 0), moves))
                rows.append(cells)
            }
        }
        let level = figures.percent(matrix.level, decimals: 0)
        return DataTable(
            id: "matrix-\(position + 1)-intervals",
            caption: words["migration.matrix.intervals", caption(matrix, record)],
            columns: [
                .text(words["axis.from"]), .text(words["axis.to"]),
                .number(words["column.probabilityOfMove"]),
                .number(words["column.lowerOf", level]), .number(words["column.upperOf", level]),
                .number(words["column.moves"]),
            ], rows: rows, isAlternative: true)
    }

    /// A figure of a matrix that may be absent, or of another shape.
    private static func cell(_ matrix: [[Double]]?, _ row: Int, _ column: Int) -> Double? {
        guard let matrix, matrix.indices.contains(row), matrix[row].indices.contains(column) else {
            return nil
        }
        return matrix[row][column]
    }

    private func caption(
        _ matrix: MigrationMatrixRecord.Matrix, _ record: MigrationMatrixRecord
    ) -> String {
        words[
            "migration.matrix.caption", words.known("method", matrix.method),
            words.known("withdrawal", matrix.withdrawal), figures.count(record.horizonMonths)]
    }

    private func cells(
        _ matrix: MigrationMatrixRecord.Matrix, states: [String]
    ) -> [[String: JSONValue]] {
        var rows: [[String: JSONValue]] = []
        for (from, row) in matrix.values.enumerated() where states.indices.contains(from) {
            for (to, value) in row.enumerated() where states.indices.contains(to) {
                var tip = "\(states[from]) → \(states[to]): \(figures.percent(value, decimals: 2))"
                if let lower = Self.cell(matrix.lower, from, to),
                    let upper = Self.cell(matrix.upper, from, to)
                {
                    let interval =
                        "\(figures.percent(lower, decimals: 2)) – \(figures.percent(upper, decimals: 2))"
                    tip +=
                        "\n\(words["migration.interval", figures.percent(matrix.level, decimals: 0), interval])"
                }
                if let moves = Self.cell(matrix.counts, from, to) {
                    tip += "\n\(words["migration.moves", figures.number(moves, decimals: 0)])"
                }
                rows.append([
                    "from": .text(states[from]), "to": .text(states[to]), "value": JSONValue(value),
                    "label": .text(value < 0.0005 ? "" : figures.percent(value)), "tip": .text(tip),
                ])
            }
        }
        return rows
    }

    private func flow(_ flow: MigrationMatrixRecord.Flow, states: [String]) -> Section {
        let isSquare =
            flow.counts.count == states.count && flow.counts.allSatisfy { $0.count == states.count }
        // More than any portfolio holds could overflow when added up; so many states leave no room for bands.
        guard isSquare, states.count <= 60, flow.counts.joined().allSatisfy({ (0...1 << 40).contains($0) })
        else {
            return .absent("flow", title: words["migration.flow"], words["migration.flow.damaged"])
        }
        let layout = FlowLayout(flow.counts)
        return Section(
            id: "flow", title: words["migration.flow"], note: words["migration.flow.note"],
            charts: [
                Chart(
                    id: "chart-flow", drawing: .flow,
                    caption: words["migration.flow.caption", figures.day(flow.from), figures.day(flow.to)],
                    settings: [
                        "fromTitle": .text(figures.day(flow.from)), "toTitle": .text(figures.day(flow.to)),
                    ],
                    rows: layout.bands.map { band in
                        [
                            "path": .text(band.path), "grade": .text(states[band.from]),
                            "tip": .text(
                                "\(states[band.from]) → \(states[band.to]): \(figures.count(band.count))"),
                        ]
                    },
                    marks: layout.nodes.map { node in
                        [
                            "side": JSONValue(Double(node.side)), "start": JSONValue(node.start),
                            "end": JSONValue(node.end), "label": .text(states[node.state]),
                            "grade": .text(states[node.state]), "tip": .text(states[node.state]),
                        ]
                    })
            ],
            tables: [
                DataTable(
                    id: "flow", caption: words["migration.flow"],
                    columns: [.text(words["axis.from"])] + states.map { .number($0) },
                    rows: zip(states, flow.counts).map { state, row in
                        [context.grade(state)] + row.map(context.count)
                    }, isAlternative: true)
            ])
    }

    private func curves(_ record: MigrationMatrixRecord) -> Section {
        let curves = record.termStructure.filter {
            $0.months.count == $0.cumulative.count && $0.months.count == $0.forward.count
                && $0.months.count == $0.marginal.count
        }
        guard !curves.isEmpty else {
            return .absent("pd-curves", title: words["migration.curves"], words["migration.curves.absent"])
        }
        var rows: [[String: JSONValue]] = []
        for curve in curves {
            for (month, pd) in zip(curve.months, curve.cumulative) where pd > 0 {
                rows.append([
                    "x": JSONValue(Double(month)), "y": JSONValue(pd), "series": .text(curve.grade),
                    "grade": .text(curve.grade),
                    "tip": .text(
                        "\(curve.grade), \(words["months", figures.count(month)]): \(figures.pd(pd))"),
                ])
            }
        }
        // A logarithmic axis has no place for zero.
        let hasZeros = curves.contains { $0.cumulative.contains { $0 <= 0 } }
        return Section(
            id: "pd-curves", title: words["migration.curves"],
            note: words["migration.curves.note"] + (hasZeros ? " " + words["migration.curves.zeros"] : ""),
            charts: [
                Chart(
                    id: "chart-curves", drawing: .lines, caption: words["migration.curves.caption"],
                    settings: [
                        "yScale": "log", "yFormat": ".2~p", "xTitle": .text(words["axis.months"]),
                        "points": false,
                    ], rows: rows)
            ],
            tables: [
                DataTable(
                    id: "pd-curves", caption: words["migration.curves.caption"],
                    columns: [
                        .text(words["column.grade"]), .number(words["axis.months"]),
                        .number(words["column.cumulative"]), .number(words["column.marginal"]),
                        .number(words["column.forward"]),
                    ],
                    rows: curves.flatMap { curve in
                        curve.months.indices.map { position in
                            [
                                context.grade(curve.grade), context.count(curve.months[position]),
                                context.cell(
                                    figures.pd(curve.cumulative[position]), curve.cumulative[position]),
                                context.cell(figures.pd(curve.marginal[position]), curve.marginal[position]),
                                context.cell(figures.pd(curve.forward[position]), curve.forward[position]),
                            ]
                        }
                    }, isAlternative: true)
            ])
    }

    /// The mean predicted distribution a year ahead by grade today.
    private func predicted() -> Section {
        let all = context.content.migrations ?? []
        guard let horizon = all.map(\.horizonMonths).max(where: { $0 <= 12 }) else {
            return .absent(
                "predicted", title: words["migration.predicted"], words["migration.predicted.absent"])
        }
        let grades = PageContext.grades
        var sums: [String: (count: Int, probabilities: [Double])] = [:]
        for one in all where one.horizonMonths == horizon {
            var entry = sums[one.grade] ?? (0, [Double](repeating: 0, count: grades.count))
            entry.count += 1
            for position in grades.indices { entry.probabilities[position] += one.probabilities[position] }
            sums[one.grade] = entry
        }
        let known = grades.compactMap { grade in sums[grade].map { (grade, $0) } }
        var rows: [[String: JSONValue]] = []
        for (grade, entry) in known {
            for (position, to) in grades.enumerated() {
                let share = entry.probabilities[position] / Double(entry.count)
                rows.append([
                    "category": .text(grade), "part": .text(to), "grade": .text(to),
                    "value": JSONValue(share),
                    "tip": .text("\(grade) → \(to): \(figures.percent(share, decimals: 2))"),
                ])
            }
        }
        return Section(
            id: "predicted", title: words["migration.predicted"], note: words["migration.predicted.note"],
            charts: [
                Chart(
                    id: "chart-predicted", drawing: .shares,
                    caption: words["migration.predicted.caption", figures.count(horizon)], rows: rows)
            ],
            tables: [
                DataTable(
                    id: "predicted", caption: words["migration.predicted.caption", figures.count(horizon)],
                    columns: [.text(words["axis.from"]), .number(words["column.obligors"])]
                        + grades.map { .number($0) },
                    rows: known.map { grade, entry in
                        [context.grade(grade), context.count(entry.count)]
                            + entry.probabilities.map { sum in
                                let share = sum / Double(entry.count)
                                return context.cell(figures.percent(share, decimals: 2), share)
                            }
                    }, isAlternative: true)
            ])
    }

    /// Tests of the whole, and those of single cells, which are many, folded away.
    private func tests(_ tests: [TestRecord]) -> Section {
        let ofCells = tests.filter { $0.scope.hasPrefix("cell:") }
        let others = tests.filter { !$0.scope.hasPrefix("cell:") }
        var tables: [DataTable] = []
        if !others.isEmpty {
            tables.append(
                context.table(of: others, id: "migration-tests", caption: words["migration.tests.caption"]))
        }
        if !ofCells.isEmpty {
            var table = context.table(
                of: ofCells, id: "migration-tests-cells", caption: words["migration.tests.cells"])
            table.isAlternative = !others.isEmpty
            tables.append(table)
        }
        return Section(
            id: "migration-tests", title: words["migration.tests"], note: words["migration.tests.note"],
            tables: tables)
    }

    private func backtest(_ backtest: [MigrationMatrixRecord.Backtest]) -> Section {
        guard !backtest.isEmpty else {
            return .absent("backtest", title: words["migration.backtest"], words["migration.backtest.absent"])
        }
        return Section(
            id: "backtest", title: words["migration.backtest"], note: words["migration.backtest.note"],
            charts: [
                Chart(
                    id: "chart-backtest", drawing: .lines, caption: words["migration.backtest.caption"],
                    settings: [
                        "xScale": "point", "yFormat": ".3f", "yTitle": .text(words["column.logScore"]),
                    ],
                    // Figures over several origins begin with the first of them and end later than its own.
                    rows: backtest.filter { one in
                        !backtest.contains {
                            $0.model == one.model && $0.from == one.from && $0.to < one.to
                        }
                    }.map { one in
                        [
                            "x": .text(one.from), "y": JSONValue(one.logScore),
                            "series": .text(words.known("predictor", one.model)),
                            "tip": .text(
                                "\(words.known("predictor", one.model)), \(one.from): "
                                    + "\(figures.number(one.logScore, decimals: 4))"
                            ),
                        ]
                    })
            ],
            tables: [
                DataTable(
                    id: "backtest", caption: words["migration.backtest.caption"],
                    columns: [
                        .text(words["column.from"]), .text(words["column.to"]), .text(words["column.model"]),
                        .number(words["column.obligors"]), .number(words["column.logScore"]),
                        .number(words["column.rps"]), .number(words["column.difference"]),
                        .number(words["column.lower"]), .number(words["column.upper"]),
                    ],
                    rows: backtest.map { one in
                        [
                            context.cell(figures.day(one.from)), context.cell(figures.day(one.to)),
                            context.cell(words.known("predictor", one.model)), context.count(one.obligors),
                            context.cell(figures.number(one.logScore, decimals: 4), one.logScore),
                            context.cell(figures.number(one.rps, decimals: 4), one.rps),
                            context.cell(figures.signed(one.difference, decimals: 4), one.difference),
                            context.cell(figures.signed(one.lower, decimals: 4), one.lower),
                            context.cell(figures.signed(one.upper, decimals: 4), one.upper),
                        ]
                    })
            ])
    }

    private func macro(_ macro: MigrationMatrixRecord.Macro, states: [String]) -> Section {
        // The last column is default, of which there is nothing to say from default itself.
        let conditional = (macro.conditional ?? []).filter {
            !states.isEmpty && $0.values.count == states.count
        }
        let ofDefault = DataTable(
            id: "macro-default", caption: words["migration.macro.conditional"],
            columns: [.text(words["migration.macro.path"])] + states.dropLast().map { .number($0) },
            rows: conditional.map { matrix in
                [
                    context.cell(
                        matrix.factors.map { figures.signed($0, decimals: 2) }.joined(separator: ", "))
                ]
                    + matrix.values.dropLast().map { row in
                        context.cell(figures.pd(row.last), row.last)
                    }
            }, isAlternative: false)
        return Section(
            id: "macro", title: words["migration.macro"], note: words["migration.macro.note"],
            facts: [Fact(name: "ρ", value: figures.number(macro.rho, decimals: 4))],
            charts: [
                Chart(
                    id: "chart-macro", drawing: .lines, caption: words["migration.macro.caption"],
                    settings: ["xScale": "point", "yFormat": "+.1f"],
                    rows: macro.periods.map { period in
                        [
                            "x": .text(figures.day(period.to)), "y": JSONValue(period.z), "series": "Z",
                            "tip": .text(
                                "\(figures.day(period.to)): \(figures.signed(period.z, decimals: 2))"),
                        ]
                    })
            ],
            tables: [
                DataTable(
                    id: "macro", caption: words["migration.macro.caption"],
                    columns: [.text(words["column.from"]), .text(words["column.to"]), .number("Z")],
                    rows: macro.periods.map { period in
                        [
                            context.cell(figures.day(period.from)), context.cell(figures.day(period.to)),
                            context.cell(figures.signed(period.z, decimals: 3), period.z),
                        ]
                    }, isAlternative: true)
            ] + (conditional.isEmpty ? [] : [ofDefault]))
    }
}

extension Sequence where Element == Int {
    /// The largest element that satisfies a condition; else the smallest of all.
    fileprivate func max(where condition: (Int) -> Bool) -> Int? { filter(condition).max() ?? self.min() }
}
