import Foundation
import Ledger
import Parallelism
import Results
import Review
import Scoring
import Store
import Tables
import Vocabulary

/// All that a review found: ratings and what they rest on, where grades are heading, how the model does, and what its
/// challengers say.
struct ReviewFindings {
    let review: PortfolioReview
    /// `nil` where they were not asked for.
    let migrations: ReviewMigrations?
    let evidence: ReviewEvidence
    /// What the monitoring of the model found.
    let monitored: ModelMonitoring
    /// `nil` without challengers.
    let shadow: ShadowSummaryRecord?
    /// Kinds of records that have stopped coming before the date.
    let silences: [Silence]

    /// Looks at what ratings say of the model and its challengers.
    init(
        _ review: PortfolioReview, _ migrations: ReviewMigrations?, of job: ReviewJob, model digest: String,
        in reading: ReviewReading
    ) throws {
        let (options, files, workers) = (job.options, job.files, job.shared.workers)
        let model = files.basis.model
        let previous = try job.command.previous.map { try RunFolder(file($0)) }
        self.review = review
        self.migrations = migrations
        silences = reading.silences
        evidence = try ReviewEvidence(
            of: review, by: model, on: options.asOf, previous: previous,
            significance: files.monitoring.significance, workers: workers)
        let monitoring = try ReviewMonitoring(
            of: review, by: files, digest: digest, evidence: evidence, options: options,
            in: reading.ledger, previous: previous, earlier: reading.earlier, store: job.place.store,
            workers: workers)
        monitored = monitoring.monitoring
        let challengers = job.challengers.challengers
        shadow =
            challengers.isEmpty
            ? nil
            : ShadowSummaryRecord(
                review.shadow, of: challengers, champion: model.name, asOf: "\(options.asOf)",
                earlier: monitoring.shadows, cohorts: monitoring.cohorts)
    }
}

// MARK: The run folder

extension ReviewFindings {
    /// The files of the run folder, with what came along.
    ///
    /// - Parameter report: What the check of the ledger found.
    func files(of job: ReviewJob, report: CheckReport) throws -> [RunFile] {
        var files = review.files(report: report, silences) + evidence.files
        files.append(RunFile(monitored.record, role: "monitoring"))
        if let alerts = try alerts(of: job) {
            files.append(RunFile(alerts, role: "alerts", named: AlertRecord.fileName))
        }
        if let shadow {
            files.append(RunFile(review.shadow, role: "shadow"))
            files.append(RunFile(shadow, role: "shadow"))
        }
        if let study = migrations?.study { files += study.files }
        if let carried = try job.events.data() {
            files.append(RunFile(carried, role: "events", named: KnownEvents.fileName))
        }
        if !job.decisions.isEmpty { files.append(RunFile(job.decisions, role: "decisions")) }
        return files
    }

    /// The rows of `alerts.csv`: the alerts of early warning that came along, and what the monitoring of the model
    /// found; `nil` without either.
    private func alerts(of job: ReviewJob) throws -> Data? {
        let list = job.command.watchList.map { file($0) }
        let named = try list.flatMap {
            $0.lastPathComponent == AlertRecord.fileName ? try Data(contentsOf: $0) : nil
        }
        let own = (named == nil ? job.warnings : []) + monitored.alerts
        guard let named else {
            // A store without any says that nothing is unusual.
            return own.isEmpty && job.place.store == nil ? nil : AlertRecord.encoded(own)
        }
        let header = AlertRecord.encoded([AlertRecord]()).count
        return named + AlertRecord.encoded(own).dropFirst(header)
    }
}

extension PortfolioReview {
    /// The files that say what the review found.
    fileprivate func files(report: CheckReport, _ silences: [Silence]) -> [RunFile] {
        let reasons = Dictionary(grouping: refused, by: \.reason).sorted { $0.key < $1.key }
        let quality = DataQualityRecord(
            checks: report.entries.map { entry in
                .init(
                    kind: entry.check.rawValue, severity: entry.severity.rawValue, count: entry.count,
                    file: entry.file, firstLine: entry.lines.first, repaired: entry.severity == .repair)
            } + silences.map(\.check), missing: missing, statementAges: statementAges,
            refused: reasons.map { .init(what: "obligor", count: $0.value.count, reason: $0.key) })
        return [
            RunFile(ratings, role: "ratings"), RunFile(path, role: "rating path"),
            RunFile(portfolio.encoded(), role: "portfolio", named: Portfolio.fileName),
            RunFile(history, role: "history"), RunFile(attribution, role: "attribution"),
            RunFile(requests, role: "refresh requests"),
            RunFile(rows: facts.rowCount, role: "facts", named: FactFile.name) { [facts] in
                FactFile.data(facts, rows: $0)
            },
            RunFile(quality, role: "data quality"),
        ]
    }
}

extension MigrationStudy {
    /// The files that say where grades are heading.
    fileprivate var files: [RunFile] {
        [RunFile(matrixRecord, role: "migration matrix")]
            + (migrations.isEmpty ? [] : [RunFile(migrations, role: "migrations")])
            + (corrections.map {
                [RunFile($0.queue, role: "corrections"), RunFile($0.summary, role: "corrections")]
            } ?? [])
    }
}
