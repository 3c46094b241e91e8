import Foundation
import Results
import Statistics

/// A run folder with everything a report can draw, made from a seed.
struct SampleRun {
    let obligors: Int
    var seed: UInt64 = 1
    /// What ids, names, tags and in turn all other texts hold; plain ones where it is `nil`.
    var hostile: [String]?

    private static func monitoring(_ said: (String) -> String) -> MonitoringRecord {
        MonitoringRecord(
            model: said("sample"), sha256: "ab12", asOf: "2024-06-30", since: "2023-06-30",
            policy: said("Monitoring, standard"),
            entries: [
                .init(
                    measure: .psi, cohort: "2024-06-30", obligors: 900, value: 0.04, reference: 0,
                    upper: 0.02,
                    warn: 0.1, alarm: 0.25, verdict: .ok, meaning: "as in development"),
                .init(
                    measure: .csi, variable: said("dbt_12m"), cohort: "2024-06-30", obligors: 900, value: 0.3,
                    reference: 0, upper: 0.02, warn: 0.1, alarm: 0.25, verdict: .alarm, meaning: "moved"),
                .init(
                    measure: .auc, cohort: "2023-06-30", obligors: 800, defaults: 24, value: 0.71,
                    reference: 0.75, lower: 0.6, upper: 0.8, warn: 0.72, alarm: 0.69, verdict: .ok,
                    meaning: said("within chance")),
                .init(
                    measure: .calibration, cohort: "2023-06-30", obligors: 800, defaults: 24, value: nil,
                    reference: 1, warn: 1.25, alarm: 1.5, verdict: .undefined, meaning: said("too few")),
            ])
    }

    private static func shadow(_ said: (String) -> String) -> ShadowSummaryRecord {
        let performing = Array(grades.dropLast())
        return ShadowSummaryRecord(
            asOf: "2024-06-30", champion: said("sample"), grades: performing,
            challengers: [
                .init(
                    name: said("Challenger"), sha256: "cd34", obligors: 90, championMeanPD: 0.02,
                    meanPD: 0.021,
                    sameGrade: 50, withinOneNotch: 80, better: 25, worse: 15, rankCorrelation: 0.9,
                    psi: 0.03, breakEvenPD: 0.1,
                    swapSets: [.init(acceptedBy: "swapped in", rows: 4, defaults: 0)],
                    gradeMigration: performing.indices.map { row in
                        performing.indices.map { $0 == row ? 8 : $0 == row + 1 ? 2 : 0 }
                    },
                    matured: [
                        .init(
                            cohort: "2023-06-30", obligors: 80, defaults: 4, championAUC: 0.7, auc: 0.75,
                            lower: -0.05, upper: 0.15, championLogLoss: 0.2, logLoss: nil)
                    ])
            ])
    }

    private static let grades = MigrationRecord.grades
    private static let tags = [
        "industry": ["Steel", "Retail", "Chemicals", "Logistics", "Food", "Construction"],
        "region": ["North", "East", "South", "West", "Coast"], "size": ["micro", "small", "medium", "large"],
        "salesperson": ["Chen", "Ivanova", "Okoro", "Schmidt", "Silva"],
        "tenure": ["< 1 y", "1–3 y", "> 3 y"],
        "age of debt": ["0–30", "31–60", "61–90", "> 90"], "dispute": ["none", "open"],
        "trend": ["better", "steady", "worse"], "override": ["none", "expert", "rule"],
        "group": ["none", "member"], "statement age": ["< 12 m", "12–24 m", "> 24 m"],
        "bureau": ["clean", "entries"],
    ]

