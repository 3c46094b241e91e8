/// A proof that a forest's raw scores are monotone in some features, whatever the values of all others.
///
/// For every tree the cells between thresholds, the category levels and missing values make up the region of each
/// leaf. A change of one feature x alone can lead from leaf A to leaf B exactly if their regions meet in every other
/// feature and not in x. The tree rises in x if for all such pairs with values of x in A below values of x in B
/// the value of A is at most that of B; sums of rising trees rise. Missing values of x itself have no order and are not
/// compared; those of other features, and levels never seen, are cells like any other.
///
/// The raw scores of all outputs are covered, so the probability of default too, and the cumulative probabilities of
/// an ordinal objective; not the class probabilities of a softmax, which depend on the other classes' scores.
public struct MonotonicityCertificate: Sendable, Hashable, Codable {
    /// What was proved of one feature.
    public struct Proof: Sendable, Hashable, Codable {
        /// Name of the feature.
        public var feature: String
        /// +1 if the raw scores never fall as the feature rises, −1 if they never rise.
        public var direction: Int
        /// Trees that ask about the feature; the others do not depend on it.
        public var trees: Int
        /// Pairs of leaves that a change of the feature alone leads between, all in order.
        public var pairs: Int
    }

    /// One for every constrained feature, in the order of the columns.
    public var proofs: [Proof]
    /// Trees of the forest.
    public var treeCount: Int
    /// Leaves of all trees.
    public var leafCount: Int

    /// Proves that a forest keeps to its constraints.
    ///
    /// - Parameters:
    ///   - forest: Well formed, as ``Forest/validated()`` checks.
    ///   - directions: By feature +1, −1 or 0; empty for none.
    /// - Throws: ``BoostingError/notMonotone(feature:direction:tree:)`` for the first tree that does not;
    ///   ``BoostingError/badOption(name:value:expected:)`` if a category is constrained or the count is wrong.
    /// - Complexity: O(L² · d) for a tree of L leaves and d features, for trees that ask about a constrained feature.
    public init(proving forest: Forest, directions: [Int8]) throws(BoostingError) {
        guard directions.isEmpty || directions.count == forest.features.count else {
            throw .badOption(
                name: "monotone", value: "\(directions.count) directions",
                expected: "\(forest.features.count)")
        }
        for (feature, direction) in zip(forest.features, directions) where direction != 0 {
            guard feature.kind == .number else {
                throw .badOption(
                    name: "monotone", value: "\(direction) for '\(feature.name)'",
                    expected: "0, since categories have no order")
            }
        }
        for tree in forest.trees {
            for split in tree.splits where !split.condition.suits(forest.features[split.feature].kind) {
                throw .malformedForest(
                    reason:
                        "a split of '\(forest.features[split.feature].name)' is of another kind than the feature"
                )
            }
        }
        let constrained = directions.indices.filter { directions[$0] != 0 }
        var trees = [Int](repeating: 0, count: directions.count)
        var pairs = [Int](repeating: 0, count: directions.count)
        for (number, tree) in forest.trees.enumerated() {
            let asked = Set(tree.splits.map(\.feature))
            let here = constrained.filter(asked.contains)
            if here.isEmpty { continue }
            for feature in here { trees[feature] += 1 }
            let found = TreePartition(tree).disorder(directions: directions, pairs: &pairs)
            if let feature = found {
                throw .notMonotone(
                    feature: forest.features[feature].name, direction: Int(directions[feature]), tree: number)
            }
        }
        proofs = constrained.map {
            Proof(
                feature: forest.features[$0].name, direction: Int(directions[$0]), trees: trees[$0],
                pairs: pairs[$0])
        }
        treeCount = forest.trees.count
        leafCount = forest.trees.reduce(0) { $0 + $1.leaves.count }
    }
}

extension Tree.Condition {
    /// Whether this is a question about values of a kind.
    fileprivate func suits(_ kind: Forest.Kind) -> Bool {
        switch (self, kind) {
        case (.atMost, .number), (.atMostZeroMissing, .number), (.oneOf, .category): true
        default: false
        }
    }
}

/// The regions of a tree's leaves.
private struct TreePartition {
    private let regions: [LeafRegion]
    private let values: [Double]
    /// By feature asked about, its cells with an order.
    private let orderedCells: [Int: Int]

