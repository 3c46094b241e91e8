import Foundation
import Vocabulary

/// The features once more, for one obligor and one day, by the shortest way from the records: everything that was not
/// known is thrown away, and every figure is a loop over what is left.
struct PlainFeatures {
    let world: PlainLedger
    let id: String
    let today: Int
    let books: PlainBooks
    /// The defaults as they were known, by obligor: first day, and the last day if it has ended.
    let spells: [String: [(start: Int, end: Int?)]]
    let invoices: [PlainLedger.Invoice]
    let parts: [PlainBooks.Part]

    /// - Parameter world: What was known by the day.
    init(
        _ world: PlainLedger, _ id: String, asOf today: Int, books: PlainBooks,
        spells: [String: [(start: Int, end: Int?)]]
    ) {
        self.world = world
        self.id = id
        self.today = today
        self.books = books
        self.spells = spells
        invoices = world.invoices.filter { $0.obligor == id }
        parts = books.parts.filter { $0.invoice.obligor == id }
    }

    func monthsBack(_ months: Int) -> Int {
        Int(CalendarDay(daysSince1970: Int32(today)).adding(months: -months).daysSince1970)
    }

    /// Whether a day lies in the last months, or has come at all.
    func isIn(_ months: Int?, _ day: Int) -> Bool {
        day <= today && (months.map { day > monthsBack($0) } ?? true)
    }

    /// In base currency at the rate known on a day.
    func base(_ money: PlainLedger.Money, on day: Int) -> Double {
        base(Double(money.units), money.currency, on: day)
    }

    func base(_ units: Double, _ currency: String, on day: Int? = nil) -> Double {
        if currency == "EUR" { return units }
        let day = day ?? today
        let rate = world.rates.filter { $0.currency == currency && $0.day <= day && $0.known <= day }
            .max { $0.day < $1.day }
        return (units * (rate?.rate ?? .nan)).rounded()
    }

    func base(_ units: Int?, _ currency: String) -> Double {
        units.map { base(PlainLedger.Money(units: $0, currency: currency), on: today) } ?? .nan
    }

    func over(_ x: Double, _ y: Double) -> Double { y > 0 ? x / y : .nan }

    var obligor: PlainLedger.Obligor? { world.obligors.first { $0.id == id } }

    func months(since day: Int?) -> Double { days(since: day) / 30.4375 }
    func days(since day: Int?) -> Double { day.map { Double(today - $0) } ?? .nan }
    func last(_ days: [Int]) -> Int? { days.filter { $0 <= today }.max() }
}

extension PlainFeatures {
    /// All features by name.
    var all: [String: Double] {
        var found: [String: Double] = [:]
        for part in [
            delays, ageing, disputes, promises, terms, exposure, dealings, tenure, concentration, statements,
            bureau, events, network, peers,
        ] { found.merge(part) { first, _ in first } }
        return found
    }

    func payments(_ months: Int?) -> [PlainBooks.Part] {
        parts.filter { $0.isPayment && isIn(months, $0.day) }
    }

    func delay(_ part: PlainBooks.Part) -> Double { Double(part.day - part.invoice.due) }
    func weight(_ part: PlainBooks.Part) -> Double {
        part.units.map { base(Double($0), part.invoice.amount.currency, on: part.day) }.reduce(0, +)
    }

    /// What of invoices was settled by the due day, at the rates of their days of issue.
    func onTime(_ invoices: [PlainLedger.Invoice]) -> Double {
        invoices.map { invoice in
            let units = parts.filter { $0.invoice.id == invoice.id && $0.day <= invoice.due }
                .flatMap(\.units).reduce(0, +)
            let whole = invoice.amount.units
            return whole == 0 ? 0 : (amount(invoice) * (Double(units) / Double(whole))).rounded()
        }.reduce(0, +)
    }

    func dbt(_ list: [PlainBooks.Part]) -> Double {
        over(list.map { weight($0) * delay($0) }.reduce(0, +), list.map(weight).reduce(0, +))
    }

    func index(_ list: [PlainBooks.Part]) -> Double {
        over(list.map { weight($0) * points(delay($0)) }.reduce(0, +), list.map(weight).reduce(0, +))
    }

    func share(_ list: [PlainBooks.Part], _ isMeant: (PlainBooks.Part) -> Bool) -> Double {
        over(list.filter(isMeant).map(weight).reduce(0, +), list.map(weight).reduce(0, +))
    }

    func points(_ days: Double) -> Double {
        switch days {
        case ...(-30): 100
        case ...(-20): 90
        case ...0: 80
        case ...15: 70
        case ...22: 60
        case ...30: 50
        case ...60: 40
        case ...90: 30
        case ...120: 20
        default: 10
        }
    }

