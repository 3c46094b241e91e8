import Foundation
import Parallelism
import Scoring
import Tables
import TestSupport
import Testing
import Vocabulary

@Suite("Scorecard")
struct ScorecardTests {
    static func trained(
        _ change: (inout ScorecardRecipe) -> Void = { _ in }, table: Table? = nil
    ) throws -> (TrainedModel, Table, Scorecard) {
        var options = ScorecardRecipe()
        change(&options)
        let recipe = SmallCredit.recipe(.scorecard(options))
        let table = try table ?? SmallCredit.table()
        let trained = try ModelTrainer(recipe).train(table)
        return (trained, table, try #require(trained.model.scorecard))
    }

    @Test(
        "has one truth: log-odds, score, PD and points follow from each other",
        arguments: AttributeOptions.Form.allCases)
    func invariants(form: AttributeOptions.Form) throws {
        let (trained, table, card) = try Self.trained {
            $0.points.rounding = .none
            $0.attributes.form = form
        }
        let rows = try trained.model.score(table)
        let scaling = trained.model.scaling
        let points = try #require(rows.points)
        for row in 0..<rows.count {
            #expect(rows.scores[row] == scaling.offset - scaling.factor * rows.logOdds[row])
            // Exact points are the same score added up in another order.
            expectClose(points[row], rows.scores[row], absolute: 1e-9)
            let pd = try #require(ProbabilityOfDefault(logOdds: scaling.logOdds(ofScore: rows.scores[row])))
            expectClose(rows.pd(ofRow: row), pd.value, relative: 1e-12)
        }
        let logOdds = card.characteristics.reduce(card.intercept) { $0 + $1.contribution(ofBin: 0) }
        let total = card.characteristics.reduce(card.basePoints) { $0 + card.exactPoints(of: $1, bin: 0) }
        expectClose(total, scaling.score(ofLogOdds: logOdds), absolute: 1e-9)
    }

    @Test("adds whole points exactly, with the base spread or apart", arguments: PointsOptions.Base.allCases)
    func wholePoints(base: PointsOptions.Base) throws {
        let (trained, table, card) = try Self.trained { $0.points.base = base }
        let points = try #require(try trained.model.score(table).points)
        #expect(points.allSatisfy { $0 == $0.rounded() })
        let sums = try (0..<table.rowCount).map { row in
            try card.characteristics.reduce(card.basePoints) { sum, characteristic in
                let column = try table.column(named: characteristic.name).gathered([row])
                let bin = Int(try characteristic.binning.binIndices(of: column)[0])
                return sum + card.points(of: characteristic, bin: bin)
            }
        }
        #expect(points == sums)
        if base == .separate {
            let first = try #require(card.characteristics.first)
            #expect(card.points(of: first, bin: first.binning.neutralIndex) == 0)
        }
    }

    @Test("calls higher WOE safer in every characteristic", arguments: AttributeOptions.Form.allCases)
    func signs(form: AttributeOptions.Form) throws {
        let (_, _, card) = try Self.trained {
            $0.attributes.form = form
            $0.attributes.order = .woe
        }
        #expect(card.characteristics.allSatisfy { ($0.contributions == nil) == (form == .woe) })
        #expect(!card.characteristics.isEmpty)
        #expect(card.characteristics.allSatisfy { $0.coefficient < 0 })
        // A spread base gives every characteristic the same share.
        let share = card.points.scaling.score(ofLogOdds: card.intercept) / Double(card.characteristics.count)
        let factor = card.points.scaling.factor
        for row in card.table {
            expectClose(
                row.exactPoints, share - factor * (row.coefficient * row.woe + row.departure), absolute: 1e-9)
        }
        for characteristic in card.characteristics {
            let order = characteristic.binning.bins.indices.sorted {
                characteristic.binning.woe(ofBin: $0) < characteristic.binning.woe(ofBin: $1)
            }
            let points = order.map { card.exactPoints(of: characteristic, bin: $0) }
            #expect(points == points.sorted())
        }
    }

    @Test("reports what rounding costs")
    func roundingLoss() throws {
        let (trained, table, card) = try Self.trained()
        let loss = try #require(trained.report.rounding)
        let rows = try trained.model.score(table)
        let points = try #require(rows.points)
        let differences = zip(points, rows.scores).map { abs($0 - $1) }
        expectClose(loss.maximumPoints, differences.max() ?? .nan, absolute: 1e-12)
        // Each characteristic is off by half a point at most.
        #expect(loss.maximumPoints <= 0.5 * Double(card.characteristics.count) + 1e-9)
        #expect(loss.meanPD <= loss.maximumPD)
        expectClose(try #require(loss.aucRounded), try #require(loss.aucExact), absolute: 0.02)
        let (exact, _, _) = try Self.trained { $0.points.rounding = .none }
        expectClose(try #require(exact.report.rounding).maximumPD, 0, absolute: 1e-12)
    }

    @Test("prints a table whose rows add up and whose text cannot break it")
    func tables() throws {
        let (trained, _, card) = try Self.trained { $0.points.base = .separate }
        let rows = card.table
        for characteristic in card.characteristics {
            let own = rows.filter { $0.characteristic == characteristic.name }
            expectClose(own.reduce(0) { $0 + $1.share }, 1, absolute: 1e-12)
            #expect(own.reduce(0) { $0 + $1.rows } == trained.model.fingerprint.rows)
        }
        let lines = card.csv.components(separatedBy: "\r\n")
        #expect(lines.count == rows.count + 3)
        #expect(lines[1].hasPrefix("base,,,,,,,,,,"))
        for row in rows {
            let factor = trained.model.scaling.factor
            expectClose(
                row.exactPoints, -factor * (row.coefficient * row.woe + row.departure), absolute: 1e-9)
        }
        #expect(rows.contains { $0.departure != 0 })
        #expect(card.csv.contains("\"["))
        let markdown = card.markdown.split(separator: "\n")
        #expect(markdown.count == rows.count + 3)
        #expect(markdown.allSatisfy { $0.hasPrefix("|") && $0.hasSuffix("|") })
    }

    @Test("survives the model file and refuses one whose parts disagree")
    func artifact() throws {
        let (trained, table, _) = try Self.trained()
        let data = try ModelArtifact.data(of: trained.model)
        let again = try ModelArtifact.model(from: data)
        #expect(again == trained.model)
        #expect(try again.score(table) == trained.model.score(table))
    }

    @Test("refuses a characteristic without one contribution per bin")
    func contributionCount() throws {
        let (_, _, card) = try Self.trained()
        let first = try #require(card.characteristics.first)
        let bins = first.binning.bins.count
        #expect(throws: ScorerError.wrongBinCount(column: first.name, contributions: 1, bins: bins)) {
            try Scorecard(
                intercept: 0,
                characteristics: [
                    .init(
                        binning: first.binning, coefficient: -1, standardError: 1, contributions: [0.5])
                ], points: PointsOptions())
        }
    }

    @Test("is the same for any number of threads", arguments: AttributeOptions.Form.allCases)
    func threads(form: AttributeOptions.Form) throws {
        let table = try SmallCredit.table(rows: 3000)
        let recipe = SmallCredit.recipe(.scorecard(ScorecardRecipe(attributes: .init(form: form))))
        let one = try ModelTrainer(recipe, workers: .single).train(table)
        for threads in [2, 7] {
            #expect(try ModelTrainer(recipe, workers: .init(threads: threads)).train(table) == one)
            #expect(
                try one.model.score(table, workers: .init(threads: threads)) == one.model.score(table))
        }
    }

    @Test("gives an unseen level and an unseen state no say")
    func unseen() throws {
        let (trained, _, card) = try Self.trained { $0.selection.stepwise = nil }
        #expect(card.characteristics.contains { $0.name == "home" })
        func row(home: String?) throws -> Table {
            try Table(columns: [
                Column(name: "income", values: .double([21])), Column(name: "delay", values: .integer([9])),
                Column(name: "bureau", values: .double([40])), Column(name: "home", values: .text([home])),
            ])
        }
        let home = try #require(trained.model.scorer.columns.firstIndex(of: "home"))
        #expect(try trained.model.scorer.contributions(of: row(home: "castle"))[home] == [0])
        #expect(try trained.model.scorer.contributions(of: row(home: "own"))[home] != [0])
    }
}
