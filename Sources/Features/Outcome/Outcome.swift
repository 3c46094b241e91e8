import Ledger
import Vocabulary

/// What became of an obligor in the performance window (t, t + window] after an as-of date t.
public struct Outcome: Sendable, Hashable {
    /// Whether an outcome can be learned from.
    public enum Status: String, CaseIterable, Sendable {
        /// The whole window has been observed.
        case complete
        /// The ledger ends inside the window: censored after ``Outcome/daysObserved``.
        case incomplete
    }

    /// Whether it can be learned from.
    public let status: Status
    /// Whether the obligor entered default in what was observed of the window.
    public let defaulted: Bool
    /// Days from the as-of date to that default.
    public let daysToDefault: Int32?
    /// Days of the window that were observed.
    public let daysObserved: Int32
    /// Rank of the last grade dated in the window; that of default if the obligor entered it, and nothing if the window
    /// is not complete.
    public let nextGradeRank: Int8?
    /// Part of the amount that fell due in the window and was not paid by its due day; NaN if nothing fell due.
    public let lateShare: Double
    /// The day by whose end the outcome is known: the end of the window.
    public let knownOn: Int32
}

/// What became of an invoice.
public struct InvoiceOutcome: Sendable, Hashable {
    /// Whether it is known by the end of the ledger if it was paid late: it is settled, or its due day has passed.
    public let isComplete: Bool
    /// Whether it was settled after its due day or not at all.
    public let paidLate: Bool
    /// Days from the due day to the day it was settled, negative if early; `nil` if that is not known.
    public let daysLate: Int32?
    /// The day by whose end it is known whether it was paid late: an invoice that is open on the day after its due day
    /// is, whenever it is settled.
    public let knownOn: Int32
}

/// Reads outcomes from an obligor's whole history.
struct OutcomeReader {
    private let history: ObligorHistory
    private let observedUntil: Int32
    /// By invoice: what was paid or credited by its due day, in its currency, and when it was settled.
    private var onTime: [Double]
    private var settled: [(day: Int32, known: Int32)]

    /// - Parameters:
    ///   - history: The obligor's records.
    ///   - observedUntil: The last day that the ledger covers.
    init(_ history: ObligorHistory, observedUntil: Int32) {
        self.history = history
        self.observedUntil = observedUntil
        onTime = [Double](repeating: 0, count: history.invoices.count)
        settled = history.invoices.map { _ in (ObligorHistory.never, ObligorHistory.never) }
        var remaining = history.invoices.map(\.amount.amount)
        var lastDay = [Int32](repeating: .min, count: history.invoices.count)
        for movement in history.movements where movement.known <= observedUntil {
            let index = Int(movement.invoice)
            if movement.day <= history.invoices[index].due { onTime[index] += movement.amount }
            remaining[index] -= movement.amount
            let day = max(lastDay[index], movement.day)
            lastDay[index] = day
            settled[index] =
                remaining[index] == 0
                ? (day, movement.known) : (ObligorHistory.never, ObligorHistory.never)
        }
    }

    /// The outcome of the window that opens after a day.
    func outcome(asOf day: CalendarDay, window: PerformanceWindow) -> Outcome {
        let asOf = day.daysSince1970
        let end = window.lastDay(after: AsOf(day)).daysSince1970
        let last = min(end, observedUntil)
        let start = history.spells.lazy.map(\.start.daysSince1970).filter { $0 > asOf && $0 <= last }.min()
        let grade = history.ratings.filter {
            $0.date > day && $0.date.daysSince1970 <= last && $0.known.daysSince1970 <= observedUntil
        }.max { ($0.date, $0.known) < ($1.date, $1.known) }?.grade
        var due = 0.0
        var paid = 0.0
        for (index, invoice) in history.invoices.enumerated()
        where invoice.due > asOf && invoice.due <= last && invoice.known <= observedUntil {
            due += invoice.base
            paid += invoice.base(ofPart: onTime[index])
        }
        let isComplete = end <= observedUntil
        let rank = start != nil ? Grade.d.rank : isComplete ? grade?.rank : nil
        return Outcome(
            status: isComplete ? .complete : .incomplete,
            defaulted: start != nil, daysToDefault: start.map { $0 - asOf },
            daysObserved: max(0, last - asOf),
            nextGradeRank: rank.map { Int8($0) }, lateShare: due > 0 ? 1 - paid / due : .nan,
            knownOn: end)
    }

    /// The outcome of an invoice, by its position.
    func outcome(ofInvoice index: Int) -> InvoiceOutcome {
        let invoice = history.invoices[index]
        let (day, known) = settled[index]
        // It is late for certain from the day after the due day on; that it is not, the payment says.
        guard known != ObligorHistory.never else {
            return InvoiceOutcome(
                isComplete: observedUntil > invoice.due, paidLate: observedUntil > invoice.due, daysLate: nil,
                knownOn: max(invoice.known, invoice.due + 1))
        }
        let isLate = day > invoice.due
        return InvoiceOutcome(
            isComplete: true, paidLate: isLate, daysLate: day - invoice.due,
            knownOn: isLate ? max(invoice.known, min(known, invoice.due + 1)) : known)
    }
}
