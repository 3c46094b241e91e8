import Statistics

/// Tests of one PD against a count of defaults, with their power at the observed size.
struct CountTests {
    let sample: String
    let options: ValidationOptions

    /// A PD that is too low by the stated factor.
    private func alternative(to pd: Double) -> Double { min(1 - 1e-9, pd * options.alternativeFactor) }

    /// The tests of a part such as a grade: one-sided, two-sided, and the zone of the traffic light.
    func tests(ofPart count: OutcomeCount, scope: String) -> [ValidationTest] {
        tests(count, scope: scope)
            + [kupiec(count, scope: scope), trafficLight(count, scope: scope)].compactMap(\.self)
    }

    /// Kupiec's two-sided test, which rejects a PD that is too high too.
    ///
    /// Its p-value is that of the binomial law, of all counts with at least the observed ratio: the χ² law rejects three
    /// times too often where two defaults are expected.
    private func kupiec(_ count: OutcomeCount, scope: String) -> ValidationTest? {
        guard let rate = try? DefaultRate(defaults: count.defaults, of: count.obligors),
            let test = try? rate.kupiec(of: count.meanPD),
            let pValue = exactPValue(ofRatio: test.statistic, count)
        else { return nil }
        let seen =
            "\(count.defaults) of \(count.obligors) defaulted where \(Wording.percent(count.meanPD)) was forecast: "
        return ValidationTest(
            "Kupiec", .calibration, sample: sample, scope: scope, statistic: test.statistic,
            degreesOfFreedom: 1, pValue: pValue, estimate: rate.rate,
            meaning: seen
                + (pValue >= options.significance
                    ? "no sign that the PD is wrong either way"
                    : "the PD is too \(rate.rate > count.meanPD ? "low" : "high") by the two-sided test"))
    }

    /// P(likelihood ratio of a count ≥ the one observed) where the PD is true.
    ///
    /// The ratio falls with the count up to the expected one and rises beyond it, so two searches find both tails.
    private func exactPValue(ofRatio seen: Double, _ count: OutcomeCount) -> Double? {
        let (obligors, pd) = (count.obligors, count.meanPD)
        guard let law = try? BinomialDistribution(trials: obligors, probability: pd) else { return nil }
        func isAsLarge(_ defaults: Int) -> Bool {
            guard let rate = try? DefaultRate(defaults: defaults, of: obligors),
                let ratio = try? rate.kupiec(of: pd)
            else { return false }
            // The same ratio from another sum differs in its last bits.
            return ratio.statistic >= seen - 1e-9
        }
        let mode = Int(Double(obligors) * pd)
        // The largest count of the lower tail, −1 for none.
        var (low, inner) = (-1, mode + 1)
        while inner - low > 1 {
            let middle = (low + inner) / 2
            if isAsLarge(middle) { low = middle } else { inner = middle }
        }
        // The least count of the upper tail.
        var (outer, high) = (low, obligors + 1)
        if low < mode { outer = mode }
        while high - outer > 1 {
            let middle = (outer + high) / 2
            if isAsLarge(middle) { high = middle } else { outer = middle }
        }
        return min(1, (low < 0 ? 0 : law.cdf(low)) + law.survival(high - 1))
    }

    /// The zone of a count of defaults: green, yellow, orange and red have the probabilities 50, 30, 15 and 5 % where the
    /// PD is true.
    ///
    /// Orange and red warn; whether red is chance over so many parts is for the adjusted tests to say.
    ///
    /// Source: BCBS WP 14 (2005), *Studies on the validation of internal rating systems*, on traffic lights.
    private func trafficLight(_ count: OutcomeCount, scope: String) -> ValidationTest? {
        guard let rate = try? DefaultRate(defaults: count.defaults, of: count.obligors),
            let pValue = try? rate.binomialPValue(of: count.meanPD)
        else { return nil }
        let zone = pValue > 0.5 ? "green" : pValue > 0.2 ? "yellow" : pValue > 0.05 ? "orange" : "red"
        return ValidationTest(
            "traffic light", .calibration, sample: sample, scope: scope, pValue: pValue, estimate: rate.rate,
            rule: .settled, verdict: pValue > 0.2 ? .pass : .warn,
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
        let isThin = Double(count.obligors) * pd * (1 - pd) < 5
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
        let error = count.variance.squareRoot()
        let z = (Double(count.defaults) - count.expected) / error
        let normal = NormalDistribution.standard
        let reach = normal.quantile(upperTail: options.significance)
        let excess = count.expected * (options.alternativeFactor - 1)
        let pValue = normal.survival(z)
        tests.append(
            ValidationTest(
                Kind.normal.rawValue, .calibration, sample: sample, statistic: z, pValue: pValue,
                power: normal.survival(reach - excess / error), estimate: count.rate,
                meaning: meaning(count, .normal, pValue)))
        tests += correlated(count).map { [$0] } ?? []
        return tests
    }

    /// The binomial test with defaults that share one factor, at Basel's correlation of assets.
    private func correlated(_ count: OutcomeCount) -> ValidationTest? {
        guard let correlation = try? RegulatoryCapital(pd: count.meanPD).assetCorrelation,
            let law = try? CorrelatedBinomialDistribution(
                obligors: count.obligors, pd: count.meanPD, assetCorrelation: correlation)
        else { return nil }
        let pValue = min(1, law.survival(count.defaults - 1))
        return ValidationTest(
            "correlated binomial", .calibration, sample: sample, pValue: pValue, estimate: count.rate,
            meaning: pValue < options.significance
                ? "the default rate is high even for a bad year, at an asset correlation of "
                    + Wording.percent(correlation)
                : "the default rate is what some year in \(Wording.count(1 / max(pValue, 1e-9))) brings, at an asset "
                    + "correlation of \(Wording.percent(correlation))")
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
