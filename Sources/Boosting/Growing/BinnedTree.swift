/// A tree that asks about bins instead of values, laid out for walking many rows.
struct BinnedTree: Sendable {
    private let nodes: [Node]
    private let goesLeft: [Bool]
    private let values: [Double]

    /// A split; children below 0 are leaves, counted −1, −2 and so on.
    private struct Node: Sendable {
        var feature: Int
        /// Where the feature's bins start in the table of those that go left.
        var table: Int
        var left: Int
        var right: Int
    }

    init(_ tree: Tree, mappers: [BinMapper]) {
        func place(_ child: Tree.Child) -> Int {
            switch child {
            case .split(let number): number
            case .leaf(let number): -1 - number
            }
        }
        var nodes: [Node] = []
        var goesLeft: [Bool] = []
        for split in tree.splits {
            let mapper = mappers[split.feature]
            nodes.append(
                Node(
                    feature: split.feature, table: goesLeft.count, left: place(split.left),
                    right: place(split.right)))
            goesLeft += Self.table(of: split, mapper: mapper)
        }
        self.nodes = nodes
        self.goesLeft = goesLeft
        values = tree.leaves.map(\.value)
    }

    private static func table(of split: Tree.Split, mapper: BinMapper) -> [Bool] {
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

    /// The value of the leaf that a row ends in.
    func value(row: Int, bins: BinStore) -> Double {
        var place = nodes.isEmpty ? -1 : 0
        while place >= 0 {
            let node = nodes[place]
            place = goesLeft[node.table + bins.bin(row: row, feature: node.feature)] ? node.left : node.right
        }
        return values[-1 - place]
    }
}
