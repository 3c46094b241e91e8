import Foundation
import Results
import TestSupport
import Testing

@Suite("Rows of a run folder come back as they went in, or say where they do not")
struct DelimitedRecordTests {
    private func folder(
        in temporary: TemporaryFolder, _ write: (RunFolderWriter) throws -> Void
    ) throws -> RunFolder {
        let writer = try RunFolderWriter(temporary.file("run"), replacing: true)
        try write(writer)
        return try writer.finish(.sample)
    }

    @Test func everyKindOfRowRoundTrips() throws {
        let temporary = try TemporaryFolder()
        let rating = RatingRecord(
            id: "a,\"b\"\r\nc", score: 612.5, logOdds: -0.1, pd: 1.0 / 3, grade: "BBB", reasons: ["x", "y"])
        let history = HistoryRecord(id: "1", asOf: "2024-03-31", pd: .leastNonzeroMagnitude, exposure: -0.0)
        let part = AttributionRecord(
            id: "1", from: "2024-03-31", to: "2024-06-30", component: .calibration, logOdds: 0.1 + 0.2)
        let step = RatingStepRecord(
            id: "1", step: 2, stage: .rule, rule: "judgment", fromGrade: "A", toGrade: "BB", effect: .cap,
            reason: "judgment unpaid, \"again\"")
        let migration = MigrationRecord(
            id: "1", asOf: "2024-03-31", grade: "BB", horizonMonths: 12,
            probabilities: (1...10).map { Double($0) / 55 }, withdrawn: 0)
        let correction = CorrectionRecord(
            id: "1", asOf: "2024-03-31", givenGrade: "A", supportedGrade: "BB", probabilityOfChange: 0.4,
            direction: .down, expectedValue: -12.5, reason1: "given A, the evidence says BB (2 notches)",
            reason2: "pays 23 days late", features: ["", "dbt_3m"], rank: 1)
        let translation = TranslationRecord(
            language: "zh-Hans", text: "tax arrears", translation: "欠缴税款, \"x\"")
        let effects = [
            EffectRecord(
                feature: "dbt", kind: .interval, lower: -0.5, upper: 1e300, rows: 12, defaultRate: 0.25,
                woe: -0.1, contribution: 0.3, spread: 0, accumulated: 0.1, partialDependence: -0.2),
            EffectRecord(feature: "sector", kind: .level, level: "a,b", rows: 1, contribution: 0, spread: 0),
            EffectRecord(feature: "sector", kind: .missing, rows: 3, contribution: -1, spread: 0.5),
        ]
        let importance = ImportanceRecord(
            feature: "dbt", lossRise: 0.01, lower: -0.002, upper: 0.022, meanSize: 0.4, gain: 1.0 / 3)
        let interaction = InteractionRecord(first: "dbt", second: "sector", meanSize: 0.05)
        let reason = ReasonRecord(
            id: "1", rank: 1, group: "payment delay", logOdds: 0.7, points: -20.25,
            text: "pays 23 days late, worsening (9 days before)", features: ["dbt_3m", "dbt_12m"])
        let ageing = AgeingRecord(id: "1", asOf: "2024-03-31", amounts: [1, 0.1 + 0.2, 0, 7e9, 0, 3])
        let run = try folder(in: temporary) { writer in
            try writer.write(effects)
            try writer.write([importance])
            try writer.write([interaction])
            try writer.write([reason])
            try writer.write([ageing])
            try writer.write([rating])
            try writer.write([history])
            try writer.write([part])
            try writer.write([step])
            try writer.write([migration])
            try writer.write([correction])
            try writer.write([translation])
        }
        #expect(try run.ratings() == [rating])
        #expect(try run.history() == [history])
        #expect(try run.attribution() == [part])
        #expect(try run.effects() == effects)
        #expect(try run.importance() == [importance])
        #expect(try run.interactions() == [interaction])
        #expect(try run.ratingPath() == [step])
        #expect(try run.migrations() == [migration])
        #expect(try run.corrections() == [correction])
        #expect(try run.translations() == [translation])
        #expect(try run.reasons() == [reason])
        #expect(try run.ageing() == [ageing])
        #expect(try run.portfolio() == nil)
    }

    @Test func theShiftsSinceDevelopmentRoundTrip() throws {
        let temporary = try TemporaryFolder()
        let history = StabilityHistoryRecord(
            model: "m",
            entries: [
                .init(
                    variable: "score", from: "training", to: "2024-03-31", index: 0.07, critical: nil,
                    verdict: .pass, bins: [.init(label: "all", expected: 1, actual: 1)])
            ])
        let run = try folder(in: temporary) { try $0.write(history) }
        #expect(try run.stabilityHistory() == history)
    }

