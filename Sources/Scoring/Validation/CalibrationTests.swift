import Statistics
import Vocabulary

/// Whether PDs come true, over all observations and grade by grade.
struct CalibrationTests {
    let sample: ValidationSample
    let options: ValidationOptions

    func tests() -> [ValidationTest] {
        var tests: [ValidationTest] = []
        let counts = CountTests(sample: sample.name, options: options)
        if sample.weights == nil {
            let all = sample.count(sample.pds.indices)
            if all.obligors > 0 { tests += counts.overall(all) }
        }
        tests += [hosmerLemeshow(), spiegelhalter()] + line()
        guard sample.weights == nil else { return tests }
        let grades = sample.gradeCounts
        tests += grades.flatMap { counts.tests(ofPart: $0.count, scope: "grade:\($0.grade)") }
        if grades.count > 1 { tests.append(overGrades(grades.map(\.count))) }
        if let parts = brier(grades) { tests.append(parts) }
        return tests
    }

    /// Murphy's parts of the Brier score of the grades' mean PDs.
    private func brier(_ counts: [(grade: Grade, count: OutcomeCount)]) -> ValidationTest? {
        let pds = Dictionary(uniqueKeysWithValues: counts.map { ($0.grade, $0.count.meanPD) })
        let rows = (sample.grades ?? []).enumerated().compactMap { row, grade in pds[grade].map { (row, $0) }
        }
        guard
            let scores = try? ForecastScores(
                probabilities: rows.map(\.1), defaulted: rows.map { sample.defaulted[$0.0] })
        else { return nil }
        let parts = scores.murphy
        return ValidationTest(
            "Brier decomposition", .calibration, sample: sample.name, statistic: parts.reliability,
            estimate: scores.brier, rule: .settled, verdict: .pass,
            meaning:
                "over grades the Brier score is \(Wording.fine(scores.brier)): \(Wording.fine(parts.reliability)) "
                + "for PDs that miss their grade's rate, less \(Wording.fine(parts.resolution)) for what grades tell "
                + "apart, plus \(Wording.fine(parts.uncertainty)) of the outcome itself")
    }

    private var fittedParameters: Int { sample.isDevelopment ? 2 : 0 }

    private func hosmerLemeshow() -> ValidationTest {
        let test = try? HosmerLemeshowTest(
            probabilities: sample.pds, defaulted: sample.defaulted, weights: sample.weights,
            groups: RiskProfile.parts
        ).joined(minimumExpected: 5)
        return chiSquared("Hosmer-Lemeshow", test, "parts of rising PD")
    }

    /// Whether defaults agree with forecasts over the grades.
    func overGrades(_ counts: [OutcomeCount]) -> ValidationTest {
        let test = try? HosmerLemeshowTest(
            groups: counts.map {
                .init(
                    rows: Double($0.obligors), defaults: Double($0.defaults),
                    expected: min($0.expected, Double($0.obligors)))
            }
        ).joined(minimumExpected: 5)
        return chiSquared("Hosmer-Lemeshow over grades", test, "grades")
    }

    private func chiSquared(_ name: String, _ test: HosmerLemeshowTest?, _ parts: String) -> ValidationTest {
        guard let test, test.statistic.isFinite, let pValue = test.pValue(fittedParameters: fittedParameters)
        else {
            return ValidationTest(
                name, .calibration, sample: sample.name, rule: .settled,
                meaning: "forecasts cannot be held against defaults in so few \(parts)")
        }
        let freedom = Double(test.groups.count - fittedParameters)
        return ValidationTest(
            name, .calibration, sample: sample.name, statistic: test.statistic, degreesOfFreedom: freedom,
            pValue: pValue, power: power(test, freedom),
            meaning: pValue < options.significance
                ? "defaults and forecasts differ over \(parts) by more than chance"
                : "defaults agree with forecasts over \(parts)")
    }

    /// The power against PDs that are too low by the stated factor in all groups.
    ///
    /// By the noncentral χ² law, with the variance that the hypothesis gives, which is less than the alternative's: a
    /// power of 0.7 is some 0.1 too low.
    private func power(_ test: HosmerLemeshowTest, _ freedom: Double) -> Double? {
        let noncentrality = test.groups.reduce(0.0) { sum, group in
            let truth = min(group.rows, group.expected * options.alternativeFactor)
            let gap = truth - group.expected
            let variance = group.expected * (1 - group.expected / group.rows)
            return variance > 0 ? sum + gap * gap / variance : sum
        }
        guard let law = try? ChiSquaredDistribution(degreesOfFreedom: freedom),
            let alternative = try? NoncentralChiSquaredDistribution(
                degreesOfFreedom: freedom, noncentrality: noncentrality)
        else { return nil }
        return alternative.survival(law.quantile(upperTail: options.significance))
    }

    private func spiegelhalter() -> ValidationTest {
        guard
            let test = try? SpiegelhalterTest(
                probabilities: sample.pds, defaulted: sample.defaulted, weights: sample.weights)
        else {
            return ValidationTest(
                "Spiegelhalter", .calibration, sample: sample.name, rule: .settled,
                meaning: "the Brier score of these forecasts says nothing about calibration")
        }
        return ValidationTest(
            "Spiegelhalter", .calibration, sample: sample.name, statistic: test.z, pValue: test.pValue,
            power: test.power(
                if: sample.pds.map { min(1, $0 * options.alternativeFactor) },
                significance: options.significance),
            meaning: test.pValue < options.significance
                ? "the Brier score is not what true PDs would give"
                : "the Brier score is what true PDs would give")
    }

    /// Slope and intercept of the calibration line, each with its interval.
    private func line() -> [ValidationTest] {
        guard
            let line = try? CalibrationLine(
                logOdds: sample.logOdds, defaulted: sample.defaulted, weights: sample.weights)
        else {
            return [
                ValidationTest(
                    "calibration slope", .calibration, sample: sample.name, rule: .settled,
                    meaning: "no finite line leads from forecasts to outcomes")
            ]
        }
        let normal = NormalDistribution.standard
        let reach = normal.quantile(upperTail: (1 - options.level) / 2)
        func wald(
            _ name: String, _ estimate: Double, _ error: Double, ideal: Double, alternative: Double,
            _ meaning: String
        ) -> ValidationTest {
            let z = (estimate - ideal) / error
            let critical = normal.quantile(upperTail: options.significance / 2)
            return ValidationTest(
                name, .calibration, sample: sample.name, statistic: z, pValue: 2 * normal.survival(abs(z)),
                power: normal.survival(critical - alternative / error)
                    + normal.survival(critical + alternative / error),
                estimate: estimate, interval: estimate - reach * error...estimate + reach * error,
                meaning: meaning)
        }
        let (slope, shift) = (line.slope, line.interceptInTheLarge)
        return [
            wald(
                "calibration slope", slope, line.slopeStandardError, ideal: 1, alternative: 0.2,
                slope < 1
                    ? "log-odds are too extreme by a factor of \(Wording.number(1 / max(slope, 1e-3)))"
                    : "log-odds are too timid by a factor of \(Wording.number(slope))"),
            wald(
                "calibration in the large", shift, line.interceptInTheLargeStandardError, ideal: 0,
                alternative: 0.2,
                shift > 0
                    ? "PDs are too low by \(Wording.number(shift)) in log-odds"
                    : "PDs are too high by \(Wording.number(-shift)) in log-odds"),
        ]
    }
}