    /// Writes the run folder.
    @discardableResult
    func write(to folder: URL) throws -> RunFolder {
        var generator = SeededGenerator(seed: seed)
        func uniform() -> Double { Double.random(in: 0..<1, using: &generator) }
        let names = Self.tags.keys.sorted()
        var portfolio: [PortfolioRecord] = []
        var history: [HistoryRecord] = []
        var migrations: [MigrationRecord] = []
        for number in 0..<obligors {
            let risk = uniform() * uniform()
            let grade = min(9, Int(risk * 11))
            let before = max(0, min(9, grade + (uniform() < 0.3 ? (uniform() < 0.5 ? -1 : 1) : 0)))
            let exposure = (exp(8 + 5 * uniform())).rounded()
            let id = "OB\(100_000 + number)"
            let text = hostile.map { $0[number % $0.count] }
            let pd = grade == 9 ? 1 : 0.0003 * pow(2.4, Double(grade)) * (0.7 + 0.6 * uniform())
            portfolio.append(
                PortfolioRecord(
                    id: text.map { "\($0)#\(number)" } ?? id, name: text ?? "Company \(number + 1) Ltd",
                    asOf: "2024-06-30", grade: Self.grades[grade], previousGrade: Self.grades[before],
                    score: 700 - 60 * Double(grade), pd: pd, previousPD: pd * (0.6 + 0.8 * uniform()),
                    currency: "EUR",
                    exposure: exposure, overdue: (exposure * min(1, risk * uniform())).rounded(),
                    daysBeyondTerms: (risk * 80 - 6).rounded(), expectedLoss: pd * exposure * 0.45,
                    limit: exposure * (0.9 + uniform()), available: (exposure * 0.2).rounded(),
                    termsDays: [15, 30, 45, 60][Int(uniform() * 4)],
                    security: text ?? ["guarantee", "none", "credit-insurance", "prepayment"][number % 4],
                    conditions: number % 3 == 0 ? [.blocked, .documents] : [],
                    reviewDue: "2024-\(["09", "12"][Int(uniform() * 2)])-30",
                    movement: grade == 9
                        ? .defaulted : grade < before ? .up : grade > before ? .down : .unchanged,
                    tags: names.map { name in
                        if let text { return text }
                        let levels = Self.tags[name] ?? []
                        return levels[Int(uniform() * uniform() * Double(levels.count))]
                    }))
            guard number < 400 else { continue }
            for (position, day) in ["2023-06-30", "2023-09-30", "2023-12-31", "2024-03-31", "2024-06-30"]
                .enumerated()
            {
                let drift = 1 + 0.2 * Double(position) * (uniform() - 0.4)
                history.append(
                    HistoryRecord(
                        id: portfolio[number].id, asOf: day, grade: Self.grades[before], pd: pd * drift,
                        daysBeyondTerms: risk * 60 * drift, exposure: exposure * drift,
                        overdue: exposure * 0.1,
                        limit: exposure * 1.5))
            }
            for horizon in [3, 6, 12] {
                var weights = (0..<10).map { exp(-Double(abs($0 - grade)) * 24 / Double(horizon)) }
                weights[9] += 0.01 * Double(horizon)
                let sum = weights.reduce(0, +)
                migrations.append(
                    MigrationRecord(
                        id: portfolio[number].id, asOf: "2024-06-30", grade: Self.grades[grade],
                        horizonMonths: horizon, probabilities: weights.map { $0 / sum }))
            }
        }
        let writer = try RunFolderWriter(folder, replacing: true)
        try writer.write(Portfolio(tags: names, obligors: portfolio))
        try writer.write(history)
        try writer.write(migrations)
        // Whatever else a run folder says is a payload too, each in turn.
        var turn = 0
        func said(_ text: String) -> String {
            guard let hostile, !hostile.isEmpty else { return text }
            turn += 1
            return hostile[turn % hostile.count]
        }
        let ids = portfolio.isEmpty ? ["OB1"] : portfolio.prefix(hostile == nil ? 1 : 25).map(\.id)
        try writer.write(
            ids.flatMap { id in
                [
                    AttributionRecord(
                        id: id, from: "2024-03-31", to: "2024-06-30", component: .data, feature: "dbt_3m",
                        text: said("pays 23 days late, worsening (9 days before)"), logOdds: 0.62),
                    AttributionRecord(
                        id: id, from: "2024-03-31", to: "2024-06-30", component: .data,
                        feature: "utilisation", logOdds: 0.21),
                    AttributionRecord(
                        id: id, from: "2024-03-31", to: "2024-06-30", component: .calibration,
                        logOdds: -0.12),
                ]
            })
        try writer.write(
            ids.flatMap { id in
                [
                    RatingStepRecord(id: id, step: 1, stage: .raw, toGrade: "BBB", effect: .none),
                    RatingStepRecord(
                        id: id, step: 2, stage: .rule, rule: said("judgment"), fromGrade: "BBB",
                        toGrade: "BB", effect: .cap, reason: said("unpaid judgment on record"),
                        author: said("Okoro")),
                    RatingStepRecord(
                        id: id, step: 3, stage: .final, fromGrade: "BB", toGrade: "BB", effect: .none),
                ]
            })
        try writer.write(
            portfolio.prefix(30).enumerated().map { position, one in
                CorrectionRecord(
                    id: one.id, asOf: "2024-06-30", givenGrade: one.grade ?? "D", author: said("Chen"),
                    supportedGrade: "BB", probabilityOfChange: 0.6 - Double(position) / 60, direction: .down,
                    expectedValue: 9_000 - 250 * Double(position),
                    reason1: said("pays 23 days late, worsening (9 days before)"),
                    reason2: said("mean external score over sources: 368"),
                    features: ["dbt_3m", "bureau_score"],
                    similarCases: said("2 of 5 changed: \(ids[0]) 2022-09-30 B→CC; OB9 2021-06-30 BB→B"),
                    rank: position + 1)
            })
        // On this suggestion; on one before it that was not followed; on ones before it that are, until a day.
        let decisions: [(String, about: String, until: String?)] = [
            (DecisionRecord.dismissed, "2024-06-30", nil), (DecisionRecord.dismissed, "2024-03-31", nil),
            (DecisionRecord.accepted, "2024-03-31", "2024-06-30"),
            (DecisionRecord.accepted, "2024-03-31", "2024-06-29"),
        ]
        try writer.write(
            zip(portfolio, decisions).map { one, decision in
                DecisionRecord(
                    decision: "of \(one.id)", id: one.id, subject: .correction, verdict: decision.0,
                    about: decision.about, givenGrade: one.grade ?? "D", supportedGrade: "BB",
                    author: said("Okoro"), decided: "2024-04-12", until: decision.until,
                    reason: said("new owner, seen on site"))
            })
        try writer.write([
            TranslationRecord(
                language: "zh-Hans", text: "unpaid judgment on record", translation: said("有未履行的判决"))
        ])
        try writer.write(
            CorrectionSummaryRecord(
                biases: [
                    .init(
                        dimension: "analyst", level: said("Chen"), cases: 120, notches: 0.8, lower: 0.5,
                        upper: 1.1, flagged: true),
                    .init(
                        dimension: "analyst", level: "Silva", cases: 40, notches: -0.1, lower: -0.5,
                        upper: 0.3, flagged: false),
                    .init(
                        dimension: "industry", level: said("Steel"), cases: 75, notches: 0.2, lower: -0.1,
                        upper: 0.5, flagged: false),
                ],
                hitRate: .init(
                    suggested: 120, changed: 54, baseRate: 0.09,
                    liftByDecile: [5, 2, 1.1, 0.6, 0.5, 0.3, 0.2, 0.1, 0.1, 0.1]),
                costBenefit: .init(currency: "EUR", reviewCost: 120, reviews: 120, saved: 61_000, net: 46_600)
            ))
        try writer.write(Self.matrix(said))
        try writer.write(Self.monitoring(said))
        try writer.write(Self.shadow(said))
        try writer.write(Self.validation(said))
        try writer.write(Self.card(said))
        try writer.write(
            TrainingRecord(
                model: "sample",
                variables: (1...12).map {
                    .init(
                        name: said("feature_\($0)"), isUsed: $0 < 9, informationValue: 1 / Double($0),
                        reason: said("information value"), attributes: Self.attributes(of: $0, said))
                }, decisions: [],
                rounding: .init(
                    aucExact: 0.81, aucRounded: 0.809, ksExact: 0.5, ksRounded: 0.5, maximumPoints: 0.9,
                    maximumPD: 0.004),
                remarks: [
                    said("attributes depart from their WOE by 0.3 degrees of freedom"),
                    said("2 pairs of attributes have equal points to keep the order of their WOE"),
                ], regression: Self.regression(said)))
        try writer.write([
            ImportanceRecord(
                feature: said("dbt_3m"), lossRise: 0.005, lower: 0.003, upper: 0.007, meanSize: 0.2),
            ImportanceRecord(
                feature: said("equity_ratio"), lossRise: 0.02, lower: 0.01, upper: 0.03, meanSize: 0.4,
                gain: 0.5, cover: 0.4, splits: 0.3),
        ])
        let input = said("dbt_3m")
        try writer.write([
            InteractionRecord(first: input, second: input, meanSize: 0.3),
            InteractionRecord(first: input, second: "equity_ratio", meanSize: 0.1),
        ])
        try writer.write(
            StabilityHistoryRecord(
                model: "sample",
                entries: ["2023-12-31", "2024-03-31", "2024-06-30"].enumerated().flatMap { step, day in
                    ["score", "dbt_3m", "equity_ratio"].map { name in
                        .init(
                            variable: said(name), from: "training", to: day,
                            index: 0.04 * Double(step + name.count % 3), critical: 0.05,
                            verdict: step < 2 ? .pass : .warn,
                            bins: [.init(label: said("1"), expected: 0.5, actual: 0.55)])
                    }
                }))
        try writer.write(Self.effects(said))
        try writer.write(
            ids.map { id in
                AlertRecord(
                    alert: "\(id)/unpaid/2024-06-11", obligor: id, monitor: said("unpaid"),
                    opened: "2024-06-11", closed: nil, severity: .critical, since: "2024-05-02",
                    observed: 41, usual: 12, spread: 4, falseAlarmRate: 0.002,
                    explanation: said(
                        "3 invoices unpaid beyond the usual time, the oldest 41 days past due; "
                            + "usually paid 12 days late ± 4; since 2024-05-02"))
            })
        try writer.write(
            ids.map { AgeingRecord(id: $0, asOf: "2024-06-30", amounts: [4_200, 900, 0, 310, 0, 12]) })
        try writer.write(
            ids.flatMap { id in
                [
                    ReasonRecord(
                        id: id, rank: 1, group: said("payment delay"), logOdds: 0.9, points: -26,
                        text: said("pays 23 days late, worsening (9 days before)"), features: ["dbt_3m"]),
                    ReasonRecord(
                        id: id, rank: 2, group: said("statements"), logOdds: 0.3, points: -9,
                        text: said("equity by total assets: 12 %"), features: ["equity_ratio"]),
                ]
            })
        try writer.write(
            ids.map { id in
                RefreshRequestRecord(
                    id: id, asOf: "2024-06-30", input: said("statements"), state: .stale,
                    lastDate: "2022-12-31", ageDays: 547, expiresOn: "2024-03-31",
                    missing: said("financial statements"), effect: said("cap BBB"))
            })
        try writer.write(
            DataQualityRecord(
                checks: [
                    .init(
                        kind: said("orphan-reference"), severity: "error", count: 3,
                        file: said("payments.csv"),
                        firstLine: 17, repaired: false),
                    .init(
                        kind: "duplicate", severity: "repair", count: 12, file: "invoices.csv",
                        firstLine: 4_411, repaired: true),
                ], missing: (1...8).map { .init(column: said("column_\($0)"), share: 0.9 / Double($0)) },
                statementAges: [
                    .init(months: 6, obligors: 400), .init(months: 18, obligors: 120), .init(obligors: 31),
                ],
                refused: [
                    .init(
                        what: said("obligor"), count: 2,
                        reason: said("payments.csv: known before it happened"))
                ]))
        return try writer.finish(
            RunRecord(
                command: said("review"), arguments: ["review", "--as-of", said("2024-06-30")],
                engineVersion: "0.1.0",
                startedAt: Date(timeIntervalSince1970: 1_720_000_000),
                finishedAt: Date(timeIntervalSince1970: 1_720_000_042), seed: 7, threads: 2, rows: obligors,
                model: said("trade-credit-2024"),
                inputs: [
                    .init(
                        role: said("ledger"), path: said("ledger"), bytes: 3_900_000,
                        sha256: String(repeating: "ab", count: 32))
                ],
                outputs: [
                    .init(
                        role: "ratings", path: "ratings.csv", bytes: 91_000,
                        sha256: String(repeating: "cd", count: 32))
                ]))
    }

