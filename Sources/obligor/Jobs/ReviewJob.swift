import Foundation
import Grading
import Ledger
import Logging
import Parallelism
import Reporting
import Results
import Review
import Scoring
import Store
import Tables
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

    private var shared: SharedOptions { command.shared }
    /// Whether a person is told what came of it.
    private var tells: Bool { !shared.quiet && !command.results.json }

    /// Reads the ledger and, beside it, the review before.
    private func read() throws -> (ledger: FaultyRecords, earlier: EarlierReview?) {
        let (previous, asOf, workers) = (command.previous, options.asOf, shared.workers)
        let mayKeep = options.due != .all
        let (ledger, earlier) = try workers.both {
            try place.read(cache: command.cache(job.log), workers: workers)
        } beside: {
            try previous.map { path in
                try EarlierReview(
                    RunFolder(file(path)), basis: BasisFiles(BasisOptions.none(), beside: path).basis,
                    mayKeep: mayKeep)
            }
        }
        if let earlier, earlier.day >= asOf {
            throw CommandFailure.usage(
                "'--as-of \(asOf)': the review before is of \(earlier.day): give a later day")
        }
        return (ledger, earlier)
    }

    /// What a review would look at.
    func outline() throws -> MetricsFile {
        let (ledger, earlier) = try read()
        let outlook = try ReviewOutlook(
            of: ledger.checked.ledger.adding(events.log), by: files.basis, options, since: earlier,
            log: events.log,
            workers: shared.workers)
        try ledger.checked.ledger.requireRead()
        if command.results.json {
            let result = ReviewResult(of: outlook, setAside: ledger.setAside.count, on: options.asOf)
            try invocation.console.write(JSONText.of(result))
        }
        guard tells else { return MetricsFile() }
        var summary = Summary(for: invocation.console)
        summary.heading("A review on \(options.asOf) would look at")
        summary.reasons(outlook.reasons)
        summary.requests(outlook.requests)
        if !ledger.setAside.isEmpty {
            summary.line("and set aside \(Figures.count(ledger.setAside.count)) obligors")
        }
        summary.line("Nothing was written.")
        try summary.print(on: invocation.console)
        return MetricsFile()
    }

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
        let inputs = try filesRead()
        let digest = fingerprint(of: inputs)
        let journalFolder = destination.deletingLastPathComponent()
            .appending(path: ".\(destination.lastPathComponent).journal")
        if let done = try? RunFolder(destination), done.record.digest == digest,
            try place.store.map({ try $0.run(digest)?.finished != nil }) ?? true
        {
            progress.end()
            try place.store?.remember(destination, ofReview: digest)
            try? FileManager.default.removeItem(at: journalFolder)
            job.log.info("already done", metadata: ["run": "\(out)", "digest": "\(digest)"])
            if tells {
                try invocation.console.print("\(out) is this review already: nothing was changed.")
            }
            try draw(done, progress)
            try printJSON(of: done, .alreadyDone)
            return try figures(of: done)
        }
        let writer = try RunFolderWriter(destination, replacing: command.run.replace)
        let (read, earlier) = try read()
        var options = options
        options.setAside = read.setAside
        let ledger = read.checked.ledger.adding(events.log)
        job.log.info(
            "ledger read",
            metadata: [
                "obligors": "\(ledger.obligorCount)", "invoices": "\(ledger.count(of: .invoices))",
                "set_aside": "\(read.setAside.count)",
            ])
        let journal: any ReviewJournal =
            if let store = place.store {
                try StoreJournal(
                    RunPlan(
                        digest: digest, job: SQLiteStore.reviewJob, asOf: options.asOf,
                        model: inputs[0].sha256,
                        author: NSUserName()), in: store)
            } else {
                try FolderJournal(journalFolder, digest: digest)
            }
        let kept = try journal.batchCount()
        if kept > 0 {
            job.log.notice("going on with a review that stopped", metadata: ["batches": "\(kept)"])
        }
        progress.begin("rating")
        let review = try PortfolioReview(
            of: ledger, by: files.basis, options, since: earlier, log: events.log,
            challengers: challengers.challengers, journal: journal,
            workers: shared.workers
        ) { done, total in
            progress.update(done: done, of: total)
            try lock.renew()
            job.log.info("rated", metadata: ["done": "\(done)", "of": "\(total)"])
        }
        let migrations =
            command.noMigrations
            ? nil
            : try ReviewMigrations(
                ledger, grades: review.portfolio, method: command.predictBy.model,
                learnerLimit: command.learners.limit, options: options,
                workers: shared.workers,
                progress: progress)
        progress.begin("writing \(out)")
        let previous = try command.previous.map { try RunFolder(file($0)) }
        let evidence = try ReviewEvidence(
            of: review, by: files.basis.model, on: options.asOf, previous: previous,
            significance: files.monitoring.significance, workers: shared.workers)
        let monitoring = try ReviewMonitoring(
            of: review, by: files, digest: inputs[0].sha256, evidence: evidence, options: options,
            in: ledger, previous: previous, earlier: earlier, store: place.store, workers: shared.workers)
        let monitored = monitoring.monitoring
        let shadow =
            challengers.challengers.isEmpty
            ? nil
            : ShadowSummaryRecord(
                review.shadow, of: challengers.challengers, champion: files.basis.model.name,
                asOf: "\(options.asOf)", earlier: monitoring.shadows, cohorts: monitoring.cohorts)
        var parts = review.files(report: read.checked.report) + evidence.files
        parts.append(RunFile(monitored.record, role: "monitoring"))
        if let alerts = try alerts(of: monitored) {
            parts.append(RunFile(alerts, role: "alerts", named: AlertRecord.fileName))
        }
        if let shadow {
            parts.append(RunFile(review.shadow, role: "shadow"))
            parts.append(RunFile(shadow, role: "shadow"))
        }
        if let study = migrations?.study { parts += study.files }
        if let carried = try events.data() {
            parts.append(RunFile(carried, role: "events", named: KnownEvents.fileName))
        }
        if !decisions.isEmpty { parts.append(RunFile(decisions, role: "decisions")) }
        try ledger.requireRead()
        try lock.renew()
        var contents = RunContents(writer)
        // A run that could not be written counts nowhere; whoever finds its folder finds the store complete as well.
        _ = try shared.workers.both {
            try contents.add(parts, workers: shared.workers)
            try contents.copy(files)
        } beside: {
            try journal.keepRatings(of: review, currency: ledger.baseCurrency)
        }
        _ = try place.store?.raise(monitored.storedAlerts)
        try journal.complete(review)
        let run = try writer.finish(
            RunRecord(
                command: "review", arguments: invocation.arguments, engineVersion: EngineVersion.current,
                startedAt: invocation.startedAt, finishedAt: Date(), seed: nil,
                threads: shared.workers.threads, rows: review.ratings.count, model: files.basis.model.name,
                digest: digest, asOf: "\(options.asOf)", inputs: inputs, outputs: contents.records))
        try place.store?.remember(destination, ofReview: digest)
        journal.close()
        progress.end()
        try draw(run, progress)
        monitored.record.tell(job.log)
        job.log.info(
            "reviewed", metadata: review.logged(as: out, on: options.asOf, alarms: monitored.alerts.count))
        try summarise(review, migrations, monitored.record, shadow, out)
        try printJSON(of: run, .done)
        for (_, reason) in review.refused.prefix(20) {
            job.log.warning("an obligor was set aside", metadata: ["reason": "\(reason)"])
        }
        return try figures(of: run)
    }

    /// Draws the report, if one is asked for and not there already.
    private func draw(_ run: RunFolder, _ progress: Progress) throws {
        guard let folder = command.report else { return }
        let page = file(folder).appending(path: Report.pageName)
        // A review that was done before has its report, unless it was stopped in between.
        if !command.run.replace, FileManager.default.fileExists(atPath: page.path) {
            job.log.info("the report is there already", metadata: ["report": "\(folder)"])
            return
        }
        let before = try command.previous.map { try RunFolder(file($0)) }
        try command.pages.draw(
            run, comparedTo: before, to: file(folder), replacing: command.run.replace, progress)
        job.log.info("report written", metadata: ["report": "\(folder)"])
        if tells { try invocation.console.print("Report: \(page.relativePath)") }
    }

    /// Prints what the run folder says, if that is asked for.
    private func printJSON(of run: RunFolder, _ status: ReviewResult.Status) throws {
        guard command.results.json, let out = command.out else { return }
        try invocation.console.write(
            JSONText.of(ReviewResult(of: run, status, at: out, report: command.report)))
    }

    /// What is read, with digests.
    private func filesRead() throws -> [FileRecord] {
        let named =
            files.files.map { ("option", $0.url) }
            + [command.watchList].compactMap(\.self).map {
                ("watch list", file($0))
            }
        let model = files.source.file
        var records = [
            try championName.map { try FileRecord(role: "model", of: model, as: $0) }
                ?? FileRecord(role: "model", of: model)
        ]
        records += try named.map { try FileRecord(role: $0.0, of: $0.1) } + challengers.records
        if let previous = command.previous {
            for name in [
                Portfolio.fileName, FactFile.name, HistoryRecord.fileName, RatingStepRecord.fileName,
            ] {
                let url = file(previous).appending(path: name)
                guard FileManager.default.fileExists(atPath: url.path) else { continue }
                records.append(try FileRecord(role: "review before", of: url))
            }
        }
        records += try command.eventLogs.map { try FileRecord(role: Self.eventRole, of: $0) }
        return try records + place.records(workers: shared.workers)
    }

    /// The role of event logs, which grow after a review without changing what it comes to.
    private static let eventRole = "events"

    /// What the result depends on: portfolio, date, model, policy and how they are looked at.
    private func fingerprint(of inputs: [FileRecord]) -> String {
        var digest = ContentDigest()
        digest.add(EngineVersion.current)
        for input in inputs where input.role != Self.eventRole {
            digest.add(input.role)
            digest.add(input.sha256)
        }
        digest.add(files.basis.scale.yaml)
        for day in options.earlier + [options.asOf] { digest.add(Int64(day.daysSince1970)) }
        digest.add(options.definition)
        digest.add(options.lossGivenDefault)
        digest.add(Int64(options.handGradeMonths))
        digest.add(options.due.rawValue)
        digest.add(options.maximumRefused)
        digest.add(
            command.noMigrations
                ? "alone"
                : "with migrations by \(command.predictBy.rawValue) of \(command.learners.learners)")
        for one in files.basis.experts.entries {
            for text in [one.obligor.text, "\(one.decision)", one.author, one.reason] { digest.add(text) }
            for day in [one.decided, one.expires] { digest.add(Int64(day.daysSince1970)) }
            digest.add(one.maximumNotches.map(Double.init))
        }
        digest.add(Int64(files.basis.experts.maximumNotches))
        for obligor in options.watchList.sorted() { digest.add(obligor) }
        for alert in warnings { digest.add(alert.alert) }
        for event in events.log.events where event.known <= options.asOf {
            for text in [event.obligor, event.kind, "\(event.occurred)", event.counterparty] {
                digest.add(text)
            }
            digest.add(Int64(event.known.daysSince1970))
            digest.add(event.amount)
        }
        for decision in decisions { digest.add(decision.decision) }
        return digest.hexadecimal
    }

    /// The rows of `alerts.csv`: the alerts of early warning that came along, and what the monitoring of the model
    /// found; `nil` without either.
    private func alerts(of monitored: ModelMonitoring) throws -> Data? {
        let list = command.watchList.map { file($0) }
        let named = try list.flatMap {
            $0.lastPathComponent == AlertRecord.fileName ? try Data(contentsOf: $0) : nil
        }
        let own = (named == nil ? warnings : []) + monitored.alerts
        guard let named else {
            // A store without any says that nothing is unusual.
            return own.isEmpty && place.store == nil ? nil : AlertRecord.encoded(own)
        }
        let header = AlertRecord.encoded([AlertRecord]()).count
        return named + AlertRecord.encoded(own).dropFirst(header)
    }

    private func summarise(
        _ review: PortfolioReview, _ migrations: ReviewMigrations?, _ monitored: MonitoringRecord,
        _ shadow: ShadowSummaryRecord?, _ out: String
    ) throws {
        guard tells else { return }
        var summary = Summary(for: invocation.console)
        summary.review(review, day: "\(options.asOf)", out: out)
        summary.monitoring(monitored)
        if let shadow { summary.shadow(shadow) }
        summary.corrections(decisions)
        if let remark = migrations?.remark { summary.remark(remark) }
        try summary.print(on: invocation.console)
    }

    /// Figures of a finished review; none where nobody wants them.
    private func figures(of run: RunFolder) throws -> MetricsFile {
        var figures = MetricsFile()
        guard command.job.metrics != nil else { return figures }
        let obligors = (try run.portfolio()?.obligors ?? []).filter { $0.grade != nil }
        func byGrade(_ value: ([PortfolioRecord]) -> Double) -> [([(String, String)], Double)] {
            Grade.allCases.map { grade in
                ([("grade", grade.rawValue)], value(obligors.filter { $0.grade == grade.rawValue }))
            }
        }
        figures.gauge("obligor_portfolio_obligors", "Obligors by final grade.", byGrade { Double($0.count) })
        figures.gauge(
            "obligor_portfolio_exposure", "Open receivables by final grade, in the portfolio's currency.",
            byGrade { $0.reduce(0) { $0 + $1.exposure } })
        figures.gauge(
            "obligor_portfolio_expected_loss", "Expected loss by final grade, in the portfolio's currency.",
            byGrade { $0.reduce(0) { $0 + ($1.expectedLoss ?? 0) } })
        figures.gauge(
            "obligor_review_movements", "Obligors by what became of their grade.",
            PortfolioRecord.Movement.allCases.map { movement in
                ([("movement", movement.rawValue)], Double(obligors.count { $0.movement == movement }))
            })
        let requests = try run.refreshRequests() ?? []
        let inputs = InputClock.Input.allCases.map(\.rawValue)
        figures.gauge(
            "obligor_review_refresh_requests", "Inputs to bring up to date.",
            inputs.flatMap { input in
                RefreshRequestRecord.State.allCases.map { state in
                    (
                        [("input", input), ("state", state.rawValue)],
                        Double(requests.count { $0.input == input && $0.state == state })
                    )
                }
            })
        let refused = try run.dataQuality()?.refused.reduce(0) { $0 + $1.count } ?? 0
        figures.gauge("obligor_review_set_aside", "Obligors that were set aside.", Double(refused))
        figures.add(try run.monitoring())
        figures.add(try run.shadowSummary())
        return figures
    }
}

