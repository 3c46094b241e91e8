/// What a row must pass to reach each leaf of a tree, feature by feature.
struct LeafPaths {
    /// All splits of one feature on a path.
    struct Element {
        var feature: Int
        /// Share of the training rows that pass these splits, given that they pass the others.
        var share: Double
        /// Splits to pass: 2 · split, plus 1 for the right branch.
        var tests: [Int]
    }

    /// By leaf, the features on its path, from the root down; none for the leaf of a tree without splits.
    private(set) var elements: [[Element]]
    /// Mean leaf value over the training rows, by cover.
    private(set) var expectedValue: Double

    /// - Throws: ``BoostingError/cannotExplain(reason:)`` where covers do not say how rows part.
    init(_ tree: Tree) throws(BoostingError) {
        elements = [[Element]](repeating: [], count: tree.leaves.count)
        guard !tree.splits.isEmpty else {
            expectedValue = tree.leaves[0].value
            return
        }
        var parents = [(split: Int, isRight: Bool)?](repeating: nil, count: tree.splits.count)
        var leafParents = [(split: Int, isRight: Bool)](repeating: (0, false), count: tree.leaves.count)
        var order: [Int] = []
        var pending = [0]
        while let split = pending.popLast() {
            order.append(split)
            for (child, isRight) in [(tree.splits[split].left, false), (tree.splits[split].right, true)] {
                switch child {
                case .leaf(let leaf): leafParents[leaf] = (split, isRight)
                case .split(let next):
                    parents[next] = (split, isRight)
                    pending.append(next)
                }
            }
        }
        // Covers are summed from the leaves, so that the shares of two branches always sum to 1.
        var covers = [Double](repeating: 0, count: tree.splits.count)
        func cover(_ child: Tree.Child) -> Double {
            switch child {
            case .leaf(let leaf): tree.leaves[leaf].cover
            case .split(let split): covers[split]
            }
        }
        for split in order.reversed() {
            covers[split] = cover(tree.splits[split].left) + cover(tree.splits[split].right)
            guard covers[split] > 0, covers[split].isFinite else {
                throw .cannotExplain(
                    reason:
                        "a split has a cover of \(covers[split]); save the model with the row counts of its nodes"
                )
            }
        }
        expectedValue = tree.leaves.reduce(0) { $0 + $1.value * ($1.cover / covers[0]) }
        for leaf in tree.leaves.indices {
            var path: [(split: Int, isRight: Bool)] = []
            var place: (split: Int, isRight: Bool)? = leafParents[leaf]
            while let next = place {
                path.append(next)
                place = parents[next.split]
            }
            elements[leaf] = Self.merged(path.reversed()) { step in
                let split = tree.splits[step.split]
                return (split.feature, cover(step.isRight ? split.right : split.left) / covers[step.split])
            }
        }
    }

    private static func merged(
        _ path: [(split: Int, isRight: Bool)],
        _ describe: ((split: Int, isRight: Bool)) -> (feature: Int, share: Double)
    ) -> [Element] {
        var elements: [Element] = []
        var places: [Int: Int] = [:]
        for step in path {
            let (feature, share) = describe(step)
            let test = 2 * step.split + (step.isRight ? 1 : 0)
            if let place = places[feature] {
                elements[place].share *= share
                elements[place].tests.append(test)
            } else {
                places[feature] = elements.count
                elements.append(Element(feature: feature, share: share, tests: [test]))
            }
        }
        return elements
    }
}
