import Foundation
import GRDB
import Grading
import Ledger
import Results
import Review
import TestSupport
import Testing
import Vocabulary

@testable import Store

@Suite("Whatever whole numbers stand in a store, it answers or says what is wrong")
struct StoredNumbersTests {
    private let folder: TemporaryFolder
    private var file: URL { folder.file("store.db") }
    private static let day = CalendarDay(daysSince1970: 18_600)

    init() throws { folder = try TemporaryFolder() }

    /// A store with something of everything, imported into before and after a review.
    private func fill() throws {
        let ledger = try SmallLedger.write(to: folder.file("first"), [.payments: ("2020-05-10", "yesterday")])
        _ = try SQLiteStore.importLedger(ledger, into: file, by: "test", settingAside: 1)
        let store = try SQLiteStore(file)
        let obligor = ObligorID("9")
        for (number, digest) in ["r1", "r2"].enumerated() {
            _ = try store.begin(
                RunPlan(digest: digest, job: "review", asOf: Self.day, features: ["x"], author: "cron"))
            let rating = StoredRating(
                obligor: obligor, asOf: Self.day, grade: .bb, pd: 0.2, currency: .euro, exposure: 1,
                termsDays: 3, reviewDue: Self.day)
            let step = RatingStepRecord(
                id: "9", step: 1, stage: .expert, rule: "r", fromGrade: "B", toGrade: "BB", effect: .notch,
                reason: "why", author: "x", expires: "2030-01-01")
            let batch = ReviewBatch(
                number: 0, ratings: [rating], steps: [step],
                snapshots: [FeatureSnapshot(obligor: obligor, asOf: Self.day, values: [1])])
            try store.save(batch, of: digest)
            if number == 0 { _ = try store.finish(run: digest, summary: "ok") }
        }
        _ = try store.raise([
            StoredAlert(
                key: "k", obligor: obligor, day: Self.day, kind: "dbt", severity: "high", text: "slow")
        ])
        try store.receive([
            ReceivedEvent(
                key: "e", obligor: obligor, occurred: Self.day, kind: "merger", run: "r2", content: "{}")
        ])
        _ = try store.decide(
            ReviewerDecision(
                key: "d", obligor: obligor, verdict: .override(.notch(1), expires: Self.day), author: "x",
                reason: "seen", decided: Self.day, maximumNotches: 2))
        for name in ["one", "two"] {
            let entry = ModelEntry(
                name: name, model: Data(name.utf8), masterScale: Data([1]), validation: Data([2]),
                gates: [GateRecord(gate: "g", sample: "s", value: 0.9, limit: 0.8, passed: true)])
            let model = try store.register(entry, by: "x")
            _ = try store.promote(model: model.number, to: .champion, by: "y", because: "better")
        }
        try store.close()
        // Records that come late, and a kind that is set by.
        let late = try SmallLedger.write(
            to: folder.file("late"), leavingOut: [.bureau],
            [.payments: ("2020-05-10", "yesterday"), .events: ("e1,", "e2,")])
        _ = try SQLiteStore.importLedger(late, into: file, by: "test", settingAside: 1)
        _ = try SmallLedger.write(
            to: folder.file("next"), [.events: ("e1,", "e3,"), .statements: ("s1,", "s3,")])
    }

