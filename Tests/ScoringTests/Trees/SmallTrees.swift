import Parallelism
import Tables
import TestSupport

@testable import Scoring

/// Boosted trees on the small credit table.
enum SmallTrees {
    /// Options that train in no time.
    static func options(
        _ change: (inout BoostedTreesRecipe) -> Void = { _ in }
    ) -> BoostedTreesRecipe {
        var early = BoostedTreesRecipe.EarlyStopping()
        early.folds = 3
        early.rounds = 10
        var options = BoostedTreesRecipe(
            rounds: 30, learningRate: 0.2, leaves: [6], stopping: .early(early))
        change(&options)
        return options
    }

    /// A recipe for the table.
    static func recipe(_ change: (inout BoostedTreesRecipe) -> Void = { _ in }) -> Recipe {
        SmallCredit.recipe(.boostedTrees(options(change)))
    }

    /// A model of the table.
    static func trained(
        _ change: (inout BoostedTreesRecipe) -> Void = { _ in }, workers: Workers = .single
    ) throws -> TrainedModel {
        try ModelTrainer(recipe(change), workers: workers).train(SmallCredit.table())
    }
}
