import Ledger
import Vocabulary

/// Everything that is drawn of one obligor: from its beginning until it fails or the records end, or from when it comes
/// back after a default.
struct ObligorChapter: Sendable {
    let member: ObligorTraits
    /// Without a cure where nothing was owed.
    let history: CreditHistory
    let trade: TradeRecords
    let events: [EventProcess.Event]
    let reports: [BureauProcess.Report]
    let statements: [StatementProcess.Statement]
    let ratings: [RatingProcess.Rating]
    /// The first day on which default can be seen in the records, be it after their last day.
    let defaultVisible: Int32?
    /// How many events and statements the obligor had before.
    private let earlierEvents: Int
    private let earlierStatements: Int

    /// - Parameter earlier: The chapter before, if this is of an obligor that comes back.
    init(
        _ member: ObligorTraits, _ drawn: CreditHistory, _ economy: EconomyState, invoicesPerYear: Double,
        biases: AnalystBiases, after earlier: ObligorChapter? = nil
    ) {
        self.member = member
        var history = drawn
        var trade = TradeRecords()
        trade.earlier = earlier?.trade.numbers ?? TradeRecords.Numbers()
        earlierEvents = earlier?.events.count ?? 0
        earlierStatements = earlier?.statements.count ?? 0
        var trading = TradingProcess(member, history, economy, invoicesPerYear: invoicesPerYear)
        trading.run(into: &trade)
        var payments = PaymentProcess(member, history, economy)
        payments.run(into: &trade)
        if trade.openAtDefault.amount == 0 { history.cure = nil }
        self.history = history
        var happenings = EventProcess(member, history, economy)
        let events = happenings.run(openAtDefault: trade.openAtDefault.amount)
        var bureaus = BureauProcess(member, history, economy)
        let heard = (earlier?.events ?? []) + events
        reports = bureaus.run(judgments: heard.filter { $0.kind == .judgment }.map(\.occurred))
        var accounts = StatementProcess(member, history, economy)
        statements = accounts.run()
        let signs = events.filter(\.kind.meansDefault).map(\.known)
        let isRecorded = history.failed.map { $0 <= economy.calendar.end } ?? false
        defaultVisible = isRecorded ? (signs + [trade.openAtDefault.pastDue].compactMap(\.self)).min() : nil
        var grading = RatingProcess(member, history, economy, biases: biases)
        ratings = grading.run(defaultVisible: defaultVisible)
        self.trade = trade
        self.events = events
    }
}

extension ObligorChapter {
    /// Adds the obligor's records to the texts of the ledger.
    ///
    /// - Parameters:
    ///   - group: The number of its group, if it is in one.
    ///   - end: The last day; nothing known later is written.
    func write(group: Int?, end: Int32, to texts: inout EconomyTexts) {
        if !history.isComeback { writeObligor(group: group, to: &texts[.obligors]) }
        writeContracts(end: end, to: &texts[.contracts])
        writeOrders(to: &texts)
        writeInvoices(to: &texts[.invoices])
        writePayments(to: &texts)
        writeClaims(to: &texts)
        writeStatements(to: &texts[.statements])
        writeReports(to: &texts[.bureau])
        writeEvents(end: end, to: &texts[.events])
        writeRatings(to: &texts[.ratings])
    }

    private func writeObligor(group: Int?, to text: inout RecordText) {
        text.add(obligor: member.number)
        text.add(member.name)
        text.add(member.industry.name)
        text.add(member.region.name)
        text.add(day: member.founded)
        text.add(amount: member.registeredCapital, member.currency)
        text.add(member.currency.rawValue)
        text.add(member.employees)
        if let group { text.add("G\(group + 1)") } else { text.addNothing() }
        text.add(day: member.onboarded)
        text.add(
            member.salesperson < 9 ? "sales-0\(member.salesperson + 1)" : "sales-\(member.salesperson + 1)")
        text.add("segment=\(member.segment)")
        text.addNothing()
        text.end()
    }

    private func writeContracts(end: Int32, to text: inout RecordText) {
        for (place, contract) in trade.contracts.enumerated() where contract.signed <= end {
            text.add("C", member.number, trade.earlier.contracts + place)
            text.add(obligor: member.number)
            text.add(day: contract.signed)
            text.add(Int(contract.terms))
            text.add(amount: contract.limit, member.currency)
            text.add(member.currency.rawValue)
            text.add(day: contract.validFrom)
            text.add(day: contract.validTo)
            text.addNothing()
            text.end()
        }
    }

    private func writeOrders(to texts: inout EconomyTexts) {
        for (place, order) in trade.orders.enumerated() {
            texts[.orders].add("B", member.number, trade.earlier.orders + place)
            texts[.orders].add(obligor: member.number)
            texts[.orders].add(day: order.day)
            texts[.orders].add(amount: order.amount, member.currency)
            texts[.orders].add(member.currency.rawValue)
            texts[.orders].add("C", member.number, trade.earlier.contracts + order.contract)
            texts[.orders].add(day: order.cancelled)
            texts[.orders].addNothing()
            texts[.orders].end()
        }
        for (place, delivery) in trade.deliveries.enumerated() {
            texts[.deliveries].add("D", member.number, trade.earlier.deliveries + place)
            texts[.deliveries].add(obligor: member.number)
            texts[.deliveries].add("B", member.number, trade.earlier.orders + delivery.order)
            texts[.deliveries].add(day: delivery.day)
            texts[.deliveries].addNothing()
            texts[.deliveries].end()
        }
    }

