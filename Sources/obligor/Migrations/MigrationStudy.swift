import Foundation
import Ledger
import LinearAlgebra
import Migration
import Parallelism
import Results
import Statistics
import Vocabulary

/// All that `obligor migrate` finds out: matrices, tests, predictions, their backtest, and corrections.
struct MigrationStudy {
    /// What it reads.
    struct Input {
        let grades: GradeSource
        let ledger: (ledger: TradeLedger, definition: DefaultDefinition)?
        let asOf: CalendarDay
        let files: [FileRecord]
    }

    /// How it is done.
    struct Options {
        var prediction: PredictionOptions
        var isReconciled: Bool
        var isTested: Bool
        /// Whether the generator of greatest likelihood is searched for.
        var fitsGenerator = false
        var replicates: Int
        var reviewCost: Double
        var isWorthLoss: Bool
        var notches: Int
        /// The economy's factor in the years to come; empty for no scenario.
        var scenario: [Double] = []
        /// Obligors that predictions learn from at most; `nil` for all.
        var learnerLimit: Int? = standardLearnerLimit
        var seed: UInt64
        var workers: Workers

        /// Beyond so many obligors predictions get no better that could be told, only dearer.
        static let standardLearnerLimit = 5_000
    }

    /// The horizons of predictions, in months.
    static let horizons = [3, 6, 12]

    let matrixRecord: MigrationMatrixRecord
    let migrations: [MigrationRecord]
    let corrections: CorrectionStudy?
    /// How many obligors predictions were learned from, where it was not all.
    let drawn: String?
    private let scale: RatingScale
    private let remarks: [String]

    init(_ input: Input, options: Options, progress: Progress) throws {
        let histories = try input.grades.histories(until: input.asOf)
        progress.begin("estimating matrices")
        let estimates = try MatrixStudy(histories, asOf: input.asOf, options: options)
        var remarks = input.grades.remarks + estimates.remarks
        var migrations: [MigrationRecord] = []
        var backtest: [MigrationMatrixRecord.Backtest] = []
        var corrections: CorrectionStudy?
        var furtherTests: [TestRecord] = []
        var drawn: String?
        if histories.scale == .grades {
            // Without a ledger there are few features, and all obligors cost little.
            let learners = Learners(
                input.grades.actions.map { input.grades.names[$0.obligor] },
                limit: input.ledger == nil ? nil : options.learnerLimit, seed: options.seed)
            let days = Self.days(until: input.asOf, histories: histories) {
                learners.contains(input.grades.names[$0])
            }
            drawn = learners.remark
            if let drawn {
                // Whoever reads the file alone has to know as well.
                furtherTests.append(
                    TestRecord(
                        test: "learners", sample: "histories", scope: "obligors",
                        statistic: Double(learners.total),
                        estimate: Double(learners.count), verdict: .undefined, meaning: drawn))
            }
            progress.begin("computing features")
            let panel =
                if let ledger = input.ledger {
                    try MigrationPanel(
                        input.grades, histories: histories, days: days, ledger: ledger.ledger,
                        definition: ledger.definition, learners: learners,
                        workers: options.workers, progress: progress)
                } else { try MigrationPanel(input.grades, histories: histories, days: days) }
            progress.begin("predicting")
            let prediction = try PredictionStudy(
                panel, matrix: estimates.matrix, options: options)
            migrations = prediction.records
            remarks += prediction.remarks
            if options.isTested {
                progress.begin("predicting the past")
                let tested = try BacktestStudy(panel, options: options)
                backtest = tested.records
                furtherTests += tested.tests
            }
            if !input.grades.handGrades.isEmpty {
                progress.begin("looking at grades given by hand")
                corrections = try CorrectionStudy(
                    input.grades, panel: panel,
                    currency: input.ledger.map { $0.ledger.baseCurrency.code }, options: options)
                remarks += corrections?.remarks ?? []
            }
        } else {
            remarks.append("the scale is not AAA … D, so no predictions by obligor were written")
        }
        matrixRecord = MigrationMatrixRecord(
            asOf: input.asOf.description, horizonMonths: 12, states: histories.scale.labels,
            matrices: estimates.matrices, termStructure: estimates.termStructure,
            tests: estimates.tests + furtherTests, backtest: backtest, macro: estimates.macro,
            flow: estimates.flow)
        self.migrations = migrations
        self.corrections = corrections
        self.drawn = drawn
        scale = histories.scale
        self.remarks = remarks
    }

    /// Quarters back from the as-of day for as long as there are obligors to learn from, at most eight years.
    private static func days(
        until asOf: CalendarDay, histories: RatingHistories, learnedFrom: (Int) -> Bool
    ) -> [CalendarDay] {
        let learners = (0..<histories.obligorCount).filter(learnedFrom)
        var days = [asOf]
        for quarter in 1...32 {
            let day = asOf.adding(months: -3 * quarter)
            let time = GradeSource.years(day)
            if !learners.contains(where: { histories.state(of: $0, at: time) != nil }) { break }
            days.append(day)
        }
        return days.reversed()
    }

