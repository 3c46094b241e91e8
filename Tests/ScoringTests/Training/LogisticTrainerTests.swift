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

    @Test("the one-standard-error rule takes no more features than the minimum")
    func choice() throws {
        func count(_ choice: LogisticRecipe.PathOptions.Choice) throws -> Int {
            let penalty = LogisticRecipe.Penalty.elasticNet(
                alpha: 1, strength: .crossValidated(.init(count: 30, ratio: 1e-3, choice: choice)))
            return try Self.coefficients(LogisticRecipe(penalty: penalty)).values.count { $0 != 0 }
        }
        let (minimum, sparse) = (try count(.minimum), try count(.oneStandardError))
        #expect(sparse > 0)
        #expect(sparse <= minimum)
    }

    @Test("refuses a sign for a category and bounds with Firth's correction")
    func refusals() {
        #expect(throws: TrainingError.self) {
            try Self.coefficients(LogisticRecipe(signs: ["home": .riskRises]))
        }
        #expect(throws: TrainingError.self) {
            try Self.coefficients(LogisticRecipe(bounds: ["nothing": .init(lower: 0)]))
        }
        #expect(throws: TrainingError.self) {
            try Self.coefficients(LogisticRecipe(penalty: .firth, signs: ["income": .riskFalls]))
        }
    }
}
