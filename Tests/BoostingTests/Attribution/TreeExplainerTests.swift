import Foundation
import Parallelism
import TestSupport
import Testing

@testable import Boosting

/// Contributions as they were first published, and by their definition.
enum PlainContributions {
    /// Lundberg, Erion & Lee (2018), algorithm 2: paths are extended and unwound, one split at a time.
    static func recursive(_ tree: Tree, _ row: [Double]) -> [Double] {
        var result = [Double](repeating: 0, count: row.count)
        struct Step {
            var feature: Int
            var zero: Double
            var one: Double
            var weight: Double
        }
        func extend(_ path: [Step], _ zero: Double, _ one: Double, _ feature: Int) -> [Step] {
            var path = path
            let length = path.count
            path.append(Step(feature: feature, zero: zero, one: one, weight: length == 0 ? 1 : 0))
            for i in stride(from: length - 1, through: 0, by: -1) {
                path[i + 1].weight += one * path[i].weight * Double(i + 1) / Double(length + 1)
                path[i].weight *= zero * Double(length - i) / Double(length + 1)
            }
            return path
        }
        func unwind(_ path: [Step], _ index: Int) -> [Step] {
            var path = path
            let last = path.count - 1
            let (one, zero) = (path[index].one, path[index].zero)
            var next = path[last].weight
            for i in stride(from: last - 1, through: 0, by: -1) {
                if one != 0 {
                    let held = path[i].weight
                    path[i].weight = next * Double(last + 1) / (Double(i + 1) * one)
                    next = held - path[i].weight * zero * Double(last - i) / Double(last + 1)
                } else {
                    path[i].weight *= Double(last + 1) / (zero * Double(last - i))
                }
            }
            for i in index..<last {
                (path[i].feature, path[i].zero, path[i].one) =
                    (path[i + 1].feature, path[i + 1].zero, path[i + 1].one)
            }
            path.removeLast()
            return path
        }
        func recurse(_ child: Tree.Child, _ path: [Step], _ zero: Double, _ one: Double, _ feature: Int) {
            var path = extend(path, zero, one, feature)
            switch child {
            case .leaf(let leaf):
                for index in path.indices.dropFirst() {
                    let sum = unwind(path, index).reduce(0) { $0 + $1.weight }
                    result[path[index].feature] +=
                        sum * (path[index].one - path[index].zero) * tree.leaves[leaf].value
                }
            case .split(let number):
                let split = tree.splits[number]
                let goesLeft = split.goesLeft(row[split.feature])
                var (zero, one) = (1.0, 1.0)
                if let index = path.indices.dropFirst().first(where: { path[$0].feature == split.feature }) {
                    (zero, one) = (path[index].zero, path[index].one)
                    path = unwind(path, index)
                }
                let cover = tree.cover(of: split.left) + tree.cover(of: split.right)
                let (hot, cold) = goesLeft ? (split.left, split.right) : (split.right, split.left)
                recurse(hot, path, zero * tree.cover(of: hot) / cover, one, split.feature)
                recurse(cold, path, zero * tree.cover(of: cold) / cover, 0, split.feature)
            }
        }
        recurse(tree.splits.isEmpty ? .leaf(0) : .split(0), [], 1, 1, -1)
        return result
    }

    /// The worth of a set of features: the tree's mean where the others are averaged by cover.
    static func worth(_ tree: Tree, _ row: [Double], known: Set<Int>) -> Double {
        func value(_ child: Tree.Child) -> Double {
            switch child {
            case .leaf(let leaf): return tree.leaves[leaf].value
            case .split(let number):
                let split = tree.splits[number]
                if known.contains(split.feature) {
                    return value(split.goesLeft(row[split.feature]) ? split.left : split.right)
                }
                let (left, right) = (tree.cover(of: split.left), tree.cover(of: split.right))
                return (value(split.left) * left + value(split.right) * right) / (left + right)
            }
        }
        return value(tree.splits.isEmpty ? .leaf(0) : .split(0))
    }

    private static func factorial(_ n: Int) -> Double { (0..<n).reduce(1) { $0 * Double($1 + 1) } }

