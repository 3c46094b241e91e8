import Foundation
import Ledger
import Logging
import Parallelism
import Results
import Review
import Store
import Tables
import Vocabulary

/// The portfolio as the job for events has it: under lock while it deals with events, open to other jobs in between.
///
/// What another job has changed meanwhile is read again before the next event; where nobody has changed anything, all
/// that was read still holds.
struct EventDesk {
    private let command: ReviewCommand
    private let log: Logger
    private let console: any Console
    private var lock: (any PortfolioLock)?
    /// When others were last told that the job is at work.
    private var heard = ContinuousClock.now
    private var found: Found
    /// Outcomes that the store does not have yet; the event log has them.
    private var unstored: [EventRatingRecord] = []

    /// Seconds after which it has to be said that the job is still at work.
    private static let silence = 5.0

    /// Seconds after which whoever waits says so.
    private static let patience = 60.0

    /// Seconds after which files that could not be read are tried again.
    private static let pause = 0.25

    /// What events depend on, as it was read.
    private struct Found {
        let place: LedgerPlace
        /// The command with the review that events go on from.
        let command: ReviewCommand
        /// The records of single obligors; `nil` for a folder, which is read as a whole.
        let records: StoredRecords?
        let events: EventLogFile
        /// The date of the review that events go on from.
        let reviewed: CalendarDay
        var review: EventReview
        var stamp: PortfolioStamp
    }

    /// Takes the portfolio and reads what events depend on.
    init(_ command: ReviewCommand, _ log: Logger, _ console: any Console) throws {
        self.command = command
        self.log = log
        self.console = console
        let (place, lock, abandoned) = try LedgerPlace.locked(
            command.ledger, for: "events", waiting: command.job.wait)
        do { found = try Self.read(place, command, log) } catch {
            lock.release()
            throw error
        }
        self.lock = lock
        if let abandoned { log.notice("found the lock of a job that is gone: \(abandoned)") }
        tellReview(unless: command.previous)
    }

    /// Tells from which review events go on, where that is another than before.
    private func tellReview(unless before: String?) {
        guard let previous = found.command.previous, previous != before else { return }
        log.notice("going on from the last review", metadata: ["review": "\(previous)"])
    }

    /// Takes the portfolio again, however long another job has it or its files cannot be read: the lines that were read
    /// will not come again.
    mutating func enter() throws {
        guard lock == nil else { return }
        var told: ContinuousClock.Instant?
        while true {
            do { return try takeAgain() } catch {
                guard Self.mayPass(error) else { throw error }
                if told.map({ ContinuousClock.now - $0 > .seconds(Self.patience) }) ?? true {
                    // Whatever the log takes: nobody else says why no answers come.
                    console.note("obligor: waiting: \(error)")
                    told = .now
                }
                Thread.sleep(forTimeInterval: Self.pause)
            }
        }
    }

    private mutating func takeAgain() throws {
        let (place, lock, abandoned) = try found.place.lockedAgain(for: "events", waiting: Self.patience)
        if let abandoned { log.notice("found the lock of a job that is gone: \(abandoned)") }
        do {
            if try PortfolioStamp(place, found.command) != found.stamp {
                log.info("another job has changed the portfolio: reading it again")
                let before = found.command.previous
                found = try Self.read(place, command, log)
                tellReview(unless: before)
            }
        } catch {
            lock.release()
            throw error
        }
        self.lock = lock
        heard = .now
    }

    /// Whether an error lies with another job or with files that may be there again, rather than with what they say.
    private static func mayPass(_ error: any Error) -> Bool {
        if case LedgerError.noLedger = error { return true }
        return CommandStatus(of: error) == .failed
    }

    /// Gives the portfolio to whoever wants it, with all that was done.
    mutating func leave() throws {
        guard let lock else { return }
        defer {
            lock.release()
            self.lock = nil
        }
        try keep()
        found.records?.rest()
        found.stamp = try PortfolioStamp(found.place, found.command)
    }

