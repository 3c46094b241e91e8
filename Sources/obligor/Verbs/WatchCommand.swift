import ArgumentParser
import Foundation
import Ledger
import Logging
import Parallelism
import Results
import Review
import Scoring
import Store
import Vocabulary

/// `obligor watch`: early warning from how obligors pay, order, dispute and use their limits.
struct WatchCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watch obligors for early signs of trouble, against what is usual for each.",
        discussion: """
            Monitors of every obligor (payment delay, unpaid invoices, level and volatility of orders, disputes, \
            utilisation) are held against the obligor's own history and the season of its industry. The parameter is \
            the rate of false alarms per obligor and year, of all monitors together; thresholds are calibrated from it on \
            the history before the first day. Alerts open, may become more severe, and close when all is as usual again.

              obligor watch ledger --as-of 2024-12-31
              obligor watch ledger --from 2024-01-01 --to 2024-12-31 --format ndjson
              obligor watch ledger --from 2023-01-01 --to 2023-12-31 --backtest
              obligor watch ledger --from 2024-01-01 --to 2024-06-30 --state watch.state
              obligor watch ledger --records - --state watch.state --webhook wecom < records.ndjson

            Records are JSON objects, one a line: {"record": "payments", "payment": "P7", "obligor": "A", "paid": \
            "2024-07-01", "amount": 90}, with the columns of datasets/DICTIONARY.md; {"day": "2024-07-01"} says that all \
            records known by that day have come, and has it watched. The same record twice changes nothing. With '-' for \
            the ledger all records come that way, on standard input.

            A line that cannot be used, or a record that the ledger does not take, is refused with its number and the \
            reason, and all others are taken; the status is 3 then. \
            A state file carries monitors, records and untold alerts from run to run, whenever a run ends; one run at a time \
            has it. There, alerts of obligors that are set aside in a store wait until they are not any more. Webhooks go to \
            OBLIGOR_WEBHOOK_URL, with OBLIGOR_WEBHOOK_TOKEN (bearer, generic) or OBLIGOR_DINGTALK_SECRET (signature) if set.
            """)

    @Argument(
        help: ArgumentHelp(
            "The ledger folder, the store that holds the ledger, or - for none.", valueName: "ledger"))
    var ledger: String

    @Option(help: ArgumentHelp("Show the alerts that are open at the end of this day.", valueName: "day"))
    var asOf: String?

    @Option(
        help: ArgumentHelp("The first day on which alerts open; before it monitors learn.", valueName: "day"))
    var from: String?

    @Option(help: ArgumentHelp("The last day to watch.", valueName: "day"))
    var to: String?

    @Option(
        help: ArgumentHelp("Records that are not in the ledger, as NDJSON: a file, or -.", valueName: "file"))
    var records: String?

    @Option(help: ArgumentHelp("The base currency where there is no ledger.", valueName: "code"))
    var currency: String?

    @Option(help: ArgumentHelp("The file that carries the watch from run to run.", valueName: "file"))
    var state: String?

    @Option(
        help: ArgumentHelp("False alarms per obligor and year, of all monitors together.", valueName: "rate"))
    var falseAlarmRate = 0.02

    @Option(
        help: ArgumentHelp(
            "What counts as default: trade-credit, eba, or a YAML file.", valueName: "definition"))
    var defaultDefinition = "trade-credit"

    @Option(help: ArgumentHelp("Seed of the calibration.", valueName: "n"))
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("How to print what happened: text, ndjson or csv.", valueName: "format"))
    var format = Format.text

    @Option(help: ArgumentHelp("Also send alerts: generic, wecom or dingtalk.", valueName: "form"))
    var webhook: Receiver?

    @Flag(help: "Print how good alarms were in the period, beside fixed thresholds at as many alarms.")
    var backtest = false

    @Option(
        help: ArgumentHelp(
            "Where the truth of a simulated ledger is, for --backtest. (default: the ledger's folder 'truth')",
            valueName: "folder"))
    var truth: String?

    @Option(help: ArgumentHelp("Also write a run folder with alerts.csv.", valueName: "folder"))
    var out: String?

    @OptionGroup var run: RunFolderOptions
    @OptionGroup var job: JobOptions
    @OptionGroup var results: ResultOptions
    @OptionGroup var shared: SharedOptions

    /// How events are printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, ndjson, csv
    }

    /// Who takes alerts.
    enum Receiver: String, CaseIterable, ExpressibleByArgument {
        case generic, wecom, dingtalk

        /// The form of its messages.
        var format: WebhookFormat {
            switch self {
            case .generic: .generic
            case .wecom: .wecom
            case .dingtalk: .dingtalk
            }
        }
    }

    func validate() throws {
        guard falseAlarmRate > 0, falseAlarmRate <= 10 else {
            throw ValidationError(
                "'--false-alarm-rate \(falseAlarmRate)': give a number above 0 and up to 10.")
        }
        if asOf != nil, from != nil || to != nil {
            throw ValidationError("'--as-of' with '--from' or '--to': give one or the other.")
        }
        if ledger == "-", records != nil {
            throw ValidationError(
                "'--records' with '-' for the ledger: records come on standard input already.")
        }
        if ledger == "-", currency == nil { throw ValidationError("'-': give the '--currency' of amounts.") }
        if ledger != "-", currency != nil {
            throw ValidationError("'--currency': the ledger names its own.")
        }
        if backtest, from == nil || to == nil || ledger == "-" || records != nil || state != nil {
            throw ValidationError(
                "'--backtest': give a ledger with '--from' and '--to', without records and state.")
        }
        if results.json, !backtest {
            throw ValidationError("'--json': goes with '--backtest'; see '--format'.")
        }
        if webhook != nil, backtest {
            throw ValidationError("'--webhook' with '--backtest': nothing is sent.")
        }
    }

    func perform(_ invocation: Invocation) throws {
        if let out { try OutputFile.refuse(out, replacing: [ledger, records, state].compactMap(\.self)) }
        if let from, let to,
            try CalendarDay(option: "--from", from) > CalendarDay(option: "--to", to)
        {
            throw CommandFailure.usage("'--from \(from)' is after '--to \(to)': give the earlier day first")
        }
        if backtest { return try perform(backtest: invocation) }
        let task = Job("watch", job, invocation)
        try task.run {
            var watch = try WatchRun(self, task.log, invocation)
            return try watch.run()
        }
    }

    /// The day from which alerts open, unless a state says so.
    func begins() throws -> CalendarDay {
        if let from { return try CalendarDay(option: "--from", from) }
        // A year of alerts is what may still be open.
        if let asOf { return try CalendarDay(option: "--as-of", asOf).adding(days: -365) }
        throw CommandFailure.usage("no '--from' and no '--as-of': say from when alerts may open")
    }

    /// The last day, if it was given.
    func last() throws -> CalendarDay? {
        if let to { return try CalendarDay(option: "--to", to) }
        return try asOf.map { try CalendarDay(option: "--as-of", $0) }
    }

    func options(_ begins: CalendarDay) throws -> WatchOptions {
        WatchOptions(
            begins: begins, falseAlarmRate: falseAlarmRate,
            definition: try DefaultDefinition.named(defaultDefinition), seed: seed)
    }

    private func perform(backtest invocation: Invocation) throws {
        let progress = shared.progress(invocation)
        guard let last = try last() else { throw CommandFailure.usage("no '--to'") }
        let options = try options(begins())
        progress.begin("reading \(ledger)")
        let read = try TradeLedger.read(
            from: LedgerPlace(ledger).complete(), scope: WatchEngine.scope, workers: shared.workers
        )
        .ledger
        if let end = read.span?.upperBound, last > end.adding(days: -365) {
            throw CommandFailure.usage(
                "'--to \(last)': the ledger ends on \(end), and what became of alarms is known after twelve months: "
                    + "give \(end.adding(days: -365)) or a day before")
        }
        let truth = try WatchTruth.find(truth, beside: ledger)
        progress.begin("watching")
        let test = try WatchBacktest(of: read, options, through: last, truth: truth, workers: shared.workers)
        progress.end()
        if results.json {
            try invocation.console.write(try JSONText.of(WatchBacktestRecord(test)))
        } else {
            try test.summarise(on: invocation.console)
        }
    }
}

