import Foundation
import Grading
import Ledger
import Logging
import Parallelism
import Results
import Review
import Vocabulary

/// Re-ratings for events between reviews: lines in, lines out, each remembered.
struct EventJob {
    let command: ReviewCommand
    let place: LedgerPlace
    let options: ReviewOptions
    let files: BasisFiles
    let earlier: EarlierRows
    /// The portfolio's lock.
    let lock: any PortfolioLock
    let job: Job
    let invocation: Invocation

    /// Takes the events of a file, or of standard input for `-`, in order.
    func perform(_ source: String) throws -> MetricsFile {
        guard let logFile = command.eventLogPath else {
            throw CommandFailure.usage("events change what a review found: give --previous")
        }
        let log = try EventLogFile(file(logFile))
        let known = try KnownEvents(
            previous: command.previous, logged: try log.outcomes + command.otherLogs(), store: place.store)
        var unstored = known.unstored
        var review = try review()
        try review.resume(known.outcomes)
        if command.eventFormat == .csv {
            var header = RowWriter()
            for column in EventRatingRecord.columns { header.append(column) }
            header.endRow()
            try invocation.console.write(header.data)
        }
        var counts: [EventRatingRecord.Status: Int] = [:]
        var seconds: [Double] = []
        var firstRefusal: String?
        var heard = Date()
        try EventLines.forEach(of: source) { number, line in
            let began = Date()
            // A day ahead for time zones; what is farther off is a typing error.
            let latest = CalendarDay(daysSince1970: Int32(began.timeIntervalSince1970 / 86_400)).adding(
                days: 1)
            let outcomes: [EventRatingRecord]
            do {
                let event = try EventLog.event(line)
                guard event.known <= latest else {
                    throw ReviewError.badEvent(reason: "known on \(event.known), a day that is still to come")
                }
                outcomes = try review.react(to: event)
            } catch let error as ReviewError {
                job.log.error("a line was refused", metadata: ["line": "\(number)", "reason": "\(error)"])
                counts[.refused, default: 0] += 1
                if firstRefusal == nil { firstRefusal = "line \(number): \(error)" }
                return
            }
            let taken = outcomes.filter { $0.status == .rated || $0.status == .noted }
            // The log is on the disk before anybody is told; the store follows from it, now or in the next run.
            try log.append(taken)
            unstored += taken
            for outcome in outcomes {
                counts[outcome.status, default: 0] += 1
                try write(outcome)
                var metadata: Logger.Metadata = [
                    "kind": "\(outcome.kind)", "status": "\(outcome.status.rawValue)",
                ]
                if outcome.status == .refused { metadata["reason"] = "\(outcome.reason)" }
                job.log.log(
                    level: outcome.status == .refused ? .warning : .info, "event", metadata: metadata)
            }
            seconds.append(Date().timeIntervalSince(began))
            if Date().timeIntervalSince(heard) > Self.silence {
                try lock.renew()
                try keep(&unstored)
                heard = Date()
            }
        }
        try keep(&unstored)
        if !seconds.isEmpty {
            let mean = seconds.reduce(0, +) / Double(seconds.count)
            job.log.info("events done", metadata: ["events": "\(seconds.count)", "mean_seconds": "\(mean)"])
        }
        if let firstRefusal, let refused = counts[.refused] {
            let more = refused > 1 ? "; and \(refused - 1) more lines, see '--log text'" : ""
            let name = source == "-" ? "standard input" : source
            throw CommandFailure.badData("\(name), \(firstRefusal)\(more); all other events were taken")
        }
        var figures = MetricsFile()
        figures.gauge(
            "obligor_events", "Events of the last run by what was done.",
            EventRatingRecord.Status.allCases.map { ([("status", $0.rawValue)], Double(counts[$0] ?? 0)) })
        return figures
    }

    /// Seconds after which it has to be said that the job is still at work.
    private static let silence = 5.0

