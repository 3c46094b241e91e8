import Foundation
import GRDB
import Ledger
import Review
import TestSupport
import Testing
import Vocabulary

@testable import Store

@Suite("The audit trail vouches for the records of the ledger")
struct LedgerSealTests {
    private let folder: TemporaryFolder
    private var file: URL { folder.file("store.db") }

    init() throws { folder = try TemporaryFolder() }

    @discardableResult
    private func imported(_ ledger: LedgerFolder, settingAside share: Double? = nil) throws -> LedgerImport {
        try SQLiteStore.importLedger(ledger, into: file, by: "test", settingAside: share)
    }

    private func small(
        _ name: String = "ledger", _ changes: [RecordKind: (String, String)] = [:]
    ) throws -> LedgerFolder {
        try SmallLedger.write(to: folder.file(name), changes)
    }

    /// Changes the file as anyone could.
    private func tampering(_ sql: String, _ arguments: StatementArguments = []) throws {
        let queue = try DatabaseQueue(path: file.path)
        try queue.write { try $0.execute(sql: sql, arguments: arguments) }
        try queue.close()
    }

    /// What verifying says; empty if everything holds.
    private func verdict() -> String {
        do {
            _ = try SQLiteStore(file).verifyAuditTrail()
            return ""
        } catch { return "\(error)" }
    }

    private func details() throws -> String {
        try #require(try SQLiteStore(file).lastAuditRecord()).entry.details
    }

    @Test(arguments: [
        ("UPDATE ledger_invoices SET amount = 701 WHERE invoice = 'i2'", "invoices are not those", "1 to 4"),
        ("DELETE FROM ledger_payments WHERE payment = 'p1'", "payments are not those", "rows 1 to 2"),
        ("INSERT INTO ledger_links SELECT * FROM ledger_links LIMIT 1", "links are more than", "row 3"),
        ("UPDATE ledger_events SET known = '2020-06-12'", "ledger_events", "'known' that no import writes"),
        ("UPDATE ledger_files SET records = 5 WHERE kind = 'invoices'", "the store says", "of its ledger"),
        ("UPDATE ledger_digests SET size = 5 WHERE kind = 'invoices'", "the store says", "of its ledger"),
        ("DELETE FROM ledger_packed WHERE kind = 'orders'", "packed orders are not those", "see piece 0"),
        (
            "UPDATE ledger_packed SET bytes = zeroblob(length(bytes)) WHERE kind = 'invoices'",
            "packed invoices are not those", "see piece 0"
        ),
    ])
    func whatWasChangedIsNamed(sql: String, kind: String, place: String) throws {
        try imported(try small())
        #expect(verdict() == "")
        try tampering(sql)
        let verdict = verdict()
        #expect(verdict.contains(kind) && verdict.contains(place), "\(verdict)")
        #expect(verdict.contains("restore a backup"))
    }

    private static let tables =
        RecordKind.allCases.map { "ledger_\($0.fileName)" } + [
            "ledger", "ledger_files", "ledger_left_out", "ledger_digests", "ledger_packed",
        ]

    @Test(arguments: tables)
    func everyChangedValueIsFound(table: String) throws {
        // With something left out, so that the store says of it too.
        try imported(
            try small("ledger", table == "ledger_left_out" ? [.payments: ("2020-05-10", "yesterday")] : [:]),
            settingAside: 0.9)
        #expect(verdict() == "")
        let untouched = try Data(contentsOf: file)
        let cells = try DatabaseQueue(path: file.path).read { database in
            try database.columns(in: table).flatMap { column in
                try Row.fetchAll(
                    database, sql: "SELECT rowid AS number, \"\(column.name)\" AS value FROM \(table)"
                ).map { (column.name, $0["number"] as Int64, $0["value"] as DatabaseValue) }
            }
        }
        var checked = 0
        for (column, row, old) in cells {
            try untouched.write(to: file)
            let new: DatabaseValue =
                switch old.storage {
                case .int64(let number): (number + 1).databaseValue
                case .double(let number): number.nextUp.databaseValue
                case .string(let text): (text + "x").databaseValue
                case .blob(let bytes): (bytes.dropLast() + [bytes[bytes.endIndex - 1] ^ 1]).databaseValue
                case .null: "x".databaseValue
                }
            do {
                try tampering("UPDATE \(table) SET \"\(column)\" = ? WHERE rowid = ?", [new, row])
            } catch is DatabaseError {
                // What the table itself refuses needs no trail.
                continue
            }
            checked += 1
            #expect(verdict() != "", "\(table).\(column) of row \(row)")
        }
        #expect(checked > 0)
    }

