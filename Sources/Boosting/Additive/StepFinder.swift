/// One step of a one-feature function: the regression tree of few leaves that lowers the objective most.
///
/// On a single feature a tree is a step function along the feature's order. Missing values have no place in that order:
/// every cut tries them on both sides, and splitting them off. Gains are those of ``SplitFinder``.
struct StepFinder {
    /// Levels of the step.
    let leaves: Int
    /// Rows on every level, at least.
    let minimumRows: Double
    /// Sum of hessians on every level, at least.
    let minimumHessian: Double
    /// Penalty on squared values.
    let l2: Double

    /// Largest absolute value before shrinkage, as of leaves of trees.
    static let largestValue = 5.0

    /// Sums over the rows of a stretch of positions.
    struct Sum {
        var gradient = 0.0
        var hessian = 0.0
        var rows = 0.0

        static func + (left: Sum, right: Sum) -> Sum {
            Sum(
                gradient: left.gradient + right.gradient, hessian: left.hessian + right.hessian,
                rows: left.rows + right.rows)
        }

        static func - (left: Sum, right: Sum) -> Sum {
            Sum(
                gradient: left.gradient - right.gradient, hessian: left.hessian - right.hessian,
                rows: left.rows - right.rows)
        }
    }

    /// A level of the step: positions from `low` up to `high`, and missing values where it has them.
    struct Level {
        var low: Int
        var high: Int
        var hasMissing: Bool
        var sum: Sum
    }

    private struct Cut {
        var gain: Double
        var left: Level
        var right: Level
    }

    /// The levels of the best step.
    ///
    /// - Parameters:
    ///   - totals: `totals[p]` sums the positions before p; one more than there are positions.
    ///   - missing: The sum over missing values; no rows where there are none.
    ///   - direction: +1 where values must not fall along the positions, −1 where they must not rise, else 0.
    /// - Returns: Empty if no cut is allowed and worth anything.
    func best(totals: [Sum], missing: Sum, direction: Int8) -> [Level] {
        let last = totals.count - 1
        let root = Level(low: 0, high: last, hasMissing: missing.rows > 0, sum: totals[last] + missing)
        guard let first = cut(root, totals, missing, direction) else { return [] }
        var levels: [(level: Level, cut: Cut?)] = [
            (first.left, cut(first.left, totals, missing, direction)),
            (first.right, cut(first.right, totals, missing, direction)),
        ]
        while levels.count < leaves {
            var chosen: (place: Int, cut: Cut)?
            for (place, entry) in levels.enumerated() {
                if let cut = entry.cut, cut.gain > chosen?.cut.gain ?? 0 { chosen = (place, cut) }
            }
            guard let chosen else { break }
            let (left, right) = (chosen.cut.left, chosen.cut.right)
            levels[chosen.place] = (left, cut(left, totals, missing, direction))
            levels.append((right, cut(right, totals, missing, direction)))
        }
        return levels.map(\.level)
    }

    /// Levels between cuts drawn at random, each with the rows that it needs.
    func drawn(totals: [Sum], missing: Sum, key: UInt64) -> [Level] {
        let last = totals.count - 1
        var cuts: Set<Int> = []
        for draw in 1..<leaves where last > 1 {
            cuts.insert(1 + Int(SplitMix.hash(key &+ UInt64(draw)) % UInt64(last - 1)))
        }
        var levels: [Level] = []
        var low = 0
        for high in cuts.sorted() + [last] {
            let sum = totals[high] - totals[low]
            guard allows(sum) else { continue }
            levels.append(Level(low: low, high: high, hasMissing: false, sum: sum))
            low = high
        }
        // A rest too small for a level of its own belongs to the one before it.
        if low < last, let end = levels.indices.last {
            levels[end].high = last
            levels[end].sum = totals[last] - totals[levels[end].low]
        }
        if missing.rows > 0, allows(missing) {
            levels.append(Level(low: 0, high: 0, hasMissing: true, sum: missing))
        }
        return levels
    }

