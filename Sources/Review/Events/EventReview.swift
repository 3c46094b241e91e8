import Features
import Grading
public import Ledger
import Parallelism
public import Results
import Scoring
import Tables
import Vocabulary

/// Re-rates single obligors for events between reviews.
///
/// Only the obligor's own features are computed, as of the day on which the event became known, or that of an earlier
/// answer where it is later: what is told late does not hide what was known since. What other obligors say of it stays
/// as of the last review. The interim rules of the event policy act until a person has given the
/// obligor a grade by hand, or their days are over. Whoever is a supplier for whom the obligor is a major buyer hears
/// of its insolvency or default too.
public struct EventReview: Sendable {
    private var records: Records
    private let basis: RatingBasis
    private let events: EventPolicy
    private let options: ReviewOptions
    private let columns: FactColumns
    private let ownColumns: FactColumns
    private let earlier: any LastReview
    private var log = EventLog()
    private var answers = GivenAnswers()
    private var current: [String: Standing] = [:]
    private var sources: [CalendarDay: FactSource] = [:]
    /// The date of the last review, once it was asked for.
    private var reviewed: CalendarDay?

    /// Where records come from, with the events that were taken up.
    private enum Records {
        /// A ledger that is held as a whole.
        case whole(TradeLedger)
        /// A place to read those of single obligors from, and the events of each.
        case single(any ObligorRecords, news: [String: [ReportedEvent]])
    }

    /// What an obligor is rated now.
    fileprivate struct Standing {
        var grade: Grade?
        var pd: Double?
        var limit: Double?
        var termsDays: Int?
        /// The day of the event that it is as of; `nil` for that of the last review.
        var asOf: CalendarDay?
    }

    /// Whether features that reach beyond an obligor are taken from the last review.
    public var carriesOver: Bool { columns.features.count != ownColumns.features.count }

    /// Events of a ledger that is held as a whole.
    ///
    /// - Parameters:
    ///   - basis: What ratings are made by, with a policy for events.
    ///   - options: What counts as default, for how long grades given by hand hold, and who is set aside; dates do not
    ///     matter.
    ///   - earlier: The last review.
    /// - Throws: ``ReviewError/noEventPolicy``, ``ReviewError/notAFeature(column:)``.
    public init(
        of ledger: TradeLedger, by basis: RatingBasis, _ options: ReviewOptions, since earlier: any LastReview
    ) throws(ReviewError) {
        try self.init(.whole(ledger), basis, options, earlier)
    }

    /// Events of a ledger of which only the records of the obligors are read that an event is about.
    ///
    /// The outcomes are those of the whole ledger.
    ///
    /// - Throws: ``ReviewError/noEventPolicy``, ``ReviewError/notAFeature(column:)``.
    public init(
        reading records: any ObligorRecords, by basis: RatingBasis, _ options: ReviewOptions,
        since earlier: any LastReview
    ) throws(ReviewError) {
        try self.init(.single(records, news: [:]), basis, options, earlier)
    }

    private init(
        _ records: Records, _ basis: RatingBasis, _ options: ReviewOptions, _ earlier: any LastReview
    ) throws(ReviewError) {
        guard let events = basis.events else { throw .noEventPolicy }
        self.records = records
        self.basis = basis
        self.events = events
        self.options = options
        self.earlier = earlier
        log = log.deciding(basis.experts)
        columns = try FactColumns(of: [basis])
        ownColumns = columns.ofTheObligorAlone
    }

    /// Takes up what was reported and decided before, so that it has its effect and counts as known.
    ///
    /// - Throws: ``ResultsError`` if the last review cannot be read.
    public mutating func resume(_ outcomes: [EventRatingRecord]) throws {
        guard !outcomes.isEmpty else { return }
        let day = try lastReviewed()
        var days: [String: CalendarDay] = [:]
        for outcome in outcomes where outcome.status == .rated || outcome.status == .noted {
            guard let event = outcome.event else { continue }
            log.add(event)
            answers.add(outcome)
            take(event)
            guard outcome.status == .rated else { continue }
            // As when it was answered: as of its day, or of that of an answer before it.
            let asOf = max(event.known, days[outcome.id] ?? event.known)
            days[outcome.id] = asOf
            // What a later review has found stands.
            guard asOf > day else { continue }
            current[outcome.id] = Standing(
                grade: outcome.newGrade.flatMap(Grade.init(rawValue:)), pd: outcome.newPD,
                limit: outcome.newLimit, termsDays: outcome.newTermsDays, asOf: asOf)
        }
    }

