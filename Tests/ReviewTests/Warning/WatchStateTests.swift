import Foundation
import Ledger
import Statistics
import TestSupport
import Testing
import Vocabulary

@testable import Review

@Suite("The state of a watch survives, and nothing counts twice")
struct WatchStateTests {
    private static let options = WatchOptions(begins: WatchFixture.day("2021-06-01"), falseAlarmRate: 0.05)

    /// Records of two obligors, one of which stops paying, in the order in which they become known.
    private static func lines() -> [String] {
        let records =
            [WatchFixture.obligor("A"), WatchFixture.obligor("B")]
            + WatchFixture.weekly("A", weeks: 110) { $0 < 90 ? [-6, -3, -5, 0, -4][$0 % 5] : nil }
            + WatchFixture.weekly("B", weeks: 110) { [1, 4, 0, -2][$0 % 4] }
        func known(_ line: String) -> String {
            for name in ["onboarded", "issued", "paid", "allocated"] {
                if let range = line.firstRange(of: "\"\(name)\": \"") {
                    return String(line[range.upperBound...].prefix(10))
                }
            }
            return ""
        }
        return records.enumerated().sorted { (known($0.element), $0.offset) < (known($1.element), $1.offset) }
            .map(\.element)
    }

    private static func watch(_ state: inout WatchState, through day: String) throws -> [AlertEvent] {
        let ledger = try TradeLedger.read(
            from: JournaledLedger(state.journal, baseCurrency: .euro), scope: WatchEngine.scope
        ).ledger
        return try state.engine.watch(ledger, through: WatchFixture.day(day)).events
    }

