public import Tables

extension VariableBinning {
    /// Bins a column.
    ///
    /// A number is cut into pre-bins, categories are put in the order of their default rates, and neighbours are
    /// merged into the partition with the largest information value that the options admit; see
    /// ``OptimalPartition`` and ``TrendSelection``. Missing values, special codes and infinities that occur get bins
    /// of their own.
    ///
    /// - Parameters:
    ///   - column: The values; category and text columns are categorical unless the options say otherwise, all others
    ///     numeric (a day is the days since 1970-01-01).
    ///   - defaulted: One per row; `true` if the obligor defaulted in the performance window.
    ///   - weights: Finite and ≥ 0, one per row; a weight of 2 counts the row twice, rows of weight 0 do not count.
    ///   - options: Pre-bins, constraints, special codes, treatments.
    /// - Throws: ``BinningError``: options that cannot be used, unequal lengths, a bad weight, one class only, text
    ///   to be binned as numbers.
    /// - Complexity: O(n) for numbers, plus O(m³) for m pre-bins.
    public init(
        fitting column: Column, defaulted: [Bool], weights: [Double]? = nil, options: BinningOptions = .init()
    ) throws(BinningError) {
        var buffers = SortBuffers()
        try self.init(fitting: column, defaulted, weights, options, &buffers)
    }

    /// The same, in memory that serves several variables in turn.
    init(
        fitting column: Column, _ defaulted: [Bool], _ weights: [Double]?, _ options: BinningOptions,
        _ buffers: inout SortBuffers
    ) throws(BinningError) {
        let options = try options.validated()
        try Self.check(column, defaulted, weights)
        switch options.kind ?? column.naturalKind {
        case .numeric:
            var sample = try OrderedSample(column, defaulted, weights, options.specialCodes, &buffers)
            try self.init(numeric: sample, name: column.name, options: options)
            sample.release(into: &buffers)
        case .categorical:
            let sample = CategorySample(CategoryCodes(column), defaulted, weights, options.specialCodes)
            try self.init(categorical: sample, name: column.name, options: options)
        }
        if let joins = options.joins { self = try joining(joins) }
    }

    /// The same bins with what another sample holds in them: replays a saved binning on new data, where every value
    /// goes where the transform sends it.
    ///
    /// A value of a kind that these bins have none for (missing, special, infinite, unseen) is not counted.
    ///
    /// - Throws: ``BinningError``: unequal lengths, a bad weight, one class only, a column of another type.
    public func recounted(
        on column: Column, defaulted: [Bool], weights: [Double]? = nil
    ) throws(BinningError) -> VariableBinning {
        try Self.check(column, defaulted, weights)
        var counts = Array(repeating: ClassCounts(), count: bins.count)
        for (row, index) in try binIndices(of: column).enumerated() where index < bins.count {
            let weight = weights?[row] ?? 1
            if weight > 0 { counts[Int(index)].add(defaulted: defaulted[row], weight: weight) }
        }
        try Self.checkClasses(column.name, counts)
        return VariableBinning(
            name: name, kind: kind, trend: trend,
            groups: zip(bins, counts).map { BinGroup(members: $0.members, counts: $1) },
            options: lookupOptions, diagnostics: diagnostics)
    }

    /// Lengths and weights.
    private static func check(
        _ column: Column, _ defaulted: [Bool], _ weights: [Double]?
    ) throws(BinningError) {
        guard defaulted.count == column.count, weights?.count ?? column.count == column.count else {
            throw .unequalLengths(
                variable: column.name, rows: column.count, outcomes: defaulted.count, weights: weights?.count)
        }
        guard let weights else { return }
        if let row = weights.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
            throw .invalidWeight(row: row, value: weights[row])
        }
        if !weights.reduce(0, +).isFinite, let row = weights.indices.max(by: { weights[$0] < weights[$1] }) {
            throw .invalidWeight(row: row, value: weights[row])
        }
    }

    /// Both classes must occur.
    static func checkClasses(_ name: String, _ counts: [ClassCounts]) throws(BinningError) {
        let total = counts.reduce(ClassCounts(), +)
        guard total.nonDefaults > 0, total.defaults > 0 else {
            throw .oneClass(variable: name, defaults: total.defaults, nonDefaults: total.nonDefaults)
        }
    }

    /// Options that give the same codes and treatments.
    var lookupOptions: BinningOptions {
        var options = BinningOptions()
        options.specialCodes = specialCodes
        options.zeroCellAddition = zeroCellAddition
        options.unseen = unseen
        options.unseenMissing = unseenMissing
        return options
    }
}

extension Column {
    /// Categories and text are categorical, all else is numeric.
    var naturalKind: VariableKind {
        switch values {
        case .category, .text: .categorical
        case .double, .float, .integer, .day, .flag: .numeric
        }
    }
}
