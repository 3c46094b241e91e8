import Foundation
import Ledger
import Results
import Review
import TestSupport
import Testing
import Vocabulary

@testable import Store
@testable import obligor

/// A review that is done once, and desks that go on from it.
@Suite("A review of a store is that of its folder, and loses nothing whatever stands in its way")
struct StoreReviewTests {
    private let desk: ReviewDesk
    private var store: URL { desk.folder.file("portfolio.db") }

    init() throws { desk = try ReviewDesk() }

    /// A first review of the folder or the store.
    private func review(_ out: String, of ledger: String = "portfolio.db", _ more: String...) -> Run {
        Run(desk.first(out, of: ledger, ["--no-migrations", "--quiet"] + more))
    }

    private func verified() throws {
        let store = try SQLiteStore(store)
        #expect(try store.verifyAuditTrail() != nil && store.lockHolder() == nil)
    }

    /// The files that say of ratings what a folder and a store must agree on.
    private static let ofRatings = [
        "ratings.csv", "rating-path.csv", "attribution.csv", "history.csv", "facts.csv", "reasons.csv",
        "refresh-requests.csv", "ageing.csv", "data-quality.json",
    ]

    @Test func theQuarterAfterIsThatOfAFullReviewFromEither() throws {
        for ledger in ["ledger", "portfolio.db"] {
            #expect(review("first-\(ledger)", of: ledger).status == .done)
            let next = Run(
                "review", desk.folder.path(ledger), "--previous", desk.folder.path("first-\(ledger)"),
                "--as-of",
                "2024-12-31", "--no-migrations", "--quiet", "--out", desk.folder.path("next-\(ledger)"))
            #expect(next.status == .done, "\(next.error)")
        }
        let full = Run(
            desk.first("full", of: "portfolio.db", ["--no-migrations", "--quiet"]).map {
                $0 == "2024-09-30" ? "2024-12-31" : $0
            })
        #expect(full.status == .done, "\(full.error)")
        let whole = try desk.content("full")
        let (first, firstOfStore) = (try desk.content("first-ledger"), try desk.content("first-portfolio.db"))
        let (next, nextOfStore) = (try desk.content("next-ledger"), try desk.content("next-portfolio.db"))
        for name in Self.ofRatings {
            #expect(
                next[name] != nil && next[name] == whole[name] && nextOfStore[name] == next[name], "\(name)")
            #expect(firstOfStore[name] == first[name], "\(name)")
        }
        #expect(nextOfStore["portfolio.csv"] == next["portfolio.csv"])
        #expect(try RunFolder(desk.folder.file("full")).record.asOf == "2024-12-31")
    }

    /// A review, an event and the review after it, with a challenger: the store has three pages of obligors, which
    /// batches cut across and supply links join.
    @Test func batchesChangeNothing() throws {
        var found: [String: [[String: Data]]] = [:]
        for (ledger, size) in [
            ("ledger", "1000"), ("ledger", "7"), ("portfolio.db", "1000"), ("portfolio.db", "7"),
        ] {
            let desk = try ReviewDesk()
            let more = [
                "--challenger", desk.folder.path("model"), "--batch", size, "--quiet", "--no-migrations",
            ]
            let first = Run(desk.first("first", of: ledger, more))
            #expect(first.status == .done, "\(first.error)")
            let ids = try RunFolder(desk.folder.file("first")).portfolio()?.obligors.prefix(40).map(\.id)
            let events = try desk.folder.write(
                try #require(ids).map {
                    "{\"obligor\":\"\($0)\",\"kind\":\"payment_default\",\"occurred\":\"2024-10-20\"}\n"
                }.joined(), to: "events.ndjson")
            let previous = [desk.folder.path(ledger), "--previous", desk.folder.path("first")]
            let event = Run(["review"] + previous + ["--event", events])
            #expect(event.status == .done && event.output.contains("counterparty_default"), "\(event.error)")
            let next = Run(
                ["review"] + previous
                    + ["--as-of", "2024-12-31", "--due", "by-grade", "--out", desk.folder.path("next")] + more
            )
            #expect(next.status == .done, "\(next.error)")
            let contents = [try desk.content("first"), try desk.content("next")]
            if let others = found[ledger] {
                #expect(contents == others, "\(ledger), batches of \(size)")
            } else {
                found[ledger] = contents
            }
        }
        for (one, other) in zip(found["ledger"] ?? [], found["portfolio.db"] ?? []) {
            for name in Self.ofRatings + ["portfolio.csv", "shadow.csv"] {
                #expect(one[name] != nil && one[name] == other[name], "\(name)")
            }
        }
    }

    @Test func eventsComeToTheSameFromEither() throws {
        #expect(review("before", of: "ledger").status == .done)
        let run = try RunFolder(desk.folder.file("before"))
        let obligors = try #require(try run.portfolio()?.obligors)
        let links = try desk.text("ledger/links.csv").split(separator: "\n")
        let buyer = try #require(links.first?.split(separator: ",").firstIndex(of: "buyer"))
        // Buyers of somebody's, so that suppliers hear of their default.
        let buyers = links.dropFirst().map { String($0.split(separator: ",")[buyer]) }
        var lines: [String] = []
        for (number, id) in (buyers.prefix(12) + obligors.prefix(8).map(\.id)).enumerated() {
            let kind = ["payment_default", "judgment", "merger"][number % 3]
            let day = "2024-10-\(10 + number % 15)"
            lines.append(
                "{\"obligor\":\"\(id)\",\"kind\":\"\(kind)\",\"occurred\":\"\(day)\",\"amount\":900}")
        }
        lines.append("{\"obligor\":\"nobody\",\"kind\":\"judgment\",\"occurred\":\"2024-10-30\"}")
        var outputs: [String] = []
        for ledger in ["ledger", "portfolio.db"] {
            // In two goes: the second takes up what the first left.
            let log = desk.folder.path("\(ledger).ndjson")
            var output = ""
            for part in [lines.prefix(9), lines.dropFirst(6)] {
                let events = try desk.folder.write(part.joined(separator: "\n"), to: "events.ndjson")
                let run = Run(
                    "review", desk.folder.path(ledger), "--previous", desk.folder.path("before"), "--event",
                    events, "--event-log", log)
                // The second has an event of nobody that is known: whoever runs it is to look, and all others are
                // taken.
                let isSecond = part.last == lines.last
                #expect(run.status == (isSecond ? .badData : .done), "\(run.error)")
                #expect(
                    !isSecond
                        || run.error.contains(
                            "line 15: the ledger has no obligor 'nobody' by 2024-10-30: check the id")
                            && run.error.contains("all other events were taken"),
                    "\(run.error)")
                output += run.output
            }
            outputs.append(output)
            #expect(output.contains("counterparty_default") && output.contains("repeated"))
            #expect(output.contains("no obligor 'nobody'"))
        }
        #expect(outputs[0] == outputs[1])
        try verified()
    }

    @Test func anotherJobIsWaitedForOrNamed() throws {
        let other = try SQLiteStore(store).lock(for: "import", waiting: 0)
        let refused = review("refused")
        #expect(refused.status == .failed && refused.error.contains("locked by"), "\(refused.error)")
        #expect(!FileManager.default.fileExists(atPath: desk.folder.path("refused")))
        let release = Thread {
            usleep(300_000)
            other.release()
        }
        release.start()
        let waiting = review("waiting", of: "portfolio.db", "--wait", "60")
        #expect(waiting.status == .done, "\(waiting.error)")
        try verified()
    }

    /// Whatever the job that was waited for did is what the review finds, all of it.
    @Test func whatChangesWhileAReviewWaitsIsInIt() throws {
        // The same ledger, but that one obligor has another name.
        let ledger = desk.folder.file("ledger")
        var lines = try desk.text("ledger/obligors.csv").split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false)
        }
        let name = try #require(lines[0].firstIndex(of: "name"))
        lines[1][name] = "Renamed"
        let id = String(lines[1][try #require(lines[0].firstIndex(of: "obligor"))])
        try Data(lines.map { $0.joined(separator: ",") + "\n" }.joined().utf8).write(
            to: ledger.appending(path: "obligors.csv"))
        let importing = Thread { [store] in
            _ = try? SQLiteStore.importLedger(LedgerFolder(ledger), into: store, by: "test")
        }
        let opened = try SQLiteStore(store)
        importing.start()
        let deadline = ContinuousClock.now + .seconds(20)
        var holder = try opened.lockHolder()
        while holder == nil, ContinuousClock.now < deadline {
            usleep(500)
            holder = try opened.lockHolder()
        }
        #expect(holder?.purpose == "import")
        let run = review("waiting", of: "portfolio.db", "--wait", "60")
        #expect(run.status == .done, "\(run.error)")
        let found = try #require(
            try RunFolder(desk.folder.file("waiting")).portfolio()?.obligors.first { $0.id == id })
        #expect(found.name == "Renamed")
    }

    @Test func eventsAreKnownInEveryLaterReview() throws {
        #expect(review("q3").status == .done)
        let obligors = try #require(try RunFolder(desk.folder.file("q3")).portfolio()?.obligors)
        let ids = obligors.filter { ["AA", "A", "BBB"].contains($0.grade) }.prefix(2).map(\.id)
        func event(_ number: Int, _ kind: String, _ day: String) -> String {
            "{\"obligor\":\"\(ids[number])\",\"kind\":\"\(kind)\",\"occurred\":\"\(day)\",\"amount\":90}\n"
        }
        func react(_ lines: String, to previous: String) throws -> Run {
            let events = try desk.folder.write(lines, to: "events.ndjson")
            return Run("review", store.path, "--previous", desk.folder.path(previous), "--event", events)
        }
        let lines = event(0, "insolvency", "2024-10-20") + event(1, "restructuring", "2024-11-10")
        #expect(try react(lines, to: "q3").status == .done)
        let events = try SQLiteStore(store).receivedEvents()
        #expect(
            events.map(\.obligor.text) == ids && events.allSatisfy { $0.content.contains("\"amount\":90") })
        func next(_ out: String, after previous: String, on day: String) -> Run {
            Run(
                "review", store.path, "--previous", desk.folder.path(previous), "--as-of", day, "--due",
                "half-year", "--no-migrations", "--quiet", "--out", desk.folder.path(out))
        }
        #expect(next("q4", after: "q3", on: "2024-11-15").status == .done)
        let run = try RunFolder(desk.folder.file("q4"))
        // A default stays one, though the ledger does not have it.
        #expect(try run.portfolio()?.obligors.first { $0.id == ids[0] }?.grade == "D")
        #expect(
            try run.ratingPath()?.contains { $0.id == ids[1] && $0.rule == "interim-restructuring" } == true)
        // The review after next still knows both, from its run folder where the log and the store are gone.
        #expect(next("q1", after: "q4", on: "2024-12-31").status == .done)
        let later = try RunFolder(desk.folder.file("q1"))
        #expect(try later.portfolio()?.obligors.first { $0.id == ids[0] }?.grade == "D")
        #expect(
            try later.ratingPath()?.contains { $0.id == ids[1] && $0.rule == "interim-restructuring" } == true
        )
        #expect(try KnownEvents(previous: desk.folder.path("q1"), logged: [], store: nil).outcomes.count == 2)
        let again = try react(lines + event(1, "merger", "2999-01-01"), to: "q1")
        #expect(again.status == .badData && again.error.contains("still to come"), "\(again.error)")
        #expect(again.output.split(separator: "\n").allSatisfy { $0.contains("\"status\":\"repeated\"") })
        #expect(try SQLiteStore(store).receivedEvents() == events)
        try verified()
    }

    /// Whichever review is named, events follow the last one after it, as long as it is where it was written.
    @Test func eventsFollowTheLastReview() throws {
        #expect(review("q3").status == .done)
        let ids = try #require(try RunFolder(desk.folder.file("q3")).portfolio()?.obligors).filter {
            ["AA", "A", "BBB"].contains($0.grade)
        }.map(\.id)
        let next = Run(
            "review", store.path, "--previous", desk.folder.path("q3"), "--as-of", "2024-12-31",
            "--no-migrations", "--quiet", "--out", desk.folder.path("q4"))
        #expect(next.status == .done, "\(next.error)")
        func react(_ id: String, after previous: String) throws -> Run {
            let event = try desk.folder.write(
                "{\"obligor\":\"\(id)\",\"kind\":\"judgment\",\"occurred\":\"2024-10-20\"}\n",
                to: "events.ndjson")
            return Run("review", store.path, "--previous", desk.folder.path(previous), "--event", event)
        }
        let obligors = try #require(try RunFolder(desk.folder.file("q4")).portfolio()?.obligors)
        let id = try #require(ids.first { id in obligors.contains { $0.id == id && $0.limit ?? 0 > 0 } })
        let found = try #require(obligors.first { $0.id == id })
        let run = try react(id, after: "q3")
        #expect(run.status == .done, "\(run.error)")
        let outcome = try JSONDecoder().decode(EventRatingRecord.self, from: Data(run.output.utf8))
        #expect(outcome.known == "2025-01-01" && outcome.status == .rated)
        #expect(
            outcome.oldGrade == found.grade && outcome.oldPD == found.pd && outcome.oldLimit == found.limit)
        #expect(try desk.folder.names.contains("q4.events.ndjson"))
        // A later review knows it by either.
        #expect(try react(id, after: "q4").output.contains("\"status\":\"repeated\""))
        try FileManager.default.moveItem(at: desk.folder.file("q4"), to: desk.folder.file("moved"))
        // Passed over then; what it was told is remembered.
        let passed = try react(id, after: "q3")
        #expect(
            passed.status == .done && passed.output.contains("\"status\":\"repeated\""), "\(passed.error)")
        let told = try react(id, after: "moved")
        #expect(told.status == .done && told.output.contains("\"status\":\"repeated\""), "\(told.error)")
        try verified()
    }

    /// Records that cannot be used set the same obligors aside, on the way into a store as in a folder.
    @Test func badRecordsSetTheSameObligorsAside() throws {
        let owners = try [("invoices", "amount", 40, "-1"), ("payments", "paid", 90, "yesterday")].map {
            kind, column, line, value in
            let file = desk.folder.file("ledger/\(kind).csv")
            var lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map {
                $0.split(separator: ",", omittingEmptySubsequences: false)
            }
            let place = try #require(lines[0].firstIndex { $0 == column })
            lines[line][place] = value[...]
            try Data(lines.map { $0.joined(separator: ",") + "\n" }.joined().utf8).write(to: file)
            return String(lines[line][try #require(lines[0].firstIndex(of: "obligor"))])
        }
        let folder = desk.folder.path("ledger")
        let strict = Run("import", folder, "--store", store.path)
        #expect(strict.status == .badData && strict.error.contains("--max-refused"), "\(strict.error)")
        // All that is wrong is said, not the first reason alone.
        for words in [
            "Would be set aside: 2 obligors, for 2 faults.", "invoices.csv: an amount below zero: 1",
            "payments.csv: not a value of the column: 1", "negative-amount", "bad-value",
        ] { #expect(strict.output.contains(words), "\(strict.output)") }
        let imported = Run("import", folder, "--store", store.path, "--max-refused", "0.05")
        #expect(
            imported.status == .done && imported.output.contains("Set aside: 2 obligors"), "\(imported.error)"
        )
        #expect(imported.output.contains("payments.csv: not a value of the column: 1"), "\(imported.output)")
        let audit = Run("audit", "list", store.path, "--last", "1", "--json")
        #expect(audit.output.contains("2 obligors set aside"), "\(audit.output)")
        for ledger in ["ledger", "portfolio.db"] {
            let run = review("of-\(ledger)", of: ledger, "--max-refused", "0.05")
            #expect(run.status == .done, "\(run.error)")
            let next = Run(
                "review", desk.folder.path(ledger), "--previous", desk.folder.path("of-\(ledger)"), "--as-of",
                "2024-12-31", "--no-migrations", "--quiet", "--max-refused", "0.05", "--out",
                desk.folder.path("next-\(ledger)"))
            #expect(next.status == .done, "\(next.error)")
        }
        for name in ["of", "next"] {
            let (one, other) = (try desk.content("\(name)-ledger"), try desk.content("\(name)-portfolio.db"))
            for file in [
                "portfolio.csv", "ratings.csv", "rating-path.csv", "facts.csv", "history.csv",
                "data-quality.json", "refresh-requests.csv",
            ] {
                #expect(one[file] != nil && one[file] == other[file], "\(name): \(file)")
            }
        }
        let run = try RunFolder(desk.folder.file("of-portfolio.db"))
        #expect(try run.dataQuality()?.refused.reduce(0) { $0 + $1.count } == 2)
        let rated = try #require(try run.portfolio()?.obligors)
        #expect(rated.allSatisfy { !owners.contains($0.id) })
        let predicted = Run(
            desk.first(
                "predicted", of: "ledger", ["--quiet", "--max-refused", "0.05", "--predict-by", "cohort"]))
        #expect(predicted.status == .done, "\(predicted.error)")
        let migrations = try #require(try RunFolder(desk.folder.file("predicted")).migrations())
        #expect(!migrations.isEmpty && migrations.allSatisfy { !owners.contains($0.id) })
        // Nor is there an event or an alert for them.
        let event = try desk.folder.write(
            "{\"obligor\":\"\(owners[0])\",\"kind\":\"judgment\",\"occurred\":\"2024-10-10\"}\n",
            to: "events.ndjson")
        let refused = Run(
            "review", store.path, "--previous", desk.folder.path("of-portfolio.db"), "--event", event)
        #expect(refused.status == .badData && refused.error.contains("invoices.csv"), "\(refused.error)")
        let watch = Run(
            "watch", store.path, "--from", "2021-01-01", "--to", "2024-12-31", "--format", "ndjson",
            "--false-alarm-rate", "5", "--quiet")
        #expect(watch.status == .done && !watch.output.isEmpty, "\(watch.error)")
        for owner in owners { #expect(!watch.output.contains("\"obligor\":\"\(owner)\"")) }
        // A payment that was left out would be a default that never was: nothing is learned from such a store.
        for words in [
            ["features", store.path, "--as-of", "2024-06-30", "--out", desk.folder.path("panel.csv")],
            ["migrate", store.path, "--out", desk.folder.path("migrations")],
            ["watch", store.path, "--backtest", "--from", "2021-01-01", "--to", "2024-12-31"],
        ] {
            let run = Run(words)
            #expect(
                run.status == .badData && run.error.contains("of 2 obligors")
                    && run.error.contains("import it again"),
                "\(words[0]): \(run.error)")
        }
        #expect(Run("check", store.path).output.contains("payments.csv"))
        try verified()
    }

    @Test func aDatabaseThatIsWrittenToIsWaitedFor() throws {
        let other = try SQLiteStore(store)
        let writing = Thread { try? other.writing { _ in _ = usleep(600_000) } }
        writing.start()
        usleep(100_000)
        let run = review("waiting")
        #expect(run.status == .done, "\(run.error)")
        try verified()
    }

    @Test func aClockThatWentBackIsNamed() throws {
        let later = try SQLiteStore(store, now: { Date().addingTimeInterval(86_400) })
        try later.append(AuditEntry(action: "tomorrow", author: "test", subject: "clock"))
        try later.close()
        let run = review("early")
        #expect(run.status == .failed && run.error.contains("set the clock right"), "\(run.error)")
        #expect(!FileManager.default.fileExists(atPath: desk.folder.path("early")))
        try verified()
    }

    @Test(.enabled(if: SmallDisk.isAvailable, "needs the right to mount a file system"))
    func aFullDiskIsNamedAndTheReviewGoesOnWhenThereIsRoom() throws {
        let fresh = try Data(contentsOf: store)
        #expect(review("undisturbed").status == .done)
        let expected = try desk.content("undisturbed")
        for isStore in [false, true] {
            let disk = try SmallDisk(megabytes: fresh.count / 1_000_000 + 3)
            let filler = disk.url.appending(path: "filler")
            var ledger = store
            if isStore {
                // A store that nobody has reviewed yet.
                ledger = disk.url.appending(path: "portfolio.db")
                try fresh.write(to: ledger)
            }
            let free = try FileManager.default.attributesOfFileSystem(forPath: disk.url.path)[.systemFreeSize]
            let room = try #require((free as? NSNumber)?.intValue)
            try Data(count: room - 150_000).write(to: filler)
            let out = isStore ? desk.folder.file("onto-\(isStore)") : disk.url.appending(path: "out")
            var arguments = desk.first("x", of: "x", ["--no-migrations", "--quiet"])
            arguments[1] = ledger.path
            arguments[try #require(arguments.firstIndex(of: "--out")) + 1] = out.path
            let run = Run(arguments)
            #expect(run.status == .failed && !run.error.isEmpty, "\(run.error)")
            #expect(!FileManager.default.fileExists(atPath: out.path))
            _ = try SQLiteStore(ledger).verifyAuditTrail()
            try FileManager.default.removeItem(at: filler)
            let again = Run(arguments)
            #expect(again.status == .done, "\(again.error)")
            for (name, data) in expected {
                #expect(try Data(contentsOf: out.appending(path: name)) == data, "\(name)")
            }
            let names = try FileManager.default.contentsOfDirectory(atPath: disk.url.path)
            #expect(!names.contains { $0.contains(".partial") || $0.contains("journal") }, "\(names)")
        }
    }

    @Test(.enabled(if: SmallDisk.isAvailable, "needs the right to mount a file system"))
    func aFolderThatCannotBeWrittenIsNamed() throws {
        let disk = try SmallDisk(megabytes: 8)
        try #require(disk.setReadOnly(true))
        var arguments = desk.first("x", of: "portfolio.db", ["--no-migrations", "--quiet"])
        arguments[try #require(arguments.firstIndex(of: "--out")) + 1] = disk.url.appending(path: "out").path
        let run = Run(arguments)
        #expect(run.status == .failed && run.error.contains(disk.url.lastPathComponent), "\(run.error)")
        try verified()
    }
}
