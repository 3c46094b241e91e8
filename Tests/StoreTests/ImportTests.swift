import Foundation
import GRDB
import Ledger
import Results
import Review
import TestSupport
import Testing
import Vocabulary

@testable import Store

@Suite("An import is whole or not there, and the same again changes nothing")
struct ImportTests {
    private let folder: TemporaryFolder
    private var file: URL { folder.file("store.db") }

    init() throws { folder = try TemporaryFolder() }

    @discardableResult
    private func imported(_ ledger: LedgerFolder) throws -> LedgerImport {
        try SQLiteStore.importLedger(ledger, into: file, by: "test")
    }

    private func bytes() throws -> Data { try Data(contentsOf: file) }

    @Test func theSameLedgerAgainChangesNothing() throws {
        let ledger = try SmallLedger.write(to: folder.file("ledger"))
        let first = try imported(ledger)
        #expect(first.changed.count == RecordKind.allCases.count && first.records[.invoices] == 4)
        #expect(first.report?.recordCounts["invoices"] == 4)
        let (before, digest) = (try bytes(), try SQLiteStore(file).ledgerDigest())
        let again = try imported(ledger)
        #expect(again.changed.isEmpty && again.report == nil && again.records == first.records)
        // But for the lock, which was taken and given back.
        #expect(try SQLiteStore(file).ledgerDigest() == digest)
        #expect(try SQLiteStore(file).auditTrail().map(\.entry.action) == ["ledger imported"])
        #expect(before.count == (try bytes().count))
    }

    @Test func onlyFilesThatChangedAreReplaced() throws {
        try imported(try SmallLedger.write(to: folder.file("a")))
        let digest = try SQLiteStore(file).ledgerDigest()
        let changed = try imported(
            try SmallLedger.write(
                to: folder.file("b"), leavingOut: [.promises],
                [.payments: ("2020-05-10", "2020-05-11"), .events: ("99.99", "98.99")]))
        #expect(changed.changed == [.events, .payments])
        #expect(changed.records[.promises] == nil && changed.records[.links] == 2)
        let store = try SQLiteStore(file)
        #expect(try store.ledgerDigest() != digest)
        #expect(try TradeLedger.read(from: store.ledger()).ledger.count(of: .promises) == 0)
        #expect(try store.verifyAuditTrail()?.number == 2)
        #expect(try imported(try SmallLedger.write(to: folder.file("a2"))).changed.count == 3)
        #expect(try SQLiteStore(file).ledgerDigest() == digest)
    }

    @Test func aRefusedLedgerLeavesEverythingAsItWas() throws {
        let bad = try SmallLedger.write(
            to: folder.file("bad"),
            [.payments: ("007,2020", "0007,2020"), .invoices: ("700,JPY", "-700,JPY")])
        #expect(throws: LedgerError.self) { try imported(bad) }
        #expect(try folder.names == ["bad"])
        let torn = try SmallLedger.write(to: folder.file("torn"), [.payments: ("2020-05-10", "yesterday")])
        #expect(throws: LedgerError.self) { try imported(torn) }
        try imported(try SmallLedger.write(to: folder.file("good")))
        let digest = try SQLiteStore(file).ledgerDigest()
        #expect(throws: LedgerError.self) { try imported(bad) }
        #expect(throws: LedgerError.self) { try imported(torn) }
        let store = try SQLiteStore(file)
        #expect(try store.ledgerDigest() == digest && store.lockHolder() == nil)
        #expect(try TradeLedger.read(from: store.ledger()).ledger.count(of: .payments) == 2)
        #expect(try store.verifyAuditTrail()?.number == 1)
    }

