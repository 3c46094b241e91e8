import Foundation
import Ledger
import Parallelism
import TestSupport
import Testing
import Vocabulary

@testable import Review

@Suite("A watch sees no further than its day, whatever the way it is run")
struct WatchEngineTests {
    static let begins = WatchFixture.day("2022-07-01")
    static let last = WatchFixture.day("2023-12-31")
    static let options = WatchOptions(begins: begins, falseAlarmRate: 0.5)

    private static let sample = Result {
        try TradeLedger.read(from: try WatchFixture.sample(), scope: WatchEngine.scope).ledger
    }
    private static let whole = Result {
        var engine = try WatchEngine(options)
        let findings = try engine.watch(try sample.get(), through: last)
        return (engine: engine, findings: findings)
    }

    @Test func alertsOpenOnceAndCloseAfterwards() throws {
        let events = try Self.whole.get().findings.events
        #expect(events.count { $0.change == .opened } > 5)
        var open: [String: AlertEvent] = [:]
        for event in events {
            let key = "\(event.obligor)/\(event.monitor)"
            #expect(event.day >= Self.begins && event.day <= Self.last)
            switch event.change {
            case .opened:
                #expect(open[key] == nil)
                #expect(event.since < event.day && event.opened == event.day)
                open[key] = event
            case .raised:
                let before = try #require(open[key])
                #expect(event.severity > before.severity && event.alert == before.alert)
                open[key] = event
            case .closed:
                let before = try #require(open[key])
                #expect(event.alert == before.alert && event.severity == before.severity)
                open[key] = nil
            }
        }
        let still = try Self.whole.get().engine.alerted.flatMap { alert in
            alert.monitors.map { "\(alert.obligor)/\($0)" }
        }
        #expect(Set(open.keys) == Set(still))
        #expect(Set(events.map(\.id)).count == events.count)
        #expect(events.map(\.day) == events.map(\.day).sorted())
    }

    @Test(arguments: [1, 3]) func threadsChangeNothing(threads: Int) throws {
        var engine = try WatchEngine(Self.options)
        let findings = try engine.watch(
            try Self.sample.get(), through: Self.last, workers: Workers(threads: threads))
        let whole = try Self.whole.get()
        #expect(findings == whole.findings)
        #expect(engine == whole.engine)
    }

    /// As an obligor whose own record cannot be used for a while.
    @Test func whoIsMissingForAWhileGoesOn() throws {
        func ledger(_ ids: [String]) throws -> TradeLedger {
            try WatchFixture.ledger(
                ids.flatMap { id in
                    [WatchFixture.obligor(id)]
                        + WatchFixture.weekly(id, weeks: 120) { id == "B" && $0 > 100 ? nil : 0 }
                })
        }
        var engine = try WatchEngine(
            WatchOptions(begins: WatchFixture.day("2021-06-01"), falseAlarmRate: 0.5))
        // The oldest invoice of B is past due since 2022-01-12.
        let opened = try engine.watch(ledger(["A", "B", "C"]), through: WatchFixture.day("2022-03-10"))
        #expect(opened.events.contains { $0.obligor == "B" && $0.change == .opened })
        let open = engine.alerted.map(\.obligor)
        #expect(open == ["B"] && engine.obligorCount == 3)
        _ = try engine.watch(
            ledger(["A"]), through: WatchFixture.day("2022-03-15"), settingAside: ["B"])
        // C has left the ledger.
        #expect(engine.alerted.map(\.obligor) == open && engine.obligorCount == 2)
        let later = try engine.watch(ledger(["A", "B", "C"]), through: WatchFixture.day("2022-06-30"))
        let closed = Set(later.events.filter { $0.change == .closed }.map(\.alert))
        #expect(opened.events.contains { $0.obligor == "B" && closed.contains($0.alert) })
        #expect(!engine.alerted.map(\.obligor).contains("B"))
    }

    @Test func dayByDayIsAllAtOnce() throws {
        let ledger = try Self.sample.get()
        var engine = try WatchEngine(Self.options)
        var events: [AlertEvent] = []
        // Through the first day of alerts at once, since the calibration looks back; then in uneven stretches, the
        // state written and read in between.
        var day = Self.begins
        var length = 1
        while day <= Self.last {
            events += try engine.watch(ledger, through: day).events
            engine = try JSONDecoder().decode(WatchEngine.self, from: JSONEncoder().encode(engine))
            length = length % 40 + 7
            if day < Self.last { day = min(Self.last, day.adding(days: length)) } else { break }
        }
        let whole = try Self.whole.get()
        #expect(events == whole.findings.events)
        #expect(engine == whole.engine)
    }

    @Test(arguments: ["2022-09-17", "2023-02-28", "2023-08-01"]) func whatBecomesKnownLaterChangesNothing(
        text: String
    ) throws {
        let day = WatchFixture.day(text)
        let known = try TradeLedger.read(
            from: EarlierLedger(base: try WatchFixture.sample(), day: day), scope: WatchEngine.scope
        ).ledger
        var engine = try WatchEngine(Self.options)
        let findings = try engine.watch(known, through: day)
        let whole = try Self.whole.get().findings.events.filter { $0.day <= day }
        #expect(findings.events == whole)
        #expect(known.count(of: .invoices) < (try Self.sample.get()).count(of: .invoices))
    }

    @Test func aDayIsWatchedOnce() throws {
        var engine = try Self.whole.get().engine
        #expect(throws: WatchError.past(Self.last, last: Self.last)) {
            try engine.watch(try Self.sample.get(), through: Self.last)
        }
    }

    @Test(arguments: [0, -1, 11, Double.nan, .infinity]) func refusesRatesThatAreNone(rate: Double) {
        var options = Self.options
        options.falseAlarmRate = rate
        #expect(throws: WatchError.self) { try WatchEngine(options) }
    }
}

