import CKernels

/// A forest as the kernels read it: thresholds by column, nodes in post-order, leaves as integers.
///
/// Trees are taken in groups of up to eight of the same output. A group's leaves are rounded to multiples of a unit
/// 2^(e − 27), where 2^e exceeds the largest of them, so the sum over a group is exact in 32 bits whatever its order;
/// groups are added to the base score in double precision in the order of their trees.
struct ForestLayout {
    /// Trees of a group; 8 · 2^27 fits into 32 bits.
    static let groupSize = 8
    /// Bits of a leaf's magnitude.
    private static let leafBits = 27

    var numbers: [obligor_forest_number] = []
    var floatThresholds: [Float] = []
    var doubleThresholds: [Double] = []
    var categories: [obligor_forest_category] = []
    var classes: [UInt8] = []
    var sets: [obligor_forest_set] = []
    var nodes: [obligor_forest_node] = []
    var steps: [obligor_forest_step] = []
    var stepValues: [Int32] = []
    var trees: [obligor_forest_tree] = []
    var groups: [obligor_forest_group] = []
    var leaves: [Int32] = []
    var pathTests: [UInt8] = []
    var paths: [UInt32] = []
    /// Tests of the splits, tree after tree in the order of ``treeOrder``: a column, and in the low byte the highest
    /// rank that goes left.
    var splitTests: [UInt32] = []
    /// Numbers of the forest's trees in the order of ``trees``.
    var treeOrder: [Int] = []
    /// Columns of ranks, those of sets behind those of numbers.
    var columnCount = 0
    var classColumnCount = 0
    /// Whether one row can be tested path by path.
    var hasPaths: Bool { columnCount <= 256 && largestTree <= Int(OBLIGOR_FOREST_PATHS) }
    private var largestTree = 0

    /// The largest difference between a raw score and the sum of the leaves as the forest states them: the sum
    /// over trees of the largest rounding of a leaf.
    private(set) var largestRounding = 0.0

    /// - Parameter forest: A forest that was validated.
    init(_ forest: Forest) {
        let columns = RankColumns(forest)
        numbers = columns.numbers
        floatThresholds = columns.floatThresholds
        doubleThresholds = columns.doubleThresholds
        let classes = CategoryClasses(forest)
        categories = classes.categories
        self.classes = classes.table
        classColumnCount = classes.categories.count
        largestTree = forest.trees.map(\.leaves.count).max() ?? 0
        var columnsOfSets = 0
        let outputs = forest.outputCount
        for output in 0..<outputs {
            let numbers = Array(stride(from: output, to: forest.trees.count, by: outputs))
            for start in stride(from: 0, to: numbers.count, by: Self.groupSize) {
                let members = numbers[start..<min(start + Self.groupSize, numbers.count)]
                treeOrder += members
                let used = add(
                    members.map { forest.trees[$0] }, output: output, columns: columns, classes: classes)
                columnsOfSets = max(columnsOfSets, used)
            }
        }
        columnCount = columns.count + columnsOfSets
    }

    /// Adds a group of trees; returns how many columns of sets it needs.
    private mutating func add(
        _ members: [Tree], output: Int, columns: RankColumns, classes: CategoryClasses
    ) -> Int {
        let largest = members.flatMap { $0.leaves.map { abs($0.value) } }.max() ?? 0
        // Below the normal numbers a unit would not be exact; leaves that small are rounded to 0.
        let exponent = largest >= 0x1p-900 ? Int(largest.exponent) + 1 : -899
        let unit = Double(sign: .plus, exponent: exponent - Self.leafBits, significand: 1)
        let firstTree = trees.count
        let firstSet = sets.count
        var columnOfSet: [CategoryClasses.Question: UInt32] = [:]
        for tree in members {
            let tests = tree.splits.map { split -> UInt32 in
                guard case .oneOf(let set) = split.condition else { return columns.test(of: split) }
                let question = CategoryClasses.Question(
                    feature: split.feature, set: set, missingIsMember: split.missingGoesLeft)
                if let column = columnOfSet[question] { return column << 8 | Self.lowestRank }
                let column = UInt32(columns.count + columnOfSet.count)
                columnOfSet[question] = column
                sets.append(classes.set(question, column: column))
                return column << 8 | Self.lowestRank
            }
            add(tree, tests: tests, unit: unit)
        }
        groups.append(
            obligor_forest_group(
                first_tree: UInt32(firstTree), tree_count: UInt32(members.count), first_set: UInt32(firstSet),
                set_count: UInt32(sets.count - firstSet), output: UInt32(output), unit: unit))
        return columnOfSet.count
    }

