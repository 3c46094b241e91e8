public import Parallelism
public import Tables

/// What turns the rows of a table into log-odds of default, and takes them apart by column.
public enum Scorer: Sendable, Equatable {
    /// A sum of one contribution per column: logistic models and scorecards.
    case additive(AdditiveScorer)
    /// A forest, taken apart by TreeSHAP.
    case trees(BoostedTreesModel)
    /// Functions of single columns and of pairs, of which each column has half.
    case shapes(AdditiveTreesModel)

    /// The columns that are read, in the order of the contributions.
    public var columns: [String] {
        switch self {
        case .additive(let scorer): scorer.terms.map(\.column)
        case .trees(let model): model.inputs.map(\.column)
        case .shapes(let model): model.inputs.map(\.column)
        }
    }

    /// η for every row of a table: the one path by which records, batches and streams are scored.
    ///
    /// A row's result depends on nothing but its own values.
    ///
    /// - Throws: ``ScoringError`` if a column is missing or has a type that cannot be read.
    public func logOdds(of table: Table, workers: Workers = .single) throws(ScoringError) -> [Double] {
        switch self {
        case .additive(let scorer): try scorer.logOdds(of: table, workers: workers)
        case .trees(let model): try model.logOdds(of: table, workers: workers)
        case .shapes(let model): try model.logOdds(of: table, workers: workers)
        }
    }

    /// What every column contributes to η, for every row: `result[column][row]`.
    ///
    /// With ``baseLogOdds()`` they add up to η: to the last bit for a sum, to rounding for functions of pairs, to the
    /// rounding of single precision for trees.
    ///
    /// - Throws: ``ScoringError`` if a column is missing or has a type that cannot be read, or if the trees cannot be
    ///   taken apart.
    public func contributions(of table: Table, workers: Workers = .single) throws(ScoringError) -> [[Double]]
    {
        switch self {
        case .additive(let scorer): return try scorer.contributions(of: table, workers: workers)
        case .shapes(let model): return try model.contributions(of: table, workers: workers)
        case .trees(let model):
            let ofRows = try model.contributions(of: table, workers: workers)
            let width = model.inputs.count
            return (0..<width).map { column in (0..<table.rowCount).map { ofRows[$0 * width + column] } }
        }
    }

    /// η where all contributions are 0: the intercept of a sum, the mean log-odds of the training rows of trees and
    /// functions.
    ///
    /// - Throws: ``ScoringError/notExplainable(reason:)``.
    public func baseLogOdds() throws(ScoringError) -> Double {
        switch self {
        case .additive(let scorer): scorer.intercept
        case .trees(let model): try model.expectedLogOdds()
        case .shapes(let model): model.functions.intercept
        }
    }

    /// The reasons of every row, `ranking.count` places for each.
    func reasons(
        of table: Table, ranking: ReasonRanking, workers: Workers
    ) throws(ScoringError) -> [ReasonCode] {
        switch self {
        case .additive(let scorer):
            let bound = try BoundScorer(scorer, table: table)
            return ranking.codes(rows: table.rowCount, workers: workers) { rows, contributions in
                bound.appendContributions(rows, to: &contributions)
            }
        case .shapes(let model):
            let bound = try BoundShapes(model, table: table)
            return ranking.codes(rows: table.rowCount, workers: workers) { rows, contributions in
                bound.appendContributions(rows, to: &contributions)
            }
        case .trees(let model):
            let all = try model.contributions(of: table, workers: workers)
            let width = model.inputs.count
            return ranking.codes(rows: table.rowCount, workers: workers) { rows, contributions in
                let span = all.span
                for column in 0..<width {
                    for row in rows { contributions.append(span[row * width + column]) }
                }
            }
        }
    }
}
