/// Who paid what, once more: the rule of the ledger's allocation, replayed day by day over plain lists.
///
/// What the books say counts once it is known. All else that is known goes to the invoice that is due first, and gives
/// way, the latest first, when the books say otherwise.
struct PlainBooks {
    /// A change of what a payment or credit note has with an invoice.
    struct Movement {
        var invoice: PlainLedger.Invoice
        var source: String
        var isPayment: Bool
        var day: Int
        var known: Int
        var units: Int
    }

    /// What a payment or credit note has with an invoice in the end.
    struct Part {
        var invoice: PlainLedger.Invoice
        var isPayment: Bool
        var day: Int
        var leavesRest: Bool
        /// The changes that made it.
        var units: [Int]
    }

    private(set) var movements: [Movement] = []
    private(set) var parts: [Part] = []
    private(set) var open: [(invoice: PlainLedger.Invoice, units: Int)] = []
    /// By obligor and currency.
    private(set) var unallocated: [String: [String: Int]] = [:]

    private struct Source {
        var id: String
        var isPayment: Bool
        var day: Int
        var known: Int
        var order: Int
        var currency: String
        var free: Int
    }

    private struct Link {
        var source: Int
        var invoice: Int
        var units: Int
        var isExplicit: Bool
    }

    /// - Parameter world: What is known.
    init(_ world: PlainLedger) {
        for obligor in world.obligorNames { replay(world, obligor) }
        gatherParts()
    }

    private mutating func replay(_ world: PlainLedger, _ obligor: String) {
        let invoices = world.invoices.filter { $0.obligor == obligor }.sortedStably(by: \.known)
        let payments = world.payments.filter { $0.obligor == obligor }.sortedStably(by: \.known)
        let notes = world.creditNotes.filter { $0.obligor == obligor }.sortedStably(by: \.known)
        let bookings = world.allocations.filter { booking in payments.contains { $0.id == booking.payment } }
            .sortedStably(by: \.known)
        var sources = payments.enumerated().map { order, payment in
            Source(
                id: payment.id, isPayment: true, day: payment.paid, known: payment.known, order: order,
                currency: payment.amount.currency, free: payment.amount.units)
        }
        sources += notes.enumerated().map { order, note in
            Source(
                id: note.id, isPayment: false, day: note.issued, known: note.known,
                order: payments.count + order, currency: note.amount.currency, free: note.amount.units)
        }
        var rest = invoices.map(\.amount.units)
        var links: [Link] = []
        func index(_ id: String) -> Int? { invoices.firstIndex { $0.id == id } }
        func change(_ source: Int, _ invoice: Int, _ units: Int, _ day: Int) {
            sources[source].free -= units
            rest[invoice] -= units
            movements.append(
                Movement(
                    invoice: invoices[invoice], source: sources[source].id,
                    isPayment: sources[source].isPayment, day: sources[source].day, known: day, units: units))
        }
        func book(_ source: Int, _ invoice: Int, _ units: Int, _ day: Int) {
            for place in links.indices.reversed() where links[place].source == source {
                let taken = min(links[place].units, units - sources[source].free)
                if taken > 0, !links[place].isExplicit {
                    links[place].units -= taken
                    change(source, links[place].invoice, -taken, day)
                }
            }
            for place in links.indices.reversed() where links[place].invoice == invoice {
                let taken = min(links[place].units, units - rest[invoice])
                if taken > 0, !links[place].isExplicit {
                    links[place].units -= taken
                    change(links[place].source, invoice, -taken, day)
                }
            }
            links.append(Link(source: source, invoice: invoice, units: units, isExplicit: true))
            change(source, invoice, units, day)
        }
        // What the books say, each from the day on which it and its ends are known.
        var statements: [(day: Int, kind: Int, source: Int, invoice: Int, units: Int)] = []
        for (order, note) in notes.enumerated() {
            guard let invoice = note.invoice.flatMap(index) else { continue }
            let day = max(note.known, invoices[invoice].known)
            statements.append((day, 0, payments.count + order, invoice, note.amount.units))
        }
        for booking in bookings {
            guard let source = payments.firstIndex(where: { $0.id == booking.payment }),
                let invoice = index(booking.invoice)
            else { continue }
            let day = max(booking.known, payments[source].known, invoices[invoice].known)
            statements.append((day, 1, source, invoice, booking.units))
        }
        let bound = Set(statements.filter { $0.kind == 0 }.map(\.source))
        let waiting = Set(
            notes.indices.filter { notes[$0].invoice != nil }.map { payments.count + $0 }
        ).union(bound)
        let days = Set(
            invoices.map(\.known) + sources.map(\.known) + statements.map(\.day))
        for day in days.sorted() {
            for said in statements.filter({ $0.day == day }).sortedStably(by: \.kind) {
                book(said.source, said.invoice, said.units, day)
            }
            for currency in Set(sources.map(\.currency)).sorted() {
                while true {
                    let first = invoices.indices.filter {
                        invoices[$0].known <= day && rest[$0] > 0 && invoices[$0].amount.currency == currency
                    }.min {
                        (invoices[$0].due, invoices[$0].issued, $0) < (
                            invoices[$1].due, invoices[$1].issued, $1
                        )
                    }
                    let money = sources.indices.filter {
                        sources[$0].known <= day && sources[$0].free > 0 && sources[$0].currency == currency
                            && !waiting.contains($0)
                    }.min {
                        (sources[$0].day, sources[$0].known, sources[$0].order) < (
                            sources[$1].day, sources[$1].known, sources[$1].order
                        )
                    }
                    guard let first, let money else { break }
                    let units = min(rest[first], sources[money].free)
                    links.append(Link(source: money, invoice: first, units: units, isExplicit: false))
                    change(money, first, units, day)
                }
            }
        }
        open += zip(invoices, rest).map { ($0, $1) }
        for source in sources {
            unallocated[obligor, default: [:]][source.currency, default: 0] += source.free
        }
    }

    private mutating func gatherParts() {
        var rests: [String: Int] = [:]
        var places: [String: Int] = [:]
        for movement in movements {
            let rest = (rests[movement.invoice.id] ?? movement.invoice.amount.units) - movement.units
            rests[movement.invoice.id] = rest
            let key = "\(movement.source) \(movement.invoice.id)"
            if let place = places[key] {
                if parts[place].units.reduce(0, +) == 0 { parts[place].leavesRest = rest > 0 }
                parts[place].units.append(movement.units)
            } else {
                places[key] = parts.count
                parts.append(
                    Part(
                        invoice: movement.invoice, isPayment: movement.isPayment, day: movement.day,
                        leavesRest: rest > 0, units: [movement.units]))
            }
        }
        parts.removeAll { $0.units.reduce(0, +) == 0 }
    }
}

extension PlainLedger {
    /// Every name that a record has.
    var obligorNames: [String] {
        Set(invoices.map(\.obligor) + payments.map(\.obligor) + creditNotes.map(\.obligor)).sorted()
    }
}

extension Array {
    /// In the order of a number, equal ones as they were.
    func sortedStably(by key: (Element) -> Int) -> [Element] {
        enumerated().sorted { (key($0.element), $0.offset) < (key($1.element), $1.offset) }.map(\.element)
    }
}
