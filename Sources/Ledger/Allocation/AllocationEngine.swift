import Vocabulary

/// Allocates the payments and credit notes of one obligor, day by day as facts become known.
struct AllocationEngine {
    private let invoices: ArraySlice<Invoice>
    private let payments: ArraySlice<Payment>
    private let creditNotes: ArraySlice<CreditNote>
    private let bookings: ArraySlice<Allocation>

    /// What is open of each invoice, counted within the obligor; 0 before it is known.
    private var open: [Int64]
    /// What is left of each source: payments, then credit notes, counted within the obligor.
    private var free: [Int64]
    private var links: [Link] = []
    /// The latest link of each invoice and of each source; −1 for none.
    private var lastOfInvoice: [Int]
    private var lastOfSource: [Int]
    private var queues: [Currency: Queues] = [:]
    private var movements: [Movement] = []

    /// Some of a source that is with an invoice.
    private struct Link {
        let invoice: Int
        let source: Int
        var minorUnits: Int64
        let isExplicit: Bool
        let previousOfInvoice: Int
        let previousOfSource: Int
    }

    /// What waits to be brought together in one currency; entries that have nothing left are passed over.
    private struct Queues {
        var invoices = MinimumHeap()
        var sources = MinimumHeap()
    }

    /// Something that becomes known.
    private struct Fact {
        let known: CalendarDay
        let kind: Kind
        let place: Int

        enum Kind: Int {
            case invoice, creditNote, payment, creditLink, booking
        }
    }

    init(
        _ invoices: ArraySlice<Invoice>, _ payments: ArraySlice<Payment>,
        _ creditNotes: ArraySlice<CreditNote>, _ bookings: ArraySlice<Allocation>
    ) {
        self.invoices = invoices
        self.payments = payments
        self.creditNotes = creditNotes
        self.bookings = bookings
        open = [Int64](repeating: 0, count: invoices.count)
        free = [Int64](repeating: 0, count: payments.count + creditNotes.count)
        lastOfInvoice = [Int](repeating: -1, count: invoices.count)
        lastOfSource = [Int](repeating: -1, count: free.count)
    }

    /// All movements in the order in which they became known.
    mutating func run() -> [Movement] {
        let facts = facts()
        var index = 0
        while index < facts.count {
            let day = facts[index].known
            var touched: Set<Currency> = []
            while index < facts.count, facts[index].known == day {
                touched.insert(take(facts[index], day))
                index += 1
            }
            for currency in touched.sorted() { allocate(currency, day) }
        }
        return movements
    }
}

extension AllocationEngine {
    /// What becomes known, by day, and in the order of kinds and places within a day.
    private func facts() -> [Fact] {
        var facts: [Fact] = []
        facts.reserveCapacity(invoices.count + free.count + bookings.count)
        for place in invoices.indices {
            facts.append(Fact(known: invoices[place].known, kind: .invoice, place: place))
        }
        for place in payments.indices {
            facts.append(Fact(known: payments[place].known, kind: .payment, place: place))
        }
        for place in creditNotes.indices {
            let note = creditNotes[place]
            facts.append(Fact(known: note.known, kind: .creditNote, place: place))
            if let invoice = note.invoice {
                let known = max(note.known, invoices[Int(invoice)].known)
                facts.append(Fact(known: known, kind: .creditLink, place: place))
            }
        }
        for place in bookings.indices {
            let booking = bookings[place]
            // A booking says nothing before both of its ends are known.
            let known = max(
                booking.known, payments[Int(booking.payment)].known, invoices[Int(booking.invoice)].known)
            facts.append(Fact(known: known, kind: .booking, place: place))
        }
        return facts.sorted {
            ($0.known, $0.kind.rawValue, $0.place) < ($1.known, $1.kind.rawValue, $1.place)
        }
    }

    /// Takes in a fact, and says whose currency's queues it touches.
    private mutating func take(_ fact: Fact, _ day: CalendarDay) -> Currency {
        switch fact.kind {
        case .invoice:
            let invoice = invoices[fact.place]
            let index = fact.place - invoices.startIndex
            open[index] = invoice.amount.minorUnits
            wait(invoice: index)
            return invoice.amount.currency
        case .payment:
            let source = fact.place - payments.startIndex
            free[source] = payments[fact.place].amount.minorUnits
            wait(source: source)
            return payments[fact.place].amount.currency
        case .creditNote:
            let note = creditNotes[fact.place]
            let source = payments.count + fact.place - creditNotes.startIndex
            free[source] = note.amount.minorUnits
            // One that belongs to an invoice waits for that.
            if note.invoice == nil { wait(source: source) }
            return note.amount.currency
        case .creditLink:
            let note = creditNotes[fact.place]
            let source = payments.count + fact.place - creditNotes.startIndex
            link(
                source: source, invoice: Int(note.invoicePlace) - invoices.startIndex,
                note.amount.minorUnits, day)
            return note.amount.currency
        case .booking:
            let booking = bookings[fact.place]
            link(
                source: Int(booking.payment) - payments.startIndex,
                invoice: Int(booking.invoice) - invoices.startIndex, booking.minorUnits, day)
            return payments[Int(booking.payment)].amount.currency
        }
    }