    private static func subsets(_ features: [Int]) -> [Set<Int>] {
        (0..<1 << features.count).map { mask in
            Set(features.indices.filter { mask >> $0 & 1 == 1 }.map { features[$0] })
        }
    }

    /// Shapley values by summing over all sets of features.
    static func enumerated(_ tree: Tree, _ row: [Double]) -> [Double] {
        let all = Array(row.indices)
        return all.map { feature in
            subsets(all.filter { $0 != feature }).reduce(0) { sum, set in
                let weight =
                    factorial(set.count) * factorial(all.count - set.count - 1) / factorial(all.count)
                return sum + weight
                    * (worth(tree, row, known: set.union([feature])) - worth(tree, row, known: set))
            }
        }
    }

    /// The Shapley interaction index of a pair by summing over all sets of the other features.
    static func interaction(_ tree: Tree, _ row: [Double], _ i: Int, _ j: Int) -> Double {
        let all = Array(row.indices)
        return subsets(all.filter { $0 != i && $0 != j }).reduce(0) { sum, set in
            let weight =
                factorial(set.count) * factorial(all.count - set.count - 2) / factorial(all.count - 1)
            let both = worth(tree, row, known: set.union([i, j])) + worth(tree, row, known: set)
            let single =
                worth(tree, row, known: set.union([i])) + worth(tree, row, known: set.union([j]))
            return sum + weight * (both - single)
        }
    }
}

@Suite("Contributions of features")
struct TreeExplainerTests {
    private static func sample(
        seed: UInt64, leaves: [Int], features: Int, rows: Int
    ) -> (
        forest: Forest, columns: [TrainingData.Column]
    ) {
        var random = RandomForests(seed: seed)
        let described = RandomForests.features(features)
        let forest = random.forest(leaves: leaves, features: described)
        return (forest, random.columns(rows: rows, features: described))
    }

    @Test("are the sums over all sets of features, missing and categories included", arguments: UInt64(0)..<4)
    func definition(seed: UInt64) throws {
        let (forest, columns) = Self.sample(seed: seed, leaves: [2, 5, 9, 16, 1], features: 6, rows: 12)
        let contributions = try TreeExplainer(forest).contributions(columns: columns)
        for row in 0..<12 {
            let values = columns.row(row)
            var expected = [Double](repeating: 0, count: 6)
            for tree in forest.trees {
                for (feature, value) in PlainContributions.enumerated(tree, values).enumerated() {
                    expected[feature] += value
                }
            }
            expectClose(Array(contributions[row: row]), expected, absolute: 1e-7)
        }
    }

    @Test("are those of the published algorithm on larger trees")
    func published() throws {
        let (forest, columns) = Self.sample(seed: 9, leaves: [31, 64, 120], features: 25, rows: 70)
        let contributions = try TreeExplainer(forest).contributions(columns: columns)
        for row in stride(from: 0, to: 70, by: 3) {
            var expected = [Double](repeating: 0, count: 25)
            for tree in forest.trees {
                for (feature, value) in PlainContributions.recursive(tree, columns.row(row)).enumerated() {
                    expected[feature] += value
                }
            }
            expectClose(Array(contributions[row: row]), expected, absolute: 1e-6)
        }
    }

    @Test("have the same bits on every processor, thread and place")
    func sameBits() throws {
        let (forest, columns) = Self.sample(
            seed: 10, leaves: [31, 9, 40, 2, 1, 17, 31, 8, 12], features: 14, rows: 600)
        let expected = try TreeExplainer(forest, instructions: .plain).contributions(columns: columns)
        for instructions in Instructions.available {
            let explainer = try TreeExplainer(forest, instructions: instructions)
            #expect(try explainer.contributions(columns: columns) == expected)
            #expect(try explainer.contributions(columns: columns, workers: Workers(threads: 3)) == expected)
            #expect(try explainer.contributions(rowMajor: columns.rowMajor.span) == expected)
            let tail = Array(columns.rowMajor[(37 * 14)...])
            let shifted = try explainer.contributions(rowMajor: tail.span)
            #expect(shifted.values == Array(expected.values[(37 * 14)...]))
        }
    }