    /// Whether an event was reported before.
    public func knows(_ event: EventIdentity) -> Bool { log.contains(event) }

    /// Whether anything follows from events of a kind, by the policy for events.
    public func reacts(to kind: ReviewEventKind) -> Bool { events.reaction(to: kind) != nil }

    /// What follows from an event: an outcome for the obligor, and one for each supplier that hears of it; of one that
    /// was reported before what it led to then, and of one that the last review knew how the obligor stands, as
    /// ``EventRatingRecord/Status/repeated``.
    ///
    /// - Throws: ``FeatureError``, ``ScoringError``, ``GradingError`` where a rating cannot be computed at all,
    ///   ``StorageError``, ``LedgerError``, ``ResultsError`` where what it needs cannot be read.
    public mutating func react(to event: ReportedEvent) throws -> [EventRatingRecord] {
        if let given = answers.answer(to: event, isDefault: isDefault(event.kind)) { return given }
        let outcomes = try outcomes(of: dated(event))
        for outcome in outcomes { answers.add(outcome) }
        return outcomes
    }

    private mutating func outcomes(of event: ReportedEvent) throws -> [EventRatingRecord] {
        var outcomes = [try single(event)]
        guard outcomes[0].status == .rated || outcomes[0].status == .noted else { return outcomes }
        for supplier in try suppliersHit(by: event) {
            let news = ReportedEvent(
                obligor: supplier, kind: .counterpartyDefault, occurred: event.occurred, known: event.known,
                amount: event.amount, qualifier: event.obligor)
            // Two defaults of a buyer on one day are one piece of news.
            let given = answers.answer(to: news, isDefault: false)
            outcomes += try given ?? [noted(news, single(news))]
        }
        return outcomes
    }

    /// What follows from news that nobody will report again: where it cannot be used now, it is noted, so that the next
    /// review of the supplier knows it.
    private mutating func noted(_ news: ReportedEvent, _ outcome: EventRatingRecord) -> EventRatingRecord {
        guard outcome.status == .refused else { return outcome }
        if log.add(news) { take(news) }
        return news.outcome(.noted, reason: "for the next review: \(outcome.reason)")
    }

    /// The event as known by the day after the last review where it comes late: that review did not know it.
    private mutating func dated(_ event: ReportedEvent) throws -> ReportedEvent {
        let day = try lastReviewed()
        return event.known <= day ? event.known(from: day.adding(days: 1)) : event
    }

    /// Whether a kind of event means that a buyer does not pay.
    private func isDefault(_ kind: String) -> Bool {
        kind == ReviewEventKind.paymentDefault.rawValue
            || options.definition.events.contains { $0.rawValue == kind }
    }

    /// Obligors that sell so much to the one in default that its fate is theirs.
    private func suppliersHit(by event: ReportedEvent) throws -> [String] {
        guard isDefault(event.kind), events.entries[.counterpartyDefault] != nil else { return [] }
        let id = ObligorID(event.obligor)
        var ids: Set = [id]
        if case .single(let records, _) = records {
            ids.formUnion(try records.suppliers(of: id))
            guard ids.count > 1 else { return [] }
        }
        let ledger = try ledger(of: ids)
        guard let place = ledger.place(of: id) else { return [] }
        let asOf = AsOf(event.known)
        return ledger.view(of: place, asOf: asOf).linksToSuppliers.filter {
            $0.isActive(asOf: asOf) && ($0.shareOfTrade ?? 0) >= events.majorShare
        }.map { ledger.id(ofObligor: Int($0.supplier)).text }
    }

    /// A ledger that has all records of some obligors, with the events that were taken up.
    private func ledger(of obligors: Set<ObligorID>) throws -> TradeLedger {
        switch records {
        case .whole(let ledger): return ledger
        case .single(let source, let news):
            return try source.ledger(of: obligors).adding(obligors.sorted().flatMap { news[$0.text] ?? [] })
        }
    }

