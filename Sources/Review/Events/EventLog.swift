public import Foundation
import Grading
public import Ledger
import Results
public import Vocabulary

/// An event as it is reported: one line of JSON.
///
/// ```json
/// {"obligor": "O000017", "kind": "judgment", "occurred": "2024-11-02", "known": "2024-11-05", "amount": 12000}
/// ```
///
/// `known` is the day of the report, `occurred` where it is not given; amounts are in major units of the ledger's base
/// currency.
public struct ReportedEvent: Sendable, Hashable, Codable {
    /// Whom it is about.
    public let obligor: String
    /// What happened, as ``ReviewEventKind`` names it.
    public let kind: String
    /// When it happened.
    public let occurred: CalendarDay
    /// When it became known.
    public private(set) var known: CalendarDay
    /// How much is at stake.
    public let amount: Double?
    /// What tells it from others of its obligor, kind and day, as `counterparty` in lines and logs: who else took part,
    /// or which statement or bureau report has arrived (its id, or its source and its day).
    public let qualifier: String?

    fileprivate enum Key: String, CodingKey {
        case obligor, kind, occurred, known, amount, counterparty

        /// What its value should be.
        var expected: String {
            switch self {
            case .obligor: "the id of an obligor in the ledger, as text"
            case .kind: "one of \(ReviewEventKind.all.map(\.rawValue).joined(separator: ", "))"
            case .occurred, .known: "a day such as 2024-03-31"
            case .amount: "a number"
            case .counterparty: "a text"
            }
        }
    }

    /// An event.
    ///
    /// - Parameters:
    ///   - known: When it became known; not before it happened, nor without being given.
    ///   - qualifier: Who else took part, or by the kind of event which record has arrived.
    public init(
        obligor: String, kind: ReviewEventKind, occurred: CalendarDay, known: CalendarDay? = nil,
        amount: Double? = nil, qualifier: String? = nil
    ) {
        self.obligor = obligor
        self.kind = kind.rawValue
        self.occurred = occurred
        self.known = max(occurred, known ?? occurred)
        self.amount = amount
        self.qualifier = qualifier
    }

    /// Who else took part; `nil` where it tells of a record that has arrived.
    public var counterparty: String? {
        ReviewEventKind(rawValue: kind)?.isArrival == true ? nil : qualifier
    }

    /// What tells it from all others.
    public var identity: EventIdentity {
        EventIdentity(
            obligor: ObligorID(obligor), kind: kind, occurred: occurred, counterparty: qualifier)
    }

    /// The event as known from another day on, though not before it happened.
    func known(from day: CalendarDay) -> ReportedEvent {
        var event = self
        event.known = max(occurred, day)
        return event
    }

    /// Reads the keys.
    public init(from decoder: any Decoder) throws {
        let keys = try decoder.container(keyedBy: Key.self)
        func day(_ key: Key) throws -> CalendarDay? {
            guard let text = try keys.decodeIfPresent(String.self, forKey: key) else { return nil }
            guard let day = CalendarDay(iso8601: text) else {
                throw DecodingError.dataCorruptedError(
                    forKey: key, in: keys, debugDescription: "'\(text)' is no day such as 2024-03-31")
            }
            return day
        }
        obligor = try keys.decode(String.self, forKey: .obligor)
        kind = try keys.decode(String.self, forKey: .kind)
        let known = try day(.known)
        guard let occurred = try day(.occurred) ?? known else {
            throw DecodingError.keyNotFound(
                Key.occurred, .init(codingPath: keys.codingPath, debugDescription: "no day"))
        }
        self.occurred = occurred
        self.known = max(occurred, known ?? occurred)
        amount = try keys.decodeIfPresent(Double.self, forKey: .amount)
        qualifier = try keys.decodeIfPresent(String.self, forKey: .counterparty)
    }

    /// Writes the keys.
    public func encode(to encoder: any Encoder) throws {
        var keys = encoder.container(keyedBy: Key.self)
        try keys.encode(obligor, forKey: .obligor)
        try keys.encode(kind, forKey: .kind)
        try keys.encode("\(occurred)", forKey: .occurred)
        try keys.encode("\(known)", forKey: .known)
        try keys.encodeIfPresent(amount, forKey: .amount)
        try keys.encodeIfPresent(qualifier, forKey: .counterparty)
    }
}

