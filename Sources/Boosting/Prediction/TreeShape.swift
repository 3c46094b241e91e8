/// The orders in which kernels go through a tree.
struct TreeShape {
    /// A split in post-order: operands and result as slots, of which 0 is the constant leaf number 0.
    struct Place {
        var split: Int
        var left: Int
        var right: Int
        var to: Int
        var leavesOnTheLeft: Int
    }

    /// A split with the place of its left child, the right one behind it, or a leaf.
    enum Step {
        case split(Int, child: Int)
        case leaf(Int)
    }

    /// Splits, children before parents; the heavier branch first, so that few slots are needed.
    private(set) var postOrder: [Place] = []
    /// Leaf numbers from left to right.
    private(set) var leavesInOrder: [Int] = []
    /// Splits and leaves level by level, siblings side by side.
    private(set) var levelOrder: [Step] = []

    private let tree: Tree
    /// Slots that a split's branch needs, and its leaves.
    private var slots: [Int]
    private var leafCounts: [Int]

    init(_ tree: Tree) {
        self.tree = tree
        slots = [Int](repeating: 0, count: tree.splits.count)
        leafCounts = slots
        orderLeaves()
        measure()
        orderSplits()
        orderLevels()
    }

    private var root: Tree.Child { tree.splits.isEmpty ? .leaf(0) : .split(0) }

    /// Leaves from left to right, by a walk with its own stack: a tree may be as deep as it has splits.
    private mutating func orderLeaves() {
        var pending = [root]
        while let child = pending.popLast() {
            switch child {
            case .leaf(let leaf): leavesInOrder.append(leaf)
            case .split(let split):
                pending.append(tree.splits[split].right)
                pending.append(tree.splits[split].left)
            }
        }
    }

    /// Slots and leaves of every branch.
    ///
    /// A branch whose operands need a and b slots needs max(a, b), or a + 1 if
    /// they need the same (Sethi & Ullman 1970).
    private mutating func measure() {
        var order: [Int] = []
        var pending = [root]
        while let child = pending.popLast() {
            guard case .split(let split) = child else { continue }
            order.append(split)
            pending.append(tree.splits[split].left)
            pending.append(tree.splits[split].right)
        }
        for split in order.reversed() {
            let (a, b) = (need(tree.splits[split].left), need(tree.splits[split].right))
            slots[split] = a == b ? a + 1 : max(a, b)
            leafCounts[split] =
                leaves(under: tree.splits[split].left) + leaves(under: tree.splits[split].right)
        }
    }

    private func need(_ child: Tree.Child) -> Int {
        if case .split(let split) = child { slots[split] } else { 0 }
    }

    private func leaves(under child: Tree.Child) -> Int {
        if case .split(let split) = child { leafCounts[split] } else { 1 }
    }

    private mutating func orderSplits() {
        guard !tree.splits.isEmpty else { return }
        var pending: [(split: Int, to: Int, isOpen: Bool)] = [(0, 1, true)]
        while let next = pending.popLast() {
            let split = tree.splits[next.split]
            let (a, b) = (need(split.left), need(split.right))
            // The heavier branch leaves its result in this split's own slot before the other begins behind it.
            let leftSlot = a == 0 ? 0 : b > a ? next.to + 1 : next.to
            let rightSlot = b == 0 ? 0 : b > a || a == 0 ? next.to : next.to + 1
            guard next.isOpen else {
                postOrder.append(
                    Place(
                        split: next.split, left: leftSlot, right: rightSlot, to: next.to,
                        leavesOnTheLeft: leaves(under: split.left)))
                continue
            }
            pending.append((next.split, next.to, false))
            let left = branch(split.left, leftSlot)
            let right = branch(split.right, rightSlot)
            // What is pushed last runs first.
            pending += b > a ? left + right : right + left
        }
    }

    private func branch(_ child: Tree.Child, _ slot: Int) -> [(split: Int, to: Int, isOpen: Bool)] {
        if case .split(let split) = child { [(split, slot, true)] } else { [] }
    }

    private mutating func orderLevels() {
        var queue = [root]
        var head = 0
        while head < queue.count {
            switch queue[head] {
            case .leaf(let leaf): levelOrder.append(.leaf(leaf))
            case .split(let split):
                levelOrder.append(.split(split, child: queue.count))
                queue.append(tree.splits[split].left)
                queue.append(tree.splits[split].right)
            }
            head += 1
        }
    }
}
