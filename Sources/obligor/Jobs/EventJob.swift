import Foundation
import Logging
import Results
import Review
import Tables
import Vocabulary

/// Re-ratings for events between reviews: lines in, lines out, each remembered.
///
/// The portfolio is this job's while it deals with the lines that are there, and anybody's while a stream is silent.
struct EventJob {
    let command: ReviewCommand
    let job: Job
    let invocation: Invocation

    /// Seconds for which other jobs may be kept from the portfolio by lines that do not end.
    private static let longestTurn = 5.0

    /// Seconds in which a job that waits has a look, as it does ten times a second.
    private static let pause = 0.25

    /// Takes the events of a file, of standard input for `-`, or of the store, in order.
    func perform(_ source: String) throws -> MetricsFile {
        var desk = try EventDesk(command, job.log, invocation.console)
        var tally = EventTally()
        let name: String
        if source == ReviewCommand.eventsOfStore {
            name = command.ledger
            try writeHeader()
            try takeNews(&desk, &tally)
        } else {
            var lines = try LineReader(of: source)
            name = lines.name
            try writeHeader()
            try take(&lines, &desk, &tally)
        }
        if let mean = tally.meanSeconds { job.log.info("events done", metadata: tally.logged(mean: mean)) }
        if let refusal = tally.refusal { throw CommandFailure.badData("\(name), \(refusal)") }
        return tally.figures
    }

    private func writeHeader() throws {
        guard command.eventFormat == .csv else { return }
        var header = RowWriter()
        for column in EventRatingRecord.columns { header.append(column) }
        header.endRow()
        try invocation.console.write(header.data)
    }

    /// Deals with lines as they come.
    private func take(_ lines: inout LineReader, _ desk: inout EventDesk, _ tally: inout EventTally) throws {
        var turn = 0.0
        while true {
            // Whoever waits for lines has nothing to keep others from.
            try desk.leave()
            if turn > Self.longestTurn {
                Thread.sleep(forTimeInterval: Self.pause)
                turn = 0
            }
            guard let batch = lines.next() else { break }
            try desk.enter()
            let began = ContinuousClock.now
            for line in batch { try take(line, &desk, &tally) }
            turn += (ContinuousClock.now - began) / .seconds(1)
        }
    }

    /// Deals with what reached the store since the last review.
    private func takeNews(_ desk: inout EventDesk, _ tally: inout EventTally) throws {
        let news = try desk.news(asOf: invocation.lastDay)
        let due = news.filter { !invocation.isToCome($0.event.known) }
        let toCome = news.count - due.count
        var metadata: Logger.Metadata = [
            "review": "\(desk.reviewed)", "new": "\(due.count)", "still_to_come": "\(toCome)",
        ]
        for (kind, events) in Dictionary(grouping: due, by: \.event.kind) {
            metadata[kind] = "\(events.count)"
        }
        job.log.info("events of the store", metadata: metadata)
        if due.isEmpty, !command.shared.quiet {
            let rest = toCome == 0 ? "" : " (still to come: \(Figures.count(toCome)))"
            invocation.console.note(
                "obligor: nothing new in \(command.ledger) since the review of \(desk.reviewed)\(rest): nothing was "
                    + "changed")
        }
        for one in due { try take(one.event, from: one.name, at: invocation.now(), &desk, &tally) }
        try desk.leave()
    }

    /// Deals with a line; one that cannot be used stops nothing.
    private func take(_ line: LineReader.Line, _ desk: inout EventDesk, _ tally: inout EventTally) throws {
        let began = invocation.now()
        let origin = "line \(line.number)"
        let event: ReportedEvent
        do {
            event = try EventLog.event(line.text)
            // What is still to come is a typing error. Streams may be open for days.
            guard !invocation.isToCome(event.known) else {
                throw ReviewError.badEvent(reason: "known on \(event.known), a day that is still to come")
            }
        } catch {
            job.log.error(
                "a line was refused", metadata: ["line": "\(line.number)", "reason": "\(error)"])
            // Nobody can read a stream again to find out.
            if command.job.log == .none, tally.tellsFurther {
                invocation.console.note("obligor: \(origin) is refused: \(error)")
            }
            tally.refuse(origin, "\(error)")
            return
        }
        try take(event, from: origin, at: began, &desk, &tally)
    }

    /// Deals with an event, and says what it led to.
    private func take(
        _ event: ReportedEvent, from origin: String, at began: Date, _ desk: inout EventDesk,
        _ tally: inout EventTally
    ) throws {
        let outcomes = try desk.react(to: event)
        for outcome in outcomes {
            try write(outcome)
            var metadata: Logger.Metadata = [
                "kind": "\(outcome.kind)", "status": "\(outcome.status.rawValue)",
            ]
            if outcome.status == .refused { metadata["reason"] = "\(outcome.reason)" }
            job.log.log(
                level: outcome.status == .refused ? .warning : .info, "event", metadata: metadata)
        }
        tally.add(outcomes, of: origin, seconds: invocation.now().timeIntervalSince(began))
        try desk.sayAtWork()
    }

    private func write(_ outcome: EventRatingRecord) throws {
        switch command.eventFormat {
        case .ndjson: try invocation.console.write(EventLogFile.line(outcome))
        case .csv:
            var row = RowWriter()
            outcome.write(to: &row)
            row.endRow()
            try invocation.console.write(row.data)
        }
    }
}

/// What became of the events of a run.
private struct EventTally {
    private var counts: [EventRatingRecord.Status: Int] = [:]
    /// What each event took.
    private(set) var seconds: [Double] = []
    private var first: String?

    /// Lines that are told of one by one; of more, how many there are has to do.
    private static let told = 100

    /// Whether another line that is refused is told of at once; the first is at the end.
    var tellsFurther: Bool { first != nil && counts[.refused, default: 0] <= Self.told }

    /// Counts what cannot be used.
    ///
    /// - Parameter origin: What it is called: a line by its number, or what the store has by its name.
    mutating func refuse(_ origin: String, _ reason: String) {
        counts[.refused, default: 0] += 1
        if first == nil { first = "\(origin): \(reason)" }
    }

    /// Counts what an event led to.
    mutating func add(_ outcomes: [EventRatingRecord], of origin: String, seconds: Double) {
        for outcome in outcomes {
            if outcome.status == .refused {
                refuse(origin, outcome.reason)
            } else {
                counts[outcome.status, default: 0] += 1
            }
        }
        self.seconds.append(seconds)
    }

    /// What the mean event took; `nil` without any.
    var meanSeconds: Double? {
        seconds.isEmpty ? nil : seconds.reduce(0, +) / Double(seconds.count)
    }

    /// What a line of a log says of the events.
    func logged(mean: Double) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["events": "\(seconds.count)", "mean_seconds": "\(mean)"]
        for (status, count) in counts { metadata[status.rawValue] = "\(count)" }
        return metadata
    }

    /// What was refused, for whoever has to look; `nil` if nothing was.
    var refusal: String? {
        guard let first, let refused = counts[.refused] else { return nil }
        let more = refused > 1 ? "; and \(refused - 1) more, named before" : ""
        return "\(first)\(more); all other events were taken"
    }

    /// Figures of the run.
    var figures: MetricsFile {
        var figures = MetricsFile()
        figures.gauge(
            "obligor_events", "Events of the last run by what was done.",
            EventRatingRecord.Status.allCases.map { ([("status", $0.rawValue)], Double(counts[$0] ?? 0)) })
        return figures
    }
}