    @Test func recordsThatComeOneByOneAreThoseOfALedger() throws {
        let lines = Self.lines()
        var whole = WatchState(try WatchEngine(Self.options))
        for (number, line) in lines.enumerated() {
            #expect(try whole.journal.take(line, number: number + 1, watched: nil) == .new)
        }
        let expected = try Self.watch(&whole, through: "2022-01-31")
        #expect(expected.contains { $0.obligor == "A" && $0.change == .opened })
        #expect(!expected.contains { $0.obligor == "B" })

        // As a stream with months marked complete, every line twice, and a restart from the file after every mark.
        let folder = try TemporaryFolder()
        let file = folder.file("watch.state")
        var events: [AlertEvent] = []
        var state = WatchState(try WatchEngine(Self.options))
        var next = 0
        let months = ["2021-06-30"] + (7...12).map { "2021-\($0 < 10 ? "0" : "")\($0)-28" } + ["2022-01-31"]
        for month in months {
            while next < lines.count {
                var copy = state.journal
                _ = try copy.take(lines[next], number: next + 1, watched: nil)
                guard let known = copy.lastKnown, known <= WatchFixture.day(month) else { break }
                #expect(
                    try state.journal.take(lines[next], number: next + 1, watched: state.engine.lastDay)
                        == .new)
                #expect(
                    try state.journal.take(lines[next], number: next + 1, watched: state.engine.lastDay)
                        == .known)
                next += 1
            }
            let mark = try state.journal.take(
                "{\"day\": \"\(month)\"}", number: 1, watched: state.engine.lastDay)
            #expect(mark == .complete(WatchFixture.day(month)))
            events += try Self.watch(&state, through: month)
            try state.write(to: file)
            let again = try #require(try WatchState.read(file, continuing: Self.options))
            #expect(again == state)
            state = again
        }
        #expect(events == expected)
        #expect(state.engine == whole.engine)
        #expect(try folder.names == ["watch.state"])
    }

    @Test func whatComesLateCountsFromTheDayItCame() throws {
        var journal = RecordJournal()
        _ = try journal.take(WatchFixture.obligor("A"), number: 1, watched: nil)
        let line = WatchFixture.weekly("A", weeks: 1) { _ in nil }[0]
        #expect(try journal.take(line, number: 2, watched: WatchFixture.day("2020-03-01")) == .new)
        #expect(journal.lastKnown == WatchFixture.day("2020-03-02"))
        // Again on a later day: still the same record.
        #expect(try journal.take(line, number: 3, watched: WatchFixture.day("2020-05-01")) == .known)
        // An invoice that comes under dispute takes the place of what it was.
        let disputed = line.replacing("}", with: #", "disputed_from": "2020-05-04"}"#)
        #expect(try journal.take(disputed, number: 4, watched: WatchFixture.day("2020-05-01")) == .new)
        #expect(journal.count == 2)
        let ledger = try TradeLedger.read(
            from: JournaledLedger(journal, baseCurrency: .euro), scope: WatchEngine.scope
        ).ledger
        let view = ledger.view(of: 0, asOf: AsOf(WatchFixture.day("2020-05-04")))
        #expect(view.invoices.first?.known == WatchFixture.day("2020-03-02"))
        #expect(view.invoices.first?.disputedSince(asOf: view.asOf) == WatchFixture.day("2020-05-04"))
    }

    @Test func recordsStandInForThoseOfTheLedger() throws {
        let base = try WatchFixture.sample()
        let ledger = try TradeLedger.read(from: base, scope: WatchEngine.scope).ledger
        let id = ledger.id(ofInvoice: 0)
        let invoice = try #require(ledger.view(of: 0, asOf: AsOf(.never)).invoices.first)
        var journal = RecordJournal()
        let line =
            #"{"record": "invoices", "invoice": "\#(id)", "obligor": "\#(ledger.id(ofObligor: 0))", "issued": "\#(invoice.issued)", "#
            + #""due": "\#(invoice.due)", "amount": "1.00", "currency": "\#(invoice.amount.currency)"}"#
        _ = try journal.take(line, number: 1, watched: nil)
        let changed = try? TradeLedger.read(
            from: JournaledLedger(base, journal), scope: LedgerScope([.invoices])
        ).ledger
        #expect(changed?.count(of: .invoices) == ledger.count(of: .invoices))
        let now = changed?.view(of: 0, asOf: AsOf(.never)).invoices.first {
            $0.issued == invoice.issued && $0.amount.minorUnits == 100
        }
        #expect(now != nil)
    }

    @Test(arguments: [
        ("[1]", "not a JSON object"), ("{\"record\": 3}", "no 'record'"),
        ("{\"record\": \"bills\"}", "'bills' is no kind"),
        ("{\"record\": \"payments\", \"payment\": \"P\"}", "payments need 'obligor'"),
        (
            #"{"record": "payments", "payment": "P", "obligor": "A", "paid": "yesterday", "amount": 1}"#,
            "'paid' is no day"
        ),
        (
            #"{"record": "payments", "payment": "P", "obligor": "A", "paid": "2024-05-03", "amount": 1, "colour": 2}"#,
            "payments have no 'colour'"
        ),
        (
            #"{"record": "payments", "payment": ["P"], "obligor": "A", "paid": "2024-05-03", "amount": 1}"#,
            "neither text nor a number"
        ),
        (#"{"day": "2024-13-01"}"#, "no 'record'"), ("{\"day\": NaN}", "not a JSON object"),
    ]) func badLinesAreNamed(line: String, reason: String) throws {
        var journal = RecordJournal()
        let error = #expect(throws: WatchError.self) { try journal.take(line, number: 7, watched: nil) }
        #expect(error?.description.hasPrefix("line 7: ") == true)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(journal == RecordJournal())
    }

    @Test func damagedStatesAreRefused() throws {
        let folder = try TemporaryFolder()
        let file = folder.file("watch.state")
        #expect(try WatchState.read(file, continuing: Self.options) == nil)
        var state = WatchState(try WatchEngine(Self.options))
        for (number, line) in Self.lines().enumerated() {
            _ = try state.journal.take(line, number: number, watched: nil)
        }
        _ = try Self.watch(&state, through: "2021-08-01")
        try state.write(to: file)
        let good = try Data(contentsOf: file)
        var mutator = Mutator(SeededGenerator(seed: 11), splices: ["{", "1e999", "formatVersion"])
        for round in 0..<60 {
            let bad = round < 20 ? Array(good.prefix(good.count * round / 20)) : mutator.damaged(Array(good))
            try Data(bad).write(to: file)
            do throws(WatchError) {
                // A space more between the header's keys changes nothing.
                #expect(try WatchState.read(file, continuing: Self.options) == state, "round \(round)")
            } catch {
                #expect(error.description.contains("watch.state"))
            }
        }
        try Data("{\"formatVersion\":2,\"sha256\":\"\"}\n{}".utf8).write(to: file)
        #expect(throws: WatchError.newerState(path: file.relativePath, version: 2, supported: 1)) {
            try WatchState.read(file, continuing: Self.options)
        }
        try good.write(to: file)
        var other = Self.options
        other.falseAlarmRate = 0.1
        #expect(throws: WatchError.otherOptions(path: file.relativePath, name: "false-alarm rate")) {
            try WatchState.read(file, continuing: other)
        }
    }
}
