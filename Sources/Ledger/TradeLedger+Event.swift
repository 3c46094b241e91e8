public import Vocabulary

/// An event that was told beside a ledger, for ``TradeLedger/adding(_:)``.
public struct AddedEvent: Sendable, Hashable {
    /// What tells it from all others.
    public let identity: EventIdentity
    /// What happened.
    public let kind: EventKind
    /// When it became known, not before it happened.
    public let known: CalendarDay
    /// How much is at stake.
    public let amount: Amount?

    /// An event that was told beside a ledger.
    public init(
        _ kind: EventKind, of obligor: ObligorID, occurred: CalendarDay, known: CalendarDay,
        amount: Amount? = nil, counterparty: String? = nil
    ) {
        precondition(occurred <= known, "known on \(known), before \(occurred)")
        identity = EventIdentity(
            obligor: obligor, kind: kind.rawValue, occurred: occurred, counterparty: counterparty)
        self.kind = kind
        self.known = known
        self.amount = amount
    }
}

extension TradeLedger {
    /// The ledger with more events: each once by ``EventIdentity``, and those of obligors that it has.
    ///
    /// An event lies behind those of its obligor that became known no later; ids of events are left out.
    ///
    /// - Complexity: O(n + m log m) with n events and obligors in the ledger and m events of an obligor.
    public func adding(_ added: some Sequence<AddedEvent>) -> TradeLedger {
        var records = events.records
        var known: Set<EventIdentity> = []
        var looked: Set<Int> = []
        for event in added {
            guard let place = place(of: event.identity.obligor) else { continue }
            if looked.insert(place).inserted {
                known.formUnion(events.of(place).map { $0.identity(of: event.identity.obligor) })
            }
            guard known.insert(event.identity).inserted else { continue }
            records.append(
                Event(
                    occurred: event.identity.occurred, event: event.kind, amount: event.amount,
                    counterparty: event.identity.counterparty, known: event.known, obligor: Int32(place),
                    row: Int32(records.count), currency: baseCurrency))
        }
        guard records.count > events.records.count else { return self }
        var more = self
        // Sorted once, whoever comes later behind whoever was there.
        more.events = RecordList(records, obligors: obligorCount)
        return more
    }
}
