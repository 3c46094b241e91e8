import LinearAlgebra
import Migration
import Statistics
import TestSupport
import Testing

@Suite(
    "Corporate ratings, folds by company",
    .enabled(if: SharedData.isAvailable, "\(SharedData.absence)"))
struct CorporateFoldTests {
    @Test(
        "scores are those of polr, multinom and statsmodels, and the best of ours is better than all of them")
    func folds() throws {
        let data = try CorporateRatings()
        var scores: [String: [Double]] = [:]
        for fold in 0..<5 {
            let training = data.allRows.filter { data.fold($0) != fold }
            let tested = data.allRows.filter { data.fold($0) == fold }
            let states = tested.map { data.classes[$0] }
            let ordered = try OrderedRegression(
                data.design(training), levels: training.map { data.classes[$0] }, levelCount: 5)
            let distributions = Matrix(
                rows: ordered.linearPredictors(data.design(tested)).map { ordered.distribution($0) })
            scores["logit", default: []] += MigrationScores(distributions, states: states).logScores
            let probit = try OrderedRegression(
                data.design(training), levels: training.map { data.classes[$0] }, levelCount: 5, link: .probit
            )
            scores["probit", default: []] +=
                MigrationScores(
                    Matrix(
                        rows: probit.linearPredictors(data.design(tested)).map { probit.distribution($0) }),
                    states: states
                ).logScores
            let multinomial = try MultinomialRegression(
                data.design(training), classes: training.map { data.classes[$0] }, classCount: 5)
            scores["multinomial", default: []] +=
                MigrationScores(multinomial.distributions(data.design(tested)), states: states).logScores
            // One state for all at the start: what is left is a model of the level by the features.
            let scale = try RatingScale(["A+", "BBB", "BB", "B", "CCC-"], endsInDefault: false)
            func sample(_ rows: [Int]) throws -> MigrationSample {
                try MigrationSample(
                    scale: scale, obligors: rows, times: rows.map { _ in 0 }, origins: rows.map { _ in 0 },
                    names: CorporateRatings.features,
                    features: data.columns.map { column in rows.map { column[$0] } },
                    outcomes: rows.map { .state(data.classes[$0]) })
            }
            for method in [PredictionOptions.Method.boosted, .blend] {
                let predictor = try MigrationPredictor(sample(training), PredictionOptions(method: method))
                scores[method.rawValue, default: []] +=
                    MigrationScores(try predictor.distributions(sample(tested)), states: states).logScores
            }
        }
        let means = scores.mapValues { $0.reduce(0, +) / Double($0.count) }
        // The same maximum on the same folds: R's polr, and statsmodels' OrderedModel by BFGS on standardised columns.
        let oracle = try Oracle(fixture: "corporate_folds", in: .module)
        for name in ["logit", "probit", "multinomial"] {
            let own = try #require(means[name])
            // R's iterations stop where the likelihood stops changing; the score out of fold follows to so many digits.
            expectClose(own, try oracle("log_score")(name).number, absolute: 1e-6, name)
        }
        expectClose(try #require(means["logit"]), Self.statsmodels, absolute: 1e-6)
        let best = try #require([means["boosted"], means["blend"]].compactMap { $0 }.min())
        #expect(best < means["multinomial"] ?? 0, "\(means)")
        if MigrationSimulationStudyTests.isFull { print("corporate ratings, log scores: \(means)") }
    }

    /// statsmodels 0.15.0, `OrderedModel(distr="logit")`.
    static let statsmodels = 1.342289685557
}

@Suite("Backtests of predictions")
struct MigrationBacktestTests {
    /// Yearly moves of obligors by a law that depends on a signal, which a feature tells.
    static func panel(
        _ obligors: Int, signal strength: Double, seed: UInt64, end: Double = 6
    ) throws -> (MigrationSample, RatingHistories) {
        var random = SeededGenerator(seed: seed)
        var actions: [RatingAction] = []
        var rows:
            (
                obligors: [Int], times: [Double], origins: [Int], signals: [Double],
                outcomes: [MigrationSample.Outcome]
            ) =
                ([], [], [], [], [])
        for obligor in 0..<obligors {
            var state = random.integer(below: 3)
            actions.append(RatingAction(obligor: obligor, time: 0, state: state))
            for year in 0..<6 {
                let signal = random.normal()
                var draw = random.uniform()
                var next = 0
                for (place, probability) in SignalledMoves.law(state, strength * signal).enumerated() {
                    next = place
                    draw -= probability
                    if draw < 0 { break }
                }
                rows.obligors.append(obligor)
                rows.times.append(Double(year))
                rows.origins.append(state)
                rows.signals.append(signal)
                rows.outcomes.append(.state(next))
                if next != state {
                    actions.append(RatingAction(obligor: obligor, time: Double(year) + 0.5, state: next))
                }
                state = next
                if state == 3 { break }
            }
        }
        let sample = try MigrationSample(
            scale: SignalledMoves.scale, obligors: rows.obligors, times: rows.times, origins: rows.origins,
            names: ["signal"], features: [rows.signals], outcomes: rows.outcomes)
        return (sample, try RatingHistories(actions, scale: SignalledMoves.scale, end: end))
    }

