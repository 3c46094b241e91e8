public import Vocabulary

extension TradeLedger {
    /// The times in default of an obligor by a definition.
    ///
    /// Amounts are looked at on the days on which something changes: an item opens, falls due, is paid or credited,
    /// comes under dispute or out of it, all on the day that became known; foreign currency at the rate of that day.
    /// So whatever becomes known after a day changes nothing as of that day. Disputed items are not past due, but open.
    ///
    /// - Parameters:
    ///   - asOf: Days after it are not looked at, so that rates of the future are not needed; ask the history about
    ///     this day and those before it.
    ///   - allocation: What was paid when; made here if not given.
    /// - Throws: ``LedgerError/missingRate(currency:base:day:)`` if something is past due in a currency without a rate.
    /// - Complexity: O(n log n) in the records of the obligor.
    public func defaultHistory(
        of obligor: Int, by definition: DefaultDefinition, rates: ExchangeRates, asOf: AsOf,
        allocation: AllocationHistory? = nil
    ) throws(LedgerError) -> DefaultHistory {
        let allocation = allocation ?? allocationHistory(of: obligor)
        let engine = DefaultEngine(definition: definition, rates: rates, asOf: asOf)
        return try engine.history(
            invoices: allocation.invoices, movements: allocation.all, events: events.of(obligor))
    }
}

/// Finds times in default.
struct DefaultEngine {
    let definition: DefaultDefinition
    let rates: ExchangeRates
    /// The last day that is looked at.
    let asOf: AsOf

    /// A change of what is open and of what is past due in one currency, with and without disputed items.
    private struct Change {
        let day: CalendarDay
        let currency: Currency
        var open: Int64 = 0
        var pastDue: Int64 = 0
        var pastDueWithDisputed: Int64 = 0
    }

    /// A reason for default from one day until, but without, another.
    private struct Trigger {
        let start: CalendarDay
        let end: CalendarDay
        let cause: DefaultSpell.Cause
    }

    func history(
        invoices: ArraySlice<Invoice>, movements: [Movement], events: ArraySlice<Event>
    ) throws(LedgerError) -> DefaultHistory {
        let changes = isEverPastDue(invoices, movements) ? changes(invoices, movements) : []
        let runs = try materialRuns(changes)
        let fromEvents = events.filter { definition.events.contains($0.event) }.map {
            Trigger(start: $0.known, end: $0.known.adding(days: 1), cause: .event($0.event))
        }
        let spells = spells(triggers(runs.counted) + fromEvents)
        let technical = self.spells(triggers(runs.withDisputed)).flatMap {
            Self.part(of: $0, outside: spells)
        }
        return DefaultHistory(spells: spells, technical: technical)
    }
}

extension DefaultEngine {
    /// An item is looked at from so many days after the due day on: from when it has been late for long enough, if
    /// items are counted for themselves.
    private var delay: Int { definition.counting == .item ? 1 + definition.daysPastDue : 1 }

    /// The first day on which an item counts as past due, as far as it is open.
    private func late(_ invoice: Invoice) -> CalendarDay {
        max(invoice.known, invoice.due.adding(days: delay))
    }

    /// Whether any item may be open when it is late: that of most obligors never is, and they are done.
    private func isEverPastDue(_ invoices: ArraySlice<Invoice>, _ movements: [Movement]) -> Bool {
        var open: [Int64] = []
        var lates: [CalendarDay] = []
        open.reserveCapacity(invoices.count)
        lates.reserveCapacity(invoices.count)
        for invoice in invoices {
            open.append(invoice.amount.minorUnits)
            lates.append(late(invoice))
        }
        for movement in movements {
            let index = Int(movement.invoice) - invoices.startIndex
            guard asOf.sees(lates[index]) else { continue }
            // What moves later leaves or makes it open on the late day or after.
            if movement.known > lates[index] { return true }
            open[index].decrease(by: movement.minorUnits)
        }
        return open.indices.contains { open[$0] != 0 && asOf.sees(lates[$0]) }
    }

