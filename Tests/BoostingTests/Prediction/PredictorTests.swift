import Foundation
import Parallelism
import Statistics
import TestSupport
import Testing

@testable import Boosting

/// What a predictor computes, said plainly: leaves found by walking, rounded to units of their group of eight trees,
/// summed exactly within a group and in double precision over groups.
struct PlainPredictor {
    let forest: Forest
    /// By output: the numbers of a group's trees, its unit, and its leaves in units.
    private var groups: [[(trees: [Int], unit: Double, leaves: [[Int]])]] = []

    init(_ forest: Forest) {
        self.forest = forest
        let outputs = forest.outputCount
        for output in 0..<outputs {
            let own = Array(stride(from: output, to: forest.trees.count, by: outputs))
            groups.append(
                stride(from: 0, to: own.count, by: 8).map { start in
                    let trees = Array(own[start..<min(start + 8, own.count)])
                    let largest = trees.flatMap { forest.trees[$0].leaves.map { abs($0.value) } }.max() ?? 0
                    let unit = largest == 0 ? 1 : scalbn(1, Int(largest.exponent) + 1 - 27)
                    let leaves = trees.map {
                        forest.trees[$0].leaves.map { Int(($0.value / unit).rounded()) }
                    }
                    return (trees, unit, leaves)
                })
        }
    }

    func rawScores(of row: [Double]) -> [Double] {
        let row = forest.comparesSinglePrecision ? row.map { Double(Float($0)) } : row
        return groups.indices.map { output in
            groups[output].reduce(forest.baseScores[output]) { sum, group in
                let units = zip(group.trees, group.leaves).reduce(0) { sum, member in
                    sum + member.1[forest.trees[member.0].leaf(of: row)]
                }
                return sum + Double(units) * group.unit
            }
        }
    }
}

@Suite("Scoring rows")
struct PredictorTests {
    /// Sizes on both sides of every limit of the kernels.
    static let sizes = [
        [1], [2, 1, 5], [31, 32, 8, 31, 20, 31, 4, 31, 31, 2, 31], [33, 64, 63, 31, 17, 1, 60, 33, 40],
        [65, 255, 256], [257, 300, 20, 256],
    ]

    /// Every path: blocks and single rows, row-major and columns, single and double precision, all instructions.
    private func expectAgreement(_ forest: Forest, _ columns: [TrainingData.Column]) throws {
        let plain = PlainPredictor(forest)
        let count = columns.first?.count ?? 0
        let expected = (0..<count).map { plain.rawScores(of: columns.row($0)) }
        let doubles = columns.map { TrainingData.Column.doubles($0.asDoubles) }
        for instructions in Instructions.available {
            let predictor = try Predictor(forest, instructions: instructions)
            let outputs = predictor.outputCount
            let flat = (0..<outputs).flatMap { output in expected.map { $0[output] } }
            #expect(predictor.rawScores(rowMajor: columns.rowMajor.span) == flat, "\(instructions)")
            #expect(predictor.rawScores(columns: columns) == flat, "\(instructions)")
            #expect(predictor.rawScores(columns: doubles) == flat, "\(instructions)")
            for row in stride(from: 0, to: count, by: 7) {
                let values = columns.row(row)
                #expect(predictor.rawScores(of: values.span) == expected[row], "\(instructions) row \(row)")
                let floats = values.map { Float($0) }
                #expect(predictor.rawScores(of: floats.span) == expected[row], "\(instructions) row \(row)")
            }
            for row in 0..<count {
                let exact = forest.rawScores(of: columns.row(row))
                expectClose(expected[row], exact, absolute: predictor.roundingBound + 1e-12)
            }
        }
    }

    @Test("every path gives the bits of the plain sum", arguments: Array(sizes.indices))
    func allPaths(index: Int) throws {
        var random = RandomForests(seed: UInt64(index))
        let features = RandomForests.features(21)
        let forest = random.forest(leaves: Self.sizes[index], features: features)
        try expectAgreement(forest, random.columns(rows: 300, features: features))
    }

    @Test("zero as missing, several outputs, single-precision comparison")
    func variants() throws {
        var random = RandomForests(seed: 20)
        let features = RandomForests.features(5)
        let columns = random.columns(rows: 70, features: features)
        try expectAgreement(
            random.forest(leaves: [20, 9, 31], features: features, zeroIsMissing: true), columns)
        var forest = random.forest(
            leaves: [Int](repeating: 12, count: 27), features: features, objective: .softmax(classes: 3))
        try expectAgreement(forest, columns)
        forest.comparesSinglePrecision = true
        try expectAgreement(forest, columns)
    }

    @Test("more thresholds on a feature than a byte can count")
    func manyThresholds() throws {
        var random = RandomForests(seed: 21)
        let features = [Forest.Feature(name: "x", kind: .number)]
        let forest = random.forest(leaves: [256, 256, 256, 200, 31, 31], features: features)
        #expect(Set(forest.trees.flatMap { $0.splits.map(\.condition) }).count > 510)
        try expectAgreement(forest, random.columns(rows: 200, features: features))
    }

    @Test("more levels than a byte can count, and codes of every type")
    func manyLevels() throws {
        var random = RandomForests(seed: 22)
        var features = RandomForests.features(3, levels: 700)
        let forest = random.forest(leaves: [60, 60, 31, 31, 31], features: features)
        var columns = random.columns(rows: 200, features: features)
        try expectAgreement(forest, columns)
        let expected = try Predictor(forest).rawScores(columns: columns)
        columns[2] = .categories(
            columns[2].asDoubles.map { $0.isNaN ? .max : $0 < 0 ? 9999 : UInt32($0) }, levels: 10_000)
        #expect(try Predictor(forest).rawScores(columns: columns) == expected)
        features[2].kind = .number
        #expect(try Predictor(forest).rawScores(columns: columns) == expected)
    }

