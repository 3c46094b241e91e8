import Results
import Scoring

extension Summary {
    /// What a model adds up: features with coefficients, or characteristics with their strength.
    mutating func parts(of model: ScoringModel) {
        switch model.form {
        case .logistic(let logistic): coefficients(of: logistic)
        case .scorecard(let scorecard): characteristics(of: scorecard)
        }
    }

    private mutating func coefficients(of model: LogisticModel) {
        var grid = TextGrid([.left("feature"), .right("coefficient"), .right("s.e."), .right("z")])
        grid.rows.append(["(intercept)", Figures.fixed(model.intercept), "", ""])
        for coefficient in model.coefficients {
            let z = coefficient.standardError.map { coefficient.value / $0 }
            grid.rows.append([
                coefficient.name, Figures.fixed(coefficient.value), Figures.fixed(coefficient.standardError),
                Figures.fixed(z, decimals: 1),
            ])
        }
        table(grid)
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

    /// What whole points cost.
    mutating func rounding(_ rounding: TrainingRecord.Rounding) {
        line(
            "Whole points move a score by at most \(Figures.fixed(rounding.maximumPoints, decimals: 1)) and a PD by "
                + "at most \(Figures.percent(rounding.maximumPD)): AUC \(Figures.fixed(rounding.aucRounded)) instead of "
                + "\(Figures.fixed(rounding.aucExact)), KS \(Figures.fixed(rounding.ksRounded)) instead of "
                + "\(Figures.fixed(rounding.ksExact))")
    }
}
