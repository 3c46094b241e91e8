import Boosting

/// A tree as one line of text: its nodes in preorder (a split, its left branch, then its right one) between blanks.
///
///     n3:0.5:L:12.25      numbers: feature 3 ≤ 0.5 goes left; missing goes L(eft) or R(ight); the gain of the split
///     z3:0.5:R:12.25      the same, where values within ±1e−35 count as missing
///     c0:1,4,5:R:3.5      categories: codes 1, 4 and 5 of feature 0 go left
///     l-0.0125:218        a leaf: what it adds to the log-odds, and the weight (hessian) of its training rows
///
/// Features count from 0 in the order of the inputs, codes from 0 in that of the levels. Numbers are the shortest
/// decimals that read back to the same bits, gains in single precision. The cover of a split is the sum of its
/// branches', so that it is not written. Text in preorder cannot describe a cycle or a node with two parents.
struct TreeText {
    /// Number of categories of every feature; 0 for numbers.
    let levels: [Int]
    private var allowance = CategorySetAllowance()

    init(features: [Forest.Feature]) {
        levels = features.map { if case .category(let levels) = $0.kind { levels } else { 0 } }
    }

    /// The text of a tree in preorder.
    static func text(of tree: Tree) -> String {
        var nodes: [String] = []
        nodes.reserveCapacity(tree.splits.count + tree.leaves.count)
        var pending: [Tree.Child] = [tree.splits.isEmpty ? .leaf(0) : .split(0)]
        while let child = pending.popLast() {
            switch child {
            case .leaf(let number):
                let leaf = tree.leaves[number]
                nodes.append("l\(leaf.value):\(leaf.cover)")
            case .split(let number):
                let split = tree.splits[number]
                pending.append(split.right)
                pending.append(split.left)
                let question =
                    switch split.condition {
                    case .atMost(let threshold): "n\(split.feature):\(threshold)"
                    case .atMostZeroMissing(let threshold): "z\(split.feature):\(threshold)"
                    case .oneOf(let set):
                        "c\(split.feature):\(set.codes.map(String.init).joined(separator: ","))"
                    }
                nodes.append("\(question):\(split.missingGoesLeft ? "L" : "R"):\(Float(split.gain))")
            }
        }
        return nodes.joined(separator: " ")
    }

    /// The tree in a text; `nil` if it is none, or takes more than the ``CategorySetAllowance``.
    mutating func tree(_ text: String) -> Tree? {
        var assembly = TreeAssembly()
        for node in text.utf8.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false) {
            guard let kind = node.first else { return nil }
            let parts = node.dropFirst().split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
            if kind == UInt8(ascii: "l") {
                guard parts.count == 2, let value = Self.number(parts[0]), let cover = Self.number(parts[1]),
                    assembly.add(Tree.Leaf(value: value, cover: cover))
                else { return nil }
            } else {
                guard parts.count == 4, let split = split(kind, parts), assembly.add(split) else {
                    return nil
                }
            }
        }
        return assembly.tree()
    }

    private mutating func split(_ kind: UInt8, _ parts: [Substring.UTF8View]) -> Tree.Split? {
        guard let feature = Int(Substring(parts[0])), levels.indices.contains(feature),
            let isLeft = Self.side(parts[2]), let gain = Float(Substring(parts[3])), gain.isFinite
        else { return nil }
        let condition: Tree.Condition
        switch kind {
        case UInt8(ascii: "n"):
            guard let threshold = Self.number(parts[1]) else { return nil }
            condition = .atMost(threshold)
        case UInt8(ascii: "z"):
            guard let threshold = Self.number(parts[1]) else { return nil }
            condition = .atMostZeroMissing(threshold)
        case UInt8(ascii: "c"):
            guard let set = codes(parts[1], below: levels[feature]) else { return nil }
            condition = .oneOf(set)
        default: return nil
        }
        // The branches are those that follow.
        return Tree.Split(
            feature: feature, condition: condition, missingGoesLeft: isLeft, left: .leaf(0), right: .leaf(0),
            gain: Double(gain))
    }

    private mutating func codes(_ text: Substring.UTF8View, below limit: Int) -> CategorySet? {
        var set = CategorySet()
        for part in text.split(separator: UInt8(ascii: ",")) {
            guard let code = Int(Substring(part)), (0..<min(limit, 65_536)).contains(code) else { return nil }
            set.insert(code)
        }
        return allowance.admit(set) ? set : nil
    }

    private static func number(_ text: Substring.UTF8View) -> Double? {
        Double(Substring(text)).flatMap { $0.isNaN ? nil : $0 }
    }

    private static func side(_ text: Substring.UTF8View) -> Bool? {
        guard text.count == 1, let letter = text.first else { return nil }
        return letter == UInt8(ascii: "L") ? true : letter == UInt8(ascii: "R") ? false : nil
    }
}
