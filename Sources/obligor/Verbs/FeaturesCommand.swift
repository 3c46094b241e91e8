import ArgumentParser
import Features
import Foundation
import Ledger
import Parallelism
import StrictYAML
import Tables
import Vocabulary

/// `obligor features`: from a ledger to a table of observations.
struct FeaturesCommand: Verb {
    static let configuration = CommandConfiguration(
        commandName: "features",
        abstract: "Compute point-in-time features and outcomes from a ledger.",
        discussion: """
            Writes one row for each obligor and as-of date: what was known of the obligor by then, and what came of it \
            in the performance window after. Nothing that became known after the as-of date enters a feature. Obligors \
            in default on the date get no row. datasets/FEATURES.md says what every column means.

              obligor features ledger --as-of 2024-03-31,2024-06-30 --out panel.csv
              obligor features ledger --every quarter --from 2021-03-31 --to 2024-12-31 --window 12m --out panel.csv.gz

            With --at invoice-issue there is one row for each invoice, on the day it became known, and the outcome is \
            whether it was paid late. Invoices to obligors in default have their row too, since they are to be paid as \
            well; only outcomes by obligor leave those out.

            With --split, 'panel.csv' becomes 'panel.train.csv' and 'panel.test.csv', which hold only observations \
            whose outcome is complete. 'time:DAY' tests on what is observed from that day on and trains on what was \
            known before it, outcomes included; 'obligor:SHARE' tests on that share of the obligors; \
            'obligor:SHARE,time:DAY' does both. '--seed' picks the obligors.
            """)

    @Argument(
        help: ArgumentHelp("A ledger folder, as 'obligor import' writes it, or a store.", valueName: "ledger")
    )
    var ledger: String

    @Option(help: ArgumentHelp("As-of dates, separated by commas.", valueName: "days"))
    var asOf: String?

    @Option(help: "Take the last day of every month, quarter or year as as-of dates.")
    var every: Rhythm?

    @Option(help: ArgumentHelp("The first day of --every.", valueName: "day"))
    var from: String?

    @Option(help: ArgumentHelp("The last day of --every.", valueName: "day"))
    var to: String?

    @Option(help: "Observe at every invoice instead of on dates.")
    var at: Event?

    @Option(
        help: ArgumentHelp(
            "Performance window: days, months or years, such as 90d, 12m or 1y.", valueName: "span"))
    var window = "12m"

    @Option(
        help: ArgumentHelp(
            "What counts as default: trade-credit, eba, or a YAML file.", valueName: "definition"))
    var defaultDefinition = "trade-credit"

    @Option(
        help: ArgumentHelp("The features to compute, separated by commas. (default: all)", valueName: "names")
    )
    var features: String?

    @Option(
        help: ArgumentHelp(
            "The last day that the ledger covers. (default: the last of an invoice or payment)",
            valueName: "day"))
    var observedUntil: String?

    @Option(help: ArgumentHelp("How many days an exchange rate holds.", valueName: "days"))
    var rateAge = ExchangeRates.standardAge

    @Option(
        help: ArgumentHelp(
            "Also write every time in default, technical ones marked, with start, end and cause, to this file.",
            valueName: "file"))
    var defaults: String?

    @Option(help: ArgumentHelp("Write training and test rows: see above.", valueName: "split"))
    var split: String?

    @Option(help: ArgumentHelp("Seed of a split by obligor.", valueName: "n"))
    var seed: UInt64 = 0

    @Option(
        help: ArgumentHelp(
            "The file to write: CSV, plain or .gz, '-' for standard output.", valueName: "file"))
    var out: String

    @OptionGroup var shared: SharedOptions

    func validate() throws {
        guard [asOf != nil, every != nil, at != nil].count(where: \.self) == 1 else {
            throw ValidationError("Give one of --as-of, --every and --at.")
        }
        guard every == nil || (from != nil && to != nil) else {
            throw ValidationError("'--every' needs '--from' and '--to'.")
        }
        guard every != nil || (from == nil && to == nil) else {
            throw ValidationError("'--from' and '--to' belong to '--every'.")
        }
        guard (0...3650).contains(rateAge) else {
            throw ValidationError("'--rate-age \(rateAge)': give a number of days from 0 to 3650.")
        }
        guard split == nil || out != "-" else {
            throw ValidationError("'--split' writes two files: give '--out' a file name.")
        }
    }

