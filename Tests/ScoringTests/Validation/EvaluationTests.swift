import Glibc
import Statistics
import TestSupport
import Testing

@testable import Scoring

@Suite("An evaluation and its tables")
struct EvaluationTests {
    /// Log-odds with ties, outcomes drawn from them, and whole weights.
    static func sample(
        rows: Int = 400, seed: UInt64 = 3
    ) -> (
        logOdds: [Double], defaulted: [Bool], weights: [Double]
    ) {
        var random = SeededGenerator(seed: seed)
        let logOdds = (0..<rows).map { _ in (10 * (random.normal() - 1)).rounded() / 10 }
        let defaulted = logOdds.map { random.bernoulli(1 / (1 + exp(-$0))) }
        return (logOdds, defaulted, (0..<rows).map { _ in Double(1 + random.integer(below: 3)) })
    }

    @Test("a weight of k counts a row k times, in every figure and table")
    func weights() throws {
        let (logOdds, defaulted, weights) = Self.sample()
        let rows = logOdds.indices.flatMap { Array(repeating: $0, count: Int(weights[$0])) }
        let weighted = Evaluation(logOdds: logOdds, defaulted: defaulted, weights: weights)
        let repeated = Evaluation(logOdds: rows.map { logOdds[$0] }, defaulted: rows.map { defaulted[$0] })
        for figure in [
            \Evaluation.auc, \.aucStandardError, \.ks, \.gini, \.logLoss, \.brier,
        ] {
            expectClose(
                try #require(weighted[keyPath: figure]), try #require(repeated[keyPath: figure]),
                relative: 1e-11)
        }
        let profile = RiskProfile(logOdds: logOdds, defaulted: defaulted, weights: weights)
        let plain = RiskProfile(logOdds: rows.map { logOdds[$0] }, defaulted: rows.map { defaulted[$0] })
        let (left, right) = (try #require(profile.gains?.parts), try #require(plain.gains?.parts))
        expectClose(left.map(\.rows), right.map(\.rows), relative: 1e-10)
        expectClose(left.map(\.cumulativeGain), right.map(\.cumulativeGain), relative: 1e-10)
    }

    @Test("tables add up to the whole, and the last part has caught everything")
    func totals() throws {
        let (logOdds, defaulted, _) = Self.sample()
        let profile = RiskProfile(logOdds: logOdds, defaulted: defaulted)
        let gains = try #require(profile.gains?.parts)
        #expect(gains.count == RiskProfile.parts)
        expectClose(gains.reduce(0) { $0 + $1.rows }, 400, relative: 1e-12)
        expectClose(try #require(gains.last?.cumulativeGain), 1, relative: 1e-12)
        expectClose(try #require(gains.last?.cumulativeLift), 1, relative: 1e-12)
        let bins = try #require(profile.reliability?.groups)
        #expect(bins.reduce(0) { $0 + $1.rows } == 400)
        #expect(bins.reduce(0) { $0 + $1.defaults } == Double(defaulted.count { $0 }))
        expectClose(
            bins.reduce(0) { $0 + $1.expected }, logOdds.reduce(0) { $0 + 1 / (1 + exp(-$1)) },
            relative: 1e-12)
        let means = bins.map { $0.expected / $0.rows }
        #expect(means == means.sorted())
    }

    @Test("one class, or nobody, has no gains and no trap")
    func degenerate() {
        let survivors = RiskProfile(logOdds: [-1, 2, 0.5], defaulted: [false, false, false])
        #expect(survivors.gains == nil && survivors.reliability?.groups.count == 3)
        let nobody = RiskProfile(logOdds: [], defaulted: [])
        #expect(nobody.gains == nil && nobody.reliability == nil)
        let weightless = RiskProfile(logOdds: [1, 2], defaulted: [true, false], weights: [0, 0])
        #expect(weightless.gains == nil && weightless.reliability == nil)
        let certain = RiskProfile(logOdds: [800, -800], defaulted: [false, true])
        #expect(certain.reliability?.statistic == .infinity)
    }
}

@Suite("Validation gates")
struct ValidationGatesTests {
    private static let evaluation = Evaluation(
        logOdds: [2, 1, 0, -1, -2], defaulted: [true, false, true, false, false])

    private static let full = FullFigures(
        psi: 0.2, largestCSI: 0.3, calibrationError: 0.05,
        failures: Dictionary(uniqueKeysWithValues: ValidationTest.Family.allCases.map { ($0, 2) }))

    private static func verdict(
        _ figure: ValidationGate.Figure, _ limit: Double, development: Evaluation? = nil,
        isDevelopment: Bool = false
    ) -> Bool? {
        ValidationGates(gates: [.init(figure, limit)]).verdicts(
            on: GateFigures(evaluation, on: "new", isDevelopment: isDevelopment, full: full),
            development: development
        ).first?.passes
    }

    @Test("pass at their limit and refuse beyond it", arguments: ValidationGate.Figure.allCases)
    func limits(figure: ValidationGate.Figure) throws {
        // Of the six pairs five are in order.
        let perfect = Evaluation(logOdds: [1, 0], defaulted: [true, false])
        let value: Double
        switch figure {
        case .minimumDefaults: value = 2
        case .minimumAUC: value = try #require(Self.evaluation.auc)
        case .minimumKS: value = try #require(Self.evaluation.ks)
        case .maximumLogLoss: value = try #require(Self.evaluation.logLoss)
        case .maximumBrier: value = try #require(Self.evaluation.brier)
        case .maximumAUCDrop: value = 1 - (try #require(Self.evaluation.auc))
        case .maximumPSI: value = 0.2
        case .maximumCSI: value = 0.3
        case .maximumCalibrationError: value = 0.05
        case .maximumFailedDiscrimination, .maximumFailedCalibration, .maximumFailedGrades,
            .maximumFailedConcentration, .maximumFailedOverrides:
            value = 2
        }
        #expect(Self.verdict(figure, value, development: perfect) == true)
        let beyond = figure.isLeast ? value.nextUp : value.nextDown
        #expect(Self.verdict(figure, beyond, development: perfect) == false)
        #expect(figure.limits.contains(value))
    }

    @Test("a figure that is not defined does not pass, and says so")
    func undefined() throws {
        let survivors = Evaluation(logOdds: [1, 2], defaulted: [false, false])
        let verdicts = ValidationGates(gates: [.init(.minimumAUC, 0.5), .init(.maximumAUCDrop, 0.1)])
            .verdicts(
                on: GateFigures(survivors, on: "new"), development: Self.evaluation)
        #expect(verdicts.map(\.passes) == [false, false])
        #expect(verdicts.first?.description == "new: AUC not defined, at least 0.5 demanded")
    }

    @Test("nothing falls between the training rows and themselves")
    func development() {
        #expect(
            Self.verdict(.maximumAUCDrop, 0, development: Self.evaluation, isDevelopment: true) == nil)
        #expect(Self.verdict(.maximumAUCDrop, 0, development: nil) == false)
    }

    @Test("travel with the recipe and the model file")
    func coding() throws {
        let gates = ValidationGates(
            basis: .training, gates: [.init(.minimumAUC, 0.6), .init(.maximumLogLoss, 0.6)])
        let text = """
            recipe: 1
            name: x
            target: {column: y, default: 1}
            gates: {judgedBy: training, maximumLogLoss: 0.6, minimumAUC: 0.6}
            model: {kind: logistic}
            """
        #expect(try Recipe(text).gates == gates)
        var recipe = SmallCredit.logisticRecipe
        let without = recipe.digest
        recipe.gates = gates
        #expect(recipe.digest != without)
        let model = try ModelTrainer(recipe).train(SmallCredit.table()).model
        #expect(try ModelArtifact.model(from: ModelArtifact.data(of: model)).gates == gates)
    }
}
