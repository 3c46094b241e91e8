import Foundation
import Parallelism
import StrictYAML
import Synchronization
import Tables
import TestSupport
import Testing

@testable import Scoring

@Suite("Search for settings")
struct SearchTests {
    private static func text(
        _ kind: String =
            "boosted-trees, rounds: 12, learningRate: 0.3, leaves: 4, stopping: {folds: 2, rounds: 4}",
        search: String =
            "{trials: 5, folds: 4, keep: 2, space: {leaves: [2, 4, 8], l2: {from: 1, to: 20, scale: log}}}"
    ) -> String {
        """
        recipe: 1
        name: small
        target: {column: outcome, default: default, nonDefault: paid}
        id: id
        weight: weight
        folds: {count: 2, seed: 3}
        search: \(search)
        model: {kind: \(kind)}

        """
    }

    @Test("settings are drawn by the seed from the declared space, the recipe's own first")
    func draws() throws {
        let plan = try #require(try Recipe(Self.text()).search)
        #expect(plan.trials.count == 5 && plan.trials[0].settings.isEmpty)
        #expect(plan == (try Recipe(Self.text()).search))
        #expect(
            plan
                != (try Recipe(
                    Self.text(
                        search:
                            "{trials: 5, folds: 4, keep: 2, seed: 2, space: {leaves: [2, 4, 8], l2: {from: 1, to: 20, scale: log}}}"
                    )
                ).search))
        for trial in plan.trials.dropFirst() {
            guard case .boostedTrees(let options) = trial.model else {
                Issue.record("another kind")
                continue
            }
            #expect([2, 4, 8].contains(options.leaves?.first ?? 0))
            #expect((1...20).contains(options.l2 ?? 0))
            #expect(options.learningRate == 0.3)
            #expect(trial.settings.map(\.key) == ["leaves", "l2"])
        }
    }

    @Test(
        "spaces are read strictly",
        arguments: [
            "{trials: 0}", "{folds: 1}", "{keep: 1}", "{metric: gini}", "{space: {}}", "{space: {leaf: [2]}}",
            "{space: {leaves: []}}", "{space: {leaves: 3}}", "{space: {l2: {from: 2, to: 1}}}",
            "{space: {l2: {from: 0, to: 1, scale: log}}}", "{space: {kind: [logistic]}}",
            "{space: {leaves: [1]}}",
            "{space: {l2: {from: 1}}}", "{rounds: 3}", "{space: {sampling.rows: [2]}}",
        ])
    func strictness(search: String) throws {
        do throws(YAMLError) {
            _ = try Recipe(Self.text(search: search), named: "x.yaml")
            Issue.record("\(search) was read")
        } catch { #expect(error.description.hasPrefix("x.yaml:7:"), "\(error)") }
    }

    @Test("every kind has a usual space", arguments: ModelKind.allCases)
    func usualSpaces(kind: ModelKind) throws {
        let plan = try #require(try Recipe(Self.text(kind.rawValue, search: "{}")).search)
        #expect(plan.trials.count == 24 && Set(plan.trials.map(\.settings)).count == 24)
        #expect(plan.trials.allSatisfy { $0.model.kind == kind })
    }

    @Test("rungs halve the settings while the folds grow")
    func rungs() throws {
        var plan = try #require(try Recipe(Self.text(search: "{trials: 24}")).search)
        #expect(plan.rungs(folds: 8).map(\.folds) == [2, 4, 8])
        #expect(plan.rungs(folds: 8).map(\.settings) == [24, 8, 3])
        #expect(plan.rungs(folds: 2).map(\.folds) == [1, 2])
        plan.trials = Array(plan.trials.prefix(1))
        #expect(plan.rungs(folds: 5).map(\.settings) == [1, 1, 1])
    }

    @Test("the winner is the least mean among those that went all the way, and the model is trained with it")
    func halving() throws {
        let recipe = try Recipe(Self.text())
        let trained = try ModelTrainer(recipe, workers: .single).train(SmallCredit.table())
        let report = try #require(trained.report.search)
        #expect(
            report.rows.map(\.metrics.count).sorted() == [1, 1, 2, 4, 4].sorted()
                || report.rows.map(\.metrics.count).sorted() == [1, 1, 2, 2, 4].sorted())
        let finalists = report.rows.indices.filter { report.rows[$0].metrics.count == 4 }
        #expect(finalists.contains(report.chosen))
        #expect(finalists.allSatisfy { report.rows[report.chosen].mean <= report.rows[$0].mean })
        var plain = recipe
        plain.model = try #require(recipe.search).trials[report.chosen].model
        plain.search = nil
        let other = try ModelTrainer(plain, workers: .single).train(SmallCredit.table()).model
        #expect(other.form == trained.model.form)
        #expect(report.csv.split(separator: "\r\n").count == 6)
    }

    @Test(
        "the same for any number of threads, kind by kind",
        arguments: [
            "boosted-trees, rounds: 8, learningRate: 0.3, leaves: 4, stopping: none",
            "additive-trees, rounds: 20, bags: {count: 1, folds: 2}, pairs: 1, stopping: {rounds: 5}, smoothingRounds: 4, learningRate: 0.1",
            "logistic", "scorecard",
        ])
    func threads(kind: String) throws {
        let space =
            kind.hasPrefix("logistic")
            ? "penalty.l2: {from: 0.1, to: 100, scale: log}"
            : kind.hasPrefix("scorecard") ? "binning.maximumBins: {from: 3, to: 8}" : "l2: [0, 1, 30]"
        let recipe = try Recipe(Self.text(kind, search: "{trials: 3, folds: 3, keep: 2, space: {\(space)}}"))
        let one = try ModelTrainer(recipe, workers: .single).train(SmallCredit.table(rows: 300))
        for threads in [2, 3, 7] {
            let many = try ModelTrainer(recipe, workers: Workers(threads: threads)).train(
                SmallCredit.table(rows: 300))
            #expect(try ModelArtifact.data(of: many.model) == ModelArtifact.data(of: one.model))
            #expect(many.report.search == one.report.search)
        }
    }

    @Test("cross-validation searches anew in every fold")
    func nested() throws {
        let recipe = try Recipe(Self.text())
        let report = try CrossValidation(recipe, workers: Workers(threads: 2)).run(
            SmallCredit.table(rows: 400))
        #expect(report.searches.count == 2)
        let data = try TrainingData(SmallCredit.table(rows: 400), recipe: recipe)
        let rows = report.foldOfRow.indices.filter { report.foldOfRow[$0] != 0 }
        let alone = try ModelTrainer(recipe, workers: .single).train(data.gathered(rows))
        #expect(alone.report.search == report.searches[0])
    }

    @Test("a search that was killed goes on and ends with the same bits", arguments: [0, 1, 5, 8])
    func resumption(kept: Int) throws {
        let folder = try TemporaryFolder()
        let recipe = try Recipe(Self.text())
        let table = try SmallCredit.table(rows: 300)
        let data = try TrainingData(table, recipe: recipe)
        let file = folder.file("journal.jsonl")
        let whole = try ModelTrainer(recipe, workers: .single).train(
            table, watching: SearchWatch(journal: try SearchJournal(file, recipe: recipe, data: data)))
        let lines = try String(contentsOf: file, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count > 9)
        // Killed in the middle of a line.
        let cut = lines.prefix(kept + 1).map { $0 + "\n" }.joined() + lines[kept + 1].prefix(9)
        try Data(cut.utf8).write(to: file)
        let journal = try SearchJournal(file, recipe: recipe, data: data)
        #expect(journal.resumed == kept)
        let counted = Mutex(0)
        let again = try ModelTrainer(recipe, workers: Workers(threads: 3)).train(
            table, watching: SearchWatch(journal: journal) { _, _ in counted.withLock { $0 += 1 } })
        #expect(try ModelArtifact.data(of: again.model) == ModelArtifact.data(of: whole.model))
        #expect(again.report.search == whole.report.search)
        #expect(journal.finish() == nil)
        #expect(!FileManager.default.fileExists(atPath: file.path))
    }

    @Test("a journal of another search, or no journal, is refused")
    func foreignJournals() throws {
        let folder = try TemporaryFolder()
        let recipe = try Recipe(Self.text())
        let data = try TrainingData(SmallCredit.table(rows: 300), recipe: recipe)
        let file = folder.file("journal.jsonl")
        _ = try SearchJournal(file, recipe: recipe, data: data)
        let other = try Recipe(Self.text(search: "{trials: 4}"))
        #expect(throws: JournalError.self) { try SearchJournal(file, recipe: other, data: data) }
        let others = try TrainingData(SmallCredit.table(rows: 301), recipe: recipe)
        #expect(throws: JournalError.self) { try SearchJournal(file, recipe: recipe, data: others) }
        #expect(throws: JournalError.self) {
            try SearchJournal(file, recipe: recipe, data: data, foldNumbers: [1, 2])
        }
        // Another version may draw other trials under the same numbers.
        let header = try String(contentsOf: file, encoding: .utf8)
        #expect(header.contains("\"engineVersion\":\"\(EngineVersion.current)\""))
        try Data(
            header.replacing(
                "\"engineVersion\":\"\(EngineVersion.current)", with: "\"engineVersion\":\"0.0.0"
            ).utf8
        ).write(to: file)
        #expect(throws: JournalError.otherSearch(file: file.relativePath)) {
            try SearchJournal(file, recipe: recipe, data: data)
        }
        for text in ["x", "x\n", "{}\n", "\n\n", "{\"format\":\"obligor-search\"}\n"] {
            try Data(text.utf8).write(to: file)
            do throws(JournalError) {
                _ = try SearchJournal(file, recipe: recipe, data: data)
                Issue.record("\(text) was read")
            } catch { #expect(!error.description.isEmpty && !error.description.contains("\n")) }
        }
    }

    @Test("a journal of other offsets is refused")
    func foreignOffsets() throws {
        let folder = try TemporaryFolder()
        let text = Self.text("logistic", search: "none")
            .replacing("search: none\n", with: "").replacing("weight: weight", with: "offset: start")
        let recipe = try Recipe(text)
        func data(_ start: Double) throws -> TrainingData {
            let table = try SmallCredit.table(rows: 300)
            let column = Column(name: "start", values: .double([Double](repeating: start, count: 300)))
            return try TrainingData(Table(columns: table.columns + [column]), recipe: recipe)
        }
        let file = folder.file("journal.jsonl")
        _ = try SearchJournal(file, recipe: recipe, data: data(0.5))
        #expect(throws: JournalError.otherSearch(file: file.relativePath)) {
            try SearchJournal(file, recipe: recipe, data: data(0.25))
        }
        #expect(try SearchJournal(file, recipe: recipe, data: data(0.5)).resumed == 0)
    }

    @Test("nested keys are set beside what is there, and in place of a word")
    func setting() throws {
        let node = try YAMLReader().read("a: {b: 1, c: 2}\nd: none\n")
        let value = node.replaced(by: "9")
        func read(_ keys: [String]) throws -> YAMLNode? {
            var found: YAMLNode? = node.setting(["a", "b"], to: value).setting(["d", "e"], to: value)
            for key in keys {
                guard var keys = try found?.mapping() else { return nil }
                found = keys.optional(key)
            }
            return found
        }
        #expect(try read(["a", "b"])?.int() == 9)
        #expect(try read(["a", "c"])?.int() == 2)
        #expect(try read(["d", "e"])?.int() == 9)
    }
}
