import Foundation
import Vocabulary

extension PlainFeatures {
    /// The contract in force on a day.
    func contract(on day: Int) -> PlainLedger.Contract? {
        let mine = world.contracts.filter { $0.obligor == id && $0.from <= day && ($0.to ?? day) >= day }
        let newest = mine.map(\.from).max()
        return mine.filter { $0.from == newest }.enumerated().max {
            ($0.element.known, $0.offset) < ($1.element.known, $1.offset)
        }?.element
    }

    var exposure: [String: Double] {
        let current = contract(on: today)
        let limit = base(current?.limit, current?.currency ?? "EUR")
        let earlier = contract(on: monthsBack(12))
        let limitBefore = base(earlier?.limit, earlier?.currency ?? "EUR")
        let orders = openOrders
        let balances = balances(months: 12)
        let mean = balances.map { $0.reduce(0, +) / 12 }.orNaN
        let assets = base(statement?.items["total_assets"], statement?.currency ?? "EUR")
        let revenue = statement.map { base(item("revenue", of: $0), $0.currency) }.orNaN
        return [
            "open_amount": openAmount / 100, "open_count": Double(open.count), "open_orders": orders / 100,
            "exposure": (openAmount + orders) / 100, "credit_limit": limit / 100,
            "utilisation": over(openAmount, limit), "exposure_utilisation": over(openAmount + orders, limit),
            "over_limit": limit > 0 ? (openAmount > limit ? 1 : 0) : .nan,
            "limit_change_12m": over(limit - limitBefore, limitBefore), "balance_mean_12m": mean / 100,
            "balance_deviation_12m": over(deviation(balances), mean),
            "balance_trend_12m": over(slope(balances), mean),
            "balance_to_peak_12m": over(openAmount, balances.map { max(0, $0.max() ?? 0) }.orNaN),
            "receivable_turnover_12m": over(billedAmount(12), mean),
            "exposure_to_revenue": over(openAmount, revenue),
            "exposure_to_assets": over(openAmount, assets),
        ]
    }

    var openOrders: Double {
        world.orders.filter { order in
            order.obligor == id && order.cancelled == nil && order.ordered <= today
                && !world.deliveries.contains { $0.order == order.id && $0.delivered <= today }
        }.map { base($0.amount, on: today) }.reduce(0, +)
    }

    /// Ends of the last complete months, oldest first.
    func monthEnds(_ count: Int) -> [Int] {
        let tomorrow = CalendarDay(daysSince1970: Int32(today + 1))
        let start = tomorrow.adding(days: 1 - tomorrow.parts.day)
        return (0..<count).reversed().map { Int(start.adding(months: -$0).daysSince1970) - 1 }
    }

    func monthStart(of end: Int) -> Int {
        end + 1 - CalendarDay(daysSince1970: Int32(end)).parts.day
    }

    /// Receivables at the ends of months as they were known then; `nil` if there was nothing as long ago.
    func balances(months: Int) -> [Double]? {
        let ends = monthEnds(months)
        guard let first = invoices.map(\.known).min(), first <= ends[0] else { return nil }
        return ends.map { end in
            invoices.filter { $0.known <= end }.map { invoice in
                let paid = books.movements.filter { $0.invoice.id == invoice.id && $0.known <= end }
                    .map(\.units)
                let rest = Double(invoice.amount.units - paid.reduce(0, +))
                return (amount(invoice) * (rest / Double(invoice.amount.units))).rounded()
            }.reduce(0, +)
        }
    }

