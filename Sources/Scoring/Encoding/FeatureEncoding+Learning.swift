import Glibc
public import Tables

extension FeatureEncoding {
    /// Learns an encoding from training rows.
    ///
    /// Numbers, whole numbers and flags become one feature each, categories and text one per level that is not rare.
    /// A column that has one value only, or none, is dropped; an indicator that repeats an earlier one is shared.
    ///
    /// - Parameters:
    ///   - table: The training rows.
    ///   - columns: The columns to use, in the order of the features.
    ///   - categories: Columns that hold categories even if they are stored as numbers.
    ///   - options: How.
    ///   - weights: w ≥ 0, one per row; a weight of 2 counts the row twice. Absent: all 1.
    /// - Throws: ``EncodingError``.
    public init(
        learning table: Table, columns: [String], categories: Set<String> = [],
        options: EncodingOptions = EncodingOptions(), weights: [Double]? = nil
    ) throws(EncodingError) {
        if let caps = options.caps, !(caps.lower >= 0 && caps.lower < caps.upper && caps.upper <= 1) {
            throw .badCaps(lower: caps.lower, upper: caps.upper)
        }
        var learner = EncodingLearner(options: options, weights: weights)
        for name in columns {
            let column = try table.columnToEncode(name)
            switch column.values {
            case _ where categories.contains(name): try learner.learnCategorical(column)
            case .double, .float, .integer, .flag:
                try learner.learnNumeric(column, try column.numbersToEncode())
            case .category, .text: try learner.learnCategorical(column)
            case .day:
                throw .wrongType(column: name, expected: "numbers or categories", found: "days")
            }
        }
        guard !learner.variables.isEmpty else { throw .noFeatures }
        try self.init(variables: learner.variables, dropped: learner.dropped)
    }
}

/// Learns one column after the other.
private struct EncodingLearner {
    let options: EncodingOptions
    let weights: [Double]?
    var variables: [FeatureEncoding.Variable] = []
    var dropped: [FeatureEncoding.DroppedColumn] = []
    /// Rows where an indicator is 1, for every indicator so far.
    private var indicators: Set<[Int32]> = []

    init(options: EncodingOptions, weights: [Double]?) {
        self.options = options
        self.weights = weights
    }

    mutating func learnNumeric(_ column: Column, _ values: [Double]) throws(EncodingError) {
        let codes = options.specialCodes[column.name] ?? []
        let numbers = codes.isEmpty ? values : values.map { codes.contains($0) ? .nan : $0 }
        let sample = WeightedSample(numbers, weights: weights)
        let missing = values.count(where: \.isNaN)
        if options.missing == .error, let first = values.firstIndex(where: \.isNaN) {
            throw .missingValues(column: column.name, rows: missing, firstRow: first)
        }
        guard !sample.isEmpty else {
            dropped.append(.init(column: column.name, reason: "no number in any training row"))
            return
        }
        let lower = options.caps.map { sample.quantile($0.lower) }
        let upper = options.caps.map { sample.quantile($0.upper) }
        guard (lower ?? sample.minimum) < (upper ?? sample.maximum) else {
            let what = sample.minimum < sample.maximum ? "one value between its caps" : "one value"
            dropped.append(.init(column: column.name, reason: "\(what) in all training rows"))
            return
        }
        let fill = sample.quantile(0.5)
        guard (lower ?? sample.minimum).isFinite, (upper ?? sample.maximum).isFinite, fill.isFinite else {
            let row = numbers.firstIndex(where: \.isInfinite) ?? 0
            throw .infiniteValues(column: column.name, row: row, value: numbers[row])
        }
        let cut = numbers.map { $0.isNaN ? fill : min(max($0, lower ?? $0), upper ?? $0) }
        let (mean, deviation) = options.standardise ? moments(cut) : (0, 1)
        let states = options.missing == .medianAndIndicator
        variables.append(
            .numeric(
                NumericEncoding(
                    column: column.name, fill: fill, lower: lower, upper: upper, centre: mean,
                    scale: deviation > 0 ? deviation : 1,
                    missingIndicator: states && isNewIndicator(values) { $0.isNaN },
                    specials: codes.map { code in
                        .init(value: code, indicator: states && isNewIndicator(values) { $0 == code })
                    },
                    refusesMissing: options.missing == .error)))
    }

    /// Whether a state occurs, not everywhere, and in other rows than every earlier indicator.
    private mutating func isNewIndicator(_ values: [Double], _ isState: (Double) -> Bool) -> Bool {
        let rows = values.indices.filter { isState(values[$0]) && (weights?[$0] ?? 1) > 0 }.map(Int32.init)
        guard !rows.isEmpty, rows.count < values.count else { return false }
        return indicators.insert(rows).inserted
    }

    /// Weighted mean and standard deviation, divisor Σw.
    private func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
        var total = 0.0
        var sum = 0.0
        for (row, value) in values.enumerated() {
            let weight = weights?[row] ?? 1
            total += weight
            sum += weight * value
        }
        let mean = sum / total
        var squares = 0.0
        for (row, value) in values.enumerated() {
            squares += (weights?[row] ?? 1) * (value - mean) * (value - mean)
        }
        return (mean, sqrt(squares / total))
    }

    mutating func learnCategorical(_ column: Column) throws(EncodingError) {
        let categories = CategoryCodes(column)
        let (codes, levels) = (categories.codes, categories.levels)
        var counts = [Double](repeating: 0, count: levels.count + 1)
        for (row, code) in codes.enumerated() {
            counts[min(Int(code), levels.count)] += weights?[row] ?? 1
        }
        var groups: [CategoricalEncoding.Group] = []
        var sizes: [Double] = []
        var rare: [String] = []
        for code in levels.indices.sorted(by: { levels[$0] < levels[$1] }) where counts[code] > 0 {
            if counts[code] < options.minimumLevelCount {
                rare.append(levels[code])
            } else {
                groups.append(.init(label: levels[code], levels: [levels[code]], includesMissing: false))
                sizes.append(counts[code])
            }
        }
        let missing = counts[levels.count]
        let missingIsRare = missing > 0 && missing < options.minimumLevelCount
        if missing >= options.minimumLevelCount, missing > 0 {
            groups.append(
                .init(label: CategoricalEncoding.missingLabel, levels: [], includesMissing: true))
            sizes.append(missing)
        }
        var unseen: Int?
        if !rare.isEmpty || missingIsRare {
            unseen = groups.count
            groups.append(
                .init(
                    label: CategoricalEncoding.pooledLabel, levels: rare, includesMissing: missingIsRare))
            sizes.append(counts.reduce(0, +) - sizes.reduce(0, +))
        }
        guard groups.count > 1 else {
            dropped.append(.init(column: column.name, reason: "one level in all training rows"))
            return
        }
        variables.append(
            .categorical(
                CategoricalEncoding(
                    column: column.name, groups: groups,
                    reference: try reference(of: column.name, groups, sizes), unseen: unseen)))
    }

    private func reference(
        of column: String, _ groups: [CategoricalEncoding.Group], _ sizes: [Double]
    ) throws(EncodingError) -> Int? {
        if let level = options.references[column] {
            guard let position = groups.firstIndex(where: { $0.label == level }) else {
                throw .unknownReference(column: column, level: level, levels: groups.map(\.label))
            }
            return position
        }
        switch options.reference {
        case .none: return nil
        case .first: return 0
        case .mostFrequent:
            return sizes.indices.max { (sizes[$0], $1) < (sizes[$1], $0) }
        }
    }
}