    func perform(_ invocation: Invocation) throws {
        let options = try panelOptions()
        let split = try self.split.map { try SplitText.split($0, seed: seed) }
        let definition = try DefaultDefinition.named(defaultDefinition)
        for path in targets(split).map(\.path) + [defaults].compactMap(\.self) {
            try OutputFile.refuse(path, replacing: [ledger])
        }
        let progress = shared.progress(invocation)
        progress.begin("reading \(ledger)")
        let source = try TradeLedger.read(
            from: try LedgerPlace(ledger).complete(), scope: options.scope, workers: shared.workers)
        progress.end()
        if !shared.quiet { ReportText.note(source.report, on: invocation.console) }
        progress.begin("computing features")
        let panel = try Panel(
            of: source.ledger, options, default: definition, workers: shared.workers
        ) { done, total in progress.update(done: done, of: total) }
        progress.begin("writing \(Figures.count(panel.rowCount)) observations")
        var lines: [String] = []
        for (path, part) in targets(split) {
            let rows = try write(panel, part, to: path, invocation, progress)
            lines.append("\(path): \(Figures.count(rows)) observations")
        }
        if let defaults {
            let table = try DefaultSpells.table(
                of: source.ledger, by: definition, asOf: panel.observedUntil,
                rateAge: rateAge, workers: shared.workers)
            let output = try OutputFile(defaults, columns: table.names, on: invocation.console)
            try output.write(output.formatter.records(of: table))
            try output.finish()
            let technical = DefaultSpells.technicalCount(table)
            lines.append(
                "\(defaults): \(Figures.count(table.rowCount - technical)) times in default"
                    + (technical > 0 ? ", and \(Figures.count(technical)) technical ones" : ""))
        }
        progress.end()
        guard !shared.quiet, out != "-" else { return }
        var summary = Summary(for: invocation.console)
        lines.forEach { summary.line($0) }
        if panel.inDefault > 0 {
            summary.line("left out, in default on the as-of date: \(Figures.count(panel.inDefault))")
        }
        summary.line("outcomes observed until \(panel.observedUntil)")
        try summary.print(on: invocation.console)
    }
}

extension FeaturesCommand {
    /// How often --every is.
    enum Rhythm: String, CaseIterable, ExpressibleByArgument {
        case month, quarter, year

        /// Whether a month (1 … 12) ends one.
        func ends(month: Int) -> Bool {
            switch self {
            case .month: true
            case .quarter: month % 3 == 0
            case .year: month == 12
            }
        }
    }

    /// What --at names.
    enum Event: String, CaseIterable, ExpressibleByArgument {
        case invoiceIssue = "invoice-issue"
    }

    private func panelOptions() throws -> PanelOptions {
        let occasion: PanelOptions.Occasion = at == nil ? .days(try days()) : .invoiceIssue
        guard let window = SplitText.window(window) else {
            throw CommandFailure.usage(
                "'--window \(window)': give days, months or years, such as 90d, 12m or 1y.")
        }
        var options = PanelOptions(occasion, window: window)
        options.rateAge = rateAge
        options.observedUntil = try observedUntil.map { try CalendarDay(option: "--observed-until", $0) }
        options.features = try features.map { try Self.selected($0, for: occasion) }
        return options
    }

    /// The features that a list of names asks for.
    private static func selected(
        _ text: String, for occasion: PanelOptions.Occasion
    ) throws -> [Feature] {
        let names = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        let known = PanelOptions.catalogue(for: occasion).map(\.name)
        if let unknown = names.first(where: { !known.contains($0) }) {
            let hint = nearestMatch(to: unknown, among: known).map { " Is it '\($0)'?" } ?? ""
            throw CommandFailure.usage("\(FeatureError.unknownFeature(unknown))\(hint)")
        }
        return try PanelOptions.features(names, for: occasion)
    }

