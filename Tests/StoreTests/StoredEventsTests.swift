import Foundation
import Ledger
import TestSupport
import Testing
import Vocabulary

@testable import Store

@Suite("A store tells which events of its ledger became known after a day")
struct StoredEventsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func store(_ events: String...) throws -> SQLiteStore {
        let line = #"e1,08,2020-06-01,lawsuit,99.99,USD,"who, else",2020-06-12"#
        let ledger = try SmallLedger.write(
            to: folder.file("ledger"), [.events: (line, ([line] + events).joined(separator: "\n"))])
        _ = try SQLiteStore.importLedger(ledger, into: folder.file("portfolio.db"), by: "test")
        return try SQLiteStore(folder.file("portfolio.db"))
    }

    private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(iso8601: text)) }

    @Test func theyComeInTheOrderInWhichTheyBecameKnown() throws {
        let store = try store(
            "e2,007,2020-07-01,merger,,,,", "e3,9,2020-05-01,judgment,7,,,2020-06-30",
            "e4,9,2020-06-11,other,,,,", "e5,08,2020-06-11,judgment,,,,")
        #expect(
            try store.events(knownAfter: day("2020-06-11")) == [
                ImportedEvent(
                    id: "e1", obligor: ObligorID("08"), kind: .lawsuit, occurred: day("2020-06-01"),
                    known: day("2020-06-12"), amount: 99.99, currency: Currency(code: "USD"),
                    counterparty: "who, else"),
                ImportedEvent(
                    id: "e3", obligor: ObligorID("9"), kind: .judgment, occurred: day("2020-05-01"),
                    known: day("2020-06-30"), amount: 7, currency: nil, counterparty: nil),
                ImportedEvent(
                    id: "e2", obligor: ObligorID("007"), kind: .merger, occurred: day("2020-07-01"),
                    known: day("2020-07-01"), amount: nil, currency: nil, counterparty: nil),
            ])
        #expect(try store.events(knownAfter: day("2020-06-10")).map(\.id) == ["e4", "e5", "e1", "e3", "e2"])
        #expect(try store.events(knownAfter: day("2020-07-01")).isEmpty)
    }

    /// Two records of one event are one: of what was known by then nothing is new, whoever tells it once more.
    @Test func eachEventComesOnce() throws {
        let store = try store(
            #"e2,08,2020-06-01,lawsuit,5,EUR,"who, else",2020-06-20"#,
            "e3,08,2020-06-01,lawsuit,,,,2020-06-21",
            "e4,08,2020-06-01,lawsuit,,,somebody,2020-06-22")
        #expect(try store.events(knownAfter: day("2020-06-01")).map(\.id) == ["e1", "e3", "e4"])
        #expect(try store.events(knownAfter: day("2020-06-12")).map(\.id) == ["e3", "e4"])
    }

    @Test func aLedgerWithoutEventsHasNone() throws {
        let ledger = try SmallLedger.write(to: folder.file("ledger"), leavingOut: [.events])
        _ = try SQLiteStore.importLedger(ledger, into: folder.file("portfolio.db"), by: "test")
        #expect(
            try SQLiteStore(folder.file("portfolio.db")).events(knownAfter: day("2000-01-01")).isEmpty)
    }
}
