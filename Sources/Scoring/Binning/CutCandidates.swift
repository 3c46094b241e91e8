/// The places where a cut between values can be worth making, and a search for any other.
///
/// Between neighbouring values of observations that all defaulted, or that all did not, every sensible measure of a
/// split is convex, so its best place is at an end of such a stretch (Fayyad & Irani 1992, for entropy; the same
/// argument holds for the Gini impurity). The candidates are those ends: about two per default.
struct CutCandidates: Sendable {
    let sample: OrderedSample
    /// The candidates, ascending, without start and end.
    let positions: [CutPosition]
    /// Weight of each class below each candidate.
    let nonDefaultsBelow: [Double]
    let defaultsBelow: [Double]

    init(_ sample: OrderedSample) {
        self.sample = sample
        positions = Self.boundaries(sample)
        nonDefaultsBelow = positions.map { sample.nonDefaults.weight(below: $0.nonDefaults) }
        defaultsBelow = positions.map { sample.defaults.weight(below: $0.defaults) }
    }

    /// The ends of all stretches of one class.
    ///
    /// Walks over the distinct values of the defaults, finding by search how many non-defaults lie before each.
    private static func boundaries(_ sample: OrderedSample) -> [CutPosition] {
        let (nonDefaults, defaults) = (sample.nonDefaults, sample.defaults)
        var positions: [CutPosition] = []
        positions.reserveCapacity(2 * defaults.count)
        var done = CutPosition(nonDefaults: 0, defaults: 0)
        var lastIsPure = false
        while done.defaults < defaults.count {
            let key = defaults.keys[done.defaults]
            let before = CutPosition(
                nonDefaults: nonDefaults.lowerBound(key, from: done.nonDefaults), defaults: done.defaults)
            let after = CutPosition(
                nonDefaults: nonDefaults.upperBound(key, from: before.nonDefaults),
                defaults: defaults.upperBound(key, from: before.defaults))
            let isPure = before.nonDefaults == after.nonDefaults
            if before.nonDefaults > done.nonDefaults {
                positions.append(before)
            } else if lastIsPure, isPure {
                // Inside a stretch of defaults only.
                positions.removeLast()
            }
            positions.append(after)
            lastIsPure = isPure
            done = after
        }
        if positions.last == sample.end { positions.removeLast() }
        return positions
    }

    /// Weight below a position.
    func weight(below position: CutPosition) -> Double {
        sample.nonDefaults.weight(below: position.nonDefaults)
            + sample.defaults.weight(below: position.defaults)
    }

    /// Weight below a candidate.
    @inline(__always)
    func weight(belowCandidate index: Int) -> Double {
        nonDefaultsBelow[index] + defaultsBelow[index]
    }

    /// The first candidate with at least a weight below it.
    func firstCandidate(reaching weight: Double, in range: Range<Int>) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = (low + high) / 2
            if self.weight(belowCandidate: middle) >= weight { high = middle } else { low = middle + 1 }
        }
        return low
    }

    /// The first cut inside a stretch of one class with at least `weight` below it, `nil` if there is none.
    ///
    /// - Parameters:
    ///   - start: The end of the stretch before, or the start of the sample.
    ///   - end: The next candidate, or the end of the sample.
    func firstCut(inside start: CutPosition, _ end: CutPosition, reaching weight: Double) -> CutPosition? {
        guard let stretch = stretch(start, end) else { return nil }
        let rest = weight - stretch.otherWeight
        var index = stretch.values.firstIndex(reaching: rest, in: stretch.range)
        index = max(index, stretch.range.lowerBound + 1)
        guard index < stretch.range.upperBound else { return nil }
        if stretch.values.keys[index - 1] == stretch.values.keys[index] {
            index = stretch.values.upperBound(stretch.values.keys[index], from: index)
        }
        return index < stretch.range.upperBound ? stretch.position(index) : nil
    }

    /// The last cut inside a stretch of one class with at most `weight` below it, `nil` if there is none.
    func lastCut(inside start: CutPosition, _ end: CutPosition, upTo weight: Double) -> CutPosition? {
        guard let stretch = stretch(start, end) else { return nil }
        let rest = weight - stretch.otherWeight
        var index = stretch.values.firstIndex(reaching: rest, in: stretch.range)
        if index == stretch.range.upperBound || stretch.values.weight(below: index) > rest { index -= 1 }
        guard index > stretch.range.lowerBound else { return nil }
        if stretch.values.keys[index - 1] == stretch.values.keys[index] {
            index = stretch.values.lowerBound(stretch.values.keys[index])
        }
        return index > stretch.range.lowerBound ? stretch.position(index) : nil
    }

    /// Values of one class alone between two positions.
    private struct Stretch {
        let values: OrderedClass
        let range: Range<Int>
        /// Weight below of the other class, the same all along.
        let otherWeight: Double
        let position: (Int) -> CutPosition
    }

    private func stretch(_ start: CutPosition, _ end: CutPosition) -> Stretch? {
        if start.defaults == end.defaults {
            return Stretch(
                values: sample.nonDefaults, range: start.nonDefaults..<end.nonDefaults,
                otherWeight: sample.defaults.weight(below: start.defaults),
                position: { CutPosition(nonDefaults: $0, defaults: start.defaults) })
        }
        if start.nonDefaults == end.nonDefaults {
            return Stretch(
                values: sample.defaults, range: start.defaults..<end.defaults,
                otherWeight: sample.nonDefaults.weight(below: start.nonDefaults),
                position: { CutPosition(nonDefaults: start.nonDefaults, defaults: $0) })
        }
        return nil
    }
}

extension CutCandidates {
    /// All positions between distinct values if there are at most `limit` distinct values, else `nil`.
    func everyPosition(limit: Int) -> [CutPosition]? {
        let (nonDefaults, defaults) = (sample.nonDefaults, sample.defaults)
        var positions: [CutPosition] = []
        var position = CutPosition(nonDefaults: 0, defaults: 0)
        while position < sample.end {
            guard positions.count < limit else { return nil }
            let key = min(
                position.nonDefaults < nonDefaults.count ? nonDefaults.keys[position.nonDefaults] : .max,
                position.defaults < defaults.count ? defaults.keys[position.defaults] : .max)
            position = CutPosition(
                nonDefaults: nonDefaults.upperBound(key, from: position.nonDefaults),
                defaults: defaults.upperBound(key, from: position.defaults))
            positions.append(position)
        }
        return positions.dropLast()
    }

    /// Positions at the quantiles 1/bins, 2/bins … by weight; fewer where values repeat.
    ///
    /// Each is the first cut with at least that share of the weight below it.
    func quantilePositions(bins: Int) -> [CutPosition] {
        let total = weight(below: sample.end)
        var positions: [CutPosition] = []
        for part in 1..<max(1, bins) {
            let target = total * Double(part) / Double(bins)
            let next = firstCandidate(reaching: target, in: 0..<self.positions.count)
            let start = next == 0 ? CutPosition(nonDefaults: 0, defaults: 0) : self.positions[next - 1]
            let end = next == self.positions.count ? sample.end : self.positions[next]
            let position = firstCut(inside: start, end, reaching: target) ?? end
            if position > positions.last ?? CutPosition(nonDefaults: 0, defaults: 0), position < sample.end {
                positions.append(position)
            }
        }
        return positions
    }
}