    @Test(arguments: ["=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
    func aSpreadsheetSeesNoFormula(text: String) {
        let record = HistoryRecord(id: text, asOf: "2024-03-31", pd: -0.5)
        let written = String(
            decoding: HistoryRecord.encoded([record], isForSpreadsheets: true), as: UTF8.self)
        let plain = String(decoding: HistoryRecord.encoded([record]), as: UTF8.self)
        // Figures stay figures, below zero too.
        #expect(written.contains("'\(text)") && written.contains(",-0.5,"))
        #expect(!plain.contains("'\(text)"))
    }

    @Test(arguments: [[], ["industry"], ["industry", "a,b", ""]])
    func portfolioKeepsItsTags(tags: [String]) throws {
        let temporary = try TemporaryFolder()
        let obligors = [
            PortfolioRecord(
                id: "1", name: "O'Neil \"& Sons\", Ltd", asOf: "2024-06-30", grade: "BBB", previousGrade: "A",
                pd: 0.01, currency: "EUR", exposure: 12.25, overdue: 0, limit: 20, available: 7.75,
                termsDays: 30,
                security: "guarantee", conditions: [.blocked, .documents], movement: .down,
                tags: tags.map { "\($0)\n" }),
            PortfolioRecord(
                id: "2", asOf: "2024-06-30", grade: nil, currency: "EUR", exposure: 0, overdue: 0,
                movement: .withdrawn, tags: tags.map { _ in "" }),
        ]
        let portfolio = Portfolio(tags: tags, obligors: obligors)
        #expect(try folder(in: temporary) { try $0.write(portfolio) }.portfolio() == portfolio)
    }

    @Test(arguments: [
        (
            "id,score,log_odds,pd,grade,reasons\n1,2,x,0.5,A,\n",
            "row 2, column 'log_odds': 'x' is not a number"
        ),
        ("id,score,log_odds,pd,grade,reasons\n1,2,nan,0.5,A,\n", "row 2, column 'log_odds': 'nan'"),
        ("id,score,log_odds,pd,grade,reasons\n1,,1,0.5,A,\n", "row 2, column 'score': empty"),
        ("id,score,log_odds,pd,grade,reasons\n1,2\n", "row 2 has 2 fields instead of 6"),
        ("id,score,log_odds,pd,grade,reasons\n\"1\"x,2,1,0.5,A,\n", "row 2: text follows a closing quote"),
        ("id,score,log_odds,pd,grade,reasons\n\"1,2,1,0.5,A,\n", "row 2: a quote is not closed"),
        ("id,score\n", "the columns are not id, score, log_odds"),
        ("", "the columns are not id, score, log_odds"),
    ])
    func aFaultSaysWhere(text: String, fault: String) throws {
        let temporary = try TemporaryFolder()
        let run = try folder(in: temporary) { try $0.write(Data(text.utf8), named: RatingRecord.fileName) }
        let error = #expect(throws: ResultsError.self) { try run.ratings() }
        #expect(error?.description.contains(fault) == true, "\(String(describing: error))")
    }

    @Test func aWordOutsideItsSetIsRefused() throws {
        let temporary = try TemporaryFolder()
        let text = AttributionRecord.columns.joined(separator: ",") + "\n1,a,b,weather,,,0.5,\n"
        let run = try folder(in: temporary) {
            try $0.write(Data(text.utf8), named: AttributionRecord.fileName)
        }
        let error = #expect(throws: ResultsError.self) { try run.attribution() }
        #expect(error?.description.contains("'weather' is none of data, model") == true)
    }
}

@Suite("Documents of a run folder come back as they went in")
struct DocumentRecordTests {
    private let test = TestRecord(
        test: "Hosmer-Lemeshow", sample: "held out", scope: "overall", statistic: 12.5, degreesOfFreedom: 8,
        pValue: 0.13, verdict: .pass, meaning: "PDs came true.")

    @Test func everyKindRoundTrips() throws {
        let temporary = try TemporaryFolder()
        let card = ModelCardRecord(
            name: "HMEQ", kind: "scorecard", purpose: "limits",
            data: .init(description: "hmeq.csv", rows: 5960, defaults: 1189),
            features: [.init(name: "DEBTINC", expectedSign: "+", sign: "+", weight: 0.5)],
            performance: [.init(sample: "training", performance: .sample)], limits: ["mortgages only"],
            tests: [test], versions: .init(engine: "0.1.0", seed: .max))
        let matrix = MigrationMatrixRecord(
            horizonMonths: 12, states: ["A", "D"],
            matrices: [.init(method: "cohort", withdrawal: "censor", values: [[0.9, 0.1], [0, 1]])],
            termStructure: [
                .init(grade: "A", months: [12], cumulative: [0.1], marginal: [0.1], forward: [0.1])
            ],
            tests: [test], backtest: [],
            macro: .init(rho: 0.1, periods: [.init(from: "2023-01-01", to: "2023-12-31", z: -0.5)]),
            flow: .init(from: "2023-12-31", to: "2024-12-31", counts: [[9, 1], [0, 0]]))
        let summary = CorrectionSummaryRecord(
            biases: [
                .init(
                    dimension: "analyst", level: "N. N.", cases: 12, notches: 0.8, lower: 0.2, upper: 1.4,
                    flagged: true)
            ], hitRate: .init(suggested: 10, changed: 4, baseRate: 0.05, liftByDecile: [8, 2]))
        let quality = DataQualityRecord(
            checks: [
                .init(
                    kind: "orphanPayment", severity: "error", count: 2, file: "payments.csv", firstLine: 7,
                    repaired: false)
            ], missing: [.init(column: "turnover", share: 0.25)],
            statementAges: [.init(obligors: 3)], refused: [])
        let writer = try RunFolderWriter(temporary.file("run"), replacing: false)
        try writer.write(card)
        try writer.write(matrix)
        try writer.write(summary)
        try writer.write(quality)
        let run = try writer.finish(.sample)
        #expect(try run.modelCard() == card)
        #expect(try run.migrationMatrix() == matrix)
        #expect(try run.correctionSummary() == summary)
        #expect(try run.dataQuality() == quality)
        #expect(try run.training() == nil)
    }

    @Test func aValidationOfTheFirstVersionIsStillRead() throws {
        let temporary = try TemporaryFolder()
        let writer = try RunFolderWriter(temporary.file("run"), replacing: false)
        try writer.write(
            Data(#"{"formatVersion": 1, "model": "m", "samples": [], "diagnostics": []}"#.utf8),
            named: ValidationRecord.fileName)
        let validation = try #require(try writer.finish(.sample).validation())
        #expect(validation.formatVersion == 1)
        #expect(validation.tests == nil)
    }
}
