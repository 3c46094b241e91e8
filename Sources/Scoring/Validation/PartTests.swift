import Statistics

/// Whether PDs come true, and ranks hold, in every part of the observations and from period to period.
struct PartTests {
    let sample: ValidationSample
    let options: ValidationOptions

    private var dimensions: [ValidationSample.Dimension] {
        sample.dimensions
            + (sample.periods.map { [.init(name: FullValidation.time, levels: $0)] } ?? [])
    }

    private func parts(_ dimension: ValidationSample.Dimension) -> [(level: String, rows: [Int])] {
        var rows: [String: [Int]] = [:]
        for (row, level) in dimension.levels.enumerated() {
            if let level { rows[level, default: []].append(row) }
        }
        return rows.keys.sorted().map { ($0, rows[$0] ?? []) }
    }

    func segments() -> [FullValidation.Segment] {
        dimensions.flatMap { dimension in
            parts(dimension).map { level, rows in
                let weights = rows.map { sample.weights?[$0] ?? 1 }
                let total = weights.reduce(0, +)
                func mean(_ value: (Int) -> Double) -> Double {
                    total > 0 ? zip(rows, weights).reduce(0) { $0 + $1.1 * value($1.0) } / total : 0
                }
                return FullValidation.Segment(
                    dimension: dimension.name, level: level,
                    evaluation: Evaluation(
                        logOdds: rows.map { sample.logOdds[$0] },
                        defaulted: rows.map { sample.defaulted[$0] },
                        weights: sample.weights.map { weights in rows.map { weights[$0] } }),
                    meanPD: mean { sample.pds[$0] }, defaultRate: mean { sample.defaulted[$0] ? 1 : 0 })
            }
        }
    }

    func tests() -> [ValidationTest] {
        dimensions.flatMap { dimension -> [ValidationTest] in
            let parts = parts(dimension)
            guard parts.count > 1 else { return [] }
            return parts.compactMap { level, rows in
                calibration(sample.count(rows), scope: "\(dimension.name):\(level)", level)
            }
        } + periods()
    }

    /// Forecast against observed defaults of a part, either way, with the variance of its own PDs.
    ///
    /// Where few defaults are expected, by the binomial law at the mean PD, whose tails are no lighter than those of
    /// unequal PDs (Hoeffding, 1956).
    private func calibration(_ count: OutcomeCount, scope: String, _ level: String) -> ValidationTest? {
        guard count.variance > 0 else { return nil }
        let factor = options.alternativeFactor
        let pValue: Double
        let power: Double?
        if count.isThin {
            guard let test = ExactRateTest(obligors: count.obligors, pd: count.meanPD) else { return nil }
            pValue = test.pValue(count.defaults)
            power = test.power(if: min(1 - 1e-9, count.meanPD * factor), significance: options.significance)
        } else {
            let normal = NormalDistribution.standard
            let reach = normal.quantile(upperTail: options.significance / 2)
            pValue = 2 * normal.survival(abs(count.z))
            power =
                count.power(above: reach, factor: factor)
                + count.power(above: -reach, below: true, factor: factor)
        }
        let rate = try? DefaultRate(defaults: count.defaults, of: count.obligors)
        return ValidationTest(
            "calibration of part", .calibration, sample: sample.name, scope: scope, statistic: count.z,
            pValue: pValue, power: power, estimate: count.rate,
            interval: try? rate?.interval(.jeffreys, level: options.level),
            meaning: "\(level): \(count.defaults) of \(count.obligors) defaulted where "
                + "\(Wording.percent(count.meanPD)) was forecast")
    }