    /// What changes when, in the order of days.
    private func changes(_ invoices: ArraySlice<Invoice>, _ movements: [Movement]) -> [Change] {
        let (order, ends) = Self.byInvoice(movements, invoices)
        var changes: [Change] = []
        changes.reserveCapacity(2 * invoices.count + movements.count)
        var days: [CalendarDay] = []
        var next = 0
        for (offset, invoice) in invoices.enumerated() {
            let late = late(invoice)
            days.removeAll(keepingCapacity: true)
            days += [invoice.known, late, invoice.disputedFrom, invoice.disputedTo]
            for place in order[next..<ends[offset]] { days.append(movements[Int(place)].known) }
            days.sort()
            var open: Int64 = 0
            var before = (open: Int64(0), pastDue: Int64(0), withDisputed: Int64(0))
            var last: CalendarDay?
            for day in days where day >= invoice.known && day != .never && day != last {
                last = day
                if day == invoice.known { open = invoice.amount.minorUnits }
                while next < ends[offset], movements[Int(order[next])].known <= day {
                    open.decrease(by: movements[Int(order[next])].minorUnits)
                    next += 1
                }
                let isDisputed = invoice.disputedSince(asOf: AsOf(day)) != nil
                let withDisputed = day >= late ? open : 0
                let now = (open: open, pastDue: isDisputed ? 0 : withDisputed, withDisputed: withDisputed)
                if now != before {
                    changes.append(
                        Change(
                            day: day, currency: invoice.amount.currency, open: now.open - before.open,
                            pastDue: now.pastDue - before.pastDue,
                            pastDueWithDisputed: now.withDisputed - before.withDisputed))
                }
                before = now
            }
            next = ends[offset]
        }
        return changes.sorted { ($0.day, $0.currency) < ($1.day, $1.currency) }
    }

    /// The places of movements, invoice by invoice and those of one invoice in their order, and where those of each
    /// invoice end.
    private static func byInvoice(
        _ movements: [Movement], _ invoices: ArraySlice<Invoice>
    ) -> (order: [Int32], ends: [Int]) {
        // Where the next one of each invoice goes, which comes to where they end.
        var next = [Int](repeating: 0, count: invoices.count + 1)
        for movement in movements { next[Int(movement.invoice) - invoices.startIndex + 1] += 1 }
        for index in invoices.indices {
            next[index - invoices.startIndex + 1] += next[index - invoices.startIndex]
        }
        var order = [Int32](repeating: 0, count: movements.count)
        for (place, movement) in movements.enumerated() {
            let index = Int(movement.invoice) - invoices.startIndex
            order[next[index]] = Int32(place)
            next[index] += 1
        }
        return (order, next)
    }

    /// The stretches of days on which what is past due is material; the end is the first day on which it is not.
    private func materialRuns(
        _ changes: [Change]
    ) throws(LedgerError) -> (counted: [Range<CalendarDay>], withDisputed: [Range<CalendarDay>]) {
        // One for each currency, in the order of codes, since what they are worth together depends on the order.
        var sums: [Change] = []
        var runs: (counted: [Range<CalendarDay>], withDisputed: [Range<CalendarDay>]) = ([], [])
        var starts: (counted: CalendarDay?, withDisputed: CalendarDay?) = (nil, nil)
        var index = 0
        while index < changes.count, asOf.sees(changes[index].day) {
            let day = changes[index].day
            while index < changes.count, changes[index].day == day {
                let change = changes[index]
                let place = sums.firstIndex { $0.currency >= change.currency } ?? sums.count
                if place == sums.count || sums[place].currency != change.currency {
                    sums.insert(Change(day: day, currency: change.currency), at: place)
                }
                sums[place].open.increase(by: change.open)
                sums[place].pastDue.increase(by: change.pastDue)
                sums[place].pastDueWithDisputed.increase(by: change.pastDueWithDisputed)
                index += 1
            }
            let isMaterial = try materiality(sums, day)
            Self.follow(isMaterial.counted, day, &starts.counted, &runs.counted)
            Self.follow(isMaterial.withDisputed, day, &starts.withDisputed, &runs.withDisputed)
        }
        if let start = starts.counted { runs.counted.append(start..<CalendarDay.never) }
        if let start = starts.withDisputed { runs.withDisputed.append(start..<CalendarDay.never) }
        return runs
    }