    /// The findings for a person to read.
    func describe(in summary: inout Summary) {
        if let matrix = matrixRecord.matrices.first {
            summary.heading(
                "Grades after twelve months, % (\(matrix.method), withdrawals \(matrix.withdrawal))")
            let states = matrix.states ?? scale.labels
            var grid = TextGrid([.left("from")] + states.map { .right($0) })
            for (label, row) in zip(states, matrix.values) {
                grid.rows.append([label] + row.map { Figures.fixed(100 * $0, decimals: 2) })
            }
            summary.table(grid)
        }
        if scale.defaultState != nil {
            summary.heading("Default within twelve months, %, by rule for withdrawals")
            var grid = TextGrid(
                [.left("estimate"), .left("withdrawals")] + scale.labels.dropLast().map { .right($0) })
            for matrix in matrixRecord.matrices {
                let last = (matrix.values.first?.count ?? 1) - 1
                let rows = matrix.values.indices.filter { $0 < scale.labels.count - 1 }
                grid.rows.append(
                    [matrix.method, matrix.withdrawal]
                        + rows.map { Figures.fixed(100 * matrix.values[$0][last], decimals: 3) })
            }
            summary.table(grid)
        }
        if let macro = matrixRecord.macro, let conditional = macro.conditional, scale.defaultState != nil {
            summary.heading("Default, %, under the economy's factor (ρ \(Figures.fixed(macro.rho)))")
            var grid = TextGrid(
                [.left("matrix"), .right("years"), .right("Z of the last")]
                    + scale.labels.dropLast().map { .right($0) })
            for matrix in conditional {
                grid.rows.append(
                    [
                        matrix.kind, Figures.count(matrix.factors.count),
                        Figures.fixed(matrix.factors.last, decimals: 2),
                    ]
                        + matrix.values.dropLast().map {
                            Figures.fixed(100 * ($0.last ?? .nan), decimals: 3)
                        })
            }
            summary.table(grid)
        }
        summary.heading("What the estimates assume")
        for test in matrixRecord.tests where test.scope == "overall" {
            summary.line("\(test.verdict.rawValue): \(test.meaning)")
        }
        if !matrixRecord.backtest.isEmpty {
            summary.heading("Predictions of the past")
            var grid = TextGrid([
                .left("model"), .right("obligors"), .right("log score"), .right("RPS"),
                .right("log score less the cohort's"),
            ])
            // Over all origins the cohort stands first, and only the others differ from it.
            for (place, result) in matrixRecord.backtest.enumerated()
            where place == 0 || result.difference != nil {
                let difference = result.difference.map {
                    "\(Figures.fixed($0)) [\(Figures.fixed(result.lower)), \(Figures.fixed(result.upper))]"
                }
                grid.rows.append([
                    result.model, Figures.count(result.obligors), Figures.fixed(result.logScore),
                    Figures.fixed(result.rps), difference ?? "–",
                ])
            }
            summary.table(grid)
        }
        corrections?.describe(in: &summary)
        for remark in [drawn].compactMap(\.self) + remarks { summary.remark(remark) }
    }
}

/// Predictions at every horizon on the last day of a panel.
struct PredictionStudy {
    let records: [MigrationRecord]
    let remarks: [String]

    init(
        _ panel: MigrationPanel, matrix: TransitionMatrix,
        options: MigrationStudy.Options
    ) throws {
        let last = panel.days.count - 1
        let sample = try panel.sample(last, months: 12)
        guard sample.count > 0 else {
            throw CommandFailure.badData(
                "no obligor is rated on \(panel.days[last]): give an earlier --as-of")
        }
        var distributions: [Matrix] = []
        var withdrawn: [[Double]] = []
        var remarks: [String] = []
        for months in MigrationStudy.horizons {
            let training = try Self.training(
                panel, months: months, until: panel.days[last])
            let predictor = try MigrationPredictor(training, options.prediction)
            var predicted = try predictor.distributions(sample)
            if options.isReconciled {
                // Over a year the estimated matrix is the target, over less the smoothed one of the same horizon.
                let target =
                    months == 12 && options.prediction.withdrawal != .state ? matrix : predictor.matrix
                do throws(MigrationError) {
                    predicted = try PortfolioTilt(predicted, origins: sample.origins, target: target)
                        .applied(to: predicted, origins: sample.origins)
                } catch {
                    remarks.append("predictions over \(months) months were not reconciled: \(error)")
                }
            }
            distributions.append(predicted)
            withdrawn.append(predictor.withdrawnProbabilities(sample))
        }
        let defaultState = sample.scale.count - 1
        let coherent = HorizonCoherence.coherent(distributions, defaultState: defaultState)
        self.remarks = remarks
        let day = panel.days[last].description
        records = sample.origins.indices.flatMap { row in
            MigrationStudy.horizons.indices.map { horizon in
                MigrationRecord(
                    id: panel.source.names[sample.obligors[row]], asOf: day,
                    grade: sample.scale.labels[sample.origins[row]],
                    horizonMonths: MigrationStudy.horizons[horizon],
                    probabilities: coherent[horizon].row(row),
                    withdrawn: options.prediction.withdrawal == .state ? withdrawn[horizon][row] : nil)
            }
        }
    }