    /// Periods together, and the last one against those before it.
    private func periods() -> [ValidationTest] {
        guard let levels = sample.periods else { return [] }
        let parts = parts(.init(name: FullValidation.time, levels: levels))
        var tests: [ValidationTest] = []
        if let test = multiplePeriods(parts.map { sample.count($0.rows) }) { tests.append(test) }
        guard parts.count > 1, let last = parts.last else { return tests }
        func ranked(_ rows: [Int]) -> DeLongEstimate? {
            try? DeLongEstimate(
                risks: rows.map { sample.logOdds[$0] }, defaulted: rows.map { sample.defaulted[$0] })
        }
        guard let before = ranked(parts.dropLast().flatMap(\.rows)), let now = ranked(last.rows) else {
            return tests
        }
        let error = (before.variance + now.variance).squareRoot()
        guard error > 0 else { return tests }
        let normal = NormalDistribution.standard
        let z = (before.auc - now.auc) / error
        tests.append(
            ValidationTest(
                "AUC of the last period", .discrimination, sample: sample.name,
                scope: "\(FullValidation.time):\(last.level)", statistic: z, pValue: normal.survival(z),
                power: normal.survival(
                    normal.quantile(upperTail: options.significance) - options.alternativeAUCDrop / error),
                estimate: now.auc, interval: try? now.interval(level: options.level),
                meaning: "in \(last.level) the AUC is \(Wording.number(now.auc)), before it was "
                    + Wording.number(before.auc)))
        return tests
    }

    /// Whether yearly default rates exceed their forecasts, by how much they vary themselves (BCBS WP 14).
    private func multiplePeriods(_ counts: [OutcomeCount]) -> ValidationTest? {
        let years = counts.filter { $0.obligors > 0 }
        let gaps = years.map { $0.rate - $0.meanPD }
        guard let test = MultiplePeriodTest(gaps: gaps) else { return nil }
        let forecast = years.reduce(0) { $0 + $1.meanPD } / Double(years.count)
        return ValidationTest(
            "normal over periods", .calibration, sample: sample.name, statistic: test.z, pValue: test.pValue,
            power: test.power(
                if: forecast * (options.alternativeFactor - 1), significance: options.significance),
            estimate: gaps.reduce(0, +) / Double(gaps.count),
            meaning: "over \(gaps.count) periods default rates lay \(Wording.percent(abs(test.mean))) "
                + (test.mean > 0 ? "above" : "below") + " their forecasts on average")
    }
}

/// The multi-period normal test: gaps x of default rates over PDs, in T periods that are independent of each other.
///
/// τ² = (Σx² − (Σx)² ÷ T) ÷ (T − 1), and Σx ÷ (√T τ) is standard normal for many periods where PDs are right; obligors
/// of a period may depend on each other.
///
/// Source: BCBS WP 14 (2005), *Studies on the validation of internal rating systems*.
struct MultiplePeriodTest {
    let mean: Double
    let z: Double
    /// T.
    private let periods: Double
    /// τ.
    private let deviation: Double

    /// P(Z ≥ z) by Student's distribution of T − 1 degrees of freedom, which holds its size for few periods too.
    let pValue: Double

    /// `nil` for fewer than three periods, or gaps that are all alike.
    init?(gaps: [Double]) {
        let count = Double(gaps.count)
        guard gaps.count >= 3, let law = try? StudentTDistribution(degreesOfFreedom: count - 1) else {
            return nil
        }
        let mean = gaps.reduce(0, +) / count
        let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        guard variance > 0 else { return nil }
        self.mean = mean
        periods = count
        deviation = variance.squareRoot()
        z = mean * count.squareRoot() / deviation
        pValue = law.survival(z)
    }

    /// The probability of rejecting if the mean gap is another and gaps vary as they did: Student's statistic then has
    /// the noncentral law of √T gap ÷ τ.
    func power(if gap: Double, significance: Double) -> Double? {
        guard let law = try? StudentTDistribution(degreesOfFreedom: periods - 1),
            let alternative = try? NoncentralStudentTDistribution(
                degreesOfFreedom: periods - 1, noncentrality: gap * periods.squareRoot() / deviation)
        else { return nil }
        return alternative.survival(law.quantile(upperTail: significance))
    }
}
