import Foundation
import Ledger
import Logging
import Parallelism
import Results
import Review
import Scoring
import Store
import Vocabulary

/// Whether the model that decides still does what it was approved for, as a part of a review.
struct ReviewMonitoring {
    /// What was found.
    let monitoring: ModelMonitoring
    /// Earlier ratings by the model whose outcomes are complete.
    let cohorts: [MaturedCohort]
    /// What challengers made of obligors in earlier reviews that the store keeps.
    let shadows: [CalendarDay: [ShadowRecord]]

    /// - Parameters:
    ///   - digest: SHA-256 of the model's file.
    ///   - ledger: The ledger, which knows who defaulted.
    ///   - previous: The review before.
    ///   - earlier: The same, as far as it was gone on from.
    ///   - store: The store that keeps earlier reviews.
    init(
        of review: PortfolioReview, by files: BasisFiles, digest: String, evidence: ReviewEvidence,
        options: ReviewOptions, in ledger: TradeLedger, previous: RunFolder?, earlier: EarlierReview?,
        store: SQLiteStore?,
        workers: Workers
    ) throws {
        let policy = files.monitoring
        let since = try Self.since(digest, previous, options)
        // Months end on different days; which dates have matured is told exactly below.
        let last = options.asOf.adding(months: -policy.windowMonths).adding(days: 3)
        var ratings = RatingsByDate(review.history, through: last)
        if let earlier { ratings.complete(with: earlier.ratingsByDate(through: last)) }
        ratings = ratings.since(since)
        var shadows: [CalendarDay: [ShadowRecord]] = [:]
        for run in try store?.runs() ?? []
        where run.plan.job == SQLiteStore.reviewJob && run.plan.model == digest && run.finished != nil
            && run.plan.asOf.adding(months: policy.windowMonths) <= options.asOf
        {
            guard let kept = try store?.ratings(of: run.plan.digest) else { continue }
            ratings.take(kept.ratings)
            if !kept.remainder.isEmpty {
                shadows[run.plan.asOf] = try ShadowRecord.decoded(
                    kept.remainder, path: "run \(run.plan.digest.prefix(12)), \(ShadowRecord.fileName)")
            }
        }
        self.shadows = shadows
        cohorts = ratings.matured(
            in: ledger, by: options.definition, asOf: options.asOf, months: policy.windowMonths,
            known: { review.spells(of: $0) }, workers: workers)
        monitoring = ModelMonitoring(
            of: files.basis.model, digest: digest, on: options.asOf, since: since,
            stability: evidence.report, obligors: evidence.ratedCount,
            cohorts: cohorts, developmentAUC: files.source.development.auc, by: policy)
    }

    /// The first date whose ratings are by the model: a review from nothing rates all its dates, one that goes on only
    /// its own, beside those that the review before says were the model's.
    private static func since(
        _ digest: String, _ previous: RunFolder?, _ options: ReviewOptions
    ) throws -> CalendarDay {
        guard let previous else { return options.earlier.first ?? options.asOf }
        guard let before = try previous.monitoring(), before.sha256 == digest,
            let day = CalendarDay(iso8601: before.since)
        else { return options.asOf }
        return day
    }
}

extension MonitoringRecord {
    /// Says in the log what deserves a look.
    func tell(_ log: Logger) {
        for entry in entries where entry.verdict == .warn || entry.verdict == .alarm {
            log.warning(
                "the model deserves a look",
                metadata: [
                    "measure": "\(entry.measure.rawValue)", "variable": "\(entry.variable ?? "")",
                    "cohort": "\(entry.cohort)", "verdict": "\(entry.verdict.rawValue)",
                    "reason": "\(entry.meaning)",
                ])
        }
    }
}

extension MetricsFile {
    /// How the model does.
    mutating func add(_ record: MonitoringRecord?) {
        guard let record else { return }
        gauge(
            "obligor_model_monitoring", "Measures of the model by verdict.",
            MonitoringRecord.Measure.allCases.flatMap { measure in
                MonitoringRecord.Verdict.allCases.map { verdict in
                    (
                        [("measure", measure.rawValue), ("verdict", verdict.rawValue)],
                        Double(record.entries.count { $0.measure == measure && $0.verdict == verdict })
                    )
                }
            })
        func latest(_ measure: MonitoringRecord.Measure, _ name: String, _ help: String) {
            guard let value = record.entries.last(where: { $0.measure == measure })?.value else { return }
            gauge(name, help, value)
        }
        latest(.psi, "obligor_model_score_psi", "Stability index of the score against development.")
        latest(.auc, "obligor_model_auc", "AUC on the latest matured cohort.")
        latest(
            .calibration, "obligor_model_calibration_ratio",
            "Defaults over defaults forecast on the latest matured cohort.")
    }

    /// How challengers compare with the champion.
    mutating func add(_ record: ShadowSummaryRecord?) {
        guard let record else { return }
        gauge(
            "obligor_challenger_agreement", "Share of obligors with the champion's grade, by challenger.",
            record.challengers.filter { $0.obligors > 0 }.map {
                ([("challenger", $0.name)], Double($0.sameGrade) / Double($0.obligors))
            })
    }
}

extension Summary {
    /// What deserves a look in the model; nothing where nothing does.
    mutating func monitoring(_ record: MonitoringRecord) {
        let found = record.entries.filter { $0.verdict == .warn || $0.verdict == .alarm }
        guard !found.isEmpty else { return }
        heading("The model deserves a look")
        var grid = TextGrid([.left("measure"), .left("verdict"), .left("what it means")])
        for entry in found {
            grid.rows.append([
                [entry.measure.rawValue, entry.variable].compactMap(\.self).joined(separator: " "),
                entry.verdict.rawValue, entry.meaning,
            ])
        }
        table(grid)
    }

    /// How challengers compare with the champion.
    mutating func shadow(_ record: ShadowSummaryRecord) {
        heading("Challengers beside \(record.champion)")
        var grid = TextGrid([
            .left("challenger"), .right("obligors"), .right("same grade"), .right("better"), .right("worse"),
            .right("PSI"),
        ])
        for one in record.challengers {
            grid.rows.append([
                one.name, Figures.count(one.obligors), Figures.count(one.sameGrade),
                Figures.count(one.better), Figures.count(one.worse),
                one.psi.map { "\(($0 * 1000).rounded() / 1000)" } ?? "–",
            ])
        }
        table(grid)
    }
}
