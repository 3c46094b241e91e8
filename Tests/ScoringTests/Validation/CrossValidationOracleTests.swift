import Foundation
import Scoring
import TestSupport
import Testing

@Suite(
    "Cross-validation on public data",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct CrossValidationOracleTests {
    /// scikit-learn's pipeline: medians without flags, standardised numbers, one feature for every level, levels
    /// under ten rows pooled, and C = 1.
    static let scikitLearn = LogisticRecipe(
        encoding: EncodingOptions(
            standardise: true, missing: .median, caps: nil, minimumLevelCount: 10, reference: .none),
        penalty: .l2(1))

    struct Reference: Decodable {
        struct Figures: Decodable { let auc, logLoss, brier: [Double] }
        let sets: [String: Figures]
    }

    @Test("equals scikit-learn's logistic regression fold by fold", arguments: ["german", "hmeq", "taiwan"])
    func logistic(name: String) throws {
        let set = try PublicDataSet.named(name)
        let recipe = Recipe(name: name, target: set.target, model: .logistic(Self.scikitLearn))
        let report = try CrossValidation(recipe).run(set.table, foldNumbers: set.folds)
        let fixture = try #require(
            Bundle.module.url(
                forResource: "scikit-learn-cross-validation", withExtension: "json", subdirectory: "Fixtures")
        )
        let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: fixture))
        let expected = try #require(reference.sets[name])
        // Both end within rounding of the optimum, so that no pair of rows changes places.
        expectClose(report.folds.map { $0.auc ?? .nan }, expected.auc, absolute: 1e-9, "AUC")
        expectClose(report.folds.map { $0.logLoss ?? .nan }, expected.logLoss, absolute: 1e-9, "log loss")
        expectClose(report.folds.map { $0.brier ?? .nan }, expected.brier, absolute: 1e-9, "Brier")
        // With scikit-learn's default solver, which stops early, single pairs of rows differ.
        let early = try #require(set.expected["logistic"]?["auc"])
        expectClose(report.folds.map { $0.auc ?? .nan }, early, absolute: 5e-4, "AUC, default solver")
    }
}
