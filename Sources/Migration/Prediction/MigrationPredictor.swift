import Boosting
import Glibc
public import LinearAlgebra
import Parallelism

/// Predicts the distribution over next states of each obligor, from its present state and what is known of it.
///
/// Default competes as one of the states. What the rule for withdrawals leaves is learned; the probability of being
/// withdrawn is predicted beside it, from the present state alone by its share (1 for every obligor of a state).
public struct MigrationPredictor: Sendable {
    /// How it was fitted.
    public let options: PredictionOptions
    /// The states.
    public let scale: RatingScale
    /// Names of the features, as in the sample that it was fitted to.
    public let names: [String]
    /// By state, the share of obligors that were withdrawn.
    public let withdrawnShares: [Double]
    /// The smoothed matrix, shape (K, K): where every method starts.
    public let matrix: TransitionMatrix
    private let smoothed: SmoothedMatrix
    private let columns: RegressionColumns?
    private let ordered: OrderedRegression?
    private let multinomial: MultinomialRegression?
    private let forest: Forest?
    private let trees: Predictor?

    /// Fits the model to the rows of a sample whose horizon is over.
    ///
    /// - Throws: ``MigrationError``.
    public init(_ sample: MigrationSample, _ options: PredictionOptions) throws(MigrationError) {
        let options = try options.validated()
        let learning = try sample.learningRows(options.withdrawal)
        guard !learning.isEmpty else { throw .noObservations(what: "no row has an outcome") }
        let smoothed = SmoothedMatrix(learning, of: sample, prior: options.priorObligors)
        self.options = options
        self.smoothed = smoothed
        scale = sample.scale
        names = sample.names
        let counts = sample.counts
        withdrawnShares = zip(counts.withdrawn, counts.starters).map { $1 > 0 ? $0 / $1 : 0 }
        matrix = TransitionMatrix(computed: Matrix(rows: smoothed.rows), scale: sample.scale)
        let method = options.method
        var columns: RegressionColumns?
        var ordered: OrderedRegression?
        var multinomial: MultinomialRegression?
        var forest: Forest?
        let fit = PredictorFit(sample: sample, learning: learning, smoothed: smoothed, options: options)
        switch method {
        case .cohort: break
        case .orderedLogit, .orderedProbit, .blend:
            let chosen = try fit.columns()
            ordered = try fit.ordered(chosen, link: method == .orderedProbit ? .probit : .logit)
            columns = chosen
        case .multinomial:
            let chosen = try fit.columns()
            multinomial = try fit.multinomial(chosen)
            columns = chosen
        case .boosted, .boostedOrdinal: break
        }
        switch method {
        case .boosted, .blend: forest = try fit.forest(isOrdinal: false)
        case .boostedOrdinal: forest = try fit.forest(isOrdinal: true)
        default: break
        }
        self.columns = columns
        self.ordered = ordered
        self.multinomial = multinomial
        self.forest = forest
        let grown = forest
        trees = try grown.map { forest throws(MigrationError) in
            try MigrationError.boosting { () throws(BoostingError) in try Predictor(forest) }
        }
    }

    /// The distribution over next states of every row, shape (n, K), of obligors that are not withdrawn.
    ///
    /// Under ``WithdrawalRule/state`` they sum to the probability of not being withdrawn, else to 1.
    ///
    /// - Throws: ``MigrationError/noObservations(what:)`` if the sample has other features or another scale.
    public func distributions(_ sample: MigrationSample) throws(MigrationError) -> Matrix {
        guard sample.names == names, sample.scale == scale else {
            throw .noObservations(what: "the sample has other features or states than the model")
        }
        var parts: [Matrix] = []
        let rows = Array(0..<sample.count)
        if let ordered, let columns {
            let predictors = ordered.linearPredictors(columns.matrix(sample, rows: rows))
            var part = Matrix(rows: sample.count, columns: scale.count)
            for row in rows {
                let distribution = ordered.distribution(predictors[row], stratum: sample.origins[row])
                for (state, value) in distribution.enumerated() { part[row, state] = value }
            }
            parts.append(part)
        }
        if let multinomial, let columns {
            parts.append(
                multinomial.distributions(
                    columns.matrix(sample, rows: rows),
                    offsets: PredictorFit.offsets(smoothed, sample.origins)))
        }
        if let trees, let forest { parts.append(boosted(sample, trees, forest)) }
        var result = Matrix(rows: sample.count, columns: scale.count)
        for row in rows {
            var sum = 0.0
            for state in 0..<scale.count {
                let value =
                    parts.isEmpty
                    ? smoothed.rows[sample.origins[row]][state]
                    : parts.reduce(0) { $0 + $1[row, state] } / Double(parts.count)
                result[row, state] = value
                sum += value
            }
            let kept = options.withdrawal == .state ? 1 - withdrawnShares[sample.origins[row]] : 1
            for state in 0..<scale.count { result[row, state] *= kept / sum }
        }
        return result
    }

