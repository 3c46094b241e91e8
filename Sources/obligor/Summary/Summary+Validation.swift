import Results

extension Summary {
    /// The tests of all observations, those of parts that did not pass, and how many did.
    mutating func tests(_ records: [TestRecord]) {
        guard !records.isEmpty else { return }
        let shown = records.filter { $0.scope == "overall" || $0.verdict == .fail || $0.verdict == .warn }
        heading("Validation: \(Figures.count(records.count)) tests")
        var grid = TextGrid([
            .left("test"), .left("of"), .right("estimate"), .left("interval"), .right("p"),
            .right("adjusted"),
            .right("power"), .left("verdict"),
        ])
        for record in shown {
            let interval =
                if let lower = record.lower, let upper = record.upper {
                    "\(Figures.fixed(lower)) to \(Figures.fixed(upper))"
                } else {
                    ""
                }
            grid.rows.append([
                record.test, record.scope, Figures.fixed(record.estimate), interval,
                Figures.fixed(record.pValue), Figures.fixed(record.adjustedPValue),
                Figures.fixed(record.power, decimals: 2), record.verdict.rawValue,
            ])
        }
        table(grid)
        for record in shown where record.verdict == .fail || record.verdict == .warn {
            remark("\(record.test), \(record.scope): \(record.meaning)")
        }
        let rest = records.count - shown.count
        if rest > 0 { aside("\(Figures.count(rest)) tests of parts passed or could not be made") }
    }

    /// How far score and inputs have moved.
    mutating func stability(_ records: [StabilityRecord]) {
        guard !records.isEmpty else { return }
        heading("Stability since development")
        let hasPoints = records.contains { $0.pointShift != nil }
        var grid = TextGrid(
            [.left("variable"), .right("index"), .right("beyond chance from"), .right("by normal law")]
                + (hasPoints ? [.right("points moved")] : []) + [.left("verdict")])
        for record in records {
            grid.rows.append(
                [
                    record.variable, Figures.fixed(record.index), Figures.fixed(record.critical),
                    Figures.fixed(record.normalCritical),
                ] + (hasPoints ? [Figures.fixed(record.pointShift, decimals: 1)] : [])
                    + [record.verdict.rawValue])
        }
        table(grid)
    }

    /// Figures of the parts of the observations.
    mutating func segments(_ records: [SegmentRecord]) {
        guard !records.isEmpty else { return }
        heading("By part")
        var grid = TextGrid([
            .left("by"), .left("part"), .right("observations"), .right("defaults"), .right("mean PD"),
            .right("default rate"), .right("AUC"),
        ])
        for record in records {
            grid.rows.append([
                record.dimension, record.level, Figures.count(record.performance.rows),
                Figures.count(record.performance.defaults), Figures.percent(record.meanPD),
                Figures.percent(record.defaultRate), Figures.fixed(record.performance.auc),
            ])
        }
        table(grid)
    }
}