    private static func follow(
        _ isMaterial: Bool, _ day: CalendarDay, _ start: inout CalendarDay?,
        _ runs: inout [Range<CalendarDay>]
    ) {
        if isMaterial {
            if start == nil { start = day }
        } else if let first = start {
            runs.append(first..<day)
            start = nil
        }
    }

    /// Whether what is past due exceeds both thresholds.
    private func materiality(
        _ sums: [Change], _ day: CalendarDay
    ) throws(LedgerError) -> (counted: Bool, withDisputed: Bool) {
        guard sums.contains(where: { $0.pastDueWithDisputed != 0 }) else { return (false, false) }
        var (open, pastDue, withDisputed) = (0.0, 0.0, 0.0)
        for sum in sums where sum.open != 0 {
            let factor = try rates.factor(of: sum.currency, on: day, asOf: AsOf(day))
            open += Double(sum.open) * factor
            pastDue += Double(sum.pastDue) * factor
            withDisputed += Double(sum.pastDueWithDisputed) * factor
        }
        let least = definition.absoluteMateriality * Double(rates.base.minorUnitsPerMajor)
        func isMaterial(_ amount: Double) -> Bool {
            amount > least && amount > definition.relativeMateriality * open
        }
        return (isMaterial(pastDue), isMaterial(withDisputed))
    }

    /// Stretches that last long enough, from the day on which they do.
    private func triggers(_ runs: [Range<CalendarDay>]) -> [Trigger] {
        let wait = definition.counting == .obligor ? definition.daysPastDue : 0
        return runs.compactMap { run in
            let start = run.lowerBound.adding(days: wait)
            return start < run.upperBound
                ? Trigger(start: start, end: run.upperBound, cause: .daysPastDue) : nil
        }
    }

    /// Joins reasons, and the probation after each, to times in default.
    private func spells(_ triggers: [Trigger]) -> [DefaultSpell] {
        var spells: [DefaultSpell] = []
        var current: (start: CalendarDay, end: CalendarDay, cause: DefaultSpell.Cause)?
        // Events come behind days past due in the list, so that a stable order decides between those of one day.
        let ordered = triggers.enumerated().sorted {
            ($0.element.start, $0.offset) < ($1.element.start, $1.offset)
        }
        for (_, trigger) in ordered {
            let end = soundAgain(after: trigger)
            if let open = current, trigger.start < open.end {
                current = (open.start, max(open.end, end), open.cause)
            } else {
                if let open = current { spells.append(Self.spell(open)) }
                current = (trigger.start, end, trigger.cause)
            }
        }
        if let open = current { spells.append(Self.spell(open)) }
        return spells
    }

    /// The parts of a time that lie outside of others, which are in order: what begins or ends a part is known on its
    /// day.
    private static func part(of whole: DefaultSpell, outside others: [DefaultSpell]) -> [DefaultSpell] {
        var parts: [DefaultSpell] = []
        var start = whole.start
        let end = whole.end ?? .never
        for other in others where other.start < end && other.end ?? .never > start {
            if other.start > start { parts.append(spell((start, other.start, whole.cause))) }
            start = other.end ?? .never
        }
        if start < end { parts.append(spell((start, end, whole.cause))) }
        return parts
    }

    private static func spell(
        _ found: (start: CalendarDay, end: CalendarDay, cause: DefaultSpell.Cause)
    ) -> DefaultSpell {
        DefaultSpell(start: found.start, end: found.end == .never ? nil : found.end, cause: found.cause)
    }

    /// The first day after a reason and its probation.
    private func soundAgain(after trigger: Trigger) -> CalendarDay {
        guard case .event(let kind) = trigger.cause else {
            return trigger.end.adding(months: definition.probationMonths)
        }
        if definition.permanentEvents.contains(kind) { return .never }
        return trigger.end.adding(months: definition.probationAfter[kind] ?? definition.probationMonths)
    }
}
