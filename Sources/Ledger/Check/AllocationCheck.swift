import Parallelism
import Vocabulary

/// Holds allocations and credit notes against the payments and invoices that they belong to.
struct AllocationCheck: Sendable {
    let policy: CheckPolicy
    let invoices: RecordList<Invoice>
    let payments: RecordList<Payment>

    /// Obligors that one thread checks at a time.
    private static let blockSize = 512

    /// What was found of some obligors.
    private struct Part: Sendable {
        var findings: [(kind: RecordKind, check: CheckKind, row: Int32, column: String?)] = []
        /// The allocations that are kept; `nil` if they are all as they were.
        var kept: [Allocation]?
        /// The credit notes that are changed, by place, and the places of those that are left out.
        var changed: [Int: CreditNote] = [:]
        var leftOut: [Int32] = []

        mutating func note(_ check: CheckKind, _ kind: RecordKind, row: Int32, column: String?) {
            findings.append((kind, check, row, column))
        }
    }

    /// Notes what does not fit, and repairs it where the policy says so.
    ///
    /// Allocations are taken in the order in which they became known, credit notes behind them. What is booked on an
    /// invoice or from a payment is of one obligor, so that obligors are checked by themselves.
    func run(
        _ allocations: inout RecordList<Allocation>, _ creditNotes: inout RecordList<CreditNote>,
        obligors: Int, workers: Workers, book: inout FindingBook
    ) {
        guard !(allocations.records.isEmpty && creditNotes.records.isEmpty) else { return }
        let (booked, credited) = (allocations, creditNotes)
        let parts = workers.map((obligors + Self.blockSize - 1) / Self.blockSize) { block in
            let some = block * Self.blockSize..<min(obligors, (block + 1) * Self.blockSize)
            return part(some, booked, credited)
        }
        for part in parts {
            for found in part.findings {
                book.note(found.check, found.kind, row: found.row, column: found.column)
            }
        }
        if parts.contains(where: { $0.kept != nil }) {
            var kept: [Allocation] = []
            kept.reserveCapacity(booked.records.count)
            for (block, part) in parts.enumerated() {
                let places = booked.range(
                    of: block * Self.blockSize..<min(obligors, (block + 1) * Self.blockSize))
                kept += part.kept ?? Array(booked.records[places])
            }
            allocations = RecordList(kept, obligors: obligors, workers: workers)
        }
        if parts.contains(where: { !$0.changed.isEmpty }) {
            var records = creditNotes.records
            for part in parts { for (place, note) in part.changed { records[place] = note } }
            creditNotes = RecordList(records, ids: creditNotes.ids, obligors: obligors, workers: workers)
        }
        let leftOut = Set(parts.flatMap(\.leftOut))
        if !leftOut.isEmpty {
            creditNotes = creditNotes.leavingOut(leftOut, obligors: obligors, workers: workers)
        }
    }

    /// Checks some obligors.
    private func part(
        _ obligors: Range<Int>, _ allocations: RecordList<Allocation>, _ creditNotes: RecordList<CreditNote>
    ) -> Part {
        var part = Part()
        let (billed, paid) = (invoices.range(of: obligors), payments.range(of: obligors))
        var unpaid = invoices.records[billed].map(\.amount.minorUnits)
        var unused = payments.records[paid].map(\.amount.minorUnits)
        let places = allocations.range(of: obligors)
        var kept: [Allocation] = []
        kept.reserveCapacity(places.count)
        var isChanged = false
        var bookings = Bookings(invoices: billed)
        for allocation in allocations.records[places] {
            if bookings.isRepeated(allocation, among: kept) {
                part.note(.duplicate, .allocations, row: allocation.row, column: nil)
                isChanged = true
                continue
            }
            let payment = payments.records[Int(allocation.payment)]
            let invoice = invoices.records[Int(allocation.invoice)]
            guard payment.obligor == invoice.obligor, payment.amount.currency == invoice.amount.currency
            else {
                part.note(.mismatchedAllocation, .allocations, row: allocation.row, column: "invoice")
                isChanged = true
                continue
            }
            let (source, target) = (
                Int(allocation.payment) - paid.lowerBound, Int(allocation.invoice) - billed.lowerBound
            )
            let room = min(unused[source], unpaid[target])
            var taken = allocation
            if allocation.minorUnits > room {
                let isPayment = unused[source] < allocation.minorUnits
                part.note(
                    .overAllocation, .allocations, row: allocation.row,
                    column: isPayment ? "payment" : "invoice")
                if policy[.overAllocation] == .repair {
                    isChanged = true
                    if room <= 0 { continue }
                    taken = allocation.with(minorUnits: room)
                }
            }
            unused[source].decrease(by: taken.minorUnits)
            unpaid[target].decrease(by: taken.minorUnits)
            kept.append(taken)
            bookings.note(taken, stated: allocation.minorUnits)
        }
        if isChanged { part.kept = kept }
        for place in creditNotes.range(of: obligors) {
            credit(creditNotes.records[place], place, &unpaid, from: billed.lowerBound, &part)
        }
        return part
    }

    private func credit(
        _ note: CreditNote, _ place: Int, _ unpaid: inout [Int64], from first: Int, _ part: inout Part
    ) {
        guard let target = note.invoice else { return }
        let invoice = invoices.records[Int(target)]
        guard invoice.obligor == note.obligor, invoice.amount.currency == note.amount.currency else {
            part.note(.mismatchedAllocation, .creditNotes, row: note.row, column: "invoice")
            part.leftOut.append(Int32(place))
            return
        }
        let room = unpaid[Int(target) - first]
        var taken = note.amount.minorUnits
        if taken > room {
            part.note(.overAllocation, .creditNotes, row: note.row, column: "amount")
            if policy[.overAllocation] == .repair {
                guard room > 0 else {
                    part.leftOut.append(Int32(place))
                    return
                }
                taken = room
                part.changed[place] = note.with(minorUnits: room)
            }
        }
        unpaid[Int(target) - first].decrease(by: taken)
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

/// The allocations of some invoices, to find one that was booked twice.
private struct Bookings {
    /// The places of the invoices.
    private let invoices: Range<Int>
    /// The last allocation of each invoice, and the one before each; −1 for none.
    private var last: [Int32]
    private var previous: [Int32] = []
    /// What each allocation stated before it was put right.
    private var stated: [Int64] = []

    init(invoices: Range<Int>) {
        self.invoices = invoices
        last = [Int32](repeating: -1, count: invoices.count)
    }

    /// Whether an earlier allocation is the same: payment, invoice, day and amount.
    func isRepeated(_ allocation: Allocation, among kept: [Allocation]) -> Bool {
        // Those of other obligors' invoices are never kept.
        guard invoices.contains(Int(allocation.invoice)) else { return false }
        var place = last[Int(allocation.invoice) - invoices.lowerBound]
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
        let place = Int(allocation.invoice) - invoices.lowerBound
        previous.append(last[place])
        stated.append(minorUnits)
        last[place] = Int32(stated.count - 1)
    }
}
