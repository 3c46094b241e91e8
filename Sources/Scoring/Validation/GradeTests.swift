import Statistics
import Vocabulary

/// Whether grades differ from their neighbours, are alike inside, and share out the obligors.
struct GradeTests {
    let sample: ValidationSample
    let options: ValidationOptions

    func tests(against developmentCounts: [Int]?) -> [ValidationTest] {
        let grades = sample.gradeCounts
        guard !grades.isEmpty else { return [] }
        return zip(grades, grades.dropFirst()).map { heterogeneity($0, $1) }
            + sample.dimensions.flatMap(homogeneity) + concentration(grades, developmentCounts)
    }

    /// Whether the worse of two neighbours defaults more often.
    private func heterogeneity(
        _ better: (grade: Grade, count: OutcomeCount), _ worse: (grade: Grade, count: OutcomeCount)
    ) -> ValidationTest {
        let test = TwoProportionTest(
            defaults: (Double(better.count.defaults), Double(worse.count.defaults)),
            weights: (Double(better.count.obligors), Double(worse.count.obligors)))
        let exact = Self.exactTest(worse.count, better.count)
        let pValue = exact?.greater ?? NormalDistribution.standard.survival(test.z)
        // What is left of a discrete law is no p-value of the opposite, so few defaults never show that grades are
        // reversed.
        return ValidationTest(
            "heterogeneity", .grades, sample: sample.name, scope: "neighbours:\(better.grade)|\(worse.grade)",
            statistic: test.z, pValue: pValue,
            power: power(
                (better.count, worse.count), pds: (better.count.meanPD, worse.count.meanPD), exact: exact,
                isTwoSided: false),
            estimate: worse.count.rate - better.count.rate,
            rule: exact == nil ? .rejectionIsGood : .settled,
            verdict: pValue < options.significance ? .pass : .warn,
            meaning: "\(worse.grade) defaulted at \(Wording.percent(worse.count.rate)), \(better.grade) at "
                + Wording.percent(better.count.rate))
    }

    /// Fisher's exact test of more defaults in one part than in another where too few are expected for the normal law:
    /// fewer than five of either kind in the smaller part (Cochran, 1954).
    private static func exactTest(_ part: OutcomeCount, _ rest: OutcomeCount) -> FisherExactTest? {
        let total = Double(part.obligors + rest.obligors)
        let pooled = Double(part.defaults + rest.defaults) / total
        guard Double(min(part.obligors, rest.obligors)) * min(pooled, 1 - pooled) < 5 else { return nil }
        return try? FisherExactTest(
            part.defaults, part.obligors - part.defaults, rest.defaults, rest.obligors - rest.defaults)
    }

    /// The power of the test that the second part defaults more often, or either way, if PDs of the two are true: by
    /// the exact test given the defaults of both where that is the one that is made.
    private func power(
        _ parts: (OutcomeCount, OutcomeCount), pds: (Double, Double), exact: FisherExactTest?,
        isTwoSided: Bool
    ) -> Double? {
        let odds = (pds.0 / (1 - pds.0), pds.1 / (1 - pds.1))
        guard let exact else {
            return TwoProportionTest.power(
                rates: pds, weights: (Double(parts.0.obligors), Double(parts.1.obligors)),
                significance: options.significance, isTwoSided: isTwoSided)
        }
        guard odds.0 > 0, odds.1 > 0, odds.1.isFinite, (odds.1 / odds.0).isFinite else { return nil }
        return exact.power(
            oddsRatio: odds.1 / odds.0, significance: options.significance, isTwoSided: isTwoSided)
    }

