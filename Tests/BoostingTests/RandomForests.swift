import Statistics

@testable import Boosting

/// Forests and rows at random: numbers, zero as missing, categories, every kind of default.
struct RandomForests {
    private var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    /// Features: numbers, but every third a category.
    static func features(_ count: Int, levels: Int = 40) -> [Forest.Feature] {
        (0..<count).map {
            Forest.Feature(name: "x\($0)", kind: $0 % 3 == 2 ? .category(levels: levels) : .number)
        }
    }

    /// A forest of trees with given numbers of leaves.
    mutating func forest(
        leaves: [Int], features: [Forest.Feature], objective: Objective = .squared, thresholds: Int = 1000,
        zeroIsMissing: Bool = false
    ) -> Forest {
        let trees = leaves.map { tree(leaves: $0, features, thresholds, zeroIsMissing) }
        let bases = (0..<objective.outputCount).map { _ in random.uniform() - 0.5 }
        return Forest(features: features, objective: objective, baseScores: bases, trees: trees)
    }

    private mutating func tree(
        leaves: Int, _ features: [Forest.Feature], _ thresholds: Int, _ zeroIsMissing: Bool
    ) -> Tree {
        var splits: [Tree.Split] = []
        // Places where a leaf is now, as (split, is it the left branch).
        var open: [(split: Int, isLeft: Bool)] = []
        for number in 0..<leaves - 1 {
            let feature = random.integer(below: features.count)
            var condition: Tree.Condition
            if case .category(let levels) = features[feature].kind {
                condition = .oneOf(CategorySet((0..<levels).filter { _ in random.uniform() < 0.4 }))
            } else {
                let threshold = Double(random.integer(below: thresholds)) / 50 - 4
                condition =
                    zeroIsMissing && random.uniform() < 0.5
                    ? .atMostZeroMissing(threshold) : .atMost(threshold)
            }
            splits.append(
                Tree.Split(
                    feature: feature, condition: condition, missingGoesLeft: random.uniform() < 0.5,
                    left: .leaf(0), right: .leaf(0)))
            if number > 0 {
                let place = open.remove(at: random.integer(below: open.count))
                if place.isLeft {
                    splits[place.split].left = .split(number)
                } else {
                    splits[place.split].right = .split(number)
                }
            }
            open += [(number, true), (number, false)]
        }
        var values: [Tree.Leaf] = []
        for place in open {
            if place.isLeft {
                splits[place.split].left = .leaf(values.count)
            } else {
                splits[place.split].right = .leaf(values.count)
            }
            values.append(leaf())
        }
        if leaves == 1 { values.append(leaf()) }
        var tree = Tree(splits: splits, leaves: values)
        tree.addCovers()
        return tree
    }

    private mutating func leaf() -> Tree.Leaf {
        Tree.Leaf(value: random.uniform() * 0.2 - 0.1, cover: 1 + Double(random.integer(below: 50)))
    }

    /// Columns of values as the features have them: on thresholds, beside them, missing, zero, unseen.
    mutating func columns(rows: Int, features: [Forest.Feature]) -> [TrainingData.Column] {
        features.indices.map { feature in
            .floats((0..<rows).map { _ in value(features[feature].kind) })
        }
    }

    private mutating func value(_ kind: Forest.Kind) -> Float {
        if random.uniform() < 0.1 { return .nan }
        if case .category(let levels) = kind {
            return Float(random.integer(below: levels + 3) - 1)
        }
        switch random.integer(below: 8) {
        case 0: return 0
        case 1: return random.uniform() < 0.5 ? .infinity : -.infinity
        case 2: return Float(random.integer(below: 1000)) / 50 - 4
        case 3: return Float(1e-36)
        default: return Float(random.uniform() * 20 - 4)
        }
    }
}

extension Tree {
    /// Makes every split's cover the sum of its leaves'.
    mutating func addCovers() {
        var order: [Int] = []
        var pending: [Child] = splits.isEmpty ? [] : [.split(0)]
        while let child = pending.popLast() {
            guard case .split(let split) = child else { continue }
            order.append(split)
            pending += [splits[split].left, splits[split].right]
        }
        for split in order.reversed() {
            splits[split].cover = cover(of: splits[split].left) + cover(of: splits[split].right)
        }
    }

    /// The cover of a branch.
    func cover(of child: Child) -> Double {
        switch child {
        case .split(let split): splits[split].cover
        case .leaf(let leaf): leaves[leaf].cover
        }
    }
}

extension [TrainingData.Column] {
    /// The values of a row.
    func row(_ number: Int) -> [Double] { map { $0.asDoubles[number] } }

    /// Rows one after the other, in single precision.
    var rowMajor: [Float] {
        let columns = map { $0.asDoubles }
        return (0..<(first?.count ?? 0)).flatMap { row in columns.map { Float($0[row]) } }
    }
}
