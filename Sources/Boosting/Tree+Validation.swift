extension Tree {
    /// The tree, if every index is in range, every split and leaf is reached exactly once from the root, and
    /// every number is one.
    ///
    /// - Parameter featureCount: Number of features of the forest the tree belongs to.
    /// - Throws: ``BoostingError/malformedTree(reason:)``.
    public func validated(featureCount: Int) throws(BoostingError) -> Tree {
        guard leaves.count == splits.count + 1 else {
            throw .malformedTree(reason: "\(splits.count) splits with \(leaves.count) leaves")
        }
        for leaf in leaves where !leaf.value.isFinite || !(leaf.cover >= 0) {
            throw .malformedTree(reason: "a leaf of value \(leaf.value) and cover \(leaf.cover)")
        }
        var splitReached = [Bool](repeating: false, count: splits.count)
        var leafReached = [Bool](repeating: false, count: leaves.count)
        var pending: [Child] = [splits.isEmpty ? .leaf(0) : .split(0)]
        while let child = pending.popLast() {
            switch child {
            case .leaf(let number):
                guard leaves.indices.contains(number), !leafReached[number] else {
                    throw .malformedTree(reason: "leaf \(number) is missing or has two parents")
                }
                leafReached[number] = true
            case .split(let number):
                guard splits.indices.contains(number), !splitReached[number] else {
                    throw .malformedTree(reason: "split \(number) is missing or has two parents")
                }
                splitReached[number] = true
                let split = splits[number]
                guard (0..<featureCount).contains(split.feature) else {
                    throw .malformedTree(reason: "split \(number) asks about feature \(split.feature)")
                }
                guard split.condition.isWellFormed else {
                    throw .malformedTree(reason: "split \(number) has a threshold that is no number")
                }
                pending.append(split.right)
                pending.append(split.left)
            }
        }
        // Counts agree and nothing was reached twice, so a split or leaf not reached would hide a cycle.
        guard !splitReached.contains(false), !leafReached.contains(false) else {
            throw .malformedTree(reason: "a split or a leaf cannot be reached from the root")
        }
        return self
    }
}

extension Tree.Condition {
    /// Whether the threshold, if there is one, can be compared with.
    fileprivate var isWellFormed: Bool {
        switch self {
        case .atMost(let threshold), .atMostZeroMissing(let threshold): !threshold.isNaN
        case .oneOf: true
        }
    }
}
