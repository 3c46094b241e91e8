import Boosting
import Parallelism
import Tables
import TestSupport
import Testing

@testable import Scoring

@Suite("Effect curves say what an input adds where")
struct EffectCurveTests {
    private static let kinds: [Recipe.Model] = [
        .logistic(LogisticRecipe()), .scorecard(ScorecardRecipe()), .boostedTrees(SmallTrees.options()),
        .additiveTrees(SmallTrees.additiveOptions()),
    ]

    private func model(_ model: Recipe.Model, on table: Table) throws -> ScoringModel {
        try ModelTrainer(SmallCredit.recipe(model), workers: .single).train(table).model
    }

    @Test("every row lies in one part, and the parts' means are the mean of all", arguments: kinds)
    func partsAddUp(kind: Recipe.Model) throws {
        let table = try SmallCredit.table()
        let model = try model(kind, on: table)
        let defaulted = try model.roles.target.outcomes(of: table)
        let weights = try #require(table["weight"]?.doubles)
        let curves = try model.effectCurves(
            on: table, defaulted: defaulted, weights: weights, EffectOptions(intervals: 7))
        #expect(curves.map(\.column) == model.scorer.columns)
        let contributions = try model.scorer.contributions(of: table)
        let total = weights.reduce(0, +)
        for (curve, values) in zip(curves, contributions) {
            #expect(curve.parts.reduce(0) { $0 + $1.rows } == table.rowCount)
            expectClose(curve.parts.reduce(0) { $0 + $1.weight }, total, relative: 1e-12)
            let defaults = zip(defaulted, weights).reduce(0) { $0 + ($1.0 ? $1.1 : 0) }
            expectClose(curve.parts.reduce(0) { $0 + ($1.defaulted ?? 0) }, defaults, relative: 1e-12)
            let mean = zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
            let joined = curve.parts.reduce(0) { $0 + $1.weight * $1.contribution } / total
            expectClose(joined, mean, absolute: 1e-9)
            #expect(curve.parts.allSatisfy { $0.spread >= 0 && $0.rows > 0 })
            #expect(curve.parts.dropLast().allSatisfy { $0.place != .missing })
        }
        for threads in [2, 3] {
            let again = try model.effectCurves(
                on: table, defaulted: defaulted, weights: weights, EffectOptions(intervals: 7),
                workers: Workers(threads: threads))
            #expect(again == curves)
        }
    }

    @Test("where a model adds its inputs up, rows of one value get the same", arguments: kinds.prefix(2))
    func sumsHaveNoSpread(kind: Recipe.Model) throws {
        let table = try SmallCredit.table()
        let curves = try model(kind, on: table).effectCurves(on: table, EffectOptions(intervals: 1_000))
        for part in curves.flatMap(\.parts) {
            if case .interval = part.place { Issue.record("an interval although values are few") }
            expectClose(part.spread, 0, absolute: 1e-9)
            #expect(part.defaulted == nil && part.accumulated == nil && part.partialDependence == nil)
        }
    }

    @Test("intervals are cut at quantiles, close above, and hold the least value")
    func intervals() throws {
        let table = try SmallCredit.table()
        let model = try model(.boostedTrees(SmallTrees.options()), on: table)
        let curves = try model.effectCurves(on: table, EffectOptions(intervals: 4))
        let curve = try #require(curves.first { $0.column == "income" })
        let income = try #require(table["income"]?.doubles)
        for (place, part) in curve.parts.enumerated() {
            switch part.place {
            case .interval(let lower, let upper):
                let rows = income.count {
                    place == 0 ? $0 >= lower && $0 <= upper : $0 > lower && $0 <= upper
                }
                #expect(part.rows == rows)
            case .missing: #expect(part.rows == income.count(where: \.isNaN))
            default: Issue.record("\(part.place) of a number with many values")
            }
        }
        #expect(curve.parts.count == 5)
    }

