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
    /// A thousand rows each.
    static let sets = ["german", "south_german"]

    /// Engines as anyone runs them, which our defaults must be ahead of on average.
    static let untuned = [
        "logistic", "logistic_deciles", "lightgbm_default", "xgboost_default", "histgb_default",
        "catboost_default",
    ]

    /// Engines that were tuned, or are built for sets as small as these: ours may be behind, by less than a standard
    /// error of the paired difference.
    static let tunedOrAdditive = [
        "lightgbm_tuned", "xgboost_tuned", "histgb_tuned", "ebm_main", "ebm_default",
    ]

    @Test("are held against every engine that was measured", arguments: sets)
    func completeness(name: String) throws {
        #expect(Set(Self.untuned + Self.tunedOrAdditive) == Set(try PublicDataSet.named(name).expected.keys))
    }

    @Test("have the better mean of every untuned engine", arguments: sets)
    func aheadOfUntuned(name: String) throws {
        let set = try PublicDataSet.named(name)
        for (measure, ours) in try Self.defaults(on: set) {
            for engine in Self.untuned {
                let worse = try losses(ours, to: engine, of: set, in: measure)
                #expect(mean(worse) < 0, "\(measure) of \(engine)")
            }
        }
    }

    @Test("are behind no engine by a standard error", arguments: sets)
    func withinAStandardError(name: String) throws {
        let set = try PublicDataSet.named(name)
        for (measure, ours) in try Self.defaults(on: set) {
            for engine in Self.untuned + Self.tunedOrAdditive {
                let worse = try losses(ours, to: engine, of: set, in: measure)
                #expect(mean(worse) < standardError(worse), "\(measure) of \(engine)")
            }
        }
    }

    // MARK: Figures

    /// AUC and log loss by fold of boosted trees with their defaults.
    private static func defaults(on set: PublicDataSet) throws -> [String: [Double]] {
        let recipe = Recipe(name: "defaults", target: set.target, model: .boostedTrees(BoostedTreesRecipe()))
        let report = try CrossValidation(recipe, workers: .allProcessors).run(
            set.table, foldNumbers: set.folds)
        return [
            "auc": try report.folds.map { try #require($0.auc) },
            "log_loss": try report.folds.map { try #require($0.logLoss) },
        ]
    }

    /// By how much ours are worse than an engine in each fold.
    private func losses(
        _ ours: [Double], to engine: String, of set: PublicDataSet, in measure: String
    ) throws -> [Double] {
        let theirs = try #require(set.expected[engine]?[measure])
        return zip(ours, theirs).map { measure == "auc" ? $1 - $0 : $0 - $1 }
    }

    private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

    private func standardError(_ values: [Double]) -> Double {
        let center = mean(values)
        let squares = values.reduce(0) { $0 + ($1 - center) * ($1 - center) }
        return (squares / Double(values.count - 1) / Double(values.count)).squareRoot()
    }
}
