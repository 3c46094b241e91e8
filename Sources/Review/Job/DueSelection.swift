import Grading
import Ledger
import Parallelism
import Results
import Vocabulary

/// Who is looked at in a review, and why.
struct DueSelection: Sendable {
    /// Why an obligor is looked at, or not; as the tag `review` says it.
    enum Reason: String, Sendable {
        /// Its last review is long enough ago.
        case due
        /// It was never reviewed.
        case new
        /// It is on the watch list.
        case watched = "watch list"
        /// Something happened that the policy reacts to.
        case event
        /// A person has decided on it since, or what was decided holds no longer.
        case decided = "decision"
        /// An input has become stale since its last review.
        case stale
        /// It has entered or left default since.
        case defaulted = "default"
        /// Its rating stays as it is.
        case notDue = "not due"
    }

    /// By place; `nil` for obligors that are not known yet.
    let reasons: [Reason?]
    /// What those not due owe, by place.
    let owed: [Int: (open: Double, overdue: Double)]

    /// Selects obligors.
    ///
    /// Nobody's rating rests on data that have become stale, also by a clock that the policy did not have then, nor on
    /// the time before a default, nor on an event's interim cap: such obligors are due whenever they were reviewed.
    ///
    /// - Throws: ``ReviewError/noPolicy``.
    init(
        _ ledger: TradeLedger, _ basis: RatingBasis, _ options: ReviewOptions, earlier: EarlierReview?,
        log: EventLog, workers: Workers
    ) throws(ReviewError) {
        if options.due == .byGrade, basis.policy == nil { throw .noPolicy }
        let rates = ledger.exchangeRates()
        let asOf = AsOf(options.asOf)
        let clocks = basis.policy?.clocks ?? []
        // Without its basis, an earlier review is taken to have known today's.
        let known = Set(earlier.flatMap(\.basis).map { $0.policy?.clocks ?? [] } ?? clocks)
        let decisions = Dictionary(grouping: basis.experts.entries, by: \.obligor)
        let found = workers.map(ledger.obligorCount) {
            place -> (reason: Reason, owed: (open: Double, overdue: Double)?)? in
            let view = ledger.view(of: place, asOf: asOf)
            guard view.obligor != nil else { return nil }
            let id = view.id.text
            guard let earlier, let last = earlier.portfolio[id], let rated = earlier.ratedOn(id),
                let grade = last.grade.flatMap(Grade.init(rawValue:))
            else { return (.new, nil) }
            guard let months = options.due.months(for: grade, by: basis.policy),
                rated.adding(months: months) > options.asOf
            else { return (.due, nil) }
            if options.watchList.contains(id) { return (.watched, nil) }
            let inForce = decisions[view.id].flatMap {
                ExpertOverrides(entries: $0, maximumNotches: 0).inForce(on: asOf)[view.id]
            }
            if grade != .d,
                inForce.map({ $0.decided > rated }) ?? false
                    || !Self.isApplied(inForce, in: earlier.paths[id] ?? [], asOf: options.asOf)
            {
                return (.decided, nil)
            }
            let news = view.events.reversed().prefix { $0.known > rated }
            if let events = basis.events,
                news.contains(where: { events.reaction(to: ReviewEventKind($0.event)) != nil })
                    || log.hasEvent(on: view.id, after: rated, asOf: asOf, by: events)
            {
                return (.event, nil)
            }
            // An interim rating is looked at again: its days may be over.
            if grade != .d, earlier.paths[id]?.contains(where: \.isInterim) ?? false { return (.event, nil) }
            let before = view.seen(asOf: AsOf(rated))
            for clock in clocks
            where clock.isExpired(view) && !(known.contains(clock) && clock.isExpired(before)) {
                return (.stale, nil)
            }
            let allocation = view.allocationHistory()
            // What cannot be told here is told when its facts are computed.
            guard
                let spells = try? ledger.defaultHistory(
                    of: place, by: options.definition, rates: rates, asOf: asOf, allocation: allocation),
                let owed = try? ledger.receivables(
                    of: place, on: options.asOf, rates: rates, allocation: allocation),
                spells.isInDefault(asOf: asOf) == (grade == .d)
            else { return (.defaulted, nil) }
            return (.notDue, owed)
        }
        reasons = found.map { $0?.reason }
        var owed: [Int: (open: Double, overdue: Double)] = [:]
        for (place, one) in found.enumerated() {
            if let amounts = one?.owed { owed[place] = amounts }
        }
        self.owed = owed
    }

    /// Whether a rating rests on the decision that is in force, and on none that has run out.
    private static func isApplied(
        _ decision: ExpertOverride?, in path: [RatingStepRecord], asOf day: CalendarDay
    ) -> Bool {
        let step = path.last { $0.stage == .expert }
        guard let decision else {
            return step?.expires.flatMap { CalendarDay(iso8601: $0) }.map { $0 >= day } ?? true
        }
        return step?.author == decision.author && step?.expires == "\(decision.expires)"
            && step?.reason?.hasPrefix(decision.reason) ?? false
    }

    /// The places of those that are looked at.
    var due: [Int] { reasons.indices.filter { reasons[$0].map { $0 != .notDue } ?? false } }

    /// The places of those whose rating stays.
    var kept: [Int] { reasons.indices.filter { reasons[$0] == .notDue } }
}

extension RatingStepRecord {
    /// Whether it is the effect of an event that holds until a person decides.
    var isInterim: Bool { rule?.hasPrefix(EventPolicy.interimPrefix) ?? false }
}

extension DueRule {
    /// Months from one review to the next; `nil` for everybody at once.
    func months(for grade: Grade, by policy: CreditPolicy?) -> Int? {
        switch self {
        case .all: nil
        case .quarter: 3
        case .halfYear: 6
        case .byGrade: policy?[grade].reviewMonths
        }
    }
}

extension InputClock {
    /// Whether the input is stale or missing as of the view's day.
    func isExpired(_ view: ObligorView) -> Bool {
        switch state(view) {
        case .fresh, .expiring: false
        case .stale, .missing: true
        }
    }
}