    init(_ tree: Tree) {
        var ordered: [Int: Int] = [:]
        var leftCells: [CellSet] = []
        var rightCells: [CellSet] = []
        let axes = Dictionary(grouping: tree.splits, by: \.feature).mapValues(CellAxis.init)
        for (feature, axis) in axes { ordered[feature] = axis.orderedCount }
        for split in tree.splits {
            let table = axes[split.feature]?.cellsGoingLeft(of: split) ?? []
            leftCells.append(CellSet(count: table.count) { table[$0] })
            rightCells.append(CellSet(count: table.count) { !table[$0] })
        }
        var regions = [LeafRegion](repeating: LeafRegion(), count: tree.leaves.count)
        var pending: [(child: Tree.Child, region: LeafRegion)] = [
            (tree.splits.isEmpty ? .leaf(0) : .split(0), LeafRegion())
        ]
        while let (child, region) = pending.popLast() {
            switch child {
            case .leaf(let number):
                regions[number] = region
            case .split(let number):
                var (left, right) = (region, region)
                left.restrict(tree.splits[number].feature, to: leftCells[number])
                right.restrict(tree.splits[number].feature, to: rightCells[number])
                pending.append((tree.splits[number].left, left))
                pending.append((tree.splits[number].right, right))
            }
        }
        self.regions = regions
        values = tree.leaves.map(\.value)
        orderedCells = ordered
    }

    /// A constrained feature in which the tree is not monotone; counts the pairs in order.
    func disorder(directions: [Int8], pairs: inout [Int]) -> Int? {
        for (position, first) in regions.enumerated() where !first.isEmpty {
            for other in regions.indices.dropFirst(position + 1) where !regions[other].isEmpty {
                guard let feature = first.onlyDifference(from: regions[other]), directions[feature] != 0,
                    let limit = orderedCells[feature],
                    let mine = first.cells(of: feature), let theirs = regions[other].cells(of: feature),
                    let lowest = mine.first(below: limit), let highest = mine.last(below: limit),
                    let otherLowest = theirs.first(below: limit), let otherHighest = theirs.last(below: limit)
                else { continue }
                let rise = (values[other] - values[position]) * Double(directions[feature])
                if lowest < otherHighest, rise < 0 { return feature }
                if otherLowest < highest, rise > 0 { return feature }
                pairs[feature] += 1
            }
        }
        return nil
    }
}

/// The values of one feature that a tree tells apart.
private struct CellAxis {
    private let upperBounds: [Double]
    private let codes: [Int]
    private let isNumber: Bool

    /// LightGBM's kZeroThreshold: what counts as zero where zero counts as missing.
    private static let zero = 1e-35

    init(_ splits: [Tree.Split]) {
        var bounds: Set<Double> = []
        var listed: Set<Int> = []
        var numbers = false
        for split in splits {
            switch split.condition {
            case .atMost(let threshold):
                numbers = true
                bounds.insert(threshold)
            case .atMostZeroMissing(let threshold):
                numbers = true
                bounds.formUnion([threshold, (-Self.zero).nextDown, Self.zero])
            case .oneOf(let set):
                listed.formUnion(set.codes)
            }
        }
        upperBounds = bounds.sorted()
        codes = listed.sorted()
        isNumber = numbers
    }

    /// Cells with an order, before that of missing values (and, for categories, that of all other codes).
    var orderedCount: Int { isNumber ? upperBounds.count + 1 : 0 }

    /// By cell, whether it goes left: values in rising order or listed codes, all other codes, missing.
    func cellsGoingLeft(of split: Tree.Split) -> [Bool] {
        switch split.condition {
        case .atMost(let threshold):
            return (upperBounds + [.infinity]).map { $0 <= threshold } + [split.missingGoesLeft]
        case .atMostZeroMissing(let threshold):
            return upperBounds.map { bound in
                abs(bound) <= Self.zero ? split.missingGoesLeft : bound <= threshold
            } + [threshold == .infinity, split.missingGoesLeft]
        case .oneOf(let set):
            return codes.map(set.contains) + [false, split.missingGoesLeft]
        }
    }
}