    private static func matrix(_ said: (String) -> String) -> MigrationMatrixRecord {
        let states = grades
        let values = states.indices.map { from in
            if from == 9 { return states.indices.map { $0 == 9 ? 1.0 : 0 } }
            let weights = states.indices.map { exp(-Double(abs($0 - from)) * 2.2) }
            let sum = weights.reduce(0, +)
            return weights.map { $0 / sum }
        }
        let counts = values.enumerated().map { from, row in row.map { Int($0 * Double(150 - 12 * from)) } }
        return MigrationMatrixRecord(
            asOf: "2024-06-30", horizonMonths: 12, states: states,
            matrices: [
                .init(
                    method: "aalen-johansen", withdrawal: "censor", values: values,
                    lower: values.map { $0.map { $0 * 0.8 } },
                    upper: values.map { $0.map { min(1, $0 * 1.2) } },
                    level: 0.95, counts: counts.map { $0.map(Double.init) }),
                .init(method: said("cohort"), withdrawal: said("drop"), values: values),
                // Withdrawal is one state more here.
                .init(
                    method: "cohort", withdrawal: "state",
                    values: (0...10).map { from in (0...10).map { from == $0 ? 0.8 : 0.02 } },
                    states: Array(states.dropLast()) + ["NR", "D"]),
            ],
            termStructure: states.dropLast().enumerated().map { position, grade in
                let months = Array(stride(from: 6, through: 60, by: 6))
                let cumulative = months.map {
                    1 - exp(-0.0004 * pow(2.2, Double(position)) * Double($0) / 12)
                }
                let marginal = zip([0] + cumulative, cumulative).map { $1 - $0 }
                return .init(
                    grade: grade, months: months, cumulative: cumulative, marginal: marginal,
                    forward: zip(marginal, [0] + cumulative).map { $0 / (1 - $1) })
            }, tests: [Self.test(said)],
            backtest: ["2022-06-30", "2023-06-30"].flatMap { day in
                [
                    .init(
                        from: day, to: "2024-06-30", model: said("behaviour"), logScore: 0.71, rps: 0.05,
                        difference: -0.09, lower: -0.12, upper: -0.06, obligors: 1_400),
                    .init(
                        from: day, to: "2024-06-30", model: "cohort", logScore: 0.8, rps: 0.06,
                        obligors: 1_400),
                ]
            },
            macro: .init(
                rho: 0.08,
                periods: [
                    .init(from: "2022-01-01", to: "2022-12-31", z: 0.4),
                    .init(from: "2023-01-01", to: "2023-12-31", z: -0.7),
                ], conditional: [.init(kind: "scenario", factors: [-1.5], values: values)]),
            flow: .init(from: "2024-03-31", to: "2024-06-30", counts: counts))
    }

