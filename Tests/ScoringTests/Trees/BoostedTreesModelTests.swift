import Boosting
import Foundation
import Parallelism
import Tables
import TestSupport
import Testing

@testable import Scoring

@Suite("Boosted trees as a scoring model")
struct BoostedTreesModelTests {
    private static func held(_ options: inout BoostedTreesRecipe) {
        options.monotone = ["income": .falling, "delay": .rising, "bureau": .falling]
    }

    @Test("the file gives back the same model, bytes and scores")
    func roundTrip() throws {
        let model = try SmallTrees.trained(Self.held).model
        let data = try ModelArtifact.data(of: model)
        let again = try ModelArtifact.model(from: data)
        #expect(again == model)
        #expect(try ModelArtifact.data(of: again) == data)
        let table = try SmallCredit.table(rows: 300, seed: 3)
        #expect(try again.score(table) == model.score(table))
    }

    @Test("any number of threads trains the same model, by every way of stopping")
    func threads() throws {
        let ways: [(inout BoostedTreesRecipe) -> Void] = [
            { $0.leaves = [3, 6] },
            { $0.stopping = .none },
            {
                var early = BoostedTreesRecipe.EarlyStopping()
                early.committee = false
                early.folds = 4
                early.metric = .auc
                $0.stopping = .early(early)
            },
        ]
        for way in ways {
            let one = try ModelArtifact.data(of: SmallTrees.trained(way, workers: .single).model)
            for threads in [2, 7] {
                let many = try SmallTrees.trained(way, workers: Workers(threads: threads)).model
                #expect(try ModelArtifact.data(of: many) == one)
            }
        }
    }

    @Test("a row gets the same bits alone, in parts and in a batch, on any number of threads")
    func places() throws {
        let model = try SmallTrees.trained().model
        let table = try SmallCredit.table(rows: 400, seed: 12)
        let all = try model.score(table)
        for threads in [2, 7] {
            #expect(try model.score(table, workers: Workers(threads: threads)) == all)
        }
        for part in [0..<1, 3..<4, 399..<400, 7..<300] {
            let some = try model.score(table.gathered(Array(part)))
            #expect(some.logOdds == Array(all.logOdds[part]))
            for (place, row) in part.enumerated() {
                #expect(some.reasons?.names(ofRow: place) == all.reasons?.names(ofRow: row))
            }
        }
    }

