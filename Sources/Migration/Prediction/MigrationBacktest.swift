import LinearAlgebra
public import Parallelism
public import Statistics

/// How well the next states would have been predicted in the past, beside the cohort and the duration matrix.
///
/// At each origin every model learns from the rows whose horizon was over by then, and predicts the rows of that day.
public struct MigrationBacktest: Sendable {
    /// The figures of a model over some origins.
    public struct Result: Sendable, Equatable {
        /// The model: a method, `cohort` or `duration`.
        public let model: String
        /// First and last origin, in years.
        public let from: Double
        /// See `from`.
        public let to: Double
        /// Rows that were predicted.
        public let rows: Int
        /// Obligors among them.
        public let obligors: Int
        /// Mean −ln p; lower is better.
        public let logScore: Double
        /// Mean ranked probability score; lower is better.
        public let rankedScore: Double
        /// Gini of the probability of default against default; `nil` if nobody or everybody defaulted.
        public let gini: Double?
        /// Mean log score minus that of the cohort matrix, < 0 being better, with an interval by bootstrap of
        /// obligors; `nil` for the cohort matrix itself.
        public let logDifference: Difference?
        /// The same for the ranked probability score.
        public let rankedDifference: Difference?
        /// The smallest p-value of the cells' calibration after Holm's adjustment, over origins whose horizons do not
        /// overlap.
        public let calibrationPValue: Double
    }

    /// A difference of scores with its interval.
    public struct Difference: Sendable, Equatable {
        /// The mean difference.
        public let value: Double
        /// Percentile interval at 95 %.
        public let interval: ClosedRange<Double>
    }

    /// Figures over all origins, one per model; the cohort matrix first.
    public let overall: [Result]
    /// Figures by origin, and model.
    public let byOrigin: [Result]
    /// Calibration of every cell of the first method, over origins whose horizons do not overlap.
    public let calibration: CellCalibration

    /// How a backtest is run.
    public struct Options: Sendable {
        /// The models, beside cohort and duration.
        public var methods: [PredictionOptions]
        /// Length of the horizon, in years.
        public var years: Double
        /// Replicates of the bootstrap.
        public var replicates = 1000
        /// Where the draws start.
        public var generator = SeededGenerator(seed: 1)
        /// Threads; the result does not depend on them.
        public var workers = Workers.single

        /// A backtest of some models over a horizon.
        public init(methods: [PredictionOptions], years: Double) {
            self.methods = methods
            self.years = years
        }
    }

    /// Runs the backtest.
    ///
    /// - Parameters:
    ///   - sample: Rows of many as-of times with their outcomes at the horizon.
    ///   - origins: The times of the forecasts, rising; rows of exactly these times are predicted.
    ///   - histories: For the duration matrix, which reads them up to each origin.
    /// - Throws: ``MigrationError/noObservations(what:)`` if an origin has no rows to learn from or to predict.
    public init(
        _ sample: MigrationSample, origins: [Double], histories: RatingHistories, options: Options
    ) throws(MigrationError) {
        guard let method = options.methods.first, !origins.isEmpty else {
            throw .noObservations(what: "no origin or no model to test")
        }
        var pools: [Pool] = []
        var byOrigin: [Result] = []
        // Horizons that overlap show the same moves again: calibration is tested where they do not.
        var apart: [Pool] = []
        var lastApart = -Double.infinity
        // A row's horizon ends as many years after its time, give or take the lengths of months.
        let slack = 3 / 365.25
        for origin in origins {
            let past = sample.times.indices.filter { sample.times[$0] + options.years <= origin + slack }
            let now = sample.times.indices.filter { row in
                guard sample.times[row] == origin else { return false }
                switch (sample.outcomes[row], method.withdrawal) {
                case (.state, _): return true
                case (.withdrawn, .keptInDenominator), (.withdrawn, .defaulted): return true
                default: return false
                }
            }
            guard !past.isEmpty, !now.isEmpty else {
                throw .noObservations(
                    what: "origin \(origin) has \(past.count) rows to learn from and \(now.count) to predict")
            }
            let training = sample.selecting(past)
            let tested = sample.selecting(now)
            let states = tested.outcomes.indices.map { row -> Int in
                switch tested.outcomes[row] {
                case .state(let state): state
                case .withdrawn, .open:
                    method.withdrawal == .defaulted
                        ? sample.scale.defaultState ?? tested.origins[row] : tested.origins[row]
                }
            }
            var cohortOptions = method
            cohortOptions.method = .cohort
            let cohort = try MigrationPredictor(training, cohortOptions)
            var models: [(String, Matrix)] = [("cohort", try Self.conditional(cohort, tested))]
            models.append(
                (
                    "duration",
                    try Self.duration(histories, origin: origin, years: options.years, tested, cohort.matrix)
                ))
            for one in options.methods {
                let predictor = try MigrationPredictor(training, one)
                models.append((one.method.rawValue, try Self.conditional(predictor, tested)))
            }
            let isApart = origin + slack >= lastApart + options.years
            if isApart { lastApart = origin }
            for (place, model) in models.enumerated() {
                if pools.count <= place {
                    pools.append(Pool(model: model.0))
                    apart.append(Pool(model: model.0))
                }
                let addition = Pool(
                    model: model.0, predictions: [model.1], origins: tested.origins, states: states,
                    obligors: tested.obligors)
                pools[place].add(addition)
                if isApart { apart[place].add(addition) }
                byOrigin.append(
                    try addition.result(
                        against: nil, calibration: addition.calibration(), from: origin, to: origin, options))
            }
        }
        let baseline = pools[0]
        var overall: [Result] = []
        for (place, pool) in pools.enumerated() {
            overall.append(
                try pool.result(
                    against: place > 0 ? baseline : nil, calibration: apart[place].calibration(),
                    from: origins[0], to: origins[origins.count - 1], options))
        }
        self.overall = overall
        self.byOrigin = byOrigin
        calibration = try apart[2].calibration()
    }

