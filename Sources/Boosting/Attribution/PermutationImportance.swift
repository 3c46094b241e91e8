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
        guard data.weights.isEmpty || data.weights.contains(where: { $0 > 0 }) else {
            throw .badData(reason: "no row has weight")
        }
        let own = judge.losses(predictor.rawScores(columns: data.columns, workers: workers))
        let asked = Set(forest.trees.flatMap { $0.splits.map(\.feature) })
        self.init(
            featureCount: data.columns.count, losses: own, weights: data.weights, shuffles: shuffles,
            seed: seed
        ) { feature, order in
            guard asked.contains(feature) else { return nil }
            var columns = data.columns
            columns[feature] = columns[feature].rows(order)
            return judge.losses(predictor.rawScores(columns: columns, workers: workers))
        }
    }

    /// Shuffles the features of any model.
    ///
    /// - Parameters:
    ///   - featureCount: How many features there are.
    ///   - losses: The loss of every row as it is; at least two rows.
    ///   - weights: By row, ≥ 0 and not all 0; empty for all 1.
    ///   - shuffles: How often each feature is shuffled; at least 1.
    ///   - seed: Where the shuffles come from.
    ///   - shuffled: The losses of the rows when a feature has the values of the rows in a given order; `nil` where the
    ///     model does not read it.
    /// - Throws: What `shuffled` throws.
    public init<Failure: Error>(
        featureCount: Int, losses own: [Double], weights: [Double], shuffles: Int = 5, seed: UInt64 = 0,
        shuffled: (_ feature: Int, _ order: [Int]) throws(Failure) -> [Double]?
    ) throws(Failure) {
        precondition(own.count > 1 && shuffles >= 1, "\(own.count) rows, \(shuffles) shuffles")
        let scales = RowWeights(weights, count: own.count)
        precondition(scales.total > 0, "no row has weight")
        loss = scales.mean(own)
        var rises: [Rise] = []
        for feature in 0..<featureCount {
            var sums = [Double](repeating: 0, count: own.count)
            var isRead = true
            for shuffle in 0..<shuffles where isRead {
                let order = Self.order(own.count, seed: seed, stream: feature * shuffles + shuffle)
                guard let losses = try shuffled(feature, order) else {
                    isRead = false
                    continue
                }
                for row in own.indices { sums[row] += (losses[row] - own[row]) / Double(shuffles) }
            }
            rises.append(isRead ? scales.rise(sums) : Rise(mean: 0, standardError: 0))
        }
        self.rises = rises
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
    private let loss: any Loss

    init(_ forest: Forest, _ data: TrainingData) {
        self.forest = forest
        outcomes = data.outcomes
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
}

/// Weighted means over rows.
private struct RowWeights {
    private let weights: [Double]
    let total: Double

    init(_ weights: [Double], count: Int) {
        self.weights = weights.isEmpty ? [Double](repeating: 1, count: count) : weights
        total = self.weights.reduce(0, +)
    }

    func mean(_ values: [Double]) -> Double {
        zip(values, weights).reduce(0) { $0 + $1.0 * $1.1 } / total
    }

    /// The weighted mean and its standard error √(Σ w² (d − d̄)²) ÷ Σ w, with the correction n ÷ (n − 1).
    func rise(_ values: [Double]) -> PermutationImportance.Rise {
        let mean = mean(values)
        let squares = zip(values, weights).reduce(0) { sum, pair in
            sum + pair.1 * pair.1 * (pair.0 - mean) * (pair.0 - mean)
        }
        let rows = Double(values.count)
        return .init(mean: mean, standardError: (squares * rows / (rows - 1)).squareRoot() / total)
    }
}
