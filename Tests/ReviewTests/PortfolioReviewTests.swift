import Features
import Foundation
import Grading
import Ledger
import Parallelism
import Results
import Scoring
import TestSupport
import Testing
import Vocabulary

@testable import Review

@Suite("A review rates everybody once, and explains every change")
struct PortfolioReviewTests {
    @Test func everybodyIsRatedOnce() throws {
        let fixture = try ReviewFixture.shared.get()
        let review = try fixture.review()
        let obligors = review.portfolio.obligors
        #expect(Set(obligors.map(\.id)).count == obligors.count)
        let rated = obligors.filter { $0.grade != nil && $0.grade != "D" }
        #expect(rated.map(\.id) == review.ratings.map(\.id))
        for (one, rating) in zip(rated, review.ratings) {
            #expect(one.pd == rating.pd && one.grade == rating.grade && one.score == rating.score)
        }
        #expect(obligors.allSatisfy { ($0.grade == "D") == ($0.pd == 1) })
    }

    @Test func gradesOfDefaultAreTheDefinitions() throws {
        let fixture = try ReviewFixture.shared.get()
        let rates = fixture.ledger.exchangeRates()
        let asOf = AsOf(fixture.options.asOf)
        let review = try fixture.review()
        let defaulted = Set(review.portfolio.obligors.filter { $0.grade == "D" }.map(\.id))
        #expect(!defaulted.isEmpty)
        for place in 0..<fixture.ledger.obligorCount {
            let history = try fixture.ledger.defaultHistory(
                of: place, by: fixture.options.definition, rates: rates, asOf: asOf)
            #expect(
                history.isInDefault(asOf: asOf)
                    == defaulted.contains(fixture.ledger.id(ofObligor: place).text))
        }
    }

    @Test func partsOfAChangeAddUpToIt() throws {
        let review = try ReviewFixture.shared.get().review()
        let before = Dictionary(
            review.history.filter { $0.asOf == "2023-09-30" }.map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        let parts = Dictionary(grouping: review.attribution, by: \.id)
        #expect(!parts.isEmpty)
        for rating in review.ratings {
            guard let old = before[rating.id]?.pd, old < 1 else { continue }
            let change = rating.logOdds - log(old / (1 - old))
            let sum = (parts[rating.id] ?? []).reduce(0) { $0 + $1.logOdds }
            #expect(abs(sum - change) < 1e-9, "\(rating.id)")
        }
    }

    @Test(arguments: [2, 7]) func threadsChangeNothing(threads: Int) throws {
        let fixture = try ReviewFixture.shared.get()
        let one = try fixture.review(fixture.fullBasis(), workers: Workers(threads: 1))
        let many = try fixture.review(fixture.fullBasis(), workers: Workers(threads: threads))
        #expect(one.portfolio.encoded() == many.portfolio.encoded())
        #expect(HistoryRecord.encoded(one.history) == HistoryRecord.encoded(many.history))
        #expect(AttributionRecord.encoded(one.attribution) == AttributionRecord.encoded(many.attribution))
    }

    @Test func aDateBeforeTheLedgerRatesNobody() throws {
        let fixture = try ReviewFixture.shared.get()
        var options = fixture.options
        options.asOf = try #require(CalendarDay(iso8601: "1990-12-31"))
        options.earlier = [options.asOf.adding(days: -90)]
        let error = #expect(throws: FeatureError.self) {
            try PortfolioReview(of: fixture.ledger, by: fixture.basis, options)
        }
        #expect(error?.description.contains("1990-12-31") == true)
    }

    @Test func rulesExpertsAndPolicyActAsInGrading() throws {
        let fixture = try ReviewFixture.shared.get()
        var options = fixture.options
        options.handGradeMonths = 12
        let basis = try fixture.fullBasis()
        let review = try fixture.review(basis, options)
        let steps = Dictionary(grouping: review.path, by: \.id)
        var (ruled, expert, granted) = (0, 0, 0)
        for rating in review.ratings {
            let own = try #require(steps[rating.id])
            // The way begins with what the scale says of the PD and ends with the final grade, without a gap.
            #expect(own.first?.stage == .raw && own.last?.toGrade == rating.grade)
            #expect(own.first?.toGrade == basis.scale.grade(ofPD: rating.pd).rawValue)
            for (one, next) in zip(own, own.dropFirst()) { #expect(next.fromGrade == one.toGrade) }
            ruled += own.count { $0.stage == .rule }
            expert += own.count { $0.stage == .expert }
        }
        for record in review.portfolio.obligors where record.grade != nil {
            let grade = try #require(record.grade.flatMap(Grade.init(rawValue:)))
            let months = try #require(basis.policy?[grade].reviewMonths)
            #expect(record.reviewDue == "\(fixture.options.asOf.adding(months: months))")
            #expect((record.limit ?? -1) >= 0 && record.termsDays != nil)
            granted += record.limit ?? 0 > 0 ? 1 : 0
        }
        #expect(ruled > 100 && expert > 20 && granted > 100)
    }

    @Test func partsOfAChangeAddUpWithRulesAndExpertsToo() throws {
        let fixture = try ReviewFixture.shared.get()
        var options = fixture.options
        options.handGradeMonths = 12
        let review = try fixture.review(try fixture.fullBasis(), options)
        let before = Dictionary(
            review.history.filter { $0.asOf == "2023-09-30" }.map { ($0.id, $0) },
            uniquingKeysWith: { first, _ in first })
        let parts = Dictionary(grouping: review.attribution, by: \.id)
        var components: Set<AttributionRecord.Component> = []
        for rating in review.ratings {
            guard let old = before[rating.id]?.grade.flatMap(Grade.init(rawValue:)), old != .d else {
                continue
            }
            let now = try #require(Grade(rawValue: rating.grade))
            let notches = (parts[rating.id] ?? []).reduce(0) { $0 + ($1.notches ?? 0) }
            #expect(abs(notches - Double(now.rank - old.rank)) < 1e-9, "\(rating.id)")
            components.formUnion((parts[rating.id] ?? []).map(\.component))
        }
        #expect(components == [.data, .rules, .expert])
        // Moves to and from default too.
        let fixed = Dictionary(uniqueKeysWithValues: review.portfolio.obligors.map { ($0.id, $0) })
        var moved = (into: 0, out: 0)
        for (id, old) in before {
            guard let now = fixed[id]?.grade.flatMap(Grade.init(rawValue:)),
                let old = old.grade.flatMap(Grade.init(rawValue:)), (now == .d) != (old == .d)
            else { continue }
            let own = try #require(parts[id], "\(id)")
            #expect(own.contains { $0.component == .default })
            let notches = own.reduce(0) { $0 + ($1.notches ?? 0) }
            #expect(abs(notches - Double(now.rank - old.rank)) < 1e-9, "\(id)")
            if now == .d { moved.into += 1 } else { moved.out += 1 }
        }
        #expect(moved.into > 0, "\(moved)")
    }

    @Test func aStaleInputCapsTheGradeAndIsAskedFor() throws {
        let fixture = try ReviewFixture.shared.get()
        let basis = try fixture.fullBasis()
        let review = try fixture.review(basis)
        let clocks = try #require(basis.policy?.clocks)
        #expect(Set(clocks.map(\.input)) == Set(InputClock.Input.allCases))
        let requests = Dictionary(grouping: review.requests, by: \.id)
        let steps = Dictionary(grouping: review.path, by: \.id)
        let asOf = AsOf(fixture.options.asOf)
        var (stale, fresh) = (0, 0)
        for record in review.ratings {
            let place = try #require(fixture.ledger.place(of: ObligorID(record.id)))
            let view = fixture.ledger.view(of: place, asOf: asOf)
            for clock in clocks {
                let isExpired: Bool
                switch clock.input {
                case .statements:
                    let last = view.statements.map(\.periodEnd).max()
                    isExpired = last.map { asOf.day.days(since: $0) > clock.expiresAfter } ?? true
                case .bureau:
                    let last = view.bureau.map(\.observed).max()
                    isExpired = last.map { asOf.day.days(since: $0) > clock.expiresAfter } ?? true
                case .litigation:
                    let last = view.bureau.filter { $0.judgments != nil }.map(\.observed).max()
                    isExpired = last.map { asOf.day.days(since: $0) > clock.expiresAfter } ?? true
                }
                let acted = steps[record.id]?.contains { $0.rule == clock.rule.name } ?? false
                let asked = requests[record.id]?.contains {
                    $0.input == clock.input.rawValue && $0.state != .expiring
                }
                #expect(acted == isExpired && (asked ?? false) == isExpired, "\(record.id) \(clock.input)")
                if isExpired { stale += 1 } else { fresh += 1 }
                if isExpired, case .cap(let cap) = clock.effect {
                    let final = try #require(Grade(rawValue: record.grade))
                    // Where nobody may overrule it, a stale input holds the grade.
                    if clock.isBinding { #expect(final >= cap, "\(record.id)") }
                }
            }
        }
        #expect(stale > 20 && fresh > 20)
    }

    @Test func aReviewThatGoesOnIsThatFromNothing() throws {
        let fixture = try ReviewFixture.shared.get()
        let basis = try fixture.fullBasis()
        var first = fixture.options
        first.asOf = try #require(CalendarDay(iso8601: "2023-09-30"))
        first.earlier = [try #require(CalendarDay(iso8601: "2023-06-30"))]
        var second = fixture.options
        second.earlier = [first.asOf]
        first.handGradeMonths = 12
        second.handGradeMonths = 12
        let quarter = try fixture.review(basis, first)
        let onward = try fixture.review(
            basis, second, since: EarlierReview(quarter, on: first.asOf, basis: basis))
        let whole = try fixture.review(basis, second)
        #expect(RatingRecord.encoded(onward.ratings) == RatingRecord.encoded(whole.ratings))
        #expect(RatingStepRecord.encoded(onward.path) == RatingStepRecord.encoded(whole.path))
        #expect(HistoryRecord.encoded(onward.history) == HistoryRecord.encoded(whole.history))
        #expect(
            AttributionRecord.encoded(onward.attribution) == AttributionRecord.encoded(whole.attribution))
        #expect(FactFile.data(onward.facts) == FactFile.data(whole.facts))
        // Why an obligor was looked at is told apart; all else is the same.
        let tag = try #require(onward.portfolio.tags.firstIndex(of: "review"))
        for (one, other) in zip(onward.portfolio.obligors, whole.portfolio.obligors) {
            #expect(one.id == other.id && one.grade == other.grade && one.limit == other.limit)
            #expect(one.previousGrade == other.previousGrade && one.movement == other.movement)
            #expect(one.exposure == other.exposure && one.expectedLoss == other.expectedLoss)
            #expect(
                one.tags.indices.allSatisfy { $0 == tag || one.tags[$0] == other.tags[$0] }, "\(one.id)")
        }
    }

    @Test func noRatingRestsOnOldDataNorOnAnInterimCapUnseen() throws {
        let fixture = try ReviewFixture.shared.get()
        let basis = try fixture.fullBasis()
        var first = fixture.options
        first.asOf = try #require(CalendarDay(iso8601: "2023-09-30"))
        first.earlier = [try #require(CalendarDay(iso8601: "2023-06-30"))]
        let place = try #require(
            (0..<fixture.ledger.obligorCount).first { place in
                let view = fixture.ledger.view(of: place, asOf: AsOf(fixture.options.asOf))
                return view.obligor.map { $0.known < first.asOf } ?? false
                    && view.ratings.last?.origin == .model && view.events.isEmpty
            })
        let id = fixture.ledger.id(ofObligor: place)
        let log = EventLog([
            ReportedEvent(
                obligor: id.text, kind: .init(.judgment), occurred: first.asOf.adding(days: -40))
        ])
        let quarter = try fixture.review(basis, first, log: log)
        #expect(quarter.path.contains { $0.id == id.text && $0.rule == "interim-judgment" })
        var second = fixture.options
        second.earlier = [first.asOf]
        second.due = .halfYear
        func reasons(_ earlier: RatingBasis) throws -> [DueSelection.Reason?] {
            try DueSelection(
                fixture.ledger, basis, second,
                earlier: EarlierReview(quarter, on: first.asOf, basis: earlier), log: log, workers: .single
            ).reasons
        }
        let known = try reasons(basis)
        // Nothing new has come, yet the interim cap is looked at.
        #expect(known[place] == .event)
        // A policy that had no clocks has let nobody's old inputs act.
        var clockless = basis
        clockless.policy = nil
        let new = try reasons(clockless)
        let clocks = try #require(basis.policy?.clocks)
        for place in new.indices where new[place] == .notDue {
            let view = fixture.ledger.view(of: place, asOf: AsOf(second.asOf))
            #expect(!clocks.contains { $0.isExpired(view) }, "\(view.id)")
        }
        #expect(new.count { $0 == .stale } > known.count { $0 == .stale })
    }

    @Test func whoIsNotDueKeepsItsRating() throws {
        let fixture = try ReviewFixture.shared.get()
        let basis = try fixture.fullBasis()
        var first = fixture.options
        first.asOf = try #require(CalendarDay(iso8601: "2023-09-30"))
        first.earlier = [try #require(CalendarDay(iso8601: "2023-06-30"))]
        let quarter = try fixture.review(basis, first)
        let earlier = try EarlierReview(quarter, on: first.asOf, basis: basis)
        var second = fixture.options
        second.earlier = [first.asOf]
        second.due = .byGrade
        let steady = quarter.portfolio.obligors.first {
            $0.grade == "A" && $0.tags.contains("due") == false
        }
        second.watchList = Set([steady?.id].compactMap(\.self))
        let review = try fixture.review(basis, second, since: earlier)
        let whole = try fixture.review(
            basis,
            {
                var all = second; all.due = .all; return all
            }(), since: earlier)
        let tag = try #require(review.portfolio.tags.firstIndex(of: "review"))
        let before = Dictionary(
            uniqueKeysWithValues: quarter.portfolio.obligors.map { ($0.id, $0) })
        let full = Dictionary(uniqueKeysWithValues: whole.portfolio.obligors.map { ($0.id, $0) })
        var counts: [String: Int] = [:]
        for record in review.portfolio.obligors {
            counts[record.tags[tag], default: 0] += 1
            if record.tags[tag] == "not due" {
                let last = try #require(before[record.id])
                #expect(record.grade == last.grade && record.asOf == last.asOf && record.limit == last.limit)
                #expect(record.movement == .unchanged && record.reviewDue == last.reviewDue)
                // What it owes is today's; features round each foreign item to a minor unit.
                let now = try #require(full[record.id])
                #expect(abs(record.exposure - now.exposure) < 0.1, "\(record.id)")
            } else {
                #expect(record.asOf == "\(second.asOf)")
            }
        }
        #expect(review.portfolio.obligors.count == whole.portfolio.obligors.count)
        #expect((counts["not due"] ?? 0) > 50 && (counts["due"] ?? 0) > 10, "\(counts)")
        #expect((counts["watch list"] ?? 0) == second.watchList.count, "\(counts)")
        #expect((counts["new"] ?? 0) > 0 && (counts["stale"] ?? 0) > 0, "\(counts)")
        // Whoever has entered default since is D at once.
        let defaulted = Set(whole.portfolio.obligors.filter { $0.grade == "D" }.map(\.id))
        #expect(Set(review.portfolio.obligors.filter { $0.grade == "D" }.map(\.id)) == defaulted)
    }

    @Test func aJournalGoesOnWhereItStopped() throws {
        let fixture = try ReviewFixture.shared.get()
        let basis = try fixture.fullBasis()
        var options = fixture.options
        options.batchSize = 100
        let folder = try TemporaryFolder()
        let whole = try fixture.review(basis, options)
        let journal = try FolderJournal(folder.file("journal"), digest: "a")
        struct Stop: Error {}
        #expect(throws: Stop.self) {
            try PortfolioReview(
                of: fixture.ledger, by: basis, options, journal: journal
            ) { done, _ in if done >= 300 { throw Stop() } }
        }
        #expect(journal.batchCount() == 3)
        // A batch that was kept is not computed again: its facts are those of the file.
        let resumed = try fixture.review(
            basis, options, journal: FolderJournal(folder.file("journal"), digest: "a"))
        #expect(resumed.portfolio.encoded() == whole.portfolio.encoded())
        #expect(HistoryRecord.encoded(resumed.history) == HistoryRecord.encoded(whole.history))
        #expect(
            AttributionRecord.encoded(resumed.attribution) == AttributionRecord.encoded(whole.attribution))
        #expect(FactFile.data(resumed.facts) == FactFile.data(whole.facts))
        #expect(try FolderJournal(folder.file("journal"), digest: "a").batchCount() > 3)
        // Another review begins anew.
        #expect(try FolderJournal(folder.file("journal"), digest: "b").batchCount() == 0)
    }

    @Test func whatCannotBeUsedIsSetAsideUpToAThreshold() throws {
        let fixture = try ReviewFixture.shared.get()
        var options = fixture.options
        let whole = try fixture.review()
        let ids = [5, 50, 500].map { whole.ratings[$0].id }
        for id in ids { options.setAside[id] = "invoices.csv, line 3: an amount below zero" }
        options.maximumRefused = 0.02
        let review = try fixture.review(nil, options)
        #expect(review.refused.map(\.id) == ids)
        #expect(!review.portfolio.obligors.contains { ids.contains($0.id) })
        for rating in review.ratings { #expect(whole.ratings.contains(rating)) }
        options.maximumRefused = 0.001
        #expect {
            try fixture.review(nil, options)
        } throws: { error in
            guard case ReviewError.tooManyRefused(let count, _, _, let reason) = error else { return false }
            return count == 3 && reason.contains("line 3")
        }
    }
}
