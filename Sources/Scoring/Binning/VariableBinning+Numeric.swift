import Tables

extension OrderedSample {
    /// Sorts a column of any numeric type.
    init(
        _ column: Column, _ defaulted: [Bool], _ weights: [Double]?, _ codes: [SpecialCode],
        _ buffers: inout SortBuffers
    ) throws(BinningError) {
        switch column.values {
        case .double(let values): self.init(values.span, defaulted, weights, codes, &buffers)
        case .float(let values): self.init(values.span, defaulted, weights, codes, &buffers)
        case .integer(let values): self.init(values.span, defaulted, weights, codes, &buffers)
        case .day(let values): self.init(values.span, defaulted, weights, codes, &buffers)
        case .flag(let values): self.init(values.span, defaulted, weights, codes, &buffers)
        case .category, .text:
            throw .wrongType(
                variable: column.name, column: column.typeName, expected: "numbers, or the kind categorical")
        }
    }

    /// The bins of what is not ordinary, as far as it occurred.
    func sideGroups(_ codes: [SpecialCode]) -> [BinGroup] {
        let groups =
            zip(codes, special).map { BinGroup(members: [.special($0.name)], counts: $1) } + [
                BinGroup(members: [.negativeInfinity], counts: negativeInfinity),
                BinGroup(members: [.positiveInfinity], counts: positiveInfinity),
                BinGroup(members: [.missing], counts: missing),
            ]
        return groups.filter { $0.counts.rows > 0 }
    }
}

extension VariableBinning {
    /// Bins numbers.
    init(numeric sample: OrderedSample, name: String, options: BinningOptions) throws(BinningError) {
        if case .groups = options.prebinning {
            throw .invalidOption(
                name: "prebinning", value: "groups",
                expected: "tree, quantiles or cuts for the number '\(name)'")
        }
        let sides = sample.sideGroups(options.specialCodes)
        let ordinary = sample.ordinary
        try Self.checkClasses(name, sides.map(\.counts) + [ordinary])
        guard ordinary.rows > 0 else {
            self.init(
                name: name, kind: .numeric, trend: .none, groups: sides, options: options,
                diagnostics: [.noOrdinaryValues])
            return
        }
        let total = sides.reduce(ordinary.weight) { $0 + $1.counts.weight }
        let prebins = NumericPrebins(sample, totalWeight: total, options: options)
        let partition = ConstrainedPartition(
            prebins.counts, isFixed: prebins.isFixed, totalWeight: total, trend: options.trend,
            options: options)
        let intervals = prebins.merged(partition.cuts)
        guard intervals.count + sides.count <= BinningInvariants.maximumBins else {
            throw .tooManyBins(
                variable: name, count: intervals.count + sides.count, limit: BinningInvariants.maximumBins)
        }
        self.init(
            name: name, kind: .numeric, trend: partition.trend, groups: intervals + sides, options: options,
            diagnostics: partition.diagnostics)
    }
}
