@testable import Boosting

/// Trees for squared error on numbers, grown slowly: every threshold between neighbouring values is tried on the rows
/// themselves, with exact gradients, for missing values on either side.
struct PlainGrower {
    var options: BoostingOptions
    /// By feature, a value for every row; NaN is missing.
    var columns: [[Double]]

    struct Split {
        var feature: Int
        var left: [Int]
        var right: [Int]
        var gain: Double
    }

    struct Leaf {
        var rows: [Int]
        var depth: Int
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
                let step = options.learningRate * value(leaf.rows, gradients)
                for row in leaf.rows { scores[row] += step }
            }
        }
        return (scores, counts)
    }

    private func grow(_ gradients: [Double]) -> [Leaf] {
        var leaves = [Leaf(rows: Array(gradients.indices), depth: 0)]
        leaves[0].split = best(leaves[0], gradients)
        while leaves.count < options.maximumLeaves {
            let open = leaves.indices.filter { leaves[$0].split != nil }
            let level = open.map { leaves[$0].depth }.min() ?? 0
            let next = open.filter { options.growth == .leafWise || leaves[$0].depth == level }
                .max { leaves[$0].split?.gain ?? 0 < leaves[$1].split?.gain ?? 0 }
            guard let next, let split = leaves[next].split else { break }
            let depth = leaves[next].depth + 1
            for (place, rows) in [(next, split.left), (leaves.count, split.right)] {
                var leaf = Leaf(rows: rows, depth: depth)
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
            let values = columns[feature]
            let missing = leaf.rows.filter { values[$0].isNaN }
            let cuts = Set(leaf.rows.map { values[$0] }.filter { !$0.isNaN }).sorted()
            for missingLeft in [false, true] {
                for cut in cuts {
                    let isLeft = { (row: Int) in values[row].isNaN ? missingLeft : values[row] <= cut }
                    if missing.isEmpty && missingLeft { continue }
                    let (left, right) = (leaf.rows.filter(isLeft), leaf.rows.filter { !isLeft($0) })
                    guard min(left.count, right.count) >= max(1, options.minimumRowsInLeaf),
                        Double(min(left.count, right.count)) >= options.minimumHessianInLeaf
                    else { continue }
                    let gain =
                        worth(left, gradients) + worth(right, gradients) - worth(leaf.rows, gradients)
                    if gain > max(options.minimumGain, best?.gain ?? 1e-9) {
                        best = Split(feature: feature, left: left, right: right, gain: gain)
                    }
                }
            }
        }
        return best
    }

    /// −T(G) ÷ (H + λ₂) with the soft threshold at λ₁, kept within the largest value; a row's hessian is 1.
    func value(_ rows: [Int], _ gradients: [Double]) -> Double {
        let sum = rows.reduce(0) { $0 + gradients[$1] }
        let soft = sum > options.l1 ? sum - options.l1 : sum < -options.l1 ? sum + options.l1 : 0
        let most = options.maximumLeafValue ?? .infinity
        return max(-most, min(most, -soft / (Double(rows.count) + options.l2)))
    }

    /// Twice the reduction of Σ (g w + w² ÷ 2) + λ₂ w² ÷ 2 + λ₁ |w| at its least, T(G)² ÷ (H + λ₂).
    private func worth(_ rows: [Int], _ gradients: [Double]) -> Double {
        let sum = abs(rows.reduce(0) { $0 + gradients[$1] })
        let soft = max(0, sum - options.l1)
        return soft * soft / (Double(rows.count) + options.l2)
    }
}
