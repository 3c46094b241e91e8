import Boosting
import Parallelism
import StrictYAML
import Tables
import Testing

@testable import Scoring

@Suite("Training of boosted trees")
struct BoostedTreesTrainerTests {
    private func refusal(
        _ table: Table? = nil, _ change: (inout BoostedTreesRecipe) -> Void = { _ in }
    ) throws -> TrainingError? {
        let table = try table ?? SmallCredit.table(rows: 200)
        do throws(TrainingError) {
            _ = try ModelTrainer(SmallTrees.recipe(change), workers: .single).train(table)
            return nil
        } catch {
            #expect(!error.description.isEmpty && !error.description.contains("\n"))
            return error
        }
    }

    private func table(_ columns: [Column]) throws -> Table {
        let source = try SmallCredit.table(rows: 200)
        return try Table(columns: columns + [source["id"], source["weight"]].compactMap { $0 })
    }

    @Test("ranks better than chance, and drops what no tree asks about")
    func learning() throws {
        var source = try SmallCredit.table().columns
        source.append(Column(name: "constant", values: .double(Array(repeating: 4, count: 600))))
        source.append(Column(name: "empty", values: .double(Array(repeating: .nan, count: 600))))
        let trained = try ModelTrainer(SmallTrees.recipe(), workers: .single).train(Table(columns: source))
        #expect(try #require(trained.model.metrics["training"]?.auc) > 0.8)
        #expect(Set(trained.report.dropped.map(\.column)).isSuperset(of: ["constant", "empty"]))
        #expect(!trained.model.schema.names.contains("constant"))
        let trees = try #require(trained.model.boostedTrees)
        #expect(trees.forest.askedFeatures == Array(trees.inputs.indices))
        #expect(abs(trees.gainShares.reduce(0, +) - 1) < 1e-9 && trees.gainShares.allSatisfy { $0 > 0 })
    }

    @Test("refuses constraints on columns that are not there, are no variables or have no order")
    func constraints() throws {
        guard
            case .missingColumn("salary", "monotone column", _) = try refusal(
                nil, { $0.monotone = ["salary": .rising] })
        else {
            Issue.record("a direction of no column")
            return
        }
        guard case .badOption("home", _) = try refusal(nil, { $0.monotone = ["home": .rising] }) else {
            Issue.record("a direction of a category")
            return
        }
        guard case .badOption("weight", _) = try refusal(nil, { $0.interactions = [["weight", "home"]] })
        else {
            Issue.record("an interaction of the weight")
            return
        }
    }

    @Test("refuses data that teach nothing")
    func degenerate() throws {
        let source = try SmallCredit.table(rows: 200)
        let outcome = try #require(source["outcome"])
        let constant = Column(name: "x", values: .double(Array(repeating: 1, count: 200)))
        #expect(try refusal(table([constant, outcome])) == .noVariables)
        let paid = Column(
            name: "outcome",
            values: .category(codes: Array(repeating: 0, count: 200), levels: ["paid", "default"]))
        let income = try #require(source["income"])
        guard case .boosting(.nothingToLearn) = try refusal(table([income, paid]), { $0.stopping = .none })
        else {
            Issue.record("one class")
            return
        }
        guard case .folds = try refusal(table([income, paid])) else {
            Issue.record("folds of one class")
            return
        }
        guard case .boosting(.nothingToLearn) = try refusal(nil, { $0.minimumGain = 1e12 }) else {
            Issue.record("no split")
            return
        }
    }

    @Test("fits no more folds than the rarer class has rows")
    func fewDefaults() throws {
        let defaulted = (0..<100).map { $0 < 4 }
        let settings = try TreeSettings(
            BoostedTreesRecipe(), defaulted: defaulted, directions: [0], interactions: [])
        #expect(settings.folds == 4 && settings.isCommittee)
        let none = try TreeSettings(
            BoostedTreesRecipe(stopping: .none), defaulted: defaulted, directions: [0], interactions: [])
        #expect(none.folds == nil && none.boosting.rounds == 200 && none.leaves == [31])
    }

    @Test("groups stay whole in the folds that stop the forests")
    func groups() throws {
        var source = try SmallCredit.table(rows: 300).columns
        source.append(Column(name: "firm", values: .text((0..<300).map { "F\($0 / 100)" })))
        var recipe = SmallTrees.recipe()
        recipe.group = "firm"
        // Three firms make three folds, but not four.
        #expect(throws: Never.self) {
            try ModelTrainer(recipe, workers: .single).train(Table(columns: source))
        }
        var early = BoostedTreesRecipe.EarlyStopping()
        early.folds = 4
        recipe.model = .boostedTrees(SmallTrees.options { $0.stopping = .early(early) })
        #expect(throws: TrainingError.folds(.notEnough(what: "groups", count: 3, folds: 4))) {
            try ModelTrainer(recipe, workers: .single).train(Table(columns: source))
        }
    }

    @Test(
        "recipes are read strictly",
        arguments: [
            ("rounds: 0", "rounds"), ("learningRate: 2", "learningRate"), ("leaves: [8, 8]", "leaves"),
            ("leaves: 1", "leaves"), ("maximumDepth: 0", "maximumDepth"), ("growth: deep", "growth"),
            ("monotone: {income: up}", "monotone"), ("interactions: income", "interactions"),
            ("sampling: {rows: {top: 0.6, other: 0.5}}", "rows"), ("dropout: {share: 1}", "dropout"),
            ("stopping: {folds: 1}", "folds"), ("stopping: {metric: gini}", "metric"), ("seed: -1", "seed"),
            ("bins: {maximum: 1}", "bins"), ("depth: 3", "depth"),
        ])
    func strictness(line: String, key: String) throws {
        let text = """
            recipe: 1
            name: x
            target: {column: outcome, default: default}
            model:
              kind: boosted-trees
              \(line)

            """
        do throws(YAMLError) {
            _ = try Recipe(text, named: "x.yaml")
            Issue.record("\(line) was read")
        } catch {
            #expect(error.description.hasPrefix("x.yaml:6:"), "\(error)")
        }
    }

    @Test("several numbers of leaves need rows left out to choose by")
    func leaves() {
        let text = """
            recipe: 1
            name: x
            target: {column: outcome, default: default}
            model: {kind: boosted-trees, leaves: [4, 8], stopping: none}
            """
        #expect(throws: YAMLError.self) { try Recipe(text) }
    }
}
