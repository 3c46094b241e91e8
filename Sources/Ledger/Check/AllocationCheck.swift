import Vocabulary

/// Holds allocations and credit notes against the payments and invoices that they belong to.
struct AllocationCheck {
    let policy: CheckPolicy
    let invoices: RecordList<Invoice>
    let payments: RecordList<Payment>

    /// Notes what does not fit, and repairs it where the policy says so.
    ///
    /// Allocations are taken in the order in which they became known, credit notes behind them.
    func run(
        _ allocations: inout RecordList<Allocation>, _ creditNotes: inout RecordList<CreditNote>,
        obligors: Int, book: inout FindingBook
    ) {
        guard !(allocations.records.isEmpty && creditNotes.records.isEmpty) else { return }
        var unpaid = invoices.records.map(\.amount.minorUnits)
        var unused = payments.records.map(\.amount.minorUnits)
        var kept: [Allocation] = []
        kept.reserveCapacity(allocations.records.count)
        var isChanged = false
        var bookings = Bookings(invoices: invoices.records.count)
        for allocation in allocations.records {
            if bookings.isRepeated(allocation, among: kept) {
                book.note(.duplicate, .allocations, row: allocation.row, column: nil)
                isChanged = true
                continue
            }
            let payment = payments.records[Int(allocation.payment)]
            let invoice = invoices.records[Int(allocation.invoice)]
            guard payment.obligor == invoice.obligor, payment.amount.currency == invoice.amount.currency
            else {
                book.note(.mismatchedAllocation, .allocations, row: allocation.row, column: "invoice")
                isChanged = true
                continue
            }
            let room = min(unused[Int(allocation.payment)], unpaid[Int(allocation.invoice)])
            var taken = allocation
            if allocation.minorUnits > room {
                let isPayment = unused[Int(allocation.payment)] < allocation.minorUnits
                book.note(
                    .overAllocation, .allocations, row: allocation.row,
                    column: isPayment ? "payment" : "invoice")
                if policy[.overAllocation] == .repair {
                    isChanged = true
                    if room <= 0 { continue }
                    taken = allocation.with(minorUnits: room)
                }
            }
            unused[Int(taken.payment)].decrease(by: taken.minorUnits)
            unpaid[Int(taken.invoice)].decrease(by: taken.minorUnits)
            kept.append(taken)
            bookings.note(taken, stated: allocation.minorUnits)
        }
        if isChanged { allocations = RecordList(kept, obligors: obligors) }
        credit(&creditNotes, &unpaid, obligors: obligors, book: &book)
    }

    private func credit(
        _ creditNotes: inout RecordList<CreditNote>, _ unpaid: inout [Int64], obligors: Int,
        book: inout FindingBook
    ) {
        var leftOut: Set<Int32> = []
        var changed: [Int: CreditNote] = [:]
        for (place, note) in creditNotes.records.enumerated() {
            guard let target = note.invoice else { continue }
            let invoice = invoices.records[Int(target)]
            guard invoice.obligor == note.obligor, invoice.amount.currency == note.amount.currency else {
                book.note(.mismatchedAllocation, .creditNotes, row: note.row, column: "invoice")
                leftOut.insert(Int32(place))
                continue
            }
            let room = unpaid[Int(target)]
            var taken = note.amount.minorUnits
            if note.amount.minorUnits > room {
                book.note(.overAllocation, .creditNotes, row: note.row, column: "amount")
                if policy[.overAllocation] == .repair {
                    if room <= 0 {
                        leftOut.insert(Int32(place))
                        continue
                    }
                    taken = room
                    changed[place] = note.with(minorUnits: room)
                }
            }
            unpaid[Int(target)].decrease(by: taken)
        }
        if !changed.isEmpty {
            let records = creditNotes.records.enumerated().map { changed[$0.offset] ?? $0.element }
            creditNotes = RecordList(records, ids: creditNotes.ids, obligors: obligors)
        }
        if !leftOut.isEmpty { creditNotes = creditNotes.leavingOut(leftOut, obligors: obligors) }
    }
}

extension Allocation {
    fileprivate func with(minorUnits: Int64) -> Allocation {
        Allocation(
            minorUnits: minorUnits, known: known, allocated: allocated, obligor: obligor, row: row,
            payment: payment, invoice: invoice)
    }
}

extension CreditNote {
    fileprivate func with(minorUnits: Int64) -> CreditNote {
        CreditNote(
            amount: Amount(minorUnits: minorUnits, currency: amount.currency), known: known, issued: issued,
            obligor: obligor, row: row, invoicePlace: invoicePlace)
    }
}

/// The allocations of every invoice, to find one that was booked twice.
private struct Bookings {
    /// The last allocation of each invoice, and the one before each; −1 for none.
    private var last: [Int32]
    private var previous: [Int32] = []
    /// What each allocation stated before it was put right.
    private var stated: [Int64] = []

    init(invoices: Int) { last = [Int32](repeating: -1, count: invoices) }

    /// Whether an earlier allocation is the same: payment, invoice, day and amount.
    func isRepeated(_ allocation: Allocation, among kept: [Allocation]) -> Bool {
        var place = last[Int(allocation.invoice)]
        while place >= 0 {
            let other = kept[Int(place)]
            if other.payment == allocation.payment, other.allocated == allocation.allocated,
                stated[Int(place)] == allocation.minorUnits
            {
                return true
            }
            place = previous[Int(place)]
        }
        return false
    }

    /// Notes that an allocation is kept.
    mutating func note(_ allocation: Allocation, stated minorUnits: Int64) {
        previous.append(last[Int(allocation.invoice)])
        stated.append(minorUnits)
        last[Int(allocation.invoice)] = Int32(stated.count - 1)
    }
}