/// One run of a watch: reads, watches, keeps its state, and tells.
private struct WatchRun {
    private let command: WatchCommand
    private let invocation: Invocation
    private let progress: Progress
    private let log: Logger
    private let store: SQLiteStore?
    private let sender: WebhookSender?
    private let stateFile: URL?
    /// That of the state file: what two runs write into it at once, one of them would lose.
    private let lock: FolderLock?
    private var state: WatchState
    private var events: [AlertEvent] = []
    private var refused: (count: Int, first: String)?
    /// Why alerts could not be sent the last time.
    private var undelivered: WatchError?

    init(_ command: WatchCommand, _ log: Logger, _ invocation: Invocation) throws {
        self.command = command
        self.invocation = invocation
        self.log = log
        progress = command.shared.progress(invocation)
        // What may be missing is looked for before anything is done.
        sender = try command.webhook.map { try WebhookSender($0.format) }
        store = command.ledger == "-" ? nil : try LedgerPlace(command.ledger).store
        stateFile = command.state.map(file)
        lock = try stateFile.map { try FolderLock(of: $0, for: "watch", waiting: command.job.wait) }
        if let other = lock?.abandoned { log.notice("found the lock of a job that is gone: \(other)") }
        let begins = Result { try command.begins() }
        let options = try command.options((try? begins.get()) ?? CalendarDay(daysSince1970: 0))
        if let stateFile, let kept = try WatchState.read(stateFile, continuing: options) {
            state = kept
        } else {
            state = WatchState(try WatchEngine(command.options(begins.get())))
        }
    }

