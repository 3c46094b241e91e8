import ArgumentParser
import Foundation
import Grading
import Ledger
import Logging
import Results
import Review
import Store
import Tables
import Vocabulary

/// `obligor review`: the whole portfolio of a ledger, graded on a date, or single obligors for events in between.
struct ReviewCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract:
            "Grade the whole portfolio of a ledger on a date, or single obligors for events in between.",
        discussion: """
            Computes what was known of every obligor on the date, rates it by the model, calibrated, adapts the rating \
            to industry and region, lets rules, stale inputs, events that nobody has decided on and experts act on the \
            grade, and sets limit, terms and the next review by the policy. Grades given by hand in the ledger are \
            decisions of experts for --hand-grades months. Obligors in default by the definition have grade D.

            Writes a run folder that 'obligor report' draws: portfolio.csv, ratings.csv, rating-path.csv, history.csv, \
            attribution.csv (why each rating changed since the review before), refresh-requests.csv (inputs that are \
            stale, missing or soon will be, by the policy), migrations.csv, migration-matrix.json and corrections.csv \
            as 'obligor migrate' does, data-quality.json, facts.csv (what each rating rests on), and the model with \
            its validation, rules and policy.

              obligor review ledger --model runs/model --as-of 2024-09-30 --policy models/policies/trade_credit.yaml \
            --rules models/policies/bureau_rules.yaml --event-policy models/policies/events.yaml --out runs/2024-q3
              obligor review ledger --as-of 2024-12-31 --previous runs/2024-q3 --due by-grade --out runs/2024-q4

            With --report, the pages are drawn in the same command. With --previous, the review goes on from an \
            earlier one: whoever is not due keeps its rating, whoever is due is looked at on the new date alone, and \
            what is not named is taken from there. Due are obligors whose last review is --due ago, who are new, on \
            the watch list, had an event, or whose inputs have become stale.

            Where the ledger is a store, the review is kept in it too: batches, ratings with their path, and the run \
            in the audit trail; without --model the champion of its registry rates. Decisions kept by 'obligor decide' \
            act as those of experts, and whoever has an open alert is due. Records are taken as the import has checked \
            and packed them, some obligors at a time, so that memory does not grow with invoices; for an event only \
            those of the obligors that it is about are read.

            Challengers rate the same obligors on the same facts, and change nothing: shadow.csv and shadow.json say \
            where they would differ. monitoring.json holds the model against its development (PSI of the score, CSI of \
            every input) and against what became of obligors rated a year ago or more (AUC, defaults against PDs); \
            beyond the thresholds of --monitoring and beyond chance it is an alert, in alerts.csv, the log, the \
            metrics and the store.

            A folder is read and checked as a whole every time, unless --ledger-cache names a folder of its own for \
            the checked records: whoever comes again, for a review or an event, takes them from there as from a store, \
            as long as every file of the ledger has the SHA-256 that it had. Of other files, of another engine or \
            damaged, the cache is made anew.

            The same review again changes nothing and says so; one that was killed goes on from the journal beside \
            its output. Obligors whose records cannot be used are set aside, up to --max-refused.

              obligor review ledger --previous runs/2024-q4 --event events.ndjson

            With --event, reads events as lines of JSON: obligor, kind, occurred, known, amount, counterparty. Each \
            obligor is rated anew as the event policy says, with an interim cap until a person has given it a grade by \
            hand; old and new grade, limit, terms and the reason are printed as lines of JSON, and kept in an event \
            log beside the review before, which the next review reads. The same event again changes nothing, and is \
            answered as the first time with the status 'repeated': one of the same obligor, kind and day of \
            occurrence, with the same counterparty or none in both. A line that is no event, and an event of an \
            obligor that the ledger does not have or that is set aside, is refused with its reason, all others are \
            taken, and the status is 3. A stream has the portfolio while it deals with the events that are there; \
            other jobs run in between, and what they change is read before the next event. Of a store, events go on \
            from the last review after the one named; of a folder, from the one named, which may be a link that each \
            review moves.

              obligor review portfolio.db --previous runs/2024-q4 --event store

            Events are taken from the store itself: those of its ledger that became known after the last review and \
            that no event log has, up to tomorrow, in the order in which they became known. Statements \
            (statement_arrived) and bureau reports (bureau_report) that became known since, and alerts of 'watch' of \
            any severity that were opened since and are open, not acknowledged and not dismissed (early_warning, once \
            an obligor and day), are events of that day too, where by the event policy anything follows from the kind. \
            All else is as for a file (one called store is './store'); without any, it is said and nothing is changed. \
            Answers of a run that was killed, or whose reader was gone, are not printed again: they stand in the event \
            log.

            With --json, a review prints one JSON object in place of the summary, its keys in alphabetical order: \
            status (done, already-done or dry-run), asOf, folder, report, digest, model, rated, setAside and \
            setAsideReasons, currency, exposure and expectedLoss, grades (AAA to D, each with obligors, exposure and \
            expectedLoss), movements, reviewed (why obligors were looked at, or not due), refreshRequests by input, \
            silentDays (without new records by kind, where they never paused for so long in two years), and monitoring \
            (warn and alarm). A dry run has status, asOf, reviewed, refreshRequests, silentDays and setAside.
            """)

    @Argument(
        help: ArgumentHelp("The ledger folder, or the store that holds the ledger.", valueName: "ledger"))
    var ledger: String

    @OptionGroup var named: BasisOptions

    @Option(
        help: ArgumentHelp(
            "A model that rates the same obligors in the shadow and changes nothing: a run or a model file; may be "
                + "repeated. (default: the challengers of a store)",
            valueName: "run"))
    var challenger: [String] = []

    @Option(help: ArgumentHelp("The date of the review, today at the latest.", valueName: "day"))
    var asOf: String?

    @Option(help: ArgumentHelp("Quarters to look back.", valueName: "n"))
    var quarters = 4

    @Option(
        help: ArgumentHelp(
            "What counts as default: trade-credit, eba, or a YAML file.", valueName: "definition"))
    var defaultDefinition = "trade-credit"

    @Option(
        help: ArgumentHelp(
            "Loss given default, a fraction, for the expected loss where no policy says it.",
            valueName: "share"))
    var lossGivenDefault = 0.45

    @Option(
        help: ArgumentHelp(
            "Months for which a grade given by hand in the ledger overrules the model; 0 for never.",
            valueName: "months"))
    var handGrades = 6

    @Option(help: ArgumentHelp("The run folder of the review before, to go on from.", valueName: "folder"))
    var previous: String?

    @Option(help: "Who is due since the review before: all, quarter, half-year or by-grade.")
    var due: Due = .all

    @Option(
        help: ArgumentHelp(
            "Obligors that are always due: CSV with a column id or obligor; an alerts.csv of 'obligor watch' comes "
                + "along for the report.",
            valueName: "file"))
    var watchList: String?

    @Option(
        help: ArgumentHelp(
            "Keep what was read and checked of a ledger folder in this folder, and read no files again that have the "
                + "same content.",
            valueName: "folder"))
    var ledgerCache: String?

    @Option(
        help: ArgumentHelp(
            "The largest share of obligors that may be set aside because their records cannot be used.",
            valueName: "share"))
    var maxRefused = 0.01

    @Flag(help: "Leave out migrations, their matrix and corrections.")
    var noMigrations = false

    @Option(
        help: ArgumentHelp(
            "The model of the predictions, as in 'obligor migrate'. (default: \(Self.standardMethod.rawValue))",
            valueName: "model"))
    var predictBy: MigrateCommand.Method?

    @OptionGroup var learners: LearnerOptions

    @Flag(help: "Say what would be looked at, and write nothing.")
    var dryRun = false

    @Option(
        help: ArgumentHelp(
            "Rate for the events of this file, '-' for standard input, 'store' for what is new in the store.",
            valueName: "file"))
    var event: String?

    @Option(
        help: ArgumentHelp(
            "What events led to since the review before. (default: its name with .events.ndjson)",
            valueName: "file"))
    var eventLog: String?

    @Option(help: "How outcomes of events are printed.")
    var eventFormat: EventFormat = .ndjson

    @Option(
        help: ArgumentHelp("Obligors that the journal keeps at a time.", valueName: "n", visibility: .hidden))
    var batch = 1024

    @Option(help: ArgumentHelp("The run folder to write.", valueName: "folder"))
    var out: String?

    @Option(
        help: ArgumentHelp(
            "Draw the report of the review too, into this folder, as 'obligor report' does.",
            valueName: "folder"))
    var report: String?

    @OptionGroup var pages: ReportOptions
    @OptionGroup var run: RunFolderOptions
    @OptionGroup var results: ResultOptions
    @OptionGroup var job: JobOptions
    @OptionGroup var shared: SharedOptions

    /// Who is due, by the names of the command line.
    enum Due: String, CaseIterable, ExpressibleByArgument {
        case all, quarter
        case halfYear = "half-year"
        case byGrade = "by-grade"

        var rule: DueRule {
            switch self {
            case .all: .all
            case .quarter: .quarter
            case .halfYear: .halfYear
            case .byGrade: .byGrade
            }
        }
    }

    private static let standardMethod = MigrateCommand.Method.blend

    /// The model of the predictions.
    var method: MigrateCommand.Method { predictBy ?? Self.standardMethod }

    /// What `--event` calls the events of the store's ledger.
    static let eventsOfStore = "store"

    /// How outcomes of events are printed.
    enum EventFormat: String, CaseIterable, ExpressibleByArgument {
        case ndjson, csv
    }

    func validate() throws {
        guard (1...40).contains(quarters) else {
            throw ValidationError("'--quarters \(quarters)': give a number from 1 to 40.")
        }
        for (name, share) in [("loss-given-default", lossGivenDefault), ("max-refused", maxRefused)] {
            guard (0...1).contains(share) else {
                throw ValidationError("'--\(name) \(share)': give a fraction from 0 to 1.")
            }
        }
        guard (0...120).contains(handGrades) else {
            throw ValidationError("'--hand-grades \(handGrades)': give months from 0 to 120.")
        }
        for (name, isGiven) in [("predict-by", predictBy != nil), ("learners", learners.learners != nil)] {
            guard !noMigrations || !isGiven else {
                throw ValidationError(
                    "'--\(name)' is of migrations, which --no-migrations leaves out: give one of the two.")
            }
        }
        guard due == .all || previous != nil else {
            throw ValidationError("'--due \(due.rawValue)' counts from the review before: give --previous.")
        }
        if event != nil {
            guard previous != nil, out == nil, report == nil, asOf == nil, !dryRun else {
                throw ValidationError(
                    "--event changes the ratings of a review: give --previous, and none of --as-of, --out, --report "
                        + "and --dry-run."
                )
            }
            guard !results.json else {
                throw ValidationError(
                    "'--json': what events lead to is printed as lines of JSON: leave it out; see --event-format."
                )
            }
        } else {
            guard asOf != nil else { throw ValidationError("Give --as-of, the date of the review.") }
            guard out != nil || dryRun else {
                throw ValidationError("Give --out, the run folder to write, or --dry-run.")
            }
        }
    }

    /// Where the checked records of a folder are kept; `nil` for nowhere.
    func cache(_ log: Logger) -> LedgerCache? {
        ledgerCache.map { LedgerCache(url: file($0), isReadOnly: dryRun, log: log) }
    }

    /// Where outcomes of events since the review before are kept; `nil` without one.
    var eventLogPath: String? {
        eventLog ?? previous.map { ($0.hasSuffix("/") ? String($0.dropLast()) : $0) + ".events.ndjson" }
    }

    /// The event logs that there are: the one named, or those by the name of the review before and by what that is a
    /// link to.
    var eventLogs: [URL] {
        let named = eventLogPath.map { [file($0)] } ?? []
        let linked =
            eventLog == nil
            ? previous.map { file("\(file($0).resolvingSymlinksInPath().path).events.ndjson") } : nil
        var logs: [URL] = []
        for url in (named + [linked].compactMap(\.self))
        where FileManager.default.fileExists(atPath: url.path) {
            let path = url.standardizedFileURL.resolvingSymlinksInPath().path
            if !logs.contains(where: { $0.standardizedFileURL.resolvingSymlinksInPath().path == path }) {
                logs.append(url)
            }
        }
        return logs
    }

    /// The command with the last review that a portfolio had in place of the one named, if it followed that.
    ///
    /// A store remembers which reviews there were. A folder does not, so that events go on from the review named.
    func followingLastReview(of place: LedgerPlace) throws -> ReviewCommand {
        guard let store = place.store, let previous,
            let last = try store.reviewFolder(following: RunFolder(file(previous)))
        else { return self }
        var command = self
        command.previous = last.url.path
        return command
    }

    func perform(_ invocation: Invocation) throws {
        let task = Job("review", job, invocation)
        try task.run {
            let read =
                [ledger] + named.files + challenger + [previous, watchList, eventLog].compactMap(\.self)
            if let out { try OutputFile.refuse(out, replacing: read) }
            if let report {
                try OutputFile.refuse(report, of: "--report", replacing: read + [out].compactMap(\.self))
            }
            for other in [out, report].compactMap(\.self) {
                guard let ledgerCache, let both = Self.sharedFolder(ledgerCache, other) else { continue }
                throw CommandFailure.usage(
                    "'--ledger-cache \(ledgerCache)': \(both) is written as well: give a folder of its own")
            }
            if let event {
                return try EventJob(command: self, job: task, invocation: invocation).perform(event)
            }
            try refuseDayToCome(invocation)
            if let previous { _ = try RunFolder(file(previous)) }
            let (place, lock) = try opened(task)
            defer { lock?.release() }
            if let store = place.store { try requireSamePortfolio(in: store) }
            let setting = try setting(of: place)
            defer { withExtendedLifetime(setting) {} }
            var options = setting.options
            // Whoever has an open alert is looked at.
            let warnings = try place.store?.unanswered(asOf: options.asOf) ?? []
            options.watchList.formUnion(warnings.map(\.obligor))
            let events = try KnownEvents(
                previous: previous, logged: eventLogs.flatMap { try EventLogFile.read($0) },
                store: place.store)
            if lock != nil { try place.store?.keep(events.unstored, of: "review") }
            let decisions = try place.store?.decisions().filter { $0.decided <= options.asOf } ?? []
            let review = try ReviewJob(
                command: self, place: place, championName: setting.champion?.name, options: options,
                files: setting.files,
                challengers: ChallengerFiles(named: challenger, of: place.store), warnings: warnings,
                events: events, decisions: decisions.map(DecisionRecord.init), job: task,
                invocation: invocation)
            guard let out, let lock else { return try review.outline() }
            return try review.perform(to: out, holding: lock)
        }
    }

    /// Refuses a day that is still to come, of which nobody can know what a review asks; a dry run looks ahead.
    private func refuseDayToCome(_ invocation: Invocation) throws {
        guard !dryRun, let asOf, invocation.isToCome(try CalendarDay(option: "--as-of", asOf)) else { return }
        throw CommandFailure.usage(
            "'--as-of \(asOf)': this day is still to come (today is \(invocation.today)): give one up to today, or "
                + "--dry-run to see who will be due"
        )
    }

    /// Refuses to go on from a review of another portfolio than a store's, before the store takes any of its events.
    func requireSamePortfolio(in store: SQLiteStore) throws {
        guard let previous else { return }
        try requireSamePortfolio(EarlierRows(RunFolder(file(previous))), where: store.hasObligor)
    }

    /// Refuses to go on from a review of another portfolio.
    ///
    /// - Parameter isThere: Whether an obligor is in the ledger.
    func requireSamePortfolio(_ earlier: some LastReview, where isThere: (ObligorID) throws -> Bool) throws {
        guard let previous, try !earlier.isOfPortfolio(where: isThere) else { return }
        throw CommandFailure.badData(
            "\(previous): none of its obligors is in \(ledger): give a review of this portfolio")
    }

    /// What ratings of a portfolio are made by, and how, as it is now.
    func setting(of place: LedgerPlace) throws -> ReviewSetting {
        if ledgerCache != nil, place.store != nil {
            throw CommandFailure.usage(
                "'--ledger-cache': a store keeps its checked records itself: leave it out")
        }
        // Who approves a model of a store says what the next review rates by.
        let champion = try named.model == nil ? place.store.flatMap(RegisteredFiles.champion) : nil
        var named = named
        named.model = named.model ?? champion?.model.path
        var files = try BasisFiles(named, beside: previous)
        if let store = place.store { try files.basis.experts.add(decisionsOf: store) }
        var options = ReviewOptions(
            asOf: try asOf.map { try CalendarDay(option: "--as-of", $0) } ?? .never,
            quarters: quarters, definition: try DefaultDefinition.named(defaultDefinition),
            lossGivenDefault: lossGivenDefault)
        options.handGradeMonths = handGrades
        options.due = due.rule
        options.maximumRefused = maxRefused
        options.batchSize = max(1, batch)
        if let watchList { options.watchList = try WatchList.read(watchList) }
        return ReviewSetting(champion: champion, files: files, options: options)
    }

    /// The second path if either lies in the other.
    private static func sharedFolder(_ one: String, _ other: String) -> String? {
        let parts = [one, other].map { file($0).standardizedFileURL.pathComponents }
        return parts[0].starts(with: parts[1]) || parts[1].starts(with: parts[0]) ? other : nil
    }

    /// The ledger and the portfolio's lock, taken before anything is read, so that nothing that another job changes
    /// meanwhile is mixed with what was before; no lock for a dry run.
    private func opened(_ task: Job) throws -> (place: LedgerPlace, lock: (any PortfolioLock)?) {
        if dryRun { return (try LedgerPlace(ledger), nil) }
        let (place, lock, abandoned) = try LedgerPlace.locked(ledger, for: "review", waiting: job.wait)
        if let abandoned { task.log.notice("found the lock of a job that is gone: \(abandoned)") }
        return (place, lock)
    }
}

