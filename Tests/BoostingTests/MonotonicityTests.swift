import TestSupport
import Testing

@testable import Boosting

@Suite("Monotone constraints")
struct MonotonicityTests {
    /// Three numbers, one of them missing at times, and a category; risk rises in the first, falls in the second, with
    /// noise enough to break either if it were not held.
    static func noisy(rows: Int, seed: UInt64) -> TrainingData {
        var data = Samples.credit(rows: rows, seed: seed)
        var draws = Samples.Draws(state: seed << 24)
        data.names.append("z")
        data.columns.append(.doubles((0..<rows).map { _ in draws.next() < 0.1 ? .nan : draws.next() * 3 }))
        return data
    }

    static let directions: [Int8] = [1, -1, 0, 0, 1]

    static func train(
        _ method: BoostingOptions.MonotoneMethod, objective: Objective = .binary, rows: Int = 1500
    ) throws -> Forest {
        var data = noisy(rows: rows, seed: 3)
        if objective != .binary {
            data.outcomes = data.columns[0].asDoubles.map { max(0, $0 * $0 - 1).rounded() }
        }
        return try BoostedTrees(
            options: BoostedTreesTests.options { options in
                options.objective = objective
                options.monotone = directions
                options.monotoneMethod = method
                options.minimumRowsInLeaf = 3
                options.maximumLeaves = 24
                options.oneHotLevels = 2
            }
        ).train(data).forest
    }

    /// All values of a feature that the forest tells apart, in order.
    static func probes(_ forest: Forest, feature: Int) -> [Double] {
        let thresholds = forest.trees.flatMap(\.splits).compactMap { split -> Double? in
            if case .atMost(let threshold) = split.condition, split.feature == feature {
                threshold
            } else {
                nil
            }
        }
        return Set(thresholds).sorted().flatMap { [$0, $0.nextUp] }
    }

    @Test(
        "hold in a sweep over all thresholds, whatever the other values, missing and unseen levels among them",
        arguments: [BoostingOptions.MonotoneMethod.basic, .intermediate],
        [Objective.binary, .quantile(level: 0.7), .poisson])
    func sweep(method: BoostingOptions.MonotoneMethod, objective: Objective) throws {
        let forest = try Self.train(method, objective: objective)
        let data = Self.noisy(rows: 40, seed: 9)
        for (feature, direction) in Self.directions.enumerated() where direction != 0 {
            let probes = Self.probes(forest, feature: feature)
            #expect(!probes.isEmpty)
            for row in 0..<data.rowCount {
                var values = Samples.row(row, of: data)
                if row % 4 == 0 { values[2] = 77 }
                if row % 5 == 0 { values[(feature + 1) % 2] = .nan }
                let scores = probes.map { probe -> Double in
                    values[feature] = probe
                    return forest.rawScores(of: values)[0] * Double(direction)
                }
                #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 <= $1 + 1e-12 })
            }
        }
        let certificate = try MonotonicityCertificate(proving: forest, directions: Self.directions)
        #expect(certificate.proofs.map(\.feature) == ["x", "y", "z"])
        #expect(certificate.proofs.allSatisfy { $0.pairs > 0 && $0.trees > 0 })
        #expect(certificate.treeCount == forest.trees.count)
    }

    @Test("bounds by neighbours fit better than halved gaps")
    func intermediateFitsBetter() throws {
        let data = Self.noisy(rows: 1500, seed: 3)
        let losses = try [BoostingOptions.MonotoneMethod.basic, .intermediate].map {
            Samples.logLoss(try Self.train($0), data)
        }
        #expect(losses[1] < losses[0])
    }

