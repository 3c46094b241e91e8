import Statistics

/// Tests of one PD against a count of defaults, with their power at the observed size.
struct CountTests {
    let sample: String
    let options: ValidationOptions

    /// Probability of orange and red together.
    private static let warning = 0.2

    /// A PD that is too low by the stated factor.
    private func alternative(to pd: Double) -> Double { min(1 - 1e-9, pd * options.alternativeFactor) }

    /// The tests of a part such as a grade: one-sided, two-sided, and the zone of the traffic light.
    func tests(ofPart count: OutcomeCount, scope: String) -> [ValidationTest] {
        tests(count, scope: scope)
            + [kupiec(count, scope: scope), trafficLight(count, scope: scope)].compactMap(\.self)
    }

    /// Kupiec's two-sided test, which rejects a PD that is too high too, by the exact law of its ratio.
    private func kupiec(_ count: OutcomeCount, scope: String) -> ValidationTest? {
        guard let test = ExactRateTest(obligors: count.obligors, pd: count.meanPD) else { return nil }
        let pValue = test.pValue(count.defaults)
        let seen =
            "\(count.defaults) of \(count.obligors) defaulted where \(Wording.percent(count.meanPD)) was forecast: "
        return ValidationTest(
            "Kupiec", .calibration, sample: sample, scope: scope, statistic: test.ratio(count.defaults),
            degreesOfFreedom: 1, pValue: pValue,
            power: test.power(if: alternative(to: count.meanPD), significance: options.significance),
            estimate: count.rate,
            meaning: seen
                + (pValue >= options.significance
                    ? "no sign that the PD is wrong either way"
                    : "the PD is too \(count.rate > count.meanPD ? "low" : "high") by the two-sided test"))
    }

    /// The zone of a count of defaults: green, yellow, orange and red have the probabilities 50, 30, 15 and 5 % where
    /// the PD is true.
    ///
    /// Orange and red warn; whether red is chance over so many parts is for the adjusted tests to say. The power is
    /// that of a warning.
    ///
    /// Source: BCBS WP 14 (2005), *Studies on the validation of internal rating systems*, on traffic lights.
    private func trafficLight(_ count: OutcomeCount, scope: String) -> ValidationTest? {
        guard let rate = try? DefaultRate(defaults: count.defaults, of: count.obligors),
            let pValue = try? rate.binomialPValue(of: count.meanPD)
        else { return nil }
        let zone =
            pValue >= 0.5 ? "green" : pValue >= Self.warning ? "yellow" : pValue >= 0.05 ? "orange" : "red"
        return ValidationTest(
            "traffic light", .calibration, sample: sample, scope: scope, pValue: pValue,
            power: Kind.binomial.power(
                count.obligors, count.meanPD, alternative(to: count.meanPD), Self.warning),
            estimate: rate.rate, rule: .settled, verdict: pValue >= Self.warning ? .pass : .warn,
            meaning: "\(zone): \(count.defaults) defaults or more of \(count.obligors) have a probability of "
                + "\(Wording.percent(pValue)) where the PD is true")
    }

    /// The exact test, Jeffreys's and the normal one of a count.
    func tests(_ count: OutcomeCount, scope: String) -> [ValidationTest] {
        let pd = count.meanPD
        guard pd > 0, pd < 1, let rate = try? DefaultRate(defaults: count.defaults, of: count.obligors) else {
            return []
        }
        let interval = try? rate.interval(.jeffreys, level: options.level)
        // With fewer than five defaults expected the normal law rejects a true PD up to four times too often.
        let isThin = Double(count.obligors) * pd * (1 - pd) < OutcomeCount.leastVariance
        return Kind.allCases.map { kind in
            let isJudged = kind != .normal || !isThin
            let pValue = kind.pValue(rate, pd)
            return ValidationTest(
                kind.rawValue, .calibration, sample: sample, scope: scope,
                statistic: kind == .normal
                    ? (rate.rate - pd) / (pd * (1 - pd) / Double(count.obligors)).squareRoot() : nil,
                pValue: pValue,
                power: isJudged
                    ? kind.power(count.obligors, pd, alternative(to: pd), options.significance) : nil,
                estimate: rate.rate, interval: interval, rule: isJudged ? .rejectionIsBad : .settled,
                meaning: isJudged
                    ? meaning(count, kind, pValue)
                        + (kind == .jeffreys && isThin
                            ? "; with so few defaults expected it rejects a true PD more often than it says"
                            : "")
                    : "not judged: too few defaults are expected for the normal law")
        }
    }

    private func meaning(_ count: OutcomeCount, _ kind: Kind, _ pValue: Double?) -> String {
        let seen =
            "\(count.defaults) of \(count.obligors) defaulted where \(Wording.percent(count.meanPD)) was forecast: "
        let isLow = (pValue ?? 1) < options.significance
        return seen
            + (isLow ? "the PD is too low by the \(kind.rawValue) test" : "no sign that the PD is too low")
    }

