import Foundation
import Glibc
import Parallelism
import Statistics
import TestSupport
import Testing
import Vocabulary

@testable import Scoring

/// How often tests reject what is true and intervals cover what is true, on simulated portfolios.
///
/// A run of the tests draws 400 portfolios, and allows for the noise of that number (three standard errors);
/// `make validate` draws 4,000, whose three standard errors are the tolerance of 1 point.
@Suite("Tests hold their size, and intervals their coverage")
struct ValidationSimulationTests {
    static let isFull = ProcessInfo.processInfo.environment["OBLIGOR_FULL_VALIDATION"] == "1"
    static let replications = isFull ? 4_000 : 400

    /// Rejections of a true hypothesis at 5 %: 5 ± 1 %.
    private func expectSize(
        _ rejections: Int, of count: Int = replications, _ name: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let rate = Double(rejections) / Double(count)
        if Self.isFull { print("\(name): rejects \(rate)") }
        let noise = 3 * (0.05 * 0.95 / Double(count)).squareRoot()
        #expect(
            abs(rate - 0.05) <= max(0.01, noise), "\(name) rejects \(100 * rate) %",
            sourceLocation: sourceLocation)
    }

    /// Intervals of 95 % that hold the truth: 95 ± 1.5 %.
    private func expectCoverage(
        _ hits: Int, of count: Int = replications, _ name: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let rate = Double(hits) / Double(count)
        if Self.isFull { print("\(name): covers \(rate)") }
        let noise = 3 * (0.05 * 0.95 / Double(count)).squareRoot()
        #expect(
            abs(rate - 0.95) <= max(0.015, noise), "\(name) covers \(100 * rate) %",
            sourceLocation: sourceLocation)
    }

    /// Results of all replications, each from its own stream.
    private func replicate<Value: Sendable>(
        _ name: String, _ body: @Sendable (inout SeededGenerator) -> Value
    ) -> [Value] {
        let generator = SeededGenerator(seed: 2_024).stream(name)
        return Workers.allProcessors.map(Self.replications) { replication in
            var stream = generator.stream(replication)
            return body(&stream)
        }
    }

    private struct Outcome: Sendable {
        var rejected: [String: Bool] = [:]
        var covered: [String: Bool] = [:]
    }

    /// PDs of a portfolio whose obligors spread as trade debtors do, with a mean near 5 %.
    private static func logOdds(_ count: Int, _ generator: inout SeededGenerator) -> [Double] {
        (0..<count).map { _ in -3.4 + 1.1 * generator.normal() }
    }

    private static func outcomes(_ logOdds: [Double], _ generator: inout SeededGenerator) -> [Bool] {
        logOdds.map { generator.bernoulli(ProbabilityOfDefault.value(ofLogOdds: $0)) }
    }

    /// The AUC of the whole population, by a sample so large that its error is a tenth of a portfolio's.
    private static let populationAUC: Double = {
        var generator = SeededGenerator(seed: 77)
        let risks = logOdds(300_000, &generator)
        let defaulted = outcomes(risks, &generator)
        return (try? RankedOutcomes(risks: risks, defaulted: defaulted))?.auc ?? .nan
    }()

    @Test("calibration and ranking over all observations")
    func overall() {
        let truth = Self.populationAUC
        let results = replicate("overall") { generator -> Outcome in
            let logOdds = Self.logOdds(2_500, &generator)
            let sample = ValidationSample(
                name: "simulated", logOdds: logOdds, defaulted: Self.outcomes(logOdds, &generator))
            let options = ValidationOptions(replicates: 0)
            let tests =
                CalibrationTests(sample: sample, options: options).tests()
                + DiscriminationTests(sample: sample, options: options, workers: .single).tests(
                    against: truth)
            var outcome = Outcome()
            for test in tests where test.scope == ValidationTest.overall {
                outcome.rejected[test.name] = test.pValue.map { $0 < 0.05 }
                let ideal: Double? =
                    switch test.name {
                    case "AUC": truth
                    case "accuracy ratio": 2 * truth - 1
                    case "calibration slope": 1
                    case "calibration in the large": 0
                    default: nil
                    }
                if let ideal, let interval = test.interval {
                    outcome.covered[test.name] = interval.contains(ideal)
                }
            }
            return outcome
        }
        for name in [
            "normal", "Hosmer-Lemeshow", "Spiegelhalter", "calibration slope", "calibration in the large",
        ] {
            expectSize(results.count { $0.rejected[name] == true }, name)
        }
        // The ECB's statistic divides by the error at the present AUC, which is larger where that is low: the test
        // rejects a little too seldom.
        let fallen =
            Double(results.count { $0.rejected["AUC against development"] == true }) / Double(results.count)
        if Self.isFull { print("AUC against development: rejects \(fallen)") }
        #expect(fallen >= 0.02 && fallen <= 0.06, "AUC against development rejects \(100 * fallen) %")
        for name in ["AUC", "accuracy ratio", "calibration slope", "calibration in the large"] {
            expectCoverage(results.count { $0.covered[name] == true }, name)
        }
    }

    /// Counts are whole, so that a test of one count cannot reject in exactly 5 %: PDs and numbers vary here.
    @Test("tests and intervals of one grade's rate")
    func grade() {
        let results = replicate("grade") { generator -> Outcome in
            let pd = 0.01 + 0.09 * generator.uniform()
            let obligors = 300 + generator.integer(below: 700)
            let logOdds = log(pd / (1 - pd))
            var count = OutcomeCount()
            for _ in 0..<obligors {
                count.add(pd, defaulted: generator.bernoulli(ProbabilityOfDefault.value(ofLogOdds: logOdds)))
            }
            var outcome = Outcome()
            let tests = CountTests(sample: "simulated", options: ValidationOptions()).tests(
                count, scope: "grade:BB")
            for test in tests { outcome.rejected[test.name] = test.pValue.map { $0 < 0.05 } }
            outcome.covered["Jeffreys"] = tests.first?.interval?.contains(pd)
            return outcome
        }
        expectSize(results.count { $0.rejected["Jeffreys"] == true }, "Jeffreys")
        expectCoverage(results.count { $0.covered["Jeffreys"] == true }, "Jeffreys's interval")
        // The exact test never rejects too often.
        let exact = Double(results.count { $0.rejected["binomial"] == true }) / Double(results.count)
        if Self.isFull { print("binomial: rejects \(exact)") }
        #expect(
            exact <= 0.05 + 3 * (0.05 * 0.95 / Double(results.count)).squareRoot(),
            "binomial rejects \(exact)")
    }

    /// PDs from 0.03 to 10 %, in most of which fewer than five defaults are expected; what is not judged rejects
    /// nothing.
    @Test("tests of the rates of thin and thick grades never reject too often")
    func thinGrades() {
        let results = replicate("thin") { generator -> Outcome in
            let pd = exp(generator.uniform(from: log(0.0003), to: log(0.1)))
            var count = OutcomeCount()
            for _ in 0..<(50 + generator.integer(below: 600)) {
                count.add(pd, defaulted: generator.bernoulli(pd))
            }
            var outcome = Outcome()
            let tests = CountTests(sample: "simulated", options: ValidationOptions()).tests(
                ofPart: count, scope: "grade:BB")
            for test in tests where test.name == "traffic light" || test.rule != .settled {
                let limit = test.name == "traffic light" ? 0.2 : 0.05
                outcome.rejected[test.name] = test.pValue.map { $0 < limit }
            }
            return outcome
        }
        for (name, size) in [("binomial", 0.05), ("Kupiec", 0.05), ("normal", 0.05), ("traffic light", 0.2)] {
            let rate = Double(results.count { $0.rejected[name] == true }) / Double(results.count)
            if Self.isFull { print("\(name), thin and thick grades: rejects \(rate)") }
            let noise = 3 * (size * (1 - size) / Double(results.count)).squareRoot()
            #expect(rate <= size + max(0.01, noise), "\(name) rejects \(100 * rate) %")
        }
    }

    /// Nine grades, of which the best expect less than one default, so that they are joined.
    @Test("Hosmer-Lemeshow over grades")
    func overGrades() {
        let results = replicate("grades") { generator -> Outcome in
            var (logOdds, defaulted, grades) = ([Double](), [Bool](), [Grade]())
            for _ in 0..<1_500 {
                let risk = -3.4 + 1.1 * generator.normal()
                logOdds.append(risk)
                defaulted.append(generator.bernoulli(ProbabilityOfDefault.value(ofLogOdds: risk)))
                grades.append(Grade.performing[max(0, min(8, Int(7 + risk)))])
            }
            let sample = ValidationSample(
                name: "simulated", logOdds: logOdds, defaulted: defaulted, grades: grades)
            let test = CalibrationTests(sample: sample, options: ValidationOptions()).overGrades(
                sample.gradeCounts.map(\.count))
            var outcome = Outcome()
            outcome.rejected[test.name] = test.pValue.map { $0 < 0.05 }
            return outcome
        }
        let name = "Hosmer-Lemeshow over grades"
        expectSize(results.count { $0.rejected[name] == true }, name)
    }

    @Test("neighbours of one rate, parts of a grade, parts of all, and periods")
    func parts() {
        let results = replicate("parts") { generator -> Outcome in
            // Two grades by chance, two industries by chance, ten years, one rate of 6 % with its own PDs beside it.
            let pd = ProbabilityOfDefault(0.06)?.logOdds ?? .nan
            let count = 2_000
            let defaulted = (0..<count).map { _ in generator.bernoulli(0.06) }
            let grades = (0..<count).map { _ in generator.bernoulli(0.5) ? Grade.bb : .b }
            var sample = ValidationSample(
                name: "simulated", logOdds: Array(repeating: pd, count: count), defaulted: defaulted,
                grades: grades)
            sample.dimensions = [
                .init(name: "industry", levels: (0..<count).map { _ in generator.bernoulli(0.4) ? "a" : "b" })
            ]
            sample.periods = (0..<count).map { "\(2010 + $0 % 10)" }
            let options = ValidationOptions(replicates: 0)
            let tests =
                GradeTests(sample: sample, options: options).tests(against: nil)
                + PartTests(sample: sample, options: options).tests()
            var outcome = Outcome()
            func rejected(_ name: String, _ scope: String) {
                let test = tests.first { $0.name == name && $0.scope == scope }
                outcome.rejected[name] = test?.pValue.map { $0 < 0.05 }
            }
            rejected("heterogeneity", "neighbours:BB|B")
            rejected("homogeneity", "grade:BB industry:a")
            rejected("calibration of part", "industry:a")
            rejected("normal over periods", "overall")
            return outcome
        }
        for name in ["heterogeneity", "homogeneity", "calibration of part", "normal over periods"] {
            expectSize(results.count { $0.rejected[name] == true }, name)
        }
    }

    @Test("years that share one factor: the multi-period and the correlated test hold, the binomial does not")
    func correlatedYears() throws {
        let model = try OneFactorModel(assetCorrelation: RegulatoryCapital(pd: 0.02).assetCorrelation)
        let results = replicate("correlated") { generator -> Outcome in
            var outcome = Outcome()
            var gaps: [Double] = []
            for year in 0..<12 {
                let pd = model.conditionalPD(0.02, factor: generator.normal())
                let logOdds = Array(repeating: log(0.02 / 0.98), count: 800)
                let defaulted = logOdds.map { _ in generator.bernoulli(pd) }
                let sample = ValidationSample(name: "year", logOdds: logOdds, defaulted: defaulted)
                let count = sample.count(logOdds.indices)
                gaps.append(count.rate - count.meanPD)
                guard year == 0 else { continue }
                for test in CountTests(sample: "year", options: ValidationOptions()).overall(count) {
                    outcome.rejected[test.name] = test.pValue.map { $0 < 0.05 }
                }
            }
            outcome.rejected["periods"] = MultiplePeriodTest(gaps: gaps).map { $0.pValue < 0.05 }
            return outcome
        }
        expectSize(results.count { $0.rejected["correlated binomial"] == true }, "correlated binomial")
        // Default rates are skewed to the right, so the one-sided test of their mean rejects too seldom rather than too
        // often: it keeps below its size.
        let periods = Double(results.count { $0.rejected["periods"] == true }) / Double(results.count)
        if Self.isFull { print("normal over periods, years that share a factor: rejects \(periods)") }
        #expect(periods <= 0.06, "normal over periods rejects \(100 * periods) %")
        let binomial = Double(results.count { $0.rejected["binomial"] == true }) / Double(results.count)
        #expect(
            binomial > 0.15,
            "what the correlation is there for: the binomial test rejects \(100 * binomial) %")
    }

    @Test("stability over bins of a score, within what chance explains")
    func stability() {
        let results = replicate("stability") { generator -> Bool in
            func counts(_ size: Int, _ generator: inout SeededGenerator) -> [Double] {
                var counts = [Double](repeating: 0, count: 10)
                for _ in 0..<size { counts[generator.integer(below: 10)] += 1 }
                return counts
            }
            let expected = counts(2_000, &generator)
            let actual = counts(900, &generator)
            guard let stability = try? PopulationStability(expectedCounts: expected, actualCounts: actual),
                let critical = try? stability.chiSquaredCriticalValue()
            else { return true }
            return stability.index > critical
        }
        expectSize(results.count { $0 }, "PSI")
    }

    @Test("two models of equal worth")
    func comparison() {
        let results = replicate("comparison") { generator -> Outcome in
            let drawn = ModelComparisonTests.draw(1_500, noise: (0.8, 0.8), seed: generator.next())
            let comparison = ModelComparison(
                champion: drawn.champion, challenger: drawn.challenger, defaulted: drawn.defaulted)
            var outcome = Outcome()
            for (name, figure) in [
                ("AUC", comparison.auc), ("log loss", comparison.logLoss), ("Brier", comparison.brier),
                ("value", comparison.value),
            ] {
                outcome.rejected[name] = figure.map { $0.pValue < 0.05 }
                outcome.covered[name] = figure.map { $0.interval.contains(0) }
            }
            return outcome
        }
        for name in ["AUC", "log loss", "Brier", "value"] {
            expectSize(results.count { $0.rejected[name] == true }, "paired \(name)")
            expectCoverage(results.count { $0.covered[name] == true }, "paired \(name)")
        }
    }

    @Test("the power that is stated is the share of rejections when the alternative is true")
    func power() {
        let results = replicate("power") { generator -> (Outcome, [String: Double]) in
            // PDs are too low by half.
            let logOdds = (0..<1_200).map { _ in -3.4 + 0.8 * generator.normal() }
            let defaulted = logOdds.map {
                generator.bernoulli(min(1, 1.5 * ProbabilityOfDefault.value(ofLogOdds: $0)))
            }
            let sample = ValidationSample(name: "simulated", logOdds: logOdds, defaulted: defaulted)
            var outcome = Outcome()
            var powers: [String: Double] = [:]
            for test in CalibrationTests(sample: sample, options: ValidationOptions()).tests() {
                outcome.rejected[test.name] = test.pValue.map { $0 < 0.05 }
                powers[test.name] = test.power
            }
            return (outcome, powers)
        }
        for name in ["binomial", "Jeffreys", "normal", "Hosmer-Lemeshow"] {
            let rejections = Double(results.count { $0.0.rejected[name] == true }) / Double(results.count)
            let stated = results.reduce(0) { $0 + ($1.1[name] ?? .nan) } / Double(results.count)
            // Forecasts are drawn anew. Hosmer and Lemeshow's power counts the variance of the hypothesis alone, where
            // the alternative has more, and so understates.
            let most = name == "Hosmer-Lemeshow" ? 0.16 : 0.08
            #expect(
                rejections - stated < most && rejections - stated > -0.08,
                "\(name): rejects \(rejections), power \(stated)")
        }
    }
}
