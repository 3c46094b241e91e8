import Ledger
import Parallelism
import Vocabulary

/// Reads obligors' records from a ledger into the form that the sweep reads, as they are seen on one late day, the
/// horizon.
///
/// Every record keeps the day on which it became known, and the sweep holds it back until then. Allocations and times
/// in default are the ledger's own, which say of every change when it became known.
struct HistoryReader: Sendable {
    /// The currencies that amounts may be in, the base currency first.
    let currencies: [Currency]
    /// Minor units in a major unit of the base currency.
    let minorUnits: Double
    /// The last day that is looked at.
    let horizon: AsOf

    var ledger: TradeLedger
    let exchange: ExchangeRates
    private let definition: DefaultDefinition
    private let memberships: [Circle: Membership]
    private let factors: DailyFactors

    /// Who belongs where: for each obligor the number of its circle, or −1.
    struct Membership: Sendable {
        var codes: [Int32] = []
        var levels: [String] = []
    }

    /// - Parameters:
    ///   - definition: What counts as default.
    ///   - horizon: The last day that is looked at.
    ///   - rateAge: How many days an exchange rate holds.
    init(
        _ ledger: TradeLedger, _ definition: DefaultDefinition, horizon: CalendarDay, rateAge: Int,
        workers: Workers
    ) {
        self.ledger = ledger
        self.definition = definition
        self.horizon = AsOf(horizon)
        exchange = ledger.exchangeRates(maximumAge: rateAge)
        let others = ledger.currencies(asOf: self.horizon, workers: workers).subtracting([ledger.baseCurrency]
        )
        currencies = [ledger.baseCurrency] + others.sorted()
        factors = DailyFactors(exchange, of: currencies, on: ledger.span)
        minorUnits = Double(ledger.baseCurrency.minorUnitsPerMajor)
        memberships = Self.memberships(ledger)
    }

    /// Number of obligors.
    var obligorCount: Int { ledger.obligorCount }

    /// What the ledger calls an obligor.
    func name(of obligor: Int) -> String { ledger.id(ofObligor: obligor).text }

    /// What the ledger calls an invoice, by its position among the obligor's.
    func invoiceName(_ position: Int, of obligor: Int) -> String {
        let invoices = ledger.view(of: obligor, asOf: horizon).invoices
        return ledger.id(ofInvoice: invoices.startIndex + position)
    }

    /// Who belongs to which circle.
    func membership(_ circle: Circle) -> Membership { memberships[circle] ?? Membership() }

    /// The first day on which an obligor became known.
    var firstKnown: CalendarDay? {
        (0..<obligorCount).compactMap { ledger.view(of: $0, asOf: AsOf(.never)).obligor?.known }.min()
    }

    private static func memberships(_ ledger: TradeLedger) -> [Circle: Membership] {
        var found: [Circle: Membership] = [:]
        for circle in Circle.allCases {
            var membership = Membership()
            var numbers: [String: Int32] = [:]
            for place in 0..<ledger.obligorCount {
                let obligor = ledger.view(of: place, asOf: AsOf(.never)).obligor
                let label =
                    switch circle {
                    case .industry: obligor?.industry
                    case .region: obligor?.region
                    case .group: obligor?.group
                    }
                guard let label else {
                    membership.codes.append(-1)
                    continue
                }
                let number = numbers[label] ?? Int32(membership.levels.count)
                if numbers.updateValue(number, forKey: label) == nil { membership.levels.append(label) }
                membership.codes.append(number)
            }
            found[circle] = membership
        }
        return found
    }
}

extension HistoryReader {
    /// The records of an obligor.
    ///
    /// - Throws: ``FeatureError/missingRate(currency:base:day:)``.
    func history(of obligor: Int) throws(FeatureError) -> ObligorHistory {
        let view = ledger.view(of: obligor, asOf: horizon)
        let allocation = view.allocationHistory()
        var history = ObligorHistory()
        history.allocation = allocation
        try readInvoices(view, into: &history)
        try readMovements(allocation, view, into: &history)
        try readOrders(view, into: &history)
        readRecords(view, into: &history)
        do throws(LedgerError) {
            history.spells = try ledger.defaultHistory(
                of: obligor, by: definition, rates: exchange, asOf: horizon, allocation: allocation
            ).spells(asOf: horizon)
        } catch {
            throw FeatureError(error)
        }
        return history
    }