    @Test("log-odds are those of walking the trees one split at a time")
    func walking() throws {
        let model = try SmallTrees.trained().model
        let trees = try #require(model.boostedTrees)
        let table = try SmallCredit.table(rows: 200, seed: 4)
        let logOdds = try model.scorer.logOdds(of: table)
        let columns = try trees.inputs.map { try $0.values(of: try #require(table[$0.column])) }
        for row in 0..<table.rowCount {
            let values = columns.map { column -> Double in
                switch column {
                case .doubles(let values): values[row]
                case .floats(let values): Double(values[row])
                case .categories(let codes, _): codes[row] == .max ? .nan : Double(codes[row])
                }
            }
            expectClose(logOdds[row], trees.forest.rawScores(of: values)[0], absolute: 1e-6)
        }
    }

    @Test("contributions and the base add up to the log-odds, and reasons rank them")
    func contributions() throws {
        let model = try SmallTrees.trained().model
        let table = try SmallCredit.table()
        let logOdds = try model.scorer.logOdds(of: table)
        let contributions = try model.scorer.contributions(of: table)
        let base = try model.scorer.baseLogOdds()
        let reasons = try #require(try model.score(table).reasons)
        for row in 0..<table.rowCount {
            let ofRow = contributions.map { $0[row] }
            expectClose(base + ofRow.reduce(0, +), logOdds[row], absolute: 1e-5)
            let lost = ofRow.map { Float(model.scaling.factor * $0) }
            let expected = lost.indices.filter { lost[$0] > 0 }
                .sorted { lost[$0] != lost[$1] ? lost[$0] > lost[$1] : $0 < $1 }.prefix(4)
            #expect(reasons.reasons(ofRow: row).map { Int($0.characteristic) } == Array(expected))
        }
        // What contributions are counted from is the mean of the scores that the trees were grown on.
        let mean = logOdds.reduce(0, +) / Double(logOdds.count)
        expectClose(base, mean, absolute: 0.3)
    }

    @Test("reasons against the best contribution count from there", arguments: ReasonReference.allCases)
    func references(reference: ReasonReference) throws {
        let model = try SmallTrees.trained { $0.reasons = ReasonOptions(count: 2, reference: reference) }
            .model
        let contributions = try model.scorer.contributions(of: SmallCredit.table())
        switch reference {
        case .neutral: #expect(model.references.allSatisfy { $0 == 0 })
        case .maximum: #expect(model.references == contributions.map { $0.min() })
        case .mean:
            for (reference, ofRows) in zip(model.references, contributions) {
                #expect((ofRows.min() ?? 0)...(ofRows.max() ?? 0) ~= reference)
            }
        }
    }

    @Test("a direction holds for every row when its column alone is moved, and is proved")
    func monotone() throws {
        let model = try SmallTrees.trained(Self.held).model
        let certificate = try #require(model.boostedTrees).certificate
        #expect(Set(certificate.proofs.map(\.feature)) == ["income", "delay", "bureau"])
        #expect(certificate.proofs.allSatisfy { $0.pairs > 0 })
        let table = try SmallCredit.table(rows: 60, seed: 9)
        for (name, direction) in [("income", -1.0), ("bureau", -1.0), ("delay", 1.0)] {
            var before = [Double](repeating: -.infinity, count: table.rowCount)
            for value in stride(from: 0.0, through: 60, by: 0.5) {
                let moved = try table.replacing(
                    Column(name: name, values: .double(Array(repeating: value, count: table.rowCount))))
                let now = try model.scorer.logOdds(of: moved).map { $0 * direction }
                #expect(zip(before, now).allSatisfy { $0 <= $1 }, "\(name) at \(value)")
                before = now
            }
        }
    }

    @Test("a forest that does not keep to a direction is no model")
    func refusal() throws {
        let trees = try #require(try SmallTrees.trained(Self.held).model.boostedTrees)
        let place = try #require(trees.inputs.firstIndex { $0.column == "delay" })
        var directions = [Int8](repeating: 0, count: trees.inputs.count)
        directions[place] = 1
        #expect(throws: Never.self) {
            try BoostedTreesModel(inputs: trees.inputs, forest: trees.forest, directions: directions)
        }
        directions[place] = -1
        #expect {
            try BoostedTreesModel(inputs: trees.inputs, forest: trees.forest, directions: directions)
        } throws: { error in
            guard case .notMonotone("delay", -1, _) = error as? BoostingError else { return false }
            return true
        }
    }

