import Glibc
import Statistics
import Vocabulary

/// Contracts, orders, deliveries and invoices of one obligor.
///
/// Orders arrive as a Poisson process whose rate changes by month: volume of the obligor · trend · season of its
/// industry · level of its grade · the economy · lognormal noise whose spread is that of its grade.
struct TradingProcess {
    let member: ObligorTraits
    let history: CreditHistory
    let economy: EconomyState
    let invoicesPerYear: Double
    private var random: SeededGenerator

    init(_ member: ObligorTraits, _ history: CreditHistory, _ economy: EconomyState, invoicesPerYear: Double)
    {
        self.member = member
        self.history = history
        self.economy = economy
        self.invoicesPerYear = invoicesPerYear
        random = economy.root.stream("trade").stream(member.number)
    }

    /// One delivery in 10 orders of 14.
    private static let deliveriesPerOrder = 1.4
    /// Standard deviation of the logarithm of obligors' numbers of orders.
    private static let volumeSpread = 0.7

    /// Draws everything that is known by the last day.
    mutating func run(into records: inout TradeRecords) {
        let calendar = economy.calendar
        let volume = exp(
            Self.volumeSpread * (0.6 * member.size + 0.8 * random.normal())
                - Self.volumeSpread * Self.volumeSpread / 2)
        let ordersPerYear = invoicesPerYear * volume / Self.deliveriesPerOrder
        let growth = random.normal(mean: 0.01, standardDeviation: 0.08)
        let typicalAmount = exp(6.9 + 0.55 * member.size + 0.4 * random.normal())
        if history.isComeback { random = random.stream("after cure") }
        let turnover = invoicesPerYear * volume * typicalAmount * 1.28
        sign(turnover: turnover, into: &records)
        let first = history.firstDay
        let last = min(calendar.end, member.leaves ?? .max, history.failed.map { $0 - 1 } ?? .max)
        var drafts: [Draft] = []
        drafts.reserveCapacity(Int(invoicesPerYear * volume * Double(calendar.quarters) / 3))
        var month = Month(of: first)
        while month.first <= last {
            let grade = history.behavingGrade(on: max(first, month.first))
            let spread = Behaviour.orderVolatility[grade]
            let macro = economy.macro[calendar.quarter(of: month.first)]
            let years = Double(month.first - calendar.start) / 365.25
            let level =
                Behaviour.orderLevel[grade] * member.industry.season(month: month.month)
                * exp(growth * years + 0.05 * macro + spread * random.normal() - spread * spread / 2)
            let gap = 365.25 / (ordersPerYear * level)
            var time = Double(max(first, month.first)) + random.exponential(mean: gap)
            let stop = Double(min(last, month.last) + 1)
            while time < stop {
                order(on: Int32(time), grade: grade, typicalAmount, &drafts, into: &records)
                time += random.exponential(mean: gap)
            }
            month = month.next
        }
        deliver(drafts, into: &records)
    }
}

extension TradingProcess {
    /// A delivery and the invoice for it, before they are put in order.
    private struct Draft {
        let order: Int
        let delivered: Int32
        let issued: Int32
        let amount: Int64
        let contract: Int
    }

    /// A month of the calendar.
    private struct Month {
        let year: Int
        let month: Int
        let first: Int32

        init(of day: Int32) {
            let parts = CalendarDay(daysSince1970: day).parts
            self.init(year: parts.year, month: parts.month)
        }

        init(year: Int, month: Int) {
            self.year = year
            self.month = month
            first = EconomyCalendar.day(year, month, 1)
        }

        var next: Month {
            month == 12 ? Month(year: year + 1, month: 1) : Month(year: year, month: month + 1)
        }
        var last: Int32 { next.first - 1 }
    }

    /// A contract for every year, from the one that is in force at the first day of trade.
    private mutating func sign(turnover: Double, into records: inout TradeRecords) {
        let calendar = economy.calendar
        let first = history.firstDay
        let isNew = history.isComeback || member.onboarded >= calendar.start
        var begins = isNew ? first : max(member.onboarded, first - Int32(random.integer(below: 365)))
        let last = min(calendar.end, member.leaves ?? .max, history.failed.map { $0 - 1 } ?? .max)
        while begins <= last {
            let grade = history.behavingGrade(on: max(first, begins - 30))
            let cycle = Double(member.terms + 25) / 365
            let limit = turnover * cycle * 1.6 * Behaviour.limitShare[grade]
            // Limits are granted in round figures, and never for less than one.
            let step = limit > 50_000 ? 5_000.0 : limit > 5_000 ? 500 : 100
            let granted = max(step, (limit / step).rounded() * step)
            records.contracts.append(
                .init(
                    signed: max(
                        history.isComeback ? first : member.onboarded,
                        begins - Int32(random.integer(below: 21))),
                    terms: member.terms, limit: member.currency.minorUnits(ofBase: granted),
                    validFrom: begins, validTo: begins + 364))
            begins += 365
        }
    }

    private mutating func order(
        on day: Int32, grade: Int, _ typicalAmount: Double, _ drafts: inout [Draft],
        into records: inout TradeRecords
    ) {
        let contract = max(0, (records.contracts.lastIndex { $0.validFrom <= day }) ?? 0)
        let place = records.orders.count
        let isCancelled = random.uniform() < Behaviour.cancelling[grade]
        let shape = random.uniform()
        let pieces = isCancelled ? 1 : shape < 0.7 ? 1 : shape < 0.9 ? 2 : 3
        var total: Int64 = 0
        var delivered = day
        for _ in 0..<pieces {
            let base = min(2e6, max(15, typicalAmount * exp(0.7 * random.normal())))
            let amount = member.currency.minorUnits(ofBase: base)
            total += amount
            delivered += 1 + Int32(min(60, random.exponential(mean: 6)))
            let issued = delivered + Int32(random.integer(below: 3))
            guard !isCancelled, delivered <= economy.calendar.end, delivered < history.failed ?? .max else {
                continue
            }
            drafts.append(
                Draft(order: place, delivered: delivered, issued: issued, amount: amount, contract: contract))
        }
        let cancelled = day + 1 + Int32(random.integer(below: 10))
        records.orders.append(
            .init(
                day: day, amount: total, contract: contract,
                cancelled: isCancelled && cancelled <= economy.calendar.end ? cancelled : nil))
    }

    /// Puts deliveries and invoices in order of time.
    private func deliver(_ drafts: [Draft], into records: inout TradeRecords) {
        let end = economy.calendar.end
        // Those whose invoice is still to come go last, so that an invoice has the place of its delivery.
        let sorted = drafts.sorted {
            ($0.issued > end ? 1 : 0, $0.issued, $0.delivered, $0.order) < (
                $1.issued > end ? 1 : 0, $1.issued, $1.delivered, $1.order
            )
        }
        records.deliveries.reserveCapacity(sorted.count)
        records.invoices.reserveCapacity(sorted.count)
        for draft in sorted {
            records.deliveries.append(.init(order: draft.order, day: draft.delivered))
            guard draft.issued <= end else { continue }
            records.invoices.append(
                .init(
                    issued: draft.issued, due: draft.issued + member.terms, amount: draft.amount,
                    contract: draft.contract, disputedFrom: nil, disputedTo: nil))
        }
    }
}
