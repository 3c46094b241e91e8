public import Vocabulary

extension TradeLedger {
    /// The ledger with one more event, or as it is if it has the event.
    ///
    /// Cost: in proportion to the events and obligors of the ledger.
    ///
    /// - Parameters:
    ///   - place: The obligor's place.
    ///   - occurred: When it happened.
    ///   - known: When it became known, not before it happened.
    public func adding(
        _ kind: EventKind, of place: Int, occurred: CalendarDay, known: CalendarDay, amount: Amount? = nil,
        counterparty: String? = nil
    ) -> TradeLedger {
        precondition(place >= 0 && place < obligorCount && occurred <= known, "obligor \(place)")
        let isThere = events.of(place).contains {
            $0.event == kind && $0.occurred == occurred && $0.isOf(counterparty: counterparty)
        }
        if isThere { return self }
        let event = Event(
            occurred: occurred, event: kind, amount: amount, counterparty: counterparty, known: known,
            obligor: Int32(place), row: Int32(events.records.count), currency: baseCurrency)
        var more = self
        more.events = events.inserting(event, obligors: obligorCount)
        return more
    }
}

extension RecordList {
    /// The list with one more record, behind those of its obligor that became known no later; ids are left out.
    fileprivate func inserting(_ record: Record, obligors: Int) -> Self {
        let own = range(of: Int(record.obligor))
        let place = own.firstIndex { records[$0].known > record.known } ?? own.upperBound
        var more = records
        more.insert(record, at: place)
        return Self(more, obligors: obligors)
    }
}