    /// Bins of the first variables.
    private static func attributes(
        of number: Int, _ said: (String) -> String
    ) -> [TrainingRecord.Attribute]? {
        guard number < 5 else { return nil }
        return (0..<4).map { bin in
            let woe = 0.9 - 0.5 * Double(bin) / Double(number)
            return .init(
                label: said("[\(bin), \(bin + 1))"), rows: 900 + bin,
                defaultRate: 0.01 * Double(bin + 1), woe: woe, logOdds: -woe, points: (20 * woe).rounded())
        }
    }

    private static func regression(_ said: (String) -> String) -> RegressionRecord {
        let test = RegressionRecord.Test(statistic: 60, degreesOfFreedom: 1, pValue: 1e-6)
        return RegressionRecord(
            method: "maximumLikelihood", covariance: "clustered", intervals: "wald", confidence: 0.95,
            coefficients: [
                .init(
                    name: "(intercept)", value: -3, standardError: 0.1, z: -30, pValue: 0, lower: -3.2,
                    upper: -2.8, varianceInflation: nil),
                .init(
                    name: said("dbt_3m"), value: 0.8, standardError: 0.1, z: 8, pValue: 1e-6, lower: 0.6,
                    upper: 1, varianceInflation: 1.2),
                .init(
                    name: said("industry = Steel"), value: 0.2, standardError: nil, z: nil, pValue: nil,
                    lower: nil, upper: nil, varianceInflation: nil),
            ], tests: [.init(column: said("dbt_3m"), likelihoodRatio: test, score: test, wald: test)],
            fit: .init(
                observations: 4_000, degreesOfFreedom: 3, logLikelihood: -500, deviance: 1_000,
                nullDeviance: 1_200, aic: 1_006, bic: 1_024, againstNull: test),
            notes: [
                said(
                    "A ridge pulls the estimates towards zero: z, p-values, intervals and tests would mislead and "
                        + "are left out")
            ])
    }

