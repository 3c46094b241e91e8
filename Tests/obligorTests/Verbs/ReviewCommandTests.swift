import Foundation
import Parallelism
import Results
import Review
import Statistics
import Store
import TestSupport
import Testing
import Vocabulary

@testable import obligor

@Suite("obligor review", .serialized)
struct ReviewCommandTests {
    @Test func oneCommandFillsTheFolderOfAReport() throws {
        let desk = try ReviewDesk()
        // Few obligors: migrations are estimated too.
        let simulated = Run(
            "simulate", "--obligors", "50", "--years", "4", "--invoices-per-year", "12", "--seed", "4",
            "--plain",
            "--quiet", "--out", desk.folder.path("small"))
        #expect(simulated.status == .done, "\(simulated.error)")
        let run = Run(
            desk.first(
                "q3", of: "small",
                [
                    "--log", "json", "--metrics", desk.folder.path("q3.prom"), "--report",
                    desk.folder.path("report"), "--predict-by", "ordered-logit",
                ]))
        #expect(run.status == .done, "\(run.error)")
        let results = try RunFolder(desk.folder.file("q3"))
        // Predictions start from what the review gave.
        let given = Dictionary(
            uniqueKeysWithValues: try #require(try results.portfolio()).obligors.map { ($0.id, $0.grade) })
        #expect(try #require(try results.migrations()).allSatisfy { given[$0.id] == $0.grade })
        #expect(try results.portfolio()?.obligors.isEmpty == false)
        #expect(try results.ratingPath()?.isEmpty == false && results.attribution()?.isEmpty == false)
        #expect(try results.history()?.isEmpty == false && results.refreshRequests()?.isEmpty == false)
        #expect(try results.migrations()?.isEmpty == false && results.migrationMatrix() != nil)
        #expect(try results.corrections()?.isEmpty == false && results.dataQuality() != nil)
        #expect(results.modelFile != nil && results.record.digest?.count == 64)
        let report = Run("report", desk.folder.path("q3"), "--out", desk.folder.path("drawn"))
        #expect(report.status == .done, "\(report.error)")
        let page = "index.html"
        #expect(try desk.content("report")[page] == desk.content("drawn")[page] && run.output.contains(page))
        // Every line of the log is JSON with a time, and every figure of the metrics has its help.
        let lines = run.error.split(separator: "\n")
        #expect(lines.count > 5)
        for line in lines {
            let entry = try JSONDecoder().decode([String: String].self, from: Data(line.utf8))
            #expect(entry["time"] != nil && entry["message"] != nil && entry["job"] == "review")
        }
        let metrics = try String(contentsOf: desk.folder.file("q3.prom"), encoding: .utf8)
        #expect(metrics.contains("obligor_job_success{job=\"review\"} 1"))
        var described: Set<String> = []
        for line in metrics.split(separator: "\n") {
            let words = line.split(separator: " ")
            if line.hasPrefix("# HELP") { described.insert(String(words[2])) }
            guard !line.hasPrefix("#") else { continue }
            #expect(described.contains(String(line.prefix { $0 != "{" && $0 != " " })), "\(line)")
            #expect(words.last.flatMap { Double($0) } != nil, "\(line)")
        }
        // The same again says so and changes nothing; another review of that name is refused.
        let before = try desk.content("q3")
        let again = Run(desk.first("q3", of: "small", ["--predict-by", "ordered-logit"]))
        #expect(again.status == .done && again.output.contains("nothing was changed"), "\(again.error)")
        #expect(try desk.content("q3") == before)
        // All 50 obligors are learned from, whatever larger number is stated.
        for all in ["0", "100", "7000"] {
            let more = ["--predict-by", "ordered-logit", "--learners", all]
            let same = Run(desk.first("q3", of: "small", more))
            #expect(same.status == .done && same.output.contains("nothing was changed"), "\(same.error)")
        }
        for more in [["--hand-grades", "0"], ["--predict-by", "cohort"]] {
            let other = Run(desk.first("q3", of: "small", more))
            #expect(other.status == .failed && other.error.contains("already exists"), "\(more)")
        }
        let names = try FileManager.default.contentsOfDirectory(atPath: desk.folder.url.path)
        #expect(!names.contains { $0.contains(".partial") || $0.contains("journal") }, "\(names)")
    }

    @Test(arguments: ["ledger", "portfolio.db"])
    func fewerLearnersThanObligorsAreAnotherReview(of ledger: String) throws {
        let desk = try ReviewDesk()
        #expect(try LedgerPlace(desk.folder.path(ledger)).obligorCount(workers: .single) == 160)
        func run(_ learners: String) -> Run {
            Run(desk.first("few", of: ledger, ["--predict-by", "cohort", "--learners", learners]))
        }
        #expect(run("100").status == .done)
        #expect(run("100").output.contains("nothing was changed"))
        for others in ["101", "159", "160", "0"] {
            let other = run(others)
            #expect(
                other.status == .failed && other.error.contains("already exists"), "\(others): \(other.error)"
            )
        }
    }