    /// What follows from an event, remembered before anybody is told.
    mutating func react(to event: ReportedEvent) throws -> [EventRatingRecord] {
        let outcomes = try found.review.react(to: event)
        let taken = outcomes.filter { $0.status == .rated || $0.status == .noted }
        // The log is on the disk; the store follows from it, now or in the next run.
        try found.events.append(taken)
        unstored += taken
        return outcomes
    }

    /// The date of the review that events go on from.
    var reviewed: CalendarDay { found.reviewed }

    /// An event that the store has, and what messages call it.
    struct News {
        let name: String
        let event: ReportedEvent
    }

    /// What the store has and neither the review nor any event log knows, in the order in which it became known.
    ///
    /// On one day events of the ledger come first, then statements, bureau reports and alerts, as far as by the policy
    /// anything follows from them. A folder has no news: it does not tell what is new.
    ///
    /// - Parameter day: The day as of which alerts are open.
    func news(asOf day: CalendarDay) throws -> [News] {
        guard let store = found.place.store, let records = found.records else { return [] }
        let events = try store.events(knownAfter: found.reviewed).filter { !found.review.knows($0.identity) }
        // Rates belong to nobody.
        let rates = try events.contains { $0.currency != nil } ? records.ledger(of: []).exchangeRates() : nil
        var news = try events.map { one in
            News(
                name: "event \(one.id)",
                event: ReportedEvent(
                    obligor: one.obligor.text, kind: ReviewEventKind(one.kind), occurred: one.occurred,
                    known: one.known, amount: try Self.amount(of: one, rates), qualifier: one.counterparty)
            )
        }
        let arriving: [(ReviewEventKind, RecordKind, name: String)] = [
            (.statementArrived, .statements, "statement of"), (.bureauReport, .bureau, "bureau report on"),
        ]
        for (kind, records, name) in arriving where found.review.reacts(to: kind) {
            news += try store.arrivals(of: records, knownAfter: found.reviewed).compactMap {
                unknown(
                    kind, of: $0.obligor.text, by: $0.record, on: $0.known, "\(name) \($0.obligor.text)")
            }
        }
        if found.review.reacts(to: .warning) {
            var told: Set<EventIdentity> = []
            news += try store.unanswered(asOf: day).compactMap { alert -> News? in
                guard let opened = CalendarDay(iso8601: alert.opened), opened > found.reviewed,
                    let one = unknown(.warning, of: alert.obligor, on: opened, "alert \(alert.alert)"),
                    told.insert(one.event.identity).inserted
                else { return nil }
                return one
            }
        }
        // Of one day in the order in which they stand, whatever sorting does with equals.
        return news.enumerated().sorted {
            ($0.element.event.known, $0.offset) < ($1.element.event.known, $1.offset)
        }.map(\.element)
    }

    /// Something that happened on the day on which it became known, unless it was told before.
    ///
    /// - Parameter record: The record that arrived: a second one of the day is another event.
    private func unknown(
        _ kind: ReviewEventKind, of obligor: String, by record: String? = nil, on day: CalendarDay,
        _ name: String
    ) -> News? {
        let event = ReportedEvent(obligor: obligor, kind: kind, occurred: day, qualifier: record)
        return found.review.knows(event.identity) ? nil : News(name: name, event: event)
    }

    /// What is at stake, in the ledger's base currency at the rate of the day on which the event became known; `nil`
    /// without a rate, and for what is more than an amount can be.
    static func amount(of event: ImportedEvent, _ rates: ExchangeRates?) throws -> Double? {
        guard let amount = event.amount, let currency = event.currency, let rates, currency != rates.base
        else { return event.amount }
        guard let stated = Amount(roundingMajorUnits: amount, currency: currency) else { return nil }
        do throws(LedgerError) {
            return try rates.transaction(stated, on: event.known) / Double(rates.base.minorUnitsPerMajor)
        } catch {
            guard case .missingRate = error else { throw error }
            return nil
        }
    }