    private func readInvoices(_ view: ObligorView, into history: inout ObligorHistory) throws(FeatureError) {
        history.firstInvoice = Int32(view.invoices.startIndex)
        history.invoices = try valued(view.invoices, { $0.amount }, { $0.issued })
        history.payments = view.payments.map { Valued(record: $0, amount: money($0.amount)) }
        history.creditNotes = try valued(view.creditNotes, { $0.amount }, { $0.issued })
        history.promises = try valued(view.promises, { $0.amount }, { $0.made })
    }

    private func readMovements(
        _ allocation: AllocationHistory, _ view: ObligorView, into history: inout ObligorHistory
    ) throws(FeatureError) {
        let invoices = view.invoices
        let movements = allocation.movements(asOf: horizon)
        history.movements.reserveCapacity(movements.count)
        for movement in movements {
            let invoice = invoices[Int(movement.invoice)]
            let amount = Amount(minorUnits: movement.minorUnits, currency: invoice.amount.currency)
            history.movements.append(
                ObligorHistory.Movement(
                    known: movement.known.daysSince1970, day: movement.day.daysSince1970,
                    invoice: movement.invoice - Int32(invoices.startIndex), source: movement.sourcePlace,
                    amount: Double(movement.minorUnits), base: try base(amount, on: movement.day),
                    isPayment: movement.source == .payment))
        }
    }

    /// The number of a currency.
    func slot(_ currency: Currency) -> CurrencySlot {
        if currency == ledger.baseCurrency { return .base }
        // There are few.
        return CurrencySlot(index: currencies.firstIndex(of: currency) ?? 0)
    }

    /// An amount in minor units of the base currency at the rate that was known on a day, in whole units.
    func base(_ amount: Amount, on day: CalendarDay) throws(FeatureError) -> Double {
        if amount.currency == ledger.baseCurrency { return Double(amount.minorUnits) }
        if let place = currencies.firstIndex(of: amount.currency),
            let factor = factors.factor(of: CurrencySlot(index: place), on: day)
        {
            return ExchangeRates.whole(amount, times: factor)
        }
        do throws(LedgerError) {
            return try exchange.transaction(amount, on: day)
        } catch {
            throw FeatureError(error)
        }
    }

    /// Rates on as-of dates; those that are not known are gaps.
    func rates(on grid: AsOfGrid) -> AsOfRates {
        var factors: [Double] = []
        for currency in currencies {
            for number in grid.days {
                let day = CalendarDay(daysSince1970: number)
                factors.append((try? exchange.factor(of: currency, on: day, asOf: AsOf(day))) ?? .nan)
            }
        }
        return AsOfRates(factors: factors, count: grid.count)
    }

    /// The supply links of all obligors, as those on one side see them.
    func links(on side: LinkSide) -> LinkTable {
        var links: [(obligor: Int, link: LinkTable.Link)] = []
        for obligor in 0..<obligorCount {
            let view = ledger.view(of: obligor, asOf: horizon)
            for record in side == .buyers ? view.linksToBuyers : view.linksToSuppliers {
                let link = Valued(record: record, amount: money(record.exposure))
                links.append(
                    (
                        obligor,
                        LinkTable.Link(link, neighbour: side == .buyers ? record.buyer : record.supplier)
                    )
                )
            }
        }
        return LinkTable(links, obligors: obligorCount)
    }
}

extension FeatureError {
    /// What the ledger says is missing.
    init(_ error: LedgerError) {
        if case .missingRate(let currency, let base, let day) = error {
            self = .missingRate(currency: currency, base: base, day: day)
        } else {
            self = .ledger(error)
        }
    }
}
