import Foundation
import Ledger
import Results
import Review
import TestSupport
import Testing
import Vocabulary

@testable import Store
@testable import obligor

/// A store that was reviewed as of the end of September 2024, and what happens after.
private struct Quarter {
    let desk: ReviewDesk
    /// Events that an import is going to bring, as rows of the ledger.
    let news: [String]
    /// A supplier for whom the buyer of the first of them is a major one.
    let supplier: String
    /// An obligor with a good grade of which nothing is said.
    let quiet: String

    static let reviewed = CalendarDay(iso8601: "2024-09-30") ?? .never

    init() throws {
        desk = try ReviewDesk()
        let run = Run(desk.first("q3", of: "portfolio.db", ["--no-migrations", "--quiet"]))
        #expect(run.status == .done, "\(run.error)")
        let good = try #require(try RunFolder(desk.folder.file("q3")).portfolio()?.obligors).filter {
            ["AA", "A", "BBB"].contains($0.grade) && $0.limit ?? 0 > 0
        }.map(\.id)
        // Supplier, buyer, share of trade, exposure, currency, from, to, known.
        let links = try desk.text("ledger/links.csv").split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        let link = try #require(
            links.dropFirst().first { Double($0[2]) ?? 0 >= 0.2 && $0[6].isEmpty && good.contains($0[0]) })
        supplier = link[0]
        let others = good.filter { !link.contains($0) }
        try #require(others.count > 4)
        news = [
            "N1,\(link[1]),2024-10-20,insolvency,5000,EUR,,2024-10-22",
            // Late: it happened before the review, and does not say when it became known.
            "N2,\(others[0]),2024-08-15,judgment,,,,",
            "N3,\(others[1]),2024-11-05,merger,1000,EUR,,",
            // A kind of which the policy says nothing.
            "N4,\(others[2]),2024-10-10,other,,,,",
            "N5,\(others[0]),2024-11-20,lawsuit,70,EUR,\(others[3]),2024-11-25",
        ]
        quiet = others[4]
    }

    var store: SQLiteStore { get throws { try SQLiteStore(desk.folder.file("portfolio.db")) } }

    /// Imports the ledger with more events.
    func importLedger(with rows: [String], _ more: String...) throws {
        let text = try desk.text("ledger/events.csv")
        let lines = rows.filter { !text.contains("\n\($0)\n") }
        _ = try desk.folder.write(text + lines.map { "\($0)\n" }.joined(), to: "ledger/events.csv")
        let run = Run(
            ["import", desk.folder.path("ledger"), "--store", desk.folder.path("portfolio.db"), "--quiet"]
                + more)
        #expect(run.status == .done, "\(run.error)")
    }

    /// What events lead to.
    func react(to source: String, after previous: String = "q3", _ more: String...) -> Run {
        Run(
            [
                "review", desk.folder.path("portfolio.db"), "--previous", desk.folder.path(previous),
                "--event", source,
            ] + more)
    }

    /// The review of the quarter after.
    func review(_ out: String = "q4") -> Run {
        Run(
            "review", desk.folder.path("portfolio.db"), "--previous", desk.folder.path("q3"), "--as-of",
            "2024-12-31", "--due", "half-year", "--no-migrations", "--quiet", "--out",
            desk.folder.path(out))
    }

    /// Has the portfolio watched, so that the store has alerts.
    func watch() {
        let run = Run(
            "watch", desk.folder.path("portfolio.db"), "--from", "2024-07-01", "--to", "2024-12-31",
            "--false-alarm-rate", "1", "--quiet")
        #expect(run.status == .done, "\(run.error)")
    }

    /// The alerts that have been opened since the review and ask for a look.
    func alerts() throws -> [AlertRecord] {
        try store.unanswered(asOf: .never).filter { $0.opened > "\(Self.reviewed)" }
    }

    /// All that the store has and the review had not, as a file of events.
    func lines() throws -> String {
        var events = try store.events(knownAfter: Self.reviewed).map { one in
            // Whoever tells a late event need not know that it is late.
            (
                one.known,
                ReportedEvent(
                    obligor: one.obligor.text, kind: ReviewEventKind(one.kind), occurred: one.occurred,
                    known: one.id == "N2" ? nil : one.known, amount: one.amount,
                    qualifier: one.counterparty)
            )
        }
        func add(_ kind: ReviewEventKind, _ obligor: String, _ day: CalendarDay, _ record: String? = nil) {
            events.append(
                (day, ReportedEvent(obligor: obligor, kind: kind, occurred: day, qualifier: record)))
        }
        for one in try store.arrivals(of: .statements, knownAfter: Self.reviewed) {
            add(.statementArrived, one.obligor.text, one.known, one.record)
        }
        for one in try store.arrivals(of: .bureau, knownAfter: Self.reviewed) {
            add(.bureauReport, one.obligor.text, one.known, one.record)
        }
        for alert in try alerts() {
            add(.warning, alert.obligor, try #require(CalendarDay(iso8601: alert.opened)))
        }
        let encoder = JSONEncoder()
        var told: Set<EventIdentity> = []
        return try events.enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }
            .filter { told.insert($0.element.1.identity).inserted }
            .map { String(decoding: try encoder.encode($0.element.1), as: UTF8.self) + "\n" }.joined()
    }

    func outcomes(_ run: Run) throws -> [EventRatingRecord] {
        try run.output.split(separator: "\n").map {
            try JSONDecoder().decode(EventRatingRecord.self, from: Data($0.utf8))
        }
    }

    func verify() throws {
        #expect(try store.verifyAuditTrail() != nil && store.lockHolder() == nil)
    }
}

