import Boosting
import Results
import Scoring

extension Summary {
    /// What a model adds up: features with coefficients, or characteristics with their strength.
    mutating func parts(of model: ScoringModel) {
        switch model.form {
        case .logistic(let logistic): coefficients(of: logistic)
        case .scorecard(let scorecard): characteristics(of: scorecard)
        case .boostedTrees(let trees): inputs(of: trees)
        }
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
