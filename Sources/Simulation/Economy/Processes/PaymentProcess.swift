import Ledger
import Statistics

/// How one obligor pays its invoices: when, in how many parts, with which disputes and promises.
///
/// An invoice is paid at its due date plus the mean delay of the grade, the obligor's own lateness, normal noise and,
/// if it is forgotten, an exponential time; on the next payment run of those that have runs. Payments grow later in the
/// ``Behaviour/distress`` days before default, and stop at default.
struct PaymentProcess {
    let member: ObligorTraits
    let history: CreditHistory
    let calendar: EconomyCalendar
    private var random: SeededGenerator

    /// A payment of an invoice, or of a part of one.
    private struct Part {
        let day: Int32
        let invoice: Int
        let amount: Int64
    }

    init(_ member: ObligorTraits, _ history: CreditHistory, _ economy: EconomyState) {
        self.member = member
        self.history = history
        calendar = economy.calendar
        let stream = economy.root.stream("payments").stream(member.number)
        random = history.isComeback ? stream.stream("after cure") : stream
    }

    /// Draws what is known by the last day for the invoices there are.
    mutating func run(into records: inout TradeRecords) {
        var parts: [Part] = []
        parts.reserveCapacity(records.invoices.count + records.invoices.count / 8)
        for place in records.invoices.indices { settle(place, &parts, into: &records) }
        parts.sort { ($0.day, $0.invoice) < ($1.day, $1.invoice) }
        for part in parts { book(part, into: &records) }
        let surplus = overpay(&records)
        recover(parts, surplus: surplus, into: &records)
    }
}

extension PaymentProcess {
    private mutating func settle(_ place: Int, _ parts: inout [Part], into records: inout TradeRecords) {
        let invoice = records.invoices[place]
        let grade = history.behavingGrade(on: invoice.due)
        let lastDay = invoice.due + Behaviour.longestDelay
        var day = paymentDay(of: invoice, grade: grade)
        var amount = invoice.amount
        if random.uniform() < Behaviour.dispute[grade] {
            day = dispute(place, paidOn: day, amount: &amount, into: &records)
        }
        let isInParts = random.uniform() < Behaviour.partialPayment[grade]
        let share = random.uniform(from: 0.3, to: 0.8)
        let wait = 8 + Int32(random.exponential(mean: 14))
        let asks = random.uniform() < 0.35
        if asks { promise(place, grade: grade, paidOn: day, amount: amount, into: &records) }
        guard amount > 0 else { return }
        guard isInParts, day < lastDay, amount > 1 else {
            append(Part(day: day, invoice: place, amount: amount), to: &parts)
            return
        }
        let first = min(amount - 1, max(1, Int64(Double(amount) * share)))
        append(Part(day: day, invoice: place, amount: first), to: &parts)
        append(
            Part(day: min(lastDay, day + wait), invoice: place, amount: amount - first), to: &parts)
    }

    /// A part counts if it comes before default and is known by the last day.
    private func append(_ part: Part, to parts: inout [Part]) {
        guard part.day < history.failed ?? .max, part.day <= calendar.end else { return }
        parts.append(part)
    }

    private mutating func paymentDay(of invoice: TradeRecords.Invoice, grade: Int) -> Int32 {
        var delay =
            Behaviour.delay[grade] + member.lateness
            + random.normal(standardDeviation: Behaviour.delaySpread[grade])
        if random.uniform() < Behaviour.forgetting[grade] { delay += random.exponential(mean: 15) }
        if let failed = history.failed {
            let left = min(Behaviour.distress, max(0, failed - invoice.due))
            delay += Behaviour.distressDelay * (1 - Double(left) / Double(Behaviour.distress))
        }
        let latest = Double(Behaviour.longestDelay)
        let day = max(invoice.issued + 1, invoice.due + Int32(min(latest, delay).rounded()))
        let run = member.daysBetweenRuns
        let after = (day + Int32(member.number % 14)) % run
        let aligned = after == 0 ? day : day + run - after
        return aligned <= invoice.due + Behaviour.longestDelay ? aligned : day
    }

    /// Disputes an invoice that is not paid yet, and says when what is left of it is paid.
    private mutating func dispute(
        _ place: Int, paidOn day: Int32, amount: inout Int64, into records: inout TradeRecords
    ) -> Int32 {
        let invoice = records.invoices[place]
        let from = invoice.issued + 2 + Int32(random.integer(below: 20))
        let outcome = random.uniform()
        let length = 8 + Int32(random.exponential(mean: 18))
        let share = random.uniform(from: 0.1, to: 0.6)
        let pause = 2 + Int32(random.integer(below: 12))
        guard from < day, from <= calendar.end, from < history.failed ?? .max else { return day }
        // A dispute that lasts beyond ninety days past due ends with the invoice being withdrawn. Only who names
        // invoices gets something back: by oldest first a disputed one would count as paid, and another as late.
        let isWithdrawn = member.namesInvoices && outcome < 0.12
        let latest = invoice.due + Behaviour.longestDelay
        let to = isWithdrawn ? from + 60 + 4 * length : min(from + length, max(from + 1, latest - 15))
        records.invoices[place].disputedFrom = from
        if to <= calendar.end { records.invoices[place].disputedTo = to }
        let isUpheld = member.namesInvoices && outcome < 0.45
        let credited = isWithdrawn ? amount : isUpheld ? Int64(Double(amount) * share) : 0
        if credited > 0, to < history.failed ?? .max {
            if to <= calendar.end {
                records.creditNotes.append(.init(day: to, amount: credited, invoice: place))
            }
            amount -= credited
        }
        return max(day, min(max(to + 1, latest), to + pause))
    }

