extension VariableBinning {
    /// The binning with some bins made one.
    ///
    /// Intervals to be merged must stand side by side; any other bin (missing, special, levels) can join them. The
    /// new bin takes the place of the first.
    ///
    /// - Parameter indices: Indices into ``bins``, at least two.
    /// - Throws: ``BinningError/cannotMerge(variable:bins:reason:)``.
    public func merging(_ indices: Set<Int>) throws(BinningError) -> VariableBinning {
        let chosen = indices.sorted()
        func refused(_ reason: String) -> BinningError {
            .cannotMerge(variable: name, bins: chosen, reason: reason)
        }
        guard chosen.count >= 2 else { throw refused("at least two bins are needed") }
        guard chosen.allSatisfy(bins.indices.contains) else {
            throw refused("there are bins 1 to \(bins.count)")
        }
        let members = chosen.flatMap { bins[$0].members }
        let intervals = members.compactMap { member in
            if case .interval(let interval) = member { interval } else { nil }
        }.sorted { ($0.lower ?? -.infinity) < ($1.lower ?? -.infinity) }
        for (left, right) in zip(intervals, intervals.dropFirst()) where left.upper != right.lower {
            throw refused("\(left.label) and \(right.label) do not touch")
        }
        var joined = members.filter { if case .interval = $0 { false } else { true } }
        if let first = intervals.first, let last = intervals.last {
            joined.insert(.interval(HalfOpenInterval(lower: first.lower, upper: last.upper)), at: 0)
        }
        var groups = bins.map { bin in
            BinGroup(
                members: bin.members,
                counts: ClassCounts(rows: bin.rows, nonDefaults: bin.nonDefaults, defaults: bin.defaults))
        }
        let counts = chosen.reduce(ClassCounts()) { $0 + groups[$1].counts }
        groups[chosen[0]] = BinGroup(members: joined, counts: counts)
        for index in chosen.dropFirst().reversed() { groups.remove(at: index) }
        return VariableBinning(
            name: name, kind: kind, trend: trend, groups: groups, options: lookupOptions,
            diagnostics: diagnostics)
    }
}
