import Features
import Foundation
import Ledger
import Results
import Scoring
import Statistics
import Store
import StrictYAML
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Review

@Suite("Monitoring says what is beyond thresholds and beyond chance")
struct ModelMonitoringTests {
    private static let day = CalendarDay(daysSince1970: 19_722)

    /// Obligors of PDs that are right, or too low by a factor.
    private static func cohort(_ count: Int, factor: Double = 1, ranked: Bool = true) -> MaturedCohort {
        var random = SeededGenerator(seed: 3)
        var pds: [Double] = []
        var defaulted: [Bool] = []
        for _ in 0..<count {
            let pd = 0.01 + 0.3 * Double.random(in: 0..<1, using: &random)
            let truth = ranked ? pd : 0.16
            pds.append(pd)
            defaulted.append(Double.random(in: 0..<1, using: &random) < min(1, truth * factor))
        }
        return MaturedCohort(
            day: Self.day, obligors: pds.indices.map { ObligorID("\($0)") }, pds: pds, defaulted: defaulted)
    }

    private static func entries(
        _ cohort: MaturedCohort, reference: Double? = nil, _ policy: MonitoringPolicy = .standard
    ) throws -> [MonitoringRecord.Measure: MonitoringRecord.Entry] {
        let fixture = try ReviewFixture.shared.get()
        let record = ModelMonitoring(
            of: fixture.model, digest: "ab", on: day, since: day, stability: nil, obligors: 0,
            cohorts: [cohort], developmentAUC: reference, by: policy
        ).record
        return Dictionary(record.entries.map { ($0.measure, $0) }, uniquingKeysWith: { first, _ in first })
    }

    @Test func theFileIsTheDefault() throws {
        let file = Golden.checkout.appending(path: "models/policies/monitoring.yaml")
        #expect(try MonitoringPolicy(yaml: YAMLReader().read(file)) == .standard)
        let text = "monitoring: 1\nname: x\nmeasures:\n  psi: {warn: 0.2, alarm: 0.1}\n"
        #expect(throws: YAMLError.self) { try MonitoringPolicy(yaml: YAMLReader().read(text)) }
    }

    @Test func rightPDsAreNoReasonForALook() throws {
        let cohort = Self.cohort(4_000)
        let auc = try DeLongEstimate(risks: cohort.pds, defaulted: cohort.defaulted).auc
        let found = try Self.entries(cohort, reference: auc + 0.005)
        #expect(found[.auc]?.verdict == .ok && found[.auc]?.value == auc)
        let calibration = try #require(found[.calibration])
        let defaults = cohort.defaulted.count { $0 }
        #expect(calibration.verdict == .ok && calibration.defaults == defaults)
        expectClose(
            calibration.value ?? 0, Double(defaults) / cohort.pds.reduce(0, +), relative: 1e-12)
        let rate = try DefaultRate(defaults: defaults, of: 4_000).interval(.jeffreys, level: 0.95)
        let mean = cohort.pds.reduce(0, +) / 4_000
        expectClose(calibration.lower ?? 0, rate.lowerBound / mean, relative: 1e-12)
        expectClose(calibration.upper ?? 0, rate.upperBound / mean, relative: 1e-12)
    }

    @Test(arguments: [(1.35, MonitoringRecord.Verdict.warn), (1.9, .alarm), (0.5, .alarm)])
    func wrongPDsAre(factor: Double, verdict: MonitoringRecord.Verdict) throws {
        let found = try Self.entries(Self.cohort(4_000, factor: factor))
        #expect(found[.calibration]?.verdict == verdict)
        // Without the AUC of development nothing is said of ranking.
        #expect(found[.auc]?.verdict == .undefined)
    }

    @Test func aModelThatNoLongerRanksAlarms() throws {
        let found = try Self.entries(Self.cohort(4_000, ranked: false), reference: 0.7)
        #expect(found[.auc]?.verdict == .alarm && found[.auc]?.alarm == 0.7 - 0.06)
    }

