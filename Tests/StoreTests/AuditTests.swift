import Foundation
import GRDB
import Grading
import Results
import Review
import Statistics
import TestSupport
import Testing
import Vocabulary

@testable import Store

@Suite("Whatever is changed behind the audit trail is found")
struct AuditTests {
    private let folder: TemporaryFolder
    private var file: URL { folder.file("store.db") }

    init() throws { folder = try TemporaryFolder() }

    /// A store with something of everything, closed.
    private func fill() throws {
        let clock = Clock()
        let store = try SQLiteStore.create(file, now: { clock.next() })
        let day = CalendarDay(daysSince1970: 19_000)
        let obligor = ObligorID("a")
        for (number, digest) in ["r1", "r2"].enumerated() {
            _ = try store.begin(
                RunPlan(digest: digest, job: "review", asOf: day, features: ["x"], author: "cron"))
            let rating = StoredRating(
                obligor: obligor, asOf: day, grade: .bb, modelGrade: .b, pd: 0.2, logOdds: 0.5, score: 500,
                currency: .euro, exposure: 1, limit: 2, termsDays: 3, reviewDue: day, reasons: ["r"])
            let step = RatingStepRecord(
                id: "a", step: 1, stage: .expert, rule: "r", fromGrade: "B", toGrade: "BB", effect: .notch,
                reason: "why", author: "x", expires: "2030-01-01")
            try store.save(
                ReviewBatch(
                    number: 0, ratings: [rating], steps: [step],
                    snapshots: [FeatureSnapshot(obligor: obligor, asOf: day, values: [1])],
                    setAside: [SetAside(obligor: ObligorID("z"), reason: "none")], remainder: Data([1])),
                of: digest)
            if number == 0 { _ = try store.finish(run: digest, summary: "ok") }
        }
        _ = try store.raise([
            StoredAlert(
                key: "k", obligor: obligor, day: day, kind: "dbt", severity: "high", text: "slow",
                details: "{}")
        ])
        try store.receive([
            ReceivedEvent(key: "e", obligor: obligor, occurred: day, kind: "merger", run: "r2", content: "{}")
        ])
        _ = try store.decide(
            ReviewerDecision(
                key: "d", obligor: obligor, verdict: .override(.notch(1), expires: day), author: "x",
                reason: "seen", decided: day, maximumNotches: 2))
        let gates = [GateRecord(gate: "g", sample: "s", value: 0.9, limit: 0.8, passed: true)]
        for name in ["one", "two"] {
            let model = try store.register(
                ModelEntry(
                    name: name, model: Data(name.utf8), masterScale: Data([1]), validation: Data([2]),
                    gates: gates),
                by: "x")
            _ = try store.promote(model: model.number, to: .champion, by: "y", because: "better")
        }
        _ = try store.rollBack(by: "y", because: "drift")
        #expect(try store.verifyAuditTrail() == store.auditTrail().last)
        try store.close()
    }

    /// The tables that the trail vouches for, with the column that tells their rows apart.
    private static let tables = [
        "audit", "audit_head", "runs", "batches", "ratings", "rating_steps", "snapshots", "alerts",
        "received_events", "decisions", "models", "standing_changes",
    ]

