import Ledger
import Vocabulary

/// Sweeps an obligor's invoices and what was paid or credited on them, once, for all as-of dates.
///
/// At every as-of date it reads the records that became known since the one before and writes to that date and later
/// ones only, so that nothing can reach a date by which it was not known. Cost: linear in the records, plus the open
/// invoices at each date.
struct ReceivablesSweep: Sendable {
    typealias Lanes = SIMD16<Double>
    typealias Four = SIMD4<Double>

    private(set) var paid: WindowSums<Lanes>
    private(set) var due: WindowSums<Four>
    private(set) var billed: WindowSums<Four>
    private(set) var disputed: WindowSums<Four>
    private(set) var credited: WindowSums<Four>
    private(set) var peakDelay: WindowPeaks
    private(set) var peakInvoice: WindowPeaks
    /// By as-of date.
    private(set) var billing: [MonthlyFigures?] = []
    private(set) var balances: [MonthlyFigures?] = []
    /// By as-of date, lanes as in ``OpenFigure``.
    private(set) var open: [Lanes] = []
    /// By as-of date, the days of the first invoice, the last invoice, the last payment and the last dispute.
    private(set) var firstInvoice: [Int32] = []
    private(set) var lastInvoice: [Int32] = []
    private(set) var lastPayment: [Int32] = []
    private(set) var lastDispute: [Int32] = []

    private var billingMonths = MonthlyBins()
    private var balanceMonths = MonthlyBins()
    /// Of each invoice: what is open, in its currency, and in base currency at the rate of the day of issue.
    private var remaining: [Double] = []
    private var balance: [Double] = []
    /// Of each invoice: what was paid or credited by its due day, in its currency.
    private var onTime: [Double] = []
    private var openInvoices: [Int32] = []
    private var isListed: [Bool] = []
    /// What each source has with each invoice, and the last such link of every invoice; −1 for none.
    private var links: [Link] = []
    private var lastLink: [Int32] = []
    private let points = PaymentIndex.table
    /// By currency: what is not set against an invoice.
    private var unallocated: [Double] = []

    /// What a payment or credit note has with an invoice.
    private struct Link {
        let source: Int32
        let isPayment: Bool
        var amount: Double
        var leftRest: Bool
        let previous: Int32
    }

    init(_ windows: WindowPlan, count: Int) {
        paid = WindowSums(windows: windows.paid, count: count)
        due = WindowSums(windows: windows.due, count: count)
        billed = WindowSums(windows: windows.billed, count: count)
        disputed = WindowSums(windows: windows.disputed, count: count)
        credited = WindowSums(windows: windows.credited, count: count)
        peakDelay = WindowPeaks(windows: windows.peakDelay, count: count)
        peakInvoice = WindowPeaks(windows: windows.peakInvoice, count: count)
    }

    /// Reads an obligor.
    mutating func run(
        _ history: ObligorHistory, _ grid: AsOfGrid, _ rates: AsOfRates, currencies: Int, gap: inout RateGap?
    ) {
        reset(history, count: grid.count, currencies: currencies)
        var nextInvoice = 0
        var nextMovement = 0
        var nextNote = 0
        var nextPayment = 0
        for asOf in 0..<grid.count {
            let today = grid.days[asOf]
            while nextInvoice < history.invoices.count, history.invoices[nextInvoice].known <= today {
                read(history.invoices[nextInvoice], nextInvoice, asOf, grid)
                nextInvoice += 1
            }
            while nextMovement < history.movements.count, history.movements[nextMovement].known <= today {
                read(history.movements[nextMovement], of: history.invoices, asOf, grid)
                nextMovement += 1
            }
            while nextNote < history.creditNotes.count, history.creditNotes[nextNote].known <= today {
                let note = history.creditNotes[nextNote]
                credited.add(
                    Four(1, note.base, 0, 0), on: note.record.issued.daysSince1970, knownAt: asOf, grid)
                unallocated[note.amount.currency.index] += note.amount.amount
                nextNote += 1
            }
            while nextPayment < history.payments.count, history.payments[nextPayment].known <= today {
                let payment = history.payments[nextPayment]
                unallocated[payment.amount.currency.index] += payment.amount.amount
                Self.mark(payment.record.paid.daysSince1970, in: &lastPayment, asOf, grid)
                nextPayment += 1
            }
            snapshot(history.invoices, asOf, today, rates, &gap)
            let lastMonth = grid.lastCompleteMonths[asOf]
            billing.append(billingMonths.figures(lastMonth: lastMonth))
            balances.append(balanceMonths.figuresOfTotals(lastMonth: lastMonth))
        }
        finish()
    }