    @Test func fewObligorsSayNothingAndChanceExplainsSmallSamples() throws {
        let few = try Self.entries(Self.cohort(60, factor: 2), reference: 0.9)
        #expect(few[.auc]?.verdict == .undefined && few[.calibration]?.verdict == .undefined)
        // A tenth below development, which 120 obligors do not tell from chance.
        let small = Self.cohort(120)
        let auc = try DeLongEstimate(risks: small.pds, defaulted: small.defaulted).auc
        #expect(try Self.entries(small, reference: auc + 0.04)[.auc]?.verdict == .ok)
        let oneClass = MaturedCohort(
            day: Self.day, obligors: (0..<500).map { ObligorID("\($0)") },
            pds: [Double](repeating: 0.001, count: 500),
            defaulted: [Bool](repeating: false, count: 500))
        let found = try Self.entries(oneClass, reference: 0.8)
        #expect(found[.auc]?.value == nil && found[.auc]?.verdict == .undefined)
        #expect(found[.calibration]?.verdict == .undefined)
        let empty = try Self.entries(
            MaturedCohort(day: Self.day, obligors: [], pds: [], defaulted: []), reference: 0.8)
        #expect(empty[.calibration]?.value == nil && empty[.calibration]?.verdict == .undefined)
    }

    @Test func populationsThatMovedRaiseAlerts() throws {
        let fixture = try ReviewFixture.shared.get()
        func monitoring(_ table: Table) throws -> ModelMonitoring {
            let report = try StabilityReport(
                of: fixture.model, on: table, logOdds: fixture.model.logOdds(of: table))
            return ModelMonitoring(
                of: fixture.model, digest: "abcdef", on: Self.day, since: Self.day, stability: report,
                obligors: table.rowCount, cohorts: [], developmentAUC: nil, by: .standard)
        }
        let same = try monitoring(fixture.panel)
        #expect(same.record.entries.count == 1 + fixture.model.scorer.columns.count)
        #expect(same.record.entries.allSatisfy { $0.verdict == .ok } && same.alerts.isEmpty)
        // The worst quarter of development's obligors are another population.
        let scores = try fixture.model.logOdds(of: fixture.panel)
        let worst = scores.indices.sorted { scores[$0] > scores[$1] }.prefix(scores.count / 4)
        let moved = try monitoring(fixture.panel.gathered(Array(worst)))
        let score = try #require(moved.record.entries.first)
        #expect(score.measure == .psi && score.verdict == .alarm && (score.upper ?? 1) < 0.25)
        #expect(moved.alerts.contains { $0.monitor == "model-psi" && $0.severity == .critical })
        #expect(moved.alerts.map(\.explanation) == moved.storedAlerts.map(\.text))
        let folder = try TemporaryFolder()
        let store = try SQLiteStore.create(folder.file("store.db"))
        #expect(try store.raise(moved.storedAlerts).count == moved.alerts.count)
        #expect(try store.raise(moved.storedAlerts).isEmpty)
        // Alerts of the model are no obligor's.
        #expect(try store.unanswered(asOf: Self.day).isEmpty)
        let few = try monitoring(fixture.panel.gathered(Array(worst.prefix(50))))
        #expect(few.record.entries.allSatisfy { $0.verdict == .undefined })
    }

    @Test func outcomesAreThoseOfTrainingTables() throws {
        let fixture = try ReviewFixture.shared.get()
        let date = try #require(CalendarDay(iso8601: "2022-12-31"))
        guard case .text(let ids)? = fixture.panel["obligor"]?.values,
            case .day(let days)? = fixture.panel["as_of"]?.values
        else {
            Issue.record("no keys in the panel")
            return
        }
        let rows = ids.indices.filter { days[$0] == date }
        let expected = rows.map { fixture.panel["defaulted"]?.text(at: $0) == "true" }
        // PDs that tell obligors apart.
        let history = rows.enumerated().map { number, row in
            HistoryRecord(
                id: ids[row] ?? "", asOf: "\(date)", grade: "BB", pd: Double(number + 1) / 10_000)
        }
        func matured(_ day: CalendarDay) -> [MaturedCohort] {
            RatingsByDate(history, through: date).matured(
                in: fixture.ledger, by: .tradeCredit, asOf: day, months: 12)
        }
        let cohort = try #require(matured(date.adding(months: 12)).first)
        let outcomes = Dictionary(
            zip(cohort.pds, cohort.defaulted).map { ($0, $1) }, uniquingKeysWith: { first, _ in first })
        #expect(cohort.pds.count == rows.count && expected.contains(true))
        for (number, defaulted) in expected.enumerated() {
            #expect(outcomes[Double(number + 1) / 10_000] == defaulted)
        }
        // A day earlier the window has not closed.
        #expect(matured(date.adding(months: 12).adding(days: -1)).isEmpty)
        #expect(
            RatingsByDate(history, through: date).since(date.adding(days: 1)).matured(
                in: fixture.ledger, by: .tradeCredit, asOf: date.adding(months: 12), months: 12
            ).isEmpty)
    }
}
