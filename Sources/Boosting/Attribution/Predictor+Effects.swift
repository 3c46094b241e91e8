public import Parallelism

extension Predictor {
    /// Partial dependence: the mean raw score when a feature has the same value in every row.
    ///
    /// - Parameters:
    ///   - feature: Its place.
    ///   - grid: Values to set it to; NaN is missing, a category is its code.
    ///   - columns: The rows to average over, as in ``rawScores(columns:workers:)``; at least one row.
    ///   - weights: By row, not all 0; empty for all 1.
    /// - Returns: By output, a mean for every value of the grid.
    ///
    /// Source: Friedman (2001), *Greedy function approximation*, §8.2.
    public func partialDependence(
        of feature: Int, at grid: [Double], columns: [TrainingData.Column], weights: [Double] = [],
        workers: Workers = .single
    ) -> [[Double]] {
        let rows = rowCount(columns)
        precondition(columns.indices.contains(feature), "feature \(feature) of \(columns.count)")
        precondition(rows > 0 && (weights.isEmpty || weights.count == rows), "\(weights.count) weights")
        let weights = weights.isEmpty ? [Double](repeating: 1, count: rows) : weights
        let total = weights.reduce(0, +)
        precondition(total > 0, "weights of sum \(total)")
        var means = [[Double]](repeating: [], count: outputCount)
        for value in grid {
            var changed = columns
            changed[feature] = .doubles([Double](repeating: value, count: rows))
            let scores = rawScores(columns: changed, workers: workers)
            for output in 0..<outputCount {
                let sum = weights.indices.reduce(0) { $0 + weights[$1] * scores[output * rows + $1] }
                means[output].append(sum / total)
            }
        }
        return means
    }

    /// Accumulated local effects of a number.
    public struct AccumulatedEffects: Sendable, Hashable {
        /// Rising edges of the intervals; the first is the least value, the last the greatest.
        public let edges: [Double]
        /// Rows in each interval.
        public let counts: [Int]
        /// By output, the effect at every edge; the mean over rows is 0, an interval counted at its middle.
        public let effects: [[Double]]

        /// Different quantiles of some finite values, at equal steps from the least to the greatest.
        public static func edges(of values: [Double], intervals: Int) -> [Double] {
            let sorted = values.sorted()
            guard let last = sorted.indices.last else { return [] }
            var edges: [Double] = []
            for step in 0...intervals {
                let edge = sorted[last * step / intervals]
                if edge != edges.last { edges.append(edge) }
            }
            return edges
        }
    }

    /// Accumulated local effects: what the score gains from interval to interval, given the rows that lie there.
    ///
    /// Unlike partial dependence it never scores combinations of values that do not occur. Rows where the feature is
    /// missing or infinite take no part.
    ///
    /// - Parameters:
    ///   - feature: Its place; a number.
    ///   - intervals: How many intervals of about equally many rows; fewer where values repeat.
    ///   - columns: The rows, as in ``rawScores(columns:workers:)``.
    /// - Returns: `nil` where the feature has fewer than two different values.
    ///
    /// Source: Apley & Zhu (2020), *Visualizing the effects of predictor variables in black box supervised learning
    /// models*, JRSS B 82(4).
    public func accumulatedEffects(
        of feature: Int, intervals: Int = 40, columns: [TrainingData.Column], workers: Workers = .single
    ) -> AccumulatedEffects? {
        precondition(columns.indices.contains(feature), "feature \(feature) of \(columns.count)")
        precondition(intervals >= 1, "\(intervals) intervals")
        let values = columns[feature].asDoubles.filter(\.isFinite)
        return accumulatedEffects(
            of: feature, edges: AccumulatedEffects.edges(of: values, intervals: intervals), columns: columns,
            workers: workers)
    }

    /// Accumulated local effects over given intervals.
    ///
    /// - Parameter edges: Rising; values beyond the first and the last count in the outer intervals.
    /// - Returns: `nil` for fewer than two edges, or where no row has a finite value.
    public func accumulatedEffects(
        of feature: Int, edges: [Double], columns: [TrainingData.Column], workers: Workers = .single
    ) -> AccumulatedEffects? {
        precondition(columns.indices.contains(feature), "feature \(feature) of \(columns.count)")
        let values = columns[feature].asDoubles
        let rows = values.indices.filter { values[$0].isFinite }
        guard edges.count > 1, !rows.isEmpty else { return nil }
        // The least value belongs to the first interval, every edge to the interval it closes.
        let places = rows.map { row in
            min(edges.count - 2, max(0, edges.span.lowerBound(of: values[row]) - 1))
        }
        var lower = columns.map { $0.rows(rows) }
        var upper = lower
        lower[feature] = .doubles(places.map { edges[$0] })
        upper[feature] = .doubles(places.map { edges[$0 + 1] })
        let before = rawScores(columns: lower, workers: workers)
        let after = rawScores(columns: upper, workers: workers)
        var counts = [Int](repeating: 0, count: edges.count - 1)
        for place in places { counts[place] += 1 }
        let effects = (0..<outputCount).map { output in
            var steps = [Double](repeating: 0, count: counts.count)
            for (index, place) in places.enumerated() {
                steps[place] += after[output * rows.count + index] - before[output * rows.count + index]
            }
            var effects = [0.0]
            for (step, count) in zip(steps, counts) {
                effects.append((effects.last ?? 0) + (count > 0 ? step / Double(count) : 0))
            }
            let mean =
                counts.indices.reduce(0) { sum, place in
                    sum + Double(counts[place]) * (effects[place] + effects[place + 1]) / 2
                } / Double(rows.count)
            return effects.map { $0 - mean }
        }
        return AccumulatedEffects(edges: edges, counts: counts, effects: effects)
    }
}

extension TrainingData.Column {
    /// Some rows of the column, in a given order.
    func rows(_ rows: [Int]) -> TrainingData.Column {
        switch self {
        case .doubles(let values): .doubles(rows.map { values[$0] })
        case .floats(let values): .floats(rows.map { values[$0] })
        case .categories(let codes, let levels): .categories(rows.map { codes[$0] }, levels: levels)
        }
    }
}
