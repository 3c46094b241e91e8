public import Vocabulary

/// Part of a payment or credit note that goes to an invoice, or is taken from it again.
public struct Movement: Sendable, BitwiseCopyable, Equatable {
    /// Where the money comes from.
    public enum Source: UInt8, Sendable, BitwiseCopyable {
        /// A payment.
        case payment
        /// A credit note.
        case creditNote
    }

    /// Minor units of the invoice's currency; negative where an automatic allocation gives way to what the books say.
    public let minorUnits: Int64
    /// The day on which the money arrived or the credit note was issued.
    public let day: CalendarDay
    /// When the allocation became known.
    public let known: CalendarDay
    /// The invoice's place in the ledger.
    public let invoice: Int32
    /// The place of the payment or credit note in the ledger.
    public let sourcePlace: Int32
    /// What it is.
    public let source: Source
    /// Whether the books say so; otherwise the oldest due was paid first.
    public let isExplicit: Bool
}

/// An invoice with what is still to be paid of it.
public struct OpenItem: Sendable, BitwiseCopyable, Equatable {
    /// The invoice's place in the ledger.
    public let invoice: Int32
    /// What is open.
    public let amount: Amount
    /// The last day to pay in time.
    public let due: CalendarDay
    /// Whether it is disputed.
    public let isDisputed: Bool

    /// Days past due as of a day; zero or less if it is not yet past due.
    public func daysPastDue(asOf: AsOf) -> Int { asOf.day.days(since: due) }
}

/// Which payments and credit notes went to which invoices of an obligor, as it became known.
///
/// The law that holds as of every day, per currency, with a sum over what is known by then:
///
///     Σ open items = Σ invoices − Σ movements,   Σ unallocated = Σ payments + Σ credit notes − Σ movements
///
/// so that overpayments and general credit notes stay visible as unallocated.
public struct AllocationHistory: Sendable {
    /// All invoices of the obligor, by the places that movements name.
    public let invoices: ArraySlice<Invoice>
    private let payments: ArraySlice<Payment>
    private let creditNotes: ArraySlice<CreditNote>
    /// In the order in which they became known.
    let all: [Movement]

    /// - Parameter view: As of a day after everything became known.
    init(_ view: ObligorView) {
        invoices = view.invoices
        payments = view.payments
        creditNotes = view.creditNotes
        var engine = AllocationEngine(invoices, payments, creditNotes, view.allocations)
        all = engine.run()
    }

    /// The movements known as of a day, in the order in which they became known.
    public func movements(asOf: AsOf) -> ArraySlice<Movement> {
        var low = 0
        var high = all.count
        while low < high {
            let middle = (low + high) / 2
            if asOf.sees(all[middle].known) { low = middle + 1 } else { high = middle }
        }
        return all[..<low]
    }

    /// The invoices that are not settled as of a day, in the order in which they became known.
    ///
    /// An item is below zero only where the policy let a ledger pass that allocates more than was billed.
    public func openItems(asOf: AsOf) -> [OpenItem] {
        var open = invoices.map(\.amount.minorUnits)
        for movement in movements(asOf: asOf) {
            open[Int(movement.invoice) - invoices.startIndex].decrease(by: movement.minorUnits)
        }
        var items: [OpenItem] = []
        for (offset, invoice) in invoices.enumerated() {
            guard asOf.sees(invoice.known) else { break }
            guard open[offset] != 0 else { continue }
            items.append(
                OpenItem(
                    invoice: Int32(invoices.startIndex + offset),
                    amount: Amount(minorUnits: open[offset], currency: invoice.amount.currency),
                    due: invoice.due, isDisputed: invoice.disputedSince(asOf: asOf) != nil))
        }
        return items
    }

    /// Payments and credit notes that no invoice has used as of a day, by currency; currencies without any are left
    /// out.
    public func unallocated(asOf: AsOf) -> [Currency: Int64] {
        var credit: [Currency: Int64] = [:]
        for payment in payments {
            guard asOf.sees(payment.known) else { break }
            credit[payment.amount.currency, default: 0].increase(by: payment.amount.minorUnits)
        }
        for note in creditNotes {
            guard asOf.sees(note.known) else { break }
            credit[note.amount.currency, default: 0].increase(by: note.amount.minorUnits)
        }
        for movement in movements(asOf: asOf) {
            credit[invoices[Int(movement.invoice)].amount.currency, default: 0]
                .decrease(by: movement.minorUnits)
        }
        return credit.filter { $0.value != 0 }
    }
}

extension TradeLedger {
    /// Which payments and credit notes went to which invoices of an obligor.
    ///
    /// Where the books say so, that counts from the day it became known. All else goes to the invoice that is due
    /// first (then the one issued first, then by place), among those known on that day, once a payment or credit
    /// note and an invoice for it are known; it stays there until the books say otherwise. So whatever became known
    /// after a day changes nothing as of that day.
    ///
    /// - Complexity: O(n log n) in the records of the obligor.
    public func allocationHistory(of obligor: Int) -> AllocationHistory {
        view(of: obligor, asOf: AsOf(.never)).allocationHistory()
    }
}

extension ObligorView {
    /// ``TradeLedger/allocationHistory(of:)`` by the records of this view, whatever its day.
    public func allocationHistory() -> AllocationHistory { AllocationHistory(seen(asOf: AsOf(.never))) }
}
