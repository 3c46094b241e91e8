extension AdditiveShapes {
    /// The same scores as a forest: for every function that is not 0 everywhere a tree that ends in its cells, for
    /// every pair one that asks for the cells of both features.
    ///
    /// With it a glass box can be proved monotone, and handed to whatever reads trees.
    ///
    /// - Returns: For a binary objective; scores differ by the rounding of sums at most.
    public var forest: Forest {
        var trees: [Tree] = []
        for (feature, function) in functions.enumerated() where function.values.contains(where: { $0 != 0 }) {
            var growth = TreeGrowth()
            _ = growth.grow([(feature, function.axis)], weights: function.weights) { function.values[$0[0]] }
            trees.append(growth.tree)
        }
        for pair in pairs where pair.values.contains(where: { $0 != 0 }) {
            let columns = pair.secondAxis.cellCount
            var growth = TreeGrowth()
            _ = growth.grow(
                [(pair.first, pair.firstAxis), (pair.second, pair.secondAxis)], weights: pair.weights
            ) { pair.values[$0[0] * columns + $0[1]] }
            trees.append(growth.tree)
        }
        return Forest(features: features, objective: .binary, baseScores: [intercept], trees: trees)
    }
}

/// Grows the tree of a table: halves the cells of one feature, then those of the next.
private struct TreeGrowth {
    private(set) var tree = Tree(splits: [], leaves: [])
    /// The cover of a cell that no row fell into.
    private var leastCover = 0.0

    /// A cell without rows counts as so small a part of all rows: where a value is not known, attribution goes to both
    /// sides of a split by their shares, and sides without any have none.
    private static let leastShare = 1e-9

    /// Adds the nodes of a table.
    ///
    /// - Parameters:
    ///   - axes: Features and their cells; the last runs fastest in the table.
    ///   - weights: By cell of the table.
    ///   - value: Of the cell of every axis.
    mutating func grow(
        _ axes: [(feature: Int, axis: AdditiveShapes.Axis)], weights: [Double], value: ([Int]) -> Double
    ) -> Tree.Child {
        leastCover = Self.leastShare * weights.reduce(0, +)
        return grow(axes, chosen: [], cells: nil, weights: weights, value: value)
    }

    /// - Parameters:
    ///   - chosen: Cells of the axes before this one.
    ///   - cells: Cells of this axis that are left, that of missing values apart; `nil` for all, and whether missing
    ///     values are among them.
    private mutating func grow(
        _ axes: [(feature: Int, axis: AdditiveShapes.Axis)], chosen: [Int],
        cells: (seen: Range<Int>, missing: Bool)?, weights: [Double], value: ([Int]) -> Double
    ) -> Tree.Child {
        guard chosen.count < axes.count else {
            let place = zip(axes, chosen).reduce(0) { $0 * $1.0.axis.cellCount + $1.1 }
            tree.leaves.append(Tree.Leaf(value: value(chosen), cover: max(weights[place], leastCover)))
            return .leaf(tree.leaves.count - 1)
        }
        let (feature, axis) = axes[chosen.count]
        let left = cells ?? (0..<axis.missingCell, true)
        if left.seen.isEmpty || (left.seen.count == 1 && !left.missing) {
            let cell = left.seen.first ?? axis.missingCell
            return grow(axes, chosen: chosen + [cell], cells: nil, weights: weights, value: value)
        }
        // Missing values leave first, with one branch to themselves.
        let parts: (left: (Range<Int>, Bool), right: (Range<Int>, Bool))
        if left.missing {
            parts = ((left.seen, false), (left.seen.lowerBound..<left.seen.lowerBound, true))
        } else {
            let middle = left.seen.lowerBound + left.seen.count / 2
            parts = ((left.seen.lowerBound..<middle, false), (middle..<left.seen.upperBound, false))
        }
        let number = tree.splits.count
        tree.splits.append(
            Tree.Split(
                feature: feature, condition: axis.condition(for: parts.left.0), missingGoesLeft: false,
                left: .leaf(0), right: .leaf(0)))
        let branches = (
            grow(axes, chosen: chosen, cells: parts.left, weights: weights, value: value),
            grow(axes, chosen: chosen, cells: parts.right, weights: weights, value: value)
        )
        (tree.splits[number].left, tree.splits[number].right) = branches
        tree.splits[number].cover = tree.cover(of: branches.0) + tree.cover(of: branches.1)
        return .split(number)
    }
}

extension Tree {
    fileprivate func cover(of child: Child) -> Double {
        switch child {
        case .split(let number): splits[number].cover
        case .leaf(let number): leaves[number].cover
        }
    }
}

extension AdditiveShapes.Axis {
    /// What holds in the first of some neighbouring cells and not in those above them.
    fileprivate func condition(for cells: Range<Int>) -> Tree.Condition {
        switch self {
        case .number(let bounds):
            .atMost(
                cells.upperBound <= bounds.count && cells.upperBound > 0
                    ? bounds[cells.upperBound - 1] : .infinity)
        case .category(let cellOfCode, _):
            .oneOf(CategorySet(cellOfCode.indices.filter { cells.contains(cellOfCode[$0]) }))
        }
    }
}
