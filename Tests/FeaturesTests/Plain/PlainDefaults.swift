import Ledger
import Vocabulary

/// Times in default once more, day by day: on each day what is owed is added up over all invoices, and a day on which
/// it is late enough and enough of it puts the obligor into default until its probation is over.
struct PlainDefaults {
    let world: PlainLedger
    let definition: DefaultDefinition
    private let movements: [String: [PlainBooks.Movement]]

    /// - Parameters:
    ///   - world: What is known by a day; invoices of obligors that are not known yet too.
    ///   - books: Who paid what in that world.
    init(_ world: PlainLedger, _ books: PlainBooks, _ definition: DefaultDefinition) {
        self.world = world
        self.definition = definition
        movements = Dictionary(grouping: books.movements, by: \.invoice.id)
    }

    /// The spells of an obligor until a day: the first day, and the first day without unless that is later.
    func spells(of id: String, until today: Int) -> [(start: Int, end: Int?)] {
        let (causes, pastDue) = causes(of: id, until: today)
        guard let first = causes.keys.min() else { return [] }
        var spells: [(start: Int, end: Int?)] = []
        var soundOn: Int?
        for day in first...today {
            // Days past due that follow each other are one cause, even where no probation joins them.
            let goesOn = pastDue.contains(day) && pastDue.contains(day - 1)
            if let until = soundOn, day >= until, !goesOn {
                spells[spells.count - 1].end = until
                soundOn = nil
            }
            guard let until = causes[day] else { continue }
            if soundOn == nil { spells.append((day, nil)) }
            soundOn = max(soundOn ?? 0, until)
        }
        return spells
    }

    /// For every day with a cause, the first day on which the obligor is sound again if no other cause comes; and the
    /// days on which that is being past due.
    private func causes(of id: String, until today: Int) -> (until: [Int: Int], pastDue: Set<Int>) {
        var found: [Int: Int] = [:]
        var pastDue: Set<Int> = []
        func note(_ day: Int, _ months: Int?) {
            let until = months.map { months in
                Int(CalendarDay(daysSince1970: Int32(day + 1)).adding(months: months).daysSince1970)
            }
            found[day] = max(found[day] ?? 0, until ?? .max)
        }
        for event in world.events where event.obligor == id && event.known <= today {
            guard let kind = EventKind(rawValue: event.kind), definition.events.contains(kind) else {
                continue
            }
            let isForGood = definition.permanentEvents.contains(kind)
            note(event.known, isForGood ? nil : definition.probationAfter[kind] ?? definition.probationMonths)
        }
        let wait = definition.counting == .obligor ? definition.daysPastDue : 0
        var run = 0
        var isMaterial = false
        var before: [[Int]] = []
        let invoices = world.invoices.filter { $0.obligor == id }
        guard let first = invoices.map(\.known).min(), first <= today else { return (found, pastDue) }
        for day in first...today {
            let states = invoices.map { state(of: $0, on: day) }
            // Amounts are looked at when any of them changes, at the rates of that day.
            if states != before { isMaterial = judge(invoices, states, on: day) }
            before = states
            run = isMaterial ? run + 1 : 0
            guard run > wait else { continue }
            note(day, definition.probationMonths)
            pastDue.insert(day)
        }
        return (found, pastDue)
    }

    /// What is open of an invoice on a day, and how much of it is past due and not disputed.
    private func state(of invoice: PlainLedger.Invoice, on day: Int) -> [Int] {
        guard day >= invoice.known else { return [0, 0, 0] }
        var open = invoice.amount.units
        for movement in movements[invoice.id] ?? [] where movement.known <= day {
            open -= movement.units
        }
        let late = invoice.due + 1 + (definition.counting == .item ? definition.daysPastDue : 0)
        let pastDue = day >= late ? open : 0
        let isDisputed = (invoice.disputedFrom ?? .max) <= day && (invoice.disputedTo ?? .max) > day
        return [open, isDisputed ? 0 : pastDue, pastDue]
    }

    private func judge(_ invoices: [PlainLedger.Invoice], _ states: [[Int]], on day: Int) -> Bool {
        var (open, pastDue) = (0.0, 0.0)
        for (invoice, state) in zip(invoices, states) where state[0] != 0 {
            let rate = invoice.amount.currency == "EUR" ? 1 : rate(invoice.amount.currency, on: day)
            open += Double(state[0]) * rate
            pastDue += Double(state[1]) * rate
        }
        return pastDue > 100 * definition.absoluteMateriality
            && pastDue > definition.relativeMateriality * open
    }

    private func rate(_ currency: String, on day: Int) -> Double {
        world.rates.filter { $0.currency == currency && $0.day <= day && $0.known <= day }
            .max { $0.day < $1.day }?.rate ?? .nan
    }
}
