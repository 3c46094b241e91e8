import Boosting
public import Parallelism
public import Tables

/// How a model's log-odds go with one of its inputs: what the input adds where rows share an interval or a level.
public struct EffectCurve: Sendable, Equatable {
    /// What the rows of a part have in common.
    public enum Place: Sendable, Equatable {
        /// Values above the first bound up to the second; of the first interval, both bounds belong to it.
        case interval(Double, Double)
        /// One number, which may be infinite.
        case value(Double)
        /// One level of a category.
        case level(String)
        /// No value.
        case missing
    }

    /// Rows that share an interval or a level.
    public struct Part: Sendable, Equatable {
        /// What they share.
        public let place: Place
        /// Number of rows.
        public let rows: Int
        /// Their weight.
        public let weight: Double
        /// The weight of those that defaulted; `nil` where outcomes are not known.
        public let defaulted: Double?
        /// The weighted mean of what the input adds to their log-odds.
        public let contribution: Double
        /// The standard deviation of that over the rows: 0 where the input acts alone, more where it interacts.
        public let spread: Double
        /// The accumulated local effect in log-odds, mean 0 over the rows with a number; trees and numbers only.
        public let accumulated: Double?
        /// The partial dependence in log-odds, less the mean log-odds; trees only, and only when asked for.
        public let partialDependence: Double?
    }

    /// The input.
    public let column: String
    /// The parts that have rows: numbers rising, levels in the order of the column, missing last.
    public let parts: [Part]
}

/// What effect curves are made of.
public struct EffectOptions: Sendable, Hashable {
    /// The most intervals of a number; one with no more different values has one part for each.
    public var intervals: Int
    /// Whether partial dependence is computed, which scores all rows once for every part.
    public var partialDependence: Bool

    /// - Parameter intervals: At least 1.
    public init(intervals: Int = 20, partialDependence: Bool = false) {
        self.intervals = intervals
        self.partialDependence = partialDependence
    }
}

extension ScoringModel {
    /// The effect curves of all inputs over some rows, before calibration.
    ///
    /// Contributions are those of ``Scorer/contributions(of:workers:)``. The same for any number of threads.
    ///
    /// - Parameters:
    ///   - table: At least one row.
    ///   - defaulted: Outcomes by row, if they are known.
    ///   - weights: By row, ≥ 0; `nil` for all 1.
    /// - Throws: ``ScoringError``.
    ///
    /// Source: Apley & Zhu (2020) for accumulated effects, Friedman (2001), §8.2, for partial dependence.
    public func effectCurves(
        on table: Table, defaulted: [Bool]? = nil, weights: [Double]? = nil,
        _ options: EffectOptions = EffectOptions(), workers: Workers = .single
    ) throws(ScoringError) -> [EffectCurve] {
        precondition(table.rowCount > 0 && options.intervals >= 1, "\(table.rowCount) rows")
        let contributions = try scorer.contributions(of: table, workers: workers)
        let rows = CurveRows(
            defaulted: defaulted, weights: weights ?? [Double](repeating: 1, count: table.rowCount))
        let trees = try boostedTrees.map { trees throws(ScoringError) in
            TreeEffects(trees, try trees.columns(of: table), weights: rows.weights, workers: workers)
        }
        var curves: [EffectCurve] = []
        for (input, name) in scorer.columns.enumerated() {
            guard let column = table[name] else {
                throw .missingColumn(name: name, available: table.names)
            }
            let division = try RowDivision(
                column, missing: treeInputs?[input].missingCodes ?? [],
                hasLevels: treeInputs?[input].levels != nil, intervals: options.intervals)
            let accumulated = trees?.accumulated(input, division)
            let dependence = options.partialDependence ? trees?.partialDependence(input, division) : nil
            curves.append(
                EffectCurve(
                    column: name,
                    parts: division.places.indices.map { part in
                        rows.part(
                            division.places[part], division.rows[part], contributions[input],
                            accumulated?[part], dependence?[part])
                    }))
        }
        return curves
    }
}

/// The rows of a table cut by the values of a column.
private struct RowDivision {
    /// What the rows of each part share.
    private(set) var places: [EffectCurve.Place] = []
    /// The rows of each part, none empty.
    private(set) var rows: [[Int]] = []
    /// Where numbers are cut: rising, a value of each part or the bounds of intervals; empty for levels.
    private(set) var edges: [Double] = []
    /// Values that stand for the parts: a median, or the code of a level; NaN for missing.
    private(set) var representatives: [Double] = []

    /// - Parameter hasLevels: Whether the model takes the values for levels, be they numbers in this table.
    init(
        _ column: Column, missing codes: [Double], hasLevels: Bool, intervals: Int
    ) throws(ScoringError) {
        switch column.values {
        case .category, .text: divide(CategoryCodes(column))
        case _ where hasLevels: divide(CategoryCodes(column))
        default:
            let missing = Set(codes)
            divide(try column.numbers().map { missing.contains($0) ? .nan : $0 }, intervals)
        }
    }

    private mutating func divide(_ categories: CategoryCodes) {
        var groups = [[Int]](repeating: [], count: categories.levels.count + 1)
        for (row, code) in categories.codes.enumerated() {
            groups[min(Int(code), categories.levels.count)].append(row)
        }
        for (level, group) in groups.dropLast().enumerated() {
            add(.level(categories.levels[level]), group, standing: Double(level))
        }
        add(.missing, groups[categories.levels.count], standing: .nan)
    }

