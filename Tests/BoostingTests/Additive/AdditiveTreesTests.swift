import Foundation
import TestSupport
import Testing

@testable import Boosting

@Suite("Additive trees")
struct AdditiveTreesTests {
    static func options(_ change: (inout AdditiveOptions) -> Void = { _ in }) -> AdditiveOptions {
        var options = AdditiveOptions()
        options.rounds = 60
        options.learningRate = 0.1
        options.smoothingRounds = 10
        options.earlyStoppingRounds = 20
        options.minimumRowsInLeaf = 10
        options.pairCells = 8
        change(&options)
        return options
    }

    static func train(
        _ data: TrainingData, bags: Int = 3, _ change: (inout AdditiveOptions) -> Void = { _ in }
    ) throws -> AdditiveTrees.Training {
        let fold = data.folds(max(2, bags), seed: 5)
        let held = (0..<bags).map { bag in fold.indices.filter { fold[$0] == bag } }
        return try AdditiveTrees(options: options(change)).train(data, leavingOut: held)
    }

    /// Outcomes from x alone, z alone, and the two together: a cross that neither shows by itself.
    static func crossed(rows: Int = 3000, seed: UInt64 = 3, cross: Double = 1.5) -> TrainingData {
        var draws = Samples.Draws(state: seed << 32)
        var (x, z, noise, outcomes) = ([Double](), [Double](), [Double](), [Double]())
        var levels: [UInt32] = []
        for _ in 0..<rows {
            let values = (draws.next() * 2 - 1, draws.next() * 2 - 1)
            let level = UInt32(draws.next() * 4)
            x.append(draws.next() < 0.1 ? .nan : values.0)
            z.append(values.1)
            levels.append(level)
            noise.append(draws.next())
            let logOdds =
                -0.5 + values.0 + (values.0 > 0).sign * (values.1 > 0).sign * cross + (level == 2 ? 1 : 0)
            outcomes.append(draws.next() < 1 / (1 + exp(-logOdds)) ? 1 : 0)
        }
        return TrainingData(
            names: ["x", "z", "level", "noise"],
            columns: [.doubles(x), .doubles(z), .categories(levels, levels: 4), .doubles(noise)],
            outcomes: outcomes)
    }

    @Test(
        "rows left out are scored by the tables as by the fit that they were left out of", arguments: [0, 3])
    func tables(pairs: Int) throws {
        let data = Self.crossed(rows: 1200)
        let training = try Self.train(data, bags: 1) { $0.pairs = pairs }
        let shapes = try training.shapes.validated()
        #expect(shapes.pairs.count == pairs)
        let held = training.outOfBagScores.indices.filter { !training.outOfBagScores[$0].isNaN }
        #expect(held.count == 600)
        for row in held {
            // Sums of a few dozen terms in another order.
            expectClose(
                shapes.rawScore(of: Samples.row(row, of: data)), training.outOfBagScores[row],
                absolute: 1e-9)
        }
    }

    @Test("functions of one feature have mean 0, those of pairs along every row and column")
    func purity() throws {
        let data = Samples.credit(rows: 1500, weighted: true)
        let shapes = try Self.train(data) { $0.pairs = 4 }.shapes
        for function in shapes.functions {
            expectClose(
                zip(function.values, function.weights).reduce(0) { $0 + $1.0 * $1.1 }
                    / function.weights.reduce(0, +), 0, absolute: 1e-12)
        }
        #expect(!shapes.pairs.isEmpty)
        for pair in shapes.pairs {
            let (rows, columns) = (pair.firstAxis.cellCount, pair.secondAxis.cellCount)
            let products = zip(pair.values, pair.weights).map { $0 * $1 }
            for row in 0..<rows {
                expectClose(
                    (0..<columns).reduce(0) { $0 + products[row * columns + $1] }, 0, absolute: 1e-7)
            }
            for column in 0..<columns {
                expectClose(
                    (0..<rows).reduce(0) { $0 + products[$1 * columns + column] }, 0, absolute: 1e-7)
            }
        }
    }

    @Test("weights of cells add up to those of the rows")
    func weights() throws {
        let data = Samples.credit(rows: 800, weighted: true)
        let shapes = try Self.train(data) { $0.pairs = 2 }.shapes
        let total = data.weights.reduce(0, +)
        for weights in shapes.functions.map(\.weights) + shapes.pairs.map(\.weights) {
            expectClose(weights.reduce(0, +), total, relative: 1e-12)
        }
    }