    /// Opens the file as anyone could, without the triggers that refuse changes.
    private func tampering(_ body: (Database) throws -> Void) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: file.path, configuration: configuration)
        try queue.write { database in
            try database.execute(
                sql: "DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_shortened")
            try body(database)
        }
        try queue.close()
    }

    private func verdict() -> (any Error)? {
        do {
            let store = try SQLiteStore(file)
            _ = try store.verifyAuditTrail()
            return nil
        } catch { return error }
    }

    @Test func theTrailIsOnlyAddedTo() throws {
        try fill()
        let store = try SQLiteStore(file)
        for change in [
            "UPDATE audit SET author = 'me'", "DELETE FROM audit", "DELETE FROM audit WHERE record = 1",
        ] {
            #expect(throws: StorageError.self) { try store.writing { try $0.execute(sql: change) } }
        }
        #expect(try store.verifyAuditTrail() != nil)
    }

    @Test(arguments: tables)
    func everyChangedValueIsFound(table: String) throws {
        try fill()
        let untouched = try Data(contentsOf: file)
        let cells = try DatabaseQueue(path: file.path).read { database in
            try database.columns(in: table).flatMap { column in
                try Int64.fetchAll(database, sql: "SELECT rowid FROM \(table)").map { (column.name, $0) }
            }
        }
        var checked = 0
        // Numbers that only order rows, and the link from a row to its record, are told by their place.
        let unvouched = [
            "ratings.id", "rating_steps.id", "snapshots.id", "alerts.id", "received_events.id",
            "decisions.id", "standing_changes.id",
        ]
        for (column, row) in cells where !unvouched.contains("\(table).\(column)") {
            try untouched.write(to: file)
            var changed = true
            try tampering { database in
                let old = try DatabaseValue.fetchOne(
                    database, sql: "SELECT \(column) FROM \(table) WHERE rowid = ?", arguments: [row])
                let new: DatabaseValue =
                    switch old?.storage {
                    case .int64(let number): (number + 1).databaseValue
                    case .double(let number): number.nextUp.databaseValue
                    case .string(let text): (text + "x").databaseValue
                    case .blob(let bytes): (bytes + Data([0])).databaseValue
                    case .null, nil: "x".databaseValue
                    }
                do {
                    try database.execute(
                        sql: "UPDATE \(table) SET \(column) = ? WHERE rowid = ?", arguments: [new, row])
                } catch { changed = false }
            }
            // What the table itself refuses needs no trail.
            guard changed else { continue }
            checked += 1
            #expect(verdict() is StorageError, "\(table).\(column) of row \(row)")
        }
        #expect(checked > 0)
    }

    @Test(arguments: tables)
    func everyMissingOrAddedRowIsFound(table: String) throws {
        try fill()
        let untouched = try Data(contentsOf: file)
        let rows = try DatabaseQueue(path: file.path).read {
            try Int64.fetchAll($0, sql: "SELECT rowid FROM \(table)")
        }
        #expect(!rows.isEmpty)
        for row in rows {
            try untouched.write(to: file)
            try tampering { try $0.execute(sql: "DELETE FROM \(table) WHERE rowid = ?", arguments: [row]) }
            #expect(verdict() is StorageError, "\(table): row \(row) is missing")
        }
        try untouched.write(to: file)
        var added = true
        try tampering { database in
            let names = try database.columns(in: table).map(\.name)
            let unique = [
                "id", "record", "run", "batch", "digest", "alert", "event", "decision", "model", "sha256",
            ]
            let values = names.map { name in
                unique.contains(name)
                    ? (name == "run" && table != "runs" ? "run" : "\(name) || '7'")
                    : name == "standing" ? "'retired'" : name
            }
            do {
                try database.execute(
                    sql: "INSERT INTO \(table) SELECT \(values.joined(separator: ", ")) FROM \(table) LIMIT 1"
                )
            } catch { added = false }
        }
        if added { #expect(verdict() is StorageError, "\(table): a row was added") }
    }

    /// Every byte of the file that is part of a row, and many that are not: the verdict is an error or that all holds,
    /// and what holds reads as before.
    @Test(arguments: [UInt64(1), 2])
    func changedBytesAreFoundOrChangeNothing(seed: UInt64) throws {
        try fill()
        let untouched = try [UInt8](Data(contentsOf: file))
        let trail = try SQLiteStore(file).auditTrail()
        let rating = try SQLiteStore(file).ratings(of: ObligorID("a"))
        var random = SeededGenerator(seed: seed)
        var found = 0
        for _ in 0..<150 {
            var bytes = untouched
            let place = 100 + random.integer(below: bytes.count - 100)
            bytes[place] ^= UInt8(1 + random.integer(below: 255))
            try Data(bytes).write(to: file)
            for suffix in ["-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: file.path + suffix)
            }
            if let error = verdict() {
                #expect(error is StorageError, "byte \(place): \(error)")
                found += 1
                continue
            }
            let store = try SQLiteStore(file)
            #expect(try store.auditTrail() == trail, "byte \(place)")
            #expect(try store.ratings(of: ObligorID("a")) == rating, "byte \(place)")
        }
        #expect(found > 0)
    }
}
