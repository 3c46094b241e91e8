import Foundation
import LinearAlgebra
import Migration
import Results
import Statistics
import Vocabulary

/// Matrices over twelve months by every method and rule, and the tests of what they assume.
struct MatrixStudy {
    /// The cohort matrix under the rule asked for, or the first that the scale allows.
    let matrix: TransitionMatrix
    let matrices: [MigrationMatrixRecord.Matrix]
    let termStructure: [MigrationMatrixRecord.TermStructure]
    let tests: [TestRecord]
    let macro: MigrationMatrixRecord.Macro?
    let flow: MigrationMatrixRecord.Flow?
    let remarks: [String]

    init(_ histories: RatingHistories, asOf: CalendarDay, options: MigrationStudy.Options) throws {
        var days = [asOf]
        while true {
            let day = asOf.adding(months: -12 * days.count)
            let time = GradeSource.years(day)
            let rated = (0..<histories.obligorCount).count { histories.state(of: $0, at: time) != nil }
            if rated == 0 || days.count > 50 { break }
            days.append(day)
        }
        days.reverse()
        guard days.count >= 2 else {
            throw CommandFailure.badData(
                "the grades cover less than a year before \(asOf): no matrix over twelve months")
        }
        let snapshots = Self.snapshots(from: days[0], to: asOf, everyMonths: 12)
        let periods = try MigrationCounts.byInterval(histories, snapshots: snapshots)
        let pooled = periods.dropFirst().reduce(periods[0], +)
        let rule = options.prediction.withdrawal
        matrix = try pooled.matrix(rule == .state ? .excluded : rule)
        var remarks = Self.remarks(histories.remarks)
        var matrices = try Self.cohorts(pooled, first: rule)
        let bootstrap = try ObligorBootstrap(histories, snapshots: snapshots).intervals(
            rule, replicates: options.replicates,
            generator: SeededGenerator(seed: options.seed).stream("matrix"),
            workers: options.workers)
        matrices.append(
            Self.record(
                "cohort, bootstrap by obligor", rule, try pooled.matrix(rule), bootstrap, counts: pooled))
        matrices.append(
            Self.record("cohort, years averaged", rule, try MigrationCounts.averageMatrix(periods, rule)))
        for times in [4, 12] {
            // Obligors that move there and back within a year are seen more often, and Pⁿ takes moves as Markov's.
            let finer = Self.snapshots(from: days[0], to: asOf, everyMonths: 12 / times)
            let counts = try MigrationCounts.byInterval(histories, snapshots: finer)
            let matrix = try counts.dropFirst().reduce(counts[0], +).matrix(rule)
            matrices.append(
                Self.record(
                    "cohort, \(times) snapshots a year", rule, try matrix.over(periods: times)))
        }
        let window = snapshots[0]...snapshots[snapshots.count - 1]
        let duration = try DurationEstimate(histories, window: window)
        let yearly = try duration.generator.transitions(over: 1)
        matrices.append(
            Self.record(
                "duration", Self.censored, yearly,
                try MatrixIntervals(yearly, standardErrors: duration.standardErrors(over: 1))))
        let lastYear = snapshots[snapshots.count - 2]...snapshots[snapshots.count - 1]
        let johansen = try AalenJohansen(histories, window: lastYear)
        matrices.append(
            Self.record(
                "aalen-johansen, last year", Self.censored, johansen.matrix,
                try MatrixIntervals(johansen.matrix, standardErrors: johansen.standardErrors)))
        let generators = try GeneratorStudy(
            pooled.matrix(), duration: yearly,
            observations: options.fitsGenerator ? PanelObservations(histories, snapshots: snapshots) : nil)
        self.matrices = matrices + generators.matrices
        remarks += generators.remarks
        termStructure = try Self.termStructure(duration)
        var tests = try Self.tests(
            histories, snapshots: snapshots, periods: periods, pooled: pooled, matrix: matrix)
        tests += Self.shape(pooled) + generators.tests
        self.tests = tests
        do throws(MigrationError) {
            let fit = try MacroFactorFit(periods, rule == .state ? .excluded : rule)
            remarks += fit.isAtEdge ? ["the factor's correlation lies at the edge of what was tried"] : []
            macro = MigrationMatrixRecord.Macro(
                rho: fit.correlation,
                periods: fit.factors.indices.map { place in
                    MigrationMatrixRecord.Macro.Period(
                        from: days[place].description, to: days[place + 1].description, z: fit.factors[place])
                }, conditional: try Self.conditional(fit, scenario: options.scenario))
        } catch {
            guard options.scenario.isEmpty else {
                throw CommandFailure.badData("no factor of the economy was fitted, so no scenario: \(error)")
            }
            macro = nil
            remarks.append("no factor of the economy was fitted: \(error)")
        }
        let latest = periods[periods.count - 1]
        flow = MigrationMatrixRecord.Flow(
            from: days[days.count - 2].description, to: asOf.description,
            counts: (0..<histories.scale.count).map { latest.moves.row($0).map { Int($0) } })
        self.remarks = remarks
    }

