import Ledger
import Vocabulary

/// Sweeps obligors one after the other and hands out their quantities; keeps its memory from one to the next.
struct ObligorSweep: Sendable {
    private let grid: AsOfGrid
    private let rates: AsOfRates
    private let currencies: Int
    private let readsCapital: Bool
    private var receivables: ReceivablesSweep
    private var dealings: DealingsSweep
    private var records: RecordsSweep
    private var history = ObligorHistory()
    /// The first amount for which no rate was known.
    private(set) var gap: RateGap?

    init(_ grid: AsOfGrid, _ rates: AsOfRates, currencies: Int, plan: QuantityPlan) {
        self.grid = grid
        self.rates = rates
        self.currencies = currencies
        let windows = plan.windows
        readsCapital = plan.slots[.standing(.capital)] != nil
        receivables = ReceivablesSweep(windows, count: grid.count)
        dealings = DealingsSweep(windows, count: grid.count)
        records = RecordsSweep(windows, count: grid.count)
    }

    /// Reads an obligor's records, once.
    mutating func run(_ history: ObligorHistory) {
        self.history = history
        receivables.run(history, grid, rates, currencies: currencies, gap: &gap)
        dealings.run(history, grid, rates, gap: &gap)
        // A rate is asked for only where the amount is: nobody's capital is in the way of other features.
        let firstCapital = readsCapital ? firstKnown : grid.count
        records.run(history, grid, rates, capitalFrom: firstCapital, gap: &gap)
    }

    /// The first as-of date by which the obligor is known; the number of dates if none is.
    var firstKnown: Int { grid.first(onOrAfter: history.known) }

    /// Whether the obligor is in default as of a date.
    func isInDefault(_ asOf: Int) -> Bool { records.isInDefault[asOf] }

    /// What other obligors' features need of this one.
    func state(_ asOf: Int) -> ObligorState {
        let paid = receivables.paid.sums(.m12, at: asOf)
        let open = receivables.open[asOf]
        let overdue60 = open[OpenFigure.pastDue60.lane] + open[OpenFigure.pastDue90.lane]
        let overdue30 =
            overdue60 + open[OpenFigure.pastDue180.lane] + open[OpenFigure.pastDueBeyond.lane]
        return ObligorState(
            isKnown: asOf >= firstKnown, isInDefault: records.isInDefault[asOf],
            enteredDefault: records.enteredDefault[asOf], paid: paid[PaymentSum.amount.lane],
            delay: paid[PaymentSum.delay.lane], late: paid[PaymentSum.lateAmount.lane],
            index: paid[PaymentSum.index.lane], open: open[OpenFigure.amount.lane],
            overdue: overdue30 + open[OpenFigure.pastDue30.lane], overdue30: overdue30,
            score: records.bureau[asOf][BureauFigure.score.lane])
    }

    /// Writes a quantity of the obligor itself to a column, one row for each as-of date given.
    func write(
        _ quantity: Quantity, to column: Int, of block: inout QuantityBlock, from row: Int, at dates: [Int]
    ) {
        func fill(_ value: (Int) -> Double) {
            for (offset, asOf) in dates.enumerated() { block[column, row + offset] = value(asOf) }
        }
        switch quantity {
        case .paid(let sum, let window): fill { receivables.paid.sums(window, at: $0)[sum.lane] }
        case .due(let sum, let window): fill { receivables.due.sums(window, at: $0)[sum.lane] }
        case .billed(let sum, let window): fill { receivables.billed.sums(window, at: $0)[sum.lane] }
        case .disputed(let sum, let window): fill { receivables.disputed.sums(window, at: $0)[sum.lane] }
        case .credited(let sum, let window): fill { receivables.credited.sums(window, at: $0)[sum.lane] }
        case .ordered(let sum, let window): fill { dealings.ordered.sums(window, at: $0)[sum.lane] }
        case .promised(let sum, let window): fill { dealings.promised.sums(window, at: $0)[sum.lane] }
        case .events(let kind, let window):
            let lane = kind.lane
            fill { records.events.sums(window, at: $0)[lane] }
        case .sinceEvent(let kind):
            let lane = kind.lane
            fill { since(records.lastEvent[$0][lane], $0) }
        case .peak(.delay, let window): fill { receivables.peakDelay.value(window, at: $0) }
        case .peak(.invoice, let window): fill { receivables.peakInvoice.value(window, at: $0) }
        case .open(let figure): fill { receivables.open[$0][figure.lane] }
        case .monthly(let series, let figure):
            fill { months(series, at: $0)?[figure] ?? .nan }
        case .standing(let figure): fill { standing(figure, $0) }
        case .statement(let item, .latest): fill { records.latest[$0][item.lane] }
        case .statement(let item, .prior): fill { records.prior[$0][item.lane] }
        case .filing(let figure): fill { records.filing[$0][figure.lane] }
        case .bureau(let figure): fill { records.bureau[$0][figure.lane] }
        case .defaults(let figure): fill { records.defaults[$0][figure.lane] }
        case .graded(let figure): fill { records.graded[$0][figure.lane] }
        case .others, .links, .place, .invoice: break
        }
    }

    /// Days from a day to an as-of date; NaN for none.
    private func since(_ day: CalendarDay?, _ asOf: Int) -> Double {
        since(day?.daysSince1970 ?? .max, asOf)
    }

    /// Days from a day to an as-of date; NaN for none.
    private func since(_ day: Int32, _ asOf: Int) -> Double {
        day == .min || day == .max || day > grid.days[asOf]
            ? .nan : Double(Int(grid.days[asOf]) - Int(day))
    }

    private func months(_ series: MonthlySeries, at asOf: Int) -> MonthlyFigures? {
        switch series {
        case .orders: dealings.orderFigures[asOf]
        case .billing: receivables.billing[asOf]
        case .balance: receivables.balances[asOf]
        }
    }

    /// The obligor's own record, if it is known by then: an invoice may be known before.
    private func obligor(_ asOf: Int) -> Obligor? { asOf >= firstKnown ? history.obligor : nil }

    private func standing(_ figure: StandingFigure, _ asOf: Int) -> Double {
        switch figure {
        case .sinceOnboarded: since(obligor(asOf)?.onboarded, asOf)
        case .sinceFounded: since(obligor(asOf)?.founded, asOf)
        case .sinceFirstInvoice: since(receivables.firstInvoice[asOf], asOf)
        case .sinceLastInvoice: since(receivables.lastInvoice[asOf], asOf)
        case .sinceLastPayment: since(receivables.lastPayment[asOf], asOf)
        case .sinceLastOrder: since(dealings.lastOrder[asOf], asOf)
        case .sinceBrokenPromise: since(dealings.lastBroken[asOf], asOf)
        case .sinceDispute: since(receivables.lastDispute[asOf], asOf)
        case .employees: obligor(asOf)?.employees.map(Double.init) ?? .nan
        case .capital: records.capital[asOf]
        case .limit: records.contracts[asOf].limit
        case .limitYearBefore: records.contracts[asOf].limitYearBefore
        case .termsDays: records.contracts[asOf].terms
        case .sinceContract: records.contracts[asOf].sinceSigned
        case .contracts: records.contracts[asOf].count
        case .openOrders: dealings.openOrders[asOf]
        }
    }
}

/// What other obligors' features need of an obligor, as of a date.
struct ObligorState: Sendable {
    var isKnown: Bool
    var isInDefault: Bool
    var enteredDefault: Bool
    var paid: Double
    var delay: Double
    var late: Double
    var index: Double
    var open: Double
    var overdue: Double
    var overdue30: Double
    var score: Double
}
