/// Cut points of a classification tree on one variable.
///
/// Grows best first: of all leaves, the one whose best split lowers the weighted Gini impurity most is split next,
/// until there are `maximumLeaves`; a leaf keeps at least `minimumLeafWeight`. With N, E the weight and the defaults
/// of a leaf and n, e those of its lower part, the impurity falls in proportion to (eN − nE)² ÷ (n (N − n) N), which
/// has no cancellation.
///
/// Source: Breiman, Friedman, Olshen & Stone (1984), *Classification and Regression Trees*; the best-first order is
/// that of scikit-learn's `max_leaf_nodes`.
struct TreePrebinning {
    let candidates: CutCandidates
    let maximumLeaves: Int
    let minimumLeafWeight: Double

    /// The cut positions, ascending.
    func positions() -> [CutPosition] {
        let root = Leaf(
            start: CutPosition(nonDefaults: 0, defaults: 0), end: candidates.sample.end,
            candidates: 0..<candidates.positions.count)
        var leaves = [(leaf: root, split: bestSplit(root))]
        while leaves.count < maximumLeaves {
            var best: (index: Int, split: Split)?
            for (index, entry) in leaves.enumerated() {
                if let split = entry.split, split.gain > best?.split.gain ?? -1 { best = (index, split) }
            }
            guard let best else { break }
            let (lower, upper) = split(leaves[best.index].leaf, at: best.split.position)
            leaves[best.index] = (lower, bestSplit(lower))
            leaves.insert((upper, bestSplit(upper)), at: best.index + 1)
        }
        return leaves.dropLast().map(\.leaf.end)
    }

    /// A stretch of the sorted values and the candidates strictly inside.
    private struct Leaf {
        let start: CutPosition
        let end: CutPosition
        let candidates: Range<Int>
    }

    private struct Split {
        let position: CutPosition
        let gain: Double
    }

    private func split(_ leaf: Leaf, at position: CutPosition) -> (Leaf, Leaf) {
        var (low, high) = (leaf.candidates.lowerBound, leaf.candidates.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if candidates.positions[middle] < position { low = middle + 1 } else { high = middle }
        }
        let isCandidate = low < leaf.candidates.upperBound && candidates.positions[low] == position
        let after = isCandidate ? low + 1 : low
        return (
            Leaf(start: leaf.start, end: position, candidates: leaf.candidates.lowerBound..<low),
            Leaf(start: position, end: leaf.end, candidates: after..<leaf.candidates.upperBound)
        )
    }

    /// The split of a leaf with the largest gain, the lowest of equals; `nil` if none is admissible.
    private func bestSplit(_ leaf: Leaf) -> Split? {
        let sample = candidates.sample
        let counts = sample.counts(leaf.start..<leaf.end)
        guard counts.defaults > 0, counts.nonDefaults > 0 else { return nil }
        let base = candidates.weight(below: leaf.start)
        // A relative slack of 1e-12 keeps sums of fractional weights from missing a bound by rounding.
        let least = base + minimumLeafWeight * (1 - 1e-12)
        let most = base + counts.weight - minimumLeafWeight * (1 - 1e-12)
        guard least <= most else { return nil }
        let score = Score(leaf: counts, sample: sample, start: leaf.start)

        let first = candidates.firstCandidate(reaching: least, in: leaf.candidates)
        var last = candidates.firstCandidate(reaching: most, in: first..<leaf.candidates.upperBound)
        if last < leaf.candidates.upperBound, candidates.weight(belowCandidate: last) <= most { last += 1 }

        var best: Split?
        func consider(_ position: CutPosition?) {
            guard let position, position > leaf.start, position < leaf.end else { return }
            let weight = candidates.weight(below: position)
            guard weight >= least, weight <= most else { return }
            let gain = score.gain(
                nonDefaultsBelow: sample.nonDefaults.weight(below: position.nonDefaults),
                defaultsBelow: sample.defaults.weight(below: position.defaults))
            if gain > best?.gain ?? -1 { best = Split(position: position, gain: gain) }
        }
        // The bound on leaves may cut a stretch of one class: then its best place is at the bound.
        let beforeFirst = first == leaf.candidates.lowerBound ? leaf.start : candidates.positions[first - 1]
        let atFirst = first == leaf.candidates.upperBound ? leaf.end : candidates.positions[first]
        consider(candidates.firstCut(inside: beforeFirst, atFirst, reaching: least))
        if let candidate = bestCandidate(first..<max(first, last), score) { consider(candidate) }
        let beforeLast = last == leaf.candidates.lowerBound ? leaf.start : candidates.positions[last - 1]
        let atLast = last == leaf.candidates.upperBound ? leaf.end : candidates.positions[last]
        consider(candidates.lastCut(inside: beforeLast, atLast, upTo: most))
        return best
    }

    /// The candidate of a range with the largest gain, the lowest of equals.
    private func bestCandidate(_ range: Range<Int>, _ score: Score) -> CutPosition? {
        let nonDefaults = candidates.nonDefaultsBelow.span
        let defaults = candidates.defaultsBelow.span
        var best = -1.0
        var found = range.lowerBound
        for index in range {
            let gain = score.gain(nonDefaultsBelow: nonDefaults[index], defaultsBelow: defaults[index])
            if gain > best {
                best = gain
                found = index
            }
        }
        return range.isEmpty ? nil : candidates.positions[found]
    }

    /// The gain of a cut in one leaf.
    private struct Score {
        let weight: Double
        let defaults: Double
        let nonDefaultsBefore: Double
        let defaultsBefore: Double

        init(leaf: ClassCounts, sample: OrderedSample, start: CutPosition) {
            weight = leaf.weight
            defaults = leaf.defaults
            nonDefaultsBefore = sample.nonDefaults.weight(below: start.nonDefaults)
            defaultsBefore = sample.defaults.weight(below: start.defaults)
        }

        @inline(__always)
        func gain(nonDefaultsBelow: Double, defaultsBelow: Double) -> Double {
            let lowerDefaults = defaultsBelow - defaultsBefore
            let lower = nonDefaultsBelow - nonDefaultsBefore + lowerDefaults
            let excess = lowerDefaults * weight - lower * defaults
            return excess * excess / (lower * (weight - lower) * weight)
        }
    }
}