    @Test("sum to the score for every output")
    func additivity() throws {
        var random = RandomForests(seed: 11)
        let features = RandomForests.features(8)
        let forest = random.forest(
            leaves: [Int](repeating: 14, count: 30), features: features, objective: .softmax(classes: 3))
        let columns = random.columns(rows: 40, features: features)
        let explainer = try TreeExplainer(forest)
        let contributions = try explainer.contributions(columns: columns)
        for row in 0..<40 {
            let scores = forest.rawScores(of: columns.row(row))
            for output in 0..<3 {
                let sum = contributions[row: row, output: output].reduce(explainer.expectedScores[output], +)
                expectClose(sum, scores[output], absolute: explainer.additivityBound)
                // The bound itself must be tight enough to notice a lost leaf.
                #expect(explainer.additivityBound < 1e-4)
            }
        }
    }

    @Test("interactions are those of the definition, and rows of the matrix sum to contributions")
    func interactions() throws {
        let (forest, columns) = Self.sample(seed: 12, leaves: [7, 12], features: 5, rows: 6)
        let explainer = try InteractionExplainer(forest)
        let contributions = try TreeExplainer(forest).contributions(columns: columns)
        for row in 0..<6 {
            let values = columns.row(row)
            let matrix = try explainer.interactions(of: values)[0]
            for i in 0..<5 {
                expectClose(
                    matrix[i * 5..<i * 5 + 5].reduce(0, +),
                    contributions[row: row][contributions[row: row].startIndex + i],
                    absolute: 1e-7)
                for j in 0..<5 where j != i {
                    let expected = forest.trees.reduce(0) {
                        $0 + PlainContributions.interaction($1, values, i, j) / 2
                    }
                    expectClose(matrix[i * 5 + j], expected, absolute: 1e-12)
                }
            }
        }
    }

    @Test("mean sizes of interactions are means over rows, for any number of threads")
    func meanSizesOfInteractions() throws {
        let (forest, columns) = Self.sample(seed: 12, leaves: [7, 12], features: 5, rows: 37)
        let explainer = try InteractionExplainer(forest)
        let sizes = try explainer.meanSizes(columns: columns)[0]
        var sums = [Double](repeating: 0, count: 25)
        for row in 0..<37 {
            let matrix = try explainer.interactions(of: columns.row(row))[0]
            for place in 0..<25 { sums[place] += abs(matrix[place]) }
        }
        expectClose(sizes, sums.map { $0 / 37 }, absolute: 1e-12)
        for threads in [2, 3] {
            #expect(try explainer.meanSizes(columns: columns, workers: Workers(threads: threads)) == [sizes])
        }
    }

    @Test("branches without training rows do no harm")
    func emptyBranches() throws {
        var (forest, columns) = Self.sample(seed: 13, leaves: [9, 14], features: 5, rows: 30)
        for tree in forest.trees.indices {
            // A single leaf without rows has a sibling with some, however its tree looks.
            forest.trees[tree].leaves[3].cover = 0
            forest.trees[tree].addCovers()
        }
        let contributions = try TreeExplainer(forest).contributions(columns: columns)
        for row in 0..<30 {
            var expected = [Double](repeating: 0, count: 5)
            for tree in forest.trees {
                for (feature, value) in PlainContributions.enumerated(tree, columns.row(row)).enumerated() {
                    expected[feature] += value
                }
            }
            expectClose(Array(contributions[row: row]), expected, absolute: 1e-7)
        }
        // Splits that no row reached cannot say how rows part.
        for leaf in forest.trees[0].leaves.indices { forest.trees[0].leaves[leaf].cover = 0 }
        #expect(throws: BoostingError.self) { try TreeExplainer(forest) }
    }

