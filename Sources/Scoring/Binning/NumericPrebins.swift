/// The pre-bins of a number: cut points, and the counts between them.
struct NumericPrebins: Sendable {
    /// Cut points, ascending; pre-bin i is [cuts[i − 1], cuts[i]).
    let cuts: [Double]
    /// Counts of the pre-bins, one more than cuts.
    let counts: [ClassCounts]
    /// Whether the cut before each pre-bin must stay; empty if none must.
    let isFixed: [Bool]

    init(_ sample: OrderedSample, totalWeight: Double, options: BinningOptions) {
        let given: [Double]
        var found: [CutPosition] = []
        if case .cuts(let cuts) = options.prebinning {
            given = cuts + options.fixedCuts
        } else {
            given = options.fixedCuts
            found = Self.positions(sample, totalWeight: totalWeight, options: options)
        }
        // A fixed cut replaces a found one at the same place, which may be written with another number.
        var positionOfCut: [Double: CutPosition] = [:]
        for cut in given { positionOfCut[cut + 0.0] = sample.position(of: cut) }
        let taken = Set(positionOfCut.values.map(\.rows))
        for position in found where !taken.contains(position.rows) {
            let (below, above) = sample.neighbours(of: position)
            positionOfCut[options.cutPlacement.cut(between: below, and: above)] = position
        }
        let ordered = positionOfCut.sorted { $0.key < $1.key }
        cuts = ordered.map(\.key)
        let positions = [CutPosition(nonDefaults: 0, defaults: 0)] + ordered.map(\.value) + [sample.end]
        counts = zip(positions, positions.dropFirst()).map { sample.counts($0..<$1) }
        let fixed = Set(options.fixedCuts.map { $0 + 0.0 })
        isFixed = fixed.isEmpty ? [] : [false] + cuts.map(fixed.contains)
    }

    /// Where the sample itself suggests cuts.
    private static func positions(
        _ sample: OrderedSample, totalWeight: Double, options: BinningOptions
    ) -> [CutPosition] {
        let candidates = CutCandidates(sample)
        if let all = candidates.everyPosition(limit: options.maximumPrebins) { return all }
        switch options.prebinning {
        case .quantiles:
            return candidates.quantilePositions(bins: options.maximumPrebins)
        case .tree, .cuts, .groups:
            return TreePrebinning(
                candidates: candidates, maximumLeaves: options.maximumPrebins,
                minimumLeafWeight: options.minimumPrebinShare * totalWeight
            ).positions()
        }
    }

    /// The bins that remain of the pre-bins when only some cuts are kept.
    ///
    /// - Parameter starts: The first pre-bin of each bin but the first.
    func merged(_ starts: [Int]) -> [BinGroup] {
        let bounds = [0] + starts + [counts.count]
        return zip(bounds, bounds.dropFirst()).map { first, end in
            let interval = HalfOpenInterval(
                lower: first == 0 ? nil : cuts[first - 1], upper: end == counts.count ? nil : cuts[end - 1])
            return BinGroup(
                members: [.interval(interval)], counts: counts[first..<end].reduce(ClassCounts(), +))
        }
    }
}

extension CutPlacement {
    /// A cut point c with below < c ≤ above.
    func cut(between below: Double, and above: Double) -> Double {
        switch self {
        case .midpoint:
            // Halving first cannot overflow; between neighbouring doubles there is no room, so the upper one it is.
            let middle = below / 2 + above / 2
            return middle > below && middle <= above ? middle : above
        case .shortest:
            return Self.shortest(between: below, and: above)
        }
    }

    /// The number with the fewest decimal digits in (below, above]: 0 if it lies there, else the first multiple of a
    /// power of ten, from large powers to small.
    private static func shortest(between below: Double, and above: Double) -> Double {
        if below < 0, above >= 0 { return 0 }
        let gap = above - below
        guard gap.isFinite, gap > 0 else { return above }
        // Multiples of a power of ten beyond the larger magnitude are only 0; below 17 digits none is new.
        let magnitude = max(abs(below), abs(above))
        var exponent = 0
        while exponent < 308, magnitude >= powerOfTen(exponent + 1) { exponent += 1 }
        while exponent > -300, magnitude < powerOfTen(exponent) { exponent -= 1 }
        for digit in stride(from: exponent, through: exponent - 17, by: -1) {
            let multiple =
                digit >= 0
                ? (above / powerOfTen(digit)).rounded(.down) * powerOfTen(digit)
                : (above * powerOfTen(-digit)).rounded(.down) / powerOfTen(-digit)
            if multiple > below, multiple <= above { return multiple }
        }
        return above
    }

    /// 10 to a power, read from text so that it is the nearest double.
    private static func powerOfTen(_ exponent: Int) -> Double {
        Double("1e\(exponent)") ?? .infinity
    }
}