    @Test("finds the pair that says something, and what it says")
    func interaction() throws {
        let data = Self.crossed()
        let training = try Self.train(data) { options in
            options.pairs = 1
            options.rounds = 200
        }
        let strongest = try #require(training.strengths.first)
        #expect(strongest.first == 0 && strongest.second == 1)
        #expect(strongest.strength > 5 * training.strengths[1].strength)
        let pair = try #require(training.shapes.pairs.first)
        let corner = { (x: Double, z: Double) in pair.values[pair.place(of: x, z)] }
        let contrast =
            corner(0.5, 0.5) - corner(-0.5, 0.5) - corner(0.5, -0.5) + corner(-0.5, -0.5)
        // 4 · 1.5 in truth; shrunken by early stopping.
        #expect((3...8).contains(contrast), "\(contrast)")
        // Without a cross no pair stands out as that one did.
        let plain = try Self.train(Self.crossed(cross: 0)) { $0.pairs = 1 }
        #expect((plain.strengths.first?.strength ?? 0) < 0.2 * strongest.strength)
    }

    /// Uniform columns that say nothing of the outcome.
    static func noise(rows: Int, seed: UInt64) -> TrainingData {
        var draws = Samples.Draws(state: seed << 32)
        let columns = (0..<12).map { _ in (0..<rows).map { _ in draws.next() } }
        return TrainingData(
            names: columns.indices.map { "noise \($0)" }, columns: columns.map { .doubles($0) },
            outcomes: (0..<rows).map { _ in draws.next() < 0.3 ? 1 : 0 })
    }

    static func loss(_ shapes: AdditiveShapes, _ data: TrainingData) -> Double {
        data.outcomes.indices.reduce(0) { sum, row in
            let score = shapes.rawScore(of: Samples.row(row, of: data))
            return sum + log1p(exp(data.outcomes[row] > 0 ? -score : score))
        } / Double(data.rowCount)
    }

    @Test("rows left out stop pairs that chance made strong")
    func pairsOfNoise() throws {
        let fresh = Self.noise(rows: 4000, seed: 99)
        let losses = try (1...3).map { (seed: UInt64) in
            let data = Self.noise(rows: 500, seed: seed)
            let plain = try Self.train(data, bags: 5).shapes
            let paired = try Self.train(data, bags: 5) { $0.pairs = 12 }.shapes
            return Self.loss(paired, fresh) - Self.loss(plain, fresh)
        }
        // A ranking that all bags share has seen the rows that each leaves out: 0.009 on data like these.
        #expect(losses.reduce(0, +) / 3 < 0.004, "\(losses)")
    }

    @Test("cells that no row fell into are explained, and carried to other tools")
    func emptyCells() throws {
        let data = Self.crossed(rows: 200)
        let shapes = try Self.train(data) { $0.pairs = 1 }.shapes
        #expect(shapes.pairs.contains { $0.weights.contains(0) })
        let forest = shapes.forest
        let read = try Forest(xgboostJSON: Array(try forest.xgboostJSON().utf8))
        _ = try TreeExplainer(read)
        _ = try InteractionExplainer(read)
        for row in 0..<50 {
            let values = Samples.row(row, of: data)
            expectClose(read.rawScores(of: values)[0], shapes.rawScore(of: values), absolute: 1e-5)
        }
    }

    @Test(
        "so many bags and penalties are usual",
        arguments: [(3_999, 32), (4_000, 16), (20_000, 8), (200_000, 4)])
    func defaults(rows: Int, bags: Int) {
        let usual = AdditiveTrees.defaults(rows: rows, rarer: rows / 4, features: 12)
        #expect(usual.bags == bags && usual.folds == 8 && usual.options.pairs == 36)
        #expect(AdditiveTrees.defaults(rows: rows, rarer: 499, features: 1).options.l2 == 1)
        #expect(AdditiveTrees.defaults(rows: rows, rarer: 500, features: 1).options.l2 == 0)
    }