    /// A promise to pay an invoice that is late, kept or broken.
    private mutating func promise(
        _ place: Int, grade: Int, paidOn day: Int32, amount: Int64, into records: inout TradeRecords
    ) {
        let invoice = records.invoices[place]
        let made = invoice.due + 8 + Int32(random.integer(below: 12))
        let isKept = random.uniform() < Behaviour.keepingPromises[grade]
        let slack = Int32(random.integer(below: 4))
        let share = random.uniform(from: 0.2, to: 0.8)
        let hope = 7 + Int32(random.integer(below: 14))
        guard amount > 0, made < day, made <= calendar.end, made < history.failed.map({ $0 + 30 }) ?? .max,
            invoice.disputedFrom == nil
        else { return }
        let isPaid = day < history.failed ?? .max
        let payBy =
            !isPaid ? made + hope : isKept ? day + slack : made + max(1, Int32(Double(day - made) * share))
        // A promise for the day before payment is broken, for the day itself it is not.
        let broken = isPaid && !isKept ? min(payBy, day - 1) : payBy
        records.promises.append(
            .init(invoice: place, made: made, payBy: max(made, broken), amount: amount))
    }

    /// Enters a part, in the payment of the same day if there is one.
    private func book(_ part: Part, into records: inout TradeRecords) {
        if let last = records.payments.last, last.day == part.day {
            records.payments[records.payments.count - 1].amount += part.amount
        } else {
            records.payments.append(.init(day: part.day, amount: part.amount))
        }
        guard member.namesInvoices else { return }
        records.allocations.append(
            .init(payment: records.payments.count - 1, invoice: part.invoice, amount: part.amount))
    }

    /// The day on which the plain definition of default would find what is owed late enough, and enough of it, by the
    /// level of the rate; nothing if that never comes.
    private func pastDueDay(_ open: [Int64], _ total: Int64, _ invoices: [TradeRecords.Invoice]) -> Int32? {
        let definition = DefaultDefinition.tradeCredit
        let least = max(
            Int64(definition.relativeMateriality * Double(total)),
            member.currency.minorUnits(ofBase: definition.absoluteMateriality))
        let wait = Int32(definition.daysPastDue) + 1
        var late = invoices.indices.filter { open[$0] > 0 }.compactMap {
            place -> (day: Int32, amount: Int64)? in
            let invoice = invoices[place]
            if invoice.disputedFrom != nil, invoice.disputedTo == nil { return nil }
            return (max(invoice.due + wait, invoice.disputedTo ?? .min), open[place])
        }
        late.sort { $0.day < $1.day }
        var sum: Int64 = 0
        for item in late {
            sum += item.amount
            if sum > least { return item.day }
        }
        return nil
    }

    /// Lets those who pay on account pay too much now and then, and as much less the next time.
    ///
    /// Who names invoices pays what they say. All that was paid by any day is at least what it would have been, so
    /// nothing gets later.
    ///
    /// - Returns: What was paid too much in the end, in minor units.
    private mutating func overpay(_ records: inout TradeRecords) -> Int64 {
        guard !member.namesInvoices else { return 0 }
        var draws = random.stream("overpayments")
        var surplus: Int64 = 0
        var payments: [TradeRecords.Payment] = []
        payments.reserveCapacity(records.payments.count)
        for payment in records.payments {
            let used = min(surplus, payment.amount)
            let extra = draws.uniform(from: 0.02, to: 1) * Double(payment.amount)
            let isTooMuch = draws.uniform() < Behaviour.overpaying
            let more = isTooMuch ? max(1, Int64(extra)) : 0
            surplus += more - used
            let amount = payment.amount - used + more
            if amount > 0 { payments.append(.init(day: payment.day, amount: amount)) }
        }
        records.payments = payments
        return surplus
    }

    /// Adds up what is open at default, and what comes back of it months later: all of it if the default is cured, else
    /// perhaps a little, for the oldest invoices first.
    private mutating func recover(_ parts: [Part], surplus: Int64, into records: inout TradeRecords) {
        guard let failed = history.failed else { return }
        var open = records.invoices.map(\.amount)
        for part in parts { open[part.invoice] -= part.amount }
        for note in records.creditNotes { open[note.invoice] -= note.amount }
        let total = max(0, open.reduce(0, +) - surplus)
        records.openAtDefault = (total, pastDueDay(open, total, records.invoices))
        let later = failed + 200 + Int32(random.integer(below: 300))
        let part = random.uniform(from: 0.05, to: 0.35)
        let isPartPaid = random.uniform() < 0.4
        let day = history.cure?.paidUp ?? later
        guard isPartPaid || history.cure != nil, total > 0, day <= calendar.end else { return }
        var rest = history.cure == nil ? Int64(Double(total) * part) : total
        guard rest > 0 else { return }
        let payment = records.payments.count
        records.payments.append(.init(day: day, amount: rest))
        guard member.namesInvoices else { return }
        for place in records.invoices.indices where open[place] > 0 && rest > 0 {
            let part = min(rest, open[place])
            records.allocations.append(.init(payment: payment, invoice: place, amount: part))
            rest -= part
        }
    }
}
