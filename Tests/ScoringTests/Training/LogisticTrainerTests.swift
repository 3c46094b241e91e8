import Parallelism
import TestSupport
import Testing

@testable import Scoring

@Suite("Training a logistic model by recipe")
struct LogisticTrainerTests {
    static func coefficients(_ logistic: LogisticRecipe) throws -> [String: Double] {
        let model = try ModelTrainer(SmallCredit.recipe(.logistic(logistic)), workers: .single).train(
            try SmallCredit.table()
        ).model
        guard case .logistic(let parts) = model.form else {
            Issue.record("not a logistic model")
            return [:]
        }
        return Dictionary(uniqueKeysWithValues: parts.coefficients.map { ($0.name, $0.value) })
    }

    @Test("a sign that the data has changes nothing, one that it has not holds the coefficient at 0")
    func signs() throws {
        let free = try Self.coefficients(LogisticRecipe())
        let income = try #require(free["income"])
        try #require(income < 0)
        let agreeing = try Self.coefficients(LogisticRecipe(signs: ["income": .riskFalls]))
        for (name, value) in free { expectClose(try #require(agreeing[name]), value, relative: 1e-5, name) }
        let opposed = try Self.coefficients(LogisticRecipe(signs: ["income": .riskRises]))
        #expect(opposed["income"] == 0)
        #expect(opposed["delay"] != free["delay"])
    }

    @Test("bounds hold, with and without a ridge", arguments: [LogisticRecipe.Penalty.none, .l2(1)])
    func bounds(penalty: LogisticRecipe.Penalty) throws {
        let free = try Self.coefficients(LogisticRecipe(penalty: penalty))
        let income = try #require(free["income"])
        let bounded = try Self.coefficients(
            LogisticRecipe(penalty: penalty, bounds: ["income": .init(lower: income / 2)]))
        expectClose(try #require(bounded["income"]), income / 2, relative: 1e-12)
    }

    @Test("an elastic net at a large penalty is empty, at a tiny one nearly maximum likelihood")
    func elasticNet() throws {
        let empty = try Self.coefficients(
            LogisticRecipe(penalty: .elasticNet(alpha: 1, strength: .fixed(10))))
        #expect(empty.values.allSatisfy { $0 == 0 })
        let free = try Self.coefficients(LogisticRecipe())
        let tiny = try Self.coefficients(
            LogisticRecipe(penalty: .elasticNet(alpha: 1, strength: .fixed(1e-9))))
        // A penalty of 1e-9 moves a coefficient by about that times its variance.
        for (name, value) in free { expectClose(try #require(tiny[name]), value, absolute: 1e-4, name) }
    }

    /// The penalty by its definition on the same folds: the least mean deviance, and the largest penalty whose mean is
    /// within one standard error of it.
    @Test(
        "cross-validation takes the penalty of its rule",
        arguments: LogisticRecipe.PathOptions.Choice.allCases)
    func choice(rule: LogisticRecipe.PathOptions.Choice) throws {
        let options = LogisticRecipe.PathOptions(count: 30, ratio: 1e-3, folds: 4, seed: 9, choice: rule)
        let recipe = SmallCredit.recipe(
            .logistic(LogisticRecipe(penalty: .elasticNet(alpha: 0.7, strength: .crossValidated(options)))))
        let trained = try ModelTrainer(recipe, workers: .single).train(try SmallCredit.table())
        guard case .logistic(let model) = trained.model.form else {
            Issue.record("not a logistic model")
            return
        }
        let data = try TrainingData(try SmallCredit.table(), recipe: recipe)
        let folds = try data.folds(FoldOptions(count: 4, seed: 9), recipe: recipe)
        var netOptions = ElasticNetOptions(mixing: 0.7, workers: .single)
        netOptions.grid = .automatic(count: 30, ratio: 1e-3)
        let validation = try ElasticNet(netOptions).crossValidated(
            try model.encoding.matrix(of: data.table), defaulted: data.defaulted, weights: data.weights,
            names: model.encoding.featureNames, folds: folds.ofRow)
        let scores = validation.scores
        let least = try #require(scores.indices.min { scores[$0].meanDeviance < scores[$1].meanDeviance })
        let limit = scores[least].meanDeviance + scores[least].standardError
        let expected =
            rule == .minimum ? least : try #require(scores.indices.first { scores[$0].meanDeviance <= limit })
        #expect(rule == .minimum || expected < least)
        let point = validation.path.points[expected]
        #expect(model.intercept == point.coefficients[0])
        #expect(model.coefficients.map(\.value) == Array(point.coefficients.dropFirst()))
        #expect(
            trained.report.remarks.contains {
                $0.hasPrefix("penalty \(point.penalty) chosen from \(scores.count) by 4")
            })
    }

    @Test("refuses a sign for a category and bounds with Firth's correction")
    func refusals() {
        #expect(
            throws: TrainingError.badOption(
                column: "home",
                reason:
                    "a sign needs a column of numbers in the model; bound the levels of a category instead")
        ) {
            try Self.coefficients(LogisticRecipe(signs: ["home": .riskRises]))
        }
        #expect(throws: TrainingError.bounded(.bounds(.unknownColumns(["nothing"])))) {
            try Self.coefficients(LogisticRecipe(bounds: ["nothing": .init(lower: 0)]))
        }
        #expect(
            throws: TrainingError.badOption(
                column: "penalty",
                reason: "Firth's correction knows no bounds or signs; use l2 or leave them out")
        ) {
            try Self.coefficients(LogisticRecipe(penalty: .firth, signs: ["income": .riskFalls]))
        }
    }
}
