import Foundation
import TestSupport
import Testing

@testable import Boosting

/// The German credit data in five fixed folds, beside other engines on the same folds.
@Suite("Training beside other engines", .enabled(if: SharedData.isAvailable, "\(SharedData.absence)"))
struct TrainingOracleTests {
    static let numbers: Set = [
        "duration", "amount", "installment_rate", "residence_since", "age", "existing_credits",
        "people_liable",
    ]

    static func german() throws -> TrainingData {
        let lines = try SharedData.text("data/german_credit/german.csv").split(whereSeparator: \.isNewline)
        let names = try #require(lines.first).split(separator: ",").map(String.init)
        let fields = lines.dropFirst().map { $0.split(separator: ",").map(String.init) }
        var data = TrainingData(names: [], columns: [], outcomes: [])
        for (column, name) in names.enumerated() {
            let texts = fields.map { $0[column] }
            if name == "class" {
                data.outcomes = texts.map { $0 == "2" ? 1 : 0 }
                continue
            }
            data.names.append(name)
            if numbers.contains(name) {
                data.columns.append(.doubles(texts.map { Double($0) ?? .nan }))
            } else {
                let levels = Set(texts).sorted()
                let codes = Dictionary(uniqueKeysWithValues: levels.enumerated().map { ($1, UInt32($0)) })
                data.columns.append(.categories(texts.map { codes[$0] ?? .max }, levels: levels.count))
            }
        }
        return data
    }

    static func folds() throws -> [Int] {
        try SharedData.text("oracles/cv/folds/german.csv.gz").split(whereSeparator: \.isNewline).dropFirst()
            .map {
                Int($0.split(separator: ",")[1]) ?? -1
            }
    }

    /// Mean AUC and log loss over the folds.
    static func measured(_ train: (TrainingData) throws -> Forest) throws -> (auc: Double, loss: Double) {
        let data = try german()
        let folds = try folds()
        var (auc, loss) = (0.0, 0.0)
        for fold in 0..<5 {
            let test = data.rows(folds.indices.filter { folds[$0] == fold })
            let forest = try train(data.rows(folds.indices.filter { folds[$0] != fold }))
            let scores = (0..<test.rowCount).map { forest.rawScores(of: Samples.row($0, of: test))[0] }
            auc +=
                RankMeasures.auc(
                    scores: scores, outcomes: test.outcomes,
                    weights: [Double](repeating: 1, count: test.rowCount)) / 5
            loss += Samples.logLoss(forest, test) / 5
        }
        return (auc, loss)
    }

    static func peer(_ model: String) throws -> (auc: Double, loss: Double) {
        let oracle = try Oracle(shared: "cv/german.json")
        let auc = try oracle("expected", model, "auc").numbers
        let loss = try oracle("expected", model, "log_loss").numbers
        return (auc.reduce(0, +) / 5, loss.reduce(0, +) / 5)
    }

    @Test("with LightGBM's settings it is as accurate as LightGBM")
    func sameSettings() throws {
        let ours = try Self.measured { data in
            var options = BoostingOptions()
            options.rounds = 100
            options.learningRate = 0.1
            return try BoostedTrees(options: options).train(data).forest
        }
        let theirs = try Self.peer("lightgbm_default")
        // One and a half standard errors of the paired difference over folds.
        #expect(ours.auc > theirs.auc - 0.01)
        #expect(ours.loss < theirs.loss + 0.015)
    }

    @Test("with its own defaults it beats a plain logistic regression on a thousand rows")
    func defaults() throws {
        let ours = try Self.measured { data in
            let rate = data.outcomes.reduce(0, +) / Double(data.rowCount)
            var trainer = try BaggedTrees.defaults(
                rows: data.rowCount, features: data.columns.count, hessian: rate * (1 - rate))
            // Fewer, larger steps than the defaults take, so that the test stays short.
            var options = trainer.options
            options.learningRate = 0.15
            options.earlyStoppingRounds = 15
            trainer = try BaggedTrees(options: options, folds: 5, leafCandidates: [8])
            return try trainer.train(data).forest
        }
        let logistic = try Self.peer("logistic")
        #expect(ours.auc > logistic.auc)
        #expect(ours.loss < logistic.loss)
    }
}
