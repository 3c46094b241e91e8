public import Parallelism

/// How much the mean loss rises when a feature's values are shuffled among the rows.
///
/// A row's rise is its loss with the feature's value of another row less its loss with its own, averaged over some
/// shuffles; importance is the weighted mean over rows, and its interval treats rows as drawn independently.
///
/// Source: Breiman (2001), *Random forests*; Fisher, Rudin & Dominici (2019), *All models are wrong, but many are
/// useful*.
public struct PermutationImportance: Sendable, Hashable {
    /// The importance of one feature.
    public struct Rise: Sendable, Hashable {
        /// Weighted mean rise in loss.
        public let mean: Double
        /// Standard error of the mean over rows.
        public let standardError: Double

        /// The normal interval of 95 %: mean ± 1.96 standard errors.
        public var interval: ClosedRange<Double> {
            let half = 1.959963984540054 * standardError
            return mean - half...mean + half
        }
    }

    /// By feature, in the forest's order.
    public let rises: [Rise]
    /// Weighted mean loss with the values as they are.
    public let loss: Double

    /// Shuffles every feature that the forest asks about; the others have an importance of 0.
    ///
    /// - Parameters:
    ///   - data: Rows with outcomes and weights; the loss is that of the forest's objective.
    ///   - shuffles: How often each feature is shuffled; at least 1.
    ///   - seed: Where the shuffles come from.
    /// - Throws: ``BoostingError/badData(reason:)``, ``BoostingError/badOption(name:value:expected:)``,
    ///   ``BoostingError/malformedForest(reason:)``, ``BoostingError/malformedTree(reason:)``.
    public init(
        of forest: Forest, on data: TrainingData, shuffles: Int = 5, seed: UInt64 = 0,
        workers: Workers = .single
    ) throws(BoostingError) {
        guard shuffles >= 1 else {
            throw .badOption(name: "shuffles", value: "\(shuffles)", expected: "at least 1")
        }
        let rows = data.rowCount
        let predictor = try Predictor(forest)
        guard data.columns.count == predictor.featureCount, rows > 1,
            data.columns.allSatisfy({ $0.count == rows }), data.weights.isEmpty || data.weights.count == rows
        else {
            throw .badData(
                reason:
                    "\(data.columns.count) columns and \(rows) rows for \(predictor.featureCount) features")
        }
        try data.validateForLoss(of: forest.objective)
        let judge = LossJudge(forest, data)
        guard judge.totalWeight > 0 else { throw .badData(reason: "no row has weight") }
        let own = judge.losses(predictor.rawScores(columns: data.columns, workers: workers))
        loss = judge.mean(own)
        let asked = Set(forest.trees.flatMap { $0.splits.map(\.feature) })
        rises = data.columns.indices.map { feature in
            guard asked.contains(feature) else { return Rise(mean: 0, standardError: 0) }
            var rises = [Double](repeating: 0, count: rows)
            for shuffle in 0..<shuffles {
                var columns = data.columns
                let order = Self.order(rows, seed: seed, stream: feature * shuffles + shuffle)
                columns[feature] = columns[feature].rows(order)
                let shuffled = judge.losses(predictor.rawScores(columns: columns, workers: workers))
                for row in 0..<rows { rises[row] += (shuffled[row] - own[row]) / Double(shuffles) }
            }
            return judge.rise(rises)
        }
    }

    /// A random order of rows, by sorting hashes.
    static func order(_ rows: Int, seed: UInt64, stream: Int) -> [Int] {
        let key = SplitMix.hash(SplitMix.hash(seed) &+ UInt64(stream))
        let keys = (0..<rows).map { SplitMix.hash(key &+ UInt64($0)) }
        return (0..<rows).sorted { (keys[$0], $0) < (keys[$1], $1) }
    }
}

/// Losses of rows by the forest's objective.
private struct LossJudge {
    private let forest: Forest
    private let outcomes: [Double]
    private let weights: [Double]
    private let loss: any Loss
    let totalWeight: Double

    init(_ forest: Forest, _ data: TrainingData) {
        self.forest = forest
        outcomes = data.outcomes
        weights = data.weights.isEmpty ? [Double](repeating: 1, count: data.rowCount) : data.weights
        totalWeight = weights.reduce(0, +)
        if case .ordinal(let levels) = forest.objective {
            loss = OrdinalLoss(levels: levels, cutPoints: forest.cutPoints)
        } else {
            loss = forest.objective.loss(outcomes: [], weights: [])
        }
    }

    func losses(_ scores: [Double]) -> [Double] {
        outcomes.indices.map { row in
            loss.loss(
                scores: (0..<forest.outputCount).map { scores[$0 * outcomes.count + row] },
                outcome: outcomes[row])
        }
    }

    func mean(_ values: [Double]) -> Double {
        zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / totalWeight
    }

    /// The weighted mean and its standard error √(Σ w² (d − d̄)²) ÷ Σ w, with the correction n ÷ (n − 1).
    func rise(_ values: [Double]) -> PermutationImportance.Rise {
        let mean = mean(values)
        let squares = zip(values, weights).reduce(0) { sum, pair in
            sum + pair.1 * pair.1 * (pair.0 - mean) * (pair.0 - mean)
        }
        let rows = Double(values.count)
        return .init(mean: mean, standardError: (squares * rows / (rows - 1)).squareRoot() / totalWeight)
    }
}
