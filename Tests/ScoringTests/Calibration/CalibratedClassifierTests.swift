import Foundation
import Parallelism
import Scoring
import Statistics
import TestSupport
import Testing
import Vocabulary

/// HMEQ and Taiwan, cross-validated on the same folds as scikit-learn's CalibratedClassifierCV.
///
/// No worse means that the interval of the paired difference, by a bootstrap of the rows, holds 0 or lies below it.
@Suite(
    "Calibrated models are calibrated no worse than scikit-learn's",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct CalibratedClassifierTests {
    struct Reference: Decodable {
        struct Figures: Decodable { let calibrationError, brier: Double }
        let sets: [String: [String: Figures]]
    }

    /// Rows in the order of their PDs, for figures of many replicates.
    private struct Forecasts {
        let pds: [Double]
        let defaulted: [Bool]
        private let order: [Int]

        init(_ pds: [Double], _ defaulted: [Bool]) {
            self.pds = pds
            self.defaulted = defaulted
            order = pds.indices.sorted { (pds[$0], $0) < (pds[$1], $1) }
        }

        /// Σ |defaults − expected| ÷ n over tenths of rising PD, and the mean squared error, of rows that count so
        /// often.
        func figures(_ weights: [Double]) -> (calibrationError: Double, brier: Double) {
            let total = weights.reduce(0, +)
            var (seen, squares) = (0.0, 0.0)
            var gaps = [Double](repeating: 0, count: 10)
            for row in order where weights[row] > 0 {
                let gap = (defaulted[row] ? 1 : 0) - pds[row]
                squares += weights[row] * gap * gap
                gaps[min(9, Int(10 * seen / total))] += weights[row] * gap
                seen += weights[row]
            }
            return (gaps.reduce(0) { $0 + abs($1) } / total, squares / total)
        }
    }

    /// The PDs of scikit-learn by row, with its own figures of them.
    private func reference(
        _ name: String
    ) throws -> (table: ReferenceTable, figures: [String: Reference.Figures]) {
        func fixture(_ name: String, _ kind: String) throws -> URL {
            try #require(
                Bundle.module.url(forResource: name, withExtension: kind, subdirectory: "Fixtures"))
        }
        let figures = try JSONDecoder().decode(
            Reference.self, from: Data(contentsOf: fixture("scikit-learn-calibration", "json")))
        return (
            try ReferenceTable(file: fixture("scikit-learn-calibration-\(name)", "csv.gz")),
            try #require(figures.sets[name])
        )
    }

    /// Holds a model, calibrated by Platt's line and by isotonic steps, against theirs.
    private func compare(_ model: Recipe.Model, with kind: String, on name: String) throws {
        let set = try PublicDataSet.named(name)
        let (table, figures) = try reference(name)
        for (method, key) in [(CalibrationRecipe.Method.platt, "sigmoid"), (.isotonic, "isotonic")] {
            let recipe = Recipe(
                name: "calibrated", target: set.target, model: model, calibration: .init(method: method))
            let report = try CrossValidation(recipe).run(set.table, foldNumbers: set.folds)
            let ours = Forecasts(
                report.logOdds.map(ProbabilityOfDefault.value(ofLogOdds:)), report.defaulted)
            let theirs = Forecasts(try table.numbers("\(kind) \(key)"), report.defaulted)
            let even = [Double](repeating: 1, count: report.defaulted.count)
            // The stored PDs, of six decimals, are those of the figures.
            let stated = try #require(figures["\(kind) \(key)"])
            expectClose(theirs.figures(even).brier, stated.brier, absolute: 2e-6)
            expectClose(theirs.figures(even).calibrationError, stated.calibrationError, absolute: 2e-4)
            let bootstrap = try ClusterBootstrap(rows: report.defaulted.count)
            let generator = SeededGenerator(seed: 5)
            let gaps = Workers.allProcessors.map(200) { replicate in
                let weights = bootstrap.weights(ofReplicate: replicate, generator: generator)
                let (mine, other) = (ours.figures(weights), theirs.figures(weights))
                return (mine.calibrationError - other.calibrationError, mine.brier - other.brier)
            }
            for (figure, differences) in [("ECE", gaps.map(\.0)), ("Brier", gaps.map(\.1))] {
                // The lower end of the interval of 95 %.
                let lower = try SampleQuantiles(differences).value(0.025, rule: .inverseCDF)
                let mine = ours.figures(even)
                #expect(lower <= 0, "\(name), \(kind) \(key): \(figure) from \(lower), ours \(mine)")
            }
        }
    }

    /// HMEQ in every run, Taiwan with the full simulations.
    static let sets = ValidationSimulationTests.isFull ? ["hmeq", "taiwan"] : ["hmeq"]

    /// The same logistic regression; what differs is how its training rows are dealt for the calibration.
    @Test(arguments: sets)
    func logistic(name: String) throws {
        try compare(.logistic(CrossValidationOracleTests.scikitLearn), with: "logistic", on: name)
    }

    /// The committee that boosted trees are by default, as theirs is an ensemble over folds; some minutes, so with the
    /// full simulations only.
    @Test(.enabled(if: ValidationSimulationTests.isFull)) func committee() throws {
        try compare(.boostedTrees(BoostedTreesRecipe()), with: "boosted", on: "hmeq")
    }
}