    mutating func run() throws -> MetricsFile {
        defer { lock?.release() }
        if !state.withheld.isEmpty { try report([], settingAside: store?.leftOut()?.setAside ?? [:]) }
        try tell()
        if let records = command.records ?? (command.ledger == "-" ? "-" : nil) {
            do { try follow(records) } catch {
                // Whoever sent what was read may not send it again.
                try? keep()
                throw error
            }
        }
        // Records that came are kept, whatever is in the way of watching.
        try keep()
        if let last = try command.last() ?? state.journal.lastKnown ?? ledger().ledger.span?.upperBound {
            try watch(through: last)
        }
        try finish()
        // What came for days that were watched before is looked at now, while whoever sent it can still be told.
        if state.journal.hasRecordsOnTrial {
            _ = try ledger()
            try keep()
        }
        if let undelivered { throw undelivered }
        if let refused {
            let more = refused.count > 1 ? "; and \(refused.count - 1) more lines, see '--log text'" : ""
            throw CommandFailure.badData("\(refused.first)\(more); all other records were taken")
        }
        return figures()
    }

    /// Obligors with an open alert, but for those of which something is still to be told.
    private var alerted: [(obligor: String, monitors: [Monitor])] {
        let withheld = Set(state.withheld.map(\.obligor))
        return state.engine.alerted.filter { !withheld.contains($0.obligor) }
    }

    private func figures() -> MetricsFile {
        var figures = MetricsFile()
        figures.gauge(
            "obligor_watch_obligors", "Obligors that are watched.", Double(state.engine.obligorCount))
        figures.gauge(
            "obligor_watch_open", "Obligors with an open alert, by monitor.",
            Monitor.allCases.map { monitor in
                (
                    [("monitor", monitor.rawValue)],
                    Double(alerted.count { $0.monitors.contains(monitor) })
                )
            })
        figures.gauge(
            "obligor_watch_changes", "What happened to alerts in the last run.",
            AlertEvent.Change.allCases.map { change in
                ([("change", change.rawValue)], Double(events.count { $0.change == change }))
            })
        return figures
    }