    @Test("a certificate that is not that of the trees is refused under a right digest")
    func forgedCertificate() throws {
        let free = try SmallTrees.trained().model
        let data = try ModelArtifact.data(of: free)
        let document = try JSONDecoder().decode(ModelDocument.self, from: data)
        var text = String(decoding: try JSONEncoder().encode(document.model.boostedTrees), as: UTF8.self)
        text = text.replacing(
            "\"proofs\":[]",
            with: "\"proofs\":[{\"feature\":\"delay\",\"direction\":1,\"trees\":1,\"pairs\":1}]")
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(BoostedTreesModel.self, from: Data(text.utf8))
        }
    }

    @Test("columns of different groups never meet on a path")
    func interactions() throws {
        let trees = try #require(
            try SmallTrees.trained { $0.interactions = [["income", "home"], ["delay"]] }.model.boostedTrees)
        let names = trees.inputs.map(\.column)
        for tree in trees.forest.trees {
            var pending: [(Tree.Child, Set<String>)] = [(tree.splits.isEmpty ? .leaf(0) : .split(0), [])]
            while let (child, met) = pending.popLast() {
                guard case .split(let number) = child else {
                    #expect(met.count <= 1 || met == ["income", "home"], "\(met)")
                    continue
                }
                let met = met.union([names[tree.splits[number].feature]])
                pending.append((tree.splits[number].left, met))
                pending.append((tree.splits[number].right, met))
            }
        }
    }

    @Test("a level never seen counts as missing, and so do special codes where risk has a direction")
    func states() throws {
        var recipe = SmallTrees.recipe(Self.held)
        recipe.columns = try Schema([
            ColumnSchema(name: "bureau", type: .double).with(specialCodes: [-1]),
            ColumnSchema(name: "income", type: .double),
        ])
        let table = try SmallCredit.table()
        let model = try ModelTrainer(recipe, workers: .single).train(table).model
        func logOdds(_ column: Column) throws -> [Double] {
            try model.scorer.logOdds(of: table.replacing(column))
        }
        let rows = table.rowCount
        let unseen = Column(
            name: "home", values: .category(codes: Array(repeating: 0, count: rows), levels: ["castle"]))
        let missing = Column(
            name: "home",
            values: .category(
                codes: Array(repeating: Column.missingCode, count: rows), levels: ["own"]))
        #expect(try logOdds(unseen) == logOdds(missing))
        func bureau(_ value: Double) -> Column {
            Column(name: "bureau", values: .double(Array(repeating: value, count: rows)))
        }
        #expect(try logOdds(bureau(-1)) == logOdds(bureau(.nan)))
        #expect(try logOdds(bureau(-1)) != logOdds(bureau(-2)))
    }

    @Test("early stopping grows fewer trees, and a committee one forest per fold")
    func stopping() throws {
        func trees(_ stopping: BoostedTreesRecipe.Stopping) throws -> (count: Int, remarks: [String]) {
            let trained = try SmallTrees.trained {
                $0.rounds = 200
                $0.stopping = stopping
            }
            return (
                try #require(trained.model.boostedTrees).forest.trees.count, trained.report.remarks
            )
        }
        #expect(try trees(.none).count == 200)
        var early = BoostedTreesRecipe.EarlyStopping()
        early.rounds = 5
        early.committee = false
        let one = try trees(.early(early))
        #expect(one.count < 200 && one.remarks[0].hasPrefix("one forest of"))
        #expect(one.remarks[0].contains("grown on all rows"))
        early.regrow = false
        let kept = try trees(.early(early))
        #expect(kept.count < one.count && !kept.remarks[0].contains("grown on all rows"))
        early.committee = true
        early.folds = 4
        let four = try trees(.early(early))
        #expect(four.count > one.count / 2 && four.remarks[0].hasPrefix("the mean of 4 forests"))
    }

    @Test("the mean of forests scores the mean of their scores")
    func committee() throws {
        let table = try SmallCredit.table()
        let data = try TrainingData(table, recipe: SmallTrees.recipe())
        let design = try TreeDesign(data, recipe: SmallTrees.recipe(), directions: [:])
        let settings = try TreeSettings(
            SmallTrees.options(), defaulted: data.defaulted, directions: design.directions,
            interactions: [])
        let folds = try Folds(dealing: data.defaulted, options: FoldOptions(count: 3, seed: 1))
        let grown = try settings.grow(design.data, folds: folds, workers: .single)
        let counts = grown.rounds
        #expect(counts.count == 3 && grown.forest.trees.count == counts.reduce(0, +))
        // Taken apart again, each third is a forest whose leaves were divided by three.
        let scores = try Predictor(grown.forest).rawScores(columns: design.data.columns)
        var sum = [Double](repeating: 0, count: scores.count)
        var start = 0
        for count in counts {
            var part = grown.forest
            part.trees = Array(part.trees[start..<start + count])
            for tree in part.trees.indices {
                for leaf in part.trees[tree].leaves.indices { part.trees[tree].leaves[leaf].value *= 3 }
            }
            start += count
            let ofPart = try Predictor(part).rawScores(columns: design.data.columns)
            for row in sum.indices { sum[row] += ofPart[row] / 3 }
        }
        expectClose(scores, sum, absolute: 1e-6)
    }
}

extension ColumnSchema {
    fileprivate func with(specialCodes: [Double]) -> ColumnSchema {
        var column = self
        column.specialCodes = specialCodes
        return column
    }
}

extension Table {
    /// The table with one column exchanged.
    fileprivate func replacing(_ column: Column) throws -> Table {
        try Table(columns: columns.map { $0.name == column.name ? column : $0 })
    }
}