    /// Says that the job is at work, if that was not said for a while.
    mutating func sayAtWork() throws {
        guard ContinuousClock.now - heard > .seconds(Self.silence) else { return }
        try lock?.renew()
        try keep()
        heard = .now
    }

    /// Puts into the store, where there is one, what it does not have yet.
    private mutating func keep() throws {
        try found.place.store?.keep(unstored, of: "events")
        unstored = []
    }
}

extension EventDesk {
    private static func read(
        _ place: LedgerPlace, _ named: ReviewCommand, _ log: Logger
    ) throws -> Found {
        if named.event == ReviewCommand.eventsOfStore, place.store == nil {
            throw CommandFailure.usage(
                """
                '--event \(ReviewCommand.eventsOfStore)': '\(named.ledger)' is a folder, which does not tell what is \
                new in it: import it into a store ('obligor import \(named.ledger) --store FILE') and name that, or \
                give the events as a file
                """)
        }
        if let store = place.store { try named.requireSamePortfolio(in: store) }
        let command = try named.followingLastReview(of: place)
        guard let logFile = command.eventLogPath, let previous = command.previous else {
            throw CommandFailure.usage("events change what a review found: give --previous")
        }
        let events = try EventLogFile(file(logFile))
        // What a run that was killed has left in the log of the review named counts, whichever review it goes on from.
        let others = (command.eventLogs + named.eventLogs).filter {
            $0.standardizedFileURL.path != file(logFile).standardizedFileURL.path
        }
        let known = try KnownEvents(
            previous: previous, logged: events.outcomes + others.flatMap { try EventLogFile.read($0) },
            store: place.store)
        try place.store?.keep(known.unstored, of: "events")
        let setting = try command.setting(of: place)
        let earlier = try EarlierRows(RunFolder(file(previous)))
        var (records, options): (StoredRecords?, ReviewOptions) = (nil, setting.options)
        var review: EventReview
        if let store = place.store {
            let single = try StoredRecords(store: store, workers: .single)
            options.setAside = try store.leftOut()?.setAside ?? [:]
            review = try EventReview(
                reading: single, by: setting.files.basis, options, since: earlier)
            records = single
        } else {
            let ledger = try place.read(
                cache: command.cache(log), workers: command.shared.workers)
            try command.requireSamePortfolio(earlier) { ledger.checked.ledger.place(of: $0) != nil }
            options.setAside = ledger.setAside
            review = try EventReview(
                of: ledger.checked.ledger, by: setting.files.basis, options, since: earlier)
        }
        try review.resume(known.outcomes)
        return Found(
            place: place, command: command, records: records, events: events, reviewed: try earlier.date(),
            review: review, stamp: try PortfolioStamp(place, command))
    }
}

/// What tells whether another job has changed anything that events depend on: the end of a store's audit trail, and the
/// numbers, sizes and times of files.
struct PortfolioStamp: Equatable {
    private let trail: String?
    private let files: [String: [String]]

    init(_ place: LedgerPlace, _ command: ReviewCommand) throws {
        trail = try place.store?.lastAuditRecord().map { "\($0.number):\($0.hash)" }
        // A link to the last review may point to another one by now.
        let run = command.previous.map { file($0).resolvingSymlinksInPath() }
        let ofRun = [RunRecord.fileName, KnownEvents.fileName].compactMap { run?.appending(path: $0) }
        let named = command.named.files.map { file($0) }
        files = Dictionary(
            (place.files + ofRun + command.eventLogs + named).map { url in
                let found = try? FileManager.default.attributesOfItem(atPath: url.path)
                let keys: [FileAttributeKey] = [.systemFileNumber, .size, .modificationDate]
                return (
                    url.path,
                    keys.map { key in
                        (found?[key] as? Date).map { "\($0.timeIntervalSince1970)" } ?? "\(found?[key] ?? "")"
                    }
                )
            }, uniquingKeysWith: { first, _ in first })
    }
}
