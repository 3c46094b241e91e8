import Foundation
import Results
import Scoring
import StrictYAML
import TestSupport
import Testing

@testable import obligor

@Suite("Shipped recipes are recipes")
struct ShippedRecipeTests {
    static let folder = Golden.checkout.appending(path: "models/recipes")

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".yaml") }.sorted()
    }()

    @Test(arguments: names)
    func everyOneIsRead(name: String) throws {
        let recipe = try Recipe(contentsOf: Self.folder.appending(path: name))
        #expect(!recipe.name.isEmpty && recipe.description != nil)
    }

    @Test func everyPublicSetHasAnEndToEndTest() {
        let tested = Set(
            (PublicRecipeTests.cases + BoostedRecipeTests.cases + AdditiveRecipeTests.cases).map {
                "\($0.recipe).yaml"
            })
        let own =
            Self.names.filter { $0.hasPrefix("simulated_") || $0.hasPrefix("template") }
            + ["sample_ledger_scorecard.yaml"]
        // FeaturesCommandTests takes the invoices from ledger to evaluation.
        let elsewhere = ["invoices_late_logistic.yaml"]
        #expect(Set(Self.names).subtracting(tested).subtracting(own + elsewhere).isEmpty)
    }
}

@Suite("Templates explain every key")
struct TemplateTests {
    static let names = [
        "template.yaml", "template_logistic.yaml", "template_boosted_trees.yaml",
        "template_additive_trees.yaml",
    ]

    private func text(_ name: String) throws -> String {
        try String(contentsOf: ShippedRecipeTests.folder.appending(path: name), encoding: .utf8)
    }

    @Test(arguments: names)
    func theyRunAsTheyAre(name: String) throws {
        let bench = try Workbench(rows: 2_000)
        let run = Run(
            "train", ShippedRecipeTests.folder.appending(path: name).path, "--data", bench.path("past.csv"),
            "--out",
            bench.path("run"))
        #expect(run.status == .done, "\(run.error)")
    }

    /// A stray key in each group of keys makes the reader list the keys it knows there.
    @Test(arguments: names)
    func everyKnownKeyIsThere(name: String) throws {
        let text = try text(name)
        // The keys above `model` are explained in the first.
        let explained = text + (try self.text(Self.names[0]))
        var groups = 0
        for position in try starts(of: YAMLReader().read(text)) {
            do throws(YAMLError) { _ = try Recipe(strayKey(in: text, at: position)) } catch {
                guard case .unknownKey(_, "stray", let path, let allowed, _) = error else { continue }
                groups += 1
                for key in allowed {
                    #expect(explained.firstMatch(of: try Regex("\\b\(key):")) != nil, "\(key) in '\(path)'")
                }
            }
        }
        #expect(groups >= 5)
    }

    /// Where each group of keys begins.
    private func starts(of node: YAMLNode) -> [YAMLPosition] {
        switch node.content {
        case .scalar: []
        case .list(let items): items.flatMap(starts)
        case .mapping(let entries):
            entries.prefix(1).map(\.position) + entries.flatMap { starts(of: $0.value) }
        }
    }

    private func strayKey(in text: String, at position: YAMLPosition) -> String {
        var lines = text.components(separatedBy: "\n")
        let line = lines[position.line - 1]
        let before = String(line.prefix(position.column - 1))
        let isBlock = before.allSatisfy { $0 == " " }
        lines[position.line - 1] =
            before + (isBlock ? "stray: 1\n\(before)" : "stray: 1, ") + line.dropFirst(position.column - 1)
        return lines.joined(separator: "\n")
    }
}

