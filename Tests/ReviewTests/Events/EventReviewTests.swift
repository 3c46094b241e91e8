import Foundation
import Grading
import Results
import StrictYAML
import Tables
import TestSupport
import Testing
import Vocabulary

@testable import Ledger
@testable import Review

@Suite("An event between reviews changes one rating, once, until a person decides")
struct EventReviewTests {
    /// A review of the sample ledger, and what events after it are held against.
    private struct Desk {
        let fixture: ReviewFixture
        let basis: RatingBasis
        let earlier: EarlierReview
        let review: PortfolioReview
        let day: CalendarDay

        init() throws {
            fixture = try ReviewFixture.shared.get()
            basis = try fixture.fullBasis()
            review = try fixture.review(basis)
            earlier = try EarlierReview(review, on: fixture.options.asOf, basis: basis)
            day = fixture.options.asOf.adding(days: 20)
        }

        func events() throws -> EventReview {
            try EventReview(of: fixture.ledger, by: basis, fixture.options, since: earlier)
        }

        /// An obligor with a grade and a limit of which nothing is heard for a month.
        func obligor(better than: Grade) throws -> PortfolioRecord {
            let found = review.portfolio.obligors.first { record in
                guard let grade = record.grade.flatMap(Grade.init(rawValue:)), grade < than,
                    let place = fixture.ledger.place(of: ObligorID(record.id))
                else { return false }
                let view = fixture.ledger.view(of: place, asOf: AsOf(day))
                return record.limit ?? 0 > 0 && view.ratings.last?.origin == .model
                    && view.events.allSatisfy { $0.known < fixture.options.asOf }
            }
            return try #require(found)
        }
    }

    private static let desk = Result { try Desk() }

    @Test func anInterimCapHoldsAndTheSameEventAgainChangesNothing() throws {
        let desk = try Self.desk.get()
        var events = try desk.events()
        let obligor = try desk.obligor(better: .bb)
        let news = ReportedEvent(obligor: obligor.id, kind: .init(.judgment), occurred: desk.day)
        let outcomes = try events.react(to: news)
        let first = try #require(outcomes.first)
        #expect(outcomes.count == 1 && first.status == .rated)
        #expect(first.oldGrade == obligor.grade && first.oldLimit == obligor.limit)
        let grade = try #require(first.newGrade.flatMap(Grade.init(rawValue:)))
        #expect(grade >= .bb && first.interim == "interim-judgment")
        #expect(first.urgency == "today" && first.actBy == "\(desk.day)")
        #expect(first.reason.contains("until a person has decided"))
        let again = try events.react(to: news)
        #expect(again == [first].map(Self.repeated))
        // The next event starts from where the first one ended, in this process or after a start.
        var resumed = try desk.events()
        try resumed.resume(outcomes)
        #expect(try resumed.react(to: news) == again)
        let next = ReportedEvent(
            obligor: obligor.id, kind: .init(.lawsuit), occurred: desk.day.adding(days: 1))
        let one = try events.react(to: next)
        let other = try resumed.react(to: next)
        #expect(one == other && one[0].oldGrade == first.newGrade)
    }

    /// An answer that was lost with whoever was to read it comes again as it was.
    private static func repeated(_ first: EventRatingRecord) -> EventRatingRecord {
        EventRatingRecord(
            id: first.id, kind: first.kind, occurred: first.occurred, known: first.known,
            counterparty: first.counterparty, amount: first.amount, status: .repeated, urgency: first.urgency,
            actBy: first.actBy, oldGrade: first.oldGrade, newGrade: first.newGrade, oldPD: first.oldPD,
            newPD: first.newPD, oldLimit: first.oldLimit, newLimit: first.newLimit,
            oldTermsDays: first.oldTermsDays, newTermsDays: first.newTermsDays, interim: first.interim,
            reason: first.reason)
    }

