/// How long after an as-of day an outcome is looked for: the days in (t, t + window].
public struct PerformanceWindow: Sendable, Hashable {
    /// Length in calendar months, at least 1.
    public let months: Int

    /// A window of whole months, 1 to 1200.
    public init?(months: Int) {
        guard (1...1200).contains(months) else { return nil }
        self.months = months
    }

    /// The last day of the window that opens after a day.
    public func lastDay(after asOf: AsOf) -> CalendarDay { asOf.day.adding(months: months) }

    /// Whether a day lies in the window that opens after a day.
    public func contains(_ day: CalendarDay, after asOf: AsOf) -> Bool {
        day > asOf.day && day <= lastDay(after: asOf)
    }
}

extension PerformanceWindow: CustomStringConvertible {
    /// The length, such as "12 months".
    public var description: String { months == 1 ? "1 month" : "\(months) months" }
}
