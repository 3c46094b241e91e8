import Results

extension Summary {
    /// Gains and reliability.
    mutating func profile(_ record: RiskProfileRecord) {
        if !record.gains.isEmpty {
            heading("Gains: the list of obligors in parts, riskiest first")
            gains(record.gains)
        }
        guard !record.reliability.isEmpty else { return }
        heading("Reliability: forecast and observed by rising PD")
        reliability(record.reliability)
        guard let test = record.calibrationTest else { return }
        line(
            "Hosmer-Lemeshow χ² \(Figures.fixed(test.statistic, decimals: 2)) on \(test.degreesOfFreedom) degrees "
                + "of freedom, p \(Figures.fixed(test.pValue))")
    }

    private mutating func gains(_ parts: [RiskProfileRecord.GainsPart]) {
        var grid = TextGrid([
            .right("part"), .right("obligors"), .right("defaults"), .right("default rate"), .right("lift"),
            .right("defaults so far"), .right("lift so far"),
        ])
        for (place, part) in parts.enumerated() {
            grid.rows.append([
                "\(place + 1)", Figures.fixed(part.rows, decimals: 0),
                Figures.fixed(part.defaults, decimals: 1),
                Figures.percent(part.defaultRate), Figures.fixed(part.lift, decimals: 2),
                Figures.percent(part.cumulativeGain, decimals: 1),
                Figures.fixed(part.cumulativeLift, decimals: 2),
            ])
        }
        table(grid)
    }

    private mutating func reliability(_ bins: [RiskProfileRecord.ReliabilityBin]) {
        var grid = TextGrid([
            .right("bin"), .right("obligors"), .right("defaults"), .right("mean PD"), .right("default rate"),
        ])
        for (place, bin) in bins.enumerated() {
            grid.rows.append([
                "\(place + 1)", Figures.fixed(bin.rows, decimals: 0),
                Figures.fixed(bin.defaults, decimals: 0),
                Figures.percent(bin.meanPD), Figures.percent(bin.defaultRate),
            ])
        }
        table(grid)
    }

    /// What the gates said.
    mutating func gates(_ records: [GateRecord]) {
        guard !records.isEmpty else { return }
        heading("Validation gates")
        var grid = TextGrid([.left("gate"), .left("on"), .right("figure"), .right("limit"), .left("verdict")])
        for record in records {
            grid.rows.append([
                record.gate, record.sample, Figures.fixed(record.value), Figures.fixed(record.limit),
                record.passed ? "passed" : "refused",
            ])
        }
        table(grid)
    }
}