    /// Logs, ledgers and reviews have one rule of what the same event is, whoever is told first.
    @Test(arguments: [["one", "other", nil, "one", ""], [nil, "one", "", "other", nil]] as [[String?]])
    func eventsOfOneDayWithOtherPartiesAreOthers(parties: [String?]) throws {
        let desk = try Self.desk.get()
        var events = try desk.events()
        let obligor = try desk.obligor(better: .b)
        let told = parties.enumerated().map { number, party in
            // How much is at stake and when it became known is no part of it.
            ReportedEvent(
                obligor: obligor.id, kind: .init(.judgment), occurred: desk.day,
                known: desk.day.adding(days: number), amount: Double(number), qualifier: party)
        }
        var seen: Set<EventIdentity> = []
        let isNew = told.map { seen.insert($0.identity).inserted }
        #expect(isNew.count(where: \.self) == 3)
        #expect(try told.map { try events.react(to: $0)[0].status == .rated } == isNew)
        #expect(EventLog(told).events == zip(told, isNew).filter(\.1).map(\.0))
        let ledger = desk.fixture.ledger
        let place = try #require(ledger.place(of: ObligorID(obligor.id)))
        func count(_ ledger: TradeLedger) -> Int {
            ledger.view(of: place, asOf: AsOf(desk.day.adding(days: 9))).events.count
        }
        #expect(count(ledger.adding(told)) == count(ledger) + 3)
        #expect(count(ledger.adding(EventLog(told)).adding(told)) == count(ledger) + 3)
        #expect(told.allSatisfy { $0.outcome(.noted, reason: "").event?.identity == $0.identity })
    }