    var oldest: Double {
        Double(open.map { max(0, today - $0.invoice.due) }.max() ?? 0)
    }

    var delays: [String: Double] {
        var found: [String: Double] = [:]
        for (name, months) in [("1m", 1), ("3m", 3), ("6m", 6), ("12m", 12), ("all", nil)] as [(String, Int?)]
        {
            found["dbt_\(name)"] = dbt(payments(months))
        }
        for (name, months) in [("3m", 3), ("12m", 12), ("all", nil)] as [(String, Int?)] {
            let list = payments(months)
            let count = Double(list.count)
            let mean = over(list.map(delay).reduce(0, +), count)
            found["late_share_\(name)"] = over(Double(list.count { delay($0) > 0 }), count)
            found["late_amount_share_\(name)"] = share(list) { delay($0) > 0 }
            found["mean_delay_\(name)"] = mean
            found["delay_deviation_\(name)"] = over(
                list.map { (delay($0) - mean) * (delay($0) - mean) }.reduce(0, +), count
            ).squareRoot()
            found["payment_index_\(name)"] = index(list)
        }
        let year = payments(12)
        found["late30_amount_share_12m"] = share(year) { delay($0) > 30 }
        found["early_amount_share_12m"] = share(year) { delay($0) < 0 }
        found["dbt_trend_3m_12m"] = dbt(payments(3)) - dbt(year)
        found["dbt_change_12m"] = dbt(year) - dbt(payments(24).filter { !isIn(12, $0.day) })
        for (name, months) in [("3m", 3), ("12m", 12), ("24m", 24)] {
            // Also of payments that were set against another invoice at first.
            let ever = books.movements.filter {
                $0.invoice.obligor == id && $0.isPayment && isIn(months, $0.day)
            }
            let worst = ever.map { Double($0.day - $0.invoice.due) }.max() ?? 0
            found["worst_dpd_\(name)"] = max(worst, oldest)
        }
        for (name, months) in [("3m", 3), ("12m", 12)] {
            let due = invoices.filter { isIn(months, $0.due) }
            found["on_time_share_\(name)"] = over(onTime(due), due.map(amount).reduce(0, +))
        }
        found["payments_12m"] = Double(year.count)
        found["payments_all"] = Double(payments(nil).count)
        return found
    }

    /// What is open of each invoice, in base currency.
    var open: [(invoice: PlainLedger.Invoice, amount: Double)] {
        books.open.filter { $0.invoice.obligor == id && $0.units != 0 }.map { item in
            let money = PlainLedger.Money(units: item.units, currency: item.invoice.amount.currency)
            return (item.invoice, base(money, on: today))
        }
    }

    func amount(_ invoice: PlainLedger.Invoice) -> Double { base(invoice.amount, on: invoice.issued) }

    func billed(_ months: Int?) -> [PlainLedger.Invoice] { invoices.filter { isIn(months, $0.issued) } }
    func billedAmount(_ months: Int?) -> Double { billed(months).map(amount).reduce(0, +) }

    var openAmount: Double { open.map(\.amount).reduce(0, +) }
    var overdueAmount: Double { open.filter { $0.invoice.due < today }.map(\.amount).reduce(0, +) }

    var ageing: [String: Double] {
        func aged(_ days: ClosedRange<Int>) -> Double {
            over(
                open.filter { days.contains(today - $0.invoice.due) }.map(\.amount).reduce(0, +), openAmount)
        }
        let overdue = open.filter { $0.invoice.due < today }
        return [
            "aged_share_not_due": aged(-100_000...0), "aged_share_1_30": aged(1...30),
            "aged_share_31_60": aged(31...60), "aged_share_61_90": aged(61...90),
            "aged_share_91_180": aged(91...180), "aged_share_over_180": aged(181...100_000),
            "overdue_share": over(overdueAmount, openAmount), "overdue_amount": overdueAmount / 100,
            "overdue_count": Double(overdue.count),
            "overdue_count_share": over(Double(overdue.count), Double(open.count)), "oldest_dpd": oldest,
            "mean_open_dpd": over(
                overdue.map { $0.amount * Double(today - $0.invoice.due) }.reduce(0, +), openAmount),
            "overdue_to_billed_12m": over(overdueAmount, billedAmount(12)),
            "dso": 91.3125 * over(openAmount, billedAmount(3)),
            "delinquent_dso": 91.3125 * over(overdueAmount, billedAmount(3)),
        ]
    }