    /// The times of snapshots back from a day to another, rising.
    private static func snapshots(
        from first: CalendarDay, to last: CalendarDay, everyMonths months: Int
    ) -> [Double] {
        var times = [GradeSource.years(last)]
        while true {
            let day = last.adding(months: -months * times.count)
            if day < first { return times.reversed() }
            times.append(GradeSource.years(day))
        }
    }

    private static func remarks(_ found: HistoryRemarks) -> [String] {
        [
            (found.outOfOrder, "grades were out of order and sorted in"),
            (
                found.contradictory,
                "grades contradicted another of the same day; the later in the file counts"
            ),
            (found.afterDefault, "grades after default were left out"),
            (found.afterEnd, "grades after the as-of day were left out"),
            (found.withdrawnUnrated, "withdrawals of what had no grade were left out"),
        ].filter { $0.0 > 0 }.map { "\(Figures.count($0.0)) \($0.1)" }
    }

    /// The cohort matrix under every rule, the one asked for first.
    private static func cohorts(
        _ counts: MigrationCounts, first: WithdrawalRule
    ) throws -> [MigrationMatrixRecord.Matrix] {
        let rules = [first] + WithdrawalRule.allCases.filter { $0 != first }
        var records: [MigrationMatrixRecord.Matrix] = []
        for rule in rules {
            if rule == .defaulted, counts.scale.defaultState == nil { continue }
            records.append(
                record(
                    "cohort", rule, try counts.matrix(rule), try counts.wilsonIntervals(rule), counts: counts)
            )
        }
        return records
    }

    /// What estimates in continuous time do with withdrawals: who leaves is observed until then.
    private static let censored = "censor"

    private static func record(
        _ method: String, _ rule: WithdrawalRule, _ matrix: TransitionMatrix,
        _ intervals: MatrixIntervals? = nil,
        counts: MigrationCounts? = nil
    ) -> MigrationMatrixRecord.Matrix {
        record(method, rule.rawValue, matrix, intervals, counts: counts)
    }

    /// A matrix with what became of withdrawals in the words of the record.
    static func record(
        _ method: String, _ withdrawal: String, _ matrix: TransitionMatrix,
        _ intervals: MatrixIntervals? = nil,
        counts: MigrationCounts? = nil
    ) -> MigrationMatrixRecord.Matrix {
        func rows(_ matrix: Matrix) -> [[Double]] { (0..<matrix.rows).map { matrix.row($0) } }
        return MigrationMatrixRecord.Matrix(
            method: method, withdrawal: withdrawal, values: rows(matrix.probabilities),
            lower: intervals.map { rows($0.lower) }, upper: intervals.map { rows($0.upper) },
            level: intervals?.level,
            counts: counts.flatMap { $0.scale == matrix.scale ? rows($0.moves) : nil },
            states: withdrawal == WithdrawalRule.state.rawValue ? matrix.scale.labels : nil)
    }