    /// Puts an event into the ledger, where ledgers have such events.
    private mutating func take(_ event: ReportedEvent) {
        switch records {
        case .whole(let ledger): records = .whole(ledger.adding([event]))
        case .single(let source, var news):
            news[event.obligor, default: []].append(event)
            records = .single(source, news: news)
        }
    }

    private mutating func single(_ event: ReportedEvent) throws -> EventRatingRecord {
        guard let kind = ReviewEventKind(rawValue: event.kind) else {
            return event.outcome(.refused, reason: "no kind of event that is known")
        }
        if let reason = options.setAside[event.obligor] { return event.outcome(.refused, reason: reason) }
        let id = ObligorID(event.obligor)
        var ledger = try ledger(of: [id])
        guard let place = ledger.place(of: id),
            ledger.view(of: place, asOf: AsOf(event.known)).obligor != nil
        else {
            return event.outcome(
                .refused,
                reason:
                    "the ledger has no obligor '\(event.obligor)' by \(event.known): check the id, or add "
                    + "its records to the ledger first")
        }
        let before = try standing(of: event.obligor)
        // What the ledger had by the last review is news for nobody.
        let day = try lastReviewed()
        let old = ledger.view(of: place, asOf: AsOf(day)).events.first {
            $0.identity(of: id) == event.identity
        }
        if let old {
            return event.known(from: old.known).outcome(
                .repeated, before: before.record, after: before.record,
                reason: "the review of \(day) knew it")
        }
        guard log.add(event) else {
            return event.outcome(
                .repeated, before: before.record, after: before.record, reason: "reported before")
        }
        ledger = ledger.adding([event])
        guard let entry = events.reaction(to: kind) else {
            take(event)
            return event.outcome(
                .noted, before: before.record, after: before.record, reason: "nothing follows")
        }
        // What was answered for a later day holds: an event that is told after it adds to it.
        let asOf = max(event.known, before.asOf ?? event.known)
        let facts = try self.facts(of: place, in: ledger, entry.recomputes, on: asOf)
        var after = Standing(asOf: asOf)
        var interim: String?
        var reason: String
        switch facts.standings.first {
        case .rated?:
            let rater = DayRater(
                ledger: ledger, basis: basis,
                hands: HandGrades(ledger: ledger, months: options.handGradeMonths), workers: .single)
            let (rated, decided) = try rater.rate(facts, on: asOf, withReasons: false)
            let graded = try rated.graded(by: decided.granter)
            after.grade = graded.finalGrade(0)
            after.pd = rated.pds[0]
            if let policy = basis.policy {
                let row = graded.rows[0]
                let limit = Amount(minorUnits: row.limit, currency: policy.currency).majorUnits
                // The limits of a group depend on each other, which only a review looks at: until then no more.
                let isGrouped =
                    policy.groupFactor != nil && policy.inputs.group != nil
                    && ledger.view(of: place, asOf: AsOf(.never)).obligor?.group != nil
                after.limit = isGrouped ? min(limit, before.limit ?? limit) : limit
                after.termsDays = Int(row.termsDays)
            }
            let steps = rated.path(graded)
            interim = steps.last(where: \.isInterim)?.rule
            reason =
                steps.filter { $0.fromGrade != nil && $0.fromGrade != $0.toGrade || $0.effect == .block }
                .compactMap(\.reason).last ?? "features as of \(asOf)"
        case .defaulted?:
            after.grade = .d
            after.pd = 1
            if let policy = basis.policy {
                after.limit = 0
                after.termsDays = policy[.d].termsDays
            }
            reason = "in default by the definition"
        default:
            // It is as if it had not been told: it may be used when it comes again.
            log.removeLast()
            return event.outcome(
                .refused, reason: facts.table["reason"]?.text(at: 0) ?? "its records cannot be used")
        }
        try ledger.requireRead()
        take(event)
        current[event.obligor] = after
        if before.grade == after.grade { reason = "the grade stays: \(reason)" }
        return event.outcome(
            .rated, entry, before: before.record, after: after.record, interim: interim, reason: reason)
    }

    private mutating func lastReviewed() throws -> CalendarDay {
        if let reviewed { return reviewed }
        let day = try earlier.date()
        reviewed = day
        return day
    }

