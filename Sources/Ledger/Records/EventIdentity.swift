public import Vocabulary

/// What tells an event from all others: whom it befell, what happened, on which day, and who else took part.
///
/// The one rule of "the same event", for ledgers, logs of events and stores alike: two tellings are of one event if all
/// four are equal. How much is at stake and when it became known may differ: a correction of them is no second event.
///
/// An event whose counterparty is not told equals others of which it is not told either, and none that names one. A
/// rule by which an untold counterparty is anybody's depends on the order of arrival, and loses the second of two
/// judgments of a day where the first came without a name; to look twice costs less than to lose one.
public struct EventIdentity: Sendable, Hashable {
    /// Whom it befell.
    public let obligor: ObligorID
    /// What happened: an ``EventKind`` by its raw value, or a kind that only events beside a ledger have.
    public let kind: String
    /// When it happened.
    public let occurred: CalendarDay
    /// Who else took part, or which record has arrived; `nil` where that is not told.
    public let counterparty: String?

    /// - Parameter counterparty: The empty text tells nobody, as in a file.
    public init(obligor: ObligorID, kind: String, occurred: CalendarDay, counterparty: String?) {
        self.obligor = obligor
        self.kind = kind
        self.occurred = occurred
        self.counterparty = counterparty.flatMap { $0.isEmpty ? nil : $0 }
    }
}

extension EventIdentity: CustomStringConvertible {
    /// "O000017/judgment/2024-11-02", with the counterparty behind it; no two identities have the same text.
    public var description: String {
        func escaped(_ text: String) -> String {
            text.replacing("%", with: "%25").replacing("/", with: "%2F")
        }
        return "\(escaped(obligor.text))/\(kind)/\(occurred)"
            + (counterparty.map { "/\(escaped($0))" } ?? "")
    }
}

extension Event {
    /// What tells it from all others.
    ///
    /// - Parameter obligor: Whom it befell, which the record gives by a place.
    public func identity(of obligor: ObligorID) -> EventIdentity {
        EventIdentity(
            obligor: obligor, kind: event.rawValue, occurred: occurred, counterparty: counterparty)
    }
}