    func deviation(_ values: [Double]?) -> Double {
        guard let values else { return .nan }
        let mean = values.reduce(0, +) / Double(values.count)
        return (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count)).squareRoot()
    }

    /// Covariance with time by variance of time.
    func slope(_ values: [Double]?) -> Double {
        guard let values else { return .nan }
        let times = values.indices.map(Double.init)
        let mean = values.reduce(0, +) / Double(values.count)
        let middle = times.reduce(0, +) / Double(values.count)
        let covariance = zip(values, times).map { ($0 - mean) * ($1 - middle) }.reduce(0, +)
        return covariance / times.map { ($0 - middle) * ($0 - middle) }.reduce(0, +)
    }

    /// Amounts by calendar month; `nil` if there was nothing as long ago.
    func monthly(_ dated: [(day: Int, amount: Double)], months: Int) -> [Double]? {
        let ends = monthEnds(months)
        guard let first = dated.map(\.day).min(), first <= ends[0] else { return nil }
        return ends.map { end in
            dated.filter { $0.day >= monthStart(of: end) && $0.day <= end }.map(\.amount).reduce(0, +)
        }
    }

    var dealings: [String: Double] {
        let orders = world.orders.filter { $0.obligor == id }
        func value(_ order: PlainLedger.Order) -> Double { base(order.amount, on: order.ordered) }
        func ordered(_ months: Int) -> [PlainLedger.Order] { orders.filter { isIn(months, $0.ordered) } }
        func total(_ months: Int) -> Double { ordered(months).map(value).reduce(0, +) }
        let cancelled = orders.filter { $0.cancelled.map { isIn(12, $0) } ?? false }
        var found = [
            "ordered_12m": total(12) / 100, "orders_12m": Double(ordered(12).count),
            "mean_order_12m": over(total(12), Double(ordered(12).count)) / 100,
            "order_trend_12m": over(total(12), total(24) - total(12)) - 1,
            "order_trend_3m": over(4 * total(3), total(12)) - 1,
            "cancelled_share_12m": over(cancelled.map(value).reduce(0, +), total(12)),
            "cancellations_12m": Double(cancelled.count), "billed_12m": billedAmount(12) / 100,
            "invoices_12m": Double(billed(12).count),
            "billing_trend_12m": over(billedAmount(12), billedAmount(24) - billedAmount(12)) - 1,
            "billing_trend_3m": over(4 * billedAmount(3), billedAmount(12)) - 1,
        ]
        let series = [
            ("order", orders.map { ($0.ordered, value($0)) }),
            ("billing", invoices.map { ($0.issued, amount($0)) }),
        ]
        for (name, dated) in series {
            let year = monthly(dated, months: 12)
            let mean = year.map { $0.reduce(0, +) / 12 }.orNaN
            let longer = monthly(dated, months: 15)
            found["\(name)_volatility_12m"] = over(deviation(year), mean)
            found["\(name)_slope_12m"] = over(slope(year), mean)
            found["\(name)_peak_share_12m"] = over((year?.max()).orNaN, 12 * mean)
            found["\(name)_season_change_3m"] =
                longer.map {
                    over($0[12...].reduce(0, +), $0[..<3].reduce(0, +)) - 1
                }.orNaN
            found["\(name)_empty_months_12m"] = year.map { Double($0.count { $0 == 0 }) }.orNaN
        }
        return found
    }

    var tenure: [String: Double] {
        let current = contract(on: today)
        return [
            "months_since_onboarded": months(since: last([obligor?.onboarded].compactMap(\.self))),
            "years_since_founded": days(since: last([obligor?.founded].compactMap(\.self))) / 365.25,
            "months_since_first_invoice": months(since: invoices.map(\.issued).min()),
            "days_since_invoice": days(since: last(invoices.map(\.issued))),
            "days_since_payment": days(since: last(world.payments.filter { $0.obligor == id }.map(\.paid))),
            "days_since_order": days(since: last(world.orders.filter { $0.obligor == id }.map(\.ordered))),
            "invoices_all": Double(invoices.count),
            "contracts": Double(world.contracts.count { $0.obligor == id }),
            "years_since_contract": days(since: current?.signed) / 365.25,
            "employees": (obligor?.employees).map(Double.init).orNaN,
            "registered_capital": (obligor?.capital).map { base($0, on: today) }.orNaN / 100,
        ]
    }

    var concentration: [String: Double] {
        let everything = world.obligors.map { other in
            PlainFeatures(world, other.id, asOf: today, books: books, spells: spells).openAmount
        }.reduce(0, +)
        return [
            "largest_open_share": over(open.map(\.amount).max() ?? 0, openAmount),
            "open_concentration": over(
                open.map { $0.amount * $0.amount }.reduce(0, +), openAmount * openAmount),
            "largest_invoice_share_12m": over(billed(12).map(amount).max() ?? 0, billedAmount(12)),
            "portfolio_share": over(openAmount, everything),
        ]
    }
}