    private mutating func divide(_ values: [Double], _ intervals: Int) {
        let finite = values.filter(\.isFinite)
        let different = Set(finite).sorted()
        let isCoarse = different.count <= intervals
        edges = isCoarse ? different : Predictor.AccumulatedEffects.edges(of: finite, intervals: intervals)
        let parts = isCoarse ? edges.count : edges.count - 1
        var groups = [[Int]](repeating: [], count: max(parts, 1))
        var (missing, low, high): ([Int], [Int], [Int]) = ([], [], [])
        for (row, value) in values.enumerated() {
            if value.isNaN {
                missing.append(row)
            } else if value.isInfinite {
                if value < 0 { low.append(row) } else { high.append(row) }
            } else {
                groups[min(parts - 1, place(of: value, isCoarse))].append(row)
            }
        }
        // Beyond all numbers, so of no interval.
        add(.value(-.infinity), low, standing: -.infinity)
        for part in 0..<parts {
            let place: EffectCurve.Place =
                isCoarse ? .value(edges[part]) : .interval(edges[part], edges[part + 1])
            let sorted = groups[part].map { values[$0] }.sorted()
            add(place, groups[part], standing: sorted.isEmpty ? .nan : sorted[sorted.count / 2])
        }
        add(.value(.infinity), high, standing: .infinity)
        add(.missing, missing, standing: .nan)
    }

    /// The part of a number: of the first edge that is not below it; an interval ends there.
    private func place(of value: Double, _ isCoarse: Bool) -> Int {
        var (low, high) = (0, edges.count)
        while low < high {
            let middle = (low + high) / 2
            if edges[middle] >= value { high = middle } else { low = middle + 1 }
        }
        return isCoarse ? low : max(0, low - 1)
    }

    private mutating func add(_ place: EffectCurve.Place, _ rows: [Int], standing value: Double) {
        guard !rows.isEmpty else { return }
        places.append(place)
        self.rows.append(rows)
        representatives.append(value)
    }
}

/// Outcomes and weights of the rows.
private struct CurveRows {
    let defaulted: [Bool]?
    let weights: [Double]

    func part(
        _ place: EffectCurve.Place, _ rows: [Int], _ contributions: [Double], _ accumulated: Double?,
        _ dependence: Double?
    ) -> EffectCurve.Part {
        let weight = rows.reduce(0) { $0 + weights[$1] }
        // Rows without weight still have a value to show.
        func mean(_ value: (Int) -> Double) -> Double {
            weight > 0
                ? rows.reduce(0) { $0 + weights[$1] * value($1) } / weight
                : rows.reduce(0) { $0 + value($1) } / Double(rows.count)
        }
        let center = mean { contributions[$0] }
        let variance = mean { (contributions[$0] - center) * (contributions[$0] - center) }
        return EffectCurve.Part(
            place: place, rows: rows.count, weight: weight,
            defaulted: defaulted.map { defaulted in
                rows.reduce(0) { $0 + (defaulted[$1] ? weights[$1] : 0) }
            },
            contribution: center, spread: variance.squareRoot(), accumulated: accumulated,
            partialDependence: dependence)
    }
}

/// What trees say when values are changed.
private struct TreeEffects {
    private let trees: BoostedTreesModel
    private let columns: [Boosting.TrainingData.Column]
    private let weights: [Double]
    private let workers: Workers

    init(
        _ trees: BoostedTreesModel, _ columns: [Boosting.TrainingData.Column], weights: [Double],
        workers: Workers
    ) {
        self.trees = trees
        self.columns = columns
        self.weights = weights
        self.workers = workers
    }

    /// The accumulated local effect of every part, mean 0 over the rows that have a number; `nil` for levels.
    func accumulated(_ input: Int, _ division: RowDivision) -> [Double?]? {
        guard trees.inputs[input].levels == nil,
            let effects = trees.predictor.accumulatedEffects(
                of: input, edges: division.edges, columns: columns, workers: workers)
        else { return nil }
        let curve = effects.effects[0]
        let values = division.places.map { place -> Double? in
            switch place {
            case .value(let value): division.edges.firstIndex(of: value).map { curve[$0] }
            // The effect of an interval is that at its middle.
            case .interval(let lower, _):
                division.edges.firstIndex(of: lower).map { (curve[$0] + curve[$0 + 1]) / 2 }
            case .level, .missing: nil
            }
        }
        var (sum, total) = (0.0, 0.0)
        for (value, rows) in zip(values, division.rows) {
            guard let value else { continue }
            let weight = rows.reduce(0) { $0 + weights[$1] }
            sum += weight * value
            total += weight
        }
        let mean = total > 0 ? sum / total : 0
        return values.map { $0.map { $0 - mean } }
    }

    /// The mean log-odds with every row's value replaced, less the mean log-odds as they are.
    func partialDependence(_ input: Int, _ division: RowDivision) -> [Double?]? {
        let total = weights.reduce(0, +)
        guard total > 0 else { return nil }
        let own = trees.predictor.rawScores(columns: columns, workers: workers)
        let mean = own.indices.reduce(0) { $0 + weights[$1] * own[$1] } / total
        let codes = trees.inputs[input].levels
        let grid = zip(division.places, division.representatives).map { place, value -> Double in
            guard case .level(let level) = place else { return value }
            return codes?.firstIndex(of: level).map(Double.init) ?? .nan
        }
        let curve = trees.predictor.partialDependence(
            of: input, at: grid, columns: columns, weights: weights, workers: workers)
        return curve[0].map { $0 - mean }
    }
}
