import Foundation
import Results
import Scoring
import Tables
import TestSupport
import Testing

@testable import obligor

@Suite("Bins are joined by hand, saved and replayed")
struct HandMadeBinsTests {
    private static let recipe = """
        recipe: 1
        name: card
        target: {column: defaulted, default: true}
        id: id
        features: {include: [days_beyond_terms, overdue_share, equity_ratio, industry, bureau_score]}
        model:
          kind: scorecard
          binning:
            maximumBins: 5
            variables:
              days_beyond_terms: {trend: ascending}
          selection: {informationValue: {minimum: 0}, stepwise: none, expectedSign: false}
          regression: {attributes: woe}

        """

    private func train(
        _ bench: Workbench, _ recipe: String, _ run: String, data: String = "past.csv"
    ) throws
        -> Run
    {
        let file = try bench.folder.write(recipe, to: "\(run).yaml")
        return Run("train", file, "--data", bench.path(data), "--out", bench.path(run))
    }

    private func binning(_ bench: Workbench, _ run: String, of name: String) throws -> VariableBinning {
        let model = try ModelArtifact.read(bench.folder.file("\(run)/model.json"))
        let card = try #require(model.scorecard)
        return try #require(card.characteristics.first { $0.name == name }?.binning)
    }

    /// The attributes of a characteristic with their rows, as the printed table has them.
    private func attributes(_ bench: Workbench, _ run: String, of name: String) throws -> [String: Double] {
        let card = try CSVReader().read(bench.path("\(run)/scorecard.csv"))
        var rows: [String: Double] = [:]
        for row in 0..<card.rowCount where card["characteristic"]?.text(at: row) == name {
            rows[card["attribute"]?.text(at: row) ?? ""] = card["rows"]?.doubles?[row]
        }
        return rows
    }

    @Test func joinedBinsAreOneRowOfTheTable() throws {
        let bench = try Workbench()
        #expect(try train(bench, Self.recipe, "free").status == .done)
        let free = try binning(bench, "free", of: "days_beyond_terms")
        let cuts = free.cuts
        try #require(cuts.count >= 2)
        // Any number in a bin names it: the cuts themselves open the second and the third.
        let joined = Self.recipe.replacing(
            "{trend: ascending}", with: "{trend: ascending, join: [[\(cuts[0] - 1e-9), \(cuts[0])]]}")
        let run = try train(bench, joined, "joined")
        #expect(run.status == .done && run.error.isEmpty, "\(run.error)")
        let bins = try binning(bench, "joined", of: "days_beyond_terms")
        #expect(bins.cuts == Array(cuts.dropFirst()) && bins.bins.count == free.bins.count - 1)
        let (before, after) = (
            try attributes(bench, "free", of: "days_beyond_terms"),
            try attributes(bench, "joined", of: "days_beyond_terms")
        )
        #expect(after.count == before.count - 1)
        let label = try #require(after.keys.first { !before.keys.contains($0) })
        #expect(after[label] == Double(free.bins[0].rows + free.bins[1].rows))
    }

    @Test func levelsAndStatesJoinToo() throws {
        let bench = try Workbench()
        #expect(try train(bench, Self.recipe, "free").status == .done)
        let free = try binning(bench, "free", of: "industry")
        let levels = free.bins.compactMap { bin in
            bin.members.lazy.compactMap { if case .level(let level) = $0 { level } else { nil } }.first
        }
        try #require(levels.count >= 2)
        let joined = Self.recipe.replacing(
            "variables:",
            with: "variables:\n      industry: {join: [[\(levels[0]), \(levels[1]), Atlantis]]}")
        let run = try train(bench, joined, "joined")
        #expect(run.status == .done, "\(run.error)")
        #expect(try binning(bench, "joined", of: "industry").bins.count == free.bins.count - 1)
        #expect(run.output.contains("'Atlantis' does not occur"))
    }

    @Test func impossibleJoinsAreTheRecipesFault() throws {
        let bench = try Workbench(rows: 600)
        #expect(try train(bench, Self.recipe, "free").status == .done)
        let cuts = try binning(bench, "free", of: "days_beyond_terms").cuts
        try #require(cuts.count >= 2)
        let apart = Self.recipe.replacing(
            "{trend: ascending}", with: "{join: [[\(cuts[0] - 1), \(cuts[1] + 1e6)]], trend: ascending}")
        let refused = try train(bench, apart, "apart")
        #expect(refused.status == .usage && refused.error.contains("do not touch"), "\(refused.error)")
        let typo = Self.recipe.replacing("{trend: ascending}", with: "{join: [[10, misssing]]}")
        let unknown = try train(bench, typo, "typo")
        #expect(
            unknown.status == .usage && unknown.error.contains("'misssing' names no bin"), "\(unknown.error)")
    }

    @Test func replayedBinsAreTheSameBinsOnOtherRows() throws {
        let bench = try Workbench()
        let joined = Self.recipe.replacing(
            "{trend: ascending}", with: "{trend: ascending, join: [[0, 10, 20]]}")
        #expect(try train(bench, joined, "first").status == .done)
        let replay = Self.recipe.replacing(
            "    variables:\n      days_beyond_terms: {trend: ascending}\n", with: "    from: first\n")
        try #require(replay != Self.recipe)
        // On its own rows the model comes back to the last digit.
        let same = try train(bench, replay, "same")
        #expect(same.status == .done && same.error.isEmpty, "\(same.error)")
        #expect(try bench.text("same/scorecard.csv") == bench.text("first/scorecard.csv"))
        // On others the bins stay and the counts are new.
        #expect(try train(bench, replay, "other", data: "new.csv").status == .done)
        for name in ["days_beyond_terms", "overdue_share", "industry"] {
            let (old, new) = (try binning(bench, "first", of: name), try binning(bench, "other", of: name))
            #expect(new.bins.map(\.members) == old.bins.map(\.members))
            #expect(new.bins.map(\.rows) != old.bins.map(\.rows))
        }
        // Folds replay them too.
        let file = try bench.folder.write(replay, to: "replay.yaml")
        #expect(Run("cross-validate", file, "--data", bench.path("new.csv"), "--json").status == .done)
    }

    @Test func whatCannotBeReplayedIsRefusedAtItsLine() throws {
        let bench = try Workbench(rows: 600)
        #expect(try bench.train("logistic").status == .done)
        #expect(try train(bench, Self.recipe, "first").status == .done)
        for (from, message) in [
            ("nowhere", "the model file or run folder of a scorecard"), ("logistic", "not of logistic"),
        ] {
            let text = Self.recipe.replacing(
                "    maximumBins: 5", with: "    maximumBins: 5\n    from: \(from)")
            let run = try train(bench, text, "refused")
            #expect(run.status == .usage && run.error.contains(message), "\(run.error)")
            #expect(run.error.contains("refused.yaml:10:"), "\(run.error)")
        }
        let both = Self.recipe.replacing("    maximumBins: 5", with: "    maximumBins: 5\n    from: first")
        let run = try train(bench, both, "both")
        #expect(run.status == .usage && run.error.contains("join is the only option"), "\(run.error)")
    }
}