    @Test("partial dependence is the mean log-odds when all rows have the value")
    func partialDependence() throws {
        let table = try SmallCredit.table(rows: 200)
        let model = try model(.boostedTrees(SmallTrees.options()), on: SmallCredit.table())
        let curves = try model.effectCurves(
            on: table, EffectOptions(intervals: 3, partialDependence: true))
        let own = try model.scorer.logOdds(of: table)
        let mean = own.reduce(0, +) / 200
        let home = try #require(curves.first { $0.column == "home" })
        for part in home.parts {
            guard case .level(let level) = part.place else { continue }
            let code = try #require(["own", "rent", "boat"].firstIndex(of: level))
            let changed = try table.setting(
                Column(
                    name: "home",
                    values: .category(
                        codes: [UInt32](repeating: UInt32(code), count: 200), levels: ["own", "rent", "boat"])
                ))
            let expected = try model.scorer.logOdds(of: changed).reduce(0, +) / 200 - mean
            expectClose(try #require(part.partialDependence), expected, absolute: 1e-6)
            #expect(part.accumulated == nil)
        }
        for curve in curves where curve.column != "home" {
            let numbered = curve.parts.filter { $0.accumulated != nil }
            let sum = numbered.reduce(0) { $0 + $1.weight * ($1.accumulated ?? 0) }
            expectClose(sum, 0, absolute: 1e-9)
        }
    }

    @Test("levels that a table holds as whole numbers are levels all the same")
    func levelsInAColumnOfNumbers() throws {
        let table = try SmallCredit.table()
        guard case .category(let codes, _)? = table["home"]?.values else { return }
        let levels = ["7", "12", "3"]
        let named = try table.setting(Column(name: "home", values: .category(codes: codes, levels: levels)))
        let model = try model(.boostedTrees(SmallTrees.options()), on: named)
        let numbered = try table.setting(
            Column(
                name: "home",
                values: .integer(
                    codes.map {
                        $0 == Column.missingCode ? Column.missingInteger : Int64(levels[Int($0)]) ?? 0
                    })))
        let options = EffectOptions(partialDependence: true)
        let expected = try #require(
            model.effectCurves(on: named, options).first { $0.column == "home" }
        ).parts
        let parts = try #require(
            model.effectCurves(on: numbered, options).first { $0.column == "home" }
        ).parts
        #expect(parts.count == expected.count && parts.contains { $0.place == .level("12") })
        for part in expected {
            #expect(parts.contains(part), "\(part.place)")
        }
    }

    @Test("infinite values are parts of their own, whatever the number of values")
    func infinities() throws {
        let table = try SmallCredit.table()
        let model = try model(.boostedTrees(SmallTrees.options()), on: table)
        var income = try #require(table["income"]?.doubles)
        (income[0], income[1], income[2]) = (.infinity, -.infinity, .infinity)
        let few = income.map { $0.isFinite ? ($0 / 20).rounded() : $0 }
        for (values, intervals) in [(income, 4), (few, 50)] {
            let changed = try table.setting(Column(name: "income", values: .double(values)))
            let curve = try #require(
                model.effectCurves(on: changed, EffectOptions(intervals: intervals, partialDependence: true))
                    .first { $0.column == "income" })
            #expect(curve.parts.first?.place == .value(-.infinity) && curve.parts.first?.rows == 1)
            let high = try #require(curve.parts.first { $0.place == .value(.infinity) })
            #expect(high.rows == 2 && high.accumulated == nil)
            #expect(curve.parts.reduce(0) { $0 + $1.rows } == 600)
            let finite = values.filter(\.isFinite)
            for part in curve.parts {
                guard case .value(let value) = part.place, value.isFinite else { continue }
                #expect(part.rows == finite.count { $0 == value })
            }
        }
    }

    @Test("a column of one value, of none and of infinities has a curve")
    func degenerate() throws {
        let table = try SmallCredit.table()
        let model = try model(.boostedTrees(SmallTrees.options()), on: table)
        for value in [3.0, .nan, .infinity, -.infinity, 1e300] {
            let changed = try table.setting(
                Column(name: "income", values: .double([Double](repeating: value, count: 600))))
            let curves = try model.effectCurves(on: changed, EffectOptions(partialDependence: true))
            let curve = try #require(curves.first { $0.column == "income" })
            #expect(curve.parts.count == 1 && curve.parts[0].rows == 600)
            #expect(curve.parts[0].contribution.isFinite)
        }
    }
}

