import Foundation
import Ledger
import Parallelism
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
        (
            #"{"record": "payments", "payment": "P", "obligor": "A", "paid": "2024-05-03", "amount": "9O"}"#,
            "'amount' is no amount, such as 90.5"
        ),
        (
            #"{"record": "payments", "payment": "P", "obligor": "A", "paid": "2024-05-03", "amount": "90,5"}"#,
            "'amount' is no amount"
        ),
        (
            #"{"record": "payments", "payment": "P", "obligor": "A", "paid": "2024-05-03", "amount": 1, "currency": "EURO"}"#,
            "'currency' is no currency of ISO 4217"
        ),
        (
            #"{"record": "payments", "payment": "P", "obligor": "A", "paid": "2024-05-03", "amount": 1, "known": "3.5.24"}"#,
            "'known' is no day"
        ),
        (
            #"{"record": "contracts", "contract": "C", "obligor": "A", "signed": "2024-05-03", "terms_days": 30.5}"#,
            "'terms_days' is no whole number (days, at least 0, at most 3650)"
        ),
        (
            #"{"record": "links", "supplier": "A", "buyer": "B", "from": "2024-05-03", "share_of_trade": 1.5}"#,
            "'share_of_trade' is no number (fraction, at least 0, at most 1)"
        ),
        (
            #"{"record": "events", "event": "E", "obligor": "A", "occurred": "2024-05-03", "kind": "flood"}"#,
            "'kind' is no word of the column: merger"
        ),
        (
            #"{"record": "statements", "statement": "S", "obligor": "A", "period_end": "2023-12-31", "published": "2024-05-03", "audited": "perhaps"}"#,
            "'audited' is no true or false"
        ),
        (#"{"day": "2024-13-01"}"#, "no 'record'"), ("{\"day\": NaN}", "not a JSON object"),
    ]) func badLinesAreNamed(line: String, reason: String) throws {
        var journal = RecordJournal()
        let error = #expect(throws: WatchError.self) { try journal.take(line, number: 7, watched: nil) }
        #expect(error?.description.hasPrefix("line 7: ") == true)
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
        #expect(journal == RecordJournal())
    }

    /// A value that is taken is one that the ledger's reader takes too.
    @Test func valuesThatAreTakenAreRead() throws {
        var journal = RecordJournal()
        let lines = [
            #"{"record": "obligors", "obligor": "A", "onboarded": "2024-01-01", "employees": 12, "registered_capital": 1e5}"#,
            #"{"record": "obligors", "obligor": "B", "onboarded": "2024-01-01", "name": "NA, \"x\"\r\ny"}"#,
            #"{"record": "contracts", "contract": "C", "obligor": "A", "signed": "2024-05-03", "terms_days": "30", "credit_limit": "+5.50"}"#,
            #"{"record": "statements", "statement": "S", "obligor": "A", "period_end": "2023-12-31", "published": "2024-05-03", "audited": true, "cash": -0.5}"#,
            #"{"record": "statements", "statement": "T", "obligor": "B", "period_end": "2023-12-31", "published": "2024-05-03", "audited": "No", "months": 6}"#,
            #"{"record": "links", "supplier": "A", "buyer": "B", "from": "2024-05-03", "share_of_trade": 0.5}"#,
            #"{"record": "rates", "day": "2024-05-03", "currency": "USD", "base": "EUR", "rate": 9e-1}"#,
            #"{"record": "events", "event": "E", "obligor": "A", "occurred": "2024-05-03", "kind": "merger", "amount": null}"#,
        ]
        for (number, line) in lines.enumerated() {
            #expect(try journal.take(line, number: number + 1, watched: nil) == .new)
        }
        let (ledger, refused) = try journal.ledger(
            beside: nil, baseCurrency: .euro, scope: .everything, workers: .single)
        #expect(refused.isEmpty)
        let counts = [RecordKind.obligors, .contracts, .statements, .links, .rates, .events].map {
            ledger.count(of: $0)
        }
        #expect(counts == [2, 1, 2, 1, 1, 1])
        let view = ledger.view(of: 1, asOf: AsOf(WatchFixture.day("2024-06-01")))
        #expect(view.obligor?.name == "NA, \"x\"\r\ny")
    }

    /// Whatever a ledger does not take goes alone, with its line: what it took the place of is there again.
    @Test func whatALedgerDoesNotTakeIsTakenBack() throws {
        func payment(_ id: String, _ amount: String, of obligor: String = "A") -> String {
            #"{"record": "payments", "payment": "\#(id)", "obligor": "\#(obligor)", "paid": "2020-03-05", "amount": \#(amount)}"#
        }
        let invoices = WatchFixture.weekly("A", weeks: 3) { _ in nil }
        func taken(_ lines: [String], _ journal: inout RecordJournal) throws -> [RefusedRecord] {
            for (number, line) in lines.enumerated() {
                _ = try journal.take(line, number: number + 1, watched: nil)
            }
            return try journal.ledger(
                beside: nil, baseCurrency: .euro, scope: WatchEngine.scope, workers: .single
            ).refused
        }
        var journal = RecordJournal()
        #expect(try taken([WatchFixture.obligor("A")] + invoices + [payment("P1", "70")], &journal).isEmpty)
        let before = journal
        // Survives a restart, but for the numbers of lines.
        var again = before
        let bad = [
            payment("P1", "-5"), payment("P2", "10"), payment("P3", "20", of: "nobody"),
            #"{"record": "obligors", "obligor": "B\n", "onboarded": "2020-01-01"}"#,
            payment("P4", "0.001"), payment("P1", "-6"), payment("P5", "30", of: "B\\n"),
        ]
        for (number, line) in bad.enumerated() { _ = try again.take(line, number: number + 1, watched: nil) }
        again = try JSONDecoder().decode(RecordJournal.self, from: JSONEncoder().encode(again))
        let refused = try taken(bad, &journal)
        #expect(
            refused.map(\.description) == [
                "line 3: payments 'P3': the obligor is not in the ledger ('obligor')",
                "line 5: payments 'P4': more decimals than the currency has ('amount')",
                "line 6: payments 'P1': an amount below zero ('amount')",
            ])
        let restarted = try again.ledger(
            beside: nil, baseCurrency: .euro, scope: WatchEngine.scope, workers: .single)
        #expect(restarted.refused.map(\.line) == [nil, nil, nil] && again == journal)
        var good = before
        #expect(try taken([bad[1], bad[3], bad[6]], &good).isEmpty)
        #expect(journal == good)
        #expect(restarted.ledger.count(of: .payments) == 3)
        // The last day is that of the records that are left.
        let late = payment("P9", "-1").replacing("2020-03-05", with: "2031-01-01")
        let last = journal.lastKnown
        #expect(try taken([late], &journal).map(\.line) == [1] && journal.lastKnown == last)
    }

    /// A payment that is made smaller than what was allocated from it: the fault shows in the allocation, which was taken
    /// before and stays.
    @Test func whatMakesAnotherRecordWrongIsTakenBack() throws {
        let records = [WatchFixture.obligor("A")] + WatchFixture.weekly("A", weeks: 3) { _ in 0 }
        var journal = RecordJournal()
        func taken(_ lines: [String]) throws -> [RefusedRecord] {
            for (number, line) in lines.enumerated() {
                _ = try journal.take(line, number: number + 1, watched: nil)
            }
            return try journal.ledger(
                beside: nil, baseCurrency: .euro, scope: WatchEngine.scope, workers: .single
            ).refused
        }
        #expect(try taken(records).isEmpty)
        let before = journal
        let payment = try #require(records.first { $0.contains(#""record": "payments""#) })
        let smaller = payment.replacing(#""amount": "100.00""#, with: #""amount": "1.00""#)
        #expect(smaller != payment)
        #expect(try taken([smaller]).map(\.line) == [1])
        #expect(journal == before)
    }

    /// A fault of the ledger beside which records lie is none of theirs.
    @Test func aFaultOfTheLedgerTakesNothingBack() throws {
        var base = RecordJournal()
        for line in [
            WatchFixture.obligor("A"),
            #"{"record": "payments", "payment": "P1", "obligor": "A", "paid": "2020-03-05", "amount": -1}"#,
        ] { _ = try base.take(line, number: 1, watched: nil) }
        let folder = try TemporaryFolder()
        let ledger = folder.file("ledger")
        try FileManager.default.createDirectory(at: ledger, withIntermediateDirectories: true)
        try Data(#"{"formatVersion": 1, "baseCurrency": "EUR"}"#.utf8).write(
            to: ledger.appending(path: "ledger.json"))
        for kind in [RecordKind.obligors, .payments] {
            try Data(try #require(base.csv(kind)).utf8).write(
                to: ledger.appending(path: "\(kind.fileName).csv"))
        }
        var journal = RecordJournal()
        let line =
            #"{"record": "payments", "payment": "P2", "obligor": "A", "paid": "2020-03-05", "amount": -1}"#
        _ = try journal.take(line, number: 1, watched: nil)
        let before = journal
        #expect(throws: LedgerError.self) {
            try journal.ledger(
                beside: LedgerFolder(ledger), baseCurrency: .euro, scope: WatchEngine.scope, workers: .single)
        }
        #expect(journal == before)
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
