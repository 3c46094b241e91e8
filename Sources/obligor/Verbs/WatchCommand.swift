import ArgumentParser
import Foundation
import Ledger
import Parallelism
import Results
import Review
import Vocabulary

/// `obligor watch`: early warning from how obligors pay, order, dispute and use their limits.
struct WatchCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Watch obligors for early signs of trouble, against what is usual for each.",
        discussion: """
            Monitors of every obligor (payment delay, unpaid invoices, level and volatility of orders, disputes, \
            utilisation) are held against the obligor's own history and the season of its industry. The parameter is \
            the rate of false alarms per obligor and year, of all monitors together; thresholds are calibrated from it \
            on the history before the first day. Alerts open, may become more severe, and close when all is as usual \
            again.

              obligor watch ledger --as-of 2024-12-31
              obligor watch ledger --from 2024-01-01 --to 2024-12-31 --format ndjson
              obligor watch ledger --from 2023-01-01 --to 2023-12-31 --backtest
              obligor watch ledger --from 2024-01-01 --to 2024-06-30 --state watch.state
              obligor watch ledger --records - --state watch.state --webhook wecom < records.ndjson

            Records are JSON objects, one a line: {"record": "payments", "payment": "P7", "obligor": "A", "paid": \
            "2024-07-01", "amount": 90}, with the columns of datasets/DICTIONARY.md; {"day": "2024-07-01"} says that \
            all records known by that day have come, and has it watched. The same record twice changes nothing. With \
            '-' for the ledger all records come that way, on standard input.

            A line that cannot be used, or a record that the ledger does not take, is refused with its number and the \
            reason, and all others are taken; the status is 3 then. A state file carries monitors, records and untold \
            alerts from run to run, whenever a run ends; one run at a time has it. There, alerts of obligors that are \
            set aside in a store wait until they are not any more. Webhooks go to OBLIGOR_WEBHOOK_URL, with \
            OBLIGOR_WEBHOOK_TOKEN (bearer, generic) or OBLIGOR_DINGTALK_SECRET (signature) if set.
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