    /// Predictions of those who are still rated.
    private static func conditional(
        _ predictor: MigrationPredictor, _ sample: MigrationSample
    ) throws(MigrationError) -> Matrix {
        var distributions = try predictor.distributions(sample)
        guard predictor.options.withdrawal == .state else { return distributions }
        for row in 0..<distributions.rows {
            let sum = (0..<distributions.columns).reduce(0) { $0 + distributions[row, $1] }
            for column in 0..<distributions.columns {
                // Of a state that nobody stayed rated in, the smoothed matrix is all that is known.
                distributions[row, column] =
                    sum > 0
                    ? distributions[row, column] / sum : predictor.matrix[sample.origins[row], column]
            }
        }
        return distributions
    }

    /// exp(tΛ) of the histories up to the origin, mixed with 1 % of the smoothed cohort matrix so that nothing is ruled
    /// out for a lack of moves.
    private static func duration(
        _ histories: RatingHistories, origin: Double, years: Double, _ sample: MigrationSample,
        _ cohort: TransitionMatrix
    ) throws(MigrationError) -> Matrix {
        let estimate = try DurationEstimate(histories, window: -Double.greatestFiniteMagnitude...origin)
        let matrix = try estimate.generator.transitions(over: years)
        var result = Matrix(rows: sample.count, columns: sample.scale.count)
        for row in 0..<sample.count {
            let from = sample.origins[row]
            for to in 0..<sample.scale.count {
                result[row, to] = 0.99 * matrix[from, to] + 0.01 * cohort[from, to]
            }
        }
        return result
    }
}

/// The predictions of one model over some origins.
private struct Pool {
    var model: String
    var predictions: [Matrix] = []
    var origins: [Int] = []
    var states: [Int] = []
    var obligors: [Int] = []

    mutating func add(_ other: Pool) {
        predictions += other.predictions
        origins += other.origins
        states += other.states
        obligors += other.obligors
    }

    private var matrix: Matrix {
        let columns = predictions.first?.columns ?? 0
        var all = Matrix(rows: states.count, columns: columns)
        var start = 0
        for part in predictions {
            for row in 0..<part.rows {
                for column in 0..<columns { all[start + row, column] = part[row, column] }
            }
            start += part.rows
        }
        return all
    }

    func calibration() throws(MigrationError) -> CellCalibration {
        try CellCalibration(matrix, origins: origins, states: states)
    }

    func result(
        against baseline: Pool?, calibration: CellCalibration, from: Double, to: Double,
        _ options: MigrationBacktest.Options
    ) throws(MigrationError) -> MigrationBacktest.Result {
        let matrix = matrix
        let scores = MigrationScores(matrix, states: states)
        let last = matrix.columns - 1
        let ranked = try? RankedOutcomes(
            risks: states.indices.map { matrix[$0, last] }, defaulted: states.map { $0 == last })
        var differences: (log: MigrationBacktest.Difference, ranked: MigrationBacktest.Difference)?
        if let baseline {
            let base = MigrationScores(baseline.matrix, states: states)
            differences = (
                try difference(zip(scores.logScores, base.logScores).map { $0 - $1 }, options),
                try difference(zip(scores.rankedScores, base.rankedScores).map { $0 - $1 }, options)
            )
        }
        return MigrationBacktest.Result(
            model: model, from: from, to: to, rows: states.count, obligors: Set(obligors).count,
            logScore: scores.logScore, rankedScore: scores.rankedScore, gini: ranked?.gini,
            logDifference: differences?.log, rankedDifference: differences?.ranked,
            calibrationPValue: calibration.smallestPValue)
    }

    private func difference(
        _ values: [Double], _ options: MigrationBacktest.Options
    ) throws(MigrationError) -> MigrationBacktest.Difference {
        let mean = values.reduce(0, +) / Double(values.count)
        do throws(MetricError) {
            let interval = try ClusterBootstrap(clusters: obligors).distribution(
                replicates: options.replicates, generator: options.generator, workers: options.workers
            ) { weights in
                var (sum, total) = (0.0, 0.0)
                for row in values.indices {
                    sum += weights[row] * values[row]
                    total += weights[row]
                }
                return total > 0 ? sum / total : nil
            }.percentileInterval()
            return MigrationBacktest.Difference(value: mean, interval: interval)
        } catch {
            throw .noObservations(what: "no bootstrap of the scores (\(error))")
        }
    }
}