    @Test("the pairs of all bags are the widest, as many as asked for")
    func widestPairs() throws {
        let training = try Self.train(Self.crossed(rows: 900), bags: 6) { $0.pairs = 2 }
        let variances = training.shapes.pairs.map { pair in
            zip(pair.values, pair.weights).reduce(0) { $0 + $1.0 * $1.0 * $1.1 }
        }
        #expect(variances.count == 2)
        #expect(variances[0] >= variances[1])
        #expect(training.shapes.pairs[0].first == 0 && training.shapes.pairs[0].second == 1)
    }

    @Test("the forest of the tables scores as they do, missing values and unknown levels included")
    func forest() throws {
        let data = Self.crossed(rows: 1000)
        let shapes = try Self.train(data) { $0.pairs = 3 }.shapes
        let forest = try shapes.forest.validated()
        var rows = (0..<200).map { Samples.row($0, of: data) }
        for place in 0..<4 {
            for odd in [Double.nan, -.infinity, .infinity, 0, 99] {
                var row = Samples.row(7, of: data)
                row[place] = odd
                rows.append(row)
            }
        }
        // Every bound itself.
        for (place, function) in shapes.functions.enumerated() {
            guard case .number(let bounds) = function.axis else { continue }
            for bound in bounds {
                var row = Samples.row(3, of: data)
                row[place] = bound
                rows.append(row)
            }
        }
        for row in rows {
            expectClose(forest.rawScores(of: row)[0], shapes.rawScore(of: row), absolute: 1e-12)
        }
    }

    @Test("moved along a line, functions and trees say so of every row")
    func moved() throws {
        let data = Self.crossed(rows: 1000)
        let shapes = try Self.train(data) { $0.pairs = 3 }.shapes
        let (line, forest) = (shapes.moved(intercept: 0.25, slope: 1.5), shapes.forest)
        let movedForest = try forest.moved(intercept: 0.25, slope: 1.5).validated()
        for row in 0..<200 {
            let values = Samples.row(row, of: data)
            expectClose(
                line.rawScore(of: values), 0.25 + 1.5 * shapes.rawScore(of: values), absolute: 1e-12)
            expectClose(
                movedForest.rawScores(of: values)[0], 0.25 + 1.5 * forest.rawScores(of: values)[0],
                absolute: 1e-12)
        }
    }

