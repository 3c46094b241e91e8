import Boosting
import Parallelism
import Statistics
import StrictYAML
import Tables
import TestSupport
import Testing

@testable import Scoring

@Suite("Log-odds set right by the rows left out")
struct LineOfRowsLeftOutTests {
    private static let table = Result { try SmallCredit.table(rows: 600, seed: 1) }

    private static func trained(
        _ recipe: Recipe
    ) throws -> (logOdds: [Double], remarks: [String]) {
        let trained = try ModelTrainer(recipe, workers: .single).train(table.get())
        let logOdds = try trained.model.scorer.logOdds(of: SmallCredit.table(rows: 300, seed: 5))
        return (logOdds, trained.report.remarks.filter { $0.contains("log-odds") })
    }

    /// Checks that log-odds lie on the line over others that the remark names, and not on y = x.
    private func expectLine(
        _ moved: (logOdds: [Double], remarks: [String]), over plain: (logOdds: [Double], remarks: [String])
    ) throws {
        let (before, after) = (plain.logOdds, moved.logOdds)
        let low = try #require(before.indices.min { before[$0] < before[$1] })
        let high = try #require(before.indices.max { before[$0] < before[$1] })
        let slope = (after[high] - after[low]) / (before[high] - before[low])
        for row in before.indices {
            expectClose(after[row], after[low] + slope * (before[row] - before[low]), absolute: 1e-7)
        }
        let intercept = after[low] - slope * before[low]
        let line = "\(Wording.number(intercept)) + \(Wording.number(slope)) · log-odds"
        #expect(moved.remarks.count == 1 && moved.remarks[0].hasSuffix(line), "\(moved.remarks), \(line)")
        #expect(abs(intercept) > 0.001 && slope > 0.5 && slope < 2)
        #expect(plain.remarks.isEmpty)
    }

    @Test("boosted trees of a committee are moved unless the recipe says no")
    func committee() throws {
        let plain = try Self.trained(SmallTrees.recipe { $0.recalibrate = false })
        let moved = try Self.trained(SmallTrees.recipe { $0.recalibrate = true })
        try expectLine(moved, over: plain)
        #expect(try Self.trained(SmallTrees.recipe()) == moved)
    }

    @Test("a single fold moves its forest only where the recipe says so")
    func singleFold() throws {
        func recipe(_ recalibrate: Bool?) -> Recipe {
            SmallTrees.recipe { options in
                var early = BoostedTreesRecipe.EarlyStopping()
                (early.folds, early.rounds, early.committee) = (3, 10, false)
                (options.stopping, options.recalibrate) = (.early(early), recalibrate)
            }
        }
        let plain = try Self.trained(recipe(nil))
        #expect(try Self.trained(recipe(false)) == plain)
        try expectLine(Self.trained(recipe(true)), over: plain)
    }

    @Test("additive trees are moved unless the recipe says no")
    func additive() throws {
        let plain = try Self.trained(SmallTrees.additiveRecipe { $0.recalibrate = false })
        let moved = try Self.trained(SmallTrees.additiveRecipe { $0.recalibrate = true })
        try expectLine(moved, over: plain)
        #expect(try Self.trained(SmallTrees.additiveRecipe()) == moved)
    }

    @Test("where the recipe calibrates by a method, that sees what the trees say")
    func calibrated() throws {
        for (method, isMoved) in [(CalibrationRecipe.Method.platt, false), (.none, true)] {
            for var recipe in [SmallTrees.recipe(), SmallTrees.additiveRecipe()] {
                recipe.calibration = CalibrationRecipe(method: method)
                #expect(try Self.trained(recipe).remarks.isEmpty != isMoved)
            }
        }
    }

    @Test("rows without a score or a weight, and the scale of weights, move no line")
    func rows() throws {
        let rows = 0..<240
        let scores = rows.map { $0 % 3 == 0 ? Double.nan : Double($0 % 7) / 3 - 2 }
        let outcomes = rows.map { $0 % 7 + $0 % 4 > 6 ? 1.0 : 0 }
        let weights = rows.map { Double($0 % 5) * 20 }
        let asked = LineOfRowsLeftOut(
            scores: scores,
            Boosting.TrainingData(names: [], columns: [], outcomes: outcomes, weights: weights))
        let chosen = rows.filter { $0 % 3 != 0 && $0 % 5 != 0 }
        let mean = chosen.reduce(0) { $0 + weights[$1] } / Double(chosen.count)
        let line = try Recalibration(
            logOdds: chosen.map { scores[$0] }, defaulted: chosen.map { outcomes[$0] == 1 },
            weights: chosen.map { weights[$0] / mean })
        #expect(asked.line == line)
        let plain = LineOfRowsLeftOut(
            scores: scores, Boosting.TrainingData(names: [], columns: [], outcomes: outcomes))
        let scored = rows.filter { $0 % 3 != 0 }
        #expect(
            try plain.line
                == Recalibration(
                    logOdds: scored.map { scores[$0] }, defaulted: scored.map { outcomes[$0] == 1 }))
    }

    @Test("why there is no line is said")
    func nothing() {
        let oneClass = LineOfRowsLeftOut(
            scores: [-1, 0, 1, .nan],
            Boosting.TrainingData(names: [], columns: [], outcomes: [0, 0, 0, 1]))
        #expect(oneClass.line == nil)
        #expect(oneClass.remark.hasPrefix("log-odds not set right by the rows left out: "))
        let rising = (0..<4_000).map { Double($0 % 40) / 10 }
        let reversed = LineOfRowsLeftOut(
            scores: rising,
            Boosting.TrainingData(names: [], columns: [], outcomes: rising.map { $0 < 2 ? 1 : 0 }))
        #expect(reversed.line == nil && reversed.remark.contains("fall where risk rises"))
    }
}
