import Vocabulary

/// Finds months without records between months with some, and exchange rates that cease for longer than one holds.
enum GapCheck {
    /// Notes, for every such stretch of months, the first record after it.
    static func run<Record: LedgerRecord>(
        _ records: [Record], day: (Record) -> CalendarDay, column: String, book: inout FindingBook
    ) {
        var months: Set<Int> = []
        // Most records are of the same month as the one before: the first 28 days of a month are it in any case.
        var seen = CalendarDay.never..<CalendarDay.never
        for record in records {
            let on = day(record)
            if seen.contains(on) { continue }
            months.insert(on.monthNumber)
            let first = on.adding(days: 1 - on.parts.day)
            seen = first..<first.adding(days: 28)
        }
        let sorted = months.sorted()
        let late = Set(
            zip(sorted, sorted.dropFirst()).filter { $0.1 > $0.0 + 1 }.map(\.1))
        if late.isEmpty { return }
        /// The earliest day of a month after a gap, and the first record of that day.
        var firsts: [Int: (day: CalendarDay, row: Int32)] = [:]
        for record in records {
            let on = day(record)
            let month = on.monthNumber
            guard late.contains(month) else { continue }
            if let first = firsts[month], (first.day, first.row) <= (on, record.row) { continue }
            firsts[month] = (on, record.row)
        }
        for month in late.sorted() {
            guard let first = firsts[month] else { continue }
            book.note(.gap, Record.kind, row: first.row, column: column)
        }
    }

    /// Notes every rate that comes more than so many days after the one before of the same two currencies.
    static func run(_ rates: [ExchangeRate], longest days: Int, book: inout FindingBook) {
        struct Pair: Hashable {
            let currency: Currency
            let base: Currency
        }
        var quotes: [Pair: [(day: CalendarDay, row: Int32)]] = [:]
        for rate in rates {
            quotes[Pair(currency: rate.currency, base: rate.base), default: []].append((rate.day, rate.row))
        }
        for (_, quotes) in quotes {
            let sorted = quotes.sorted { ($0.day, $0.row) < ($1.day, $1.row) }
            for (before, after) in zip(sorted, sorted.dropFirst())
            where after.day.days(since: before.day) > days {
                book.note(.gap, .rates, row: after.row, column: "day")
            }
        }
    }
}