@Suite("What a store has of news is rated for at once, as if it had been told")
struct StoreEventsTests {
    /// The same answers, and the same review after it, whether events came by an import or a file, and whether the
    /// ledger had them by then or not.
    @Test func theyComeToTheSameAsByAFile() throws {
        let imported = try Quarter()
        try imported.importLedger(with: imported.news)
        imported.watch()
        let file = try imported.lines()
        let run = imported.react(to: "store", "--log", "text")
        #expect(run.status == .done, "\(run.error)")
        let outcomes = try imported.outcomes(run)
        // Those of the simulated ledger itself are news too.
        #expect(
            run.error.contains("new=\(file.split(separator: "\n").count)") && run.error.contains("noted="))
        #expect(outcomes.map(\.known) == outcomes.map(\.known).sorted())
        let late = try #require(outcomes.first { $0.kind == "judgment" })
        #expect(late.status == .rated && late.known == "2024-10-01" && late.interim == "interim-judgment")
        #expect(outcomes.first { $0.kind == "other" }?.status == .noted)
        #expect(outcomes.contains { $0.id == imported.supplier && $0.kind == "counterparty_default" })
        for kind in ["statement_arrived", "bureau_report", "early_warning"] {
            let count = file.split(separator: "\n").count { $0.contains(kind) }
            #expect(count > 0 && run.error.contains("\(kind)=\(count)"), "\(kind): \(count)")
            #expect(outcomes.count { $0.kind == kind && $0.status == .rated } == count, "\(kind)")
        }
        let told = try Quarter()
        let byFile = told.react(to: try told.desk.folder.write(file, to: "events.ndjson"))
        #expect(byFile.status == .done, "\(byFile.error)")
        #expect(byFile.output == run.output)
        try told.importLedger(with: told.news)
        let waiting = try Quarter()
        try waiting.importLedger(with: waiting.news)
        for quarter in [told, waiting] { quarter.watch() }
        for quarter in [imported, told, waiting] {
            let next = quarter.review()
            #expect(next.status == .done, "\(next.error)")
            try quarter.verify()
        }
        let (content, other) = try (imported.desk.content("q4"), told.desk.content("q4"))
        #expect(content[KnownEvents.fileName] != nil && content.keys.sorted() == other.keys.sorted())
        for (name, data) in other { #expect(content[name] == data, "\(name)") }
        // Whatever was not rated for in between is in the review after it once, as it is for whoever was.
        // Only who has heard of a buyer's default, or was not due but for a statement, a report or an alert, differs.
        let hit = Set(outcomes.filter { EventKind(rawValue: $0.kind) == nil }.map(\.id))
        let paths = try [imported, waiting].map { quarter in
            Dictionary(
                grouping: try #require(try RunFolder(quarter.desk.folder.file("q4")).ratingPath()), by: \.id)
        }
        #expect(paths[0].keys == paths[1].keys)
        #expect(paths[0].keys.filter { paths[0][$0] != paths[1][$0] && !hit.contains($0) }.isEmpty)
        #expect(paths[0][late.id]?.count { $0.rule == "interim-judgment" } == 1)
    }

    @Test func againThereIsNothingToDo() throws {
        let quarter = try Quarter()
        let folder = quarter.desk.folder
        try quarter.importLedger(with: quarter.news)
        // Somebody has told one of them before.
        let first = try folder.write(
            try quarter.lines().split(separator: "\n").filter { $0.contains("insolvency") }.joined(),
            to: "one")
        #expect(quarter.react(to: first).status == .done)
        let run = quarter.react(to: "store")
        #expect(run.status == .done && !run.output.contains("\"kind\":\"insolvency\""), "\(run.error)")
        #expect(!run.output.contains("repeated") && run.output.contains("\"kind\":\"merger\""))
        let log = try Data(contentsOf: folder.file("q3.events.ndjson"))
        let received = try quarter.store.receivedEvents()
        #expect(
            received.count == log.split(separator: UInt8(ascii: "\n")).count + 1,
            "the supplier's with its own")
        let end = try quarter.store.lastAuditRecord()
        let again = quarter.react(to: "store")
        #expect(again.status == .done && again.output.isEmpty)
        #expect(
            again.error.contains("the review of 2024-09-30") && again.error.contains("nothing was changed"))
        #expect(quarter.react(to: "store", "--quiet").error.isEmpty)
        #expect(quarter.react(to: "store", "--event-format", "csv").output.hasPrefix("id,kind,"))
        #expect(try Data(contentsOf: folder.file("q3.events.ndjson")) == log)
        #expect(try quarter.store.receivedEvents() == received && quarter.store.lastAuditRecord() == end)
        // Nor is there after the review that knows them, whichever is named.
        #expect(quarter.review().status == .done)
        for previous in ["q3", "q4"] {
            let later = quarter.react(to: "store", after: previous)
            #expect(
                later.status == .done && later.error.contains("the review of 2024-12-31"), "\(later.error)")
        }
        // What a later import brings is news again, and comes alone.
        let row = "N6,\(quarter.quiet),2024-12-01,judgment,,,,"
        try quarter.importLedger(with: quarter.news + [row])
        let outcomes = try quarter.outcomes(quarter.react(to: "store"))
        #expect(outcomes.map(\.id) == [quarter.quiet] && outcomes.map(\.known) == ["2025-01-01"])
        try quarter.verify()
    }

    /// Statements, also such that came too late for the review, bureau reports, and alerts that nobody has dealt with,
    /// behind the ledger's own events of the day; once.
    @Test func statementsReportsAndAlertsAreEventsToo() throws {
        let quarter = try Quarter()
        let folder = quarter.desk.folder
        let rows = try quarter.desk.text("ledger/statements.csv").split(separator: "\n").map(String.init)
        // As the last one of somebody, but for its id and day.
        let taken = Set(quarter.news.map { $0.split(separator: ",")[1] })
        var fields = try #require(
            rows.dropFirst().last { !taken.contains($0.split(separator: ",")[1]) }
        ).split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        (fields[0], fields[3]) = ("LATE", "2024-09-12")
        _ = try folder.write(
            (rows + [fields.joined(separator: ",")]).joined(separator: "\n") + "\n",
            to: "ledger/statements.csv")
        try quarter.importLedger(with: quarter.news)
        quarter.watch()
        let dismissed = try #require(try quarter.alerts().first)
        _ = try quarter.store.decide(
            ReviewerDecision(
                of: ObligorID(dismissed.obligor), verdict: .dismissed(alert: dismissed.alert), author: "a",
                reason: "known", decided: Quarter.reviewed.adding(days: 40)))
        let alerts = try quarter.alerts()
        let outcomes = try quarter.outcomes(quarter.react(to: "store"))
        let late = try #require(outcomes.first { $0.id == fields[1] && $0.kind == "statement_arrived" })
        #expect(late.known == "2024-10-01" && late.occurred == late.known && late.status == .rated)
        let warned = outcomes.filter { $0.kind == "early_warning" }
        #expect(
            Set(warned.map { "\($0.id) \($0.known)" }) == Set(alerts.map { "\($0.obligor) \($0.opened)" }))
        #expect(!warned.isEmpty && !alerts.contains { $0.alert == dismissed.alert })
        let order = ["statement_arrived", "bureau_report", "early_warning"]
        let places = outcomes.filter { $0.kind != "counterparty_default" }.map { one in
            "\(one.known) \(order.firstIndex(of: one.kind) ?? -1)"
        }
        #expect(places == places.sorted())
        let received = try quarter.store.receivedEvents()
        let end = try quarter.store.lastAuditRecord()
        let again = quarter.react(to: "store")
        #expect(again.status == .done && again.output.isEmpty, "\(again.error)")
        #expect(try quarter.store.receivedEvents() == received && quarter.store.lastAuditRecord() == end)
        // Another one that comes as late is one more event of that day.
        let first = fields.joined(separator: ",")
        fields[0] = "LATER"
        _ = try folder.write(
            (rows + [first, fields.joined(separator: ",")]).joined(separator: "\n") + "\n",
            to: "ledger/statements.csv")
        try quarter.importLedger(with: quarter.news)
        let more = try quarter.outcomes(quarter.react(to: "store"))
        #expect(more.map(\.counterparty) == ["LATER"] && more.map(\.known) == [late.known])
        try quarter.verify()
    }

    @Test func kindsFromWhichNothingFollowsAreNotTaken() throws {
        let quarter = try Quarter()
        try quarter.importLedger(with: quarter.news)
        quarter.watch()
        let policy = try quarter.desk.folder.write(
            """
            events: 1
            name: Judgments
            kinds:
              judgment: {urgency: today, recompute: grade, cap: BB}
              bureau_report: {urgency: none, recompute: nothing}
            """, to: "judgments.yaml")
        let run = quarter.react(to: "store", after: "q3", "--event-policy", policy)
        #expect(run.status == .done, "\(run.error)")
        let outcomes = try quarter.outcomes(run)
        #expect(outcomes.allSatisfy { EventKind(rawValue: $0.kind) != nil })
        #expect(outcomes.allSatisfy { ($0.status == .rated) == ($0.kind == "judgment") })
        #expect(try outcomes.count == quarter.store.events(knownAfter: Quarter.reviewed).count)
    }

    @Test func whatCannotBeUsedIsRefusedAndWhatIsToComeWaits() throws {
        let quarter = try Quarter()
        // The invoices of an obligor that has news cannot be used.
        let id = quarter.news[1].split(separator: ",")[1]
        var lines = try quarter.desk.text("ledger/invoices.csv").split(separator: "\n").map(String.init)
        let place = try #require(lines.firstIndex { $0.contains(",\(id),") })
        let amount = try #require(lines[0].split(separator: ",").firstIndex(of: "amount"))
        var fields = lines[place].split(separator: ",", omittingEmptySubsequences: false)
        fields[amount] = "-1"
        lines[place] = fields.joined(separator: ",")
        _ = try quarter.desk.folder.write(lines.joined(separator: "\n") + "\n", to: "ledger/invoices.csv")
        let rows = quarter.news + ["N6,\(quarter.quiet),2999-01-01,judgment,,,,"]
        try quarter.importLedger(with: rows, "--max-refused", "0.05")
        for number in 0..<2 {
            let run = quarter.react(to: "store", "--log", "text")
            // What is refused may be used after another import: it is tried again.
            #expect(run.status == .badData && run.error.contains("event N2: invoices.csv"), "\(run.error)")
            #expect(
                run.error.contains("still_to_come=1") && run.error.contains("all other events were taken"))
            let outcomes = try quarter.outcomes(run)
            #expect(
                outcomes.contains { $0.status == .refused } && !outcomes.contains { $0.known > "2999" })
            #expect(outcomes.contains { $0.status == .rated } == (number == 0))
        }
        try quarter.verify()
    }

    /// Amounts in other currencies are told in that of the ledger.
    @Test func amountsAreInTheCurrencyOfTheLedger() throws {
        let quarter = try Quarter()
        try quarter.importLedger(with: [
            "N6,\(quarter.quiet),2024-11-05,merger,1000,USD,,",
            "N7,\(quarter.quiet),2024-11-06,other,1000,EUR,,",
        ])
        let rates = try quarter.desk.text("ledger/rates.csv").split(separator: "\n")
        let quote = try #require(rates.first { $0.hasPrefix("2024-11-05,USD,EUR,") })
        let rate = try #require(Double(quote.split(separator: ",")[3]))
        let outcomes = try quarter.outcomes(quarter.react(to: "store")).filter { $0.id == quarter.quiet }
        #expect(
            outcomes.first { $0.known == "2024-11-05" }?.amount == (rate * 100_000).rounded() / 100)
        #expect(outcomes.first { $0.known == "2024-11-06" }?.amount == 1000)
    }

    /// What is stated in the ledger's own currency is told as it stands.
    @Test func anAmountBeyondTheRangeIsNotConverted() throws {
        let quarter = try Quarter()
        let rates = try TradeLedger.read(from: quarter.store.ledger()).ledger.exchangeRates()
        func amount(_ units: Double, _ code: String) throws -> Double? {
            let event = ImportedEvent(
                id: "E", obligor: ObligorID(quarter.quiet), kind: .judgment, occurred: Quarter.reviewed,
                known: Quarter.reviewed, amount: units, currency: Currency(code: code), counterparty: nil)
            return try EventDesk.amount(of: event, rates)
        }
        #expect(try amount(90_071_992_547_409, "USD") != nil)
        #expect(try amount(90_071_992_547_410, "USD") == nil)
        #expect(try amount(1e300, "USD") == nil && amount(1e300, "EUR") == 1e300)
    }

    @Test func aFolderDoesNotTellWhatIsNew() throws {
        let desk = try ReviewDesk()
        #expect(Run(desk.first("q3", "--no-migrations", "--quiet")).status == .done)
        let run = Run(
            "review", desk.folder.path("ledger"), "--previous", desk.folder.path("q3"), "--event", "store")
        #expect(run.status == .usage && run.error.contains("obligor import"), "\(run.error)")
        #expect(run.output.isEmpty && run.error.split(separator: "\n").count == 1, "\(run.error)")
        #expect(try FolderLock(of: desk.folder.file("ledger"), for: "test", waiting: 0).abandoned == nil)
    }
}