    @Test("a broken ensemble is refused", arguments: 0..<8)
    func brokenIsRefused(place: Int) throws {
        let forest = try Self.train(.intermediate)
        let tree = place * forest.trees.count / 8
        let leaf = place % forest.trees[tree].leaves.count
        // A leaf far out of line has a neighbour on one side at least whose order with it is wrong then.
        var refusals = 0
        for change in [50.0, -50.0] {
            var broken = forest
            broken.trees[tree].leaves[leaf].value += change
            do throws(BoostingError) {
                _ = try MonotonicityCertificate(proving: broken, directions: Self.directions)
            } catch {
                guard case .notMonotone(_, _, let found) = error else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(found == tree)
                refusals += 1
            }
        }
        #expect(refusals > 0)
    }

    @Test("an unconstrained forest is refused, and nothing is proved of features that are free")
    func unconstrained() throws {
        let forest = try BoostedTreesTests.train(Samples.credit())
        #expect(throws: BoostingError.self) {
            try MonotonicityCertificate(proving: forest, directions: [0, 0, 0, 1])
        }
        let nothing = try MonotonicityCertificate(proving: forest, directions: [])
        #expect(nothing.proofs.isEmpty)
        #expect(throws: BoostingError.self) { try MonotonicityCertificate(proving: forest, directions: [1]) }
        #expect(throws: BoostingError.self) {
            try MonotonicityCertificate(proving: forest, directions: [0, 0, 1, 0])
        }
    }

    /// A random tree over two numbers and a category, with thresholds at whole numbers.
    static func randomTree(seed: UInt64) -> Tree {
        var draws = Samples.Draws(state: seed << 16)
        var tree = Tree(splits: [], leaves: [])
        func grow(_ depth: Int) -> Tree.Child {
            if depth == 3 || (depth > 0 && draws.next() < 0.3) {
                tree.leaves.append(Tree.Leaf(value: (draws.next() * 3).rounded(), cover: 1))
                return .leaf(tree.leaves.count - 1)
            }
            let number = tree.splits.count
            let feature = Int(draws.next() * 3)
            let threshold = (draws.next() * 4 - 2).rounded()
            let condition: Tree.Condition =
                feature == 2
                ? .oneOf(CategorySet((0..<3).filter { _ in draws.next() < 0.5 }))
                : draws.next() < 0.3 ? .atMostZeroMissing(threshold) : .atMost(threshold)
            tree.splits.append(
                Tree.Split(
                    feature: feature, condition: condition, missingGoesLeft: draws.next() < 0.5,
                    left: .leaf(0),
                    right: .leaf(0)))
            let left = grow(depth + 1)
            let right = grow(depth + 1)
            tree.splits[number].left = left
            tree.splits[number].right = right
            return .split(number)
        }
        _ = grow(0)
        return tree
    }

    @Test("the certificate says what trying all values says, on random trees", arguments: [0, 1])
    func agreesWithAllValues(feature: Int) throws {
        let numbers = [-2.5, -1.5, -0.5, -1e-40, 0, 1e-36, 0.5, 1.5, 2.5]
        let others = numbers + [.nan]
        let kinds: [Forest.Kind] = [.number, .number, .category(levels: 3)]
        var verdicts: [Bool: Int] = [:]
        for seed in 0..<1500 as Range<UInt64> {
            let forest = try Forest(
                features: kinds.enumerated().map { Forest.Feature(name: "f\($0.offset)", kind: $0.element) },
                objective: .squared, baseScores: [0], trees: [Self.randomTree(seed: seed)]
            ).validated()
            var isMonotone = true
            for other in others {
                for level in [0, 1, 2, 9, .nan] {
                    let scores = numbers.map { number -> Double in
                        var values = [other, other, level]
                        values[feature] = number
                        return forest.rawScores(of: values)[0]
                    }
                    if !zip(scores, scores.dropFirst()).allSatisfy(<=) { isMonotone = false }
                }
            }
            var directions: [Int8] = [0, 0, 0]
            directions[feature] = 1
            let isProved = (try? MonotonicityCertificate(proving: forest, directions: directions)) != nil
            #expect(isProved == isMonotone, "tree \(seed)")
            verdicts[isMonotone, default: 0] += 1
        }
        #expect(verdicts.values.allSatisfy { $0 > 100 } && verdicts.count == 2)
    }
}
