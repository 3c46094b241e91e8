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

extension VariableBinning {
    /// The binning with groups of bins made one by hand.
    ///
    /// A bin is named by a value in it, so that the names still hold on other rows: a number or level, `missing`, or
    /// the name of a special code. A state or level that did not occur has no bin; it is passed over with a diagnostic.
    ///
    /// - Throws: ``BinningError/noSuchBin(variable:value:)`` for a value that is none of these;
    ///   ``BinningError/cannotMerge(variable:bins:reason:)`` for intervals that do not touch.
    public func joining(_ groups: [[String]]) throws(BinningError) -> VariableBinning {
        var binning = self
        for group in groups {
            var places: Set<Int> = []
            for value in group {
                if let place = try binning.place(namedBy: value) {
                    places.insert(place)
                } else {
                    binning = binning.noting(.notJoined(value: value))
                }
            }
            if places.count > 1 { binning = try binning.merging(places) }
        }
        return binning
    }

    /// The bin that a value names; `nil` if the value did not occur.
    private func place(namedBy value: String) throws(BinningError) -> Int? {
        func holder(of member: BinMember) -> Int? { bins.firstIndex { $0.members.contains(member) } }
        if let place = holder(of: .level(value)) ?? holder(of: .rareLevel(value)) { return place }
        if value == "missing" { return holder(of: .missing) }
        if specialCodes.contains(where: { $0.name == value }) { return holder(of: .special(value)) }
        guard kind == .numeric else { return nil }
        guard let number = Double(value), !number.isNaN else {
            throw .noSuchBin(variable: name, value: value)
        }
        let place = binIndex(of: number)
        return place == neutralIndex ? nil : place
    }

    private func noting(_ diagnostic: BinningDiagnostic) -> VariableBinning {
        VariableBinning(
            name: name, kind: kind, trend: trend, bins: bins, specialCodes: specialCodes,
            zeroCellAddition: zeroCellAddition, unseen: unseen, unseenMissing: unseenMissing,
            diagnostics: diagnostics + [diagnostic])
    }
}
