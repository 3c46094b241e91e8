import Foundation
import Ledger
import Logging
import Parallelism
import Results
import Review
import Scoring
import Store
import Vocabulary

/// The periodic review: from a ledger to a run folder, once, whatever happens on the way.
struct ReviewJob {
    let command: ReviewCommand
    let place: LedgerPlace
    /// What the model is called where it is no file of its own: that of a store's champion.
    let championName: String?
    let options: ReviewOptions
    let files: BasisFiles
    /// Models that run in the shadow of the one that decides.
    let challengers: ChallengerFiles
    /// Alerts of the store that are open on the date.
    let warnings: [AlertRecord]
    let events: KnownEvents
    /// What people decided by the date, as the store keeps it.
    let decisions: [DecisionRecord]
    let job: Job
    let invocation: Invocation

    var shared: SharedOptions { command.shared }
    /// Whether a person is told what came of it.
    var tells: Bool { !shared.quiet && !command.results.json }

    /// Does the review.
    ///
    /// - Parameter lock: The portfolio's lock.
    func perform(to out: String, holding lock: any PortfolioLock) throws -> MetricsFile {
        let destination = file(out)
        for name in StagedPaths.removeAbandoned(beside: destination) {
            job.log.notice("removed what a job that is gone left half-written", metadata: ["name": "\(name)"])
        }
        let progress = shared.progress(invocation)
        progress.begin("reading \(command.ledger)")
        let inputs = try ReviewInputs(of: self)
        let journalFolder = destination.deletingLastPathComponent()
            .appending(path: ".\(destination.lastPathComponent).journal")
        if let done = try finished(inputs, at: destination) {
            progress.end()
            try place.store?.remember(destination, ofReview: inputs.fingerprint)
            try? FileManager.default.removeItem(at: journalFolder)
            return try tellAlreadyDone(done, at: out, progress)
        }
        let writer = try RunFolderWriter(destination, replacing: command.run.replace)
        let reading = try ReviewReading(for: self)
        job.log.info(
            "ledger read",
            metadata: [
                "obligors": "\(reading.ledger.obligorCount)",
                "invoices": "\(reading.ledger.count(of: .invoices))",
                "set_aside": "\(reading.records.setAside.count)",
            ])
        for silence in reading.silences { silence.tell(job.log) }
        let journal = try journal(of: inputs, in: journalFolder)
        progress.begin("rating")
        let (review, migrations) = try rate(reading, journal, holding: lock, progress)
        progress.begin("writing \(out)")
        let findings = try ReviewFindings(review, migrations, of: self, model: inputs.model, in: reading)
        let run = try write(findings, of: inputs, reading, journal, to: writer, holding: lock)
        try place.store?.remember(destination, ofReview: inputs.fingerprint)
        journal.close()
        progress.end()
        return try tell(findings, in: run, at: out, progress)
    }

    /// The run folder, if it has this review and the store, where there is one, has all of it.
    private func finished(_ inputs: ReviewInputs, at destination: URL) throws -> RunFolder? {
        guard let done = try? RunFolder(destination), done.record.digest == inputs.fingerprint,
            try place.store.map({ try $0.run(inputs.fingerprint)?.finished != nil }) ?? true
        else { return nil }
        return done
    }

    /// Where batches are kept until the review is done: with those that a review has left that stopped.
    private func journal(of inputs: ReviewInputs, in folder: URL) throws -> any ReviewJournal {
        let journal: any ReviewJournal =
            if let store = place.store {
                try StoreJournal(
                    RunPlan(
                        digest: inputs.fingerprint, job: SQLiteStore.reviewJob, asOf: options.asOf,
                        model: inputs.model, author: NSUserName()), in: store)
            } else {
                try FolderJournal(folder, digest: inputs.fingerprint)
            }
        let kept = try journal.batchCount()
        if kept > 0 {
            job.log.notice("going on with a review that stopped", metadata: ["batches": "\(kept)"])
        }
        return journal
    }

    /// Rates the portfolio, and looks where grades are heading if that is asked for.
    private func rate(
        _ reading: ReviewReading, _ journal: any ReviewJournal, holding lock: any PortfolioLock,
        _ progress: Progress
    ) throws -> (PortfolioReview, ReviewMigrations?) {
        var options = options
        options.setAside = reading.records.setAside
        let review = try PortfolioReview(
            of: reading.ledger, by: files.basis, options, since: reading.earlier, log: events.log,
            challengers: challengers.challengers, journal: journal, workers: shared.workers
        ) { done, total in
            progress.update(done: done, of: total)
            try lock.renew()
            job.log.info("rated", metadata: ["done": "\(done)", "of": "\(total)"])
        }
        guard !command.noMigrations else { return (review, nil) }
        let migrations = try ReviewMigrations(
            reading.ledger, grades: review.portfolio, method: command.method.model,
            learnerLimit: command.learners.limit, options: options, workers: shared.workers,
            progress: progress)
        return (review, migrations)
    }

    /// Writes the run folder, which appears as a whole, and what the store keeps of it.
    private func write(
        _ findings: ReviewFindings, of inputs: ReviewInputs, _ reading: ReviewReading,
        _ journal: any ReviewJournal, to writer: RunFolderWriter, holding lock: any PortfolioLock
    ) throws -> RunFolder {
        let review = findings.review
        let parts = try findings.files(of: self, report: reading.records.checked.report)
        try reading.ledger.requireRead()
        try lock.renew()
        var contents = RunContents(writer)
        // A run that could not be written counts nowhere; whoever finds its folder finds the store complete as well.
        _ = try shared.workers.both {
            try contents.add(parts, workers: shared.workers)
            try contents.copy(files)
        } beside: {
            try journal.keepRatings(of: review, currency: reading.ledger.baseCurrency)
        }
        _ = try place.store?.raise(findings.monitored.storedAlerts)
        try journal.complete(review)
        return try writer.finish(
            RunRecord(
                command: "review", arguments: invocation.arguments, engineVersion: EngineVersion.current,
                startedAt: invocation.startedAt, finishedAt: Date(), seed: nil,
                threads: shared.workers.threads, rows: review.ratings.count, model: files.basis.model.name,
                digest: inputs.fingerprint, asOf: "\(options.asOf)", inputs: inputs.files,
                outputs: contents.records))
    }
}
