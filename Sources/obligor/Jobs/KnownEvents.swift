import Foundation
import Ledger
import Results
import Review
import Store
import Vocabulary

/// What events led to so far, each of them once: what the review before has carried along, what event logs say, and
/// what the store has kept.
///
/// Each review carries them on, so that an interim cap holds until a person decides, however many reviews come in
/// between, and an event that was reported before the last one is known.
struct KnownEvents {
    /// What events led to: first what the store has, in the order in which it was received.
    private(set) var outcomes: [EventRatingRecord] = []
    /// Outcomes that the store does not have yet.
    private(set) var unstored: [EventRatingRecord] = []
    /// The events.
    private(set) var log = EventLog()
    private var known: Set<EventIdentity> = []

    /// The file of a run folder that carries events on; lines as in an event log.
    static let fileName = "events.ndjson"

    /// Gathers what is known.
    ///
    /// - Parameters:
    ///   - previous: The review before; `nil` for none.
    ///   - logged: What the event log says.
    init(previous: String?, logged: [EventRatingRecord], store: SQLiteStore?) throws {
        // What the store has comes first, so that its order is the same before and after it has taken the others.
        if let store { add(try store.receivedEvents().map { try $0.outcome(in: store) }) }
        let stored = outcomes.count
        let carried = previous.map { file($0).appending(path: Self.fileName) }
        if let carried, FileManager.default.fileExists(atPath: carried.path) {
            add(try EventLogFile.read(carried))
        }
        add(logged)
        unstored = store == nil ? [] : Array(outcomes[stored...])
        log = EventLog(outcomes.compactMap(\.event))
    }

    /// The lines of a run folder's file; `nil` without events.
    func data() throws -> Data? {
        outcomes.isEmpty ? nil : try outcomes.reduce(into: Data()) { $0 += try EventLogFile.line([$1]) }
    }

    private mutating func add(_ more: [EventRatingRecord]) {
        for one in more where one.status == .rated || one.status == .noted {
            if let event = one.event, known.insert(event.identity).inserted { outcomes.append(one) }
        }
    }
}

extension SQLiteStore {
    /// Keeps what events led to, with a record of each in the audit trail; those that it has stay as they are.
    func keep(_ outcomes: [EventRatingRecord], of run: String) throws {
        guard !outcomes.isEmpty else { return }
        try receive(
            outcomes.compactMap { outcome in
                guard let event = outcome.event else { return nil }
                return ReceivedEvent(
                    key: "\(event.identity)", obligor: ObligorID(outcome.id), occurred: event.occurred,
                    kind: outcome.kind, run: run,
                    content: String(decoding: try EventLogFile.line(outcome).dropLast(), as: UTF8.self))
            })
    }
}

extension ReceivedEvent {
    fileprivate func outcome(in store: SQLiteStore) throws -> EventRatingRecord {
        let outcome = try? JSONDecoder().decode(EventRatingRecord.self, from: Data(content.utf8))
        guard let outcome, outcome.event != nil else {
            throw StorageError.damaged(store: store.name, reason: "event '\(key)' has no outcome")
        }
        return outcome
    }
}
