/// The pre-bins of categories: groups of levels in the order of their default rates.
struct CategoryPrebins: Sendable {
    /// The groups, by default rate.
    let groups: [BinGroup]
    /// The pool of rare levels if it stands apart, at most one.
    let apart: [BinGroup]
    /// How many levels were pooled because each was rare.
    let pooledLevels: Int

    init(_ sample: CategorySample, totalWeight: Double, options: BinningOptions) {
        if case .groups(let given) = options.prebinning {
            groups = Self.given(given, sample)
            apart = []
            pooledLevels = 0
            return
        }
        let least = options.rareLevelShare * sample.ordinary.weight * (1 - 1e-12)
        let rare = sample.levels.filter { $0.counts.weight < least }
        let frequent = sample.levels.filter { $0.counts.weight >= least }
        var single = frequent.map { BinGroup(members: [.level($0.name)], counts: $0.counts) }
        var apart: [BinGroup] = []
        if !rare.isEmpty {
            let pool = BinGroup(
                members: rare.map { .rareLevel($0.name) },
                counts: rare.reduce(ClassCounts()) { $0 + $1.counts })
            switch options.rareLevels {
            case .mergeable: single.append(pool)
            // Where every level is rare, the pool is all there is.
            case .ownBin: if single.isEmpty { single.append(pool) } else { apart.append(pool) }
            }
        }
        self.apart = apart
        pooledLevels = rare.count
        let ordered = Self.byRate(single)
        groups =
            ordered.count <= options.maximumPrebins
            ? ordered : Self.merged(ordered, totalWeight: totalWeight, options: options)
    }

    /// Groups in the order of their default rates; the order given breaks ties.
    private static func byRate(_ groups: [BinGroup]) -> [BinGroup] {
        func rate(_ group: BinGroup) -> Double {
            group.counts.weight > 0 ? group.counts.defaults / group.counts.weight : 0
        }
        return groups.enumerated().sorted { first, second in
            let rates = (rate(first.element), rate(second.element))
            return rates.0 != rates.1 ? rates.0 < rates.1 : first.offset < second.offset
        }.map(\.element)
    }

    /// The groups asked for that occurred; levels that were not listed form one more.
    private static func given(_ given: [[String]], _ sample: CategorySample) -> [BinGroup] {
        var counts: [String: ClassCounts] = [:]
        for level in sample.levels { counts[level.name] = level.counts }
        var groups = given.map { levels in
            BinGroup(
                members: levels.map { .level($0) },
                counts: levels.reduce(ClassCounts()) { $0 + (counts[$1] ?? ClassCounts()) })
        }
        let listed = Set(given.joined())
        let others = sample.levels.filter { !listed.contains($0.name) }
        if !others.isEmpty {
            groups.append(
                BinGroup(
                    members: others.map { .rareLevel($0.name) },
                    counts: others.reduce(ClassCounts()) { $0 + $1.counts }))
        }
        return byRate(groups)
    }

    /// So many levels that they are first cut like a number: by their place in the order.
    private static func merged(
        _ levels: [BinGroup], totalWeight: Double, options: BinningOptions
    ) -> [BinGroup] {
        var buffers = SortBuffers()
        func ordered(_ weight: (ClassCounts) -> Double) -> OrderedClass {
            OrderedClass(
                sorting: levels.enumerated().compactMap { place, level in
                    let weight = weight(level.counts)
                    return weight > 0 ? WeightedKey(key: UInt64(place), weight: weight) : nil
                }, &buffers)
        }
        let sample = OrderedSample(
            nonDefaults: ordered(\.nonDefaults), defaults: ordered(\.defaults))
        let candidates = CutCandidates(sample)
        let positions: [CutPosition]
        if options.prebinning == .quantiles {
            positions = candidates.quantilePositions(bins: options.maximumPrebins)
        } else {
            positions = TreePrebinning(
                candidates: candidates, maximumLeaves: options.maximumPrebins,
                minimumLeafWeight: options.minimumPrebinShare * totalWeight
            ).positions()
        }
        let starts = positions.map { position in
            Int(
                min(
                    position.nonDefaults < sample.nonDefaults.count
                        ? sample.nonDefaults.keys[position.nonDefaults] : .max,
                    position.defaults < sample.defaults.count
                        ? sample.defaults.keys[position.defaults] : .max))
        }
        let bounds = [0] + starts + [levels.count]
        return zip(bounds, bounds.dropFirst()).map { first, end in
            BinGroup(
                members: levels[first..<end].flatMap(\.members),
                counts: levels[first..<end].reduce(ClassCounts()) { $0 + $1.counts })
        }
    }
}