/// Events that were reported beside a ledger, each once by its identity.
public struct EventLog: Sendable {
    /// The events in the order in which they were reported.
    public private(set) var events: [ReportedEvent] = []
    private var identities: Set<EventIdentity> = []
    private var byObligor: [String: [ReportedEvent]] = [:]
    /// Days on which experts decided, by obligor.
    private var decided: [String: [CalendarDay]] = [:]

    /// No events.
    public init() {}

    /// Some events.
    public init(_ events: some Sequence<ReportedEvent>) {
        for event in events { add(event) }
    }

    /// Adds an event.
    ///
    /// - Returns: Whether it is new: the same event again changes nothing.
    @discardableResult
    public mutating func add(_ event: ReportedEvent) -> Bool {
        guard identities.insert(event.identity).inserted else { return false }
        events.append(event)
        byObligor[event.obligor, default: []].append(event)
        return true
    }

    /// Takes off the event that was added last.
    mutating func removeLast() {
        guard let event = events.popLast() else { return }
        identities.remove(event.identity)
        byObligor[event.obligor]?.removeLast()
    }

    /// Whether an event was reported.
    func contains(_ identity: EventIdentity) -> Bool { identities.contains(identity) }

    /// The last day on which an event of a kind became known.
    func lastDay(of kind: ReviewEventKind, on obligor: ObligorID, asOf: AsOf) -> CalendarDay? {
        byObligor[obligor.text]?.filter { $0.kind == kind.rawValue && asOf.sees($0.known) }.map(\.known).max()
    }

    /// The log with what experts decided: whatever was known of an obligor by then has been decided on.
    func deciding(_ experts: ExpertOverrides) -> EventLog {
        var log = self
        log.decided = Dictionary(grouping: experts.entries, by: \.obligor.text).mapValues {
            $0.map(\.decided)
        }
        return log
    }

    /// Whether an expert has decided on an obligor from a day on.
    func isDecided(on obligor: ObligorID, since day: CalendarDay, asOf: AsOf) -> Bool {
        decided[obligor.text]?.contains { $0 >= day && asOf.sees($0) } ?? false
    }

    /// Whether anything became known after a day from which something follows.
    func hasEvent(
        on obligor: ObligorID, after day: CalendarDay, asOf: AsOf, by policy: EventPolicy
    ) -> Bool {
        byObligor[obligor.text]?.contains { event in
            event.known > day && asOf.sees(event.known)
                && ReviewEventKind(rawValue: event.kind).flatMap(policy.reaction) != nil
        } ?? false
    }
}

extension EventLog {
    /// The event of one line.
    ///
    /// - Throws: ``ReviewError/badEvent(reason:)``.
    public static func event(_ line: Data) throws(ReviewError) -> ReportedEvent {
        guard line.count <= RecordJournal.longestLine else {
            throw .badEvent(reason: "longer than \(RecordJournal.longestLine) bytes")
        }
        let event: ReportedEvent
        do { event = try JSONDecoder().decode(ReportedEvent.self, from: line) } catch let error
            as DecodingError
        {
            throw .badEvent(reason: error.inWords)
        } catch { throw .badEvent(reason: "not valid JSON") }
        guard ReviewEventKind(rawValue: event.kind) != nil else {
            throw .badEvent(
                reason: "'\(event.kind)' is no kind of event: expected \(ReportedEvent.Key.kind.expected)")
        }
        guard !event.obligor.allSatisfy(\.isWhitespace) else {
            throw .badEvent(reason: "'obligor' is empty: expected \(ReportedEvent.Key.obligor.expected)")
        }
        return event
    }
}

extension DecodingError {
    fileprivate var inWords: String {
        switch self {
        case .keyNotFound(let key, _): "no '\(key.stringValue)'" + Self.expected(key)
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            context.codingPath.last.map { "'\($0.stringValue)' is not what it should be" + Self.expected($0) }
                ?? "not a JSON object"
        case .dataCorrupted(let context):
            context.codingPath.isEmpty ? "not valid JSON" : context.debugDescription
        @unknown default: "not valid JSON"
        }
    }

    private static func expected(_ key: any CodingKey) -> String {
        ReportedEvent.Key(rawValue: key.stringValue).map { ": expected \($0.expected)" } ?? ""
    }
}
