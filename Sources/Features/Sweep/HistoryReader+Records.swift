import Ledger
import Vocabulary

extension HistoryReader {
    /// Contracts, statements, bureau records, events, grades and promises.
    func readRecords(_ view: ObligorView, into history: inout ObligorHistory) {
        history.known = view.obligor?.known.daysSince1970 ?? ObligorHistory.never
        if let obligor = view.obligor {
            history.onboarded = obligor.onboarded.daysSince1970
            history.founded = obligor.founded?.daysSince1970 ?? ObligorHistory.never
            history.employees = obligor.employees.map(Double.init) ?? .nan
            history.capital = money(obligor.registeredCapital)
        }
        for contract in view.contracts {
            history.contracts.append(
                ObligorHistory.Contract(
                    known: contract.known.daysSince1970, signed: contract.signed.daysSince1970,
                    from: contract.validFrom.daysSince1970,
                    to: contract.ended(asOf: horizon)?.daysSince1970 ?? ObligorHistory.never,
                    terms: contract.termsDays.map(Double.init) ?? .nan, limit: money(contract.creditLimit)))
        }
        for statement in view.statements { history.statements.append(self.statement(statement)) }
        for record in view.bureau {
            let currency = record.taxArrears?.currency ?? record.guaranteesGiven?.currency
            history.bureau.append(
                ObligorHistory.BureauRecord(
                    known: record.known.daysSince1970, observed: record.observed.daysSince1970,
                    source: record.source, score: record.externalScore ?? .nan,
                    judgments: record.judgments.map(Double.init) ?? .nan,
                    arrears: Self.units(record.taxArrears), guarantees: Self.units(record.guaranteesGiven),
                    dishonest: record.isDishonestDebtor.map { $0 ? 1 : 0 } ?? .nan,
                    currency: slot(currency ?? ledger.baseCurrency)))
        }
        for event in view.events {
            history.events.append(
                ObligorHistory.Event(
                    known: event.known.daysSince1970, occurred: event.occurred.daysSince1970,
                    kind: EventClass(event.event)))
        }
        for rating in view.ratings {
            history.ratings.append(
                ObligorHistory.Rating(
                    known: rating.known.daysSince1970, date: rating.date.daysSince1970,
                    rank: Double(rating.grade.rank)))
        }
    }

    private func statement(_ record: Statement) -> ObligorHistory.Statement {
        var items = SIMD16<Double>(repeating: .nan)
        for item in StatementItem.allCases {
            guard let units = record[item] else { continue }
            let value = Double(units)
            items[item.lane] = item.isFlow ? value * 12 / Double(record.months) : value
        }
        return ObligorHistory.Statement(
            known: record.known.daysSince1970, periodEnd: record.periodEnd.daysSince1970,
            published: record.published.daysSince1970, currency: slot(record.currency), items: items,
            audited: record.isAudited.map { $0 ? 1 : 0 } ?? .nan)
    }

    /// Orders with the day on which each is known to be delivered.
    func readOrders(_ view: ObligorView, into history: inout ObligorHistory) throws(FeatureError) {
        let orders = view.orders
        history.orders.reserveCapacity(orders.count)
        for order in orders {
            history.orders.append(
                ObligorHistory.Order(
                    known: order.known.daysSince1970, ordered: order.ordered.daysSince1970,
                    cancelled: order.cancelled(asOf: horizon)?.daysSince1970 ?? ObligorHistory.never,
                    delivered: ObligorHistory.never, amount: money(order.amount),
                    base: try base(order.amount, on: order.ordered)))
        }
        for delivery in view.deliveries {
            guard let place = delivery.order, orders.indices.contains(Int(place)) else { continue }
            let index = Int(place) - orders.startIndex
            history.orders[index].delivered = min(
                history.orders[index].delivered, delivery.known.daysSince1970)
        }
    }

    /// An amount with the number of its currency; NaN for none.
    func money(_ amount: Amount?) -> ObligorHistory.Money {
        guard let amount else { return ObligorHistory.Money(amount: .nan, currency: .base) }
        return ObligorHistory.Money(amount: Self.units(amount), currency: slot(amount.currency))
    }

    static func units(_ amount: Amount?) -> Double { amount.map { Double($0.minorUnits) } ?? .nan }
}

extension EventClass {
    /// The class of a ledger's event.
    init(_ kind: EventKind) {
        switch kind {
        case .merger: self = .merger
        case .restructuring: self = .restructuring
        case .distressedRestructuring: self = .distressedRestructuring
        case .businessChange: self = .businessChange
        case .controlChange: self = .controlChange
        case .lawsuit: self = .lawsuit
        case .judgment: self = .judgment
        case .insolvency: self = .insolvency
        case .writeOff: self = .writeOff
        case .legalRecovery: self = .legalRecovery
        case .collectionHandover: self = .collectionHandover
        case .auditorChange: self = .auditorChange
        case .other: self = .other
        }
    }
}
