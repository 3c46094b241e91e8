import Foundation
public import Grading
public import Results
public import Vocabulary

/// What was noticed about obligors, what reached the portfolio from outside, and what people decided.
public protocol AlertKeeping: Sendable {
    /// Keeps alerts whose keys are new.
    ///
    /// - Returns: Those that were new, in their order.
    func raise(_ alerts: [StoredAlert]) throws(StorageError) -> [StoredAlert]

    /// All alerts in the order in which they were raised.
    func alerts() throws(StorageError) -> [StoredAlert]

    /// Notes that events have been dealt with, all of them or none.
    ///
    /// - Returns: Those whose keys are new, in their order; others stay as they are.
    @discardableResult
    func receive(_ events: [ReceivedEvent]) throws(StorageError) -> [ReceivedEvent]

    /// All events in the order in which they were received.
    func receivedEvents() throws(StorageError) -> [ReceivedEvent]

    /// Keeps what a person decided.
    ///
    /// - Returns: Whether it is the first of its key; another stays as it is.
    func decide(_ decision: ReviewerDecision) throws(StorageError) -> Bool

    /// All decisions in the order in which they were kept.
    func decisions() throws(StorageError) -> [ReviewerDecision]
}

extension AlertKeeping {
    /// What experts decided about grades, as graders take it.
    ///
    /// - Parameter maximumNotches: The most notches that a decision may move a grade either way.
    public func overrides(maximumNotches: Int) throws(StorageError) -> ExpertOverrides {
        let all = try decisions()
        let entries = all.enumerated().compactMap { place, decision -> ExpertOverride? in
            let wanted: ExpertOverride.Decision
            var expires: CalendarDay
            switch decision.verdict {
            case .override(let grade, let last): (wanted, expires) = (grade, last)
            case .correction(_, let supported, _, true, let last?):
                (wanted, expires) = (.grade(supported), last)
                // Whoever dismisses it later takes it back from that day on; what it did before stays done.
                let dismissals = all[(place + 1)...].filter { $0.dismissesCorrection(like: decision) }
                if let first = dismissals.map(\.decided).min() {
                    expires = min(expires, first.adding(days: -1))
                    guard decision.decided <= expires else { return nil }
                }
            case .correction, .confirmed, .acknowledged, .dismissed: return nil
            }
            return ExpertOverride(
                obligor: decision.obligor, decision: wanted, author: decision.author, reason: decision.reason,
                decided: decision.decided, expires: expires, maximumNotches: decision.maximumNotches)
        }
        return ExpertOverrides(entries: entries, maximumNotches: maximumNotches)
    }

    /// The alerts of early warning as of a day, in the order of opening.
    public func warnings(asOf day: CalendarDay) throws(StorageError) -> [AlertRecord] {
        let decoder = JSONDecoder()
        let events = try alerts().compactMap { alert -> AlertEvent? in
            guard alert.day <= day, alert.obligor != nil, let details = alert.details else { return nil }
            return try? decoder.decode(AlertEvent.self, from: Data(details.utf8))
        }
        return AlertRecord.alerts(of: events)
    }

    /// The alerts of early warning that ask for a look on a day: those open that nobody has dealt with by then.
    public func unanswered(asOf day: CalendarDay) throws(StorageError) -> [AlertRecord] {
        var answered: Set<String> = []
        for decision in try decisions() where decision.decided <= day {
            switch decision.verdict {
            case .acknowledged(let alert): answered.insert(alert)
            case .dismissed(let alert): if let alert { answered.insert(alert) }
            case .override, .correction, .confirmed: break
            }
        }
        return try warnings(asOf: day).filter { $0.closed == nil && !answered.contains($0.alert) }
    }
}

