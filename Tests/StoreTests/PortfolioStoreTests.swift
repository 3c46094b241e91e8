import Foundation
import Grading
import Results
import Review
import TestSupport
import Testing
import Vocabulary

@testable import Store

/// One suite for every store that jobs may be given.
@Suite("Every store keeps what jobs give it")
struct PortfolioStoreTests {
    enum Kind: CaseIterable { case memory, file }

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func store(_ kind: Kind, _ clock: Clock = Clock()) throws -> any PortfolioStore {
        switch kind {
        case .memory: MemoryPortfolioStore(now: { clock.next() })
        case .file: try SQLiteStore.create(folder.file("store.db"), now: { clock.next() })
        }
    }

    private func day(_ text: String) throws -> CalendarDay { try #require(CalendarDay(iso8601: text)) }

    private func plan(_ digest: String, _ asOf: String) throws -> RunPlan {
        RunPlan(
            digest: digest, job: "review", asOf: try day(asOf), model: "m", features: ["a", "b"],
            author: "cron")
    }

    private func batch(_ number: Int, _ asOf: String, _ grades: [(String, Grade)]) throws -> ReviewBatch {
        let asOf = try day(asOf)
        return ReviewBatch(
            number: number,
            ratings: grades.map { id, grade in
                StoredRating(
                    obligor: ObligorID(id), asOf: asOf, grade: grade, modelGrade: .bbb, pd: 0.1,
                    logOdds: -0.0,
                    score: 1 / 3, currency: .euro, exposure: 12.25, limit: 500, termsDays: 30,
                    reviewDue: asOf,
                    isInterim: number == 1, reasons: ["a;b", "ä"])
            },
            steps: grades.map { id, grade in
                RatingStepRecord(
                    id: id, step: 1, stage: .rule, rule: "r", fromGrade: "BBB", toGrade: grade.rawValue,
                    effect: .cap, reason: "because", author: nil, expires: "2030-01-01")
            },
            snapshots: grades.map { id, _ in
                FeatureSnapshot(obligor: ObligorID(id), asOf: asOf, values: [.nan, -0.0])
            }, setAside: [SetAside(obligor: ObligorID("x"), reason: "no \"data\"")],
            remainder: Data([0, 255, 7]))
    }

    @Test(arguments: Kind.allCases)
    func aRunIsKeptBatchByBatch(kind: Kind) throws {
        let store = try store(kind)
        let plan = try plan("d1", "2024-03-31")
        let begun = try store.begin(plan)
        #expect(begun.plan == plan && begun.finished == nil)
        let first = try batch(1, "2024-03-31", [("b", .bb), ("a", .a)])
        try store.save(first, of: "d1")
        try store.save(try batch(0, "2024-03-31", [("c", .ccc)]), of: "d1")
        // The same number again stays as it is.
        try store.save(try batch(1, "2024-03-31", [("z", .d)]), of: "d1")
        #expect(try store.batches(of: "d1") == [0, 1])
        #expect(try store.batch(1, of: "d1") == first)
        #expect(try store.batch(2, of: "d1") == nil && store.batch(0, of: "none") == nil)
        // Nobody sees the ratings of an unfinished run.
        #expect(try store.latestRatings(before: day("2030-01-01")).isEmpty)
        #expect(try store.ratings(of: ObligorID("a")).isEmpty)
        let done = try store.finish(run: "d1", summary: "3 rated")
        #expect(done.finished != nil && done.begun == begun.begun && done.summary == "3 rated")
        #expect(try store.begin(plan) == done && store.run("d1") == done && store.runs() == [done])
        #expect(try store.finish(run: "d1", summary: "other") == done)
        #expect(try store.latestRatings(before: day("2030-01-01")).count == 3)
        #expect(try store.steps(of: ObligorID("a"), run: "d1").map(\.toGrade) == ["A"])
        #expect(try store.snapshots(of: "d1").map(\.obligor.text) == ["c", "b", "a"])
        #expect(throws: StorageError.runIsFinished(digest: "d1")) {
            try store.save(try batch(2, "2024-03-31", []), of: "d1")
        }
        #expect(throws: StorageError.noSuchRun(digest: "no")) {
            try store.save(try batch(2, "2024-03-31", []), of: "no")
        }
        #expect(throws: StorageError.noSuchRun(digest: "no")) { try store.finish(run: "no", summary: "") }
    }

    @Test(arguments: Kind.allCases)
    func theLatestRatingCounts(kind: Kind) throws {
        let store = try store(kind)
        // A later quarter that is finished first, and a correction of the same day.
        for (digest, asOf, grade) in [
            ("q2", "2024-06-30", Grade.bb), ("q1", "2024-03-31", .a), ("event", "2024-06-30", .ccc),
        ] {
            _ = try store.begin(try plan(digest, asOf))
            try store.save(try batch(0, asOf, [("a", grade)]), of: digest)
        }
        for digest in ["q2", "q1", "event"] { _ = try store.finish(run: digest, summary: "") }
        func latest(_ text: String) throws -> Grade? {
            try store.latestRatings(before: day(text))[ObligorID("a")]?.grade
        }
        #expect(try latest("2024-03-31") == nil)
        #expect(try latest("2024-04-01") == .a && latest("2024-06-30") == .a)
        #expect(try latest("2024-07-01") == .ccc)
        #expect(try store.ratings(of: ObligorID("a")).map(\.grade) == [.ccc, .bb, .a])
    }

    @Test(arguments: Kind.allCases)
    func theSameAlertEventAndDecisionComeOnce(kind: Kind) throws {
        let store = try store(kind)
        let alerts = try ["k1", "k2", "k1"].map {
            StoredAlert(
                key: $0, obligor: ObligorID("a"), day: try day("2024-01-01"), kind: "dbt", severity: "high",
                text: "slow", details: "{}")
        }
        #expect(try store.raise(alerts).map(\.key) == ["k1", "k2"])
        #expect(try store.raise(alerts).isEmpty)
        #expect(try store.alerts() == Array(alerts.prefix(2)))
        let event = ReceivedEvent(
            key: "e", obligor: ObligorID("a"), occurred: try day("2024-01-02"), kind: "merger", run: "d",
            content: "{}")
        #expect(try store.receivedEvents().isEmpty)
        #expect(try store.receive([event, event]) == [event])
        #expect(try store.receive([event]).isEmpty)
        #expect(try store.receivedEvents() == [event])
        let last = try day("2024-12-31")
        let verdicts: [ReviewerDecision.Verdict] = [
            .override(.grade(.aa), expires: last), .override(.notch(-2), expires: last), .confirmed,
            .acknowledged(alert: "k1"), .dismissed(alert: "k2"), .dismissed(alert: nil),
            .correction(
                given: .a, supported: .bb, suggested: try day("2023-12-31"), isAccepted: true, expires: last),
            .correction(
                given: .a, supported: .bb, suggested: try day("2023-12-31"), isAccepted: false, expires: nil),
            .correction(
                given: .a, supported: .b, suggested: try day("2023-09-30"), isAccepted: true, expires: last),
        ]
        let decisions = try verdicts.enumerated().map { number, verdict in
            ReviewerDecision(
                key: "d\(number)", obligor: ObligorID("a"), verdict: verdict, author: "analyst",
                reason: "seen",
                decided: try day("2024-01-03"), maximumNotches: number == 1 ? 3 : nil)
        }
        for decision in decisions {
            #expect(try store.decide(decision))
            #expect(try !store.decide(decision))
        }
        #expect(try store.decisions() == decisions)
        // A correction that is followed, and not dismissed later, is a decision on the grade.
        let overrides = try store.overrides(maximumNotches: 2).entries
        #expect(overrides.map(\.decision) == [.grade(.aa), .notch(-2), .grade(.b)])
        #expect(overrides.map(\.maximumNotches) == [nil, 3, nil])
    }

    /// Of decisions on one subject the last counts, whoever made it before, and only the same as the last changes
    /// nothing.
    @Test(arguments: Kind.allCases)
    func aDecisionThatWasTakenBackCanBeMadeAgain(kind: Kind) throws {
        let store = try store(kind)
        let last = try day("2024-12-31")
        func decision(
            _ verdict: ReviewerDecision.Verdict, on day: String = "2024-01-03"
        ) throws -> ReviewerDecision {
            ReviewerDecision(
                of: ObligorID("a"), verdict: verdict, author: "analyst", reason: "seen",
                decided: try self.day(day))
        }
        func correction(_ isAccepted: Bool) throws -> ReviewerDecision {
            try decision(
                .correction(
                    given: .a, supported: .bb, suggested: try day("2023-12-31"), isAccepted: isAccepted,
                    expires: last))
        }
        func grades() throws -> [ExpertOverride.Decision] {
            try store.overrides(maximumNotches: 2).entries.map(\.decision)
        }
        for (isAccepted, expected) in [(true, [.grade(.bb)]), (false, []), (true, [.grade(.bb)])]
            as [(Bool, [ExpertOverride.Decision])]
        {
            #expect(try store.decide(correction(isAccepted)))
            #expect(try !store.decide(correction(isAccepted)))
            #expect(try grades() == expected)
        }
        // The same for grades, alerts, and other days, which are other subjects.
        let (up, down) = (
            try decision(.override(.grade(.a), expires: last)),
            try decision(.override(.grade(.b), expires: last))
        )
        for one in [up, down, up, down] { #expect(try store.decide(one)) }
        #expect(try !store.decide(down))
        let inForce = try store.overrides(maximumNotches: 2).inForce(on: AsOf(last))
        #expect(inForce[ObligorID("a")]?.decision == .grade(.b))
        #expect(try store.decide(decision(.override(.grade(.aa), expires: last), on: "2024-01-05")))
        #expect(try !store.decide(down))
        let answers = try [
            decision(.acknowledged(alert: "k")), decision(.dismissed(alert: "k")),
            decision(.acknowledged(alert: "k")), decision(.dismissed(alert: "l")),
        ]
        for answer in answers { #expect(try store.decide(answer)) }
        let kept = try store.decisions()
        #expect(kept.count == 12 && Set(kept.map(\.key)).count == 12)
        #expect(kept[0].key == (try correction(true).key) && kept[2].saysTheSame(as: kept[0]))
        // What has the key of another one is not kept.
        let other = ReviewerDecision(
            key: kept[0].key, obligor: ObligorID("b"), verdict: .confirmed, author: "x", reason: "y",
            decided: last)
        #expect(try !store.decide(other))
        #expect(try store.decisions() == kept)
    }

    @Test(arguments: Kind.allCases)
    func aDismissedCorrectionHeldUntilTheDayBefore(kind: Kind) throws {
        let store = try store(kind)
        func decide(_ isAccepted: Bool, on text: String) throws {
            let decision = ReviewerDecision(
                of: ObligorID("a"),
                verdict: .correction(
                    given: .a, supported: .bb, suggested: try day("2023-12-31"), isAccepted: isAccepted,
                    expires: isAccepted ? try day("2024-12-31") : nil),
                author: "analyst", reason: "seen", decided: try day(text))
            #expect(try store.decide(decision))
        }
        func grades(on text: String) throws -> [ExpertOverride.Decision] {
            let overrides = try store.overrides(maximumNotches: 2)
            return overrides.inForce(on: AsOf(try day(text))).values.map(\.decision)
        }
        try decide(true, on: "2024-01-03")
        try decide(false, on: "2024-03-01")
        #expect(try grades(on: "2024-01-02").isEmpty)
        #expect(try grades(on: "2024-01-03") == [.grade(.bb)])
        #expect(try grades(on: "2024-02-29") == [.grade(.bb)])
        #expect(try grades(on: "2024-03-01").isEmpty)
        // Taken up again, it holds again.
        try decide(true, on: "2024-04-01")
        #expect(try grades(on: "2024-03-31").isEmpty)
        #expect(try grades(on: "2024-04-01") == [.grade(.bb)])
    }

    @Test(arguments: Kind.allCases)
    func aJobsStateIsTheLastOne(kind: Kind) throws {
        let store = try store(kind)
        #expect(try store.state(of: "watch") == nil)
        try store.keep(Data([1]), of: "watch")
        try store.keep(Data([2, 0]), of: "watch")
        #expect(try store.state(of: "watch") == Data([2, 0]))
    }

    @Test(arguments: Kind.allCases)
    func modelsDecideWhenTheirGatesHold(kind: Kind) throws {
        let store = try store(kind)
        func entry(_ text: String, passed: Bool? = true) -> ModelEntry {
            ModelEntry(
                name: text, model: Data(text.utf8), masterScale: Data("s".utf8),
                gates: passed.map {
                    [GateRecord(gate: "minimumAUC", sample: "held out", value: 0.8, limit: 0.7, passed: $0)]
                } ?? [])
        }
        #expect(try store.champion() == nil)
        let one = try store.register(entry("one"), by: "x")
        #expect(
            try one.number == 1 && one.standing == .candidate && store.register(entry("one"), by: "y") == one)
        _ = try store.register(entry("two"), by: "x")
        _ = try store.register(entry("refused", passed: false), by: "x")
        _ = try store.register(entry("ungated", passed: nil), by: "x")
        #expect(try store.entry(ofModel: 2) == entry("two"))
        #expect(throws: StorageError.noSuchModel(number: 9)) { try store.entry(ofModel: 9) }
        for number in [3, 4] {
            for standing in [ModelStanding.champion, .challenger] {
                #expect(throws: StorageError.self) {
                    try store.promote(model: number, to: standing, by: "b", because: "r")
                }
            }
        }
        #expect(throws: StorageError.noSuchModel(number: 9)) {
            try store.promote(model: 9, to: .champion, by: "b", because: "r")
        }
        #expect(throws: StorageError.noEarlierChampion(store: store.name)) {
            try store.rollBack(by: "b", because: "r")
        }
        _ = try store.promote(model: 1, to: .champion, by: "b", because: "first")
        #expect(try store.promote(model: 2, to: .challenger, by: "b", because: "try").standing == .challenger)
        #expect(try store.challengers().map(\.number) == [2] && store.champion()?.number == 1)
        let two = try store.promote(model: 2, to: .champion, by: "b", because: "better")
        #expect(
            two.changes.map(\.standing) == [.challenger, .champion] && two.changes.last?.reason == "better")
        #expect(try store.models().map(\.standing) == [.retired, .champion, .candidate, .candidate])
        let back = try store.rollBack(by: "c", because: "drift")
        #expect(back.number == 1 && back.changes.last?.author == "c")
        #expect(try store.models().map(\.standing) == [.champion, .withdrawn, .candidate, .candidate])
        #expect(throws: StorageError.noEarlierChampion(store: store.name)) {
            try store.rollBack(by: "b", because: "r")
        }
        #expect(try store.verifyAuditTrail() != nil)
    }

    @Test(arguments: Kind.allCases)
    func everyChangeLeavesARecord(kind: Kind) throws {
        let store = try store(kind)
        #expect(try store.verifyAuditTrail() == nil)
        _ = try store.begin(try plan("d", "2024-03-31"))
        try store.save(try batch(0, "2024-03-31", [("a", .a)]), of: "d")
        _ = try store.finish(run: "d", summary: "done")
        try store.append(AuditEntry(action: "looked", author: "ä", subject: "s", details: "d"))
        let trail = try store.auditTrail()
        #expect(trail.map(\.entry.action) == ["run begun", "batch saved", "run finished", "looked"])
        #expect(trail.map(\.number) == [1, 2, 3, 4])
        #expect(trail[0].previous == AuditRecord.origin && trail[3].previous == trail[2].hash)
        #expect(try store.verifyAuditTrail() == trail.last)
    }

    @Test(arguments: Kind.allCases)
    func aClockThatGoesBackIsNoticed(kind: Kind) throws {
        let clock = Clock()
        let store = try store(kind, clock)
        let entry = AuditEntry(action: "a", author: "b", subject: "c")
        let first = try store.append(entry)
        // What a time server puts right in one step is no reason to stop; the trail's times never fall.
        clock.move(by: -1.5)
        #expect(try store.append(entry).time >= first.time)
        clock.move(by: -3600)
        #expect(throws: StorageError.self) { try store.append(entry) }
        #expect(throws: StorageError.self) { _ = try store.begin(try plan("d", "2024-03-31")) }
        #expect(try store.runs().isEmpty && store.auditTrail().count == 2)
        clock.move(by: 7200)
        try store.append(entry)
        #expect(try store.verifyAuditTrail()?.number == 3)
    }

    @Test(arguments: Kind.allCases)
    func oneJobHasTheLock(kind: Kind) throws {
        let store = try store(kind)
        let lock = try store.lock(for: "review", waiting: 0)
        #expect {
            _ = try store.lock(for: "watch", waiting: 0)
        } throws: { error in
            guard case StorageError.locked(let holder) = error else { return false }
            return holder.purpose == "review" && holder.process == ProcessInfo.processInfo.processIdentifier
        }
        try lock.renew()
        lock.release()
        lock.release()
        let again = try store.lock(for: "watch", waiting: 0)
        withExtendedLifetime(again) {}
    }
}
