import Vocabulary

extension CalendarDay {
    /// The same day of the month some months later (earlier for negative numbers), or the last day of that month if it
    /// has no such day.
    func advanced(byMonths months: Int) -> CalendarDay {
        let (year, month, day) = parts
        let total = year * 12 + month - 1 + months
        let first = total >= 0 ? total / 12 : (total - 11) / 12
        for candidate in stride(from: day, through: 28, by: -1) {
            if let found = CalendarDay(year: first, month: total - first * 12 + 1, day: candidate) {
                return found
            }
        }
        return CalendarDay(year: first, month: total - first * 12 + 1, day: min(day, 28)) ?? self
    }
}