    var disputes: [String: Double] {
        func begun(_ months: Int?) -> [PlainLedger.Invoice] {
            invoices.filter { $0.disputedFrom.map { isIn(months, $0) } ?? false }
        }
        let ended = invoices.compactMap { invoice -> Double? in
            guard let from = invoice.disputedFrom, let to = invoice.disputedTo, isIn(12, to) else {
                return nil
            }
            return Double(to - from)
        }
        let notes = world.creditNotes.filter { $0.obligor == id && isIn(12, $0.issued) }
        return [
            "disputes_12m": Double(begun(12).count),
            "dispute_rate_12m": over(Double(begun(12).count), Double(billed(12).count)),
            "disputed_amount_share_12m": over(begun(12).map(amount).reduce(0, +), billedAmount(12)),
            "dispute_rate_all": over(Double(begun(nil).count), Double(billed(nil).count)),
            "open_disputed_share": over(
                open.filter { $0.invoice.disputedFrom != nil && $0.invoice.disputedTo == nil }.map(\.amount)
                    .reduce(0, +), openAmount),
            "dispute_days_12m": over(ended.reduce(0, +), Double(ended.count)),
            "months_since_dispute": months(since: last(invoices.compactMap(\.disputedFrom))),
            "partial_share_12m": over(
                Double(payments(12).count(where: \.leavesRest)), Double(payments(12).count)),
            "partial_share_3m": over(
                Double(payments(3).count(where: \.leavesRest)), Double(payments(3).count)),
            "credit_note_share_12m": over(
                notes.map { base($0.amount, on: $0.issued) }.reduce(0, +), billedAmount(12)),
            "credit_notes_12m": Double(notes.count),
            "unallocated_credit": (books.unallocated[id] ?? [:]).map {
                base(PlainLedger.Money(units: $1, currency: $0), on: today)
            }.reduce(0, +) / 100,
        ]
    }

    var promises: [String: Double] {
        func isBroken(_ promise: PlainLedger.Promise) -> Bool {
            let days = promise.made...max(promise.made, promise.payBy)
            let paid =
                if let invoice = promise.invoice {
                    books.movements.filter {
                        $0.isPayment && $0.invoice.id == invoice && days.contains($0.known)
                    }.map(\.units).reduce(0, +)
                } else {
                    world.payments.filter {
                        $0.obligor == id && days.contains($0.known)
                            && $0.amount.currency == promise.amount.currency
                    }.map(\.amount.units).reduce(0, +)
                }
            return paid < promise.amount.units
        }
        let mine = world.promises.filter { $0.obligor == id && $0.payBy <= today }
        let year = mine.filter { isIn(12, $0.payBy) }
        func total(_ list: [PlainLedger.Promise]) -> Double {
            list.map { base($0.amount, on: $0.made) }.reduce(0, +)
        }
        let broken = year.filter(isBroken)
        return [
            "promises_12m": Double(year.count), "broken_promises_12m": Double(broken.count),
            "broken_promises_3m": Double(broken.count { isIn(3, $0.payBy) }),
            "broken_share_12m": over(Double(broken.count), Double(year.count)),
            "broken_amount_share_12m": over(total(broken), total(year)),
            "months_since_broken_promise": months(since: last(mine.filter(isBroken).map(\.payBy))),
        ]
    }

    var terms: [String: Double] {
        func given(_ list: [PlainLedger.Invoice]) -> Double {
            over(
                list.map { amount($0) * Double($0.due - $0.issued) }.reduce(0, +),
                list.map(amount).reduce(0, +))
        }
        func taken(_ list: [PlainBooks.Part], by given: ([PlainBooks.Part]) -> Double) -> Double {
            over(list.map { weight($0) * Double($0.day - $0.invoice.issued) }.reduce(0, +), given(list))
        }
        func allowed(_ list: [PlainBooks.Part]) -> Double {
            list.map { weight($0) * Double($0.invoice.due - $0.invoice.issued) }.reduce(0, +)
        }
        return [
            "days_taken_12m": taken(payments(12)) { $0.map(weight).reduce(0, +) },
            "terms_given_12m": given(billed(12)),
            "terms_taken_to_given_12m": taken(payments(12), by: allowed),
            "terms_taken_to_given_3m": taken(payments(3), by: allowed),
            "terms_beyond_contract_12m": given(billed(12))
                - (contract(on: today)?.terms).map(Double.init).orNaN,
            "terms_change_3m_12m": given(billed(3)) - given(billed(12)),
        ]
    }
}

extension Double? {
    /// The number, or NaN.
    var orNaN: Double { self ?? .nan }
}