    private func writeInvoices(to text: inout RecordText) {
        for (place, invoice) in trade.invoices.enumerated() {
            text.add("I", member.number, trade.earlier.invoices + place)
            text.add(obligor: member.number)
            text.add(day: invoice.issued)
            text.add(day: invoice.due)
            text.add(amount: invoice.amount, member.currency)
            text.add(member.currency.rawValue)
            text.add("C", member.number, trade.earlier.contracts + invoice.contract)
            text.add("D", member.number, trade.earlier.deliveries + place)
            text.add(day: invoice.disputedFrom)
            text.add(day: invoice.disputedTo)
            text.addNothing()
            text.end()
        }
    }

    private func writePayments(to texts: inout EconomyTexts) {
        for (place, payment) in trade.payments.enumerated() {
            texts[.payments].add("P", member.number, trade.earlier.payments + place)
            texts[.payments].add(obligor: member.number)
            texts[.payments].add(day: payment.day)
            texts[.payments].add(amount: payment.amount, member.currency)
            texts[.payments].add(member.currency.rawValue)
            texts[.payments].addNothing()
            texts[.payments].end()
        }
        for allocation in trade.allocations {
            texts[.allocations].add("P", member.number, trade.earlier.payments + allocation.payment)
            texts[.allocations].add("I", member.number, trade.earlier.invoices + allocation.invoice)
            texts[.allocations].add(day: trade.payments[allocation.payment].day)
            texts[.allocations].add(amount: allocation.amount, member.currency)
            texts[.allocations].addNothing()
            texts[.allocations].end()
        }
    }

    /// Credit notes and promises.
    private func writeClaims(to texts: inout EconomyTexts) {
        for (place, note) in trade.creditNotes.enumerated() {
            texts[.creditNotes].add("N", member.number, trade.earlier.creditNotes + place)
            texts[.creditNotes].add(obligor: member.number)
            texts[.creditNotes].add(day: note.day)
            texts[.creditNotes].add(amount: note.amount, member.currency)
            texts[.creditNotes].add(member.currency.rawValue)
            texts[.creditNotes].add("I", member.number, trade.earlier.invoices + note.invoice)
            texts[.creditNotes].addNothing()
            texts[.creditNotes].end()
        }
        for (place, promise) in trade.promises.enumerated() {
            texts[.promises].add("R", member.number, trade.earlier.promises + place)
            texts[.promises].add(obligor: member.number)
            texts[.promises].add("I", member.number, trade.earlier.invoices + promise.invoice)
            texts[.promises].add(day: promise.made)
            texts[.promises].add(day: promise.payBy)
            texts[.promises].add(amount: promise.amount, member.currency)
            texts[.promises].add(member.currency.rawValue)
            texts[.promises].addNothing()
            texts[.promises].end()
        }
    }

    private func writeStatements(to text: inout RecordText) {
        for (place, statement) in statements.enumerated() {
            text.add("S", member.number, earlierStatements + place)
            text.add(obligor: member.number)
            text.add(day: statement.periodEnd)
            text.add(day: statement.published)
            text.add(12)
            text.add(member.currency.rawValue)
            for amount in [
                statement.revenue, statement.costOfSales, statement.ebit, statement.interest,
                statement.netIncome, statement.totalAssets, statement.currentAssets, statement.cash,
                statement.receivables, statement.inventory, statement.totalLiabilities,
                statement.currentLiabilities, statement.payables, statement.retainedEarnings,
                statement.equity, statement.operatingCashFlow,
            ] { text.add(amount: amount, member.currency) }
            text.add(statement.isAudited ? 1 : 0)
            text.addNothing()
            text.end()
        }
    }

    private func writeReports(to text: inout RecordText) {
        for report in reports {
            text.add(obligor: member.number)
            text.add(report.source.rawValue)
            text.add(day: report.observed)
            text.add(report.score)
            text.add(report.judgments)
            text.add(amount: report.taxArrears, TradeCurrency.base)
            text.add(amount: report.guarantees, TradeCurrency.base)
            if let found = report.registered {
                text.add(amount: found.capital, TradeCurrency.base)
            } else {
                text.addNothing()
            }
            text.add(TradeCurrency.base.rawValue)
            if let found = report.registered { text.add(found.employees) } else { text.addNothing() }
            text.add(report.isDishonest ? 1 : 0)
            text.add(day: report.known)
            text.end()
        }
    }

    private func writeEvents(end: Int32, to text: inout RecordText) {
        for (place, event) in events.enumerated() where event.known <= end {
            text.add("E", member.number, earlierEvents + place)
            text.add(obligor: member.number)
            text.add(day: event.occurred)
            text.add(event.kind.rawValue)
            if let amount = event.amount {
                text.add(amount: amount, member.currency)
                text.add(member.currency.rawValue)
            } else {
                text.addNothing()
                text.addNothing()
            }
            text.addNothing()
            text.add(day: event.known)
            text.end()
        }
    }

    private func writeRatings(to text: inout RecordText) {
        for rating in ratings {
            text.add(obligor: member.number)
            text.add(day: rating.day)
            text.add(Grade.allCases[rating.grade].rawValue)
            if let analyst = rating.analyst {
                text.add("analyst")
                text.add(AnalystBiases.name(analyst))
                text.addNothing()
            } else {
                text.add("model")
                text.addNothing()
                text.add(RatingProcess.model)
            }
            text.add(rating.reason.rawValue)
            text.addNothing()
            text.end()
        }
    }
}
