import Foundation
import Ledger
import Results
import Synchronization
import Vocabulary

@testable import Review

/// A store that lasts as long as the process: what stores promise, in the plainest form, to hold the one on disk
/// against.
final class MemoryPortfolioStore: PortfolioStore {
    struct RunContent {
        var run: StoredRun
        /// The position among the finished runs.
        var finish: Int?
        var batches: [Int: ReviewBatch] = [:]
    }

    struct Contents {
        var source: (any LedgerSource)?
        var ledgerDigest: String?
        var order: [String] = []
        var runs: [String: RunContent] = [:]
        var states: [String: Data] = [:]
        var alerts: [StoredAlert] = []
        var events: [ReceivedEvent] = []
        var decisions: [ReviewerDecision] = []
        var models: [(entry: ModelEntry, model: RegisteredModel)] = []
        var trail: [AuditRecord] = []
        var holder: LockHolder?
        /// How often the lock was taken.
        var lockCount = 0
    }

    /// What messages call the store.
    let name = "memory"
    private let contents = Mutex(Contents())
    private let now: @Sendable () -> Date

    /// A store over a ledger.
    ///
    /// - Parameters:
    ///   - source: The ledger; `nil` for none.
    ///   - digest: What identifies it.
    ///   - now: The clock.
    init(
        ledger source: (any LedgerSource)? = nil, digest: String = "memory",
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.now = now
        contents.withLock {
            $0.source = source
            $0.ledgerDigest = source == nil ? nil : digest
        }
    }

    /// Changes the contents and notes it in the audit trail, or does neither.
    private func changing<Value: Sendable>(
        _ body: (inout Contents) throws(StorageError) -> (Value, AuditEntry?)
    ) throws(StorageError) -> Value {
        let time = now()
        let outcome = contents.withLock { contents -> Result<Value, StorageError> in
            do throws(StorageError) {
                var changed = contents
                let (value, entry) = try body(&changed)
                if let entry { _ = try Self.append(entry, at: time, to: &changed) }
                contents = changed
                return .success(value)
            } catch {
                return .failure(error)
            }
        }
        return try outcome.get()
    }

    private static func append(
        _ entry: AuditEntry, at time: Date, to contents: inout Contents
    ) throws(StorageError) -> AuditRecord {
        if let last = contents.trail.last { try last.check(time) }
        let record = AuditRecord(entry, at: time, after: contents.trail.last)
        contents.trail.append(record)
        return record
    }
}

extension MemoryPortfolioStore: LedgerKeeping {
    /// What identifies the ledger.
    func ledgerDigest() -> String? { contents.withLock(\.ledgerDigest) }

    /// The ledger, of which a store in memory always gives the whole.
    func ledger(of obligors: Set<ObligorID>?) throws(StorageError) -> any LedgerSource {
        guard let source = contents.withLock(\.source) else { throw .noLedger(store: name) }
        return source
    }
}

extension MemoryPortfolioStore: RunKeeping {
    /// Begins a run, or finds the one of the same digest.
    func begin(_ plan: RunPlan) throws(StorageError) -> StoredRun {
        let begun = now()
        return try changing { contents throws(StorageError) in
            if let known = contents.runs[plan.digest] { return (known.run, nil) }
            let run = StoredRun(plan: plan, begun: begun)
            contents.order.append(plan.digest)
            contents.runs[plan.digest] = RunContent(run: run)
            return (run, .began(plan))
        }
    }

    /// Keeps a batch of an unfinished run.
    func save(_ batch: ReviewBatch, of run: String) throws(StorageError) {
        try changing { contents throws(StorageError) in
            guard let known = contents.runs[run] else { throw .noSuchRun(digest: run) }
            if known.batches[batch.number] != nil { return ((), nil) }
            guard known.run.finished == nil else { throw .runIsFinished(digest: run) }
            contents.runs[run]?.batches[batch.number] = batch
            return ((), .saved(batch, of: known.run.plan))
        }
    }

    /// The numbers of the batches of a run.
    func batches(of run: String) -> [Int] {
        contents.withLock { $0.runs[run]?.batches.keys.sorted() ?? [] }
    }

    /// A batch as it was saved.
    func batch(_ number: Int, of run: String) -> ReviewBatch? {
        contents.withLock { $0.runs[run]?.batches[number] }
    }

