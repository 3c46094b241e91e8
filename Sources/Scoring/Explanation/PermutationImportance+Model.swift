public import Boosting
import Foundation
public import Parallelism
public import Tables

extension PermutationImportance {
    /// How much a model's log loss rises when the values of an input are shuffled among the rows.
    ///
    /// The same measure for every kind of model, so that models can be held side by side.
    ///
    /// - Parameters:
    ///   - defaulted: Outcomes by row; at least two rows.
    ///   - weights: By row, ≥ 0 and not all 0; `nil` for all 1.
    ///   - shuffles: How often each input is shuffled; at least 1.
    ///   - progress: Told how many inputs are done.
    /// - Throws: ``ScoringError``.
    public init(
        of model: ScoringModel, on table: Table, defaulted: [Bool], weights: [Double]? = nil,
        shuffles: Int = 5, seed: UInt64 = 0, workers: Workers = .single,
        progress: (_ done: Int, _ of: Int) -> Void = { _, _ in }
    ) throws(ScoringError) {
        func losses(_ logOdds: [Double]) -> [Double] {
            zip(logOdds, defaulted).map { logOdds, defaulted in
                // −ln p on the side of the exponential that cannot overflow.
                let against = defaulted ? -logOdds : logOdds
                return max(against, 0) + log1p(exp(-abs(against)))
            }
        }
        let names = model.scorer.columns
        let own = losses(try model.logOdds(of: table, workers: workers))
        try self.init(
            featureCount: names.count, losses: own, weights: weights ?? [], shuffles: shuffles, seed: seed
        ) { feature, order throws(ScoringError) in
            progress(feature, names.count)
            // The order has a place for every row, so the table stays one.
            guard let column = table[names[feature]],
                let shuffled = try? table.setting(column.gathered(order))
            else { return nil }
            return losses(try model.logOdds(of: shuffled, workers: workers))
        }
    }
}
