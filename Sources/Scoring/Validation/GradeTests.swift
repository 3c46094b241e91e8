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
        // What is left of a discrete law is no p-value of the opposite, so few defaults never show that grades are reversed.
        return ValidationTest(
            "heterogeneity", .grades, sample: sample.name, scope: "neighbours:\(better.grade)|\(worse.grade)",
            statistic: test.z, pValue: pValue, power: power(better.count, worse.count),
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

    /// The power if the mean PDs of the two grades are true.
    private func power(_ better: OutcomeCount, _ worse: OutcomeCount) -> Double? {
        let (n1, n2) = (Double(better.obligors), Double(worse.obligors))
        let (p1, p2) = (better.meanPD, worse.meanPD)
        let pooled = (better.expected + worse.expected) / (n1 + n2)
        let underNull = (pooled * (1 - pooled) * (1 / n1 + 1 / n2)).squareRoot()
        let error = (p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2).squareRoot()
        guard error > 0 else { return nil }
        let normal = NormalDistribution.standard
        let reach = normal.quantile(upperTail: options.significance) * underNull
        return normal.survival((reach - (p2 - p1)) / error)
    }

    /// Whether the parts of a grade default alike: each part against the rest of its grade.
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
            return parts.keys.sorted().compactMap { level in
                guard let part = parts[level] else { return nil }
                var rest = OutcomeCount()
                for (other, count) in parts where other != level { rest.add(count) }
                guard rest.obligors > 0 else { return nil }
                let test = TwoProportionTest(
                    defaults: (Double(rest.defaults), Double(part.defaults)),
                    weights: (Double(rest.obligors), Double(part.obligors)))
                return ValidationTest(
                    "homogeneity", .grades, sample: sample.name,
                    scope: "grade:\(grade) \(dimension.name):\(level)", statistic: test.z,
                    pValue: Self.exactTest(part, rest)?.twoSided ?? test.pValue,
                    estimate: part.rate - rest.rate,
                    meaning:
                        "in \(grade), \(level) defaulted at \(Wording.percent(part.rate)) and the rest at "
                        + Wording.percent(rest.rate))
            }
        }
    }

    /// Whether obligors crowd into few grades, or more so than in development.
    private func concentration(
        _ grades: [(grade: Grade, count: OutcomeCount)], _ development: [Int]?
    ) -> [ValidationTest] {
        var counts = Array(repeating: 0.0, count: Grade.performing.count)
        for (grade, count) in grades { counts[grade.rank] = Double(count.obligors) }
        guard let current = try? Concentration(counts: counts) else { return [] }
        var tests = [
            ValidationTest(
                "Herfindahl", .concentration, sample: sample.name, statistic: current.herfindahl,
                estimate: current.index, rule: .settled, verdict: current.index > 0.5 ? .warn : .pass,
                meaning:
                    "two obligors share a grade in \(Wording.percent(current.herfindahl)) of pairs; on a scale from "
                    + "even (0) to one grade (1) that is \(Wording.number(current.index))")
        ]
        if let development, development.count == counts.count, !sample.isDevelopment,
            let initial = try? Concentration(counts: development.map(Double.init)),
            let rise = current.rise(since: initial)
        {
            tests.append(
                ValidationTest(
                    "concentration against development", .concentration, sample: sample.name,
                    statistic: rise.z, pValue: rise.pValue, estimate: current.index - initial.index,
                    meaning: rise.pValue < options.significance
                        ? "obligors are more concentrated over the grades than in development"
                        : "obligors are no more concentrated over the grades than in development"))
        }
        return tests
    }
}
