extension CalendarDay {
    /// Later than every day: when what has no such day "happened".
    public static let never = CalendarDay(daysSince1970: .max)

    /// The day a number of days later; ``never`` stays what it is.
    @inlinable
    public func adding(days: Int) -> CalendarDay {
        if daysSince1970 == .max { return self }
        return CalendarDay(daysSince1970: Int32(clamping: Int(daysSince1970) + days))
    }

    /// The same day of the month a number of months later, or the month's last day where it is shorter.
    ///
    /// What lies beyond the years 0 to 9999 becomes ``never`` or the first day of year 0.
    public func adding(months: Int) -> CalendarDay {
        if daysSince1970 == .max { return self }
        let (year, month, day) = parts
        let count = 12 * year + month - 1 + months
        guard count >= 0 else { return CalendarDay(daysSince1970: -719_528) }
        for candidate in stride(from: day, to: max(0, day - 4), by: -1) {
            if let found = CalendarDay(year: count / 12, month: count % 12 + 1, day: candidate) {
                return found
            }
        }
        return .never
    }

    /// The days from another day to this one; negative if the other is later.
    @inlinable
    public func days(since other: CalendarDay) -> Int {
        Int(daysSince1970) - Int(other.daysSince1970)
    }

    /// Months since year 0: the same for the days of one month, one more for those of the next.
    public var monthNumber: Int {
        let (year, month, _) = parts
        return 12 * year + month - 1
    }
}
