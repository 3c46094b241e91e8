import Foundation
import Scoring
import TestSupport

@testable import obligor

/// A folder with simulated obligors and recipes for them.
struct Workbench {
    let folder: TemporaryFolder

    /// A folder with `past.csv` and `new.csv`.
    init(rows: Int = 1_500, defaultRate: Double = 0.15) throws {
        folder = try TemporaryFolder()
        for (name, seed) in [("past.csv", 1), ("new.csv", 2)] {
            let run = Run(
                "simulate-table", "--rows", "\(rows)", "--seed", "\(seed)", "--default-rate",
                "\(defaultRate)",
                "--out",
                folder.path(name))
            guard run.status == .done else { throw CommandFailure.badData(run.error) }
        }
    }

    /// The path of a file in the folder.
    func path(_ name: String) -> String { folder.path(name) }

    /// A small recipe.
    static let recipe = """
        recipe: 1
        name: small
        target: {column: defaulted, default: true}
        id: id
        features: {include: [industry, days_beyond_terms, overdue_share, equity_ratio]}
        folds: {count: 3, seed: 5}
        model: {kind: logistic, penalty: {l2: 1}}

        """

    /// Writes the small recipe with one passage changed.
    func recipe(_ passage: String = "", _ change: String = "") throws -> String {
        let text = passage.isEmpty ? Self.recipe : Self.recipe.replacingOccurrences(of: passage, with: change)
        return try folder.write(text, to: "recipe.yaml")
    }

    /// A small scorecard recipe.
    static let scorecardRecipe = """
        recipe: 1
        name: small card
        target: {column: defaulted, default: true}
        id: id
        features: {exclude: [as_of]}
        folds: {count: 3, seed: 5}
        model:
          kind: scorecard
          binning: {maximumBins: 4, minimumBinShare: 0.1}
          selection: {informationValue: {minimum: 0.05}}

        """

    /// Small boosted trees.
    static let treesRecipe = """
        recipe: 1
        name: small trees
        target: {column: defaulted, default: true}
        id: id
        features: {exclude: [as_of]}
        folds: {count: 3, seed: 5}
        model:
          kind: boosted-trees
          monotone: {days_beyond_terms: rising}
          rounds: 15
          learningRate: 0.3
          leaves: 6
          stopping: {folds: 2, rounds: 5}

        """

    /// A small glass box.
    static let additiveRecipe = """
        recipe: 1
        name: small box
        target: {column: defaulted, default: true}
        id: id
        features: {exclude: [as_of]}
        folds: {count: 3, seed: 5}
        model:
          kind: additive-trees
          monotone: {days_beyond_terms: rising}
          rounds: 40
          learningRate: 0.1
          smoothingRounds: 10
          pairs: {count: 2, cells: 6}
          bags: {count: 2, folds: 4}
          stopping: {rounds: 10}

        """

    /// Trains a small recipe into a run folder.
    func train(_ run: String = "run", _ more: String..., kind: ModelKind = .logistic) throws -> Run {
        let recipe =
            switch kind {
            case .logistic: try recipe()
            case .scorecard: try folder.write(Self.scorecardRecipe, to: "card.yaml")
            case .boostedTrees: try folder.write(Self.treesRecipe, to: "trees.yaml")
            case .additiveTrees: try folder.write(Self.additiveRecipe, to: "additive.yaml")
            }
        return Run(["train", recipe, "--data", path("past.csv"), "--out", path(run)] + more)
    }

    /// The text of a file in the folder.
    func text(_ name: String) throws -> String { try String(contentsOf: folder.file(name), encoding: .utf8) }
}
