import Boosting
import Parallelism
import Tables

extension BoostedTreesModel {
    /// η for every row of a table.
    func logOdds(of table: Table, workers: Workers) throws(ScoringError) -> [Double] {
        predictor.rawScores(columns: try columns(of: table), workers: workers)
    }

    /// TreeSHAP contributions, row after row, in it one per input; with ``expectedLogOdds()`` they add up to η.
    func contributions(of table: Table, workers: Workers) throws(ScoringError) -> [Double] {
        let columns = try columns(of: table)
        let explainer = try treeExplainer()
        do throws(BoostingError) {
            return try explainer.contributions(columns: columns, workers: workers).values
        } catch { throw .notExplainable(reason: error.description) }
    }

    /// What contributions are counted from: the mean log-odds of the training rows, by the covers of the branches.
    func expectedLogOdds() throws(ScoringError) -> Double { try treeExplainer().expectedScores[0] }

    /// The inputs as the trees read them.
    func columns(of table: Table) throws(ScoringError) -> [Boosting.TrainingData.Column] {
        var columns: [Boosting.TrainingData.Column] = []
        columns.reserveCapacity(inputs.count)
        for input in inputs {
            guard let column = table[input.column] else {
                throw .missingColumn(name: input.column, available: table.columns.map(\.name))
            }
            columns.append(try input.values(of: column))
        }
        return columns
    }

    /// How much each input lowered the training loss: its share of the gain of all splits, in the order of the inputs.
    public var gainShares: [Double] {
        let gains = forest.importance(.gain)
        let total = gains.reduce(0, +)
        return gains.map { total > 0 ? $0 / total : 0 }
    }
}
