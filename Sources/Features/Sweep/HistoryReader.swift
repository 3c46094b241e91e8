import Ledger
import Vocabulary

/// Reads obligors' records from a ledger into the form that the sweep reads, as they are seen on one late day, the
/// horizon.
///
/// Every record keeps the day on which it became known, and the sweep holds it back until then. Allocations and times in
/// default are the ledger's own, which say of every change when it became known.
struct HistoryReader: Sendable {
    /// The currencies that amounts may be in, the base currency first.
    let currencies: [Currency]
    /// Minor units in a major unit of the base currency.
    let minorUnits: Double
    /// The last day that is looked at.
    let horizon: AsOf

    let ledger: TradeLedger
    let exchange: ExchangeRates
    private let definition: DefaultDefinition
    private let memberships: [Circle: Membership]
    private let slots: [Currency: Int]

    /// Who belongs where: for each obligor the number of its circle, or −1.
    struct Membership: Sendable {
        var codes: [Int32] = []
        var levels: [String] = []
    }

    /// - Parameters:
    ///   - definition: What counts as default.
    ///   - horizon: The last day that is looked at.
    init(_ ledger: TradeLedger, _ definition: DefaultDefinition, horizon: CalendarDay) {
        self.ledger = ledger
        self.definition = definition
        self.horizon = AsOf(horizon)
        exchange = ledger.exchangeRates()
        let others = Self.currencies(ledger, self.horizon).subtracting([ledger.baseCurrency]).sorted()
        currencies = [ledger.baseCurrency] + others
        slots = Dictionary(uniqueKeysWithValues: currencies.enumerated().map { ($1, $0) })
        minorUnits = Double(ledger.baseCurrency.minorUnitsPerMajor)
        memberships = Self.memberships(ledger)
    }

    /// The currencies of all amounts that are read.
    private static func currencies(_ ledger: TradeLedger, _ horizon: AsOf) -> Set<Currency> {
        var found: Set<Currency> = []
        var last = ledger.baseCurrency
        func see(_ currency: Currency?) {
            // Most records are in the currency of the one before.
            guard let currency, currency != last else { return }
            last = currency
            found.insert(currency)
        }
        for place in 0..<ledger.obligorCount {
            let view = ledger.view(of: place, asOf: horizon)
            see(view.obligor?.registeredCapital?.currency)
            for record in view.contracts { see(record.creditLimit?.currency) }
            for record in view.orders { see(record.amount.currency) }
            for record in view.invoices { see(record.amount.currency) }
            for record in view.payments { see(record.amount.currency) }
            for record in view.creditNotes { see(record.amount.currency) }
            for record in view.promises { see(record.amount.currency) }
            for record in view.statements { see(record.currency) }
            for record in view.bureau {
                see(record.taxArrears?.currency)
                see(record.guaranteesGiven?.currency)
            }
            for record in view.linksToBuyers { see(record.exposure?.currency) }
        }
        return found
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
        let allocation = ledger.allocationHistory(of: obligor)
        var history = ObligorHistory()
        try readInvoices(view, into: &history)
        try readMovements(allocation, view, into: &history)
        try readOrders(view, into: &history)
        readRecords(view, into: &history)
        do throws(LedgerError) {
            let defaults = try ledger.defaultHistory(
                of: obligor, by: definition, rates: exchange, asOf: horizon, allocation: allocation)
            history.spells = defaults.spells(asOf: horizon).map { spell in
                ObligorHistory.DefaultSpell(
                    start: spell.start.daysSince1970,
                    end: spell.end?.daysSince1970 ?? ObligorHistory.never)
            }
        } catch {
            throw FeatureError(error)
        }
        return history
    }

    private func readInvoices(_ view: ObligorView, into history: inout ObligorHistory) throws(FeatureError) {
        let invoices = view.invoices
        history.invoices.reserveCapacity(invoices.count)
        for invoice in invoices {
            history.invoices.append(
                ObligorHistory.Invoice(
                    known: invoice.known.daysSince1970, issued: invoice.issued.daysSince1970,
                    due: invoice.due.daysSince1970, amount: money(invoice.amount),
                    base: try base(invoice.amount, on: invoice.issued),
                    disputedFrom: invoice.firstDisputed(asOf: horizon)?.daysSince1970 ?? ObligorHistory.never,
                    disputedTo: invoice.disputeEnded(asOf: horizon)?.daysSince1970 ?? ObligorHistory.never))
        }
        history.payments.reserveCapacity(view.payments.count)
        for payment in view.payments {
            history.payments.append(
                ObligorHistory.Payment(
                    known: payment.known.daysSince1970, paid: payment.paid.daysSince1970,
                    amount: money(payment.amount)))
        }
        for note in view.creditNotes {
            history.creditNotes.append(
                ObligorHistory.CreditNote(
                    known: note.known.daysSince1970, issued: note.issued.daysSince1970,
                    amount: money(note.amount), base: try base(note.amount, on: note.issued)))
        }
        for promise in view.promises {
            let invoice = promise.invoice.map { $0 - Int32(invoices.startIndex) } ?? -1
            history.promises.append(
                ObligorHistory.Promise(
                    known: promise.known.daysSince1970, made: promise.made.daysSince1970,
                    payBy: promise.payBy.daysSince1970, amount: money(promise.amount),
                    base: try base(promise.amount, on: promise.made), invoice: invoice))
        }
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
        currency == ledger.baseCurrency ? .base : CurrencySlot(index: slots[currency] ?? 0)
    }

    /// An amount in minor units of the base currency at the rate that was known on a day, in whole units.
    func base(_ amount: Amount, on day: CalendarDay) throws(FeatureError) -> Double {
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
                links.append(
                    (
                        obligor,
                        LinkTable.Link(
                            known: record.known.daysSince1970, from: record.from.daysSince1970,
                            to: record.ended(asOf: horizon)?.daysSince1970 ?? ObligorHistory.never,
                            neighbour: side == .buyers ? record.buyer : record.supplier,
                            share: record.shareOfTrade ?? .nan, exposure: money(record.exposure))
                    ))
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
