import Boosting
import Parallelism
import StrictYAML
import Tables
import TestSupport
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

    @Test(
        "leaves are penalised as by so many rows at the base rate, whatever the rate and the scale of weights"
    )
    func penalty() throws {
        func penalty(_ defaulted: [Bool], _ weights: [Double]?) throws -> Double {
            try TreeSettings(
                BoostedTreesRecipe(), defaulted: defaulted, weights: weights, directions: [0],
                interactions: []
            ).boosting.l2
        }
        let half = try penalty((0..<100).map { $0 < 50 }, nil)
        expectClose(half, 2, absolute: 1e-12)
        let defaulted = (0..<100).map { $0 < 4 }
        let few = try penalty(defaulted, nil)
        expectClose(few, 8 * 0.04 * 0.96, absolute: 1e-12)
        let ones = try penalty(defaulted, [Double](repeating: 1, count: 100))
        expectClose(ones, few, absolute: 1e-12)
        // Defaults of weight 24 are half of all weight, and a row weighs 1.92 in the mean.
        let weights = defaulted.map { $0 ? 24.0 : 1.0 }
        let weighted = try penalty(defaulted, weights)
        expectClose(weighted, 1.92 * half, absolute: 1e-12)
        let heavier = try penalty(defaulted, weights.map { $0 * 1000 })
        expectClose(heavier, 1000 * weighted, absolute: 1e-9)
    }

    @Test("whatever is weighed against weights follows their scale, unless the recipe says how much")
    func scaleOfWeights() throws {
        let defaulted = (0..<100).map { $0 < 4 }
        for scale in [0x1p-10, 1, 0x1p10] {
            let weights = [Double](repeating: scale, count: 100)
            let usual = try TreeSettings(
                BoostedTreesRecipe(), defaulted: defaulted, weights: weights, directions: [0],
                interactions: []
            ).boosting
            #expect(usual.minimumHessianInLeaf == 1e-3 * scale)
            #expect(usual.categorySmoothing == 10 * scale && usual.categoryL2 == 10 * scale)
            var stated = BoostedTreesRecipe(minimumHessianInLeaf: 0.5)
            (stated.categories.smoothing, stated.categories.l2) = (3, 2)
            let told = try TreeSettings(
                stated, defaulted: defaulted, weights: weights, directions: [0], interactions: []
            ).boosting
            #expect(told.minimumHessianInLeaf == 0.5 && told.categorySmoothing == 3 && told.categoryL2 == 2)
            let glass = AdditiveSettings(
                AdditiveTreesRecipe(), defaulted: defaulted, weights: weights, directions: [0],
                workers: .single
            ).additive
            #expect(glass.minimumHessianInLeaf == 1e-3 * scale && glass.categorySmoothing == 10 * scale)
            #expect(glass.l2 == scale)
        }
    }

    @Test("refuses trees too large for a proof before it grows them")
    func unprovable() throws {
        let defaulted = (0..<200_000).map { $0 % 10 == 0 }
        func refusal(_ recipe: BoostedTreesRecipe, _ direction: Int8 = 1) throws -> BoostingError? {
            do {
                _ = try TreeSettings(recipe, defaulted: defaulted, directions: [direction], interactions: [])
                return nil
            } catch { return error }
        }
        let wide = BoostedTreesRecipe(leaves: [6, 9_000], minimumRowsInLeaf: 20)
        guard case .badOption("leaves", "9000", let expected)? = try refusal(wide) else {
            Issue.record("9,000 leaves")
            return
        }
        #expect(expected.contains("proved"))
        let many = BoostedTreesRecipe(rounds: 400, leaves: [8_000], minimumRowsInLeaf: 20, stopping: .none)
        guard case .badOption("rounds", "400", _)? = try refusal(many) else {
            Issue.record("400 trees of 8,000 leaves")
            return
        }
        // Without a direction they may be as large as they like; rows and depth keep them small all the same.
        #expect(try refusal(wide, 0) == nil)
        #expect(try refusal(BoostedTreesRecipe(leaves: [9_000], minimumRowsInLeaf: 100)) == nil)
        #expect(
            try refusal(BoostedTreesRecipe(leaves: [9_000], maximumDepth: 10, minimumRowsInLeaf: 1)) == nil)
    }

    @Test("whatever the engine can be asked for, a recipe can ask for")
    func everyOption() throws {
        var early = BoostedTreesRecipe.EarlyStopping()
        (early.rounds, early.metric, early.regrow) = (7, .rps, false)
        var categories = BoostedTreesRecipe.Categories()
        (categories.oneHotLevels, categories.smoothing, categories.l2) = (3, 2, 1)
        let recipe = BoostedTreesRecipe(
            rounds: 11, learningRate: 0.3, growth: .depthWise, leaves: [9], maximumDepth: 4,
            minimumRowsInLeaf: 13, minimumHessianInLeaf: 0.5, minimumGain: 0.25, l1: 0.125, l2: 3,
            maximumLeafValue: 2, maximumBins: 99, minimumRowsInBin: 8, rows: .bagging(share: 0.45),
            columnShare: 0.35, columnShareOfSplit: 0.55, dropout: .init(share: 0.2, skip: 0.3),
            categories: categories, monotoneMethod: .basic, stopping: .early(early), recalibrate: false,
            seed: 77)
        let settings = try TreeSettings(
            recipe, defaulted: (0..<400).map { $0 % 3 == 0 }, directions: [1, 0], interactions: [[0, 1]])
        let usual = try BaggedTrees.defaults(rows: 400, features: 2, hessian: 0.2).options
        // What depends on the model, the machine or the number of leaves that is tried.
        let others: Set = ["objective", "baseScores", "threads", "maximumLeaves"]
        for ((name, value), (_, old)) in zip(
            Mirror(reflecting: settings.boosting).children, Mirror(reflecting: usual).children)
        {
            let name = try #require(name)
            let isOther = others.contains(name)
            #expect((String(describing: value) == String(describing: old)) == isOther, "\(name)")
        }
        #expect(settings.leaves == [9] && !settings.regrows && !settings.recalibrates)
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
            ("stopping: {folds: 1}", "folds"), ("stopping: {metric: gini}", "metric"),
            ("stopping: {regrow: 2}", "regrow"), ("recalibrate: 1", "recalibrate"),
            ("seed: -1", "seed"),
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

    @Test("log-odds are set right by rows left out alone")
    func recalibration() throws {
        func recipe(_ recalibrate: Bool) throws -> Recipe {
            try Recipe(
                """
                recipe: 1
                name: x
                target: {column: outcome, default: default}
                model: {kind: boosted-trees, recalibrate: \(recalibrate), stopping: none}
                """)
        }
        #expect(throws: YAMLError.self) { try recipe(true) }
        #expect(throws: Never.self) { try recipe(false) }
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