@Suite("What monitors say")
struct WatchFindingTests {
    private static func watch(
        _ lines: [String], from: String = "2021-06-01", through: String, rate: Double = 0.05
    ) throws -> [AlertEvent] {
        var engine = try WatchEngine(WatchOptions(begins: WatchFixture.day(from), falseAlarmRate: rate))
        return try engine.watch(try WatchFixture.ledger(lines), through: WatchFixture.day(through)).events
    }

    /// Pays a few days early or late in turn.
    private static func usual(_ week: Int) -> Int { [-6, -3, -5, 0, -4, -8, -2][week % 7] }

    @Test func sayingWhenPaymentStops() throws {
        let lines =
            [WatchFixture.obligor("A")]
            + WatchFixture.weekly("A", weeks: 110) { $0 < 90 ? Self.usual($0) : nil }
        let events = try Self.watch(lines, through: "2022-02-10")
        let opened = try #require(events.first { $0.monitor == .unpaid && $0.change == .opened })
        // Invoice 90 is due on 2021-10-27 and was usually paid by then; half-way to default is 2021-12-11, and within a
        // week it is looked at. Ninety days past due come in January.
        #expect(opened.day >= WatchFixture.day("2021-12-11") && opened.day <= WatchFixture.day("2021-12-18"))
        #expect(opened.observed >= 45)
        #expect(opened.explanation.contains("unpaid beyond the usual time, the oldest"))
        #expect(opened.explanation.contains("days early ±"))
        // Six weeks without a payment are beyond all doubt.
        #expect(opened.severity == .critical)
        let closed = try #require(events.last { $0.monitor == .unpaid })
        #expect(closed.change == .closed && closed.explanation.contains("in default"))
    }

    @Test func sayingThatPaymentsGotLate() throws {
        let lines =
            [WatchFixture.obligor("A")]
            + WatchFixture.weekly("A", weeks: 120) { Self.usual($0) + ($0 < 90 ? 0 : 30) }
        let events = try Self.watch(lines, through: "2022-06-10")
        let opened = try #require(events.first { $0.monitor == .paymentDelay && $0.change == .opened })
        #expect(opened.observed > 5 && opened.usual < 0 && opened.spread > 1)
        #expect(
            opened.explanation.wholeMatch(
                of:
                    /paid \d+ days? late in the last 6 invoices, usual \d+ days? early ± \d+; since 2021-\d\d-\d\d/
            ) != nil, "\(opened.explanation)")
        // A month late is not half-way to default.
        #expect(!events.contains { $0.monitor == .unpaid })
    }

    @Test func constantHistoriesAreQuiet() throws {
        let lines = [WatchFixture.obligor("A")] + WatchFixture.weekly("A", weeks: 150) { _ in 0 }
        #expect(try Self.watch(lines, through: "2022-12-10").isEmpty)
    }

    @Test func withoutHistoryNothingIsSaid() throws {
        let one =
            [WatchFixture.obligor("A"), WatchFixture.obligor("B")]
            + WatchFixture.weekly("A", weeks: 1) { _ in nil }
        #expect(try Self.watch(one, from: "2020-01-10", through: "2020-04-01", rate: 10).isEmpty)
        #expect(throws: WatchError.nothingKnown(by: WatchFixture.day("2020-04-01"))) {
            try Self.watch([WatchFixture.obligor("A")], from: "2020-01-10", through: "2020-04-01")
        }
    }

    @Test func disputedInvoicesAreNotLate() throws {
        let lines =
            [WatchFixture.obligor("A")]
            + WatchFixture.weekly("A", weeks: 110) { _ in nil }.map { line in
                guard let range = line.firstRange(of: #""issued": ""#) else { return line }
                let issued = line[range.upperBound...].prefix(10)
                return line.replacing("}", with: #", "disputed_from": "\#(issued)"}"#)
            }
        let events = try Self.watch(lines, through: "2022-02-01")
        #expect(events.allSatisfy { $0.monitor != .unpaid && $0.monitor != .paymentDelay })
    }

    @Test func hugeAmountsAreFinite() throws {
        let lines =
            [WatchFixture.obligor("A")]
            + WatchFixture.weekly("A", weeks: 110, amount: "50000000000000.00") {
                $0 < 90 ? Self.usual($0) : nil
            }
            + [
                #"{"record": "orders", "order": "B1", "obligor": "A", "ordered": "2021-03-01", "amount": "90000000000000"}"#
            ]
        for event in try Self.watch(lines, through: "2022-02-01", rate: 5) {
            #expect(event.observed.isFinite && event.usual.isFinite && event.spread.isFinite)
            #expect(event.falseAlarmRate.isFinite && event.falseAlarmRate >= 0)
        }
    }

    @Test func obligorsInDefaultAreNotWatched() throws {
        let lines =
            [WatchFixture.obligor("A")]
            + WatchFixture.weekly("A", weeks: 110) { Self.usual($0) }
            + [
                #"{"record": "events", "event": "E1", "obligor": "A", "occurred": "2020-11-01", "kind": "insolvency"}"#
            ]
            + WatchFixture.weekly("A2", weeks: 0) { _ in nil }
        #expect(try Self.watch(lines, through: "2022-02-01", rate: 10).isEmpty)
    }

    @Test func aMissingRateIsNamed() throws {
        let lines =
            [WatchFixture.obligor("A")]
            + WatchFixture.weekly("A", weeks: 5, currency: "USD") { _ in 3 }
        let error = #expect(throws: WatchError.self) { try Self.watch(lines, through: "2021-08-01") }
        #expect(error?.description.contains("no rate from USD to EUR is known") == true)
    }
}