    /// The matrix of the latest year's factor, and those of a scenario up to the end of each of its years.
    private static func conditional(
        _ fit: MacroFactorFit, scenario: [Double]
    ) throws(MigrationError) -> [MigrationMatrixRecord.Macro.Conditional] {
        func record(
            _ kind: String, _ factors: [Double], _ matrix: TransitionMatrix
        )
            -> MigrationMatrixRecord.Macro.Conditional
        {
            MigrationMatrixRecord.Macro.Conditional(
                kind: kind, factors: factors,
                values: (0..<matrix.scale.count).map { matrix.probabilities.row($0) })
        }
        let latest = fit.factors.suffix(1).map { factor in
            record(
                "point in time", [factor],
                fit.thresholds.matrix(factor: factor, correlation: fit.correlation))
        }
        let path = try fit.thresholds.scenario(scenario, correlation: fit.correlation)
        return latest
            + path.enumerated().map { record("scenario", Array(scenario.prefix($0 + 1)), $1) }
    }

    private static func termStructure(
        _ duration: DurationEstimate
    ) throws -> [MigrationMatrixRecord.TermStructure] {
        let generator = duration.generator
        guard let last = generator.scale.defaultState else { return [] }
        let months = [3, 6, 12, 24, 36, 60, 84, 120]
        let curve = try PDTermStructure(generator, years: months.map { Double($0) / 12 })
        let (marginal, forward) = (curve.marginal, curve.forward)
        let intervals = try months.map { months in
            let years = Double(months) / 12
            return try MatrixIntervals(
                generator.transitions(over: years), standardErrors: duration.standardErrors(over: years))
        }
        func rising(_ values: [Double]) -> [Double] {
            values.reduce(into: []) { $0.append(max($1, $0.last ?? 0)) }
        }
        return curve.cumulative.indices.map { state in
            MigrationMatrixRecord.TermStructure(
                grade: generator.scale.labels[state], months: months, cumulative: curve.cumulative[state],
                marginal: marginal[state], forward: forward[state],
                lower: rising(intervals.map { $0.lower[state, last] }),
                upper: rising(intervals.map { $0.upper[state, last] }))
        }
    }

    private static func tests(
        _ histories: RatingHistories, snapshots: [Double], periods: [MigrationCounts],
        pooled: MigrationCounts,
        matrix: TransitionMatrix
    ) throws -> [TestRecord] {
        var tests: [TestRecord] = []
        func add(_ name: String, _ test: MarkovTest, power: Double, yes: String, no: String, against: String)
        {
            let verdict: TestRecord.Verdict =
                test.degreesOfFreedom == 0 ? .undefined : test.pValue < 0.05 ? .fail : .pass
            let finding = test.pValue < 0.05 ? no : yes
            let chance = "power against \(against): \(Figures.percent(power, decimals: 0))"
            tests.append(
                TestRecord(
                    test: name, sample: "histories", scope: "overall", statistic: test.statistic,
                    degreesOfFreedom: Double(test.degreesOfFreedom), pValue: test.pValue,
                    power: power.isFinite ? power : nil, verdict: verdict,
                    meaning: "\(finding) (p = \(Figures.fixed(test.pValue)); \(chance))"))
        }
        if periods.count >= 2 {
            add(
                "time homogeneity", try MarkovTest.timeHomogeneity(periods),
                power: try MarkovTest.timeHomogeneityPower(periods, downgrades: 1.25),
                yes: "no sign that the matrix changed over the years",
                no: "the matrix changed over the years",
                against: "downgrades up by a quarter in the later half")
        }
        let independence = MarkovTest.independence(pooled)
        tests.append(
            TestRecord(
                test: "dependence on the grade", sample: "histories", scope: "overall",
                statistic: independence.statistic,
                degreesOfFreedom: Double(independence.degreesOfFreedom), pValue: independence.pValue,
                verdict: independence.degreesOfFreedom == 0
                    ? .undefined : independence.pValue < 0.05 ? .pass : .warn,
                meaning: independence.pValue < 0.05
                    ? "the grade says where obligors will be in a year"
                    : "no sign that the grade says where obligors will be in a year"))
        if snapshots.count >= 3 {
            let runs = try MigrationCounts.byStateBefore(histories, snapshots: snapshots)
            add(
                "Markov order", try MarkovTest.firstOrder(runs),
                power: try MarkovTest.firstOrderPower(runs, downgrades: 1.25),
                yes: "no sign that the grade before the present one matters",
                no: "the grade before the present one matters",
                against: "downgrades up by a quarter after a downgrade")
        }
        for (name, ratio, what) in [
            (
                "downgrade momentum", HazardRatio.downgradeMomentum(histories),
                "downgrades after a downgrade, as a multiple of those after an upgrade"
            ),
            (
                "duration dependence", HazardRatio.durationDependence(histories),
                "moves after more than a year in a grade, as a multiple of those before"
            ),
        ] {
            let isDefined = ratio.ratio.isFinite
            // Without an event in the group the ratio is 0 and has no upper bound.
            let isBounded = isDefined && ratio.interval.upperBound.isFinite
            let power = ratio.power(at: 1.25)
            let figures = [ratio.ratio, ratio.interval.lowerBound, ratio.interval.upperBound].map {
                Figures.fixed($0, decimals: 2)
            }
            let finding = "\(what): \(figures[0]) [\(figures[1]), \(figures[2])]"
            let chance = "(power against 1.25: \(Figures.percent(power, decimals: 0)))"
            tests.append(
                TestRecord(
                    test: name, sample: "histories", scope: "overall", statistic: ratio.statistic,
                    degreesOfFreedom: 1, pValue: ratio.pValue, power: power,
                    estimate: isDefined ? ratio.ratio : nil,
                    lower: isBounded ? ratio.interval.lowerBound : nil,
                    upper: isBounded ? ratio.interval.upperBound : nil,
                    verdict: !isDefined ? .undefined : ratio.pValue < 0.05 ? .fail : .pass,
                    meaning: isDefined ? "\(finding) \(chance)" : "\(what): too few moves to tell"))
        }
        let embedding = try Embeddability(matrix)
        tests.append(
            TestRecord(
                test: "embeddability", sample: "histories", scope: "overall",
                estimate: embedding.smallestLogarithmRate,
                verdict: embedding.logarithmIsGenerator ? .pass : .warn,
                meaning: embedding.logarithmIsGenerator
                    ? "the cohort matrix comes from a generator, its logarithm"
                    : embedding.isRuledOut
                        ? "no generator gives this cohort matrix exactly; PD curves come from the duration estimate"
                        : "the logarithm of the cohort matrix has negative rates; another generator is not ruled out"
            ))
        return tests
    }