    /// Does what the books say; automatic allocations in its way go.
    private mutating func link(source: Int, invoice: Int, _ minorUnits: Int64, _ day: CalendarDay) {
        var at = lastOfSource[source]
        while at >= 0, free[source] < minorUnits {
            takeBack(at, atMost: minorUnits - free[source], day)
            at = links[at].previousOfSource
        }
        at = lastOfInvoice[invoice]
        while at >= 0, open[invoice] < minorUnits {
            takeBack(at, atMost: minorUnits - open[invoice], day)
            at = links[at].previousOfInvoice
        }
        move(source: source, invoice: invoice, minorUnits, isExplicit: true, day)
    }

    /// Takes some of an automatic allocation back.
    private mutating func takeBack(_ index: Int, atMost limit: Int64, _ day: CalendarDay) {
        let link = links[index]
        let taken = min(link.minorUnits, limit)
        guard !link.isExplicit, taken > 0 else { return }
        links[index].minorUnits -= taken
        open[link.invoice].increase(by: taken)
        free[link.source].increase(by: taken)
        note(source: link.source, invoice: link.invoice, -taken, isExplicit: false, day)
        wait(invoice: link.invoice)
        wait(source: link.source)
    }

    /// Pays the oldest due first with what waits.
    private mutating func allocate(_ currency: Currency, _ day: CalendarDay) {
        guard var queues = queues[currency] else { return }
        while let invoice = queues.invoices.first, let source = queues.sources.first {
            if open[invoice] <= 0 {
                queues.invoices.removeFirst()
            } else if free[source] <= 0 {
                queues.sources.removeFirst()
            } else {
                move(
                    source: source, invoice: invoice, min(open[invoice], free[source]), isExplicit: false, day
                )
            }
        }
        self.queues[currency] = queues
    }

    private mutating func move(
        source: Int, invoice: Int, _ minorUnits: Int64, isExplicit: Bool, _ day: CalendarDay
    ) {
        open[invoice].decrease(by: minorUnits)
        free[source].decrease(by: minorUnits)
        links.append(
            Link(
                invoice: invoice, source: source, minorUnits: minorUnits, isExplicit: isExplicit,
                previousOfInvoice: lastOfInvoice[invoice], previousOfSource: lastOfSource[source]))
        lastOfInvoice[invoice] = links.count - 1
        lastOfSource[source] = links.count - 1
        note(source: source, invoice: invoice, minorUnits, isExplicit: isExplicit, day)
    }

    private mutating func note(
        source: Int, invoice: Int, _ minorUnits: Int64, isExplicit: Bool, _ known: CalendarDay
    ) {
        let isPayment = source < payments.count
        let place =
            isPayment ? payments.startIndex + source : creditNotes.startIndex + source - payments.count
        movements.append(
            Movement(
                minorUnits: minorUnits, day: isPayment ? payments[place].paid : creditNotes[place].issued,
                known: known, invoice: Int32(invoices.startIndex + invoice), sourcePlace: Int32(place),
                source: isPayment ? .payment : .creditNote, isExplicit: isExplicit))
    }

    /// Puts an invoice into its queue: by due day, then by day of issue, then by place.
    private mutating func wait(invoice index: Int) {
        let invoice = invoices[invoices.startIndex + index]
        queues[invoice.amount.currency, default: Queues()].invoices.insert(
            MinimumHeap.Entry(first: invoice.due, second: invoice.issued, index: index))
    }

    /// Puts a source into its queue: by the day the money arrived, then by place.
    private mutating func wait(source index: Int) {
        if index < payments.count {
            let payment = payments[payments.startIndex + index]
            queues[payment.amount.currency, default: Queues()].sources.insert(
                MinimumHeap.Entry(first: payment.paid, second: payment.known, index: index))
        } else {
            let note = creditNotes[creditNotes.startIndex + index - payments.count]
            queues[note.amount.currency, default: Queues()].sources.insert(
                MinimumHeap.Entry(first: note.issued, second: note.known, index: index))
        }
    }
}

/// A binary heap that gives the least entry first.
struct MinimumHeap {
    /// Two days and a number, compared in that order.
    struct Entry: Comparable {
        let first: CalendarDay
        let second: CalendarDay
        let index: Int

        static func < (left: Entry, right: Entry) -> Bool {
            (left.first, left.second, left.index) < (right.first, right.second, right.index)
        }
    }

    private var entries: [Entry] = []

    /// The number of the least entry; `nil` if there is none.
    var first: Int? { entries.first?.index }

    mutating func insert(_ entry: Entry) {
        entries.append(entry)
        var child = entries.count - 1
        while child > 0, entries[child] < entries[(child - 1) / 2] {
            entries.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func removeFirst() {
        guard let last = entries.popLast() else { return }
        guard !entries.isEmpty else { return }
        entries[0] = last
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < entries.count else { return }
            let right = left + 1
            let least = right < entries.count && entries[right] < entries[left] ? right : left
            guard entries[least] < entries[parent] else { return }
            entries.swapAt(parent, least)
            parent = least
        }
    }
}