    /// Puts a value into the last row of a table as anyone could, where the table takes it.
    private func put(_ value: some DatabaseValueConvertible, in column: String, of table: String) throws {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: file.path, configuration: configuration)
        try queue.write { database in
            try database.execute(
                sql: """
                    DROP TRIGGER audit_is_not_changed; DROP TRIGGER audit_is_not_shortened;
                    """)
            try database.execute(
                sql: """
                    UPDATE OR IGNORE \(table) SET "\(column)" = ?
                    WHERE rowid = (SELECT max(rowid) FROM \(table))
                    """, arguments: [value.databaseValue])
        }
        try queue.close()
    }

    /// All that jobs ask of a store and do to it.
    private static let questions: [@Sendable (SQLiteStore) throws -> Void] = [
        { _ = try $0.verifyAuditTrail() }, { _ = try $0.auditTrail() }, { _ = try $0.runs() },
        { _ = try $0.batches(of: "r2").last.map { $0 + 1 } }, { _ = try $0.batch(0, of: "r2") },
        { _ = try $0.latestRatings(before: .never) }, { _ = try $0.ratings(of: ObligorID("9")) },
        { _ = try $0.steps(of: ObligorID("9"), run: "r2") }, { _ = try $0.snapshots(of: "r2") },
        { _ = try $0.receivedEvents() }, { _ = try $0.unanswered(asOf: day) },
        { store in
            let experts = try store.overrides(maximumNotches: 2)
            for entry in experts.entries { _ = experts.grade(from: .bb, by: entry) }
        },
        { _ = try $0.leftOut()?.report.count(.error) }, { _ = try $0.lockHolder() },
        { _ = try $0.events(knownAfter: day) }, { _ = try $0.arrivals(of: .statements, knownAfter: day) },
        { _ = try TradeLedger.read(from: $0.ledger()).ledger.span },
        { _ = try $0.lock(for: "test", waiting: 0) },
        { _ = try $0.append(AuditEntry(action: "a", author: "b", subject: "c")) },
        { _ = try $0.finish(run: "r2", summary: "done") }, { _ = try $0.rollBack(by: "y", because: "drift") },
        {
            _ = try $0.begin(RunPlan(digest: "r3", job: "review", asOf: day, author: "x"))
            try $0.save(ReviewBatch(number: 0, ratings: []), of: "r3")
        },
    ]

    /// What every question is answered by: an error of the store or of the ledger at the worst.
    private func ask() {
        func isTyped(_ error: any Error) -> Bool {
            error is StorageError || error is LedgerError || error is RefusedImport
        }
        do {
            let store = try SQLiteStore(file)
            for (number, question) in Self.questions.enumerated() {
                do { try question(store) } catch {
                    #expect(isTyped(error), "question \(number): \(error)")
                }
            }
            try store.close()
            _ = try SQLiteStore.importLedger(
                LedgerFolder(folder.file("next")), into: file, by: "test", settingAside: 1)
        } catch {
            #expect(isTyped(error), "\(error)")
        }
    }

    private static let tables = [
        ["audit", "audit_head", "ledger", "ledger_files", "ledger_left_out", "ledger_digests"],
        ["runs", "batches", "ratings", "rating_steps", "snapshots", "ledger_packed"],
        ["alerts", "received_events", "decisions", "models", "standing_changes"],
        ["ledger_events", "ledger_statements", "set_by_bureau"],
    ]

    @Test(arguments: tables) func wholeNumbersAtTheEndsOfTheirRange(tables: [String]) throws {
        try fill()
        let untouched = try Data(contentsOf: file)
        let columns = try DatabaseQueue(path: file.path).read { database in
            try tables.flatMap { table in
                try database.columns(in: table).filter { $0.type == "INTEGER" }.map { (table, $0.name) }
            }
        }
        #expect(columns.count >= tables.count)
        for (table, column) in columns {
            for value in [Int64.max, .min, Int64(Int32.max)] {
                try untouched.write(to: file)
                try put(value, in: column, of: table)
                ask()
            }
        }
    }

    /// Numbers within texts.
    @Test(arguments: [
        (
            "decisions", "verdict",
            #"{"expires":18600,"kind":"override","maximumNotches":\#(Int.min),"notches":1}"#
        ),
        ("decisions", "verdict", #"{"expires":2147483647,"kind":"override","notches":\#(Int.min)}"#),
        ("audit", "subject", "import \(Int.max)"),
        (
            "ledger_left_out", "report",
            """
            {"entries":[\(entry),\(entry)],"passedOver":[],"recordCounts":{}}
            """
        ),
    ])
    func numbersInTexts(table: String, column: String, text: String) throws {
        try fill()
        try put(text, in: column, of: table)
        ask()
    }

    private static let entry = """
        {"check":"bad-value","severity":"error","records":"payments","file":"payments.csv","count":\(Int.max),\
        "lines":[]}
        """

    @Test func whatNoNumberFollowsIsDamage() throws {
        try fill()
        let untouched = try Data(contentsOf: file)
        for (table, column) in [("ledger", "imports"), ("audit", "record")] {
            try untouched.write(to: file)
            try put(Int.max, in: column, of: table)
            let error = #expect(throws: StorageError.self) {
                try SQLiteStore.importLedger(
                    LedgerFolder(folder.file("next")), into: file, by: "test", settingAside: 1)
            }
            guard case .damaged = error else { Issue.record("\(table): \(error)"); continue }
        }
    }
}