    /// Takes records line by line, and watches the days that are said to be complete.
    private mutating func follow(_ path: String) throws {
        var number = 0
        var lines = try LineReader(path)
        while let line = try lines.next() {
            number += 1
            let entry: RecordJournal.Entry
            do {
                entry = try state.journal.take(line, number: number, watched: state.engine.lastDay)
            } catch {
                // Nothing but the line is wrong then.
                refuse("\(error)", line: number)
                continue
            }
            if case .complete(let day) = entry { try watch(through: day) }
        }
    }

    /// Notes that a line is not taken; all others are.
    private mutating func refuse(_ reason: String, line: Int?) {
        log.error(
            "a line was refused", metadata: ["line": "\(line.map { "\($0)" } ?? "")", "reason": "\(reason)"])
        let source = command.records ?? "-"
        let name = source == "-" ? "standard input" : source
        refused = ((refused?.count ?? 0) + 1, refused?.first ?? "\(name), \(reason)")
    }

    /// The ledger with the records that came, but for those that it does not take, and whoever is set aside in it.
    private mutating func ledger() throws -> (ledger: TradeLedger, setAside: [String: String]) {
        let base: (any LedgerSource)?
        if let store {
            // As it is now, so that a stream that is followed for long sees what was imported meanwhile.
            base = try store.ledger()
        } else {
            base = command.ledger == "-" ? nil : try LedgerPlace(command.ledger).ledger()
        }
        guard let currency = base?.baseCurrency ?? command.currency.flatMap(Currency.init(code:)) else {
            throw CommandFailure.usage(
                "'--currency \(command.currency ?? "")': give a code of ISO 4217, such as EUR")
        }
        let (ledger, bad) = try state.journal.ledger(
            beside: base, baseCurrency: currency, scope: WatchEngine.scope, workers: command.shared.workers)
        for one in bad { refuse("\(one)", line: one.line) }
        return (ledger, try (base as? any ReducedLedgerSource)?.leftOut()?.setAside ?? [:])
    }

    private mutating func watch(through day: CalendarDay) throws {
        if let last = state.engine.lastDay, day <= last { return }
        progress.begin("watching through \(day)")
        var engine = state.engine
        let (ledger, setAside) = try ledger()
        let found = try engine.watch(
            ledger, through: day, settingAside: Set(setAside.keys), workers: command.shared.workers
        ).events
        progress.end()
        if !setAside.isEmpty {
            log.warning("obligors are set aside", metadata: ["obligors": "\(setAside.count)"])
        }
        try report(found, settingAside: setAside, watchedBy: engine)
        log.info("watched", metadata: ["through": "\(day)", "changes": "\(found.count)"])
        try keep()
        try tell()
    }

    /// Takes up what happened to alerts, so that it is told: at once, or of obligors that are set aside as soon as they
    /// are not any more, since a payment that was left out looks like one that is missing.
    ///
    /// - Parameter engine: The engine that found it, where one went on.
    private mutating func report(
        _ found: [AlertEvent], settingAside setAside: [String: String], watchedBy engine: WatchEngine? = nil
    ) throws {
        let all = state.withheld + found
        let told = all.filter { setAside[$0.obligor] == nil }
        // Before the state says that the days are watched: again changes nothing.
        if let store { _ = try store.raise(told.map { try $0.stored() }) }
        if let engine { state.engine = engine }
        state.withheld = all.filter { setAside[$0.obligor] != nil }
        state.outbox += told.map(WatchState.Pending.init)
        events += told
    }

    private func keep() throws {
        if let stateFile { try state.write(to: stateFile) }
    }

    /// Prints and sends what has not been told.
    private mutating func tell() throws {
        guard !state.outbox.isEmpty else { return }
        for place in state.outbox.indices where !state.outbox[place].isPrinted {
            let event = state.outbox[place].event
            switch command.format {
            case .text where command.asOf == nil && !command.shared.quiet:
                try invocation.console.print(event.line)
            case .ndjson: try invocation.console.print(try event.json())
            case .text, .csv: break
            }
            state.outbox[place].isPrinted = true
        }
        guard let sender else {
            state.outbox = []
            return try keep()
        }
        try keep()
        let waiting = state.outbox.map(\.event)
        do {
            try sender.send(waiting) { sent in
                state.outbox.removeFirst(sent.count)
                try keep()
            }
            undelivered = nil
        } catch let error as WatchError {
            // Records that are still to come are watched all the same; the next attempt sends these first.
            log.error("alerts were not delivered", metadata: ["reason": "\(error)"])
            undelivered = error
        }
    }