    @Test("more columns than one register of permutes holds")
    func manyColumns() throws {
        var random = RandomForests(seed: 23)
        for count in [150, 400] {
            let features = RandomForests.features(count)
            let forest = random.forest(leaves: [Int](repeating: 31, count: 24), features: features)
            try expectAgreement(forest, random.columns(rows: 40, features: features))
        }
    }

    @Test("threads and places in a batch change nothing")
    func positions() throws {
        var random = RandomForests(seed: 24)
        let features = RandomForests.features(9)
        let forest = random.forest(leaves: [Int](repeating: 9, count: 10), features: features)
        let columns = random.columns(rows: 9000, features: features)
        let predictor = try Predictor(forest)
        let all = predictor.rawScores(columns: columns)
        for threads in [2, 3, 7] {
            #expect(predictor.rawScores(columns: columns, workers: Workers(threads: threads)) == all)
        }
        let rows = columns.rowMajor
        for start in [1, 17, 255, 4097] {
            let tail = Array(rows[(start * features.count)...])
            #expect(predictor.rawScores(rowMajor: tail.span) == Array(all[start...]))
        }
    }

    @Test("a chain as deep as it has splits")
    func chain() throws {
        for depth in [250, 20_000] {
            let splits = (0..<depth).map { split in
                Tree.Split(
                    feature: 0, condition: .atMost(Double(split)), missingGoesLeft: false, left: .leaf(split),
                    right: split + 1 < depth ? .split(split + 1) : .leaf(depth))
            }
            let leaves = (0...depth).map { Tree.Leaf(value: Double($0), cover: 1) }
            let forest = Forest(
                features: [Forest.Feature(name: "x", kind: .number)], objective: .squared, baseScores: [0],
                trees: [Tree(splits: splits, leaves: leaves)])
            let predictor = try Predictor(forest)
            let rows: [Float] = [-1, 0, 7.5, 249, 19_999, 1e9, .nan]
            let exact = rows.map { forest.rawScores(of: [Double($0)])[0] }
            expectClose(predictor.rawScores(rowMajor: rows.span), exact, absolute: predictor.roundingBound)
            #expect(predictor.roundingBound < 1e-3)
        }
    }

    @Test("leaves of any size keep their digits", arguments: [1e-300, 1e-20, 1, 1e20, 1e300])
    func scales(scale: Double) throws {
        var random = RandomForests(seed: 25)
        let features = RandomForests.features(4)
        var forest = random.forest(leaves: [7, 7, 7], features: features)
        for tree in forest.trees.indices {
            for leaf in forest.trees[tree].leaves.indices { forest.trees[tree].leaves[leaf].value *= scale }
        }
        forest.baseScores = [0]
        let predictor = try Predictor(forest)
        // Below 10⁻²⁷¹ leaves count as nothing.
        #expect(predictor.roundingBound <= max(scale * 3e-9, 1e-270))
        let columns = random.columns(rows: 20, features: features)
        for (row, score) in predictor.rawScores(columns: columns).enumerated() {
            let exact = forest.rawScores(of: columns.row(row))[0]
            expectClose(score, exact, absolute: predictor.roundingBound * 1.01)
        }
    }

    @Test("no trees, no rows")
    func nothing() throws {
        let empty = Forest(
            features: [Forest.Feature(name: "x", kind: .number)], objective: .squared, baseScores: [1.5],
            trees: [])
        let predictor = try Predictor(empty)
        #expect(predictor.rawScores(rowMajor: [Float(1), 2].span) == [1.5, 1.5])
        #expect(predictor.rawScores(of: [3.0].span) == [1.5])
        #expect(predictor.rawScores(columns: [.floats([])]) == [])
    }

    @Test("a forest of no features is the sum of its constants")
    func noFeatures() throws {
        let tree = Tree(splits: [], leaves: [Tree.Leaf(value: 0.5, cover: 1)])
        let forest = Forest(features: [], objective: .squared, baseScores: [1], trees: [tree, tree])
        let row: [Double] = []
        let floats: [Float] = []
        for instructions in Instructions.available {
            let predictor = try Predictor(forest, instructions: instructions)
            #expect(predictor.rawScores(of: row.span) == [2])
            #expect(predictor.rawScores(of: floats.span) == [2])
        }
    }

    @Test("refuses a malformed forest")
    func malformed() {
        let tree = Tree(splits: [], leaves: [])
        let forest = Forest(features: [], objective: .squared, baseScores: [0], trees: [tree])
        #expect(throws: BoostingError.self) { try Predictor(forest) }
    }

    @Test(
        "imported models score as their makers say, rows on thresholds included",
        .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)),
        arguments: InterchangeCase.lightGBM + InterchangeCase.xgboost)
    func oracles(name: String) throws {
        let oracle = try InterchangeCase(name)
        let factor = name == "lightgbm_german_forest" ? Double(oracle.forest.trees.count) : 1
        for instructions in Instructions.available {
            let predictor = try Predictor(oracle.forest, instructions: instructions)
            let columns = oracle.rows[0].indices.map { feature in
                TrainingData.Column.doubles(oracle.rows.map { $0[feature] })
            }
            let scores = predictor.rawScores(columns: columns)
            for output in 0..<predictor.outputCount {
                let actual = scores[output * oracle.rows.count..<(output + 1) * oracle.rows.count]
                expectClose(
                    actual.map { $0 * factor }, oracle.rawScores.map { $0[output] },
                    absolute: name.hasPrefix("xgboost") ? 2e-6 : 1e-6 * max(1, factor / 4))
            }
        }
    }
}