/// What ratings of a portfolio are made by, and how.
struct ReviewSetting {
    /// The model of a store that decides, as files for as long as they are used; `nil` where one is named.
    let champion: RegisteredFiles?
    let files: BasisFiles
    let options: ReviewOptions
}

/// Obligors that are looked at in every review.
enum WatchList {
    /// The obligors of a file with a column id or obligor.
    static func read(_ path: String) throws -> Set<String> {
        let names = try CSVStream(.file(path), CSVOptions()).schema.names
        guard let name = ["id", "obligor"].first(where: names.contains) else {
            throw CommandFailure.badData("\(path): no column 'id' or 'obligor'")
        }
        var options = CSVOptions()
        options.columns = [name]
        options.schema = try Schema([ColumnSchema(name: name, type: .text)])
        let column = try CSVReader(options).read(path).column(named: name)
        return Set((0..<column.count).compactMap { column.text(at: $0) })
    }
}

extension ExpertOverrides {
    /// Adds what people decided by 'obligor decide'; of decisions of one day the store's count.
    fileprivate mutating func add(decisionsOf store: SQLiteStore) throws {
        let kept = try store.overrides(maximumNotches: maximumNotches)
        self = ExpertOverrides(entries: entries + kept.entries, maximumNotches: maximumNotches)
    }
}