    /// The probability of being withdrawn of every row: 0 unless the rule makes withdrawal a state.
    public func withdrawnProbabilities(_ sample: MigrationSample) -> [Double] {
        sample.origins.map { options.withdrawal == .state ? withdrawnShares[$0] : 0 }
    }

    private func boosted(_ sample: MigrationSample, _ trees: Predictor, _ forest: Forest) -> Matrix {
        let scores = trees.rawScores(columns: PredictorFit.treeColumns(sample), workers: options.workers)
        let count = sample.count
        var part = Matrix(rows: count, columns: scale.count)
        if case .ordinal = forest.objective {
            let cuts = OrderedRegression(link: .logit, coefficients: [], thresholds: [forest.cutPoints])
            for row in 0..<count {
                let distribution = cuts.distribution(scores[row])
                for (state, value) in distribution.enumerated() { part[row, state] = value }
            }
            return part
        }
        for row in 0..<count {
            for state in 0..<scale.count {
                part[row, state] =
                    scores[state * count + row] + log(smoothed.rows[sample.origins[row]][state])
            }
        }
        part.applySoftmax()
        return part
    }
}

extension MigrationPredictor {
    /// What a feature adds to how much worse an obligor is expected to move than others of its state.
    public struct Reason: Sendable, Hashable {
        /// The feature.
        public let feature: String
        /// Its value; NaN if it is missing.
        public let value: Double
        /// What it adds to xᵀβ, on the scale of the link: > 0 is towards worse states.
        public let contribution: Double
    }

    /// The reasons of every row in the order of what they add, by the ordered regression: βⱼ (xⱼ − x̄ⱼ) with x̄ⱼ the mean
    /// of the rows of the same state in `reference`.
    ///
    /// - Returns: Empty lists for a method without ordered regression.
    public func reasons(_ sample: MigrationSample, reference: MigrationSample) -> [[Reason]] {
        guard let ordered, let columns else { return sample.origins.map { _ in [] } }
        let design = columns.matrix(sample, rows: Array(0..<sample.count))
        let typical = columns.matrix(reference, rows: Array(0..<reference.count))
        var means = [[Double]](
            repeating: [Double](repeating: 0, count: columns.columns.count), count: scale.count)
        var counts = [Double](repeating: 0, count: scale.count)
        for origin in reference.origins { counts[origin] += 1 }
        for column in columns.columns.indices {
            for row in 0..<reference.count { means[reference.origins[row]][column] += typical[row, column] }
        }
        return sample.origins.indices.map { row in
            let origin = sample.origins[row]
            return columns.columns.indices.map { place in
                let mean = counts[origin] > 0 ? means[origin][place] / counts[origin] : design[row, place]
                return Reason(
                    feature: columns.names[place],
                    value: sample.features[columns.columns[place].feature][row],
                    contribution: ordered.coefficients[place] * (design[row, place] - mean))
            }.sorted { abs($0.contribution) > abs($1.contribution) }
        }
    }

    /// xᵀβ of every row by the ordered regression, without that of the state: > 0 is towards worse states; `nil` for a
    /// method without one.
    public func pressures(_ sample: MigrationSample) -> [Double]? {
        guard let ordered, let columns else { return nil }
        return ordered.linearPredictors(columns.matrix(sample, rows: Array(0..<sample.count)))
    }
}

/// What the models of one predictor share while they are fitted.
private struct PredictorFit {
    let sample: MigrationSample
    let learning: [MigrationSample.LearningRow]
    let smoothed: SmoothedMatrix
    let options: PredictionOptions