    private func days() throws -> [CalendarDay] {
        if let asOf {
            let days = try asOf.split(separator: ",").map {
                try CalendarDay(option: "--as-of", $0.trimmingCharacters(in: .whitespaces))
            }
            guard !days.isEmpty else { throw CommandFailure.usage("'--as-of' names no day.") }
            return Set(days).sorted()
        }
        guard let every, let from, let to else { return [] }
        let first = try CalendarDay(option: "--from", from)
        let last = try CalendarDay(option: "--to", to)
        var days: [CalendarDay] = []
        var day = first
        while day <= last {
            let (year, month, _) = day.parts
            let start = CalendarDay(year: year, month: month, day: 1) ?? day
            let end = start.adding(months: 1).adding(days: -1)
            if every.ends(month: month), end <= last { days.append(end) }
            day = end.adding(days: 1)
        }
        guard !days.isEmpty else {
            throw CommandFailure.usage("No \(every.rawValue) ends between \(from) and \(to).")
        }
        return days
    }

    /// The files to write, each with its part of the split.
    private func targets(_ split: PanelSplit?) -> [(path: String, part: (PanelSplit, PanelSplit.Part)?)] {
        guard let split else { return [(out, nil)] }
        let ending = [".csv.gz", ".csv"].first(where: out.hasSuffix) ?? ""
        let stem = out.dropLast(ending.count)
        return [PanelSplit.Part.train, .test].map { ("\(stem).\($0.rawValue)\(ending)", (split, $0)) }
    }

    /// Writes a part of the panel and returns how many rows it has.
    private func write(
        _ panel: Panel, _ part: (PanelSplit, PanelSplit.Part)?, to path: String, _ invocation: Invocation,
        _ progress: Progress
    ) throws -> Int {
        let output = try OutputFile(path, columns: panel.columnNames, on: invocation.console)
        let formatter = output.formatter
        var rows = 0
        // Some blocks at a time, so that threads share the work and the text never is in memory as a whole.
        let batch = 4 * shared.workers.threads
        for start in stride(from: 0, to: panel.tableCount, by: batch) {
            let count = min(batch, panel.tableCount - start)
            let pieces = try shared.workers.tryMap(count) { offset throws(TableError) in
                let table = try panel.table(start + offset, part: part)
                return (table.rowCount, formatter.records(of: table))
            }
            for (count, records) in pieces {
                rows += count
                try output.write(records)
            }
            progress.update(done: start + count, of: panel.tableCount)
        }
        try output.finish()
        return rows
    }
}

/// How splits and spans are written on the command line.
enum SplitText {
    /// A split from text such as `obligor:0.3,time:2024-01-01`.
    static func split(_ text: String, seed: UInt64) throws -> PanelSplit {
        var share: Double?
        var cut: CalendarDay?
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let pair = part.split(separator: ":", maxSplits: 1).map {
                $0.trimmingCharacters(in: .whitespaces)
            }
            switch (pair.first, pair.dropFirst().first) {
            case ("obligor", let value?) where share == nil && Double(value) != nil: share = Double(value)
            case ("time", let value?) where cut == nil && CalendarDay(iso8601: value) != nil:
                cut = CalendarDay(iso8601: value)
            default:
                throw CommandFailure.usage(
                    "'--split \(text)': give obligor:SHARE, time:DAY or both, such as obligor:0.3,time:2024-01-01."
                )
            }
        }
        guard let split = PanelSplit(testShare: share, seed: seed, cut: cut) else {
            throw CommandFailure.usage("'--split \(text)': the share must lie between 0 and 1.")
        }
        return split
    }

    /// A performance window from text such as `90d`, `12m` or `1y`.
    static func window(_ text: String) -> PerformanceWindow? {
        guard let unit = text.last, let number = Int(text.dropLast()), (1...36_525).contains(number) else {
            return nil
        }
        return switch unit {
        case "d": PerformanceWindow(days: number)
        case "m": PerformanceWindow(months: number)
        case "y": PerformanceWindow(months: 12 * number)
        default: nil
        }
    }
}
