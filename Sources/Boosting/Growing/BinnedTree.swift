/// A tree that asks about bins instead of values.
struct BinnedTree {
    private let tree: Tree
    private let goesLeft: [[Bool]]

    init(_ tree: Tree, mappers: [BinMapper]) {
        self.tree = tree
        goesLeft = tree.splits.map { split in
            let mapper = mappers[split.feature]
            var table = [Bool](repeating: false, count: mapper.binCount)
            switch (mapper.rule, split.condition) {
            case (.number(let bounds), .atMost(let threshold)):
                for bin in bounds.indices { table[bin] = bounds[bin] <= threshold }
            case (.category(let binOfCode), .oneOf(let codes)):
                for code in codes.codes { table[Int(binOfCode[code])] = true }
            default:
                preconditionFailure("a split of another kind than its feature")
            }
            table[mapper.missingBin] = split.missingGoesLeft
            return table
        }
    }

    /// The value of the leaf that a row ends in.
    func value(row: Int, bins: BinStore) -> Double {
        var child: Tree.Child = tree.splits.isEmpty ? .leaf(0) : .split(0)
        while case .split(let number) = child {
            let split = tree.splits[number]
            let isLeft = goesLeft[number][bins.bin(row: row, feature: split.feature)]
            child = isLeft ? split.left : split.right
        }
        guard case .leaf(let number) = child else { preconditionFailure("a walk ends in a leaf") }
        return tree.leaves[number].value
    }
}
