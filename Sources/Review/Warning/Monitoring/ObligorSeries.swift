import Ledger
import Vocabulary

/// What the monitors see of one obligor: facts in the order of the days on which they became known.
///
/// Made from the whole ledger, but every fact carries the day from which it may be used, and no fact as of a day
/// depends on what became known later.
struct ObligorSeries: Sendable {
    /// An invoice.
    struct Item: Sendable {
        let known: CalendarDay
        let due: CalendarDay
        /// The first day on which nothing of it was open; `never` if that has not come.
        var settled: CalendarDay
        /// The day on which it was first disputed, or `never`.
        let disputed: CalendarDay
    }

    /// A limit of a contract, in minor units of the base currency.
    struct Limit: Sendable {
        let known: CalendarDay
        let from: CalendarDay
        let amount: Double
        let contract: Contract
    }

    private let industry: String
    private let industryKnown: CalendarDay
    /// Its invoices.
    let items: [Item]
    /// Days and amounts of orders in minor units of the base currency.
    let orders: [(day: CalendarDay, amount: Double)]
    /// Changes of what is open, in minor units of the base currency at the rate of the invoice's day.
    let exposure: [(day: CalendarDay, change: Double)]
    let limits: [Limit]
    /// Times in default.
    let spells: [DefaultSpell]

    /// Reads an obligor's records known as of a day.
    init(
        of place: Int, in ledger: TradeLedger, asOf: AsOf, definition: DefaultDefinition, rates: ExchangeRates
    ) throws(LedgerError) {
        let view = ledger.view(of: place, asOf: asOf)
        industry = view.obligor?.industry ?? ""
        industryKnown = view.obligor?.known ?? .never
        let allocation = view.allocationHistory()
        spells = try ledger.defaultHistory(
            of: place, by: definition, rates: rates, asOf: asOf, allocation: allocation
        ).spells(asOf: asOf)
        let invoices = view.invoices
        var items: [Item] = []
        var open: [Int64] = []
        var factors: [Double] = []
        var exposure: [(day: CalendarDay, change: Double)] = []
        items.reserveCapacity(invoices.count)
        for invoice in invoices {
            let factor = try rates.factor(
                of: invoice.amount.currency, on: invoice.known, asOf: AsOf(invoice.known))
            items.append(
                Item(
                    known: invoice.known, due: invoice.due, settled: .never,
                    disputed: invoice.firstDisputed(asOf: asOf) ?? .never))
            open.append(invoice.amount.minorUnits)
            factors.append(factor)
            exposure.append((invoice.known, Double(invoice.amount.minorUnits) * factor))
        }
        for movement in allocation.movements(asOf: asOf) {
            let index = Int(movement.invoice) - invoices.startIndex
            guard open.indices.contains(index) else { continue }
            open[index] = open[index].subtractingReportingOverflow(movement.minorUnits).partialValue
            exposure.append((movement.known, -Double(movement.minorUnits) * factors[index]))
            if open[index] <= 0, items[index].settled == .never { items[index].settled = movement.known }
        }
        self.items = items
        self.exposure = exposure.enumerated().sorted {
            ($0.element.day, $0.offset) < ($1.element.day, $1.offset)
        }
        .map(\.element)
        var orders: [(day: CalendarDay, amount: Double)] = []
        for order in view.orders {
            orders.append((order.known, try rates.transaction(order.amount, on: order.known)))
        }
        self.orders = orders
        var limits: [Limit] = []
        for contract in view.contracts {
            guard let limit = contract.creditLimit else { continue }
            // Contracts may be older than trade, and than exchange rates.
            let day = max(
                contract.known, [items.first?.known, orders.first?.day].compactMap(\.self).min() ?? asOf.day)
            limits.append(
                Limit(
                    known: contract.known, from: contract.validFrom,
                    amount: try rates.transaction(limit, on: min(day, asOf.day)), contract: contract))
        }
        self.limits = limits
    }

    /// The first day of trade, if there was any.
    var firstDay: CalendarDay? {
        [items.first?.known, orders.first?.day].compactMap(\.self).min()
    }

    /// Its line of business as known on a day; empty where unknown.
    func segment(on day: CalendarDay) -> String { industryKnown <= day ? industry : "" }

    /// Whether it is in default on a day.
    func isInDefault(on day: CalendarDay) -> Bool { spells.contains { $0.contains(day) } }

    /// The credit limit in force on a day: that of the latest valid contract; `nil` if none is.
    func limit(on day: CalendarDay) -> Double? {
        let asOf = AsOf(day)
        let valid = limits.filter { asOf.sees($0.known) && $0.contract.isValid(asOf: asOf) }
        guard let latest = valid.max(by: { ($0.from, $0.known) < ($1.from, $1.known) }), latest.amount > 0
        else { return nil }
        return latest.amount
    }
}
