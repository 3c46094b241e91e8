public import Vocabulary

/// Records of one kind that have not come for longer than they ever paused before.
///
/// A feed that has stopped looks as if nobody paid any more. What comes every day pauses over weekends and holidays: a
/// pause before a date is unusual if it has at least ``shortest`` days and is longer than every one between days on
/// which records became known, in the two years before it began. Were pauses drawn alike and independently, the last of
/// n would be the longest with probability 1 ÷ n, so fewer than ``fewestDays`` days say nothing.
public struct Silence: Sendable, Equatable {
    /// The kind of record.
    public let kind: RecordKind
    /// The last day on which a record became known.
    public let last: CalendarDay
    /// Days from then to the date.
    public let days: Int
    /// The longest pause of two years before that, in days.
    public let longestBefore: Int

    /// The kinds that are asked for, of which a ledger that is kept up has new ones all the time.
    public static let kinds: [RecordKind] = [.orders, .invoices, .payments]
    /// Days of the shortest pause that is said.
    static let shortest = 7
    /// The fewest days of two years with records that make a rhythm.
    static let fewestDays = 20

    /// The silence of a kind at the end of a day; `nil` if there is none.
    ///
    /// - Parameter known: The days on which records became known, in order and each once.
    init?(of kind: RecordKind, known: [CalendarDay], asOf: AsOf) {
        guard let last = known.last(where: { asOf.sees($0) }) else { return nil }
        let first = last.adding(months: -24)
        let recent = known.filter { $0 > first && $0 <= last }
        guard recent.count >= Self.fewestDays else { return nil }
        let pauses = zip(recent.dropFirst(), recent).map { $0.days(since: $1) }
        self.kind = kind
        self.last = last
        days = asOf.day.days(since: last)
        longestBefore = pauses.max() ?? 0
        guard days >= Self.shortest, days > longestBefore else { return nil }
    }
}

extension TradeLedger {
    /// Kinds of records that have not come for longer than they ever paused before.
    public func silences(asOf: AsOf) -> [Silence] {
        Silence.kinds.compactMap { kind in
            Silence(
                of: kind, known: packed?.reader.index.knownDays(of: kind) ?? knownDays(of: kind), asOf: asOf)
        }
    }

    /// The days on which records of one of ``Silence/kinds`` became known, in order and each once.
    func knownDays(of kind: RecordKind) -> [CalendarDay] {
        switch kind {
        case .orders: Self.knownDays(of: orders.records)
        case .invoices: Self.knownDays(of: invoices.records)
        case .payments: Self.knownDays(of: payments.records)
        default: []
        }
    }

    private static func knownDays<Record: LedgerRecord>(of records: [Record]) -> [CalendarDay] {
        var first = CalendarDay.never
        var last = CalendarDay(daysSince1970: .min)
        for record in records {
            first = min(first, record.known)
            last = max(last, record.known)
        }
        guard first <= last else { return [] }
        var isKnown = [Bool](repeating: false, count: last.days(since: first) + 1)
        for record in records { isKnown[record.known.days(since: first)] = true }
        return isKnown.indices.filter { isKnown[$0] }.map { first.adding(days: $0) }
    }
}