    /// Finishes a run.
    func finish(run: String, summary: String) throws(StorageError) -> StoredRun {
        let finished = now()
        return try changing { contents throws(StorageError) in
            guard let known = contents.runs[run] else { throw .noSuchRun(digest: run) }
            if known.run.finished != nil { return (known.run, nil) }
            let done = StoredRun(
                plan: known.run.plan, begun: known.run.begun, finished: finished, summary: summary)
            let place = contents.runs.values.count { $0.finish != nil }
            contents.runs[run]?.run = done
            contents.runs[run]?.finish = place
            return (done, .finished(done))
        }
    }

    /// The run of a digest.
    func run(_ digest: String) -> StoredRun? { contents.withLock { $0.runs[digest]?.run } }

    /// All runs in the order in which they began.
    func runs() -> [StoredRun] {
        contents.withLock { contents in contents.order.compactMap { contents.runs[$0]?.run } }
    }

    /// The latest rating of every obligor as of days before one.
    func latestRatings(before day: CalendarDay) -> [ObligorID: StoredRating] {
        var latest: [ObligorID: StoredRating] = [:]
        for rating in finishedRatings() where rating.asOf < day {
            if let other = latest[rating.obligor], other.asOf > rating.asOf { continue }
            latest[rating.obligor] = rating
        }
        return latest
    }

    /// All ratings of an obligor by finished runs, the latest first.
    func ratings(of obligor: ObligorID) -> [StoredRating] {
        let mine = finishedRatings().filter { $0.obligor == obligor }.enumerated()
        return mine.sorted { ($0.element.asOf, $0.offset) > ($1.element.asOf, $1.offset) }.map(\.element)
    }

    /// The steps of the ratings that a run gave an obligor.
    func steps(of obligor: ObligorID, run: String) -> [RatingStepRecord] {
        inOrder(run).flatMap(\.steps).filter { $0.id == obligor.text }
    }

    /// The features of a run's batches.
    func snapshots(of run: String) -> [FeatureSnapshot] { inOrder(run).flatMap(\.snapshots) }

    /// What a job keeps from one run to the next.
    func state(of job: String) -> Data? { contents.withLock { $0.states[job] } }

    /// Keeps what a job needs in its next run.
    func keep(_ state: Data, of job: String) { contents.withLock { $0.states[job] = state } }

    private func inOrder(_ run: String) -> [ReviewBatch] {
        contents.withLock { contents in
            (contents.runs[run]?.batches ?? [:]).sorted { $0.key < $1.key }.map(\.value)
        }
    }

    /// Ratings in the order in which their runs were finished.
    private func finishedRatings() -> [StoredRating] {
        let finished = contents.withLock { contents in
            contents.runs.values.compactMap { run in run.finish.map { ($0, run.batches) } }
        }
        return finished.sorted { $0.0 < $1.0 }.flatMap { _, batches in
            batches.sorted { $0.key < $1.key }.flatMap(\.value.ratings)
        }
    }
}

extension MemoryPortfolioStore: AlertKeeping {
    /// Keeps alerts whose keys are new.
    func raise(_ alerts: [StoredAlert]) throws(StorageError) -> [StoredAlert] {
        try changing { contents throws(StorageError) in
            var known = Set(contents.alerts.map(\.key))
            let new = alerts.filter { known.insert($0.key).inserted }
            contents.alerts += new
            return (new, .raised(new))
        }
    }

    /// All alerts in the order in which they were raised.
    func alerts() -> [StoredAlert] { contents.withLock(\.alerts) }

    /// Notes that an event has been dealt with.
    func receive(_ events: [ReceivedEvent]) throws(StorageError) -> [ReceivedEvent] {
        var new: [ReceivedEvent] = []
        for event in events {
            let isNew = try changing { contents throws(StorageError) in
                if contents.events.contains(where: { $0.key == event.key }) { return (false, nil) }
                contents.events.append(event)
                return (true, .received(event))
            }
            if isNew { new.append(event) }
        }
        return new
    }

    /// All events in the order in which they were received.
    func receivedEvents() -> [ReceivedEvent] { contents.withLock(\.events) }

    /// Keeps what a person decided.
    func decide(_ decision: ReviewerDecision) throws(StorageError) -> Bool {
        try changing { contents throws(StorageError) in
            guard let kept = decision.kept(behind: contents.decisions) else { return (false, nil) }
            contents.decisions.append(kept)
            return (true, .decided(kept))
        }
    }

    /// All decisions in the order in which they were kept.
    func decisions() -> [ReviewerDecision] { contents.withLock(\.decisions) }
}

