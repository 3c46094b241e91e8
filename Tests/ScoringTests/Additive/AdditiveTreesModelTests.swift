import Boosting
import Foundation
import Parallelism
import StrictYAML
import Tables
import TestSupport
import Testing

@testable import Scoring

@Suite("Additive trees as a scoring model")
struct AdditiveTreesModelTests {
    private static func trained(
        _ change: (inout AdditiveTreesRecipe) -> Void = { _ in }, workers: Workers = .single
    ) throws -> TrainedModel {
        try ModelTrainer(SmallTrees.additiveRecipe(change), workers: workers).train(SmallCredit.table())
    }

    /// The values of a row, as shapes take them.
    private func values(_ row: Int, _ model: AdditiveTreesModel, _ table: Table) throws -> [Double] {
        try model.inputs.map { input in
            let column = try #require(table[input.column])
            switch try input.values(of: column) {
            case .doubles(let values): return values[row]
            case .floats(let values): return Double(values[row])
            case .categories(let codes, _): return codes[row] == .max ? .nan : Double(codes[row])
            }
        }
    }

    @Test("tables are looked up as they are defined, whatever the place of a row")
    func scores() throws {
        let model = try Self.trained().model
        let trees = try #require(model.additiveTrees)
        #expect(!trees.shapes.pairs.isEmpty)
        let table = try SmallCredit.table(rows: 4_500, seed: 9)
        let logOdds = try model.scorer.logOdds(of: table)
        for row in 0..<300 {
            expectClose(
                logOdds[row], trees.shapes.rawScore(of: try values(row, trees, table)), absolute: 1e-12)
        }
        for row in [0, 2_047, 2_048, 4_499] {
            #expect(try model.scorer.logOdds(of: table.gathered([row])) == [logOdds[row]])
        }
        for threads in [2, 3, 7] {
            #expect(try model.scorer.logOdds(of: table, workers: Workers(threads: threads)) == logOdds)
        }
    }

    @Test(
        "every bound, infinity and odd value falls where the definition says, in double and single precision")
    func edges() throws {
        let model = try Self.trained().model
        let trees = try #require(model.additiveTrees)
        let place = try #require(trees.inputs.firstIndex { $0.column == "income" })
        guard case .number(let bounds) = trees.shapes.functions[place].axis else {
            Issue.record("income is a number")
            return
        }
        let odd =
            bounds + bounds.map(\.nextUp) + bounds.map(\.nextDown) + [
                .infinity, -.infinity, .nan, 0, 1e300, -1e300,
            ]
        let source = try SmallCredit.table(rows: odd.count, seed: 4)
        func table(_ values: Column.Values) throws -> Table {
            try Table(
                columns: source.columns.map {
                    $0.name == "income" ? Column(name: "income", values: values) : $0
                })
        }
        for table in [try table(.double(odd)), try table(.float(odd.map(Float.init)))] {
            let logOdds = try model.scorer.logOdds(of: table)
            for row in odd.indices {
                expectClose(
                    logOdds[row], trees.shapes.rawScore(of: try values(row, trees, table)), absolute: 1e-12)
            }
        }
    }

    @Test("contributions add up to the log-odds, and a column has half of each of its pairs")
    func contributions() throws {
        let model = try Self.trained().model
        let trees = try #require(model.additiveTrees)
        let table = try SmallCredit.table(rows: 2_300, seed: 5)
        let logOdds = try model.scorer.logOdds(of: table)
        let parts = try model.scorer.contributions(of: table, workers: Workers(threads: 3))
        let base = try model.scorer.baseLogOdds()
        for row in 0..<table.rowCount {
            expectClose(parts.reduce(base) { $0 + $1[row] }, logOdds[row], absolute: 1e-10)
        }
        let row = 17
        let own = try values(row, trees, table)
        for (place, function) in trees.shapes.functions.enumerated() {
            let halves = trees.shapes.pairs.filter { $0.first == place || $0.second == place }.reduce(0) {
                $0 + $1.values[$1.place(of: own[$1.first], own[$1.second])] / 2
            }
            expectClose(
                parts[place][row], function.values[function.axis.cell(of: own[place])] + halves,
                absolute: 1e-12)
        }
        // Reasons rank these very contributions.
        let reasons = try #require(try model.score(table.gathered([row])).reasons)
        let riskiest = parts.indices.max { parts[$0][row] < parts[$1][row] }
        #expect(reasons.names(ofRow: 0).first == riskiest.map { model.scorer.columns[$0] })
    }

