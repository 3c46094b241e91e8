import Statistics
import Tables

@testable import Scoring

/// Observations for tests: a column, outcomes and weights.
struct BinningObservations {
    var column: Column
    var defaulted: [Bool]
    var weights: [Double]?

    /// Two rows for each group, one of each outcome, that carry the group's counts as weights.
    init(name: String = "x", counts: [(value: Double, nonDefaults: Double, defaults: Double)]) {
        column = Column(name: name, values: .double(counts.flatMap { [$0.value, $0.value] }))
        defaulted = counts.flatMap { _ in [false, true] }
        weights = counts.flatMap { [$0.nonDefaults, $0.defaults] }
    }

    /// The same for levels; a level of `nil` is missing.
    init(name: String = "x", levels: [(level: String?, nonDefaults: Double, defaults: Double)]) {
        let names = levels.compactMap(\.level)
        let codes = levels.map { level in
            level.level.flatMap(names.firstIndex).map(UInt32.init) ?? Column.missingCode
        }
        column = Column(name: name, values: .category(codes: codes.flatMap { [$0, $0] }, levels: names))
        defaulted = levels.flatMap { _ in [false, true] }
        weights = levels.flatMap { [$0.nonDefaults, $0.defaults] }
    }

    init(_ column: Column, _ defaulted: [Bool], _ weights: [Double]? = nil) {
        self.column = column
        self.defaulted = defaulted
        self.weights = weights
    }

    /// A number that bends the default rate, with missing values, ties, infinities and a special code.
    static func messy(rows: Int, seed: UInt64) -> BinningObservations {
        var generator = SeededGenerator(seed: seed)
        var values: [Double] = []
        var defaulted: [Bool] = []
        for _ in 0..<rows {
            let x = generator.normal(mean: 0, standardDeviation: 1)
            let kind = generator.integer(below: 20)
            let value: Double =
                switch kind {
                case 0: .nan
                case 1: .infinity
                case 2: -.infinity
                case 3: -999
                case 4, 5, 6: x.rounded()
                default: x
                }
            values.append(value)
            defaulted.append(generator.bernoulli(kind < 4 ? 0.3 : 0.1 + 0.1 * x * x / (1 + x * x)))
        }
        return BinningObservations(Column(name: "x", values: .double(values)), defaulted)
    }

    func binning(_ change: (inout BinningOptions) -> Void = { _ in }) throws -> VariableBinning {
        var options = BinningOptions()
        change(&options)
        return try VariableBinning(fitting: column, defaulted: defaulted, weights: weights, options: options)
    }
}

extension Array where Element == ClassCounts {
    /// Counts of a few dozen per pre-bin, with empty classes now and then.
    static func random(_ count: Int, _ generator: inout SeededGenerator) -> [ClassCounts] {
        (0..<count).map { _ in
            let nonDefaults = Double(generator.integer(below: 40))
            let defaults = Double(generator.integer(below: 12))
            return ClassCounts(
                rows: Int(nonDefaults + defaults), nonDefaults: nonDefaults, defaults: defaults)
        }
    }
}
