import Foundation
import GRDB
public import Review

extension SQLiteStore {
    /// Adds an entry at the end of the audit trail.
    @discardableResult
    public func append(_ entry: AuditEntry) throws(StorageError) -> AuditRecord {
        try changing { _, audit in try audit.append(entry) }
    }

    /// All entries in order.
    public func auditTrail() throws(StorageError) -> [AuditRecord] {
        try reading { database in
            try Row.fetchAll(database, sql: "SELECT * FROM audit ORDER BY record").map(AuditRecord.init(row:))
        }
    }

    /// The last entry; `nil` if there is none.
    public func lastAuditRecord() throws(StorageError) -> AuditRecord? {
        try reading { database in
            try Row.fetchOne(database, sql: "SELECT * FROM audit ORDER BY record DESC LIMIT 1").map(
                AuditRecord.init(row:))
        }
    }

    /// Holds the file against SQLite's rules, the trail against its hashes, and the records of the ledger, runs,
    /// ratings, steps, snapshots, alerts, events, decisions and models against the trail.
    ///
    /// Records that an engine imported which left no digests of them are taken as they are: see ``vouchesForLedger()``.
    ///
    /// - Throws: ``StorageError/damaged(store:reason:)``, ``StorageError/brokenTrail(store:record:reason:)``,
    ///   ``StorageError/alteredLedger(store:record:reason:)``.
    public func verifyAuditTrail() throws(StorageError) -> AuditRecord? {
        let store = name
        try checkIntegrity()
        return try reading { database in
            try AuditCheck(database, store: store).run()
        }
    }

    /// Whether the audit trail vouches for the records of the ledger, as it does unless an engine of an earlier version
    /// imported them; true if there are none.
    public func vouchesForLedger() throws(StorageError) -> Bool {
        try reading { database in
            guard case .unsealed = try LedgerSeal.state(database) else { return true }
            return false
        }
    }

    /// Holds the file against the rules of SQLite, and references against what they refer to.
    ///
    /// - Throws: ``StorageError/damaged(store:reason:)``.
    public func checkIntegrity() throws(StorageError) {
        let store = name
        try reading { database in
            let faults = try String.fetchAll(database, sql: "PRAGMA integrity_check(3)")
            if let first = faults.first, first != "ok" {
                throw StorageError.damaged(store: store, reason: first)
            }
            if try Row.fetchOne(database, sql: "PRAGMA foreign_key_check") != nil {
                throw StorageError.damaged(store: store, reason: "a row refers to one that is not there")
            }
        }
    }
}

/// Follows the audit trail from its beginning, and compares what it says with what the tables hold.
private struct AuditCheck {
    let database: Database
    let store: String

    init(_ database: Database, store: String) {
        self.database = database
        self.store = store
    }

    func run() throws -> AuditRecord? {
        var rows = try Vouched(database)
        var last: AuditRecord?
        let records = try Row.fetchCursor(database, sql: "SELECT * FROM audit ORDER BY record")
        while let row = try records.next() {
            let record = try AuditRecord(row: row)
            if let fault = record.fault(after: last) { throw broken(record.number, fault) }
            if let fault = try rows.fault(of: record) { throw broken(record.number, fault) }
            last = record
        }
        let head = try Row.fetchOne(database, sql: "SELECT records, hash FROM audit_head")
        let count: Int? = try head?.value("records")
        let hash: String? = try head?.value("hash")
        guard count == last?.number, hash == last?.hash else {
            throw broken((last?.number ?? 0) + 1, "records are missing at the end")
        }
        if let rest = rows.unvouched {
            throw broken(last?.number ?? 0, "no record says how \(rest) came about")
        }
        if let (record, reason) = try LedgerSeal.fault(database) {
            throw StorageError.alteredLedger(store: store, record: record, reason: reason)
        }
        return last
    }

    private func broken(_ record: Int, _ reason: String) -> StorageError {
        .brokenTrail(store: store, record: record, reason: reason)
    }
}

/// What the tables hold that the trail vouches for, put into the words that the trail would use.
private struct Vouched {
    private let database: Database
    /// Entries by subject, of actions whose subjects are unique.
    private var bySubject: [String: AuditEntry] = [:]
    /// Entries by the number of their record.
    private var byRecord: [Int: AuditEntry] = [:]
    private var runs: [String: (id: Int64, run: StoredRun, order: Int?)] = [:]
    /// What a table holds that no record can speak of.
    private var stray: String?
    /// Runs whose end the trail has told of so far.
    private var finishedSoFar = 0
    private var batchCount: Int
    private var finishedCount: Int
    /// Changes of standing that the trail has told of so far, per model.
    private var standings: [Int: Int] = [:]
    /// The champion as the trail has told so far.
    private var champion: Int?
    private let models: [RegisteredModel]