    /// The value of a sum: the Newton step −G ÷ (H + λ), kept within ``largestValue``.
    func value(_ sum: Sum) -> Double {
        let curvature = sum.hessian + l2
        guard curvature > 0 else { return 0 }
        return min(max(-sum.gradient / curvature, -Self.largestValue), Self.largestValue)
    }

    /// Values of levels by level; where a direction is given those along the positions are pooled until they keep to
    /// it.
    ///
    /// Pool adjacent violators: neighbours out of order share the Newton step of their joint sum.
    func values(_ levels: [Level], direction: Int8) -> [Double] {
        guard direction != 0 else { return levels.map { value($0.sum) } }
        let ordered = levels.indices.filter { levels[$0].high > levels[$0].low }.sorted {
            levels[$0].low < levels[$1].low
        }
        var pools: [(members: [Int], sum: Sum)] = []
        for place in ordered {
            pools.append(([place], levels[place].sum))
            while pools.count > 1 {
                let (below, above) = (pools[pools.count - 2], pools[pools.count - 1])
                let rise = (value(above.sum) - value(below.sum)) * Double(direction)
                if rise >= 0 { break }
                pools.removeLast(2)
                pools.append((below.members + above.members, below.sum + above.sum))
            }
        }
        var values = levels.map { value($0.sum) }
        for pool in pools {
            for member in pool.members { values[member] = value(pool.sum) }
        }
        return values
    }

    /// How much a value lowers twice the objective: −2 G v − (H + λ) v².
    func worth(_ sum: Sum, at value: Double) -> Double {
        -(2 * sum.gradient + (sum.hessian + l2) * value) * value
    }

    /// Whether a level may stand on these rows.
    func allows(_ sum: Sum) -> Bool {
        sum.rows >= minimumRows && sum.hessian >= minimumHessian && sum.hessian + l2 > 0
    }

    /// How much the best value of a level lowers twice the objective: G² ÷ (H + λ).
    func worth(_ sum: Sum) -> Double { sum.gradient * sum.gradient / (sum.hessian + l2) }

    /// The best way to part a level.
    private func cut(_ level: Level, _ totals: [Sum], _ missing: Sum, _ direction: Int8) -> Cut? {
        guard level.sum.rows >= 2 * minimumRows, level.sum.hessian + l2 > 0 else { return nil }
        let parent = worth(level.sum)
        // Parts of equal mean gain nothing but rounding.
        var best = (gain: 1e-12 * abs(parent), at: -1, missingLeft: false)
        func consider(_ left: Sum, at position: Int, missingLeft: Bool) {
            let right = level.sum - left
            guard allows(left), allows(right) else { return }
            let gain = worth(left) + worth(right) - parent
            guard gain > best.gain else { return }
            if direction != 0, position < level.high,
                (value(right) - value(left)) * Double(direction) < 0
            {
                return
            }
            best = (gain, position, missingLeft)
        }
        for position in level.low + 1..<max(level.low + 1, level.high) {
            let left = totals[position] - totals[level.low]
            consider(left, at: position, missingLeft: false)
            if level.hasMissing { consider(left + missing, at: position, missingLeft: true) }
        }
        // All positions to the left, missing values alone to the right.
        if level.hasMissing, level.high > level.low {
            consider(totals[level.high] - totals[level.low], at: level.high, missingLeft: false)
        }
        guard best.at >= 0 else { return nil }
        let alone = totals[best.at] - totals[level.low]
        let left = best.missingLeft ? alone + missing : alone
        return Cut(
            gain: best.gain,
            left: Level(
                low: level.low, high: best.at, hasMissing: level.hasMissing && best.missingLeft, sum: left),
            right: Level(
                low: best.at, high: level.high, hasMissing: level.hasMissing && !best.missingLeft,
                sum: level.sum - left))
    }
}