    private mutating func reset(_ history: ObligorHistory, count: Int, currencies: Int) {
        paid.reset()
        due.reset()
        billed.reset()
        disputed.reset()
        credited.reset()
        peakDelay.reset()
        peakInvoice.reset()
        billingMonths.reset()
        balanceMonths.reset()
        billing.removeAll(keepingCapacity: true)
        balances.removeAll(keepingCapacity: true)
        open = [Lanes](repeating: .zero, count: count)
        firstInvoice = [Int32](repeating: .max, count: count)
        lastInvoice = [Int32](repeating: .min, count: count)
        lastPayment = [Int32](repeating: .min, count: count)
        lastDispute = [Int32](repeating: .min, count: count)
        remaining = history.invoices.map(\.amount.amount)
        balance = history.invoices.map(\.base)
        onTime = [Double](repeating: 0, count: history.invoices.count)
        openInvoices.removeAll(keepingCapacity: true)
        isListed = [Bool](repeating: false, count: history.invoices.count)
        links.removeAll(keepingCapacity: true)
        lastLink = [Int32](repeating: -1, count: history.invoices.count)
        unallocated = [Double](repeating: 0, count: currencies)
    }

    private mutating func read(
        _ invoice: Valued<Invoice>, _ index: Int, _ asOf: Int, _ grid: AsOfGrid
    ) {
        let given = invoice.base * Double(Int(invoice.due) - Int(invoice.issued))
        billed.add(Four(invoice.base, 1, given, 0), on: invoice.issued, knownAt: asOf, grid)
        due.add(Four(invoice.base, 1, 0, 0), on: invoice.due, knownAt: asOf, grid)
        peakInvoice.add(invoice.base, on: invoice.issued, knownAt: asOf, grid)
        billingMonths.add(invoice.base, month: grid.monthOffset(of: invoice.issued))
        balanceMonths.add(invoice.base, month: grid.monthOffset(of: invoice.known))
        Self.mark(invoice.issued, in: &lastInvoice, asOf, grid)
        let first = max(asOf, grid.first(onOrAfter: invoice.issued))
        if first < grid.count { firstInvoice[first] = min(firstInvoice[first], invoice.issued) }
        openInvoices.append(Int32(index))
        isListed[index] = true
        guard invoice.disputedFrom != ObligorHistory.never else { return }
        disputed.add(Four(1, invoice.base, 0, 0), on: invoice.disputedFrom, knownAt: asOf, grid)
        Self.mark(invoice.disputedFrom, in: &lastDispute, asOf, grid)
        guard invoice.disputedTo != ObligorHistory.never else { return }
        let length = Double(Int(invoice.disputedTo) - Int(invoice.disputedFrom))
        disputed.add(Four(0, 0, 1, length), on: invoice.disputedTo, knownAt: asOf, grid)
    }

    private mutating func read(
        _ movement: ObligorHistory.Movement, of invoices: [Valued<Invoice>], _ asOf: Int,
        _ grid: AsOfGrid
    ) {
        let index = Int(movement.invoice)
        let invoice = invoices[index]
        remaining[index] -= movement.amount
        unallocated[invoice.amount.currency.index] -= movement.amount
        if !isListed[index], remaining[index] != 0 {
            openInvoices.append(movement.invoice)
            isListed[index] = true
        }
        let left = invoice.base(ofPart: remaining[index])
        balanceMonths.add(left - balance[index], month: grid.monthOffset(of: movement.known))
        balance[index] = left
        if movement.day <= invoice.due {
            // At the rate of the invoice, so that one that is paid in full on time comes to itself.
            let before = invoice.base(ofPart: onTime[index])
            onTime[index] += movement.amount
            let change = invoice.base(ofPart: onTime[index]) - before
            due.add(Four(0, 0, change, 0), on: invoice.due, knownAt: asOf, grid)
        }
        let change = follow(movement)
        guard movement.isPayment else { return }
        let delay = Int(movement.day) - Int(invoice.due)
        let days = Double(delay)
        let amount = movement.base
        let isLate = delay > 0
        let given = Double(Int(invoice.due) - Int(invoice.issued))
        paid.add(
            Lanes(
                amount, amount * days, change.count, change.count * days, change.count * days * days,
                isLate ? change.count : 0, isLate ? amount : 0, delay > 30 ? amount : 0,
                delay < 0 ? amount : 0, amount * given, amount * points[min(max(delay, -40), 130) + 40],
                change.partial, 0, 0, 0, 0),
            on: movement.day, knownAt: asOf, grid)
        peakDelay.add(days, on: movement.day, knownAt: asOf, grid)
    }

