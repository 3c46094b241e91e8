extension VariableBinning {
    /// Bins categories.
    init(categorical sample: CategorySample, name: String, options: BinningOptions) throws(BinningError) {
        if case .cuts = options.prebinning {
            throw .invalidOption(
                name: "prebinning", value: "cuts",
                expected: "tree, quantiles or groups for the category '\(name)'")
        }
        let sides = sample.sideGroups(options.specialCodes)
        let ordinary = sample.ordinary
        try Self.checkClasses(name, sides.map(\.counts) + [ordinary])
        guard ordinary.rows > 0 else {
            self.init(
                name: name, kind: .categorical, trend: .none, groups: sides, options: options,
                diagnostics: [.noOrdinaryValues])
            return
        }
        let total = sides.reduce(ordinary.weight) { $0 + $1.counts.weight }
        let prebins = CategoryPrebins(sample, totalWeight: total, options: options)
        // In the order of their rates neighbours can only rise.
        let partition = ConstrainedPartition(
            prebins.groups.map(\.counts), isFixed: [], totalWeight: total, trend: .none, options: options)
        let bounds = [0] + partition.cuts + [prebins.groups.count]
        let groups = zip(bounds, bounds.dropFirst()).map { first, end in
            BinGroup(
                members: prebins.groups[first..<end].flatMap(\.members),
                counts: prebins.groups[first..<end].reduce(ClassCounts()) { $0 + $1.counts })
        }
        var diagnostics = partition.diagnostics
        if prebins.pooledLevels > 0 { diagnostics.append(.pooledLevels(count: prebins.pooledLevels)) }
        self.init(
            name: name, kind: .categorical, trend: .none, groups: groups + prebins.apart + sides,
            options: options, diagnostics: diagnostics)
    }
}
