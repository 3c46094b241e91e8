@testable import Boosting

/// Trees for squared error, grown slowly: every threshold between neighbouring values, for missing values on either
/// side, and every subset of levels that the options allow is tried on the rows themselves, with exact gradients.
struct PlainGrower {
    var options: BoostingOptions
    /// By feature, a value for every row; NaN is missing.
    var columns: [[Double]]
    /// The features whose values are codes of levels.
    var categories: Set<Int> = []

    struct Split {
        var feature: Int
        var left: [Int]
        var right: [Int]
        var gain: Double
        /// Penalty on the squares of the children's values.
        var l2: Double
    }

    struct Leaf {
        var rows: [Int]
        var depth: Int
        var l2: Double
        var split: Split?
    }

    /// The scores after some rounds, and the leaves of every tree.
    func scores(outcomes: [Double], rounds: Int) -> (scores: [Double], leaves: [Int]) {
        let mean = outcomes.reduce(0, +) / Double(outcomes.count)
        var scores = [Double](repeating: mean, count: outcomes.count)
        var counts: [Int] = []
        for _ in 0..<rounds {
            let gradients = outcomes.indices.map { scores[$0] - outcomes[$0] }
            let leaves = grow(gradients)
            counts.append(leaves.count)
            for leaf in leaves {
                let step = options.learningRate * value(leaf.rows, gradients, leaf.l2)
                for row in leaf.rows { scores[row] += step }
            }
        }
        return (scores, counts)
    }

    private func grow(_ gradients: [Double]) -> [Leaf] {
        var leaves = [Leaf(rows: Array(gradients.indices), depth: 0, l2: options.l2)]
        leaves[0].split = best(leaves[0], gradients)
        while leaves.count < options.maximumLeaves {
            let open = leaves.indices.filter { leaves[$0].split != nil }
            let level = open.map { leaves[$0].depth }.min() ?? 0
            let next = open.filter { options.growth == .leafWise || leaves[$0].depth == level }
                .max { leaves[$0].split?.gain ?? 0 < leaves[$1].split?.gain ?? 0 }
            guard let next, let split = leaves[next].split else { break }
            let depth = leaves[next].depth + 1
            for (place, rows) in [(next, split.left), (leaves.count, split.right)] {
                var leaf = Leaf(rows: rows, depth: depth, l2: split.l2)
                leaf.split = best(leaf, gradients)
                if place == leaves.count { leaves.append(leaf) } else { leaves[place] = leaf }
            }
        }
        return leaves
    }

    private func best(_ leaf: Leaf, _ gradients: [Double]) -> Split? {
        if options.maximumDepth > 0, leaf.depth >= options.maximumDepth { return nil }
        var best: Split?
        for feature in columns.indices {
            // Thresholds are judged with the leaf's own penalty on either side.
            let (sides, judged, l2) =
                categories.contains(feature)
                ? subsets(leaf, feature, gradients) : (thresholds(leaf, feature), leaf.l2, options.l2)
            for isLeft in sides {
                let (left, right) = (leaf.rows.filter(isLeft), leaf.rows.filter { !isLeft($0) })
                guard min(left.count, right.count) >= max(1, options.minimumRowsInLeaf),
                    Double(min(left.count, right.count)) >= options.minimumHessianInLeaf
                else { continue }
                let gain =
                    worth(left, gradients, judged) + worth(right, gradients, judged)
                    - worth(leaf.rows, gradients, leaf.l2)
                if gain > max(options.minimumGain, best?.gain ?? 1e-9) {
                    best = Split(feature: feature, left: left, right: right, gain: gain, l2: l2)
                }
            }
        }
        return best
    }

    private func thresholds(_ leaf: Leaf, _ feature: Int) -> [(Int) -> Bool] {
        let values = columns[feature]
        let hasMissing = leaf.rows.contains { values[$0].isNaN }
        let cuts = Set(leaf.rows.map { values[$0] }.filter { !$0.isNaN }).sorted()
        return (hasMissing ? [false, true] : [false]).flatMap { missingLeft in
            cuts.map { cut in { row in values[row].isNaN ? missingLeft : values[row] <= cut } }
        }
    }

    /// One level against the rest, or from either end of the order of G ÷ (H + smoothing); missing is a level.
    private func subsets(
        _ leaf: Leaf, _ feature: Int, _ gradients: [Double]
    ) -> (sides: [(Int) -> Bool], judged: Double, l2: Double) {
        let values = columns[feature]
        let level = { (row: Int) in values[row].isNaN ? -1 : values[row] }
        let present = Set(leaf.rows.map(level)).sorted()
        if present.count <= options.oneHotLevels {
            let sides = present.map { wanted in { (row: Int) in level(row) == wanted } }
            return (sides, options.l2, options.l2)
        }
        let keys = present.map { wanted -> Double in
            let rows = leaf.rows.filter { level($0) == wanted }
            let sum = rows.reduce(0) { $0 + gradients[$1] }
            return sum / (Double(rows.count) + options.categorySmoothing)
        }
        let order = present.indices.sorted { keys[$0] < keys[$1] }.map { present[$0] }
        let sides = [order, order.reversed()].flatMap { order in
            (1..<order.count).map { size -> (Int) -> Bool in
                let chosen = Set(order.prefix(size))
                return { chosen.contains(level($0)) }
            }
        }
        return (sides, options.l2 + options.categoryL2, options.l2 + options.categoryL2)
    }

    /// −T(G) ÷ (H + λ₂) with the soft threshold at λ₁, kept within the largest value; a row's hessian is 1.
    func value(_ rows: [Int], _ gradients: [Double], _ l2: Double) -> Double {
        let sum = rows.reduce(0) { $0 + gradients[$1] }
        let soft = sum > options.l1 ? sum - options.l1 : sum < -options.l1 ? sum + options.l1 : 0
        let most = options.maximumLeafValue ?? .infinity
        return max(-most, min(most, -soft / (Double(rows.count) + l2)))
    }

    /// Twice the reduction of Σ (g w + w² ÷ 2) + λ₂ w² ÷ 2 + λ₁ |w| at its least, T(G)² ÷ (H + λ₂).
    private func worth(_ rows: [Int], _ gradients: [Double], _ l2: Double) -> Double {
        let sum = abs(rows.reduce(0) { $0 + gradients[$1] })
        let soft = max(0, sum - options.l1)
        return soft * soft / (Double(rows.count) + l2)
    }
}