    @Test("find a model that knows more than the matrix, by intervals of obligors")
    func better() throws {
        let (sample, histories) = try Self.panel(700, signal: 1, seed: 1)
        var options = MigrationBacktest.Options(methods: [PredictionOptions(method: .orderedLogit)], years: 1)
        options.replicates = 200
        let backtest = try MigrationBacktest(
            sample, origins: [3, 4, 5], histories: histories, options: options)
        #expect(backtest.overall.map(\.model) == ["cohort", "duration", "ordered-logit"])
        #expect(backtest.byOrigin.count == 9)
        let ours = backtest.overall[2]
        let cohort = backtest.overall[0]
        let log = try #require(ours.logDifference)
        let ranked = try #require(ours.rankedDifference)
        expectClose(log.value, ours.logScore - cohort.logScore, absolute: 1e-12)
        #expect(log.interval.upperBound < 0 && ranked.interval.upperBound < 0)
        #expect(ours.logScore < 0.95 * cohort.logScore)
        #expect((ours.gini ?? 0) > (cohort.gini ?? 1))
        #expect(ours.calibrationPValue > 0.001, "a right model is calibrated in every cell")
    }

    @Test("find nothing where there is nothing")
    func same() throws {
        let (sample, histories) = try Self.panel(400, signal: 0, seed: 2)
        var options = MigrationBacktest.Options(methods: [PredictionOptions(method: .orderedLogit)], years: 1)
        options.replicates = 100
        let backtest = try MigrationBacktest(sample, origins: [4, 5], histories: histories, options: options)
        let log = try #require(backtest.overall[2].logDifference)
        #expect(log.interval.upperBound > -0.01 && abs(log.value) < 0.02, "\(log)")
    }

    @Test("learn from nothing that was not over by the origin")
    func noLookAhead() throws {
        let (sample, histories) = try Self.panel(300, signal: 1, seed: 3)
        var options = MigrationBacktest.Options(methods: [PredictionOptions(method: .orderedLogit)], years: 1)
        options.replicates = 10
        let whole = try MigrationBacktest(sample, origins: [3], histories: histories, options: options)
        let past = sample.selecting(sample.times.indices.filter { sample.times[$0] <= 3 })
        let (_, known) = try Self.panel(300, signal: 1, seed: 3, end: 3)
        let cut = try MigrationBacktest(past, origins: [3], histories: known, options: options)
        #expect(whole.overall == cut.overall)
        // The rows that are predicted teach nothing.
        let over = sample.selecting(sample.times.indices.filter { sample.times[$0] <= 2 })
        let now = sample.selecting(sample.times.indices.filter { sample.times[$0] == 3 })
        let states = now.outcomes.map { outcome -> Int in
            if case .state(let state) = outcome { state } else { -1 }
        }
        let predictor = try MigrationPredictor(over, PredictionOptions(method: .orderedLogit))
        let scores = MigrationScores(try predictor.distributions(now), states: states)
        expectClose(whole.overall[2].logScore, scores.logScore, absolute: 1e-12)
        #expect(throws: MigrationError.self) {
            try MigrationBacktest(sample, origins: [0], histories: histories, options: options)
        }
        #expect(throws: MigrationError.self) {
            try MigrationBacktest(sample, origins: [2.5], histories: histories, options: options)
        }
    }

    @Test("count every move once in the calibration of cells, however near the origins are")
    func apart() throws {
        let (sample, histories) = try Self.panel(300, signal: 1, seed: 4)
        // With a horizon of two years the windows of 3 and 4, and of 4 and 5, show the same year.
        var options = MigrationBacktest.Options(methods: [PredictionOptions(method: .orderedLogit)], years: 2)
        options.replicates = 10
        let backtest = try MigrationBacktest(
            sample, origins: [3, 4, 5], histories: histories, options: options)
        let counted = backtest.calibration.cells.reduce(0) { $0 + $1.observed }
        #expect(counted == sample.times.count { $0 == 3 || $0 == 5 })
        #expect(backtest.overall[2].rows == sample.times.count { $0 >= 3 })
        #expect(backtest.overall[2].calibrationPValue == backtest.calibration.smallestPValue)
    }

    @Test("a state that all were withdrawn from is predicted by the smoothed matrix")
    func allWithdrawn() throws {
        let (sample, histories) = try Self.panel(200, signal: 1, seed: 5)
        let cut = try sample.replacing(
            outcomes: sample.outcomes.indices.map { row in
                sample.origins[row] == 1 && sample.times[row] < 3 ? .withdrawn : sample.outcomes[row]
            })
        var method = PredictionOptions(method: .orderedLogit)
        method.withdrawal = .state
        var options = MigrationBacktest.Options(methods: [method], years: 1)
        options.replicates = 10
        let backtest = try MigrationBacktest(cut, origins: [3], histories: histories, options: options)
        for one in backtest.overall { #expect(one.logScore.isFinite, "\(one.model)") }
    }
}