@Suite(
    "Shipped recipes run end to end on public data",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct PublicRecipeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let recipe: String
        let data: String
        let folds: String
        let rows: Int
        let defaults: Int
        /// What the recipe is to reach, as a mean over the five folds.
        let auc: Double
        let logLoss: Double

        var testDescription: String { recipe }
        var dataPath: String { SharedData.file("data/\(data)").path }
        var foldsPath: String { SharedData.file("oracles/cv/folds/\(folds).csv.gz").path }
        var recipePath: String { ShippedRecipeTests.folder.appending(path: "\(recipe).yaml").path }

        init(
            _ recipe: String, _ data: String, folds: String, rows: Int, defaults: Int, auc: Double,
            logLoss: Double
        ) {
            self.recipe = recipe
            self.data = data
            self.folds = folds
            self.rows = rows
            self.defaults = defaults
            self.auc = auc
            self.logLoss = logLoss
        }
    }

    static let german = ("german_credit/german.csv", "german", 1_000, 300)
    static let southGerman = ("south_german_credit/south_german.csv", "south_german", 1_000, 300)
    static let hmeq = ("hmeq/hmeq.csv", "hmeq", 5_960, 1_189)
    static let taiwan = ("taiwan_credit_default/UCI_Credit_Card.csv.gz", "taiwan", 30_000, 6_636)
    static let polish = ("polish_bankruptcy/1year.csv.gz", "polish_1year", 7_027, 271)
    static let corporate = ("corporate_rating/corporate_rating.csv.gz", "corporate", 2_029, 864)

    static func on(
        _ set: (data: String, folds: String, rows: Int, defaults: Int), _ recipe: String, auc: Double,
        logLoss: Double
    ) -> Case {
        Case(
            recipe, set.data, folds: set.folds, rows: set.rows, defaults: set.defaults, auc: auc,
            logLoss: logLoss)
    }

    /// Logistic recipes hold what they reach (cut after the third digit); scorecards hold the decile-binned
    /// logistic of the reference table.
    static let cases = [
        on(german, "german_scorecard", auc: 0.7870, logLoss: 0.4974),
        on(southGerman, "south_german_scorecard", auc: 0.7875, logLoss: 0.4981),
        on(hmeq, "hmeq_scorecard", auc: 0.9143, logLoss: 0.2797),
        on(taiwan, "taiwan_scorecard", auc: 0.7750, logLoss: 0.4325),
        on(polish, "polish_1year_scorecard", auc: 0.8843, logLoss: 0.1071),
        on(corporate, "corporate_scorecard", auc: 0.8193, logLoss: 0.5143),
        on(german, "german_logistic", auc: 0.790, logLoss: 0.497),
        on(southGerman, "south_german_logistic", auc: 0.789, logLoss: 0.499),
        on(hmeq, "hmeq_logistic", auc: 0.907, logLoss: 0.279),
        on(hmeq, "hmeq_logistic_plain", auc: 0.804, logLoss: 0.389),
        on(taiwan, "taiwan_logistic", auc: 0.724, logLoss: 0.466),
        on(polish, "polish_1year_logistic", auc: 0.907, logLoss: 0.095),
        on(corporate, "corporate_logistic", auc: 0.807, logLoss: 0.533),
    ]

    @Test(arguments: cases)
    func crossValidation(of set: Case) throws {
        let run = Run(
            "cross-validate", set.recipePath, "--data", set.dataPath, "--folds", set.foldsPath, "--json")
        #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
        let record = try JSONDecoder().decode(CrossValidationRecord.self, from: Data(run.output.utf8))
        #expect(record.folds.count == 5)
        #expect(record.mean.rows == set.rows && record.mean.defaults == set.defaults)
        #expect(try #require(record.mean.auc) >= set.auc)
        #expect(try #require(record.mean.logLoss) <= set.logLoss)
        if let expected = try Self.scikitLearn(set) {
            // Both end at the optimum, where no pair of rows changes places.
            expectClose(record.folds.map { $0.auc ?? .nan }, expected.auc, absolute: 1e-9, "AUC")
            expectClose(record.folds.map { $0.logLoss ?? .nan }, expected.logLoss, absolute: 1e-9, "log loss")
        }
    }

    @Test(arguments: cases)
    func trainingToRatings(with set: Case) throws {
        let folder = try TemporaryFolder()
        let trained = Run("train", set.recipePath, "--data", set.dataPath, "--out", folder.path("run"))
        #expect(trained.status == .done && trained.error.isEmpty, "\(trained.error)")
        let run = try RunFolder(folder.file("run"))
        let training = try #require(try run.validation()?.samples.first)
        #expect(training.performance.rows == set.rows && training.performance.defaults == set.defaults)
        let evaluated = Run("evaluate", folder.path("run"), "--data", set.dataPath, "--json")
        #expect(
            try JSONDecoder().decode(PerformanceRecord.self, from: Data(evaluated.output.utf8))
                == training.performance)
        let scored = Run("score", folder.path("run"), "--data", set.dataPath, "--out", "-")
        #expect(scored.status == .done, "\(scored.error)")
        #expect(scored.output.split(separator: "\n").count == set.rows + 1)
    }

    /// The optimum of scikit-learn's logistic regression by fold, for the recipes that are set up like it.
    private static func scikitLearn(_ set: Case) throws -> (auc: [Double], logLoss: [Double])? {
        struct Reference: Decodable {
            struct Figures: Decodable { let auc, logLoss: [Double] }
            let sets: [String: Figures]
        }
        guard ["german_logistic", "hmeq_logistic_plain", "taiwan_logistic"].contains(set.recipe) else {
            return nil
        }
        let fixture = Golden.checkout.appending(
            path: "Tests/ScoringTests/Fixtures/scikit-learn-cross-validation.json")
        let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: fixture))
        let figures = try #require(reference.sets[set.folds])
        return (figures.auc, figures.logLoss)
    }
}