/// Something that was noticed about an obligor or about the portfolio as a whole.
public struct StoredAlert: Sendable, Hashable {
    /// What tells it from all others: the same key again is the same alert.
    public let key: String
    /// The obligor; `nil` for the portfolio or its model.
    public let obligor: ObligorID?
    /// The day it is about.
    public let day: CalendarDay
    /// What kind of alert it is, such as the name of its monitor.
    public let kind: String
    /// How bad, as its monitor says it.
    public let severity: String
    /// What happened, in a sentence.
    public let text: String
    /// Everything else, as JSON.
    public let details: String?

    /// Something that was noticed.
    public init(
        key: String, obligor: ObligorID?, day: CalendarDay, kind: String, severity: String, text: String,
        details: String? = nil
    ) {
        self.key = key
        self.obligor = obligor
        self.day = day
        self.kind = kind
        self.severity = severity
        self.text = text
        self.details = details
    }
}

/// Something that happened to an obligor and has been dealt with.
public struct ReceivedEvent: Sendable, Hashable {
    /// What tells it from all others: the same key again is the same event.
    public let key: String
    /// The obligor.
    public let obligor: ObligorID
    /// When it happened.
    public let occurred: CalendarDay
    /// What happened.
    public let kind: String
    /// The run that dealt with it.
    public let run: String
    /// The event as it came.
    public let content: String

    /// Something that happened and has been dealt with.
    public init(
        key: String, obligor: ObligorID, occurred: CalendarDay, kind: String, run: String, content: String
    ) {
        self.key = key
        self.obligor = obligor
        self.occurred = occurred
        self.kind = kind
        self.run = run
        self.content = content
    }
}

/// What a person decided.
public struct ReviewerDecision: Sendable, Hashable {
    /// What tells it from all others: the same key again is the same decision.
    public let key: String
    /// Whom it is about.
    public let obligor: ObligorID
    /// What was decided.
    public let verdict: Verdict
    /// Who decided.
    public let author: String
    /// Why.
    public let reason: String
    /// The first day it holds.
    public let decided: CalendarDay
    /// The most notches that an override may move the grade either way; `nil` for as many as experts may.
    public let maximumNotches: Int?

    /// What a person can decide.
    public enum Verdict: Sendable, Hashable {
        /// Another grade, up to and including a day.
        case override(ExpertOverride.Decision, expires: CalendarDay)
        /// The interim rating stands.
        case confirmed
        /// The alert of a key is right and has been dealt with.
        case acknowledged(alert: String)
        /// The alert of a key is not followed.
        case dismissed(alert: String?)
        /// The correction of a grade given by hand that a review suggested as of a day is followed, as a decision on
        /// the grade up to and including a day if there is one, or is not followed.
        case correction(
            given: Grade, supported: Grade, suggested: CalendarDay, isAccepted: Bool, expires: CalendarDay?)
    }

    /// Whether it says that the correction which another decision follows is not followed.
    func dismissesCorrection(like other: ReviewerDecision) -> Bool {
        guard case .correction(_, _, let suggested, false, _) = verdict,
            case .correction(_, _, let followed, true, _) = other.verdict
        else { return false }
        return obligor == other.obligor && suggested == followed
    }

    /// What a person decided.
    public init(
        key: String, obligor: ObligorID, verdict: Verdict, author: String, reason: String,
        decided: CalendarDay, maximumNotches: Int? = nil
    ) {
        self.key = key
        self.obligor = obligor
        self.verdict = verdict
        self.author = author
        self.reason = reason
        self.decided = decided
        self.maximumNotches = maximumNotches
    }

    /// What a person decided, with a key made of all of it: the same again is the same decision.
    public init(
        of obligor: ObligorID, verdict: Verdict, author: String, reason: String, decided: CalendarDay,
        maximumNotches: Int? = nil
    ) {
        var digest = ContentDigest()
        for text in [obligor.text, "\(verdict)", author, reason, "\(decided)"] { digest.add(text) }
        digest.add(maximumNotches.map(Double.init))
        self.init(
            key: String(digest.hexadecimal.prefix(16)), obligor: obligor, verdict: verdict, author: author,
            reason: reason, decided: decided, maximumNotches: maximumNotches)
    }
}
