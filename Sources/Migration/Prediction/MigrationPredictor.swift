import Boosting
import Glibc
public import LinearAlgebra
import Parallelism

/// Predicts the distribution over next states of each obligor, from its present state and what is known of it.
///
/// Default competes as one of the states. What the rule for withdrawals leaves is learned; the probability of being
/// withdrawn is predicted beside it, from the present state alone by its share (1 for every obligor of a state).
///
/// Predictions are calibrated cell by cell: over the rows that were learned from, those of a state average to its row
/// of the smoothed matrix. Ordered regressions do so by their thresholds, as nearly as the ridge lets them; the others
/// are tilted (``PortfolioTilt``).
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
    private let parts: PredictorParts
    /// What brings the mean of every cell of the learned rows to the matrix; `nil` where the method does so itself.
    private let cells: PortfolioTilt?

    /// Fits the model to the rows of a sample whose horizon is over.
    ///
    /// - Throws: ``MigrationError``.
    public init(_ sample: MigrationSample, _ options: PredictionOptions) throws(MigrationError) {
        let options = try options.validated()
        let learning = try sample.learningRows(options.withdrawal)
        guard !learning.isEmpty else { throw .noObservations(what: "no row has an outcome") }
        let smoothed = SmoothedMatrix(learning, of: sample, prior: options.priorObligors)
        self.options = options
        scale = sample.scale
        names = sample.names
        let counts = sample.counts
        withdrawnShares = zip(counts.withdrawn, counts.starters).map { $1 > 0 ? $0 / $1 : 0 }
        matrix = TransitionMatrix(computed: Matrix(rows: smoothed.rows), scale: sample.scale)
        let method = options.method
        var parts = PredictorParts(smoothed: smoothed, workers: options.workers)
        let fit = PredictorFit(sample: sample, learning: learning, smoothed: smoothed, options: options)
        switch method {
        case .cohort: break
        case .orderedLogit, .orderedProbit, .blend:
            let chosen = try fit.columns()
            parts.ordered = try fit.ordered(chosen, link: method == .orderedProbit ? .probit : .logit)
            parts.columns = chosen
        case .multinomial:
            let chosen = try fit.columns()
            parts.multinomial = try fit.multinomial(chosen)
            parts.columns = chosen
        case .boosted, .boostedOrdinal: break
        }
        switch method {
        case .boosted: parts.trees = try PredictorParts.Trees(fit.forest(isOrdinal: false))
        case .boostedOrdinal, .blend: parts.trees = try PredictorParts.Trees(fit.forest(isOrdinal: true))
        default: break
        }
        self.parts = parts
        switch method {
        case .cohort, .orderedLogit, .orderedProbit: cells = nil
        case .multinomial, .boosted, .boostedOrdinal, .blend:
            let learned = sample.selecting(learning.map(\.row))
            cells = try PortfolioTilt(
                parts.distributions(learned), origins: learned.origins, target: matrix,
                weights: learning.map(\.weight))
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
        let raw = parts.distributions(sample)
        var result = cells?.applied(to: raw, origins: sample.origins) ?? raw
        guard options.withdrawal == .state else { return result }
        for row in 0..<sample.count {
            let kept = 1 - withdrawnShares[sample.origins[row]]
            for state in 0..<scale.count { result[row, state] *= kept }
        }
        return result
    }

    /// The probability of being withdrawn of every row: 0 unless the rule makes withdrawal a state.
    public func withdrawnProbabilities(_ sample: MigrationSample) -> [Double] {
        sample.origins.map { options.withdrawal == .state ? withdrawnShares[$0] : 0 }
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

    /// The reasons of every row in the order of what they add, by the ordered regression: βⱼ (xⱼ − x̄ⱼ) with x̄ⱼ the
    /// mean of the rows of the same state in `reference`.
    ///
    /// - Returns: Empty lists for a method without ordered regression.
    public func reasons(_ sample: MigrationSample, reference: MigrationSample) -> [[Reason]] {
        guard let ordered = parts.ordered, let columns = parts.columns else {
            return sample.origins.map { _ in [] }
        }
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
        guard let ordered = parts.ordered, let columns = parts.columns else { return nil }
        return ordered.linearPredictors(columns.matrix(sample, rows: Array(0..<sample.count)))
    }
}

/// The models whose mean a predictor is; the smoothed matrix alone where there is none.
private struct PredictorParts: Sendable {
    /// Boosted trees, ready to score.
    struct Trees: Sendable {
        let forest: Forest
        let predictor: Predictor

        init(_ forest: Forest) throws(MigrationError) {
            self.forest = forest
            predictor = try MigrationError.boosting { () throws(BoostingError) in try Predictor(forest) }
        }
    }

    let smoothed: SmoothedMatrix
    let workers: Workers
    var columns: RegressionColumns?
    var ordered: OrderedRegression?
    var multinomial: MultinomialRegression?
    var trees: Trees?

    init(smoothed: SmoothedMatrix, workers: Workers) {
        self.smoothed = smoothed
        self.workers = workers
    }

    /// The mean of the models' distributions, shape (n, K); rows sum to 1.
    func distributions(_ sample: MigrationSample) -> Matrix {
        var found: [Matrix] = []
        let order = smoothed.rows.count
        let rows = Array(0..<sample.count)
        if let ordered, let columns {
            let predictors = ordered.linearPredictors(columns.matrix(sample, rows: rows))
            var part = Matrix(rows: sample.count, columns: order)
            for row in rows {
                let distribution = ordered.distribution(predictors[row], stratum: sample.origins[row])
                for (state, value) in distribution.enumerated() { part[row, state] = value }
            }
            found.append(part)
        }
        if let multinomial, let columns {
            found.append(
                multinomial.distributions(
                    columns.matrix(sample, rows: rows),
                    offsets: PredictorFit.offsets(smoothed, sample.origins)))
        }
        if let trees { found.append(boosted(sample, trees)) }
        if found.isEmpty { found.append(Matrix(rows: sample.origins.map { smoothed.rows[$0] })) }
        var result = Matrix(rows: sample.count, columns: order)
        for row in rows {
            var sum = 0.0
            for state in 0..<order {
                let value = found.reduce(0) { $0 + $1[row, state] } / Double(found.count)
                result[row, state] = value
                sum += value
            }
            for state in 0..<order { result[row, state] /= sum }
        }
        return result
    }

    private func boosted(_ sample: MigrationSample, _ trees: Trees) -> Matrix {
        let scores = trees.predictor.rawScores(columns: PredictorFit.treeColumns(sample), workers: workers)
        let (count, order) = (sample.count, smoothed.rows.count)
        var part = Matrix(rows: count, columns: order)
        if case .ordinal = trees.forest.objective {
            let cuts = OrderedRegression(
                link: .logit, coefficients: [], thresholds: [trees.forest.cutPoints])
            for row in 0..<count {
                let distribution = cuts.distribution(scores[row])
                for (state, value) in distribution.enumerated() { part[row, state] = value }
            }
            return part
        }
        for row in 0..<count {
            for state in 0..<order {
                part[row, state] =
                    scores[state * count + row] + log(smoothed.rows[sample.origins[row]][state])
            }
        }
        part.applySoftmax()
        return part
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
            limit: options.maximumColumns, workers: options.workers)
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
        boosting.rounds = options.rounds
        // An ordinal round grows one tree, where a K-class round grows one for every state.
        boosting.learningRate = isOrdinal ? 0.15 : 0.05
        boosting.maximumLeaves = 8
        boosting.minimumRowsInLeaf = max(20, min(100, learning.count / 80))
        boosting.featureShare = 0.3
        boosting.l2 = 5
        if learning.count > options.rowsPerRound {
            // Bins finer than the rows of a round can tell cost as much as the rows themselves.
            boosting.maximumBins = 63
            boosting.rowSampling = .bagging(share: Double(options.rowsPerRound) / Double(learning.count))
        }
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
