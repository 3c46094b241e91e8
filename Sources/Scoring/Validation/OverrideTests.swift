import Statistics
import Vocabulary

/// Whether corrections by hand improve the grades of the model.
struct OverrideTests {
    let sample: ValidationSample
    let options: ValidationOptions

    func tests() -> [ValidationTest] {
        guard let grades = sample.grades, let given = sample.givenGrades else { return [] }
        let rows = grades.indices.filter { given[$0] != nil && given[$0] != .d }
        guard !rows.isEmpty else { return [] }
        let notches = rows.map { (given[$0] ?? grades[$0]).rank - grades[$0].rank }
        var tests = [rate(notches)]
        if let test = discrimination(rows, grades, given) { tests.append(test) }
        for (name, isPart) in [("better", { (notch: Int) in notch < 0 }), ("worse", { $0 > 0 })] {
            let corrected = zip(rows, notches).filter { isPart($0.1) }.map(\.0)
            guard !corrected.isEmpty else { continue }
            tests.append(corrections(sample.count(corrected), name))
        }
        return tests
    }

    private func rate(_ notches: [Int]) -> ValidationTest {
        let corrected = notches.count { $0 != 0 }
        let rate = try? DefaultRate(defaults: corrected, of: notches.count)
        let up = notches.count { $0 < 0 }
        let share = Double(corrected) / Double(notches.count)
        return ValidationTest(
            "override rate", .overrides, sample: sample.name, estimate: share,
            interval: try? rate?.interval(.jeffreys, level: options.level), rule: .settled,
            verdict: share > 0.3 ? .warn : .pass,
            meaning:
                "\(corrected) of \(notches.count) grades were corrected, \(up) to a better and \(corrected - up) to "
                + "a worse one")
    }

    /// Whether the given grades rank as well as the model's.
    private func discrimination(_ rows: [Int], _ grades: [Grade], _ given: [Grade?]) -> ValidationTest? {
        let defaulted = rows.map { sample.defaulted[$0] }
        guard
            let model = try? DeLongEstimate(
                risks: rows.map { Double(grades[$0].rank) }, defaulted: defaulted),
            let corrected = try? DeLongEstimate(
                risks: rows.map { Double((given[$0] ?? grades[$0]).rank) }, defaulted: defaulted)
        else { return nil }
        let comparison = corrected.compared(with: model)
        return ValidationTest(
            "AUC of corrected grades", .overrides, sample: sample.name, statistic: comparison.z,
            // One-sided: whether corrections make the ranking worse.
            pValue: NormalDistribution.standard.cdf(comparison.z), estimate: comparison.difference,
            interval: try? comparison.interval(level: options.level),
            meaning: "corrections move the AUC of the grades from \(Wording.number(model.auc)) to "
                + Wording.number(corrected.auc))
    }

    /// Whether obligors that were moved defaulted as often as the model said.
    private func corrections(_ count: OutcomeCount, _ direction: String) -> ValidationTest {
        let error = count.variance.squareRoot()
        let z = error > 0 ? (Double(count.defaults) - count.expected) / error : 0
        let normal = NormalDistribution.standard
        // A move to a better grade is borne out by fewer defaults than the model forecast, one to a worse by more.
        let isBetter = direction == "better"
        return ValidationTest(
            "defaults after correction", .overrides, sample: sample.name, scope: "moved:\(direction)",
            statistic: z, pValue: isBetter ? normal.survival(z) : normal.cdf(z), estimate: count.rate,
            meaning:
                "of \(count.obligors) moved to a \(direction) grade \(count.defaults) defaulted, where the model "
                + "forecast \(Wording.percent(count.meanPD))")
    }
}