extension MemoryPortfolioStore: ModelRegistry {
    /// Registers a model as a candidate.
    func register(_ model: ModelEntry, by author: String) throws(StorageError) -> RegisteredModel {
        let time = now()
        return try changing { contents throws(StorageError) in
            let digest = model.digest
            if let known = contents.models.first(where: { $0.model.digest == digest }) {
                return (known.model, nil)
            }
            let registered = RegisteredModel(
                number: contents.models.count + 1, name: model.name, digest: digest, standing: .candidate,
                registeredBy: author, registered: time)
            contents.models.append((model, registered))
            return (registered, .registered(registered, content: model.contentDigest))
        }
    }

    /// All models in the order in which they were registered.
    func models() -> [RegisteredModel] { contents.withLock { $0.models.map(\.model) } }

    /// The model and what came with it.
    func entry(ofModel number: Int) throws(StorageError) -> ModelEntry {
        let models = contents.withLock { $0.models.map(\.entry) }
        guard models.indices.contains(number - 1) else { throw .noSuchModel(number: number) }
        return models[number - 1]
    }

    /// Gives a model a standing.
    func promote(
        model number: Int, to standing: ModelStanding, by author: String, because reason: String
    ) throws(StorageError) -> RegisteredModel {
        let time = now()
        return try changing { contents throws(StorageError) in
            let moves = try ModelMoves(
                promoting: number, to: standing, among: contents.models.map(\.model),
                refusal: contents.models.indices.contains(number - 1)
                    ? contents.models[number - 1].entry.refusal : nil)
            let change = StandingChange(standing: standing, author: author, time: time, reason: reason)
            return (contents.apply(moves, change), .promoted(number, change))
        }
    }

    /// Makes the earlier champion champion again.
    func rollBack(by author: String, because reason: String) throws(StorageError) -> RegisteredModel {
        let time = now()
        return try changing { contents throws(StorageError) in
            let moves = try ModelMoves(rollingBack: contents.models.map(\.model), store: name)
            let change = StandingChange(standing: .champion, author: author, time: time, reason: reason)
            return (contents.apply(moves, change), .rolledBack(to: moves.number, change))
        }
    }
}

extension MemoryPortfolioStore.Contents {
    fileprivate mutating func apply(_ moves: ModelMoves, _ change: StandingChange) -> RegisteredModel {
        for (number, standing) in moves.standings {
            let old = models[number - 1].model
            let next = StandingChange(
                standing: standing, author: change.author, time: change.time, reason: change.reason)
            models[number - 1].model = RegisteredModel(
                number: old.number, name: old.name, digest: old.digest, standing: standing,
                registeredBy: old.registeredBy, registered: old.registered, changes: old.changes + [next])
        }
        return models[moves.number - 1].model
    }
}

extension MemoryPortfolioStore: AuditTrail {
    /// Adds an entry at the end.
    @discardableResult
    func append(_ entry: AuditEntry) throws(StorageError) -> AuditRecord {
        let time = now()
        return try changing { contents throws(StorageError) in
            (try Self.append(entry, at: time, to: &contents), nil)
        }
    }

    /// All entries in order.
    func auditTrail() -> [AuditRecord] { contents.withLock(\.trail) }

    /// Holds the trail against its hashes.
    func verifyAuditTrail() throws(StorageError) -> AuditRecord? {
        var last: AuditRecord?
        for record in auditTrail() {
            if let fault = record.fault(after: last) {
                throw .brokenTrail(store: name, record: record.number, reason: fault)
            }
            last = record
        }
        return last
    }
}

extension MemoryPortfolioStore: PortfolioLocking {
    private final class Lock: PortfolioLock {
        let store: MemoryPortfolioStore
        let number: Int

        init(_ store: MemoryPortfolioStore, number: Int) {
            self.store = store
            self.number = number
        }

        deinit { release() }

        func renew() throws(StorageError) {
            guard store.contents.withLock({ $0.holder != nil && $0.lockCount == number }) else {
                throw .lockLost
            }
        }

        func release() {
            store.contents.withLock { if $0.lockCount == number { $0.holder = nil } }
        }
    }

    /// Takes the lock of the portfolio; does not wait, since nobody but this process could give it back.
    func lock(
        for purpose: String, waiting patience: TimeInterval
    ) throws(StorageError) -> any PortfolioLock {
        let time = now()
        let mine = LockHolder(
            purpose: purpose, process: ProcessInfo.processInfo.processIdentifier, processStart: "", host: "",
            boot: "", taken: time, heard: time)
        let (other, number) = contents.withLock { contents -> (LockHolder?, Int) in
            if let other = contents.holder { return (other, 0) }
            contents.holder = mine
            contents.lockCount += 1
            return (nil, contents.lockCount)
        }
        if let other { throw .locked(by: other) }
        return Lock(self, number: number)
    }
}
