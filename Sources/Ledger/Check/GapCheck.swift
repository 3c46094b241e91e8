import Vocabulary

/// Finds months without records between months with some.
enum GapCheck {
    /// Notes, for every such stretch of months, the first record after it.
    static func run<Record: LedgerRecord>(
        _ records: [Record], day: (Record) -> CalendarDay, column: String, book: inout FindingBook
    ) {
        /// The earliest day of a month with a record, and the first such record.
        var firsts: [Int: (day: CalendarDay, row: Int32)] = [:]
        var lastDay = CalendarDay.never
        var month = 0
        for record in records {
            let on = day(record)
            // Records of one day often follow each other.
            if on != lastDay {
                lastDay = on
                month = on.monthNumber
            }
            if let first = firsts[month], (first.day, first.row) <= (on, record.row) { continue }
            firsts[month] = (on, record.row)
        }
        let months = firsts.keys.sorted()
        for (before, after) in zip(months, months.dropFirst()) where after > before + 1 {
            guard let first = firsts[after] else { continue }
            book.note(.gap, Record.kind, row: first.row, column: column)
        }
    }
}