    @Test func aDryRunWritesNothing() throws {
        let desk = try ReviewDesk()
        let before = try FileManager.default.contentsOfDirectory(atPath: desk.folder.url.path).sorted()
        let run = Run(desk.first("dry", "--dry-run"))
        #expect(run.status == .done && run.output.contains("Nothing was written"), "\(run.error)")
        #expect(run.output.contains("new"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: desk.folder.url.path).sorted() == before)
    }

    @Test func anEventBetweenTwoReviewsHoldsUntilAPersonDecides() throws {
        let desk = try ReviewDesk()
        let first = Run(desk.first("e3", "--no-migrations", "--quiet"))
        #expect(first.status == .done, "\(first.error)")
        let obligors = try #require(try RunFolder(desk.folder.file("e3")).portfolio()?.obligors)
        let one = try #require(obligors.first { ["AA", "A", "BBB"].contains($0.grade) })
        let events = try desk.folder.write(
            """
            {"obligor":"\(one.id)","kind":"payment_default","occurred":"2024-10-20"}

            {"obligor":"\(one.id)","kind":"payment_default","occurred":"2024-10-20"}
            """, to: "events.ndjson")
        let arguments = [
            "review", desk.folder.path("ledger"), "--previous", desk.folder.path("e3"), "--event",
        ]
        let run = Run(arguments + [events])
        #expect(run.status == .done, "\(run.error)")
        let outcomes = try run.output.split(separator: "\n").map {
            try JSONDecoder().decode(EventRatingRecord.self, from: Data($0.utf8))
        }
        #expect(outcomes.filter { $0.id == one.id }.map(\.status) == [.rated, .repeated])
        #expect(outcomes[0].oldGrade == one.grade && outcomes[0].newLimit == 0)
        let log = try Data(contentsOf: desk.folder.file("e3.events.ndjson"))
        let again = Run(arguments + [events, "--event-format", "csv"])
        #expect(again.status == .done && again.output.hasPrefix("id,kind,occurred"), "\(again.error)")
        #expect(try Data(contentsOf: desk.folder.file("e3.events.ndjson")) == log)
        // A line that was cut off is taken off; the event is then new.
        try (log.dropLast(20)).write(to: desk.folder.file("e3.events.ndjson"))
        let repaired = Run(arguments + [events])
        #expect(repaired.status == .done)
        #expect(try Data(contentsOf: desk.folder.file("e3.events.ndjson")) == log)
        // A bad line is refused and all others are taken.
        let bad = try desk.folder.write("{}\n", to: "bad.ndjson")
        let refused = Run(arguments + [bad])
        #expect(refused.status == .badData && refused.error.contains("\(bad), line "), "\(refused.error)")
        // The next review knows of it: nobody has decided, so the cap holds.
        let next = Run(
            "review", desk.folder.path("ledger"), "--as-of", "2024-12-31", "--previous",
            desk.folder.path("e3"),
            "--due", "by-grade", "--no-migrations", "--out", desk.folder.path("e4"))
        #expect(next.status == .done && next.output.contains("event"), "\(next.error)")
        let later = try RunFolder(desk.folder.file("e4"))
        let path = try #require(try later.ratingPath()).filter { $0.id == one.id }
        let isDefaulted = path.last?.toGrade == "D"
        #expect(isDefaulted || path.contains { $0.rule == "interim-payment_default" }, "\(path)")
    }