    /// Rank 0, less 128, as the low byte of a test.
    private static let lowestRank: UInt32 = 0x80

    /// Adds a tree whose split s asks test s: a column, and in the low byte the highest rank that goes left.
    private mutating func add(_ tree: Tree, tests: [UInt32], unit: Double) {
        let values = tree.leaves.map { Int32(($0.value / unit).rounded()) }
        largestRounding +=
            zip(tree.leaves, values).map { abs($0.value - Double($1) * unit) }.max() ?? 0
        splitTests += tests
        let shape = TreeShape(tree)
        let isSmall = tree.leaves.count <= Int(OBLIGOR_FOREST_LEAVES)
        let firstLeaf = leaves.count
        let firstNode = nodes.count
        if isSmall {
            let padded = tree.leaves.count <= 32 ? 32 : tree.leaves.count <= 64 ? 64 : 256
            leaves += shape.leavesInOrder.map { values[$0] }
            leaves += [Int32](repeating: 0, count: padded - tree.leaves.count)
            nodes += shape.postOrder.map { place in
                obligor_forest_node(
                    column: tests[place.split] & ~255,
                    left: UInt16(place.left * Self.slotBytes), right: UInt16(place.right * Self.slotBytes),
                    to: UInt16(place.to * Self.slotBytes),
                    rank: Int8(truncatingIfNeeded: tests[place.split]), shift: UInt8(place.leavesOnTheLeft))
            }
        }
        let paths = pathTests.count / Self.pathTestBytes
        if largestTree <= Int(OBLIGOR_FOREST_PATHS) {
            addPaths(tree, tests: tests, values: values)
        }
        let firstStep = steps.count
        for place in shape.levelOrder {
            switch place {
            case .split(let split, let child):
                steps.append(obligor_forest_step(child: UInt32(child), test: tests[split]))
                stepValues.append(0)
            case .leaf(let leaf):
                steps.append(obligor_forest_step(child: UInt32(steps.count - firstStep), test: 127))
                stepValues.append(values[leaf])
            }
        }
        trees.append(
            obligor_forest_tree(
                first_node: UInt32(firstNode), node_count: UInt32(nodes.count - firstNode),
                first_leaf: UInt32(firstLeaf), leaf_count: UInt32(tree.leaves.count),
                first_step: UInt32(firstStep), paths: UInt32(paths)))
    }

    /// Bytes of a slot.
    private static let slotBytes = Int(OBLIGOR_FOREST_ROWS)
    /// Bytes of the tests of one tree in ``pathTests``.
    private static let pathTestBytes = 64

    /// Adds what tests a small tree path by path: 32 tests, then by leaf the splits above it and those of them that
    /// it is to the right of.
    private mutating func addPaths(_ tree: Tree, tests: [UInt32], values: [Int32]) {
        let lanes = Int(OBLIGOR_FOREST_PATHS)
        var columns = [UInt8](repeating: 0, count: lanes)
        var ranks = [UInt8](repeating: 127, count: lanes)
        for (split, test) in tests.enumerated() {
            // Columns beyond a byte are not used: see hasPaths.
            columns[split] = UInt8(truncatingIfNeeded: test >> 8)
            ranks[split] = UInt8(truncatingIfNeeded: test)
        }
        // A leaf that is not there is to the right of no split at all, which never happens.
        var above = [UInt32](repeating: 0, count: lanes)
        var right = [UInt32](repeating: 1, count: lanes)
        var pending: [(child: Tree.Child, above: UInt32, right: UInt32)] = [
            (tree.splits.isEmpty ? .leaf(0) : .split(0), 0, 0)
        ]
        while let next = pending.popLast() {
            switch next.child {
            case .leaf(let leaf): (above[leaf], right[leaf]) = (next.above, next.right)
            case .split(let split):
                let bit: UInt32 = 1 << UInt32(split)
                pending.append((tree.splits[split].left, next.above | bit, next.right))
                pending.append((tree.splits[split].right, next.above | bit, next.right | bit))
            }
        }
        pathTests += columns
        pathTests += ranks
        let values = values.map { UInt32(bitPattern: $0) }
        paths += above
        paths += right
        paths += values
        paths += [UInt32](repeating: 0, count: lanes - values.count)
    }
}
