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

    /// Options of a glass box that is fitted in no time.
    static func additiveOptions(
        _ change: (inout AdditiveTreesRecipe) -> Void = { _ in }
    ) -> AdditiveTreesRecipe {
        var options = AdditiveTreesRecipe(
            rounds: 40, learningRate: 0.1, smoothingRounds: 8, minimumRowsInLeaf: 8, pairs: 2, pairCells: 6,
            bags: 3, folds: 3, stoppingRounds: 12)
        change(&options)
        return options
    }

    /// A recipe of a glass box for the table.
    static func additiveRecipe(_ change: (inout AdditiveTreesRecipe) -> Void = { _ in }) -> Recipe {
        SmallCredit.recipe(.additiveTrees(additiveOptions(change)))
    }

    /// A model of the table.
    static func trained(
        _ change: (inout BoostedTreesRecipe) -> Void = { _ in }, workers: Workers = .single
    ) throws -> TrainedModel {
        try ModelTrainer(recipe(change), workers: workers).train(SmallCredit.table())
    }
}