    /// Adds a movement to what its source has with its invoice.
    ///
    /// - Returns: The change of the number of payments that are with invoices, and of those that left a rest.
    private mutating func follow(_ movement: ObligorHistory.Movement) -> (count: Double, partial: Double) {
        let index = Int(movement.invoice)
        let leavesRest = remaining[index] > 0
        var place = lastLink[index]
        while place >= 0 {
            let link = links[Int(place)]
            if link.source == movement.source, link.isPayment == movement.isPayment { break }
            place = link.previous
        }
        if place < 0 {
            links.append(
                Link(
                    source: movement.source, isPayment: movement.isPayment, amount: 0, leftRest: false,
                    previous: lastLink[index]))
            place = Int32(links.count - 1)
            lastLink[index] = place
        }
        let before = links[Int(place)]
        links[Int(place)].amount += movement.amount
        let (was, isNow) = (before.amount != 0, links[Int(place)].amount != 0)
        if isNow, !was { links[Int(place)].leftRest = leavesRest }
        let partial = links[Int(place)].leftRest ? 1.0 : 0.0
        if was == isNow { return (0, 0) }
        return isNow ? (1, partial) : (-1, -partial)
    }

    /// Figures of the invoices that are open.
    private mutating func snapshot(
        _ invoices: [Valued<Invoice>], _ asOf: Int, _ today: Int32, _ rates: AsOfRates,
        _ gap: inout RateGap?
    ) {
        openInvoices.removeAll { position in
            let isSettled = remaining[Int(position)] == 0
            if isSettled { isListed[Int(position)] = false }
            return isSettled
        }
        var lanes = Lanes.zero
        for position in openInvoices {
            let index = Int(position)
            let invoice = invoices[index]
            let money = ObligorHistory.Money(amount: remaining[index], currency: invoice.amount.currency)
            let amount = rates.base(money, at: asOf, gap: &gap)
            let overdue = max(0, Int(today) - Int(invoice.due))
            lanes[OpenFigure.amount.lane] += amount
            lanes[OpenFigure.bucket(daysPastDue: overdue).lane] += amount
            lanes[OpenFigure.count.lane] += 1
            if overdue > 0 { lanes[OpenFigure.overdueCount.lane] += 1 }
            if invoice.disputedFrom <= today, invoice.disputedTo > today {
                lanes[OpenFigure.disputed.lane] += amount
            }
            lanes[OpenFigure.delay.lane] += amount * Double(overdue)
            lanes[OpenFigure.oldest.lane] = max(lanes[OpenFigure.oldest.lane], Double(overdue))
            lanes[OpenFigure.largest.lane] = max(lanes[OpenFigure.largest.lane], amount)
            lanes[OpenFigure.squares.lane] += amount * amount
        }
        for (index, amount) in unallocated.enumerated() where amount != 0 {
            let money = ObligorHistory.Money(amount: amount, currency: CurrencySlot(index: index))
            lanes[OpenFigure.credit.lane] += rates.base(money, at: asOf, gap: &gap)
        }
        open[asOf] = lanes
    }

    /// Notes a day at the first as-of date that may know it.
    static func mark(_ day: Int32, in days: inout [Int32], _ asOf: Int, _ grid: AsOfGrid) {
        let first = max(asOf, grid.first(onOrAfter: day))
        if first < days.count { days[first] = max(days[first], day) }
    }

    private mutating func finish() {
        paid.finish()
        due.finish()
        billed.finish()
        disputed.finish()
        credited.finish()
        for asOf in open.indices.dropFirst() {
            firstInvoice[asOf] = min(firstInvoice[asOf], firstInvoice[asOf - 1])
            lastInvoice[asOf] = max(lastInvoice[asOf], lastInvoice[asOf - 1])
            lastPayment[asOf] = max(lastPayment[asOf], lastPayment[asOf - 1])
            lastDispute[asOf] = max(lastDispute[asOf], lastDispute[asOf - 1])
        }
    }
}