    /// What is wrong, by the kind and the passage exchanged, and who is set aside for it.
    private static let faults: [(changes: [RecordKind: (String, String)], setAside: Set<String>)] = [
        // The payment of nobody takes its allocation along.
        ([.payments: ("007,2020", "0007,2020"), .invoices: ("700,JPY", "-700,JPY")], ["0007", "08"]),
        ([.payments: ("2020-05-10", "yesterday")], ["08"]),
        // An obligor that cannot be used: whatever is its own goes with it.
        ([.obligors: ("2020-02-01,s1", "x,s1")], ["08", "007"]),
        ([.allocations: ("2020-04-11,10.5", "2020-04-11,-10.5")], ["007"]),
        ([.allocations: ("2020-04-11,10.5", "2020-04-11,11.5")], ["007"]),
        ([.invoices: ("10.5,EUR", "10.505,EUR"), .creditNotes: ("9.99,EUR", "x,EUR")], ["007"]),
    ]

    @Test(arguments: faults.indices)
    func whatCannotBeUsedIsLeftOutAndItsObligorSetAside(number: Int) throws {
        let (changes, setAside) = Self.faults[number]
        let bad = try SmallLedger.write(to: folder.file("bad"), changes)
        let good = try SmallLedger.write(to: folder.file("good"))
        func imported(_ ledger: LedgerFolder, _ share: Double = 0.9) throws -> LedgerImport {
            try SQLiteStore.importLedger(ledger, into: file, by: "test", settingAside: share)
        }
        // Too many for a share: no store.
        let error = try #require(throws: RefusedImport.self) { try imported(bad, 0.2) }
        #expect("\(error)".contains("more than a share of 0.2 (--max-refused)"))
        #expect(Set(error.leftOut.setAside.keys) == setAside && error.leftOut.report.hasErrors == false)
        #expect(try folder.names == ["bad", "good"])
        for isFirst in [true, false] {
            if !isFirst { #expect(try imported(good).leftOut == nil) }
            let outcome = try imported(bad)
            let leftOut = try #require(outcome.leftOut)
            #expect(Set(leftOut.setAside.keys) == setAside, "\(leftOut.setAside)")
            let store = try SQLiteStore(file)
            let details = try #require(try store.lastAuditRecord()).entry.details
            #expect(
                details.hasSuffix(
                    "; \(leftOut.faults) faults left out, \(setAside.count) obligors set aside"))
            // What is there is sound, and what a review makes of the folder.
            let strict = try TradeLedger.read(from: store.ledger())
            #expect(!strict.report.hasErrors && strict.repairs.isEmpty)
            let ofFolder = try FaultyRecords.read(bad)
            for ofStore in [try FaultyRecords.read(store.ledger()), try .readAgain(store.ledger())] {
                #expect(ofStore.leftOut == leftOut && ofFolder.leftOut == leftOut)
                #expect(ofStore.checked.report == ofFolder.checked.report && !ofStore.isSound)
                let (one, other) = (ofStore.checked.ledger, ofFolder.checked.ledger)
                for kind in RecordKind.allCases {
                    #expect(one.count(of: kind) == other.count(of: kind), "\(kind)")
                }
                for place in 0..<one.obligorCount {
                    let asOf = AsOf(.never)
                    let (view, seen) = (one.view(of: place, asOf: asOf), other.view(of: place, asOf: asOf))
                    #expect(view.id == seen.id && view.invoices.map(\.amount) == seen.invoices.map(\.amount))
                    #expect(
                        one.allocationHistory(of: place).openItems(asOf: asOf).map(\.amount)
                            == other.allocationHistory(of: place).openItems(asOf: asOf).map(\.amount))
                }
            }
            // Again changes nothing, and still says it.
            let again = try imported(bad)
            #expect(again.changed.isEmpty && again.leftOut == leftOut)
            #expect(try imported(bad, 0).changed.isEmpty)
        }
        // Put right, everything is read again: nothing is left of what was put right without it.
        let whole = try imported(good)
        #expect(whole.leftOut == nil && whole.changed.count == RecordKind.allCases.count)
        let store = try SQLiteStore(file)
        #expect(try store.leftOut() == nil && store.verifyAuditTrail()?.number == 4)
        #expect(
            try TradeLedger.read(from: store.ledger()).report == (try TradeLedger.read(from: good).report))
    }

    /// An event that comes after a review with a day before it was known to nobody on that day.
    @Test func anEventThatComesLateIsKnownFromTheDayAfterTheReview() throws {
        let line = #"e1,08,2020-06-01,lawsuit,99.99,USD,"who, else",2020-06-12"#
        func imported(_ name: String, _ more: String) throws -> [String: String] {
            let ledger = try SmallLedger.write(
                to: folder.file(name), [.events: (line, line + "\ne2,007,2020-05-01,merger,,,," + more)])
            try self.imported(ledger)
            let days = try SQLiteStore(file).reading { database in
                try Row.fetchAll(database, sql: "SELECT event, known FROM ledger_events").map { row in
                    (try row.value("event") as String, try row.value("known") as Int32?)
                }
            }
            return Dictionary(uniqueKeysWithValues: days).mapValues {
                $0.map { "\(CalendarDay(daysSince1970: $0))" } ?? ""
            }
        }
        #expect(try imported("first", "") == ["e1": "2020-06-12", "e2": ""])
        let store = try SQLiteStore(file)
        let reviewed = try #require(CalendarDay(iso8601: "2020-09-30"))
        for (digest, day) in [("r", reviewed), ("unfinished", reviewed.adding(days: 90))] {
            _ = try store.begin(RunPlan(digest: digest, job: "review", asOf: day, author: "x"))
        }
        _ = try store.finish(run: "r", summary: "")
        // Of those that come now: one of before the review, one that says itself when, one of after it. The review
        // knew none of them, whatever they say.
        let late =
            "\ne3,9,2020-07-01,judgment,,,,\ne4,9,2020-07-01,lawsuit,,,,2020-07-05\ne5,9,2020-11-01,other,,,,"
        let expected = [
            "e1": "2020-06-12", "e2": "", "e3": "2020-10-01", "e4": "2020-10-01", "e5": "",
        ]
        #expect(try imported("second", late) == expected)
        // It stays so in every later import and after every later review, also if the source says when it was.
        _ = try store.begin(RunPlan(digest: "s", job: "review", asOf: reviewed.adding(days: 92), author: "x"))
        _ = try store.finish(run: "s", summary: "")
        #expect(
            try imported("third", late + "\ne6,9,2020-12-30,merger,,,,")
                == expected.merging(["e6": "2021-01-01"]) { $1 })
        #expect(
            try imported("fourth", late.replacing("judgment,,,,", with: "judgment,,,,2020-07-02"))["e3"]
                == "2020-10-01")
        // As of the day of the review, nothing is known that was not known then.
        let ledger = try TradeLedger.read(from: store.ledger()).ledger
        let place = try #require(ledger.place(of: ObligorID("9")))
        #expect(ledger.view(of: place, asOf: AsOf(reviewed)).events.isEmpty)
        #expect(ledger.view(of: place, asOf: AsOf(reviewed.adding(days: 1))).events.count == 2)
        #expect(try store.verifyAuditTrail() == store.lastAuditRecord())
    }

    private func reviewed(asOf text: String) throws {
        let (store, day) = (try SQLiteStore(file), try #require(CalendarDay(iso8601: text)))
        _ = try store.begin(RunPlan(digest: text, job: "review", asOf: day, author: "x"))
        _ = try store.finish(run: text, summary: "")
    }

    /// The days from which events are known that are not known from the day on which they happened.
    private func knownDays() throws -> [String: String] {
        let days = try SQLiteStore(file).reading { database in
            try Row.fetchAll(database, sql: "SELECT event, known FROM ledger_events WHERE known IS NOT NULL")
                .map { (try $0.value("event") as String, try $0.value("known") as Int32) }
        }
        return Dictionary(uniqueKeysWithValues: days).mapValues { "\(CalendarDay(daysSince1970: $0))" }
    }

    @Test func theFirstEventsOfALedgerThatHadNoneComeLateToo() throws {
        try imported(try SmallLedger.write(to: folder.file("none"), leavingOut: [.events]))
        try reviewed(asOf: "2020-09-30")
        try imported(try SmallLedger.write(to: folder.file("some")))
        #expect(try knownDays() == ["e1": "2020-10-01"])
        #expect(try SQLiteStore(file).verifyAuditTrail()?.entry.action == "ledger imported")
    }

    /// A file that imports lack for a while is no reason to take all its events for news, nor to forget which were.
    @Test func eventsOfAFileThatWasMissingAreKnownFromTheSameDays() throws {
        let ledger = { (name: String, events: String) in
            try SmallLedger.write(
                to: folder.file(name), [.events: (",2020-06-12", ",2020-06-12\n" + events)])
        }
        let old = "e2,007,2020-05-01,merger,,,,"
        let late = old + "\ne3,9,2020-07-01,judgment,,,,\ne4,9,2020-11-01,other,,,,"
        try imported(try ledger("first", old))
        try reviewed(asOf: "2020-09-30")
        let expected = ["e1": "2020-06-12", "e3": "2020-10-01"]
        try imported(try ledger("late", late))
        #expect(try knownDays() == expected)
        try imported(try SmallLedger.write(to: folder.file("none"), leavingOut: [.events]))
        #expect(try TradeLedger.read(from: SQLiteStore(file).ledger()).ledger.count(of: .events) == 0)
        #expect(try SQLiteStore(file).verifyAuditTrail() != nil)
        try imported(try ledger("again", late))
        #expect(try knownDays() == expected)
        // What no review knew when the file went comes late for one that was made without it.
        try imported(
            try SmallLedger.write(
                to: folder.file("none"), leavingOut: [.events], [.payments: ("2020-05-10", "2020-05-11")]))
        try reviewed(asOf: "2020-12-31")
        try imported(try ledger("back", late))
        #expect(
            try knownDays() == ["e1": "2020-06-12", "e3": "2021-01-01", "e4": "2021-01-01"])
        let store = try SQLiteStore(file)
        #expect(try store.verifyAuditTrail() == store.lastAuditRecord())
        let tables = try store.reading { try String.fetchAll($0, sql: "SELECT name FROM sqlite_master") }
        #expect(!tables.contains { $0.hasPrefix("set_by") })
    }

    @Test func whatAKilledImportLeftGoesWithTheSameLedgerToo() throws {
        let ledger = try SmallLedger.write(to: folder.file("ledger"))
        try imported(ledger)
        let store = try SQLiteStore(file)
        try store.writing { database in
            try database.execute(sql: LedgerTable(kind: .invoices).creation)
            try LedgerSeal.create(database)
        }
        #expect(try imported(ledger).changed.isEmpty)
        let tables = try store.reading { try String.fetchAll($0, sql: "SELECT name FROM sqlite_master") }
        #expect(!tables.contains { $0.hasPrefix("incoming") })
    }

    @Test(arguments: ["DELETE FROM ledger", "UPDATE ledger SET imports = 0"])
    func whoeverTampersWithTheNumberOfImportsStopsNone(sql: String) throws {
        let ledger = try SmallLedger.write(to: folder.file("ledger"))
        try imported(ledger)
        try SQLiteStore(file).writing { try $0.execute(sql: sql) }
        #expect(try imported(ledger).renewal == .altered)
        #expect(try SQLiteStore(file).verifyAuditTrail()?.entry.subject == "import 2")
    }

    @Test func whatNoLeavingOutPutsRightIsRefused() throws {
        let folder = try SmallLedger.write(to: folder.file("ledger"))
        try imported(folder)
        try Data("[]".utf8).write(to: folder.url.appending(path: "ledger.json"))
        #expect(throws: LedgerError.self) {
            try SQLiteStore.importLedger(
                LedgerFolder(folder.url), into: file, by: "test", settingAside: 1)
        }
        #expect(try SQLiteStore(file).leftOut() == nil)
    }

    @Test func daysAreIndexed() throws {
        try imported(try SmallLedger.write(to: folder.file("ledger")))
        let store = try SQLiteStore(file)
        let names = try store.reading { database in
            try String.fetchAll(database, sql: "SELECT name FROM sqlite_master WHERE type = 'index'")
        }
        for kind in ["invoices", "payments", "statements", "events", "rates", "links", "ratings"] {
            #expect(names.contains("ledger_\(kind)_by_known_1"), "\(names)")
        }
        #expect(
            names.contains("ledger_invoices_by_issued_1") && names.contains("ledger_invoices_by_obligor_1"))
        #expect(names.contains("ledger_allocations_by_payment_1"))
        let plan = try store.reading { database in
            try Row.fetchAll(
                database,
                sql: "EXPLAIN QUERY PLAN SELECT * FROM ledger_invoices WHERE coalesce(known, issued) > 18000"
            ).map { $0["detail"] as String }
        }
        #expect(plan.contains { $0.contains("ledger_invoices_by_known_1") }, "\(plan)")
    }

    @Test func columnsAreTheDeclaredOnes() throws {
        try imported(try SmallLedger.write(to: folder.file("ledger")))
        let store = try SQLiteStore(file)
        for kind in RecordKind.allCases {
            let names = try store.reading { database in
                try database.columns(in: LedgerTable(kind: kind).name).map(\.name)
            }
            #expect(names == kind.fields.map(\.name))
        }
    }

    /// A store by an engine that did not know an optional column yet.
    @Test func anOptionalColumnMayBeMissing() throws {
        try imported(try SmallLedger.write(to: folder.file("ledger")))
        let store = try SQLiteStore(file)
        try store.writing { try $0.execute(sql: "ALTER TABLE ledger_obligors DROP COLUMN salesperson") }
        #expect(try TradeLedger.read(from: store.ledger()).ledger.obligorCount == 3)
        try store.writing { database in
            try database.execute(
                sql: "DROP INDEX ledger_payments_by_paid_1; DROP INDEX ledger_payments_by_known_1")
            try database.execute(sql: "DROP INDEX ledger_payments_by_obligor_1")
            try database.execute(sql: "ALTER TABLE ledger_payments DROP COLUMN paid")
        }
        #expect(throws: LedgerError.self) { try TradeLedger.read(from: store.ledger()) }
    }

    @Test func openingClearsWhatAKilledImportLeft() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("store.db")
        _ = try SQLiteStore.importLedger(
            try SmallLedger.write(to: folder.file("ledger")), into: file, by: "test")
        // Numbers of processes go up to four millions.
        let (gone, mine) = ("4999999", "\(ProcessInfo.processInfo.processIdentifier)")
        let left = [".store.db.\(gone)-a.partial", ".store.db.\(gone)-a.partial-journal"]
        let kept = [
            ".store.db.\(mine)-b.partial", ".store.db.\(gone)-held.partial", ".other.db.\(gone)-c.partial",
            ".store.db.note",
        ]
        for name in left + kept { _ = try folder.write("half", to: name) }
        // A process on another machine holds what it makes.
        let other = try FileHandle(forUpdating: folder.file(kept[1]))
        #expect(flock(other.fileDescriptor, LOCK_EX | LOCK_NB) == 0)
        try SQLiteStore(file).close()
        let names = try folder.names
        #expect(Set(names).isSuperset(of: kept) && Set(names).isDisjoint(with: left), "\(names)")
        try other.close()
        try SQLiteStore(file).close()
        #expect(try !folder.names.contains(kept[1]))
    }

    @Test func aStoreThatIsBeingMadeIsHeld() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("store.db")
        try StoreFile.making(file) { place throws(StorageError) in
            guard let other = try? FileHandle(forReadingFrom: place.url) else { return }
            #expect(flock(other.fileDescriptor, LOCK_EX | LOCK_NB) != 0)
            try? other.close()
            try SQLiteStore.staged(at: place, now: { Date() }).seal()
        }
        #expect(try SQLiteStore(file).verifyAuditTrail() == nil)
        #expect(try folder.names.allSatisfy { $0.hasPrefix("store.db") })
    }

    @Test func whatIsNoStoreIsRefused() throws {
        let ledger = try SmallLedger.write(to: folder.file("ledger"))
        #expect(throws: StorageError.noStore(path: file.relativePath)) { try SQLiteStore(file) }
        try folder.write("some text", to: "store.db")
        #expect(throws: StorageError.notAStore(path: file.relativePath)) { try SQLiteStore(file) }
        #expect(throws: StorageError.notAStore(path: file.relativePath)) { try imported(ledger) }
        try FileManager.default.removeItem(at: file)
        let other = try DatabaseQueue(path: file.path)
        try other.write { try $0.execute(sql: "CREATE TABLE x (y)") }
        try other.close()
        #expect(throws: StorageError.notAStore(path: file.relativePath)) { try imported(ledger) }
        try FileManager.default.removeItem(at: file)
        let empty = try SQLiteStore.create(file)
        #expect(throws: StorageError.noLedger(store: file.relativePath)) { try empty.ledger() }
        #expect(throws: StorageError.alreadyExists(path: file.relativePath)) { try SQLiteStore.create(file) }
        #expect(try empty.ledgerDigest() == nil)
        let nowhere = folder.file("no/such/store.db")
        #expect(throws: StorageError.self) { try SQLiteStore.create(nowhere) }
    }

    @Test func anImportWaitsForTheLockOrSaysWhoHasIt() throws {
        let ledger = try SmallLedger.write(to: folder.file("ledger"))
        try imported(ledger)
        let store = try SQLiteStore(file)
        let lock = try store.lock(for: "review", waiting: 0)
        #expect {
            try imported(try SmallLedger.write(to: folder.file("b"), leavingOut: [.links]))
        } throws: { error in
            guard case StorageError.locked(let holder) = error else { return false }
            return holder.purpose == "review"
        }
        lock.release()
        #expect(
            try imported(try SmallLedger.write(to: folder.file("b"), leavingOut: [.links])).records[.links]
                == nil)
    }

    @Test func aDatabaseThatSomebodyWritesIsWaitedForAndThenNamed() throws {
        try imported(try SmallLedger.write(to: folder.file("ledger")))
        let other = try DatabaseQueue(path: file.path)
        try other.inDatabase { database in
            try database.execute(sql: "PRAGMA foreign_keys = ON")
            try database.beginTransaction(.immediate)
            let store = try SQLiteStore(file, waiting: 0.05)
            // Reading goes on beside it.
            #expect(try store.auditTrail().count == 1)
            #expect(throws: StorageError.busy(store: file.relativePath)) {
                try store.append(AuditEntry(action: "a", author: "b", subject: "c"))
            }
            try database.rollback()
            #expect(try store.append(AuditEntry(action: "a", author: "b", subject: "c")).number == 2)
        }
    }

    /// A store whose packed records are of no use is read and checked in full: what its import left out still counts,
    /// beside what cannot be used by then.
    @Test func whatWasLeftOutCountsWhereAStoreIsReadInFull() throws {
        let ledger = try SmallLedger.write(
            to: folder.file("ledger"), [.payments: ("2020-05-10", "yesterday")])
        let leftOut = try #require(
            try SQLiteStore.importLedger(ledger, into: file, by: "test", settingAside: 0.9).leftOut)
        #expect(Set(leftOut.setAside.keys) == ["08"])
        func change(_ sql: String) throws { try SQLiteStore(file).writing { try $0.execute(sql: sql) } }
        func read() throws -> FaultyRecords { try FaultyRecords.readAgain(SQLiteStore(file).ledger()) }
        let packed = try read()
        try change("DROP TABLE ledger_packed")
        let full = try read()
        #expect(full.leftOut == leftOut && packed.leftOut == leftOut && !full.isSound)
        #expect(full.checked.report == packed.checked.report)
        #expect(throws: ReviewError.self) { try full.check(0.2) }
        // Something that an earlier engine took, and this one does not.
        try change("UPDATE ledger_invoices SET amount = -0.1 WHERE invoice = 'i3'")
        let worse = try read()
        let both = try #require(worse.leftOut)
        #expect(both.setAside["08"] == leftOut.setAside["08"] && Set(both.setAside.keys) == ["08", "9"])
        #expect(both.faults == leftOut.faults + 1)
        let place = try #require(worse.checked.ledger.place(of: ObligorID("9")))
        #expect(worse.checked.ledger.view(of: place, asOf: AsOf(.never)).invoices.isEmpty)
    }
}
