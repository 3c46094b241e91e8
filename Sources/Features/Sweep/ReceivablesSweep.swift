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
    private(set) var billingMonths = MonthlyBins()
    private(set) var balanceMonths = MonthlyBins()
    /// By as-of date, lanes as in ``OpenFigure``.
    private(set) var open: [Lanes] = []
    /// By as-of date, the days of the first invoice, the last invoice, the last payment and the last dispute.
    private(set) var firstInvoice: [Int32] = []
    private(set) var lastInvoice: [Int32] = []
    private(set) var lastPayment: [Int32] = []
    private(set) var lastDispute: [Int32] = []

    /// Of each invoice: what is open, in its currency, and in base currency at the rate of the day of issue.
    private var remaining: [Double] = []
    private var balance: [Double] = []
    private var openInvoices: [Int32] = []
    /// By currency: what is not set against an invoice.
    private var unallocated: [Double] = []

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
        var nextCredit = 0
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
            while nextCredit < history.creditChanges.count, history.creditChanges[nextCredit].known <= today {
                let change = history.creditChanges[nextCredit]
                unallocated[change.amount.currency.index] += change.amount.amount
                nextCredit += 1
            }
            while nextNote < history.creditNotes.count, history.creditNotes[nextNote].known <= today {
                let note = history.creditNotes[nextNote]
                credited.add(Four(1, note.base, 0, 0), on: note.issued, knownAt: asOf, grid)
                nextNote += 1
            }
            while nextPayment < history.payments.count, history.payments[nextPayment].known <= today {
                Self.mark(history.payments[nextPayment].paid, in: &lastPayment, asOf, grid)
                nextPayment += 1
            }
            snapshot(history.invoices, asOf, today, rates, &gap)
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
        open = [Lanes](repeating: .zero, count: count)
        firstInvoice = [Int32](repeating: .max, count: count)
        lastInvoice = [Int32](repeating: .min, count: count)
        lastPayment = [Int32](repeating: .min, count: count)
        lastDispute = [Int32](repeating: .min, count: count)
        remaining = history.invoices.map(\.amount.amount)
        balance = history.invoices.map(\.base)
        openInvoices.removeAll(keepingCapacity: true)
        unallocated = [Double](repeating: 0, count: currencies)
    }

    private mutating func read(
        _ invoice: ObligorHistory.Invoice, _ index: Int, _ asOf: Int, _ grid: AsOfGrid
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
        guard invoice.disputedFrom != ObligorHistory.never else { return }
        disputed.add(Four(1, invoice.base, 0, 0), on: invoice.disputedFrom, knownAt: asOf, grid)
        Self.mark(invoice.disputedFrom, in: &lastDispute, asOf, grid)
        guard invoice.disputedTo != ObligorHistory.never else { return }
        let length = Double(Int(invoice.disputedTo) - Int(invoice.disputedFrom))
        disputed.add(Four(0, 0, 1, length), on: invoice.disputedTo, knownAt: asOf, grid)
    }

    private mutating func read(
        _ movement: ObligorHistory.Movement, of invoices: [ObligorHistory.Invoice], _ asOf: Int,
        _ grid: AsOfGrid
    ) {
        let index = Int(movement.invoice)
        let invoice = invoices[index]
        remaining[index] -= movement.amount
        let left = (invoice.base * (remaining[index] / invoice.amount.amount)).rounded()
        balanceMonths.add(left - balance[index], month: grid.monthOffset(of: movement.known))
        balance[index] = left
        if movement.day <= invoice.due {
            due.add(Four(0, 0, movement.base, 0), on: invoice.due, knownAt: asOf, grid)
        }
        guard movement.isPayment else { return }
        let delay = Int(movement.day) - Int(invoice.due)
        let days = Double(delay)
        let amount = movement.base
        let isLate = delay > 0
        paid.add(
            Lanes(
                amount, amount * days, 1, days, days * days, isLate ? 1 : 0, isLate ? amount : 0,
                delay > 30 ? amount : 0, delay < 0 ? amount : 0,
                amount * Double(Int(invoice.due) - Int(invoice.issued)),
                amount * PaymentIndex.points(delay: delay), remaining[index] > 0 ? 1 : 0, 0, 0, 0, 0),
            on: movement.day, knownAt: asOf, grid)
        peakDelay.add(days, on: movement.day, knownAt: asOf, grid)
    }

    /// Figures of the invoices that are open.
    private mutating func snapshot(
        _ invoices: [ObligorHistory.Invoice], _ asOf: Int, _ today: Int32, _ rates: AsOfRates,
        _ gap: inout RateGap?
    ) {
        openInvoices.removeAll { remaining[Int($0)] == 0 }
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