    private static func effects(_ said: (String) -> String) -> [EffectRecord] {
        var records: [EffectRecord] = []
        for number in 1...3 {
            for step in 0..<6 {
                records.append(
                    EffectRecord(
                        feature: "feature_\(number)", kind: .interval, lower: Double(step),
                        upper: Double(step + 1), rows: 300, defaultRate: 0.02,
                        contribution: 0.1 * Double(number * (step - 3)), spread: 0.01))
            }
            records.append(
                EffectRecord(
                    feature: "feature_\(number)", kind: .missing, rows: 9, contribution: 0.2, spread: 0))
        }
        let feature = said("industry")
        for (industry, effect) in [("Steel", 0.3), ("Food", -0.2)] {
            records.append(
                EffectRecord(
                    feature: feature, kind: .level, level: said(industry), rows: 200, contribution: effect,
                    spread: 0))
        }
        return records
    }

    private static func test(_ said: (String) -> String) -> TestRecord {
        TestRecord(
            test: said("time homogeneity"), sample: "2020–2024", scope: "overall", statistic: 61.2,
            degreesOfFreedom: 54, pValue: 0.23, adjustedPValue: 0.46, power: 0.8, verdict: .pass,
            meaning: said("The years look alike."))
    }

    private static func validation(_ said: (String) -> String) -> ValidationRecord {
        let heldOut = said("held out")
        let performance = PerformanceRecord(
            auc: 0.84, aucStandardError: 0.012, ks: 0.52, gini: 0.68, logLoss: 0.1, brier: 0.03, rows: 4_000,
            defaults: 120)
        let gains = (1...10).map { part in
            RiskProfileRecord.GainsPart(
                rows: 400, defaults: 60 / Double(part), defaultRate: 0.15 / Double(part),
                lift: 5 / Double(part),
                cumulativeGain: 1 - pow(0.6, Double(part)), cumulativeLift: 2)
        }
        let reliability = (0..<8).map { bin in
            RiskProfileRecord.ReliabilityBin(
                rows: 500, defaults: 4 * Double(bin), meanPD: 0.001 * pow(2, Double(bin)),
                defaultRate: 0.0011 * pow(1.9, Double(bin)))
        }
        return ValidationRecord(
            model: "sample",
            samples: [
                .init(
                    name: heldOut, performance: performance,
                    grades: grades.dropLast().map { .init(grade: $0, rows: 400, meanPD: 0.01, defaults: 3) },
                    profile: RiskProfileRecord(gains: gains, reliability: reliability, calibrationTest: nil))
            ], crossValidation: CrossValidationRecord(folds: [performance, performance]),
            gates: [.init(gate: said("minimumAUC"), sample: heldOut, value: 0.84, limit: 0.75, passed: true)],
            diagnostics: [said("attributes depart from their WOE by 0.3 degrees of freedom")],
            tests: [
                test(said),
                TestRecord(
                    test: said("Jeffreys"), sample: heldOut, scope: "grade:B", pValue: 0.4,
                    adjustedPValue: 0.8, verdict: .pass, meaning: said("no sign that the PD is too low")),
                TestRecord(
                    test: "normal", sample: heldOut, scope: "grade:BB", verdict: .undefined,
                    meaning: "too few"),
                TestRecord(
                    test: "Jeffreys", sample: heldOut, scope: "grade:BB", pValue: 0.003,
                    adjustedPValue: 0.02, verdict: .fail, meaning: "More defaults than the PD of BB allows."),
            ],
            segments: [
                .init(
                    sample: heldOut, dimension: said("industry"), level: said("Steel"),
                    performance: performance,
                    meanPD: 0.02, defaultRate: 0.03)
            ],
            stability: [
                .init(
                    variable: "score", from: "training", to: heldOut, index: 0.031, critical: 0.05,
                    normalCritical: 0.0479, verdict: .pass,
                    bins: [.init(label: "1", expected: 0.5, actual: 0.55)]),
                .init(
                    variable: "dbt_3m", from: "training", to: heldOut, index: 0.012, critical: 0.05,
                    normalCritical: 0.0479, pointShift: -2.34, verdict: .pass,
                    bins: [.init(label: "1", expected: 0.5, actual: 0.55)]),
            ],
            roc: [
                .init(
                    sample: heldOut,
                    points: (0...50).map { .init(x: Double($0) / 50, y: pow(Double($0) / 50, 0.25)) })
            ])
    }

    private static func card(_ said: (String) -> String) -> ModelCardRecord {
        ModelCardRecord(
            name: said("trade-credit-2024"), kind: "scorecard",
            purpose: said("Limits and terms of trade credit."),
            data: .init(
                description: said("sample ledger"), rows: 12_000, defaults: 310, from: "2021-03-31",
                to: "2023-12-31", digest: String(repeating: "ef", count: 32)),
            defaultDefinition: said("90 days past due, material"), performanceWindow: said("12 months"),
            features: (1...14).map {
                .init(
                    name: "feature_\($0)", label: said("Feature \($0)"), unit: said("days"),
                    expectedSign: "+", sign: "+",
                    weight: 1 / Double($0), importance: 0.3 / Double($0))
            },
            performance: [], calibration: said("shift to the central tendency"),
            limits: [said("Not for banks.")],
            tests: [],
            versions: .init(engine: "0.1.0", recipeDigest: "12ab", seed: 7))
    }
}
