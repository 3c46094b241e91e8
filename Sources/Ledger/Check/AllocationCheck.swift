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
        for allocation in allocations.records {
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

extension Int64 {
    /// Subtracts, and stays at the end of the range where the result would be beyond it.
    mutating func decrease(by other: Int64) {
        let (result, overflows) = subtractingReportingOverflow(other)
        self = overflows ? (other > 0 ? .min : .max) : result
    }

    /// Adds, and stays at the end of the range where the result would be beyond it.
    mutating func increase(by other: Int64) {
        let (result, overflows) = addingReportingOverflow(other)
        self = overflows ? (other > 0 ? .max : .min) : result
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

/// Finds months without records between months with some.
enum GapCheck {
    /// Notes, for every such stretch of months, the first record after it.
    static func run<Record: LedgerRecord>(
        _ records: [Record], day: (Record) -> CalendarDay, column: String, book: inout FindingBook
    ) {
        /// The earliest day of a month with a record, and the first such record.
        var firsts: [Int: (day: CalendarDay, row: Int32)] = [:]
        var lastDay = CalendarDay.never
        var month = 0
        for record in records {
            let on = day(record)
            // Records of one day often follow each other.
            if on != lastDay {
                lastDay = on
                month = on.monthNumber
            }
            if let first = firsts[month], (first.day, first.row) <= (on, record.row) { continue }
            firsts[month] = (on, record.row)
        }
        let months = firsts.keys.sorted()
        for (before, after) in zip(months, months.dropFirst()) where after > before + 1 {
            guard let first = firsts[after] else { continue }
            book.note(.gap, Record.kind, row: first.row, column: column)
        }
    }
}