    /// Files of many blocks, read by several threads, and records that were put right in memory.
    @Test func whatWasImportedHolds() throws {
        try imported(try SmallLedger.sample())
        #expect(verdict() == "")
        try imported(try small("bad", [.payments: ("2020-05-10", "yesterday")]), settingAside: 0.9)
        #expect(verdict() == "")
    }

    /// Rows that a later import leaves in their place keep the digests of the import that brought them.
    @Test func anImportOfOtherFilesHidesNothing() throws {
        try imported(try small())
        try tampering("UPDATE ledger_invoices SET amount = 701 WHERE invoice = 'i2'")
        let outcome = try imported(try small("later", [.payments: ("2020-05-10", "2020-05-11")]))
        #expect(outcome.changed == [.payments] && outcome.renewal == nil)
        #expect(verdict().contains("invoices are not those"))
    }

    /// Those that decide what comes late once the file is there again.
    @Test func eventsThatAreSetByAreVouchedForToo() throws {
        try imported(try small())
        let store = try SQLiteStore(file)
        let day = try #require(CalendarDay(iso8601: "2020-09-30"))
        _ = try store.begin(RunPlan(digest: "r", job: "review", asOf: day, author: "x"))
        _ = try store.finish(run: "r", summary: "")
        try store.close()
        for name in ["2020-05-11", "2020-05-12"] {
            try imported(
                try SmallLedger.write(
                    to: folder.file(name), leavingOut: [.events], [.payments: ("2020-05-10", name)]))
            #expect(verdict() == "")
        }
        try tampering("UPDATE set_by_events SET known = known - 1")
        #expect(verdict().contains("rows 1 to 1 of set_by_events"))
        try tampering("DROP TABLE set_by_events")
        #expect(verdict().contains("events of an earlier import are missing"))
    }

    @Test func theSameFilesAreImportedAnewIntoAStoreOfOtherSizes() throws {
        let ledger = try small()
        let first = try imported(ledger)
        for change in [
            "DELETE FROM ledger_payments WHERE payment = 'p1'", "DROP TABLE ledger_links",
            "DELETE FROM ledger_packed WHERE kind = 'orders'", "DROP TABLE ledger_digests",
        ] {
            try tampering(change)
            #expect(verdict() != "", "\(change)")
            let again = try imported(ledger)
            #expect(again.renewal == .altered && again.changed.count == RecordKind.allCases.count)
            #expect(again.records == first.records && verdict() == "", "\(change)")
            #expect(try details().contains("the store no longer held what was imported before"))
        }
        // A value of the same size is for the trail to find.
        try tampering("UPDATE ledger_invoices SET amount = 701 WHERE invoice = 'i2'")
        #expect(try imported(ledger).changed.isEmpty)
        #expect(verdict() != "")
    }

    @Test func aLedgerOfAnEarlierVersionIsTakenAsItIsUntilItIsImportedAgain() throws {
        let ledger = try small()
        try imported(ledger)
        #expect(try SQLiteStore(file).vouchesForLedger())
        try tampering(
            """
            DROP TABLE ledger_digests; DROP TRIGGER audit_is_not_shortened; DELETE FROM audit;
            DELETE FROM audit_head
            """)
        let store = try SQLiteStore(file)
        try store.append(
            AuditEntry(
                action: "ledger imported", author: "cron", subject: "import 1", details: "links.csv 0f3c"))
        #expect(try !store.vouchesForLedger() && store.verifyAuditTrail()?.number == 1)
        let again = try imported(ledger)
        #expect(again.renewal == .earlierVersion && again.changed.count == RecordKind.allCases.count)
        #expect(try store.vouchesForLedger() && store.verifyAuditTrail()?.number == 2)
        #expect(try imported(ledger).changed.isEmpty)
    }

    @Test func aStoreWithoutALedgerHolds() throws {
        let store = try SQLiteStore.create(file)
        #expect(try store.vouchesForLedger() && store.verifyAuditTrail() == nil)
    }
}