    /// Whether moves become rarer with distance, and how far they go.
    private static func shape(_ counts: MigrationCounts) -> [TestRecord] {
        let bandwidth = MatrixBandwidth(counts)
        var tests = [
            TestRecord(
                test: "matrix weighted bandwidth", sample: "histories", scope: "upper",
                estimate: bandwidth.upper,
                verdict: .pass,
                meaning:
                    "moves to worse grades go \(Figures.percent(bandwidth.upper, decimals: 0)) of the farthest they "
                    + "could"
            ),
            TestRecord(
                test: "matrix weighted bandwidth", sample: "histories", scope: "lower",
                estimate: bandwidth.lower,
                verdict: .pass,
                meaning:
                    "moves to better grades go \(Figures.percent(bandwidth.lower, decimals: 0)) of the farthest they "
                    + "could"
            ),
        ]
        let decay = MonotoneDecayTest(counts)
        let values = decay.pValues
        var cells: [(row: Int, column: Int, p: Double)] = []
        for (row, line) in values.enumerated() {
            for (column, p) in line.enumerated() where !p.isNaN { cells.append((row, column, p)) }
        }
        guard let adjusted = try? MultipleTesting.holm(cells.map(\.p)) else { return tests }
        for (cell, adjusted) in zip(cells, adjusted) where cell.p < 0.05 {
            let labels = counts.scale.labels
            tests.append(
                TestRecord(
                    test: "monotone decay", sample: "histories",
                    scope: "cell:\(labels[cell.row])>\(labels[cell.column])",
                    statistic: decay.statistics[cell.row][cell.column], pValue: cell.p,
                    adjustedPValue: adjusted,
                    verdict: adjusted < 0.05 ? .fail : .warn,
                    meaning:
                        "more moves from \(labels[cell.row]) to \(labels[cell.column]) than to the grade before it"
                ))
        }
        return tests
    }
}