    @Test("a path of more features than the kernel's points is refused, one of as many is explained")
    func longPaths() throws {
        for depth in [128, 129] {
            let splits = (0..<depth).map { split in
                Tree.Split(
                    feature: split, condition: .atMost(0), missingGoesLeft: true, left: .leaf(split),
                    right: split + 1 < depth ? .split(split + 1) : .leaf(depth))
            }
            let leaves = (0...depth).map { Tree.Leaf(value: Double($0) / 100, cover: 1) }
            let forest = Forest(
                features: (0..<depth).map { Forest.Feature(name: "x\($0)", kind: .number) },
                objective: .squared,
                baseScores: [0], trees: [Tree(splits: splits, leaves: leaves)])
            let row = [Float](repeating: 1, count: depth)
            if depth > 128 {
                #expect(throws: BoostingError.self) { try TreeExplainer(forest) }
            } else {
                let contributions = try TreeExplainer(forest).contributions(rowMajor: row.span)
                for feature in [0, 64, 127] {
                    expectClose(
                        contributions.values[feature], Self.chain(depth, feature: feature), absolute: 1e-6)
                }
            }
        }
    }

    /// The contribution of a feature to a row that goes right at every split of a chain whose leaf l holds l ÷ 100, by
    /// summing over sizes of sets; the published algorithm takes differences that cancel on paths as long as this.
    private static func chain(_ depth: Int, feature i: Int) -> Double {
        var result = 0.0
        for leaf in 0...depth {
            let length = min(leaf + 1, depth)
            // Of the depth + 1 − k rows at split k one goes left.
            let path = (0..<length).map { split -> (zero: Double, one: Double) in
                let rows = Double(depth + 1 - split)
                return split == leaf ? (1 / rows, 0) : ((rows - 1) / rows, 1)
            }
            guard i < length else { continue }
            // Coefficient s: sets of s features that all pass, the others averaged.
            var bySize = [1.0]
            for k in 0..<length where k != i {
                var next = [Double](repeating: 0, count: bySize.count + 1)
                for (size, sum) in bySize.enumerated() {
                    next[size] += sum * path[k].zero
                    next[size + 1] += sum * path[k].one
                }
                bySize = next
            }
            var choices = 1.0
            for (size, sum) in bySize.enumerated() {
                let weight = 1 / (Double(length) * choices)
                result += Double(leaf) / 100 * (path[i].one - path[i].zero) * weight * sum
                choices *= Double(length - 1 - size) / Double(size + 1)
            }
        }
        return result
    }

    @Test("quadrature is exact for the polynomials it is for", arguments: [1, 2, 5, 20, 64])
    func quadrature(points: Int) {
        let rule = GaussLegendre.rule(points: points)
        for degree in [0, 1, points, 2 * points - 1] {
            let integral = rule.reduce(0) { $0 + $1.weight * pow($1.point, Double(degree)) }
            expectClose(integral, 1 / Double(degree + 1), relative: 1e-13)
        }
    }

    @Test(
        "imported models are explained as their makers explain them",
        .enabled(if: SharedData.isAvailable, Comment(rawValue: SharedData.absence)),
        arguments: InterchangeCase.lightGBM + InterchangeCase.xgboost)
    func oracles(name: String) throws {
        let oracle = try InterchangeCase(name)
        let factor = name == "lightgbm_german_forest" ? Double(oracle.forest.trees.count) : 1
        let explainer = try TreeExplainer(oracle.forest)
        let rows = oracle.rows[50..<100]
        let columns = oracle.rows[0].indices.map { feature in
            TrainingData.Column.doubles(rows.map { $0[feature] })
        }
        let contributions = try explainer.contributions(columns: columns)
        for (row, expected) in try oracle.expected("contributions_rows_50_to_99").list.enumerated() {
            // A block of p contributions and the expected score by class, nested or one after the other.
            let flat = try InterchangeCase.lists(expected).flatMap { $0 }
            let width = explainer.featureCount + 1
            for output in 0..<explainer.outputCount {
                let block = Array(flat[output * width..<(output + 1) * width])
                let actual = contributions[row: row, output: output] + [explainer.expectedScores[output]]
                expectClose(actual.map { $0 * factor }, block, absolute: 1e-5 * max(1, factor / 4))
            }
        }
    }
}