extension ContentDigest {
    /// Adds what counts as default, its sets in an order that no process changes.
    fileprivate mutating func add(_ definition: DefaultDefinition) {
        add(definition.name)
        add(Int64(definition.daysPastDue))
        add("\(definition.counting)")
        add(definition.absoluteMateriality)
        add(definition.relativeMateriality)
        add(Int64(definition.probationMonths))
        for kinds in [definition.events, definition.permanentEvents] {
            add(kinds.map(\.rawValue).sorted().joined(separator: ";"))
        }
        for (kind, months) in definition.probationAfter.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            add(kind.rawValue)
            add(Int64(months))
        }
    }
}

extension PortfolioReview {
    /// What a line of a log says of the review.
    fileprivate func logged(as run: String, on day: CalendarDay, alarms: Int) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "run": "\(run)", "as_of": "\(day)", "rated": "\(portfolio.obligors.count { $0.grade != nil })",
            "set_aside": "\(refused.count)", "refresh_requests": "\(requests.count)", "alarms": "\(alarms)",
        ]
        for movement in PortfolioRecord.Movement.allCases {
            metadata[movement.rawValue] = "\(portfolio.obligors.count { $0.movement == movement })"
        }
        return metadata
    }

    /// The files that say what the review found.
    fileprivate func files(report: CheckReport) -> [RunFile] {
        let reasons = Dictionary(grouping: refused, by: \.reason).sorted { $0.key < $1.key }
        let quality = DataQualityRecord(
            checks: report.entries.map { entry in
                .init(
                    kind: entry.check.rawValue, severity: entry.severity.rawValue, count: entry.count,
                    file: entry.file, firstLine: entry.lines.first, repaired: entry.severity == .repair)
            }, missing: missing, statementAges: statementAges,
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

extension RunContents {
    /// Brings along what ratings were made by, and what the model's own run says of it.
    fileprivate mutating func copy(_ files: BasisFiles) throws {
        let beside = files.source.file.deletingLastPathComponent()
        let names = [
            ValidationRecord.fileName, TrainingRecord.fileName, ModelCardRecord.fileName,
            EffectRecord.fileName, ImportanceRecord.fileName, InteractionRecord.fileName,
        ]
        let ofModel = names.map { ($0, beside.appending(path: $0)) }.filter {
            FileManager.default.fileExists(atPath: $0.1.path)
        }
        try add(
            Data(files.basis.scale.yaml.utf8), role: "master scale", named: MasterScaleFile.name)
        try addTranslations(of: files.basis.rules)
        for (name, url) in [(RunFolder.modelFileName, files.source.file)] + ofModel + files.files {
            do { try add(Data(contentsOf: url), role: "model", named: name) } catch let error as ResultsError
            {
                throw error
            } catch {
                throw ResultsError.notRead(path: url.relativePath, reason: error.localizedDescription)
            }
        }
    }
}

extension Summary {
    /// One page on what a review found.
    fileprivate mutating func review(_ review: PortfolioReview, day: String, out: String) {
        let obligors = review.portfolio.obligors
        heading("\(Figures.count(obligors.count { $0.grade != nil })) obligors on \(day), written to \(out)")
        var grid = TextGrid([.left("movement"), .right("obligors")])
        for movement in PortfolioRecord.Movement.allCases {
            grid.rows.append([movement.rawValue, Figures.count(obligors.count { $0.movement == movement })])
        }
        table(grid)
        grades(of: obligors)
        worse(among: obligors)
        reasons(review.reasons)
        requests(review.requests)
        if !review.refused.isEmpty {
            line("Set aside: \(Figures.count(review.refused.count)) obligors, see data-quality.json")
            let counts = Dictionary(grouping: review.refused, by: \.reason).mapValues(\.count)
            for (reason, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }).prefix(5) {
                line("  \(Figures.count(count)): \(reason)")
            }
        }
    }

    /// What is at stake by grade.
    private mutating func grades(of obligors: [PortfolioRecord]) {
        var grid = TextGrid([
            .left("grade"), .right("obligors"), .right("exposure"), .right("expected loss"),
        ])
        for grade in Grade.allCases {
            let own = obligors.filter { $0.grade == grade.rawValue }
            guard !own.isEmpty else { continue }
            let (exposure, loss) = own.reduce((0.0, 0.0)) {
                ($0.0 + $1.exposure, $0.1 + ($1.expectedLoss ?? 0))
            }
            grid.rows.append([
                grade.rawValue, Figures.count(own.count), Figures.fixed(exposure, decimals: 0),
                Figures.fixed(loss, decimals: 0),
            ])
        }
        table(grid)
    }

    /// The largest exposures among those that got worse.
    private mutating func worse(among obligors: [PortfolioRecord]) {
        let worse = obligors.filter { $0.movement == .down || $0.movement == .defaulted }
        guard !worse.isEmpty else { return }
        heading("The largest exposures that got worse")
        var grid = TextGrid([.left("obligor"), .left("from"), .left("to"), .right("exposure")])
        for one in worse.sorted(by: { ($1.exposure, $0.id) < ($0.exposure, $1.id) }).prefix(5) {
            grid.rows.append([
                one.id, one.previousGrade ?? "–", one.grade ?? "–", Figures.fixed(one.exposure, decimals: 0),
            ])
        }
        table(grid)
    }

    /// What people made of suggested corrections; nothing where they decided on none.
    fileprivate mutating func corrections(_ decisions: [DecisionRecord]) {
        // Of several on one suggestion the last counts.
        let own = Dictionary(
            decisions.filter { $0.subject == .correction }.map { ([$0.id, $0.about], $0) },
            uniquingKeysWith: { $1 }
        ).values
        guard !own.isEmpty else { return }
        let accepted = own.count { $0.verdict == DecisionRecord.accepted }
        line(
            "Corrections decided on: \(Figures.count(accepted)) accepted, "
                + "\(Figures.count(own.count - accepted)) dismissed, see decisions.csv")
    }

    /// Obligors by why they are looked at.
    fileprivate mutating func reasons(_ counts: [String: Int]) {
        var grid = TextGrid([.left("looked at because"), .right("obligors")])
        for (reason, count) in counts.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
            grid.rows.append([reason, Figures.count(count)])
        }
        table(grid)
    }

    /// Inputs to bring up to date.
    fileprivate mutating func requests(_ requests: [RefreshRequestRecord]) {
        guard !requests.isEmpty else { return }
        heading("Inputs to bring up to date")
        var grid = TextGrid([.left("input"), .right("stale"), .right("missing"), .right("expiring")])
        for (input, own) in Dictionary(grouping: requests, by: \.input).sorted(by: { $0.key < $1.key }) {
            func count(_ state: RefreshRequestRecord.State) -> String {
                Figures.count(own.count { $0.state == state })
            }
            grid.rows.append([input, count(.stale), count(.missing), count(.expiring)])
        }
        table(grid)
    }
}
