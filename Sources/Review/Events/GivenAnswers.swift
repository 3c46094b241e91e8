import Ledger
import Results

/// What was answered when events were told for the first time.
///
/// An answer may be lost with whoever was to read it. Whoever tells an event again has the same answer.
struct GivenAnswers: Sendable {
    private var answers: [EventIdentity: EventRatingRecord] = [:]
    /// What defaults meant for suppliers.
    private var news: [BuyerDefault: [EventRatingRecord]] = [:]

    private struct BuyerDefault: Hashable {
        let buyer: String
        let occurred: String
    }

    /// Remembers an answer; the first to an event counts.
    mutating func add(_ outcome: EventRatingRecord) {
        guard outcome.status == .rated || outcome.status == .noted, let identity = outcome.event?.identity,
            answers[identity] == nil
        else { return }
        answers[identity] = outcome
        guard outcome.kind == ReviewEventKind.counterpartyDefault.rawValue, let buyer = outcome.counterparty
        else { return }
        news[BuyerDefault(buyer: buyer, occurred: outcome.occurred), default: []].append(outcome)
    }

    /// What was answered to an event, and then what it meant for suppliers; `nil` if it was not told before.
    func answer(to event: ReportedEvent, isDefault: Bool) -> [EventRatingRecord]? {
        guard let first = answers[event.identity] else { return nil }
        let told =
            isDefault ? news[BuyerDefault(buyer: first.id, occurred: first.occurred)] ?? [] : []
        return ([first] + told).map(\.repeated)
    }
}

extension EventRatingRecord {
    /// The same answer once more.
    fileprivate var repeated: EventRatingRecord {
        EventRatingRecord(
            id: id, kind: kind, occurred: occurred, known: known, counterparty: counterparty, amount: amount,
            status: .repeated, urgency: urgency, actBy: actBy, oldGrade: oldGrade, newGrade: newGrade,
            oldPD: oldPD, newPD: newPD, oldLimit: oldLimit, newLimit: newLimit, oldTermsDays: oldTermsDays,
            newTermsDays: newTermsDays, interim: interim, reason: reason)
    }
}