@Suite(
    "Shipped recipes of boosted trees run on public data",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct BoostedRecipeTests {
    typealias Case = PublicRecipeTests.Case

    /// Recipes that state no option of their own reach what the defaults reach (cut after the third digit).
    static let cases = [
        PublicRecipeTests.on(PublicRecipeTests.german, "german_boosted", auc: 0.799, logLoss: 0.489),
        PublicRecipeTests.on(
            PublicRecipeTests.southGerman, "south_german_boosted", auc: 0.792, logLoss: 0.495),
        PublicRecipeTests.on(PublicRecipeTests.hmeq, "hmeq_boosted", auc: 0.971, logLoss: 0.170),
        PublicRecipeTests.on(PublicRecipeTests.taiwan, "taiwan_boosted", auc: 0.785, logLoss: 0.426),
        PublicRecipeTests.on(PublicRecipeTests.polish, "polish_1year_boosted", auc: 0.952, logLoss: 0.068),
        PublicRecipeTests.on(PublicRecipeTests.corporate, "corporate_boosted", auc: 0.847, logLoss: 0.482),
    ]

    /// Without optimisation growing some dozen forests takes minutes.
    private static let isOptimised = !_isDebugAssertConfiguration()

    @Test(.enabled(if: isOptimised, "takes minutes without optimisation"), arguments: cases)
    func crossValidation(of set: Case) throws {
        let run = Run(
            "cross-validate", set.recipePath, "--data", set.dataPath, "--folds", set.foldsPath, "--json")
        #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
        let record = try JSONDecoder().decode(CrossValidationRecord.self, from: Data(run.output.utf8))
        #expect(record.mean.rows == set.rows && record.mean.defaults == set.defaults)
        #expect(try #require(record.mean.auc) >= set.auc)
        #expect(try #require(record.mean.logLoss) <= set.logLoss)
    }

    /// The recipe with few small trees: the same columns, roles and schema.
    private func short(_ set: Case, in folder: TemporaryFolder) throws -> String {
        let text = try String(contentsOfFile: set.recipePath, encoding: .utf8)
        return try folder.write(
            text + "  rounds: 8\n  learningRate: 0.3\n  leaves: 6\n  stopping: none\n", to: "short.yaml")
    }

    @Test(arguments: cases)
    func trainingToRatings(with set: Case) throws {
        let folder = try TemporaryFolder()
        let trained = Run(
            "train", try short(set, in: folder), "--data", set.dataPath, "--out", folder.path("run"))
        #expect(trained.status == .done && trained.error.isEmpty, "\(trained.error)")
        let training = try #require(try RunFolder(folder.file("run")).validation()?.samples.first)
        #expect(training.performance.rows == set.rows && training.performance.defaults == set.defaults)
        #expect(try #require(training.performance.auc) > set.auc - 0.1)
        let evaluated = Run("evaluate", folder.path("run"), "--data", set.dataPath, "--json")
        #expect(
            try JSONDecoder().decode(PerformanceRecord.self, from: Data(evaluated.output.utf8))
                == training.performance)
        guard set.rows <= 10_000 else { return }
        let scored = Run("score", folder.path("run"), "--data", set.dataPath, "--out", "-")
        #expect(scored.status == .done, "\(scored.error)")
        #expect(scored.output.split(separator: "\n").count == set.rows + 1)
    }

    /// What few small trees reach as a mean over the folds (cut after the second digit): less than the recipes above,
    /// and yet far from chance, so that a fold that leaks or loses rows shows.
    static let quick: [(set: Case, auc: Double, logLoss: Double)] = [
        (cases[0], 0.76, 0.52), (cases[1], 0.76, 0.53), (cases[2], 0.91, 0.30), (cases[5], 0.82, 0.52),
    ]

    @Test(arguments: quick)
    func crossValidationWithFewTrees(of set: Case, auc: Double, logLoss: Double) throws {
        let folder = try TemporaryFolder()
        let run = Run(
            "cross-validate", try short(set, in: folder), "--data", set.dataPath, "--folds", set.foldsPath,
            "--json")
        #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
        let record = try JSONDecoder().decode(CrossValidationRecord.self, from: Data(run.output.utf8))
        #expect(record.folds.count == 5)
        #expect(record.mean.rows == set.rows && record.mean.defaults == set.defaults)
        #expect(try #require(record.mean.auc) >= auc)
        #expect(try #require(record.mean.logLoss) <= logLoss)
    }
}

