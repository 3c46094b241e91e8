import Foundation
import Parallelism
import Scoring
import TestSupport
import Testing

/// Small data, on which boosters with their defaults lose to a plain logistic regression; ours must not.
///
/// Ten forests of up to 3,000 trees in each of five folds: for optimised builds (`make validate`).
@Suite(
    "Boosted trees with untouched defaults beside other engines, fold by fold",
    .enabled(
        if: SharedData.isAvailable && ProcessInfo.processInfo.environment["OBLIGOR_FULL_VALIDATION"] == "1",
        "\(SharedData.isAvailable ? "for make validate" : SharedData.absence)"))
struct DefaultsBesidePeersTests {
    /// By how much we are worse in each fold.
    private func losses(_ ours: [Double], _ theirs: [Double], higherIsBetter: Bool) -> [Double] {
        zip(ours, theirs).map { (higherIsBetter ? $1 - $0 : $0 - $1) }
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private func standardError(_ values: [Double]) -> Double {
        let center = mean(values)
        let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
        return (squares / Double(values.count - 1) / Double(values.count)).squareRoot()
    }

    @Test(
        "are ahead of logistic regression, and no engine is ahead by a standard error",
        arguments: ["german", "south_german"])
    func defaults(name: String) throws {
        let set = try PublicDataSet.named(name)
        let recipe = Recipe(name: name, target: set.target, model: .boostedTrees(BoostedTreesRecipe()))
        let report = try CrossValidation(recipe, workers: .allProcessors).run(
            set.table, foldNumbers: set.folds)
        let figures: [String: [Double]] = [
            "auc": try report.folds.map { try #require($0.auc) },
            "log_loss": try report.folds.map { try #require($0.logLoss) },
        ]
        for (measure, ours) in figures {
            let isAUC = measure == "auc"
            for (engine, theirs) in set.expected {
                let worse = losses(ours, try #require(theirs[measure]), higherIsBetter: isAUC)
                // EBM with pairs is the one whose defaults suit a thousand rows better.
                if engine.hasPrefix("logistic") || engine.hasSuffix("_default"), engine != "ebm_default" {
                    #expect(mean(worse) < 0, "\(measure) of \(engine)")
                }
                #expect(mean(worse) < standardError(worse), "\(measure) of \(engine)")
            }
        }
    }
}
