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
        if let test = agreement(rows, grades, given) { tests.append(test) }
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
        let normal = NormalDistribution.standard
        return ValidationTest(
            "AUC of corrected grades", .overrides, sample: sample.name, statistic: comparison.z,
            // One-sided: whether corrections make the ranking worse.
            pValue: normal.cdf(comparison.z),
            power: comparison.standardError > 0
                ? normal.survival(
                    normal.quantile(upperTail: options.significance) - options.alternativeAUCDrop
                        / comparison.standardError) : nil,
            estimate: comparison.difference,
            interval: try? comparison.interval(level: options.level),
            meaning: "corrections move the AUC of the grades from \(Wording.number(model.auc)) to "
                + Wording.number(corrected.auc))
    }

    /// How well the model ranks what became of its grades: the generalised AUC of an outcome with an order.
    private func agreement(_ rows: [Int], _ grades: [Grade], _ given: [Grade?]) -> ValidationTest? {
        guard
            let association = try? RankAssociation(
                rows.map { Double((given[$0] ?? grades[$0]).rank) }, rows.map { sample.logOdds[$0] }),
            let auc = association.generalisedAUC, let error = association.generalisedAUCStandardError
        else { return nil }
        let reach = error * NormalDistribution.standard.quantile(upperTail: (1 - options.level) / 2)
        return ValidationTest(
            "generalised AUC", .overrides, sample: sample.name, estimate: auc,
            interval: max(0, auc - reach)...min(1, auc + reach), rule: .settled,
            verdict: auc > 0.5 ? .pass : .warn,
            meaning: "of two obligors with different given grades the model ranks the worse one riskier in "
                + "\(Wording.percent(auc)) of pairs")
    }

    /// Whether obligors that were moved defaulted as often as the model said.
    ///
    /// A move to a better grade is borne out by fewer defaults than the model forecast, one to a worse grade by more.
    /// Where few are expected, by the binomial law at the mean PD. The power is that against PDs that are wrong by the
    /// stated factor in the direction that the move denies.
    private func corrections(_ count: OutcomeCount, _ direction: String) -> ValidationTest {
        let normal = NormalDistribution.standard
        let isBetter = direction == "better"
        let factor = isBetter ? options.alternativeFactor : 1 / options.alternativeFactor
        var pValue: Double?
        var power: Double?
        if !count.isThin {
            let reach = normal.quantile(upperTail: options.significance)
            pValue = isBetter ? normal.survival(count.z) : normal.cdf(count.z)
            power = count.power(above: isBetter ? reach : -reach, below: !isBetter, factor: factor)
        } else if let law = try? BinomialDistribution(trials: count.obligors, probability: count.meanPD),
            let truth = try? BinomialDistribution(
                trials: count.obligors, probability: min(1, count.meanPD * factor))
        {
            pValue = isBetter ? law.survival(count.defaults - 1) : law.cdf(count.defaults)
            if isBetter {
                // The fewest defaults with P(X ≥ d) below the significance, one above the quantile.
                power = truth.survival(law.quantile(upperTail: options.significance))
            } else {
                // The most with P(X ≤ d) below it, one under the quantile.
                power = truth.cdf(law.quantile(options.significance) - 1)
            }
        }
        return ValidationTest(
            "defaults after correction", .overrides, sample: sample.name, scope: "moved:\(direction)",
            statistic: count.z, pValue: pValue.map { max(0, min(1, $0)) }, power: power, estimate: count.rate,
            meaning:
                "of \(count.obligors) moved to a \(direction) grade \(count.defaults) defaulted, where the model "
                + "forecast \(Wording.percent(count.meanPD))")
    }
}