    @Test func aDefaultByTheDefinitionGivesD() throws {
        let desk = try Self.desk.get()
        var events = try desk.events()
        let obligor = try desk.obligor(better: .b)
        let outcome = try #require(
            try events.react(
                to: ReportedEvent(obligor: obligor.id, kind: .init(.insolvency), occurred: desk.day)
            ).first)
        #expect(outcome.newGrade == "D" && outcome.newPD == 1 && outcome.newLimit == 0)
        #expect(outcome.urgency == "now" && outcome.reason.contains("definition"))
    }

    @Test func theRatingIsThatOfAReviewOnTheDay() throws {
        let desk = try Self.desk.get()
        // Without rules on others, nothing is carried over from the review before.
        let basis = RatingBasis(
            model: desk.basis.model, scale: .standard, policy: desk.basis.policy, events: desk.basis.events)
        let earlier = try EarlierReview(
            desk.fixture.review(basis), on: desk.fixture.options.asOf, basis: basis)
        var events = try EventReview(
            of: desk.fixture.ledger, by: basis, desk.fixture.options, since: earlier)
        #expect(!events.carriesOver)
        let ids = desk.review.ratings.prefix(40).map(\.id)
        var options = desk.fixture.options
        options.asOf = desk.day
        var ledger = desk.fixture.ledger
        for id in ids {
            #expect(ledger.place(of: ObligorID(id)) != nil)
            ledger = ledger.adding([
                AddedEvent(.lawsuit, of: ObligorID(id), occurred: desk.day, known: desk.day)
            ])
        }
        let whole = try PortfolioReview(of: ledger, by: basis, options)
        let expected = Dictionary(uniqueKeysWithValues: whole.portfolio.obligors.map { ($0.id, $0) })
        var rated = 0
        for id in ids {
            let outcome = try #require(
                try events.react(to: ReportedEvent(obligor: id, kind: .init(.lawsuit), occurred: desk.day))
                    .first)
            let record = try #require(expected[id])
            #expect(outcome.newGrade == record.grade && outcome.newPD == record.pd, "\(id)")
            #expect(outcome.newTermsDays == record.termsDays, "\(id)")
            rated += outcome.status == .rated ? 1 : 0
        }
        #expect(rated == ids.count)
    }

    @Test func aPersonsGradeEndsTheInterimCap() throws {
        let fixture = try ReviewFixture.shared.get()
        let ledger = fixture.ledger
        let fact = ReviewFact.openEvent(.init(.judgment))
        // Take obligors that a person has graded, and news just before and just after that day.
        var seen = 0
        for place in 0..<ledger.obligorCount where seen < 20 {
            let view = ledger.view(of: place, asOf: AsOf(fixture.options.asOf))
            guard let last = view.ratings.last, last.origin == .analyst, last.known < fixture.options.asOf,
                !view.events.contains(where: { $0.event == .judgment })
            else { continue }
            seen += 1
            for (offset, isOpen) in [(0, false), (1, true)] {
                let day = last.known.adding(days: offset)
                let log = EventLog([
                    ReportedEvent(obligor: view.id.text, kind: .init(.judgment), occurred: day)
                ])
                let rows = [(place: place, day: fixture.options.asOf)]
                guard case .double(let values) = fact.values(of: rows, in: ledger, log: log) else {
                    Issue.record("not a number")
                    continue
                }
                let expected = Double(fixture.options.asOf.days(since: day))
                #expect(values[0].isNaN != isOpen && (!isOpen || values[0] == expected), "\(view.id)")
            }
        }
        #expect(seen == 20)
    }

    @Test func majorSuppliersHearOfADefault() throws {
        let desk = try Self.desk.get()
        var events = try desk.events()
        let asOf = AsOf(desk.day)
        let ledger = desk.fixture.ledger
        let share = try #require(desk.basis.events?.majorShare)
        var found = 0
        // Every event that is a default by the definition, and a default on payment.
        let kinds: [ReviewEventKind] = [.paymentDefault, .init(.legalRecovery), .init(.writeOff)]
        for place in 0..<ledger.obligorCount where found < 3 {
            let view = ledger.view(of: place, asOf: asOf)
            let major = view.linksToSuppliers.filter {
                $0.isActive(asOf: asOf) && ($0.shareOfTrade ?? 0) >= share
            }.map { ledger.id(ofObligor: Int($0.supplier)).text }
            guard !major.isEmpty, view.obligor != nil else { continue }
            found += 1
            let news = ReportedEvent(obligor: view.id.text, kind: kinds[found - 1], occurred: desk.day)
            let outcomes = try events.react(to: news)
            #expect(outcomes.dropFirst().map(\.id) == major)
            // Told again, it says once more what it meant for suppliers; another default of that day is the same news.
            var resumed = try desk.events()
            try resumed.resume(outcomes)
            for told in [try events.react(to: news), try resumed.react(to: news)] {
                #expect(told == outcomes.map(Self.repeated))
            }
            let other = ReportedEvent(obligor: view.id.text, kind: .init(.insolvency), occurred: desk.day)
            #expect(try resumed.react(to: other).dropFirst() == outcomes.dropFirst().map(Self.repeated)[...])
            for outcome in outcomes.dropFirst() {
                #expect(outcome.kind == "counterparty_default" && outcome.counterparty == view.id.text)
            }
        }
        #expect(found == 3)
    }

    /// The event is not told again when the supplier's records can be used.
    @Test func newsForASupplierThatIsSetAsideIsNoted() throws {
        let desk = try Self.desk.get()
        let (ledger, asOf) = (desk.fixture.ledger, AsOf(desk.day))
        let share = try #require(desk.basis.events?.majorShare)
        func suppliers(_ place: Int) -> [String] {
            ledger.view(of: place, asOf: asOf).linksToSuppliers.filter {
                $0.isActive(asOf: asOf) && ($0.shareOfTrade ?? 0) >= share
            }.map { ledger.id(ofObligor: Int($0.supplier)).text }
        }
        // Better than the interim cap.
        let good = Set(
            desk.review.portfolio.obligors.filter { ["AAA", "AA", "A", "BBB"].contains($0.grade) }.map(\.id))
        let buyer = try #require(
            (0..<ledger.obligorCount).first { place in
                suppliers(place).first.map(good.contains) ?? false
                    && ledger.view(of: place, asOf: asOf).obligor != nil
            })
        let supplier = suppliers(buyer)[0]
        var options = desk.fixture.options
        options.setAside = [supplier: "invoices.csv: an amount below zero"]
        var events = try EventReview(of: ledger, by: desk.basis, options, since: desk.earlier)
        let outcomes = try events.react(
            to: ReportedEvent(
                obligor: ledger.id(ofObligor: buyer).text, kind: .paymentDefault, occurred: desk.day))
        #expect(outcomes.first?.status == .rated)
        let news = try #require(outcomes.first { $0.id == supplier })
        #expect(news.status == .noted && news.reason.contains("an amount below zero"))
        #expect(news.kind == "counterparty_default")
        // Whoever rates the supplier later knows it.
        var later = try desk.events()
        try later.resume(outcomes)
        let again = ReportedEvent(
            obligor: supplier, kind: .counterpartyDefault, occurred: desk.day,
            qualifier: ledger.id(ofObligor: buyer).text)
        #expect(try later.react(to: again).map(\.status) == [.repeated])
        var due = desk.fixture.options
        due.asOf = desk.day
        let review = try PortfolioReview(
            of: ledger, by: desk.basis, due, log: EventLog(outcomes.compactMap(\.event)))
        #expect(review.path.contains { $0.id == supplier && $0.rule == "interim-counterparty_default" })
    }

    @Test func whatComesLateIsKnownFromTheDayAfterTheReview() throws {
        let desk = try Self.desk.get()
        var events = try desk.events()
        let obligor = try desk.obligor(better: .bb)
        let reviewed = desk.fixture.options.asOf
        let news = ReportedEvent(
            obligor: obligor.id, kind: .init(.judgment), occurred: reviewed.adding(days: -9), amount: 700)
        let outcomes = try events.react(to: news)
        #expect(outcomes.map(\.status) == [.rated] && outcomes[0].known == "\(reviewed.adding(days: 1))")
        #expect(outcomes[0].occurred == "\(news.occurred)" && outcomes[0].event?.amount == 700)
        // After a start it is known, has its effect, and makes the obligor due.
        var resumed = try desk.events()
        try resumed.resume(outcomes)
        #expect(try resumed.react(to: news).map(\.status) == [.repeated])
        let next = try resumed.react(
            to: ReportedEvent(obligor: obligor.id, kind: .init(.merger), occurred: desk.day))
        #expect(next[0].oldGrade == outcomes[0].newGrade)
        let policy = try #require(desk.basis.events)
        func isDue(_ events: [ReportedEvent]) -> Bool {
            EventLog(events).hasEvent(
                on: ObligorID(obligor.id), after: reviewed, asOf: AsOf(desk.day), by: policy)
        }
        #expect(isDue(outcomes.compactMap(\.event)))
        // What is of a kind that the policy does not have changes nothing.
        #expect(!isDue([ReportedEvent(obligor: obligor.id, kind: .init(.other), occurred: desk.day)]))
    }

    /// Which of two events is told first makes no difference to what holds after both.
    @Test(
        arguments: [ReviewEventKind(.insolvency), .init(.judgment)],
        [ReviewEventKind(.merger), .counterpartyDefault])
    func whatIsToldLateDoesNotHideWhatWasKnownSince(_ kind: ReviewEventKind, late: ReviewEventKind) throws {
        let desk = try Self.desk.get()
        let obligor = try desk.obligor(better: .bb)
        func told(_ kind: ReviewEventKind, after days: Int) -> ReportedEvent {
            ReportedEvent(
                obligor: obligor.id, kind: kind, occurred: desk.fixture.options.asOf.adding(days: days))
        }
        let (early, recent) = (told(late, after: 5), told(kind, after: 20))
        var inOrder = try desk.events()
        _ = try inOrder.react(to: early)
        let expected = try inOrder.react(to: recent)[0]
        var reversed = try desk.events()
        let first = try reversed.react(to: recent)
        var resumed = try desk.events()
        try resumed.resume(first)
        let second = try reversed.react(to: early)
        #expect(try resumed.react(to: early) == second)
        #expect(second[0].known == "\(early.known)" && second[0].oldGrade == first[0].newGrade)
        #expect(second[0].newGrade == expected.newGrade && second[0].newPD == expected.newPD)
        // Whoever starts after both goes on from there, too.
        var after = try desk.events()
        try after.resume(first + second)
        let third = told(.init(.lawsuit), after: 10)
        #expect(try after.react(to: third) == reversed.react(to: third))
    }

    @Test func whatTheReviewKnewIsNoNews() throws {
        let desk = try Self.desk.get()
        var events = try desk.events()
        let reviewed = AsOf(desk.fixture.options.asOf)
        let (ledger, kinds) = (desk.fixture.ledger, desk.basis.events?.entries ?? [:])
        let views = (0..<ledger.obligorCount).lazy.map { ledger.view(of: $0, asOf: reviewed) }
        let view = try #require(views.first { $0.events.contains { kinds[.init($0.event)] != nil } })
        let known = try #require(view.events.first { kinds[.init($0.event)] != nil })
        let outcomes = try events.react(
            to: ReportedEvent(obligor: view.id.text, kind: .init(known.event), occurred: known.occurred))
        #expect(outcomes.map(\.status) == [.repeated] && outcomes[0].reason.contains("knew it"))
        #expect(outcomes[0].known == "\(known.known)" && outcomes[0].newGrade == outcomes[0].oldGrade)
    }

    @Test func aDefaultThatWasReportedIsOneInEveryReview() throws {
        let desk = try Self.desk.get()
        let obligor = try desk.obligor(better: .bb)
        let log = EventLog([
            ReportedEvent(obligor: obligor.id, kind: .init(.insolvency), occurred: desk.day),
            ReportedEvent(obligor: "nobody", kind: .paymentDefault, occurred: desk.day),
        ])
        let ledger = desk.fixture.ledger.adding(log)
        let place = try #require(ledger.place(of: ObligorID(obligor.id)))
        for (days, isInDefault) in [(-1, false), (0, true)] {
            let asOf = AsOf(desk.day.adding(days: days))
            let history = try ledger.defaultHistory(
                of: place, by: .tradeCredit, rates: ledger.exchangeRates(), asOf: asOf,
                allocation: ledger.allocationHistory(of: place))
            #expect(history.isInDefault(asOf: asOf) == isInDefault)
        }
        #expect(
            ledger.adding(log).view(of: place, asOf: AsOf(desk.day)).events.count
                == ledger.view(of: place, asOf: AsOf(desk.day)).events.count)
    }

    @Test func whatCannotBeUsedIsRefused() throws {
        let desk = try Self.desk.get()
        var events = try desk.events()
        let stranger = try events.react(
            to: ReportedEvent(obligor: "nobody", kind: .init(.merger), occurred: desk.day))
        #expect(stranger.map(\.status) == [.refused])
        #expect(stranger[0].reason.contains("no obligor 'nobody' by \(desk.day): check the id"))
        for (line, reason) in [
            ("{}", "no 'obligor': expected the id of an obligor"),
            ("{\"obligor\":\"a\"}", "no 'kind': expected one of merger"),
            (
                "{\"obligor\":\" \",\"kind\":\"merger\",\"occurred\":\"2024-01-01\"}",
                "'obligor' is empty: expected the id"
            ),
            ("{\"obligor\":null,\"kind\":\"merger\"}", "'obligor' is not what it should be: expected the id"),
            ("[1]", "not a JSON object"),
            ("{\"obligor\":\"a\",\"kind\":\"flood\",\"occurred\":\"2024-01-01\"}", "flood"),
            ("{\"obligor\":\"a\",\"kind\":\"merger\",\"occurred\":\"2024-02-30\"}", "2024-02-30"),
            ("{\"obligor\":\"a\",\"kind\":\"merger\"}", "occurred"), ("nonsense", "JSON"),
            ("{\"obligor\":7,\"kind\":\"merger\",\"occurred\":\"2024-01-01\"}", "obligor"),
            (String(repeating: "x", count: 1 << 20 | 1), "longer than 1048576 bytes"),
        ] {
            let error = #expect(throws: ReviewError.self) { try EventLog.event(Data(line.utf8)) }
            #expect(error?.description.contains(reason) == true, "\(line): \(error?.description ?? "")")
        }
        let known = try EventLog.event(Data(#"{"obligor":"a","kind":"merger","known":"2024-01-01"}"#.utf8))
        #expect(known.obligor == "a" && "\(known.occurred)" == "2024-01-01")
    }

    /// It is answered with what was told, and the ledger has the event without an amount.
    @Test func anAmountBeyondTheRangeIsNone() throws {
        let desk = try Self.desk.get()
        let obligor = try desk.obligor(better: .bb)
        let news = ReportedEvent(
            obligor: obligor.id, kind: .init(.judgment), occurred: desk.day, amount: 1e300)
        var events = try desk.events()
        let outcomes = try events.react(to: news)
        #expect(outcomes.map(\.status) == [.rated] && outcomes[0].amount == 1e300)
        let ledger = desk.fixture.ledger.adding([news])
        let id = ObligorID(obligor.id)
        let place = try #require(ledger.place(of: id))
        let taken = ledger.view(of: place, asOf: AsOf(desk.day)).events.filter {
            $0.identity(of: id) == news.identity
        }
        #expect(taken.count == 1 && taken[0].amount == nil)
    }

    /// Lines and logs tell it where others have who else took part, as they always did.
    @Test func aRecordThatHasArrivedIsNoCounterparty() throws {
        let day = try #require(CalendarDay(iso8601: "2024-10-20"))
        for kind in [ReviewEventKind.statementArrived, .bureauReport] {
            let event = ReportedEvent(obligor: "a", kind: kind, occurred: day, qualifier: "s/1")
            #expect(event.counterparty == nil)
            #expect("\(event.identity)" == "a/\(kind.rawValue)/2024-10-20/s%2F1")
            let outcome = event.outcome(.noted, reason: "nothing follows")
            #expect(outcome.counterparty == "s/1" && outcome.event == event)
            let line =
                #"{"obligor":"a","kind":"\#(kind.rawValue)","occurred":"2024-10-20","counterparty":"s/1"}"#
            #expect(try EventLog.event(Data(line.utf8)) == event)
            #expect(try EventLog.event(JSONEncoder().encode(event)) == event)
        }
        let lawsuit = ReportedEvent(obligor: "a", kind: .init(.lawsuit), occurred: day, qualifier: "b")
        let outcome = lawsuit.outcome(.noted, reason: "nothing follows")
        #expect(outcome.counterparty == "b" && outcome.event == lawsuit && lawsuit.counterparty == "b")
    }

    /// Nothing was done for it, so that it is no event that was told.
    @Test func whatIsRefusedIsRefusedEachTime() throws {
        let desk = try Self.desk.get()
        var ledger = desk.fixture.ledger
        ledger.rates = RecordList()
        let obligor = try #require(
            desk.review.portfolio.obligors.first { record in
                guard let place = ledger.place(of: ObligorID(record.id)) else { return false }
                return ledger.view(of: place, asOf: AsOf(desk.day)).invoices.contains {
                    $0.amount.currency != ledger.baseCurrency
                }
            })
        var events = try EventReview(of: ledger, by: desk.basis, desk.fixture.options, since: desk.earlier)
        let news = ReportedEvent(obligor: obligor.id, kind: .init(.merger), occurred: desk.day)
        for _ in 0..<2 {
            let outcomes = try events.react(to: news)
            #expect(outcomes.map(\.status) == [.refused] && outcomes[0].reason.contains("No rate from"))
            #expect(!events.knows(news.identity))
        }
    }

    @Test func aPolicyNamesWhatIsWrongWithIt() throws {
        for (text, part) in [
            ("events: 1\nname: x\nkinds: {flood: {urgency: now}}\n", "flood"),
            ("events: 1\nname: x\nkinds: {merger: {urgency: soon}}\n", "soon"),
            ("events: 1\nname: x\nkinds: {merger: {urgency: now, cap: D}}\n", "D"),
            ("events: 2\nname: x\nkinds: {}\n", "2"),
        ] {
            let error = #expect(throws: YAMLError.self) { try EventPolicy(yaml: YAMLReader().read(text)) }
            #expect(error?.description.contains(part) == true)
        }
    }
}
