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
    /// By number of the currency; there are few.
    private var currencies: [Currency] = []
    private var queues: [Queues] = []
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

    /// Something that becomes known, as one number whose order is that of days, kinds and places.
    private struct Fact: Comparable {
        private let key: UInt64

        enum Kind: UInt64 {
            case invoice, creditNote, payment, creditLink, booking
        }

        /// - Parameter index: Which of the obligor's records of the kind.
        init(_ kind: Kind, _ index: Int, known: CalendarDay) {
            let day = UInt64(UInt32(bitPattern: known.daysSince1970 ^ Int32.min))
            key = day << 32 | kind.rawValue << 29 | UInt64(index)
        }

        var known: CalendarDay {
            CalendarDay(daysSince1970: Int32(bitPattern: UInt32(truncatingIfNeeded: key >> 32)) ^ Int32.min)
        }
        var kind: Kind { Kind(rawValue: key >> 29 & 7) ?? .booking }
        var index: Int { Int(key & 0x1FFF_FFFF) }

        static func < (left: Fact, right: Fact) -> Bool { left.key < right.key }
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
        movements.reserveCapacity(free.count + bookings.count)
        links.reserveCapacity(free.count + bookings.count)
        var index = 0
        // The currencies whose queues a day touches, by number.
        var touched: [Int] = []
        while index < facts.count {
            let day = facts[index].known
            touched.removeAll(keepingCapacity: true)
            while index < facts.count, facts[index].known == day {
                let number = take(facts[index], day)
                if !touched.contains(number) { touched.append(number) }
                index += 1
            }
            if touched.count > 1 { touched.sort { currencies[$0] < currencies[$1] } }
            for number in touched { allocate(number, day) }
        }
        return movements
    }
}

extension AllocationEngine {
    /// What becomes known, by day, and in the order of kinds and places within a day.
    private func facts() -> [Fact] {
        precondition(
            max(invoices.count, payments.count, creditNotes.count, bookings.count) < 1 << 29,
            "more records of an obligor than can be numbered")
        var facts: [Fact] = []
        facts.reserveCapacity(invoices.count + free.count + creditNotes.count + bookings.count)
        for (index, invoice) in invoices.enumerated() {
            facts.append(Fact(.invoice, index, known: invoice.known))
        }
        for (index, payment) in payments.enumerated() {
            facts.append(Fact(.payment, index, known: payment.known))
        }
        for (index, note) in creditNotes.enumerated() {
            facts.append(Fact(.creditNote, index, known: note.known))
            if let invoice = note.invoice {
                let known = max(note.known, invoices[Int(invoice)].known)
                facts.append(Fact(.creditLink, index, known: known))
            }
        }
        for (index, booking) in bookings.enumerated() {
            // A booking says nothing before both of its ends are known.
            let known = max(
                booking.known, payments[Int(booking.payment)].known, invoices[Int(booking.invoice)].known)
            facts.append(Fact(.booking, index, known: known))
        }
        facts.sort()
        return facts
    }

    /// Takes in a fact, and says by number whose currency's queues it touches.
    private mutating func take(_ fact: Fact, _ day: CalendarDay) -> Int {
        let index = fact.index
        switch fact.kind {
        case .invoice:
            let invoice = invoices[invoices.startIndex + index]
            open[index] = invoice.amount.minorUnits
            return wait(invoice: index)
        case .payment:
            free[index] = payments[payments.startIndex + index].amount.minorUnits
            return wait(source: index)
        case .creditNote:
            let note = creditNotes[creditNotes.startIndex + index]
            let source = payments.count + index
            free[source] = note.amount.minorUnits
            // One that belongs to an invoice waits for that.
            return note.invoice == nil ? wait(source: source) : number(of: note.amount.currency)
        case .creditLink:
            let note = creditNotes[creditNotes.startIndex + index]
            link(
                source: payments.count + index, invoice: Int(note.invoicePlace) - invoices.startIndex,
                note.amount.minorUnits, day)
            return number(of: note.amount.currency)
        case .booking:
            let booking = bookings[bookings.startIndex + index]
            link(
                source: Int(booking.payment) - payments.startIndex,
                invoice: Int(booking.invoice) - invoices.startIndex, booking.minorUnits, day)
            return number(of: payments[Int(booking.payment)].amount.currency)
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
    private mutating func allocate(_ number: Int, _ day: CalendarDay) {
        while let invoice = queues[number].invoices.first, let source = queues[number].sources.first {
            if open[invoice] <= 0 {
                queues[number].invoices.removeFirst()
            } else if free[source] <= 0 {
                queues[number].sources.removeFirst()
            } else {
                move(
                    source: source, invoice: invoice, min(open[invoice], free[source]), isExplicit: false, day
                )
            }
        }
    }

    /// The number of a currency, which gets one if it has none.
    private mutating func number(of currency: Currency) -> Int {
        if let number = currencies.firstIndex(of: currency) { return number }
        currencies.append(currency)
        queues.append(Queues())
        return currencies.count - 1
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

    /// Puts an invoice into its queue, whose number it returns: by due day, then by day of issue, then by place.
    @discardableResult
    private mutating func wait(invoice index: Int) -> Int {
        let invoice = invoices[invoices.startIndex + index]
        let number = number(of: invoice.amount.currency)
        queues[number].invoices.insert(
            MinimumHeap.Entry(first: invoice.due, second: invoice.issued, index: index))
        return number
    }

    /// Puts a source into its queue, whose number it returns: by the day the money arrived, then by place.
    @discardableResult
    private mutating func wait(source index: Int) -> Int {
        if index < payments.count {
            let payment = payments[payments.startIndex + index]
            let number = number(of: payment.amount.currency)
            queues[number].sources.insert(
                MinimumHeap.Entry(first: payment.paid, second: payment.known, index: index))
            return number
        }
        let note = creditNotes[creditNotes.startIndex + index - payments.count]
        let number = number(of: note.amount.currency)
        queues[number].sources.insert(
            MinimumHeap.Entry(first: note.issued, second: note.known, index: index))
        return number
    }
}
