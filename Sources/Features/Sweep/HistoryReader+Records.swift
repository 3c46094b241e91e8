import Ledger
import Vocabulary

extension HistoryReader {
    /// Who it is, contracts, statements, bureau records, events and grades.
    func readRecords(_ view: ObligorView, into history: inout ObligorHistory) {
        history.obligor = view.obligor
        history.capital = money(view.obligor?.registeredCapital)
        history.contracts = view.contracts.map { Valued(record: $0, amount: money($0.creditLimit)) }
        history.statements = view.statements.map { statement in
            Valued(
                record: statement,
                amount: ObligorHistory.Money(amount: .nan, currency: slot(statement.currency)))
        }
        history.bureau = view.bureau.map { record in
            let currency =
                record.taxArrears?.currency ?? record.guaranteesGiven?.currency
                ?? record.registeredCapital?.currency
            return Valued(
                record: record,
                amount: ObligorHistory.Money(amount: .nan, currency: slot(currency ?? ledger.baseCurrency)))
        }
        history.events = view.events
        history.ratings = view.ratings
    }

    /// Orders with the day on which each is known to be delivered.
    func readOrders(_ view: ObligorView, into history: inout ObligorHistory) throws(FeatureError) {
        let orders = view.orders
        history.orders = try valued(orders, { $0.amount }, { $0.ordered })
        history.delivered = [Int32](repeating: ObligorHistory.never, count: orders.count)
        for delivery in view.deliveries {
            guard let place = delivery.order, orders.indices.contains(Int(place)) else { continue }
            let index = Int(place) - orders.startIndex
            history.delivered[index] = min(history.delivered[index], delivery.known.daysSince1970)
        }
    }

    /// Records with their amounts, in base currency at the rate of their days.
    func valued<Record>(
        _ records: ArraySlice<Record>, _ amount: (Record) -> Amount, _ day: (Record) -> CalendarDay
    ) throws(FeatureError) -> [Valued<Record>] {
        var valued: [Valued<Record>] = []
        valued.reserveCapacity(records.count)
        for record in records {
            let amount = amount(record)
            valued.append(
                Valued(record: record, amount: money(amount), base: try base(amount, on: day(record))))
        }
        return valued
    }

    /// An amount with the number of its currency; NaN for none.
    func money(_ amount: Amount?) -> ObligorHistory.Money {
        guard let amount else { return ObligorHistory.Money(amount: .nan, currency: .base) }
        return ObligorHistory.Money(amount: Double(amount.minorUnits), currency: slot(amount.currency))
    }
}
