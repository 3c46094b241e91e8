import Boosting
import Results
import Scoring

extension Summary {
    /// What a model adds up: features with coefficients, or characteristics with their strength.
    ///
    /// - Parameter regression: Coefficients with errors and tests, if training reported them.
    mutating func parts(of model: ScoringModel, _ regression: RegressionRecord? = nil) {
        switch model.form {
        case .logistic(let logistic):
            if let regression { self.regression(regression) } else { coefficients(of: logistic) }
        case .scorecard(let scorecard):
            characteristics(of: scorecard)
            if let regression { self.regression(regression) }
        case .boostedTrees(let trees): inputs(of: trees)
        case .additiveTrees(let trees): functions(of: trees)
        }
    }

    /// Functions by the mean size of what they add, with what is proved of them.
    private mutating func functions(of model: AdditiveTreesModel) {
        var grid = TextGrid([
            .left("function"), .right("cells"), .right("mean size"), .right("range"), .left("proved"),
        ])
        let directions = Dictionary(
            model.certificate.proofs.map { ($0.feature, $0.direction) },
            uniquingKeysWith: { first, _ in first })
        for function in model.importance {
            let proved = function.columns.count == 1 ? directions[function.columns[0]] : nil
            grid.rows.append([
                function.columns.joined(separator: " × "), "\(function.cells)",
                Figures.fixed(function.meanSize),
                "\(Figures.fixed(function.least)) to \(Figures.fixed(function.most))",
                proved.map { $0 > 0 ? "risk rises" : "risk falls" } ?? "",
            ])
        }
        table(grid)
    }

    /// Inputs by the gain of their splits, with what is proved of them.
    private mutating func inputs(of model: BoostedTreesModel) {
        var grid = TextGrid([
            .left("column"), .left("values"), .right("share of gain"), .left("proved"),
        ])
        let directions = Dictionary(
            model.certificate.proofs.map { ($0.feature, $0.direction) },
            uniquingKeysWith: { first, _ in first })
        let shares = model.gainShares
        for place in shares.indices.sorted(by: { (shares[$1], $0) < (shares[$0], $1) }) {
            let input = model.inputs[place]
            let proved = directions[input.column].map { $0 > 0 ? "risk rises" : "risk falls" } ?? ""
            grid.rows.append([
                input.column, input.levels.map { "\($0.count) levels" } ?? "numbers",
                Figures.percent(shares[place]), proved,
            ])
        }
        table(grid)
    }

    private mutating func coefficients(of model: LogisticModel) {
        var grid = TextGrid([.left("feature"), .right("coefficient"), .right("s.e.")])
        grid.rows.append(["(intercept)", Figures.fixed(model.intercept), ""])
        for coefficient in model.coefficients {
            grid.rows.append([
                coefficient.name, Figures.fixed(coefficient.value), Figures.fixed(coefficient.standardError),
            ])
        }
        table(grid)
    }

    /// Coefficients with errors, intervals and tests, and the fit as a whole.
    mutating func regression(_ record: RegressionRecord) {
        let level = Figures.fixed(100 * record.confidence, decimals: 0)
        var grid = TextGrid([
            .left("feature"), .right("coefficient"), .right("s.e."), .right("z"), .right("p"),
            .right("\(level) % from"), .right("to"), .right("VIF"),
        ])
        for coefficient in record.coefficients {
            grid.rows.append([
                coefficient.name, Figures.fixed(coefficient.value), Figures.fixed(coefficient.standardError),
                Figures.fixed(coefficient.z, decimals: 2), Figures.fixed(coefficient.pValue),
                Figures.fixed(coefficient.lower, decimals: 3), Figures.fixed(coefficient.upper, decimals: 3),
                Figures.fixed(coefficient.varianceInflation, decimals: 2),
            ])
        }
        table(grid)
        if record.covariance != "model" { line("Standard errors are \(record.covariance)") }
        let fit = record.fit
        line(
            "Deviance \(Figures.fixed(fit.deviance, decimals: 2)) (intercept alone "
                + "\(Figures.fixed(fit.nullDeviance, decimals: 2))), AIC \(Figures.fixed(fit.aic, decimals: 2)), "
                + "BIC \(Figures.fixed(fit.bic, decimals: 2))")
        if let test = fit.againstNull {
            line(
                "Against the intercept alone: χ² \(Figures.fixed(test.statistic, decimals: 2)) on "
                    + "\(test.degreesOfFreedom) degrees of freedom, p \(Figures.fixed(test.pValue))")
        }
        if !record.tests.isEmpty {
            heading("Likelihood-ratio tests: each column left out")
            var tests = TextGrid([.left("column"), .right("df"), .right("χ²"), .right("p")])
            for test in record.tests {
                tests.rows.append([
                    test.column, "\(test.likelihoodRatio.degreesOfFreedom)",
                    Figures.fixed(test.likelihoodRatio.statistic, decimals: 2),
                    Figures.fixed(test.likelihoodRatio.pValue),
                ])
            }
            table(tests)
        }
        for note in record.notes { aside(note) }
    }

    private mutating func characteristics(of scorecard: Scorecard) {
        var grid = TextGrid([
            .left("characteristic"), .right("bins"), .right("IV"), .right("coefficient"), .right("p"),
            .right("points"),
        ])
        for characteristic in scorecard.characteristics {
            let bins = characteristic.binning.bins.indices
            let points = bins.map { scorecard.points(of: characteristic, bin: $0) }
            let range =
                "\(Figures.fixed(points.min(), decimals: 0)) to \(Figures.fixed(points.max(), decimals: 0))"
            grid.rows.append([
                characteristic.name, "\(bins.count)", Figures.fixed(characteristic.binning.table.totals.iv),
                Figures.fixed(characteristic.coefficient), Figures.fixed(characteristic.pValue), range,
            ])
        }
        table(grid)
    }

    /// The settings that a search held against each other longest, the one that was taken first.
    mutating func search(_ search: SearchReport) {
        heading("Settings tried: \(Figures.count(search.rows.count)), on \(search.folds) folds")
        let figure = search.metric == .logLoss ? "log loss" : "1 − AUC"
        var grid = TextGrid([.left("settings"), .right("folds"), .right(figure), .right("± s.e.")])
        let last = search.rows.map(\.metrics.count).max() ?? 0
        let finalists = search.rows.indices.filter { search.rows[$0].metrics.count == last }
        for place in finalists.sorted(by: { (search.rows[$0].mean, $0) < (search.rows[$1].mean, $1) }).prefix(
            8)
        {
            let row = search.rows[place]
            grid.rows.append([
                row.name, "\(row.metrics.count)", Figures.fixed(row.mean), Figures.fixed(row.standardError),
            ])
        }
        table(grid)
    }

    /// What whole points cost.
    mutating func rounding(_ rounding: TrainingRecord.Rounding) {
        line(
            "Whole points move a score by at most \(Figures.fixed(rounding.maximumPoints, decimals: 1)) and a PD by "
                + "at most \(Figures.percent(rounding.maximumPD)): AUC \(Figures.fixed(rounding.aucRounded)) instead "
                + "of \(Figures.fixed(rounding.aucExact)), KS \(Figures.fixed(rounding.ksRounded)) instead of "
                + "\(Figures.fixed(rounding.ksExact))")
    }
}