    @Test("constrained features keep to their direction, which is proved, and enter no pair")
    func monotone() throws {
        var data = Samples.credit(rows: 1500)
        // Against the direction of the data for y, and with it for x.
        let directions: [Int8] = [1, 1, 0, -1]
        data.names = ["x", "y", "level", "noise"]
        let training = try Self.train(data) { options in
            options.monotone = directions
            options.pairs = 10
        }
        let shapes = training.shapes
        #expect(training.strengths.isEmpty && shapes.pairs.isEmpty)
        let certificate = try MonotonicityCertificate(proving: shapes.forest, directions: directions)
        #expect(certificate.proofs.map(\.feature) == ["x", "y", "noise"])
        for (place, direction) in directions.enumerated() where direction != 0 {
            let values = shapes.functions[place].values.dropLast()
            for (low, high) in zip(values, values.dropFirst()) {
                #expect((high - low) * Double(direction) >= 0)
            }
        }
        var broken = shapes
        broken.functions[0].values[2] -= 9
        #expect(throws: BoostingError.self) {
            try MonotonicityCertificate(proving: broken.forest, directions: directions)
        }
    }

    @Test("the same on any number of threads, on repeat, and with any instructions", arguments: [2, 3, 7])
    func anyThreads(threads: Int) throws {
        let data = Self.crossed(rows: 900)
        func options(_ options: inout AdditiveOptions) {
            options.pairs = 2
            if threads == 3 { (options.order, options.pairOrder) = (.cyclic, .greedy) }
        }
        let one = try Self.train(data, bags: 5, options)
        let many = try Self.train(data, bags: 5) { changed in
            options(&changed)
            changed.threads = threads
        }
        #expect(one.shapes == many.shapes && one.rounds == many.rounds)
        #expect(zip(one.strengths, many.strengths).allSatisfy { $0 == $1 })
        let held = [Array(stride(from: 0, to: 900, by: 3))]
        let trainer = try AdditiveTrees(options: Self.options { $0.pairs = 2 })
        let plain = try trainer.train(data, leavingOut: held, instructions: .plain)
        for instructions in Instructions.available {
            #expect(
                try trainer.train(data, leavingOut: held, instructions: instructions).shapes == plain.shapes)
        }
    }

    @Test("a row of weight 0 teaches nothing, wherever its values lie")
    func weightless() throws {
        var data = Samples.credit(rows: 600)
        data.weights = (0..<600).map { $0 < 500 ? 1 : 0 }
        var other = data
        for row in 500..<600 { other.outcomes[row] = 1 - other.outcomes[row] }
        let held = [Array(0..<120)]
        let trainer = try AdditiveTrees(options: Self.options { $0.pairs = 2 })
        #expect(
            try trainer.train(data, leavingOut: held).shapes
                == trainer.train(other, leavingOut: held).shapes)
    }

    @Test("columns of one value, of missing values alone and of infinities do no harm")
    func degenerate() throws {
        var data = Samples.credit(rows: 400)
        data.names += ["constant", "missing", "infinite", "huge"]
        data.columns += [
            .doubles(Array(repeating: 3, count: 400)), .doubles(Array(repeating: .nan, count: 400)),
            .doubles((0..<400).map { $0 % 3 == 0 ? .infinity : $0 % 3 == 1 ? -.infinity : 1 }),
            .doubles((0..<400).map { Double($0) * 1e306 }),
        ]
        let shapes = try Self.train(data) { $0.pairs = 10 }.shapes.validated()
        #expect(shapes.functions[4].values.allSatisfy { abs($0) < 1e-9 })
        for row in 0..<400 { #expect(shapes.rawScore(of: Samples.row(row, of: data)).isFinite) }
        // A value that training never saw missing says nothing.
        var row = Samples.row(0, of: data)
        row[7] = .nan
        row[4] = .nan
        #expect(shapes.rawScore(of: row).isFinite)
        #expect(shapes.functions[7].values.last == 0)
    }

    @Test("separable data end at bounded functions")
    func separation() throws {
        let values = (0..<300).map { Double($0) }
        let data = TrainingData(
            names: ["x"], columns: [.doubles(values)], outcomes: values.map { $0 < 150 ? 0 : 1 })
        let shapes = try Self.train(data) { $0.rounds = 300 }.shapes
        #expect(shapes.functions[0].values.allSatisfy { abs($0) < 60 })
        #expect(shapes.rawScore(of: [10]) < -1 && shapes.rawScore(of: [290]) > 1)
    }

    @Test("refuses bags and data that teach nothing, and options out of range")
    func refusals() throws {
        let data = Samples.credit(rows: 100)
        let trainer = try AdditiveTrees(options: Self.options())
        var single = data
        single.outcomes = Array(repeating: 1, count: 100)
        let lists: [(TrainingData, [[Int]])] = [
            (data, []), (data, [[]]), (data, [[100]]), (data, [[-1]]), (data, [[3, 3]]),
            (data, [Array(0..<100)]), (single, [[1]]),
            (data, [data.outcomes.indices.filter { data.outcomes[$0] == 1 }]),
        ]
        for (data, held) in lists {
            #expect(throws: BoostingError.self) { try trainer.train(data, leavingOut: held) }
        }
        let changes: [(inout AdditiveOptions) -> Void] = [
            { $0.rounds = 0 }, { $0.learningRate = 0 }, { $0.learningRate = .nan }, { $0.leaves = 1 },
            { $0.smoothingRounds = -1 }, { $0.minimumRowsInLeaf = 0 }, { $0.l2 = -1 }, { $0.l2 = .infinity },
            { $0.maximumBins = 1 }, { $0.pairs = -1 }, { $0.pairCells = 256 }, { $0.monotone = [2] },
            { $0.earlyStoppingRounds = 0 }, { $0.threads = 0 }, { $0.minimumHessianInLeaf = .nan },
            { $0.categorySmoothing = -1 }, { $0.minimumRowsInBin = 0 },
        ]
        for change in changes {
            #expect(throws: BoostingError.self) { try AdditiveTrees(options: Self.options(change)) }
        }
        #expect(throws: BoostingError.self) {
            try AdditiveTrees(options: Self.options { $0.monotone = [0, 0, 1, 0] }).train(
                data, leavingOut: [[1, 2]])
        }
    }
}

extension Bool {
    fileprivate var sign: Double { self ? 1 : -1 }
}