    /// Whether the parts of a grade default alike: each part against the rest of its grade.
    ///
    /// The power is that against a part whose PD is the rest's times the stated factor.
    private func homogeneity(_ dimension: ValidationSample.Dimension) -> [ValidationTest] {
        guard let grades = sample.grades else { return [] }
        var counts: [Grade: [String: OutcomeCount]] = [:]
        for row in grades.indices {
            guard let level = dimension.levels[row] else { continue }
            counts[grades[row], default: [:]][level, default: OutcomeCount()].add(
                sample.pds[row], defaulted: sample.defaulted[row])
        }
        return Grade.performing.flatMap { grade -> [ValidationTest] in
            guard let parts = counts[grade], parts.count > 1 else { return [] }
            // In the order of the names, so that sums are the same in every run.
            let names = parts.keys.sorted()
            return names.compactMap { level in
                guard let part = parts[level] else { return nil }
                var rest = OutcomeCount()
                for other in names where other != level { rest.add(parts[other] ?? OutcomeCount()) }
                guard rest.obligors > 0 else { return nil }
                let test = TwoProportionTest(
                    defaults: (Double(rest.defaults), Double(part.defaults)),
                    weights: (Double(rest.obligors), Double(part.obligors)))
                let exact = Self.exactTest(part, rest)
                let riskier = min(1 - 1e-9, rest.meanPD * options.alternativeFactor)
                return ValidationTest(
                    "homogeneity", .grades, sample: sample.name,
                    scope: "grade:\(grade) \(dimension.name):\(level)", statistic: test.z,
                    pValue: exact?.twoSided ?? test.pValue,
                    power: power(
                        (rest, part), pds: (rest.meanPD, riskier), exact: exact, isTwoSided: true),
                    estimate: part.rate - rest.rate,
                    meaning:
                        "in \(grade), \(level) defaulted at \(Wording.percent(part.rate)) and the rest at "
                        + Wording.percent(rest.rate))
            }
        }
    }

    /// Whether obligors, or what they owe, crowd into few grades, or obligors more so than in development.
    private func concentration(
        _ grades: [(grade: Grade, count: OutcomeCount)], _ development: [Int]?
    ) -> [ValidationTest] {
        var counts = Array(repeating: 0.0, count: Grade.performing.count)
        for (grade, count) in grades { counts[grade.rank] = Double(count.obligors) }
        guard let current = try? Concentration(counts: counts) else { return [] }
        var tests = [herfindahl("Herfindahl", current, "two obligors")]
        if let weighted = byExposure() {
            tests.append(herfindahl("Herfindahl by exposure", weighted, "two units of exposure"))
        }
        if let development, development.count == counts.count, !sample.isDevelopment,
            let initial = try? Concentration(counts: development.map(Double.init)),
            let rise = current.rise(since: initial)
        {
            tests.append(
                ValidationTest(
                    "concentration against development", .concentration, sample: sample.name,
                    statistic: rise.z, pValue: rise.pValue,
                    power: initial.powerOfRise(
                        by: options.alternativeFactor, significance: options.significance),
                    estimate: current.index - initial.index,
                    meaning: rise.pValue < options.significance
                        ? "obligors are more concentrated over the grades than in development"
                        : "obligors are no more concentrated over the grades than in development"))
        }
        return tests
    }

    private func herfindahl(_ name: String, _ state: Concentration, _ two: String) -> ValidationTest {
        ValidationTest(
            name, .concentration, sample: sample.name, statistic: state.herfindahl, estimate: state.index,
            rule: .settled, verdict: state.index > 0.5 ? .warn : .pass,
            meaning:
                "\(two) share a grade in \(Wording.percent(state.herfindahl)) of pairs; on a scale from even (0) to "
                + "one grade (1) that is \(Wording.number(state.index))")
    }

    /// The shares of the grades in what is owed; `nil` where that is not known, or nothing is.
    private func byExposure() -> Concentration? {
        guard let grades = sample.grades, let exposures = sample.exposures else { return nil }
        var sums = Array(repeating: 0.0, count: Grade.allCases.count)
        for (grade, exposure) in zip(grades, exposures) { sums[grade.rank] += exposure }
        return try? Concentration(counts: Array(sums.prefix(Grade.performing.count)))
    }
}