@Suite("Importance by shuffling is the same measure for every model")
struct ModelImportanceTests {
    @Test("of trees it is that of their forest")
    func ofTrees() throws {
        let table = try SmallCredit.table()
        let model = try ModelTrainer(SmallTrees.recipe(), workers: .single).train(table).model
        let defaulted = try model.roles.target.outcomes(of: table)
        let weights = try #require(table["weight"]?.doubles)
        let ours = try PermutationImportance(
            of: model, on: table, defaulted: defaulted, weights: weights, shuffles: 2, seed: 5)
        let trees = try #require(model.boostedTrees)
        let plain = try PermutationImportance(
            of: trees.forest,
            on: Boosting.TrainingData(
                names: trees.inputs.map(\.column), columns: trees.columns(of: table),
                outcomes: defaulted.map { $0 ? 1 : 0 }, weights: weights), shuffles: 2, seed: 5)
        expectClose(ours.loss, plain.loss, absolute: 1e-9)
        expectClose(ours.rises.map(\.mean), plain.rises.map(\.mean), absolute: 1e-9)
        expectClose(ours.rises.map(\.standardError), plain.rises.map(\.standardError), absolute: 1e-9)
    }

    @Test("of a scorecard it is the loss with the column in another order, and does not depend on threads")
    func ofAScorecard() throws {
        let table = try SmallCredit.table()
        let model = try ModelTrainer(
            SmallCredit.recipe(.scorecard(ScorecardRecipe())), workers: .single
        ).train(table).model
        let defaulted = try model.roles.target.outcomes(of: table)
        let one = try PermutationImportance(of: model, on: table, defaulted: defaulted, seed: 1)
        let many = try PermutationImportance(
            of: model, on: table, defaulted: defaulted, seed: 1, workers: Workers(threads: 3))
        #expect(one == many)
        let measured = Evaluation(logOdds: try model.logOdds(of: table), defaulted: defaulted)
        expectClose(one.loss, try #require(measured.logLoss), absolute: 1e-12)
        let strongest = try #require(one.rises.map(\.mean).max())
        #expect(strongest > 0.01 && one.rises.allSatisfy { $0.interval.contains($0.mean) })
    }

    @Test("intervals hold the long-run mean about as often as they say")
    func coverage() throws {
        let model = try ModelTrainer(
            SmallCredit.recipe(.scorecard(ScorecardRecipe())), workers: .single
        ).train(SmallCredit.table(rows: 1_000, seed: 3)).model
        // The mean over many rows and shuffles stands for the truth.
        let large = try SmallCredit.table(rows: 60_000, seed: 99)
        let truth = try PermutationImportance(
            of: model, on: large, defaulted: model.roles.target.outcomes(of: large), shuffles: 3
        ).rises.map(\.mean)
        var (inside, all) = (0, 0)
        for seed in 0..<100 {
            let table = try SmallCredit.table(rows: 600, seed: UInt64(1_000 + seed))
            let rises = try PermutationImportance(
                of: model, on: table, defaulted: model.roles.target.outcomes(of: table), shuffles: 5,
                seed: UInt64(seed)
            ).rises
            for (rise, truth) in zip(rises, truth) {
                all += 1
                if rise.interval.contains(truth) { inside += 1 }
            }
        }
        // Some 300 intervals of 95 %; those of one table are dependent.
        #expect((0.90...0.99).contains(Double(inside) / Double(all)), "\(inside) of \(all)")
    }
}
