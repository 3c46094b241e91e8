import Boosting

/// Puts a tree together from its nodes in preorder: a split, its left branch, then its right one.
///
/// Whatever the order of the nodes, what comes out is a tree: no node is reached twice or never. Splits and leaves are
/// numbered in the order in which they come. The cover of a split is the sum of its branches'.
struct TreeAssembly {
    private var splits: [Tree.Split] = []
    private var leaves: [Tree.Leaf] = []
    /// Branches that are still to come, the next one last.
    private var open: [(split: Int, isLeft: Bool)] = []

    /// Adds a split, whose branches follow; `false` if nothing was to follow any more.
    mutating func add(_ split: Tree.Split) -> Bool {
        guard attach(.split(splits.count)) else { return false }
        open.append((splits.count, false))
        open.append((splits.count, true))
        splits.append(split)
        return true
    }

    /// Adds a leaf; `false` if nothing was to follow any more.
    mutating func add(_ leaf: Tree.Leaf) -> Bool {
        guard attach(.leaf(leaves.count)) else { return false }
        leaves.append(leaf)
        return true
    }

    /// The tree; `nil` if a branch is missing.
    consuming func tree() -> Tree? {
        guard open.isEmpty, !leaves.isEmpty else { return nil }
        // Branches come after their split, so that their covers are known when it is its turn.
        for number in splits.indices.reversed() {
            splits[number].cover = cover(of: splits[number].left) + cover(of: splits[number].right)
        }
        return Tree(splits: splits, leaves: leaves)
    }

    private mutating func attach(_ child: Tree.Child) -> Bool {
        guard let place = open.popLast() else { return splits.isEmpty && leaves.isEmpty }
        if place.isLeft { splits[place.split].left = child } else { splits[place.split].right = child }
        return true
    }

    private func cover(of child: Tree.Child) -> Double {
        switch child {
        case .split(let number): splits[number].cover
        case .leaf(let number): leaves[number].cover
        }
    }
}

extension Forest {
    /// The features that some tree asks about, by position.
    var askedFeatures: [Int] {
        trees.reduce(into: Set<Int>()) { asked, tree in asked.formUnion(tree.splits.map(\.feature)) }.sorted()
    }

    /// The forest with some features only, its trees numbered in preorder and gains in single precision, as files hold
    /// them.
    ///
    /// - Parameter features: Positions of the features that stay, which include all that are asked about.
    func settled(keeping features: [Int]) -> Forest {
        var places = [Int](repeating: 0, count: self.features.count)
        for (place, feature) in features.enumerated() { places[feature] = place }
        var forest = self
        forest.features = features.map { self.features[$0] }
        forest.trees = trees.map { $0.inPreorder(places: places) }
        return forest
    }
}

extension Tree {
    /// The tree numbered in preorder, with other numbers of features.
    fileprivate func inPreorder(places: [Int]) -> Tree {
        var assembly = TreeAssembly()
        var pending: [Child] = [splits.isEmpty ? .leaf(0) : .split(0)]
        while let child = pending.popLast() {
            switch child {
            case .leaf(let number): _ = assembly.add(leaves[number])
            case .split(let number):
                var split = splits[number]
                pending.append(split.right)
                pending.append(split.left)
                split.feature = places[split.feature]
                split.gain = Double(Float(split.gain))
                _ = assembly.add(split)
            }
        }
        return assembly.tree() ?? self
    }
}