    private func standing(of id: String) throws -> Standing {
        if let known = current[id] { return known }
        let last = try earlier.obligor(id)
        return Standing(
            grade: last?.grade.flatMap(Grade.init(rawValue:)), pd: last?.pd, limit: last?.limit,
            termsDays: last?.termsDays)
    }

    /// What is known of the obligor with the event.
    private mutating func facts(
        of place: Int, in ledger: TradeLedger, _ scope: EventPolicy.Scope, on day: CalendarDay
    ) throws -> FactTable {
        let facts = try source(ledger, on: day).facts(of: [place])
        guard facts.standings.first == .rated else { return facts }
        // What is not computed anew is as of the last review, and missing where that has nothing.
        let missing = columns.features.map(\.name).filter { facts.table[$0] == nil }
        guard scope == .grade || !missing.isEmpty else { return facts }
        let last = try earlier.figures(of: ledger.id(ofObligor: place).text)
        let carried = Set(scope == .grade && last != nil ? columns.features.map(\.name) : missing)
        guard !carried.isEmpty else { return facts }
        let made = try columns.names.map { name -> Column in
            guard carried.contains(name) else { return try facts.table.column(named: name) }
            return Column(name: name, values: .double([last?(name) ?? .nan]))
        }
        return try FactTable(Table(columns: made))
    }

    /// What computes features on a day; for a whole ledger prepared once a day.
    private mutating func source(_ ledger: TradeLedger, on day: CalendarDay) throws -> FactSource {
        if let known = sources[day] { return known.reading(ledger, log: log) }
        let source = try FactSource(
            ledger, columns: ownColumns, days: [day], definition: options.definition, log: log,
            workers: .single)
        if case .whole = records { sources[day] = source }
        return source
    }
}

extension TradeLedger {
    /// The ledger with all events that were reported, so that what is a default by them is one in every review.
    public func adding(_ log: EventLog) -> TradeLedger { adding(log.events) }

    /// The ledger with those events that ledgers have.
    func adding(_ reported: [ReportedEvent]) -> TradeLedger {
        adding(
            reported.compactMap { event -> AddedEvent? in
                guard let kind = EventKind(rawValue: event.kind) else { return nil }
                return AddedEvent(
                    kind, of: ObligorID(event.obligor), occurred: event.occurred, known: event.known,
                    amount: event.amount.flatMap {
                        Amount(roundingMajorUnits: $0, currency: baseCurrency)
                    }, counterparty: event.counterparty)
            })
    }
}

extension EventReview.Standing {
    fileprivate var record: EventEnd {
        EventEnd(grade: grade?.rawValue, pd: pd, limit: limit, termsDays: termsDays)
    }
}

/// One side of what an event led to.
struct EventEnd {
    var grade: String?
    var pd: Double?
    var limit: Double?
    var termsDays: Int?
}

extension ReportedEvent {
    /// What the event led to.
    func outcome(
        _ status: EventRatingRecord.Status, _ entry: EventPolicy.Entry? = nil, before: EventEnd = EventEnd(),
        after: EventEnd = EventEnd(), interim: String? = nil, reason: String
    ) -> EventRatingRecord {
        EventRatingRecord(
            id: obligor, kind: kind, occurred: "\(occurred)", known: "\(known)", counterparty: qualifier,
            amount: amount, status: status, urgency: entry?.urgency.rawValue,
            actBy: entry?.urgency.days.map { "\(known.adding(days: $0))" }, oldGrade: before.grade,
            newGrade: after.grade, oldPD: before.pd, newPD: after.pd, oldLimit: before.limit,
            newLimit: after.limit, oldTermsDays: before.termsDays, newTermsDays: after.termsDays,
            interim: interim, reason: reason)
    }
}

extension EventRatingRecord {
    /// The event that led to it; `nil` if it is none that is known.
    public var event: ReportedEvent? {
        guard let kind = ReviewEventKind(rawValue: kind), let occurred = CalendarDay(iso8601: occurred),
            let known = CalendarDay(iso8601: known)
        else { return nil }
        return ReportedEvent(
            obligor: id, kind: kind, occurred: occurred, known: known, amount: amount,
            qualifier: counterparty)
    }
}