    @Test func aStoreKeepsTheReviewAndItsChampionRates() throws {
        let desk = try ReviewDesk()
        let store = desk.folder.path("portfolio.db")
        let imported = Run("import", desk.folder.path("ledger"), "--store", store)
        #expect(imported.status == .done, "\(imported.error)")
        _ = try desk.folder.write(
            try desk.text("recipe.yaml").replacing(
                "name: review", with: "name: review\ngates: {minimumAUC: 0.5}"),
            to: "gated.yaml")
        let train = Run(
            "train", desk.folder.path("gated.yaml"), "--data", desk.folder.path("panel.csv"), "--out",
            desk.folder.path("gated"), "--register", store)
        #expect(train.status == .done, "\(train.error)")
        func review(_ ledger: String, _ out: String, _ more: String...) -> Run {
            Run(
                [
                    "review", ledger, "--as-of", "2024-09-30", "--policy", ReviewDesk.policy("trade_credit"),
                    "--batch", "50", "--no-migrations", "--quiet", "--out", desk.folder.path(out),
                ] + more)
        }
        // Nobody has approved the model yet.
        let early = review(store, "early")
        #expect(early.status == .usage && early.error.contains("--model"), "\(early.error)")
        let approved = Run("approve", store, "1", "--by", "A", "--because", "tested")
        #expect(approved.status == .done, "\(approved.error)")
        let kept = review(store, "kept")
        #expect(kept.status == .done, "\(kept.error)")
        let plain = review(desk.folder.path("ledger"), "plain", "--model", desk.folder.path("gated"))
        #expect(plain.status == .done, "\(plain.error)")
        for name in ["portfolio.csv", "ratings.csv", "rating-path.csv", "facts.csv", "model.json"] {
            #expect(try desk.content("kept")[name] == desk.content("plain")[name], "\(name)")
        }
        // The store has the ratings, with the run in its trail.
        let ratings = try SQLiteStore(desk.folder.file("portfolio.db")).latestRatings(
            before: try #require(CalendarDay(iso8601: "2025-01-01")))
        let obligors = try #require(try RunFolder(desk.folder.file("kept")).portfolio()?.obligors)
        #expect(ratings.count == obligors.count { $0.grade != nil })
        for obligor in obligors {
            #expect(ratings[ObligorID(obligor.id)]?.grade.rawValue == obligor.grade)
        }
        let trail = Run("audit", "list", store)
        #expect(trail.output.contains("run finished") && trail.output.contains("model made champion"))
        #expect(Run("audit", "verify", store).status == .done)
        // The same again changes nothing, and a folder that was lost is written again from what the store kept.
        #expect(review(store, "kept").status == .done)
        let before = try desk.content("kept")
        try FileManager.default.removeItem(at: desk.folder.file("kept"))
        #expect(review(store, "kept").status == .done)
        #expect(try desk.content("kept") == before)
        // Alerts come to the store as well.
        let watch = Run("watch", store, "--as-of", "2024-09-30", "--quiet")
        #expect(watch.status == .done, "\(watch.error)")
        let alerts = try SQLiteStore(desk.folder.file("portfolio.db")).alerts()
        let again = Run("watch", store, "--as-of", "2024-09-30", "--quiet")
        #expect(again.status == .done)
        #expect(try SQLiteStore(desk.folder.file("portfolio.db")).alerts() == alerts)
        #expect(Run("audit", "verify", store).status == .done)
        try Self.lifeGoesOn(desk, store, review)
    }

    /// A challenger in the shadow, a decision, open alerts: the review after.
    private static func lifeGoesOn(
        _ desk: ReviewDesk, _ store: String, _ review: (String, String, String...) -> Run
    ) throws {
        let opened = try SQLiteStore(desk.folder.file("portfolio.db"))
        let before = try #require(try RunFolder(desk.folder.file("kept")).portfolio()?.obligors)
        let one = try #require(before.first { ["A", "BBB", "BB"].contains($0.grade) })
        _ = try desk.folder.write(
            try desk.text("gated.yaml").replacing("overdue_share", with: "worst_dpd_12m"), to: "other.yaml")
        let train = Run(
            "train", desk.folder.path("other.yaml"), "--data", desk.folder.path("panel.csv"), "--out",
            desk.folder.path("other"), "--register", store)
        #expect(train.status == .done, "\(train.error)")
        let challenge = Run(
            "approve", store, "2", "--as", "challenger", "--by", "A", "--because", "to be compared")
        #expect(challenge.status == .done, "\(challenge.error)")
        let refused = Run("decide", store, "--obligor", one.id, "--down", "1", "--until", "2025-06-30")
        #expect(refused.status == .usage && refused.error.contains("--because"), "\(refused.error)")
        let nobody = Run(
            "decide", store, "--obligor", "nobody", "--down", "1", "--from", "2024-10-15", "--until",
            "2025-06-30", "--by", "B", "--because", "seen")
        #expect(nobody.status == .badData && nobody.error.contains("nobody"), "\(nobody.error)")
        let decision = [
            "decide", store, "--obligor", one.id, "--down", "1", "--from", "2024-10-15", "--until",
            "2025-06-30", "--by", "B. Reviewer", "--because", "guarantee has ended",
        ]
        let decided = Run(decision)
        #expect(decided.status == .done && decided.output.contains("Kept"), "\(decided.error)")
        let again = Run(decision)
        #expect(again.status == .done && again.output.contains("nothing was changed"), "\(again.error)")
        let far = Run(
            "decide", store, "--obligor", one.id, "--grade", "C", "--max-notches", "1", "--from",
            "2024-10-15", "--until", "2025-06-30", "--by", "B", "--because", "seen")
        #expect(far.status == .badData && far.error.contains("notches"), "\(far.error)")
        #expect(try opened.decisions().count == 1)
        try Self.correctionsAreDecidedOn(desk, store, one, before)
        // Who is due: the decision, open alerts, and nobody else but for other reasons.
        let later = try #require(CalendarDay(iso8601: "2024-12-31"))
        let alerted = Set(try opened.unanswered(asOf: later).map(\.obligor))
        let next = Run(
            "review", store, "--as-of", "2024-12-31", "--previous", desk.folder.path("kept"), "--due",
            "half-year", "--no-migrations", "--challenger", desk.folder.path("model"), "--out",
            desk.folder.path("next"), "--metrics", desk.folder.path("next.prom"))
        #expect(next.status == .done && next.output.contains("decision"), "\(next.error)")
        #expect(next.output.contains("Challengers beside"))
        let run = try RunFolder(desk.folder.file("next"))
        let step = try #require(
            try run.ratingPath()?.first { $0.id == one.id && $0.stage == .expert })
        #expect(step.author == "B. Reviewer" && step.expires == "2025-06-30")
        let decisions = try #require(try run.decisions())
        #expect(decisions.map(\.subject) == [.rating, .correction, .correction])
        #expect(decisions.map(\.verdict) == ["1 down", "dismissed", "accepted"])
        #expect(decisions[1].about == "2024-09-30" && decisions[1].reason == "new owner")
        #expect(next.output.contains("Corrections decided on: 1 accepted, 1 dismissed"))
        // One that is followed until a day is a decision on the grade.
        let other = try #require(
            try run.ratingPath()?.last { $0.id == decisions[2].id && $0.stage == .expert })
        #expect(other.author == "C. Reviewer" && other.toGrade == decisions[2].supportedGrade)
        let shadow = try #require(try run.shadow())
        #expect(Set(shadow.map(\.model)) == ["review (model 2)", "review"])
        let rated = Set(shadow.map(\.id))
        #expect(rated.contains(one.id) && rated.count < before.count)
        let obligors = try #require(try run.portfolio()?.obligors)
        for obligor in obligors where alerted.contains(obligor.id) && obligor.grade != "D" {
            #expect(rated.contains(obligor.id), "\(obligor.id) has an open alert")
        }
        #expect(try run.shadowSummary()?.challengers.first?.obligors == rated.count)
        let monitoring = try #require(try run.monitoring())
        #expect(monitoring.entries.contains { $0.measure == .psi })
        // The first review rated its earlier dates too, a year of which has passed.
        #expect(monitoring.since == "2023-09-30")
        let cohorts = monitoring.entries.filter { $0.measure == .auc }.map(\.cohort)
        #expect(cohorts == ["2023-09-30", "2023-12-31"])
        #expect(try run.alerts() != nil)
        let metrics = try desk.text("next.prom")
        #expect(metrics.contains("obligor_challenger_agreement{challenger=\"review\"}"))
        #expect(metrics.contains("obligor_model_score_psi"))
        let found = monitoring.entries.filter { $0.verdict == .warn || $0.verdict == .alarm }
        #expect(try opened.alerts().count { $0.obligor == nil } == found.count)
        let report = Run("report", desk.folder.path("next"), "--out", desk.folder.path("next-report"))
        #expect(report.status == .done, "\(report.error)")
        let page = try desk.text("next-report/index.html")
        #expect(page.contains("Where would challengers differ?") && page.contains("Does the model still"))
        #expect(Run("audit", "verify", store).status == .done)
    }

    /// Two suggestions: one is not followed, the other one becomes a decision on the grade.
    private static func correctionsAreDecidedOn(
        _ desk: ReviewDesk, _ store: String, _ one: PortfolioRecord, _ obligors: [PortfolioRecord]
    ) throws {
        let paths = Dictionary(
            grouping: try #require(try RunFolder(desk.folder.file("kept")).ratingPath()), by: \.id)
        // Somebody whose grade is the model's, so that one notch down is within reach.
        let other = try #require(
            obligors.first { $0.id != one.id && $0.grade == "BB" && paths[$0.id]?.first?.toGrade == "BB" })
        let writer = try RunFolderWriter(desk.folder.file("suggesting"), replacing: false)
        try writer.write(
            [(one, "C"), (other, "B")].enumerated().map { number, suggested in
                CorrectionRecord(
                    id: suggested.0.id, asOf: "2024-09-30", givenGrade: suggested.0.grade ?? "",
                    author: "A. Analyst", supportedGrade: suggested.1, probabilityOfChange: 0.5,
                    direction: .down, rank: number + 1)
            })
        _ = try writer.finish(
            RunRecord(
                command: "migrate", arguments: [], engineVersion: "0", startedAt: Date(), finishedAt: Date(),
                seed: nil, threads: 1, rows: 2, model: nil, inputs: [], outputs: []))
        func decide(_ arguments: String...) -> Run {
            Run(["decide", store, "--by", "C. Reviewer", "--from", "2024-10-20"] + arguments)
        }
        let run = desk.folder.path("suggesting")
        let alone = decide("--dismiss-correction", one.id, "--because", "new owner")
        #expect(alone.status == .usage && alone.error.contains("--of RUN"), "\(alone.error)")
        let strange = decide("--dismiss-correction", "nobody", "--of", run, "--because", "new owner")
        #expect(strange.status == .badData && strange.error.contains("no correction for"), "\(strange.error)")
        let none = decide(
            "--dismiss-correction", one.id, "--of", desk.folder.path("kept"), "--because", "new owner")
        #expect(none.status == .badData && none.error.contains("suggests no corrections"), "\(none.error)")
        let far = decide(
            "--accept-correction", one.id, "--of", run, "--until", "2025-06-30", "--max-notches", "1",
            "--because", "seen")
        #expect(far.status == .badData && far.error.contains("notches"), "\(far.error)")
        for _ in 0..<2 {
            let dismissed = decide("--dismiss-correction", one.id, "--of", run, "--because", "new owner")
            #expect(dismissed.status == .done, "\(dismissed.error)")
        }
        let accepted = decide(
            "--accept-correction", other.id, "--of", run, "--until", "2025-06-30", "--because", "as it says")
        #expect(accepted.status == .done && accepted.output.contains("BB to B"), "\(accepted.error)")
        #expect(Run("decide", store).output.contains("dismissed the correction of 2024-09-30"))
    }

    @Test("a link that each review moves stands for the last one, in reviews and events")
    func reviewsThroughALink() throws {
        let desk = try ReviewDesk()
        let manager = FileManager.default
        func review(_ previous: String, _ more: String...) -> Run {
            Run(["review", desk.folder.path("ledger"), "--previous", desk.folder.path(previous)] + more)
        }
        let next = ["--as-of", "2024-12-31", "--no-migrations", "--quiet", "--out"]
        #expect(Run(desk.first("q3", "--no-migrations", "--quiet")).status == .done)
        let latest = desk.folder.path("latest")
        try manager.createSymbolicLink(atPath: latest, withDestinationPath: "q3")
        for (previous, out) in [("q3", "plain"), ("latest", "linked")] {
            let run = Run(
                ["review", desk.folder.path("ledger"), "--previous", desk.folder.path(previous)] + next
                    + [desk.folder.path(out)])
            #expect(run.status == .done, "\(run.error)")
        }
        for name in ["portfolio.csv", "ratings.csv", "rating-path.csv", "facts.csv"] {
            let (plain, linked) = (desk.folder.file("plain/\(name)"), desk.folder.file("linked/\(name)"))
            #expect(try Data(contentsOf: plain) == Data(contentsOf: linked), "\(name)")
        }
        try manager.removeItem(atPath: latest)
        try manager.createSymbolicLink(atPath: latest, withDestinationPath: "linked")
        let event = try desk.folder.write(
            "{\"obligor\":\"O000010\",\"kind\":\"judgment\",\"occurred\":\"2025-01-10\"}\n",
            to: "event.ndjson")
        let rated = review("latest", "--event", event)
        #expect(rated.status == .done && rated.output.contains("\"status\":\"rated\""), "\(rated.error)")
        let missing = review("nowhere", "--as-of", "2024-12-31", "--out", desk.folder.path("none"))
        #expect(missing.status == .badData && missing.error.contains("nowhere"), "\(missing.error)")
        #expect(!missing.error.contains("model"), "\(missing.error)")
    }

    /// Whoever reviews after the last record is told that the feed may have stopped, from a folder as from a store.
    @Test(arguments: ["ledger", "portfolio.db"])
    func aFeedThatHasStoppedIsSaid(ledger: String) throws {
        let desk = try ReviewDesk()
        func review(_ day: String, _ more: String...) -> Run {
            let arguments = desk.first(day, of: ledger, ["--no-migrations", "--log", "text"] + more)
            return Run(arguments.map { $0 == "2024-09-30" ? day : $0 })
        }
        func days(_ day: String) throws -> [String] {
            try desk.text("\(day).prom").split(separator: "\n").filter {
                $0.hasPrefix("obligor_ledger_silent_days")
            }
            .map(String.init)
        }
        let undisturbed = review("2024-12-31", "--metrics", desk.folder.path("2024-12-31.prom"))
        #expect(undisturbed.status == .done && !undisturbed.output.contains("no new"), "\(undisturbed.error)")
        #expect(
            try days("2024-12-31")
                == ["invoices", "orders", "payments"].map {
                    "obligor_ledger_silent_days{records=\"\($0)\"} 0"
                })
        let late = review("2025-01-10", "--metrics", desk.folder.path("2025-01-10.prom"))
        #expect(late.status == .done, "\(late.error)")
        #expect(late.output.contains("note: no new payments since 2024-12-31, 10 days before 2025-01-10"))
        #expect(late.error.contains("records have stopped coming"))
        #expect(try days("2025-01-10").contains("obligor_ledger_silent_days{records=\"invoices\"} 10"))
        let checks = try #require(try RunFolder(desk.folder.file("2025-01-10")).dataQuality()).checks
        #expect(
            checks.filter { $0.kind == "silence" }.map(\.file) == [
                "orders.csv", "invoices.csv", "payments.csv",
            ])
        let planned = review("2025-01-10", "--dry-run")
        #expect(planned.output.contains("no new orders since"), "\(planned.error)")
        let asJSON = review("2025-01-10", "--dry-run", "--json")
        #expect(asJSON.output.contains(#""payments" : 10"#), "\(asJSON.output)")
    }

    @Test func aDayToComeIsRefusedButForALookAhead() throws {
        let desk = try ReviewDesk()
        func review(_ more: String...) -> Run {
            Run(desk.first("next", of: "ledger", more).map { $0 == "2024-09-30" ? "2999-12-31" : $0 })
        }
        let run = review()
        #expect(
            run.status == .usage && run.error.contains("this day is still to come (today is 2"),
            "\(run.error)")
        #expect(review("--dry-run").status == .done)
    }

    /// In reviews and for events, of folders and of stores, which take no event of the other portfolio.
    @Test func theReviewBeforeIsOfTheSamePortfolio() throws {
        let desk = try ReviewDesk()
        #expect(Run(desk.first("q3", "--no-migrations", "--quiet")).status == .done)
        let one = try #require(try RunFolder(desk.folder.file("q3")).portfolio()?.obligors.first)
        let event = try desk.folder.write(
            #"{"obligor":"\#(one.id)","kind":"judgment","occurred":"2024-10-20"}"#, to: "event.ndjson")
        func after(_ ledger: String, _ more: String...) -> Run {
            Run(["review", desk.folder.path(ledger), "--previous", desk.folder.path("q3")] + more)
        }
        #expect(after("ledger", "--event", event).status == .done)
        let place = desk.folder.file("q3/portfolio.csv")
        let other = try desk.text("q3/portfolio.csv").replacing("O000", with: "X000")
        try Data(other.utf8).write(to: place)
        for ledger in ["ledger", "portfolio.db"] {
            let runs = [
                after(ledger, "--as-of", "2024-12-31", "--out", desk.folder.path("q4")),
                after(ledger, "--event", event),
            ]
            for run in runs {
                #expect(
                    run.status == .badData && run.error.contains("none of its obligors is in"), "\(run.error)"
                )
                #expect(run.output.isEmpty)
            }
        }
        #expect(try SQLiteStore(desk.folder.file("portfolio.db")).receivedEvents().isEmpty)
    }

    @Test("obligors whose own record cannot be used are set aside with their reason, and have not left")
    func badObligorsAreSetAside() throws {
        let desk = try ReviewDesk()
        #expect(Run(desk.first("q3", "--no-migrations", "--quiet")).status == .done)
        let obligors = desk.folder.file("ledger/obligors.csv")
        var lines = try String(contentsOf: obligors, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
        let place = try #require(lines[0].split(separator: ",").map(String.init).firstIndex(of: "onboarded"))
        var fields = lines[20].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        fields[place] = "2018-13-45"
        lines[20] = fields.joined(separator: ",")
        try Data(lines.joined(separator: "\n").utf8).write(to: obligors)
        func review(_ out: String, _ more: String...) -> Run {
            Run(
                [
                    "review", desk.folder.path("ledger"), "--previous", desk.folder.path("q3"), "--as-of",
                    "2024-12-31", "--no-migrations", "--out", desk.folder.path(out),
                ] + more)
        }
        let run = review("q4", "--max-refused", "0.05", "--metrics", desk.folder.path("q4.prom"))
        #expect(run.status == .done && run.output.contains("Set aside: 1"), "\(run.error)")
        let results = try RunFolder(desk.folder.file("q4"))
        let refused = try #require(try results.dataQuality()?.refused)
        #expect(refused.map(\.count) == [1] && refused[0].reason.contains("obligors.csv"), "\(refused)")
        #expect(try results.portfolio()?.obligors.contains { $0.id == fields[0] } == false)
        let metrics = try String(contentsOf: desk.folder.file("q4.prom"), encoding: .utf8)
        #expect(metrics.contains("obligor_review_set_aside 1"))
        let strict = review("strict", "--max-refused", "0")
        #expect(strict.status == .badData && strict.error.contains("--max-refused"), "\(strict.error)")
    }

    @Test func badRecordsSetTheirObligorsAside() throws {
        let desk = try ReviewDesk()
        let ledger = desk.folder.file("damaged")
        if FileManager.default.fileExists(atPath: ledger.path) {
            try FileManager.default.removeItem(at: ledger)
        }
        try FileManager.default.copyItem(at: desk.folder.file("ledger"), to: ledger)
        let invoices = ledger.appending(path: "invoices.csv")
        var lines = try String(contentsOf: invoices, encoding: .utf8).split(
            separator: "\n", omittingEmptySubsequences: false
        ).map(String.init)
        let header = lines[0].split(separator: ",").map(String.init)
        let amount = try #require(header.firstIndex(of: "amount"))
        let owner = try #require(header.firstIndex(of: "obligor"))
        var fields = lines[40].split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        fields[amount] = "-" + fields[amount]
        lines[40] = fields.joined(separator: ",")
        try Data(lines.joined(separator: "\n").utf8).write(to: invoices)
        func review(_ out: String, _ more: String...) -> Run {
            Run(
                [
                    "review", ledger.path, "--model", desk.folder.path("model"), "--as-of", "2024-09-30",
                    "--no-migrations", "--out", desk.folder.path(out),
                ] + more)
        }
        let run = review("aside", "--max-refused", "0.05")
        #expect(run.status == .done && run.output.contains("Set aside: 1"), "\(run.error)")
        let results = try RunFolder(desk.folder.file("aside"))
        let refused = try #require(try results.dataQuality()?.refused)
        #expect(refused.map(\.count) == [1] && refused[0].reason.contains("invoices.csv"))
        #expect(try results.portfolio()?.obligors.contains { $0.id == fields[owner] } == false)
        let strict = review("strict", "--max-refused", "0")
        #expect(strict.status == .badData && strict.error.contains("--max-refused"), "\(strict.error)")
    }

    @Test(arguments: [
        (["--due", "quarter"], "--previous"), (["--max-refused", "2"], "0 to 1"),
        (["--event", "x"], "--previous"), (["--wait=-1"], "at least 0"),
        (["--hand-grades", "200"], "0 to 120"),
    ])
    func whatDoesNotGoTogetherIsRefused(arguments: [String], part: String) throws {
        let run = Run(
            ["review", "ledger", "--model", "model", "--as-of", "2024-09-30", "--out", "never"] + arguments)
        #expect(run.status == .usage && run.error.contains(part), "\(run.error)")
    }
}