    /// How a count is held against a PD; all are one-sided, small where the PD is too low.
    enum Kind: String, CaseIterable {
        case binomial
        case jeffreys = "Jeffreys"
        case normal

        func pValue(_ rate: DefaultRate, _ pd: Double) -> Double? {
            switch self {
            case .binomial: try? rate.binomialPValue(of: pd)
            case .jeffreys: try? rate.jeffreysPValue(of: pd)
            case .normal: try? rate.normalPValue(of: pd)
            }
        }

        /// The probability of a count that rejects `pd` if `truth` is true.
        func power(_ obligors: Int, _ pd: Double, _ truth: Double, _ significance: Double) -> Double? {
            // The fewest defaults that reject; more always do.
            var (low, high) = (0, obligors + 1)
            while low < high {
                let middle = (low + high) / 2
                let rate = try? DefaultRate(defaults: middle, of: obligors)
                guard let pValue = rate.flatMap({ self.pValue($0, pd) }) else { return nil }
                if pValue < significance { high = middle } else { low = middle + 1 }
            }
            return (try? BinomialDistribution(trials: obligors, probability: truth))?.survival(low - 1)
        }
    }

    /// The exact tests of all observations together, with defaults that depend on each other, and with each its own PD.
    func overall(_ count: OutcomeCount) -> [ValidationTest] {
        var tests = tests(count, scope: ValidationTest.overall).filter { $0.name != Kind.normal.rawValue }
        guard count.variance > 0 else { return tests }
        let normal = NormalDistribution.standard
        let pValue = normal.survival(count.z)
        tests.append(
            ValidationTest(
                Kind.normal.rawValue, .calibration, sample: sample, statistic: count.z, pValue: pValue,
                power: count.power(
                    above: normal.quantile(upperTail: options.significance), factor: options.alternativeFactor
                ), estimate: count.rate, meaning: meaning(count, .normal, pValue)))
        tests += correlated(count).map { [$0] } ?? []
        return tests
    }

    /// The binomial test with defaults that share one factor, at Basel's correlation of assets; with an interval of the
    /// default rate (Jeffreys) from as many independent obligors as say no more than these.
    private func correlated(_ count: OutcomeCount) -> ValidationTest? {
        let pd = count.meanPD
        guard let correlation = try? RegulatoryCapital(pd: pd).assetCorrelation,
            let law = try? CorrelatedBinomialDistribution(
                obligors: count.obligors, pd: pd, assetCorrelation: correlation),
            let truth = try? CorrelatedBinomialDistribution(
                obligors: count.obligors, pd: alternative(to: pd), assetCorrelation: correlation),
            let rate = try? DefaultRate(defaults: count.defaults, of: count.obligors),
            let effective = try? rate.effectiveObligors(correlation: law.model.defaultCorrelation(pd)),
            let evidence = try? BetaDistribution(
                rate.rate * effective + 0.5, (1 - rate.rate) * effective + 0.5)
        else { return nil }
        let pValue = min(1, law.survival(count.defaults - 1))
        let tail = (1 - options.level) / 2
        let least = count.defaults == 0 ? 0 : evidence.quantile(tail)
        let largest = count.defaults == count.obligors ? 1 : evidence.quantile(upperTail: tail)
        return ValidationTest(
            "correlated binomial", .calibration, sample: sample, pValue: pValue,
            // Counts above the critical one are those with a p-value of at most the significance.
            power: truth.survival(law.quantile(upperTail: options.significance)),
            estimate: count.rate, interval: min(least, rate.rate)...max(largest, rate.rate),
            meaning: (pValue < options.significance
                ? "the default rate is high even for a bad year"
                : "the default rate is what some year in \(Wording.count(1 / max(pValue, 1e-9))) brings")
                + ", at an asset correlation of \(Wording.percent(correlation)), with which \(count.obligors) "
                + "obligors say as much as \(Wording.number(effective)) independent ones")
    }
}

/// Numbers as sentences say them.
enum Wording {
    /// A fraction in percent.
    static func percent(_ value: Double) -> String {
        let percent = 100 * value
        return "\(rounded(percent, percent < 10 ? 2 : 1)) %"
    }

    /// A number with a few decimals.
    static func number(_ value: Double) -> String { rounded(value, abs(value) < 10 ? 3 : 1) }

    /// A number below 1 with the digits that a Brier score needs.
    static func fine(_ value: Double) -> String { rounded(value, 5) }

    /// A number of things.
    static func count(_ value: Double) -> String { rounded(value, 0) }

    private static func rounded(_ value: Double, _ decimals: Int) -> String {
        MarkdownTable.decimals(value, decimals)
    }
}
