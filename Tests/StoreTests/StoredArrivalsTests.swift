import Foundation
import Ledger
import Review
import TestSupport
import Testing
import Vocabulary

@testable import Store

@Suite("A store tells when statements and bureau reports of its ledger became known")
struct StoredArrivalsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Imports the ledger with these statements and bureau reports alone.
    private func store(statements: [String], bureau: [String]) throws -> SQLiteStore {
        let texts: [RecordKind: [String]] = [
            .statements: ["statement,obligor,period_end,published,revenue,known"] + statements,
            .bureau: ["obligor,source,observed,external_score,known"] + bureau,
        ]
        let ledger = try SmallLedger.write(
            to: folder.file("ledger"),
            texts.mapValues { $0.joined(separator: "\n") }.reduce(into: [:]) { changes, entry in
                changes[entry.key] = SmallLedger.files[entry.key].map { ($0, entry.value) }
            })
        _ = try SQLiteStore.importLedger(ledger, into: folder.file("portfolio.db"), by: "test")
        return try SQLiteStore(folder.file("portfolio.db"))
    }

    private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(iso8601: text)) }

    private func arrivals(
        _ kind: RecordKind, after text: String, in store: SQLiteStore
    ) throws -> [String] {
        try store.arrivals(of: kind, knownAfter: day(text)).map { "\($0.obligor.text) \($0.known)" }
    }

    private func review(asOf text: String, in store: SQLiteStore) throws {
        let plan = RunPlan(
            digest: text, job: "review", asOf: try day(text), model: nil, features: [], author: "test")
        _ = try store.begin(plan)
        _ = try store.finish(run: text, summary: "")
    }

    @Test func everyRecordComesOnItsDay() throws {
        let store = try store(
            statements: [
                "s1,08,2019-12-31,2020-07-01,1,", "s2,08,2018-12-31,2020-06-15,1,2020-07-01",
                "s3,007,2019-12-31,2020-05-31,1,", "s4,007,2020-03-31,2020-07-01,1,",
                // Before it was an obligor.
                "s5,9,2018-12-31,2020-01-15,1,",
            ],
            bureau: ["007,b,2020-05-01,1,2020-05-03", "08,b,2020-05-01,2,", "08,c,2020-05-01,2,"])
        #expect(
            try arrivals(.statements, after: "2019-12-31", in: store)
                == ["007 2020-05-31", "007 2020-07-01", "08 2020-07-01", "08 2020-07-01"])
        #expect(
            try store.arrivals(of: .statements, knownAfter: day("2020-05-31")).map(\.record)
                == ["s4", "s1", "s2"])
        #expect(
            try store.arrivals(of: .bureau, knownAfter: day("2020-04-30")) == [
                RecordArrival(obligor: ObligorID("08"), record: "b 2020-05-01", known: day("2020-05-01")),
                RecordArrival(obligor: ObligorID("08"), record: "c 2020-05-01", known: day("2020-05-01")),
                RecordArrival(obligor: ObligorID("007"), record: "b 2020-05-01", known: day("2020-05-03")),
            ])
        #expect(try arrivals(.bureau, after: "2020-05-03", in: store).isEmpty)
    }

    /// What no review before the import knew arrived on the day after the last one, whatever it says; its own days
    /// stay.
    @Test func whatComesLateArrivedOnTheDayAfterTheReview() throws {
        var statements = ["s1,007,2019-12-31,2020-05-31,1,"]
        var bureau = ["007,b,2020-05-01,1,"]
        try review(asOf: "2020-06-30", in: store(statements: statements, bureau: bureau))
        statements += ["s2,007,2018-12-31,2020-03-31,1,", "s3,08,2019-12-31,2020-06-30,1,2020-06-30"]
        bureau += ["007,c,2020-05-01,1,", "9,b,2020-04-02,1,2020-04-05"]
        // A correction of what was known is nothing that arrives.
        statements[0] = "s1,007,2019-12-31,2020-05-30,2,"
        let late = try store(statements: statements, bureau: bureau)
        let both = ["007 2020-07-01", "08 2020-07-01"]
        #expect(try arrivals(.statements, after: "2020-06-30", in: late) == both)
        #expect(try arrivals(.bureau, after: "2020-06-30", in: late) == ["007 2020-07-01", "9 2020-07-01"])
        #expect(try arrivals(.statements, after: "2020-05-31", in: late) == ["08 2020-06-30"] + both)
        #expect(try arrivals(.statements, after: "2020-03-30", in: late).first == "007 2020-03-31")
        // The trail vouches for it.
        #expect(try late.verifyAuditTrail() != nil)
        // Later imports keep it, until a review has known it.
        statements.append("s4,08,2020-03-31,2020-07-15,1,")
        let again = try store(statements: statements, bureau: bureau)
        #expect(
            try arrivals(.statements, after: "2020-06-30", in: again) == both + ["08 2020-07-15"])
        #expect(try arrivals(.bureau, after: "2020-06-30", in: again) == ["007 2020-07-01", "9 2020-07-01"])
        try review(asOf: "2020-09-30", in: again)
        statements.append("s5,9,2020-03-31,2020-07-20,1,")
        let next = try store(statements: statements, bureau: bureau)
        #expect(try arrivals(.statements, after: "2020-09-30", in: next) == ["9 2020-10-01"])
    }

    @Test func theFirstOfALedgerThatHadNoneComeLateToo() throws {
        let bare = try SmallLedger.write(to: folder.file("bare"), leavingOut: [.statements, .bureau])
        _ = try SQLiteStore.importLedger(bare, into: folder.file("portfolio.db"), by: "test")
        try review(asOf: "2020-06-30", in: SQLiteStore(folder.file("portfolio.db")))
        let late = try store(
            statements: ["s1,007,2019-12-31,2020-05-31,1,", "s2,08,2019-12-31,2020-07-10,1,"],
            bureau: ["007,b,2020-05-01,1,2020-05-03"])
        #expect(
            try arrivals(.statements, after: "2020-06-30", in: late) == ["007 2020-07-01", "08 2020-07-10"])
        #expect(try arrivals(.bureau, after: "2020-06-30", in: late) == ["007 2020-07-01"])
    }

    @Test func aLedgerWithoutStatementsHasNone() throws {
        let ledger = try SmallLedger.write(to: folder.file("ledger"), leavingOut: [.statements, .bureau])
        _ = try SQLiteStore.importLedger(ledger, into: folder.file("portfolio.db"), by: "test")
        let store = try SQLiteStore(folder.file("portfolio.db"))
        for kind in [RecordKind.statements, .bureau] {
            #expect(try arrivals(kind, after: "2000-01-01", in: store).isEmpty)
        }
    }
}