    init(_ database: Database) throws {
        self.database = database
        for row in try Row.fetchAll(database, sql: "SELECT * FROM runs") {
            let run = try StoredRun(row: row)
            let order: Int? = try row.value("finish_order")
            if run.finished == nil, run.summary != nil || order != nil {
                stray = "the end of run '\(run.plan.digest)'"
            }
            runs[run.plan.digest] = (try row.value("run"), run, order)
            bySubject["run begun \(run.plan.digest)"] = .began(run.plan)
        }
        finishedCount = runs.values.count { $0.run.finished != nil }
        batchCount = try Int.fetchOne(database, sql: "SELECT count(*) FROM batches") ?? 0
        let alerts = try Row.fetchAll(database, sql: "SELECT * FROM alerts ORDER BY id").map {
            (record: try $0.value("record") as Int, alert: try StoredAlert(row: $0))
        }
        for (record, group) in Dictionary(grouping: alerts, by: \.record) {
            byRecord[record] = .raised(group.map(\.alert))
        }
        for row in try Row.fetchAll(database, sql: "SELECT * FROM received_events") {
            byRecord[try row.value("record")] = .received(try ReceivedEvent(row: row))
        }
        for row in try Row.fetchAll(database, sql: "SELECT * FROM decisions") {
            byRecord[try row.value("record")] = .decided(try ReviewerDecision(row: row))
        }
        models = try SQLiteStore.models(in: database)
        let records = try Row.fetchAll(database, sql: "SELECT model, record FROM models")
        for row in records {
            let number: Int = try row.value("model")
            guard let model = models.first(where: { $0.number == number }) else { continue }
            let entry = try SQLiteStore.entry(ofModel: number, in: database, of: "")
            byRecord[try row.value("record")] = .registered(model, content: entry.contentDigest)
        }
    }

    /// What is wrong with what a record speaks of; `nil` if nothing is.
    mutating func fault(of record: AuditRecord) throws -> String? {
        let entry = record.entry
        switch entry.action {
        case "run begun":
            guard bySubject.removeValue(forKey: "run begun \(entry.subject)") == entry,
                runs[entry.subject].map({ milliseconds($0.run.begun) }) == record.time
            else { return "the run is not the one that began" }
            return nil
        case "batch saved": return try batchFault(entry)
        case "run finished":
            finishedCount -= 1
            finishedSoFar += 1
            guard let (_, run, order) = runs[entry.subject], AuditEntry.finished(run) == entry,
                run.finished.map(milliseconds) == record.time, order == finishedSoFar
            else { return "the run is not as it was finished" }
            return nil
        case "model registered":
            let model = models.first { "model \($0.number)" == entry.subject }
            guard model.map({ milliseconds($0.registered) }) == record.time else {
                return "the model was registered at another time"
            }
            return byRecord.removeValue(forKey: record.number) == entry ? nil : "its content was changed"
        case "alerts raised", "event received", "decision kept":
            return byRecord.removeValue(forKey: record.number) == entry ? nil : "its content was changed"
        default:
            return entry.action.hasPrefix("model ") ? standingFault(entry, at: record.time) : nil
        }
    }

    /// What no record has spoken of; `nil` if there is nothing.
    var unvouched: String? {
        if let stray { return stray }
        if let rest = bySubject.keys.min() { return "'\(rest)'" }
        if let rest = byRecord.keys.min() { return "what record \(rest) should tell of" }
        if batchCount != 0 { return "a batch" }
        if finishedCount != 0 { return "the end of a run" }
        let untold = models.first { $0.changes.count != standings[$0.number, default: 0] }
        if let untold { return "the standing of model \(untold.number)" }
        let torn = models.first { $0.standing != $0.changes.last?.standing ?? .candidate }
        return torn.map { "the standing of model \($0.number)" }
    }

    private mutating func batchFault(_ entry: AuditEntry) throws -> String? {
        let parts = entry.subject.split(separator: "/")
        guard let (id, run, _) = runs[String(parts.dropLast().joined(separator: "/"))],
            let number = parts.last.flatMap({ Int($0) }),
            let batch = try BatchTables(database, run: id, batch: number).kept()
        else { return "the batch is missing" }
        batchCount -= 1
        return AuditEntry.saved(batch, of: run.plan) == entry
            ? nil : "the batch is not the one that was saved"
    }

    /// The changes of standing that a record tells of must be the next ones of their models.
    private mutating func standingFault(_ entry: AuditEntry, at time: Int64) -> String? {
        guard let number = Int(entry.subject.dropFirst("model ".count)),
            let model = models.first(where: { $0.number == number })
        else { return "the model is missing" }
        let place = standings[number, default: 0]
        guard model.changes.indices.contains(place) else { return "a change of standing is missing" }
        let change = model.changes[place]
        let told: AuditEntry =
            entry.action == "model rolled back" ? .rolledBack(to: number, change) : .promoted(number, change)
        guard told == entry, milliseconds(change.time) == time else {
            return "the change of standing is not the one that was made"
        }
        standings[number] = place + 1
        // A champion's predecessor changes with it, at the same time and for the same reason.
        guard change.standing == .champion else {
            if champion == number { champion = nil }
            return nil
        }
        defer { champion = number }
        guard let before = champion, before != number else { return nil }
        let next = standings[before, default: 0]
        let its = models.first { $0.number == before }?.changes.dropFirst(next).first
        let expected: ModelStanding = entry.action == "model rolled back" ? .withdrawn : .retired
        guard let its, its.standing == expected, its.time == change.time, its.reason == change.reason,
            its.author == change.author
        else { return "the standing of the champion before is missing" }
        standings[before] = next + 1
        return nil
    }
}
