import Foundation
import Ledger
import Logging
import Parallelism
import Results
import Review
import Scoring
import Store
import Vocabulary

/// One run of a watch: reads, watches, keeps its state, and tells.
struct WatchRun {
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
        var lines = try LineReader(of: path)
        while let batch = lines.next() {
            for line in batch { try take(line) }
        }
    }

    private mutating func take(_ line: LineReader.Line) throws {
        let entry: RecordJournal.Entry
        do {
            entry = try state.journal.take(
                String(decoding: line.text, as: UTF8.self), number: line.number, watched: state.engine.lastDay
            )
        } catch {
            // Nothing but the line is wrong then.
            return refuse("\(error)", line: line.number)
        }
        if case .complete(let day) = entry { try watch(through: day) }
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