    /// Columns, chosen by what they say beyond the present state.
    func columns() throws(MigrationError) -> RegressionColumns {
        let expected = smoothed.rows.map { row in row.enumerated().reduce(0) { $0 + Double($1.0) * $1.1 } }
        return try RegressionColumns(
            sample, rows: learning.map(\.row),
            surprise: learning.map { $0.weight * (Double($0.state) - expected[sample.origins[$0.row]]) },
            limit: options.maximumColumns)
    }

    func ordered(_ columns: RegressionColumns, link: OrderedLink) throws(MigrationError) -> OrderedRegression
    {
        let design = columns.matrix(sample, rows: learning.map(\.row))
        let (order, states) = (sample.scale.count, sample.scale.defaultState ?? sample.scale.count)
        // The obligors of the prior stand at the mean of their state, where they say nothing about the features.
        var sums = [[Double]](repeating: [Double](repeating: 0, count: design.columns), count: states)
        var counts = [Double](repeating: 0, count: states)
        var overall = [Double](repeating: 0, count: design.columns)
        for (place, entry) in learning.enumerated() {
            counts[sample.origins[entry.row]] += 1
            for column in overall.indices {
                sums[sample.origins[entry.row]][column] += design[place, column]
                overall[column] += design[place, column] / Double(learning.count)
            }
        }
        var full = Matrix(rows: learning.count + states * order, columns: design.columns)
        var levels = learning.map(\.state)
        var strata = learning.map { sample.origins[$0.row] }
        var weights = learning.map(\.weight)
        for column in 0..<design.columns {
            for row in 0..<learning.count { full[row, column] = design[row, column] }
            for state in 0..<states {
                let mean = counts[state] > 0 ? sums[state][column] / counts[state] : overall[column]
                for level in 0..<order { full[learning.count + state * order + level, column] = mean }
            }
        }
        for state in 0..<states {
            for level in 0..<order {
                levels.append(level)
                strata.append(state)
                weights.append(options.priorObligors * smoothed.spread[level])
            }
        }
        return try OrderedRegression(
            full, levels: levels, levelCount: order, strata: strata, strataCount: states, weights: weights,
            link: link, names: columns.names, options: RegressionOptions(ridge: options.ridge))
    }

    func multinomial(_ columns: RegressionColumns) throws(MigrationError) -> MultinomialRegression {
        try MultinomialRegression(
            columns.matrix(sample, rows: learning.map(\.row)), classes: learning.map(\.state),
            classCount: sample.scale.count,
            offsets: Self.offsets(smoothed, learning.map { sample.origins[$0.row] }),
            weights: learning.map(\.weight), names: columns.names,
            options: RegressionOptions(ridge: options.ridge))
    }

    func forest(isOrdinal: Bool) throws(MigrationError) -> Forest {
        let order = sample.scale.count
        var boosting = BoostingOptions()
        boosting.objective = isOrdinal ? .ordinal(levels: order) : .softmax(classes: order)
        boosting.rounds = isOrdinal ? 2 * options.rounds : options.rounds
        boosting.maximumLeaves = 8
        boosting.minimumRowsInLeaf = max(20, min(100, learning.count / 80))
        boosting.featureShare = 0.3
        boosting.l2 = 5
        boosting.seed = options.seed
        boosting.threads = options.workers.threads
        // Scores start from the matrix, so that without trees the prediction is the matrix itself.
        var starts: [Double] = []
        if !isOrdinal {
            boosting.baseScores = [Double](repeating: 0, count: order)
            for state in 0..<order {
                starts += learning.map { log(smoothed.rows[sample.origins[$0.row]][state]) }
            }
        }
        let data = TrainingData(
            names: ["state"] + sample.names,
            columns: Self.treeColumns(sample.selecting(learning.map(\.row))),
            outcomes: learning.map { Double($0.state) }, weights: learning.map(\.weight),
            initialScores: starts)
        let fixed = boosting
        return try MigrationError.boosting { () throws(BoostingError) in
            try BoostedTrees(options: fixed).train(data).forest
        }
    }

    /// ln p of the smoothed matrix by row and next state.
    static func offsets(_ smoothed: SmoothedMatrix, _ origins: [Int]) -> Matrix {
        let logarithms = smoothed.rows.map { $0.map { log($0) } }
        return Matrix(rows: origins.map { logarithms[$0] })
    }

    /// The present state and the features, as trees read them.
    static func treeColumns(_ sample: MigrationSample) -> [TrainingData.Column] {
        [.doubles(sample.origins.map { Double($0) })] + sample.features.map { .doubles($0) }
    }
}