    private func finish() throws {
        try keep()
        let alerts = AlertRecord.alerts(of: events)
        if command.format == .csv { try invocation.console.write(AlertRecord.encoded(alerts)) }
        if let out = command.out { try write(alerts, to: out) }
        guard command.format == .text, !command.shared.quiet else { return }
        let open = alerts.filter { $0.closed == nil }
        var summary = Summary(for: invocation.console)
        let last = state.engine.lastDay.map { " at the end of \($0)" } ?? ""
        summary.heading(
            "\(Figures.count(alerted.count)) of \(Figures.count(state.engine.obligorCount)) obligors "
                + "have an open alert\(last)")
        if command.asOf != nil {
            let order = AlertRecord.Severity.allCases
            let sorted = open.sorted { left, right in
                let (one, other) = (
                    order.firstIndex(of: left.severity) ?? 0, order.firstIndex(of: right.severity) ?? 0
                )
                return one == other ? left.alert < right.alert : one > other
            }
            for alert in sorted {
                summary.line(
                    "\(alert.severity.rawValue) \(alert.obligor), \(alert.monitor), \(alert.opened): "
                        + alert.explanation)
            }
        }
        if state.engine.calibration?.years.contains(where: { $0 == 0 }) ?? false {
            summary.remark("too little history to calibrate on: thresholds are those of exact models")
        }
        try summary.print(on: invocation.console)
    }

    private func write(_ alerts: [AlertRecord], to out: String) throws {
        let writer = try RunFolderWriter(file(out), replacing: command.run.replace)
        var contents = RunContents(writer)
        try contents.add(alerts, role: "alerts")
        _ = try writer.finish(
            RunRecord(
                command: "watch", arguments: invocation.arguments, engineVersion: EngineVersion.current,
                startedAt: invocation.startedAt, finishedAt: Date(), seed: command.seed,
                threads: command.shared.workers.threads, rows: alerts.count, model: nil,
                inputs: [], outputs: contents.records))
    }
}

extension AlertEvent {
    /// "2024-05-03 opened warning O000123, unpaid: 3 invoices …".
    fileprivate var line: String {
        "\(day) \(change.rawValue) \(severity.rawValue) \(obligor), \(monitor.rawValue): \(explanation)"
    }

    /// The event as a store keeps it.
    fileprivate func stored() throws -> StoredAlert {
        StoredAlert(
            key: id, obligor: ObligorID(obligor), day: day, kind: monitor.rawValue,
            severity: severity.rawValue, text: "\(change.rawValue): \(explanation)", details: try json())
    }

    fileprivate func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
}

/// Lines of a file or of standard input, as they come.
private struct LineReader {
    private let handle: FileHandle
    /// What was read and is still to be handed out, from `start` on.
    private var rest: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private static let longest = 1 << 21

    init(_ path: String) throws {
        if path == "-" {
            handle = .standardInput
            return
        }
        do { handle = try FileHandle(forReadingFrom: file(path)) } catch {
            throw CommandFailure(status: .failed, description: "\(path): cannot be read")
        }
    }

    mutating func next() throws -> String? {
        while true {
            if let end = rest[start...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return String(decoding: rest[start..<end], as: UTF8.self)
            }
            if isAtEnd {
                guard start < rest.endIndex else { return nil }
                defer { start = rest.endIndex }
                return String(decoding: rest[start...], as: UTF8.self)
            }
            rest = Array(rest[start...])
            start = 0
            guard rest.count <= Self.longest else {
                throw CommandFailure.badData("a line of the records is too long")
            }
            // What is there now, so that a stream is followed line by line.
            let more = handle.availableData
            if more.isEmpty { isAtEnd = true }
            rest += more
        }
    }
}