    /// Puts into the store, where there is one, what it does not have yet.
    private func keep(_ outcomes: inout [EventRatingRecord]) throws {
        try place.store?.keep(outcomes, of: "events")
        outcomes = []
    }

    /// A store is asked for the obligors that events are about, a folder has to be read as a whole.
    private func review() throws -> EventReview {
        if let store = place.store {
            return try EventReview(
                reading: try StoredRecords(store: store, workers: .single), by: files.basis, options,
                since: earlier)
        }
        let ledger = try place.read(
            goesOn: true, cache: command.cache(job.log), workers: command.shared.workers)
        var options = options
        options.setAside = ledger.setAside
        return try EventReview(of: ledger.checked.ledger, by: files.basis, options, since: earlier)
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

/// Lines of a file or of standard input, each as soon as it is there.
enum EventLines {
    /// Goes through the lines that are not empty.
    static func forEach(of source: String, _ body: (_ number: Int, _ line: Data) throws -> Void) throws {
        let handle: FileHandle
        if source == "-" {
            handle = .standardInput
        } else {
            guard let opened = try? FileHandle(forReadingFrom: file(source)) else {
                throw ResultsError.notRead(path: source, reason: "no such file, or no permission")
            }
            handle = opened
        }
        var rest = Data()
        var number = 0
        func take(_ line: Data) throws {
            number += 1
            guard line.contains(where: { !" \t\r".utf8.contains($0) }) else { return }
            try body(number, line)
        }
        while true {
            let chunk = handle.availableData
            if chunk.isEmpty { break }
            rest.append(chunk)
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                try take(rest[rest.startIndex..<end])
                rest = rest[rest.index(after: end)...]
            }
        }
        try take(rest)
    }
}

/// What events led to since a review: a line of JSON for each event, behind one another as they came.
final class EventLogFile {
    private let url: URL
    /// What is in the file.
    let outcomes: [EventRatingRecord]

    /// Opens the log; a last line that was not finished is taken off.
    init(_ url: URL) throws {
        self.url = url
        guard FileManager.default.fileExists(atPath: url.path) else {
            outcomes = []
            return
        }
        outcomes = try Self.read(url, repairs: true)
    }

    /// The outcomes of a log.
    static func read(_ url: URL, repairs: Bool = false) throws -> [EventRatingRecord] {
        let data: Data
        do { data = try Data(contentsOf: url) } catch {
            throw ResultsError.notRead(path: url.relativePath, reason: "no such file, or no permission")
        }
        let whole = data.lastIndex(of: UInt8(ascii: "\n")).map { data[...$0] } ?? Data()
        if repairs, whole.count < data.count {
            do { try Data(whole).write(to: url, options: .atomic) } catch {
                throw ResultsError.notWritten(path: url.relativePath, reason: error.localizedDescription)
            }
        }
        let decoder = JSONDecoder()
        return try whole.split(separator: UInt8(ascii: "\n")).enumerated().flatMap {
            number, line -> [EventRatingRecord] in
            do { return try decoder.decode([EventRatingRecord].self, from: line) } catch {
                throw ResultsError.damaged(
                    path: url.relativePath, reason: "line \(number + 1) is no outcome of an event")
            }
        }
    }

    /// Adds outcomes of one event, all or none of them.
    func append(_ outcomes: [EventRatingRecord]) throws {
        guard !outcomes.isEmpty else { return }
        let files = FileManager.default
        do {
            if !files.fileExists(atPath: url.path) {
                try files.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data().write(to: url)
            }
            let handle = try FileHandle(forUpdating: url)
            defer { try? handle.close() }
            try handle.seekToEnd()
            try handle.write(contentsOf: Self.line(outcomes))
            try handle.synchronize()
        } catch {
            throw ResultsError.notWritten(path: url.relativePath, reason: error.localizedDescription)
        }
    }

    /// An outcome, or those of one event, as a line.
    static func line(_ outcome: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(outcome) + Data("\n".utf8)
    }
}