@Suite(
    "Shipped recipes of additive trees run on public data",
    .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)))
struct AdditiveRecipeTests {
    typealias Case = PublicRecipeTests.Case

    /// What short fits reach as a mean over the folds: far from chance, so that a fold that leaks or loses rows shows.
    static let cases = [
        PublicRecipeTests.on(PublicRecipeTests.german, "german_additive", auc: 0.75, logLoss: 0.54),
        PublicRecipeTests.on(
            PublicRecipeTests.southGerman, "south_german_additive", auc: 0.75, logLoss: 0.54),
        PublicRecipeTests.on(PublicRecipeTests.hmeq, "hmeq_additive", auc: 0.88, logLoss: 0.34),
    ]

    @Test(arguments: cases)
    func crossValidation(of set: Case) throws {
        let folder = try TemporaryFolder()
        let text = try String(contentsOfFile: set.recipePath, encoding: .utf8)
        let short = try folder.write(
            text + "  rounds: 60\n  learningRate: 0.1\n  bags: {count: 2}\n", to: "short.yaml")
        let run = Run(
            "cross-validate", short, "--data", set.dataPath, "--folds", set.foldsPath, "--json")
        #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
        let record = try JSONDecoder().decode(CrossValidationRecord.self, from: Data(run.output.utf8))
        #expect(record.folds.count == 5)
        #expect(record.mean.rows == set.rows && record.mean.defaults == set.defaults)
        #expect(try #require(record.mean.auc) >= set.auc)
        #expect(try #require(record.mean.logLoss) <= set.logLoss)
    }
}