    @Test("the model file gives back the same model, for any number of threads", arguments: [2, 3, 7])
    func file(threads: Int) throws {
        let one = try ModelArtifact.data(of: Self.trained().model)
        let many = try ModelArtifact.data(of: Self.trained(workers: Workers(threads: threads)).model)
        #expect(one == many)
        #expect(try ModelArtifact.model(from: one) == Self.trained().model)
    }

    @Test("directions are proved, stored, and proved again on loading")
    func certificate() throws {
        let model = try Self.trained { $0.monotone = ["income": .falling, "delay": .rising] }.model
        let trees = try #require(model.additiveTrees)
        #expect(Set(trees.certificate.proofs.map(\.feature)) == ["income", "delay"])
        let places = trees.inputs.indices.filter { ["income", "delay"].contains(trees.inputs[$0].column) }
        #expect(trees.shapes.pairs.allSatisfy { !places.contains($0.first) && !places.contains($0.second) })
        var shapes = trees.shapes
        shapes.functions[places[0]].values[0] += 40 * (trees.inputs[places[0]].column == "delay" ? 1 : -1)
        #expect(throws: BoostingError.self) {
            try AdditiveTreesModel(
                inputs: trees.inputs, shapes: shapes,
                directions: trees.inputs.map { $0.column == "delay" ? 1 : $0.column == "income" ? -1 : 0 })
        }
    }

    @Test("special codes are missing where risk has a direction")
    func specials() throws {
        var recipe = SmallTrees.additiveRecipe { $0.monotone = ["bureau": .falling] }
        var column = ColumnSchema(name: "bureau", type: .double)
        column.specialCodes = [-1]
        recipe.columns = try Schema([column])
        let trees = try #require(
            try ModelTrainer(recipe, workers: .single).train(SmallCredit.table()).model.additiveTrees)
        let place = try #require(trees.inputs.firstIndex { $0.column == "bureau" })
        #expect(trees.inputs[place].missingCodes == [-1])
        #expect((trees.shapes.functions[place].weights.last ?? 0) > 0)
    }

    @Test("expected directions are for columns that are numbers, and stated ones go before them")
    func expected() throws {
        var recipe = SmallTrees.additiveRecipe { $0.monotone = Directions(stated: [:], expected: [:]) }
        #expect(recipe.asksForExpectedDirections)
        #expect(throws: TrainingError.self) {
            try ModelTrainer(recipe, workers: .single).train(SmallCredit.table())
        }
        recipe = recipe.expecting(["delay": .rising, "home": .rising, "elsewhere": .falling])
        let trees = try #require(
            try ModelTrainer(recipe, workers: .single).train(SmallCredit.table()).model.additiveTrees)
        #expect(trees.certificate.proofs.map(\.feature) == ["delay"])
        let text = """
            recipe: 1
            name: x
            target: {column: outcome, default: default}
            model: {kind: boosted-trees, monotone: expected}
            """
        #expect(try Recipe(text).asksForExpectedDirections)
        #expect(
            try Recipe(text.replacing("monotone: expected", with: "seed: 1")).asksForExpectedDirections
                == false)
    }

    @Test("refuses data that teach nothing, and directions of categories")
    func refusals() throws {
        let source = try SmallCredit.table(rows: 200)
        func refusal(
            _ table: Table, _ change: (inout AdditiveTreesRecipe) -> Void = { _ in }
        ) -> TrainingError? {
            do throws(TrainingError) {
                _ = try ModelTrainer(SmallTrees.additiveRecipe(change), workers: .single).train(table)
                return nil
            } catch { return error }
        }
        guard case .badOption("home", _) = refusal(source, { $0.monotone = ["home": .rising] }) else {
            Issue.record("a direction of a category")
            return
        }
        guard case .missingColumn("salary", _, _) = refusal(source, { $0.monotone = ["salary": .rising] })
        else {
            Issue.record("a direction of no column")
            return
        }
        guard case .boosting(.nothingToLearn) = refusal(source, { $0.minimumRowsInLeaf = 190 }) else {
            Issue.record("no step")
            return
        }
        let paid = Column(
            name: "outcome",
            values: .category(codes: Array(repeating: 0, count: 200), levels: ["paid", "default"]))
        let single = try Table(columns: source.columns.map { $0.name == "outcome" ? paid : $0 })
        #expect(refusal(single) != nil)
    }

    @Test(
        "recipes are read strictly",
        arguments: [
            "rounds: 0", "learningRate: 2", "leaves: 1", "smoothingRounds: -1", "order: fast", "pairs: -1",
            "pairs: {cells: 1}", "pairs: {order: none}", "monotone: {income: up}", "monotone: all",
            "bags: {count: 0}", "bags: {folds: 1}", "stopping: {rounds: 0}", "seed: -1", "bins: {maximum: 1}",
            "categories: {smoothing: -1}", "l1: 0", "minimumRowsInLeaf: 0", "l2: -1", "recalibrate: 1",
        ])
    func strictness(line: String) throws {
        let text = """
            recipe: 1
            name: x
            target: {column: outcome, default: default}
            model:
              kind: additive-trees
              \(line)

            """
        do throws(YAMLError) {
            _ = try Recipe(text, named: "x.yaml")
            Issue.record("\(line) was read")
        } catch {
            #expect(error.description.hasPrefix("x.yaml:6:"), "\(error)")
        }
    }

    @Test("printed tables hold every cell, and their shares add up")
    func tables() throws {
        let model = try Self.trained().model
        let trees = try #require(model.additiveTrees)
        let rows = trees.csv(model.scaling).split(separator: "\r\n").dropFirst()
        #expect(rows.count == trees.shapes.functions.reduce(0) { $0 + $1.values.count })
        let pairs = try #require(trees.pairsCSV(model.scaling)).split(separator: "\r\n").dropFirst()
        #expect(pairs.count == trees.shapes.pairs.reduce(0) { $0 + $1.values.count })
        #expect(trees.markdown(model.scaling).contains("| Intercept |"))
        #expect(trees.importance.count == trees.inputs.count + trees.shapes.pairs.count)
        #expect(zip(trees.importance, trees.importance.dropFirst()).allSatisfy { $0.meanSize >= $1.meanSize })
    }

    @Test("segments of a function lose least of all partitions", arguments: 1...4)
    func segments(count: Int) {
        let values = [0.1, 0.2, -1, -0.9, 2, 2.1, 0.4, 0.5]
        let weights = [1.0, 3, 2, 1, 2, 4, 1, 1]
        let function = AdditiveShapes.Function(
            axis: .number(upperBounds: (1..<8).map(Double.init)), values: values + [5], weights: weights + [2]
        )
        func cost(_ cells: [Int]) -> Double {
            let weight = cells.reduce(0) { $0 + weights[$1] }
            let mean = cells.reduce(0) { $0 + weights[$1] * values[$1] } / weight
            return cells.reduce(0) { $0 + weights[$1] * (values[$1] - mean) * (values[$1] - mean) }
        }
        let found = ShapeSegments(function, count: count).ranges
        #expect(found.flatMap(\.self) == Array(0..<8) && found.count == count)
        var best = Double.infinity
        for mask in 0..<128 where mask.nonzeroBitCount < count {
            var parts: [[Int]] = [[0]]
            for cell in 1..<8 {
                if mask >> (cell - 1) & 1 == 1 {
                    parts.append([cell])
                } else {
                    parts[parts.count - 1].append(cell)
                }
            }
            best = min(best, parts.reduce(0) { $0 + cost($1) })
        }
        expectClose(found.reduce(0) { $0 + cost($1) }, best, absolute: 1e-12)
    }

    @Test("a scorecard takes over the cuts, the groups and the proved trends")
    func handover() throws {
        let model = try Self.trained { $0.monotone = ["delay": .rising] }.model
        let text = try #require(model.scorecardRecipe())
        let recipe = try Recipe(text)
        guard case .scorecard(let options) = recipe.model else {
            Issue.record("no scorecard")
            return
        }
        #expect(recipe.target == model.roles.target && recipe.id == "id" && recipe.weight == "weight")
        #expect(options.variables["delay"]?.trend == .ascending)
        let card = try ModelTrainer(recipe, workers: .single).train(SmallCredit.table()).model
        let before = try #require(model.metrics["training"]?.auc)
        #expect(try #require(card.metrics["training"]?.auc) > before - 0.05)
        #expect(
            try ModelTrainer(SmallTrees.recipe(), workers: .single).train(SmallCredit.table()).model
                .scorecardRecipe() == nil)
    }
}