    /// The rows whose horizon was over by a day.
    ///
    /// - Parameter ofEvidence: Whether rows start from, and end in, what the evidence says rather than the grades in
    ///   force.
    static func training(
        _ panel: MigrationPanel, months: Int, until day: CalendarDay, ofEvidence: Bool = false
    ) throws -> MigrationSample {
        let places = panel.days.indices.filter { panel.days[$0].adding(months: months) <= day }
        guard !places.isEmpty else {
            throw CommandFailure.badData(
                "the grades cover less than \(months) months before \(day): nothing to learn a horizon of \(months) "
                    + "months from"
            )
        }
        return try MigrationSample.concatenating(
            places.map {
                try ofEvidence ? panel.evidence($0, months: months) : panel.sample($0, months: months)
            })
    }
}

/// Predictions of past quarters, beside the cohort and the duration matrix.
struct BacktestStudy {
    let records: [MigrationMatrixRecord.Backtest]
    let tests: [TestRecord]

    init(_ panel: MigrationPanel, options: MigrationStudy.Options) throws {
        let months = 12
        let last = panel.days[panel.days.count - 1]
        let places = panel.days.indices.filter { panel.days[$0].adding(months: months) <= last }
        // A model needs a year of outcomes and a year of quarters to learn from before its first forecast.
        let origins = places.filter { place in
            panel.days[place] >= panel.days[0].adding(months: 2 * months)
        }.suffix(5)
        guard !origins.isEmpty else {
            throw CommandFailure.badData(
                "a backtest needs grades over three years before \(last): two to learn from, one to see what came"
            )
        }
        let sample = try MigrationSample.concatenating(
            places.map { try panel.sample($0, months: months) })
        var testing = MigrationBacktest.Options(methods: [options.prediction], years: 1)
        testing.replicates = options.replicates
        testing.generator = SeededGenerator(seed: options.seed).stream("backtest")
        testing.workers = options.workers
        let result = try MigrationBacktest(
            sample, origins: origins.map { GradeSource.years(panel.days[$0]) }, histories: panel.histories,
            options: testing)
        func day(_ years: Double) -> String {
            CalendarDay(daysSince1970: Int32((years * 365.25).rounded())).description
        }
        records = (result.overall + result.byOrigin).map { one in
            MigrationMatrixRecord.Backtest(
                from: day(one.from), to: day(one.to + 1), model: one.model, logScore: one.logScore,
                rps: one.rankedScore,
                difference: one.logDifference?.value, lower: one.logDifference?.interval.lowerBound,
                upper: one.logDifference?.interval.upperBound, obligors: one.obligors)
        }
        var tests: [TestRecord] = []
        for one in result.overall {
            if let ranked = one.rankedDifference {
                let isBetter = ranked.interval.upperBound < 0
                let figures = [ranked.value, ranked.interval.lowerBound, ranked.interval.upperBound].map {
                    Figures.fixed($0)
                }
                tests.append(
                    TestRecord(
                        test: "ranked probability score", sample: "backtest", scope: "overall",
                        estimate: ranked.value,
                        lower: ranked.interval.lowerBound, upper: ranked.interval.upperBound,
                        verdict: isBetter ? .pass : .warn,
                        meaning:
                            "RPS of \(one.model) less the cohort's is \(figures[0]) [\(figures[1]), \(figures[2])]"
                    ))
            }
            if let gini = one.gini {
                tests.append(
                    TestRecord(
                        test: "Gini of the default column", sample: "backtest", scope: "model:\(one.model)",
                        estimate: gini, verdict: gini > 0 ? .pass : .warn,
                        meaning:
                            "the probability of default by \(one.model) ranks defaults with a Gini of "
                            + "\(Figures.fixed(gini))"
                    ))
            }
        }
        for cell in result.calibration.cells where cell.expected >= 1 || cell.observed >= 1 {
            let labels = sample.scale.labels
            let expected = Figures.fixed(cell.expected, decimals: 1)
            tests.append(
                TestRecord(
                    test: "calibration of a cell", sample: "backtest",
                    scope: "cell:\(labels[cell.from])>\(labels[cell.to])",
                    statistic: Double(cell.observed), pValue: cell.pValue,
                    adjustedPValue: cell.adjustedPValue,
                    estimate: cell.expected, verdict: cell.adjustedPValue < 0.05 ? .fail : .pass,
                    meaning:
                        "\(cell.observed) moves from \(labels[cell.from]) to \(labels[cell.to]), \(expected) expected"
                ))
        }
        self.tests = tests
    }
}
