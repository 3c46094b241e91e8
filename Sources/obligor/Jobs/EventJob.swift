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

    /// Takes the events of a file, or of standard input for `-`, in order.
    func perform(_ source: String) throws -> MetricsFile {
        var desk = try EventDesk(command, job.log, invocation.console)
        var lines = try EventLines(of: source)
        if command.eventFormat == .csv {
            var header = RowWriter()
            for column in EventRatingRecord.columns { header.append(column) }
            header.endRow()
            try invocation.console.write(header.data)
        }
        var tally = EventTally()
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
        if let mean = tally.meanSeconds {
            job.log.info(
                "events done", metadata: ["events": "\(tally.seconds.count)", "mean_seconds": "\(mean)"])
        }
        if let refusal = tally.refusal { throw CommandFailure.badData("\(lines.name), \(refusal)") }
        return tally.figures
    }

    /// Deals with a line; one that cannot be used stops nothing.
    private func take(_ line: EventLines.Line, _ desk: inout EventDesk, _ tally: inout EventTally) throws {
        let began = invocation.now()
        let outcomes: [EventRatingRecord]
        do {
            let event = try EventLog.event(line.text)
            // A day ahead for time zones; what is farther off is a typing error. Streams may be open for days.
            let today = CalendarDay(
                daysSince1970: Int32((began.timeIntervalSince1970 / 86_400).rounded(.down)))
            guard event.known <= today.adding(days: 1) else {
                throw ReviewError.badEvent(reason: "known on \(event.known), a day that is still to come")
            }
            outcomes = try desk.react(to: event)
        } catch let error as ReviewError {
            job.log.error(
                "a line was refused", metadata: ["line": "\(line.number)", "reason": "\(error)"])
            // Nobody can read a stream again to find out.
            if command.job.log == .none, tally.tellsFurther {
                invocation.console.note("obligor: line \(line.number) is refused: \(error)")
            }
            tally.refuse(line.number, "\(error)")
            return
        }
        for outcome in outcomes {
            try write(outcome)
            var metadata: Logger.Metadata = [
                "kind": "\(outcome.kind)", "status": "\(outcome.status.rawValue)",
            ]
            if outcome.status == .refused { metadata["reason"] = "\(outcome.reason)" }
            job.log.log(
                level: outcome.status == .refused ? .warning : .info, "event", metadata: metadata)
        }
        tally.add(outcomes, line: line.number, seconds: invocation.now().timeIntervalSince(began))
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

    /// Counts a line that is no event.
    mutating func refuse(_ line: Int, _ reason: String) {
        counts[.refused, default: 0] += 1
        if first == nil { first = "line \(line): \(reason)" }
    }

    /// Counts what an event led to.
    mutating func add(_ outcomes: [EventRatingRecord], line: Int, seconds: Double) {
        for outcome in outcomes {
            if outcome.status == .refused {
                refuse(line, outcome.reason)
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
